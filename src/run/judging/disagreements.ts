/** Where the judges of a panel said different things. */
import { join } from 'node:path';
import type { Check } from '../../domain/grade.js';
import { readJournal } from '../../journal/journal.js';
import { JOURNAL_FILE } from '../../journal/run-folder.js';
import type { Files } from '../../world/world.js';

export interface Disagreement {
  readonly suite: string;
  readonly case: string;
  readonly candidate: string;
  /** From 0. */
  readonly sample: number;
  readonly check: string;
  readonly votes: NonNullable<Check['votes']>;
}

/** In the order of cases and candidates. */
export async function disagreementsIn(folder: string, files: Files): Promise<readonly Disagreement[]> {
  const found: Disagreement[] = [];
  for await (const line of readJournal(join(folder, JOURNAL_FILE), files)) {
    if (line.type !== 'trial') continue;
    const { suite, case: id, candidate, sample, checks } = line;
    for (const { name, votes = [] } of checks)
      if (new Set(votes.map(({ said }) => said)).size > 1)
        found.push({ suite, case: id, candidate, sample, check: name, votes });
  }
  const key = ({ suite, case: id, candidate, sample, check }: Disagreement) =>
    JSON.stringify([suite, id, candidate, sample, check]);
  return found.sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
