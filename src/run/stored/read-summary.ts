/** One run, or several as one, read back from their journals. */
import { join } from 'node:path';
import { combined } from '../../analysis/combine.js';
import { summarize } from '../../analysis/summarize.js';
import type { Problem } from '../../domain/errors/diagnostic.js';
import type { Grouping, RunSummary } from '../../domain/summary.js';
import { damaged, readJournal } from '../../journal/journal.js';
import { findRuns, JOURNAL_FILE } from '../../journal/run-folder.js';
import type { World } from '../../world/world.js';

/** One run, or several as one, read back from their journals. */
export async function readSummary(
  words: readonly string[],
  out: string,
  by: Grouping,
  tell: (torn: string) => void,
  { files }: World,
): Promise<RunSummary | Problem> {
  const folders = await findRuns(words, out, files);
  if ('problem' in folders) return folders;
  try {
    const journals = folders.map((folder) =>
      readJournal(join(folder, JOURNAL_FILE), files, ({ torn }) => {
        if (torn !== null) tell(torn);
      }),
    );
    return (
      (await summarize(combined(journals), by)) ?? {
        code: 'run/not-a-run',
        problem: `${words.join(', ')}: no run in there`,
      }
    );
  } catch (error) {
    return damaged(error);
  }
}
