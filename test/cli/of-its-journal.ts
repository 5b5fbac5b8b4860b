import { join } from 'node:path';
import { expect } from 'vitest';
import { summarize } from '../../src/analysis/summarize.js';
import { readJournal } from '../../src/journal/journal.js';
import { realFiles } from '../../src/world/files.js';
import { summaryIn } from './bench.js';

/** What anybody makes of its journal is in its run.json. */
export async function isOfItsJournal(folder: string): Promise<void> {
  const summary = await summarize(readJournal(join(folder, 'trials.jsonl'), realFiles));
  expect(summaryIn(folder)).toEqual(JSON.parse(JSON.stringify(summary)));
}
