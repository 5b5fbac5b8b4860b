/** Stored runs, read back for a report: their figures and their cases. */
import { join } from 'node:path';
import { combined } from '../../analysis/combine.js';
import { profile } from '../../analysis/profile.js';
import { summarize } from '../../analysis/summarize.js';
import type { Problem } from '../../domain/errors/diagnostic.js';
import { damaged, readJournal } from '../../journal/journal.js';
import { findRuns, JOURNAL_FILE } from '../../journal/run-folder.js';
import type { ReportedRun } from '../../reports/report.js';
import type { World } from '../../world/world.js';
import { readCases } from './read-cases.js';

export interface StoredReport {
  readonly run: ReportedRun;
  /** Of the runs, each once. */
  readonly folders: readonly string[];
}

/** `warn`: of lines that are skipped, a sentence each. */
export async function readReported(
  words: readonly string[],
  out: string,
  warn: (torn: string) => void,
  { files }: Pick<World, 'files'>,
): Promise<StoredReport | Problem> {
  const folders = await findRuns(words, out, files);
  if ('problem' in folders) return folders;
  const journals = (tell: (torn: string) => void) =>
    folders.map((folder) =>
      readJournal(join(folder, JOURNAL_FILE), files, ({ torn }) => {
        if (torn !== null) tell(torn);
      }),
    );
  try {
    const summary = await summarize(combined(journals(warn)));
    // Told of the first reading.
    const cases = await profile(combined(journals(() => {})));
    if (summary === null || cases === null)
      return { code: 'run/not-a-run', problem: `${words.join(', ')}: no run in there` };
    const [only, ...others] = folders;
    const shown = only === undefined || others.length > 0 ? null : await readCases(only, () => {}, files);
    if (shown !== null && 'problem' in shown) return shown;
    const run = { summary, profile: cases, comparison: null, thresholds: [], cases: shown?.cases ?? null };
    return { run, folders };
  } catch (error) {
    return damaged(error);
  }
}
