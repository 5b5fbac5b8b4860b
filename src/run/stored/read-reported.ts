/** Stored runs, read back for a report: their figures, their cases, and what a baseline had. */
import { join } from 'node:path';
import { combined } from '../../analysis/combine.js';
import { defaultSettings } from '../../analysis/compare.js';
import { profile } from '../../analysis/profile.js';
import { summarize } from '../../analysis/summarize.js';
import { type Checked, type Diagnostic, diagnosticOf } from '../../domain/errors/diagnostic.js';
import { damaged, readJournal } from '../../journal/journal.js';
import { findRun, findRuns, JOURNAL_FILE } from '../../journal/run-folder.js';
import type { ShownCase } from '../../reports/case-view.js';
import type { ReportedRun } from '../../reports/report.js';
import type { Files, World } from '../../world/world.js';
import { compareRuns } from './compare-runs.js';
import { readCases } from './read-cases.js';

export interface ReportOptions {
  /** At least one. */
  readonly runs: readonly string[];
  /** A baseline's name, or a run, for one run alone; null: none. */
  readonly baseline: string | null;
  readonly allowMismatch: boolean;
  /** The folder of runs. */
  readonly out: string;
}

export interface StoredReport {
  readonly run: ReportedRun;
  /** Of the runs, each once. */
  readonly folders: readonly string[];
}

/** `warn`: of lines that are skipped, a sentence each. */
export async function readReported(
  options: ReportOptions,
  warn: (text: string) => void,
  { files }: Pick<World, 'files'>,
): Promise<Checked<StoredReport>> {
  const { runs, baseline, out } = options;
  const refused = (...diagnostics: readonly Diagnostic[]) => ({ ok: false, diagnostics }) as const;
  const folders = await findRuns(runs, out, files);
  if ('problem' in folders) return refused(diagnosticOf(folders));
  const [only, ...others] = folders;
  if (baseline !== null && others.length > 0) {
    const message = 'a baseline is compared with one run';
    return refused({ code: 'cli/invalid-option', message, help: 'name one run, or leave --baseline out' });
  }
  const journals = (torn: (text: string) => void) =>
    folders.map((folder) =>
      readJournal(join(folder, JOURNAL_FILE), files, (end) => {
        if (end.torn !== null) torn(`${end.torn}: skipped`);
      }),
    );
  try {
    const summary = await summarize(combined(journals(warn)));
    // What is torn is reported by the first reading.
    const own = await profile(combined(journals(() => {})));
    if (summary === null || own === null)
      return refused({ code: 'run/not-a-run', message: `${runs.join(', ')}: no run in there` });
    const cases = only === undefined || others.length > 0 ? null : await casesIn(only, files);
    const run = { summary, profile: own, thresholds: [], cases, places: new Map() };
    if (baseline === null || only === undefined)
      return { ok: true, value: { run: { ...run, comparison: null, before: null }, folders } };
    const compared = await compareRuns({ ...options, baseline, run: only, settings: defaultSettings }, warn, {
      files,
    });
    if (!compared.ok) return compared;
    const before = await casesBefore(compared.value.baseline.id, out, files);
    return { ok: true, value: { run: { ...run, comparison: compared.value, before }, folders } };
  } catch (error) {
    return refused(diagnosticOf(damaged(error)));
  }
}

/** Of the run that a baseline was made of; null: it is no longer stored, and the baseline has its figures. */
export async function casesBefore(
  id: string,
  out: string,
  files: Files,
): Promise<readonly ShownCase[] | null> {
  const folder = await findRun(id, out, files);
  return typeof folder === 'string' ? casesIn(folder, files) : null;
}

export async function casesIn(folder: string, files: Files): Promise<readonly ShownCase[]> {
  const read = await readCases(folder, () => {}, files);
  if ('problem' in read) throw new Error(read.problem);
  return read.cases;
}
