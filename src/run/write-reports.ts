/** What a run leaves beside its journal: run.json, matrix.md, the comparison with a baseline, and the reports that were asked for. */
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { compare } from '../analysis/compare.js';
import type { ThresholdResult } from '../analysis/gates.js';
import { caseKey, profile } from '../analysis/profile.js';
import { settingsAtEnd } from '../analysis/stopping.js';
import { summarize } from '../analysis/summarize.js';
import type { Comparison, RunProfile } from '../domain/comparison.js';
import type { AskedLine, TrialRecord } from '../domain/record.js';
import type { Suite } from '../domain/suite.js';
import type { RunSummary } from '../domain/summary.js';
import { readJournal } from '../journal/journal.js';
import { JOURNAL_FILE, type RunFolder, writeRunJson } from '../journal/run-folder.js';
import { annotations } from '../reports/annotations.js';
import { markdown } from '../reports/markdown.js';
import { mutationReport } from '../reports/mutation-report.js';
import type { CasePlace, ReportedRun } from '../reports/report.js';
import type { World } from '../world/world.js';
import type { EarlyStop } from './execution/early-stop.js';
import type { Changed } from './execution/replay.js';
import type { Gate } from './request/read-gate.js';
import type { RunRequest, WantedReport } from './request/read-request.js';
import { casesBefore, casesIn } from './stored/read-reported.js';
import { writeReport } from './write-report.js';

export interface RunResult {
  readonly summary: RunSummary;
  readonly gates: readonly ThresholdResult[];
  /** With the baseline, where there is one. */
  readonly comparison: Comparison | null;
  /** The run ended when its verdict was certain: what was not asked then is not missing. */
  readonly stoppedEarly: boolean;
  /** Of a replay: verdicts that are not what they were. */
  readonly changed: readonly Changed[];
  /** Where the reports are that were asked for. */
  readonly reports: readonly string[];
  /** Lines that GitHub's runner turns into annotations; empty elsewhere, and without `--report github`. */
  readonly annotations: readonly string[];
}

/** A path that cannot be written is reported before the first request, not after the last. */
export async function tryReport({ path }: WantedReport, files: World['files']): Promise<void> {
  if (path === null) return;
  if ((await files.kind(path)) === 'folder') throw new Error(`${path} is a folder, and no report`);
  await files.makeFolder(dirname(path));
}

/** What needs the cases again: the comparison with a baseline, and reports. */
export async function judge(
  request: RunRequest,
  concluded: Pick<ReportedRun, 'summary' | 'thresholds'>,
  stop: EarlyStop | null,
  folder: RunFolder,
  redact: (text: string) => string,
  world: World,
): Promise<Pick<RunResult, 'comparison' | 'reports' | 'annotations'>> {
  const { gate, reports } = request;
  if (gate === null && reports.length === 0) return { comparison: null, reports: [], annotations: [] };
  const own = await profile(readJournal(join(folder.path, JOURNAL_FILE), world.files));
  if (own === null) throw new Error(`${folder.path} has no run in it`);
  const comparison = gate === null ? null : comparisonOf(gate, own, stop, request);
  const isNeeded = reports.some(({ report: { needsCases } }) => needsCases === true);
  const cases = isNeeded ? await casesIn(folder.path, world.files) : null;
  const before =
    isNeeded && gate !== null ? await casesBefore(gate.profile.id, request.out, world.files) : null;
  const places = casePlaces(request.plan.suites, world);
  const run = { ...concluded, profile: own, comparison, cases, before, places };
  const isAnnotated =
    world.env['GITHUB_ACTIONS'] === 'true' && reports.some(({ report: { kind } }) => kind === 'github');
  return {
    comparison,
    reports: await report(request, run, folder, redact, world),
    annotations: isAnnotated ? annotations(run) : [],
  };
}

/** Of cases in the user's own files: from the folder that a server has the repository in, else from this one. */
function casePlaces(
  suites: readonly Suite[],
  { env, cwd }: Pick<World, 'env' | 'cwd'>,
): ReadonlyMap<string, CasePlace> {
  const root = env['GITHUB_WORKSPACE'] || env['CI_PROJECT_DIR'] || cwd;
  return new Map(
    suites.flatMap(({ name, cases }) =>
      cases.flatMap(({ id, place }) => {
        const file = relative(root, resolve(cwd, place.file)).replaceAll('\\', '/');
        if (file.startsWith('../') || isAbsolute(file) || file.split('/').includes('node_modules')) return [];
        return [[caseKey(name, id), { file, line: place.line }] as const];
      }),
    ),
  );
}

/** Looks that were taken have spent their part of alpha, whether they ended the run or not. */
function comparisonOf(
  { profile: baseline, settings, name, stopEarly }: Gate,
  own: RunProfile,
  stop: EarlyStop | null,
  { simulatedTime, stored }: RunRequest,
): Comparison {
  if (stop !== null) {
    const { trials, planned, why } = stop;
    return { ...stop.comparison, stopped_early: { trials, planned, why } };
  }
  const wasLookedAt = stopEarly && !simulatedTime && stored === null;
  return compare(baseline, own, wasLookedAt ? settingsAtEnd(settings) : settings, name);
}

/** GitHub's summary is a file that steps add to; all others are written whole. */
async function report(
  { reports }: RunRequest,
  run: ReportedRun,
  { path: folder }: RunFolder,
  redact: (text: string) => string,
  { files, env }: Pick<World, 'files' | 'env'>,
): Promise<string[]> {
  const written: string[] = [];
  for (const { report: wanted, path } of reports) {
    const summaryOfStep = env['GITHUB_STEP_SUMMARY'];
    if (wanted.kind === 'github' && path === null && summaryOfStep) {
      const appender = await files.appendTo(summaryOfStep);
      await appender.append(redact(wanted.render(run))).finally(() => appender.close());
      written.push(summaryOfStep);
      continue;
    }
    const file = path ?? join(folder, wanted.file);
    await writeReport(wanted, run, file, redact, files);
    written.push(file);
  }
  return written;
}

/** run.json and matrix.md from the journal, as anyone else would make them from it. `summed`: of all its lines. */
export async function conclude(
  { path }: Pick<RunFolder, 'path'>,
  redact: (text: string) => string,
  { files }: Pick<World, 'files'>,
  summed: RunSummary | null = null,
): Promise<RunSummary> {
  const summary = summed ?? (await summarize(readJournal(join(path, JOURNAL_FILE), files)));
  if (summary === null) throw new Error(`${path} has no run in it`);
  await writeRunJson(path, summary, files);
  await files.writeAtomic(join(path, markdown.file), redact(markdown.render(summary)));
  if (summary.mutation !== undefined) await writeMutants(path, summary.suites.length > 1, redact, files);
  return summary;
}

/** `mutation/<case>.json`; with several suites, `mutation/<suite>/<case>.json`. */
async function writeMutants(
  path: string,
  bySuite: boolean,
  redact: (text: string) => string,
  files: World['files'],
): Promise<void> {
  const asked = new Map<string, AskedLine>();
  const trials = new Map<string, Map<string, TrialRecord>>();
  for await (const line of readJournal(join(path, JOURNAL_FILE), files)) {
    if (line.type === 'asked' && line.subject !== undefined) asked.set(caseKey(line.suite, line.id), line);
    if (line.type !== 'trial' || line.checks.every(({ mutants }) => mutants === undefined)) continue;
    const key = caseKey(line.suite, line.case);
    const own = trials.get(key) ?? new Map<string, TrialRecord>();
    // Judged again: the last line counts.
    trials.set(key, own.set(line.trial, line));
  }
  for (const [key, question] of asked) {
    const folder = join(path, 'mutation', ...(bySuite ? [asFileName(question.suite)] : []));
    const report = mutationReport(question, [...(trials.get(key)?.values() ?? [])]);
    await files.makeFolder(folder);
    const text = `${JSON.stringify(report, null, 2)}\n`;
    await files.writeAtomic(join(folder, `${asFileName(question.id)}.json`), redact(text));
  }
}

const asFileName = (name: string): string => name.replaceAll(/[^\w.-]+/g, '-').replace(/^\.+/, '') || 'case';
