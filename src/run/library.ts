/** The library: what the commands do, as functions with typed options. Mistakes come back as diagnostics; nothing is printed. */
import { defaultSettings } from '../analysis/compare.js';
import type { ComparedMetric } from '../domain/compare-settings.js';
import type { Comparison } from '../domain/comparison.js';
import { type Checked, diagnosticOf } from '../domain/errors/diagnostic.js';
import type { Objective, Recommendation } from '../domain/recommendation.js';
import type { Suite } from '../domain/suite.js';
import type { Grouping, RunSummary } from '../domain/summary.js';
import type { Trend } from '../domain/trend.js';
import { DEFAULT_OUT, findRun } from '../journal/run-folder.js';
import { knownProviders } from '../providers/index.js';
import type { ShownCase } from '../reports/case-view.js';
import { loadConfig } from '../suite/config.js';
import { realWorld } from '../world/real.js';
import type { World } from '../world/world.js';
import { recommendRuns } from './advice/recommend-runs.js';
import type { Changed } from './execution/replay.js';
import { type SimulatedSuites, simulateSuites } from './planning/simulate-suites.js';
import { loadSuites } from './request/load-suites.js';
import type { RunOptions } from './request/run-options.js';
import { compareRuns } from './stored/compare-runs.js';
import { type MergedRun, mergeRuns } from './stored/merge-runs.js';
import { readCases } from './stored/read-cases.js';
import { readHistory } from './stored/read-history.js';
import { readSummary } from './stored/read-summary.js';
import { openRescore } from './stored/rescore-run.js';
import { type ValidatedSuite, validateSuites } from './validate-suites.js';

/** Where stored runs are, and who hears of what was skipped. */
export interface StoredOptions {
  /** @default 'results' */
  readonly out?: string;
  /** Called with a sentence about each torn line or incomplete run that is skipped. */
  readonly onWarning?: (text: string) => void;
}

export interface CompareOptions extends StoredOptions {
  /** A baseline's name, or a run. */
  readonly baseline: string;
  /** @default 'latest' */
  readonly run?: string;
  /** Significance level, all candidates and figures together. @default 0.05 */
  readonly alpha?: number;
  /** Largest acceptable drop: shares (0 to 1) of rates, points (0 to 5) of quality, a share more of latency. @default {} */
  readonly maxDrop?: Readonly<Partial<Record<ComparedMetric, number>>>;
  /** Ignore drops of the pass rate smaller than this share. @default 0 */
  readonly minEffect?: number;
  /** Share of the baseline's cases and answers that must be judged. @default 0.9 */
  readonly minCoverage?: number;
  /** Compare even if suites, scorers or sandboxes differ. @default false */
  readonly allowMismatch?: boolean;
}

/**
 * Did a candidate get worse?
 *
 * @example
 * const compared = await compare({ baseline: 'main', maxDrop: { pass_rate: 0.06 } });
 * if (compared.ok) expect(compared.value.verdict).not.toBe('fail');
 */
export function compare(options: CompareOptions): Promise<Checked<Comparison>> {
  const { baseline, run = 'latest', allowMismatch = false, out = DEFAULT_OUT, onWarning = ignore } = options;
  const settings = {
    alpha: options.alpha ?? defaultSettings.alpha,
    max_drop: options.maxDrop ?? defaultSettings.max_drop,
    min_effect: options.minEffect ?? defaultSettings.min_effect,
    min_coverage: options.minCoverage ?? defaultSettings.min_coverage,
  };
  return inWorld((world) => compareRuns({ baseline, run, settings, allowMismatch, out }, onWarning, world));
}

export interface RecommendOptions extends StoredOptions {
  readonly runs: readonly string[];
  /** @default 'balanced' */
  readonly objective?: Objective;
  /** Of the median. @default no limit */
  readonly maxLatencyMs?: number;
  /** 0 to 5. @default no limit */
  readonly minQuality?: number;
  /** USD per answer. @default no limit */
  readonly maxCostUsd?: number;
  /** @default false */
  readonly freeOnly?: boolean;
  /** Also incomplete runs. @default false */
  readonly includePartial?: boolean;
  /** Of the tests and simulated runs. @default '1' */
  readonly seed?: string;
}

/**
 * A model for each use and category, and a rotation.
 *
 * @example
 * const found = await recommend({ runs: ['latest'], objective: 'quality' });
 * if (found.ok) console.log(found.value.rotation?.models);
 */
export function recommend(options: RecommendOptions): Promise<Checked<Recommendation>> {
  const { runs, out = DEFAULT_OUT, includePartial = false, seed = '1', onWarning = ignore } = options;
  const constraints = {
    objective: options.objective ?? 'balanced',
    max_latency_ms: options.maxLatencyMs ?? null,
    min_quality: options.minQuality ?? null,
    max_cost_usd: options.maxCostUsd ?? null,
    free_only: options.freeOnly ?? false,
  };
  return inWorld(async (world) => {
    const found = await recommendRuns({ runs, constraints, out, includePartial, seed }, onWarning, world);
    return 'problem' in found
      ? { ok: false, diagnostics: [diagnosticOf(found)] }
      : { ok: true, value: found.advice };
  });
}

export interface TrendOptions extends StoredOptions {
  /** @default all complete runs of the newest run's suites */
  readonly runs?: readonly string[];
  /** @default all */
  readonly candidates?: readonly string[];
  /** False-positive rate for a history without a change. @default 0.05 */
  readonly alpha?: number;
  /** @default false */
  readonly includePartial?: boolean;
}

/** Candidates over time, and what changed. */
export function trend(options: TrendOptions = {}): Promise<Checked<Trend>> {
  const { runs = [], candidates = [], alpha = 0.05, includePartial = false } = options;
  const { out = DEFAULT_OUT, onWarning = ignore } = options;
  return inWorld((world) => readHistory({ runs, candidates, alpha, includePartial, out }, onWarning, world));
}

export interface MatrixOptions extends StoredOptions {
  readonly runs: readonly string[];
  /** @default 'category' */
  readonly by?: Grouping;
}

/** The summary of one run, or of several as one: what tables and reports are made from. */
export function matrix(options: MatrixOptions): Promise<Checked<RunSummary>> {
  const { runs, by = 'category', out = DEFAULT_OUT, onWarning = ignore } = options;
  return inWorld(async (world) => {
    const found = await readSummary(runs, out, by, onWarning, world);
    return 'problem' in found
      ? { ok: false, diagnostics: [diagnosticOf(found)] }
      : { ok: true, value: found };
  });
}

export interface SuiteOptions {
  /** @default './bench.yaml', if it exists */
  readonly config?: string;
  /** Let suites name files outside their folder. @default false */
  readonly allowOutside?: boolean;
}

export interface ValidateOptions extends SuiteOptions {
  /** Paths, or names of shipped suites. */
  readonly suites: readonly string[];
  /** @default all */
  readonly categories?: readonly string[];
  /** Globs of case ids. @default all */
  readonly cases?: readonly string[];
}

/**
 * Checks that references pass, and that stubs and wrong answers fail.
 *
 * @example
 * const checked = await validate({ suites: ['suite.yaml'] });
 * if (checked.ok) for (const { proofs } of checked.value) for (const { problems } of proofs) expect(problems).toEqual([]);
 */
export function validate(options: ValidateOptions): Promise<Checked<readonly ValidatedSuite[]>> {
  const { suites, config = null, allowOutside = false, categories = [], cases = [] } = options;
  return inWorld((world) =>
    validateSuites({ suites, config, allowOutside, filter: { categories, cases } }, world),
  );
}

export interface SimulateOptions {
  /** As for `run`. */
  readonly run: RunOptions;
  /** Simulated runs; ranges cover 95% of them. @default 5 */
  readonly seeds?: number;
  /** Whether the answers are run in the sandbox. @default true */
  readonly grades?: boolean;
}

/** Predicts duration, success rate and wasted requests of a run; nothing is sent. */
export function simulate({
  run,
  seeds = 5,
  grades = true,
}: SimulateOptions): Promise<Checked<SimulatedSuites>> {
  return inWorld((world) => simulateSuites({ options: run, seeds, grades }, world));
}

export interface MergeOptions extends StoredOptions {
  /** The shards. */
  readonly runs: readonly string[];
}

/** Joins shards into one run. */
export function merge({
  runs,
  out = DEFAULT_OUT,
  onWarning = ignore,
}: MergeOptions): Promise<Checked<MergedRun>> {
  return inWorld(async (world) => {
    const merged = await mergeRuns(runs, out, onWarning, world);
    return 'problem' in merged
      ? { ok: false, diagnostics: [diagnosticOf(merged)] }
      : { ok: true, value: merged };
  });
}

export interface RescoreOptions extends SuiteOptions {
  /** @default 'latest' */
  readonly run?: string;
  /** The folder of runs, also for the new one. @default 'results' */
  readonly out?: string;
}

export interface Rescored {
  /** The new run, and its folder. */
  readonly summary: RunSummary;
  readonly folder: string;
  /** Verdicts that are not what they were. */
  readonly changed: readonly Changed[];
}

/** Scores a run's answers again; nothing is sent. */
export function rescore(options: RescoreOptions = {}): Promise<Checked<Rescored>> {
  const { run = 'latest', out = DEFAULT_OUT, config = null, allowOutside = false } = options;
  return inWorld(async (world) => {
    const opened = await openRescore({ run, out, config, allowOutside }, world);
    if (!opened.ok) return opened;
    const { folder } = opened.value.run;
    const result = await opened.value.run.carryOut(() => {});
    if ('unwritten' in result)
      return { ok: false, diagnostics: [{ code: 'run/cannot-write', message: result.unwritten }] };
    return { ok: true, value: { summary: result.summary, folder: folder.path, changed: result.changed } };
  });
}

/** A suite from its file, or a shipped one by its name. */
export function loadSuite(
  suite: string,
  { config: file, allowOutside = false }: SuiteOptions = {},
): Promise<Checked<Suite>> {
  return inWorld(async ({ files }) => {
    const config = await loadConfig(file ?? null, { files, providers: knownProviders });
    if (!config.ok) return config;
    const { loaded, diagnostics } = await loadSuites([suite], config.value, files, allowOutside);
    const [first] = loaded;
    return first === undefined || diagnostics.length > 0
      ? { ok: false, diagnostics }
      : { ok: true, value: first.suite };
  });
}

export interface StoredRun {
  readonly folder: string;
  readonly summary: RunSummary;
  /** Each case with its question and its trials. */
  readonly cases: readonly ShownCase[];
}

/** A stored run. `run`: an id, the start of one, a folder, `latest` or a baseline's name. */
export function readRun(run: string, options: StoredOptions = {}): Promise<Checked<StoredRun>> {
  const { out = DEFAULT_OUT, onWarning = ignore } = options;
  return inWorld(async (world) => {
    const folder = await findRun(run, out, world.files);
    if (typeof folder !== 'string') return { ok: false, diagnostics: [diagnosticOf(folder)] };
    const summary = await readSummary([folder], out, 'category', onWarning, world);
    if ('problem' in summary) return { ok: false, diagnostics: [diagnosticOf(summary)] };
    const read = await readCases(folder, onWarning, world.files);
    if ('problem' in read) return { ok: false, diagnostics: [diagnosticOf(read)] };
    return { ok: true, value: { folder, summary, cases: read.cases } };
  });
}

function ignore(): void {}

async function inWorld<T>(act: (world: World) => Promise<T>): Promise<T> {
  const world = realWorld(new AbortController().signal);
  try {
    return await act(world);
  } finally {
    await world.network.close();
  }
}
