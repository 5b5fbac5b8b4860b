/** What was asked of a run -> everything that it needs, checked before anything is sent; or all that is wrong with it. */
import { allMismatches, counterpartsOf, defaultSettings } from '../analysis/compare.js';
import { parseThreshold, type Threshold } from '../analysis/gates.js';
import { caseKey } from '../analysis/profile.js';
import type { Candidate } from '../domain/candidate.js';
import { isSimulated, modelsOf } from '../domain/candidate.js';
import type { CompareSettings } from '../domain/compare-settings.js';
import type { RunProfile } from '../domain/comparison.js';
import type { Checked, Diagnostic } from '../domain/diagnostic.js';
import type { ShardRecord } from '../domain/record.js';
import type { Suite } from '../domain/suite.js';
import type { BudgetLimits } from '../engine/budget.js';
import { languages } from '../grading/languages/index.js';
import { DEFAULT_OUT, findRun } from '../journal/run-folder.js';
import { knownProviders } from '../providers/index.js';
import { runReports } from '../reports/index.js';
import type { RunReport } from '../reports/report.js';
import {
  missingKeys,
  missingSolutions,
  type Names,
  resolveCandidates,
  type Wanted,
} from '../suite/candidates.js';
import { type Config, loadConfig } from '../suite/config.js';
import { withDistinctNames } from '../suite/distinct-names.js';
import { type LoadedSuite, loadSuite } from '../suite/load.js';
import { didYouMean } from '../suite/suggest.js';
import { seededRandom } from '../world/random.js';
import type { Random, World } from '../world/world.js';
import { loadEnvironment } from './environment.js';
import { plannedProfile } from './foresight.js';
import { shippedSuites } from './package-files.js';
import { type CaseFilter, type Plan, plan, planForecast, planHash, planTrouble } from './plan.js';
import { findProfile } from './profiles.js';
import { readStored, type StoredRun } from './replay.js';
import { parseShard, trialsOf, withShare } from './shard.js';

const DEFAULT_CONCURRENCY = 8;

/** A run in the contract's words; what is absent or null is as the suite or the contract has it. */
export interface RunOptions {
  /** Paths, or names of shipped suites. */
  readonly suites: readonly string[];
  /** Candidates: names, `provider:model`, `reference` or `stub`. Any of these or of `rotations` replace the suite's. */
  readonly models?: readonly string[];
  readonly rotations?: readonly string[];
  readonly samples?: number | null;
  readonly categories?: readonly string[];
  /** Globs of case ids. */
  readonly cases?: readonly string[];
  /** Requests in flight per lane at most. */
  readonly concurrency?: number | null;
  /** Whether suites may name files outside their own folder. Not kept in the journal: a run from elsewhere cannot allow it. */
  readonly allowOutside?: boolean;
  readonly config?: string | null;
  readonly envFile?: string | null;
  /** Where runs go. */
  readonly out?: string | null;
  readonly seed?: string | null;
  readonly allowUnanswered?: number | 'all' | null;
  /** Thresholds: `pass_rate>=0.8`. */
  readonly failUnder?: readonly string[];
  /** `i/n`: the i-th (from 1) of n parts of the trials. */
  readonly shard?: string | null;
  /** A run: only cases that some candidate did not pass there. */
  readonly onlyFailed?: string | null;
  /** What this process may spend; it then stops cleanly, and the run can be resumed. */
  readonly maxCostUsd?: number | null;
  readonly maxRequests?: number | null;
  /** After so long nothing more is asked. */
  readonly deadlineMs?: number | null;
  /** A run whose answers are taken: nothing is sent. */
  readonly replay?: string | null;
  /** `kind` or `kind=path`, as `--report` takes them. */
  readonly reports?: readonly string[];
  /** A baseline's name, or a run, to compare with at the end; a candidate that got worse fails the run. */
  readonly baseline?: string | null;
  readonly gate?: GateOptions;
  /** Leave out cases that need what the sandbox lacks; without, they are a mistake. */
  readonly skipUnsupported?: boolean;
}

export interface GateOptions {
  readonly settings: CompareSettings;
  /** Compare over other suites, scorers or sandboxes too. */
  readonly allowMismatch: boolean;
  /** Too little data to tell is no failure. */
  readonly allowInconclusive: boolean;
  /** End the run when its verdict can no longer change. */
  readonly stopEarly: boolean;
}

/** What a run is held against. */
export interface Gate extends GateOptions {
  readonly profile: RunProfile;
  /** The baseline's; null for a run. */
  readonly name: string | null;
}

export interface WantedReport {
  readonly report: RunReport;
  /** Null: in the run's folder. */
  readonly path: string | null;
}

export interface RunRequest {
  /** As they were asked for. */
  readonly options: RunOptions;
  readonly plan: Plan;
  readonly config: Config;
  readonly env: World['env'];
  /** Values of keys, which must never be shown. */
  readonly secrets: readonly string[];
  readonly filter: CaseFilter;
  readonly samples: number | null;
  readonly concurrency: number;
  readonly seed: string;
  readonly random: Random;
  readonly allowUnanswered: number | 'all';
  readonly thresholds: readonly Threshold[];
  readonly gate: Gate | null;
  readonly budget: BudgetLimits & { readonly deadlineMs: number | null };
  /** Whose answers are taken; null: models are asked. */
  readonly stored: StoredRun | null;
  /** Trials of the plan that the stored run has no line of, and that are left out. */
  readonly leftOut: number;
  /** Of the whole that it is a part of; null: it is the whole. */
  readonly shard: ShardRecord | null;
  /** The hash of the whole plan, and how many trials it has. */
  readonly whole: string;
  readonly wholeTrials: number;
  readonly reports: readonly WantedReport[];
  readonly out: string;
  /** What is to be said of the run from its start. */
  readonly warnings: readonly string[];
  /** Every candidate is simulated, and so is time: the engine's clock and network are virtual ones. */
  readonly simulatedTime: boolean;
}

/** Paths, or names of shipped suites; all that is wrong with any of them. */
export async function loadSuites(
  names: readonly string[],
  config: Config,
  files: World['files'],
  allowOutside = false,
): Promise<{ readonly loaded: readonly LoadedSuite[]; readonly diagnostics: readonly Diagnostic[] }> {
  const loaded: LoadedSuite[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const name of names) {
    const suite = await loadSuite(name, {
      files,
      shippedFolder: shippedSuites,
      config,
      languages: languages.map((language) => language.name),
      allowOutside,
    });
    if (suite.ok) loaded.push(suite.value);
    else diagnostics.push(...suite.diagnostics);
  }
  return { loaded, diagnostics: [...diagnostics, ...sameNames(loaded.map(({ suite }) => suite))] };
}

/** `willSend`: keys are needed; without, nothing is asked for. */
export async function readRunRequest(
  options: RunOptions,
  world: Pick<World, 'files' | 'env' | 'random'>,
  willSend = true,
): Promise<Checked<RunRequest>> {
  const filter = { categories: options.categories ?? [], cases: options.cases ?? [] };
  const wanted: Wanted[] = [
    ...(options.models ?? []).map((name): Wanted => ({ kind: 'model', name })),
    ...(options.rotations ?? []).map((name): Wanted => ({ kind: 'rotation', name })),
  ];
  const diagnostics: Diagnostic[] = [];
  const thresholds = (options.failUnder ?? []).flatMap((text) => {
    const threshold = parseThreshold(text);
    if (!('problem' in threshold)) return [threshold];
    diagnostics.push({ message: `--fail-under: ${threshold.problem}` });
    return [];
  });

  const reports = (options.reports ?? []).flatMap((text) => {
    const report = wantedReport(text);
    if (!('message' in report)) return [report];
    diagnostics.push(report);
    return [];
  });

  const shard = options.shard == null ? null : parseShard(options.shard);
  if (options.shard != null && shard === null) {
    diagnostics.push({ message: `--shard takes i/n with i from 1 to n, like 3/7, not "${options.shard}"` });
  }

  const env = await loadEnvironment(options.envFile ?? null, world);
  const config = await loadConfig(options.config ?? null, { files: world.files, providers: knownProviders });
  if (!env.ok) diagnostics.push(...env.diagnostics);
  if (!config.ok) return { ok: false, diagnostics: [...diagnostics, ...config.diagnostics] };

  const { loaded, diagnostics: inSuites } = await loadSuites(
    options.suites,
    config.value,
    world.files,
    options.allowOutside,
  );
  diagnostics.push(...inSuites);
  const chosen = chooseCandidates(wanted, config.value, loaded);
  if (loaded.length === options.suites.length && !chosen.ok) diagnostics.push(...chosen.diagnostics);
  if (diagnostics.length > 0 || !env.ok || !chosen.ok) return { ok: false, diagnostics };

  const suites = loaded.map(({ suite }) => suite);
  const seed = options.seed ?? suites.find((suite) => suite.seed !== null)?.seed ?? drawSeed(world.random);
  const random = seededRandom(seed);
  const out = options.out ?? DEFAULT_OUT;
  const stored = await storedOf(options.replay ?? null, out, world.files);
  if (stored !== null && 'problem' in stored)
    return { ok: false, diagnostics: [{ message: stored.problem }] };
  const failed = await failedIn(options.onlyFailed ?? null, out, world.files);
  if (failed !== null && 'problem' in failed)
    return { ok: false, diagnostics: [{ message: failed.problem }] };
  const shared = (candidate: Candidate) => (shard === null ? candidate : withShare(candidate, shard.of));
  const asked = suites.map((suite, index) => {
    const candidates = chosen.value?.[index] ?? suite.candidates;
    return { ...suite, candidates: candidates.map(shared) };
  });
  const planned = plan(
    withDistinctNames(asked),
    options.samples ?? null,
    filter,
    random,
    options.gate?.stopEarly ? 'side by side' : 'by suite',
  );
  const wholePlan =
    failed === null
      ? planned
      : {
          ...planned,
          trials: planned.trials.where((trial) => failed.has(caseKey(trial.suite, trial.case.id))),
        };
  if (failed !== null && wholePlan.trials.length === 0 && planned.trials.length > 0) {
    return {
      ok: false,
      diagnostics: [{ message: `nothing failed in ${options.onlyFailed}: there is nothing to ask again` }],
    };
  }
  const known =
    stored === null
      ? wholePlan
      : {
          ...wholePlan,
          trials: wholePlan.trials.where(({ id }) => stored.trials.numberOf(id) !== undefined),
        };
  const made = shard === null ? known : { ...known, trials: trialsOf(known, shard) };
  if (shard !== null && made.trials.length === 0 && known.trials.length > 0) {
    const message = `shard ${shard.index}/${shard.of} has nothing to do: there are ${known.trials.length} trials`;
    return { ok: false, diagnostics: [{ message, mend: 'take fewer shards' }] };
  }
  if (stored !== null && known.trials.length === 0 && wholePlan.trials.length > 0) {
    const names = stored.run.candidates.map(({ candidate }) => candidate).join(', ');
    const message = `${stored.run.id} has no answer to anything that is planned: its candidates are ${names}`;
    return {
      ok: false,
      diagnostics: [{ message, mend: 'name them with -m, and the suite as it was asked' }],
    };
  }
  const trouble = planTrouble(made, filter);
  const late =
    trouble === null
      ? [
          ...(willSend && stored === null ? missingKeys(made.candidates, env.value) : []),
          ...missingSolutions(made.trials.unnamed()),
        ]
      : [trouble];
  if (late.length > 0) return { ok: false, diagnostics: late };
  const unpriced = options.maxCostUsd == null || stored !== null ? [] : planForecast(made.trials).unpriced;
  if (unpriced.length > 0) {
    const message = `--max-cost cannot be kept to: the price of ${unpriced.join(', ')} is not known`;
    return {
      ok: false,
      diagnostics: [{ message, mend: 'write price: { input: …, output: … } into bench.yaml' }],
    };
  }
  const gate = await readGate(options, out, made, world.files);
  if (gate !== null && 'diagnostics' in gate) return { ok: false, diagnostics: gate.diagnostics };
  return {
    ok: true,
    warnings: [],
    value: {
      options,
      plan: made,
      config: config.value,
      env: env.value,
      secrets: secretsOf(made.candidates, env.value),
      filter,
      samples: options.samples ?? null,
      concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
      seed,
      random,
      allowUnanswered: options.allowUnanswered ?? allowedBy(made),
      thresholds,
      gate,
      budget: {
        maxCostUsd: options.maxCostUsd ?? null,
        maxRequests: options.maxRequests ?? null,
        deadlineMs: options.deadlineMs ?? null,
      },
      stored,
      leftOut: wholePlan.trials.length - known.trials.length,
      shard,
      whole: planHash(known.trials),
      wholeTrials: known.trials.length,
      reports,
      out,
      warnings: [],
      simulatedTime: made.candidates.every(isSimulated),
    },
  };
}

/** Cases that some candidate has not passed in a run: failed, unanswered or in error. */
async function failedIn(
  word: string | null,
  out: string,
  files: World['files'],
): Promise<ReadonlySet<string> | { readonly problem: string } | null> {
  if (word === null) return null;
  const found = await findProfile(word, out, files);
  if ('problem' in found) return found;
  const tallies = found.profile.candidates.flatMap(({ cases }) => cases);
  return new Set(
    tallies.filter(({ trials, passed }) => passed < trials).map(({ suite, case: id }) => caseKey(suite, id)),
  );
}

async function storedOf(
  word: string | null,
  out: string,
  files: World['files'],
): Promise<StoredRun | { readonly problem: string } | null> {
  if (word === null) return null;
  const path = await findRun(word, out, files);
  return typeof path === 'string' ? readStored(path, files) : path;
}

function wantedReport(text: string): WantedReport | Diagnostic {
  const [, kind = text, path = ''] = /^([^=]*)=(.*)$/.exec(text) ?? [];
  const report = runReports.find((known) => known.kind === kind);
  if (report !== undefined) return { report, path: path === '' ? null : path };
  const kinds = runReports.map((known) => known.kind);
  const near = didYouMean(kind, kinds);
  const message = `--report takes ${kinds.join(', ')}, or one of them with =path, not "${text}"`;
  return near === null ? { message } : { message, mend: near };
}

/** A baseline that cannot be compared with is found before anything is spent. */
async function readGate(
  {
    baseline,
    gate = {
      settings: defaultSettings,
      allowMismatch: false,
      allowInconclusive: false,
      stopEarly: false,
    },
  }: RunOptions,
  out: string,
  made: Plan,
  files: World['files'],
): Promise<Gate | { readonly diagnostics: readonly Diagnostic[] } | null> {
  if (baseline === null || baseline === undefined) return null;
  const found = await findProfile(baseline, out, files);
  if ('problem' in found) return { diagnostics: [{ message: found.problem }] };
  const { profile, name } = found;
  const planned = plannedProfile(made);
  const mismatches = gate.allowMismatch ? [] : allMismatches(profile, planned);
  if (mismatches.length > 0) {
    const mend =
      '--allow-mismatch compares nevertheless; or set the baseline anew: bench baseline set <name>';
    return { diagnostics: mismatches.map((message) => ({ message, mend })) };
  }
  if (counterpartsOf(profile, planned).length === 0) {
    const names = (side: RunProfile) => side.candidates.map(({ candidate }) => candidate).join(', ');
    const message = `no candidate in common: the baseline has ${names(profile)}, the run ${names(planned)}`;
    return { diagnostics: [{ message }] };
  }
  return { ...gate, profile, name };
}

function drawSeed(random: Random): string {
  return String(Math.floor(random.fork('seed').next() * 2 ** 32));
}

/** Of each suite, who is asked in it: a name means what that suite means by it, or else any other. Null: each suite's own. */
function chooseCandidates(
  wanted: readonly Wanted[],
  config: Config,
  loaded: readonly LoadedSuite[],
): Checked<readonly (readonly Candidate[])[] | null> {
  if (wanted.length === 0) return { ok: true, value: null, warnings: [] };
  const chosen: (readonly Candidate[])[] = [];
  for (const own of loaded) {
    const sources = [...loaded.map(({ names }) => names), own.names];
    const names: Names = {
      ...config,
      models: new Map([...config.models, ...sources.flatMap(({ models }) => [...models])]),
      rotations: new Map([...config.rotations, ...sources.flatMap(({ rotations }) => [...rotations])]),
    };
    const found = resolveCandidates(wanted, names);
    if (!found.ok) return found;
    chosen.push(found.value);
  }
  return { ok: true, value: chosen, warnings: [] };
}

/** Trials are told apart by their suite's name. */
function sameNames(suites: readonly Suite[]): Diagnostic[] {
  const first = new Map<string, string>();
  return suites.flatMap(({ name, file }) => {
    const before = first.get(name);
    if (before === undefined) first.set(name, file);
    return before === undefined ? [] : [{ message: `${before} and ${file} are both named "${name}"` }];
  });
}

/** What the suites allow together: `all` is as many as that suite has trials. */
function allowedBy({ suites, trials }: Plan): number | 'all' {
  if (suites.every((suite) => suite.allowUnanswered === 'all')) return 'all';
  return suites.reduce((sum, { name, allowUnanswered }) => {
    if (allowUnanswered !== 'all') return sum + allowUnanswered;
    let own = 0;
    for (const { suite } of trials.unnamed()) if (suite === name) own += 1;
    return sum + own;
  }, 0);
}

function secretsOf(candidates: readonly Candidate[], env: World['env']): string[] {
  const variables = candidates.flatMap(modelsOf).flatMap(({ account }) => account.apiKeyEnv ?? []);
  return [...new Set(variables)].flatMap((variable) => env[variable]?.trim() ?? []);
}
