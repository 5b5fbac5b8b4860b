/** What was asked of a run -> everything that it needs, checked before anything is sent; or all that is wrong with it. */
import { parseThreshold, type Threshold } from '../../analysis/gates.js';
import { type Candidate, isSimulated, type Model, modelsOf } from '../../domain/candidate.js';
import type { Checked, Diagnostic } from '../../domain/errors/diagnostic.js';
import { didYouMean } from '../../domain/errors/did-you-mean.js';
import type { JudgeAccuracy } from '../../domain/kinds/judge-accuracy.js';
import type { ShardRecord } from '../../domain/record.js';
import type { BudgetLimits } from '../../engine/budget.js';
import { DEFAULT_OUT } from '../../journal/run-folder.js';
import { knownProviders } from '../../providers/index.js';
import { runReports } from '../../reports/index.js';
import type { RunReport } from '../../reports/report.js';
import {
  missingKeys,
  missingSolutions,
  type Names,
  resolveCandidates,
  type Wanted,
} from '../../suite/candidates.js';
import { type Config, loadConfig } from '../../suite/config.js';
import { withDistinctNames } from '../../suite/distinct-names.js';
import type { LoadedSuite } from '../../suite/load.js';
import { seededRandom } from '../../world/random.js';
import type { Random, World } from '../../world/world.js';
import type { StoredRun } from '../execution/replay.js';
import { familyWarnings } from '../judging/family.js';
import { knownAccuracies } from '../judging/kept-accuracy.js';
import {
  type CaseFilter,
  judgesOf,
  type Plan,
  plan,
  planForecast,
  planHash,
  planTrouble,
} from '../planning/plan.js';
import { parseShard, withShare } from '../planning/shard.js';
import { type SandboxChoice, tiersText, unconfinedWarnings } from '../sandbox-choice.js';
import { loadEnvironment } from './dotenv.js';
import { loadSuites } from './load-suites.js';
import { narrowPlan } from './narrow-plan.js';
import { type Gate, readGate } from './read-gate.js';
import type { RunOptions } from './run-options.js';

const DEFAULT_CONCURRENCY = 8;

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
  readonly sandboxes: SandboxChoice;
  /** Of its trials: `wasm`, `native`, or `wasm, native`. */
  readonly tiers: string;
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
  /** What is known of its judges. */
  readonly judges: readonly JudgeAccuracy[];
  /** What is to be said of the run from its start. */
  readonly warnings: readonly string[];
  /** Every candidate is simulated, and so is time: the engine's clock and network are virtual ones. */
  readonly simulatedTime: boolean;
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
  const texts = readTexts(options);
  const diagnostics: Diagnostic[] = [...texts.diagnostics];
  const { thresholds, reports, shard } = texts;
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
  const narrowed = await narrowPlan(planned, options, shard, out, world.files);
  if ('message' in narrowed) return { ok: false, diagnostics: [narrowed] };
  const { made, known, stored, leftOut } = narrowed;
  const late = lateMistakes(made, options, willSend && stored === null, filter, env.value);
  if (late.length > 0) return { ok: false, diagnostics: late };
  const sandboxes = { sandbox: options.sandbox ?? null, toolchains: config.value.toolchains };
  const gate = await readGate(options, out, made, world.files);
  if (gate !== null && 'diagnostics' in gate) return { ok: false, diagnostics: gate.diagnostics };
  return {
    ok: true,
    value: {
      options,
      plan: made,
      config: config.value,
      env: env.value,
      secrets: secretsOf([...made.candidates.flatMap(modelsOf), ...judgesOf(made)], env.value),
      filter,
      samples: options.samples ?? null,
      concurrency: options.concurrency ?? DEFAULT_CONCURRENCY,
      sandboxes,
      tiers: tiersText(
        made.suites.flatMap(({ cases }) => cases),
        sandboxes,
      ),
      seed,
      random,
      allowUnanswered: options.allowUnanswered ?? allowedBy(made),
      thresholds,
      gate,
      budget: budgetOf(options),
      stored,
      leftOut,
      shard,
      whole: planHash(known.trials),
      wholeTrials: known.trials.length,
      reports,
      out,
      judges: await knownAccuracies(suitesWithJudges(made), out, world.files),
      warnings: [...familyWarnings(made), ...unconfinedWarnings(sandboxes)],
      simulatedTime:
        made.candidates.every(isSimulated) && judgesOf(made).every(({ simulation }) => simulation !== null),
    },
  };
}

const budgetOf = ({ maxCostUsd = null, maxRequests = null, deadlineMs = null }: RunOptions) => ({
  maxCostUsd,
  maxRequests,
  deadlineMs,
});

const suitesWithJudges = ({ suites }: Plan): readonly string[] =>
  suites.flatMap(({ name, judges }) => (judges.length === 0 ? [] : [name]));

/** What is written in small languages of their own: thresholds, reports, a shard. */
function readTexts({ failUnder = [], reports: wanted = [], shard: share = null }: RunOptions) {
  const diagnostics: Diagnostic[] = [];
  const thresholds = failUnder.flatMap((text) => {
    const threshold = parseThreshold(text);
    if (!('problem' in threshold)) return [threshold];
    diagnostics.push({
      code: 'cli/invalid-option',
      option: 'failUnder',
      message: `failUnder: ${threshold.problem}`,
    });
    return [];
  });
  const reports = wanted.flatMap((text) => {
    const report = wantedReport(text);
    if (!('message' in report)) return [report];
    diagnostics.push(report);
    return [];
  });
  const shard = share === null ? null : parseShard(share);
  if (share !== null && shard === null)
    diagnostics.push({
      code: 'cli/invalid-option',
      option: 'shard',
      message: `shard takes i/n with i from 1 to n, like 3/7, not "${share}"`,
    });
  return { thresholds, reports, shard, diagnostics };
}

/** What can only be seen once the plan is made. */
function lateMistakes(
  made: Plan,
  { maxCostUsd = null }: RunOptions,
  willSend: boolean,
  filter: CaseFilter,
  env: World['env'],
): Diagnostic[] {
  const trouble = planTrouble(made, filter);
  if (trouble !== null) return [trouble];
  const judges = judgesOf(made).map((model): Candidate => ({ kind: 'model', name: model.name, model }));
  const missing = [
    ...(willSend ? missingKeys([...made.candidates, ...judges], env) : []),
    ...missingSolutions(made.trials),
  ];
  if (missing.length > 0 || maxCostUsd === null) return missing;
  const { unpriced } = planForecast(made);
  if (unpriced.length === 0) return [];
  const message = `maxCostUsd needs the price of ${unpriced.join(', ')}`;
  return [
    {
      code: 'run/unknown-price',
      option: 'maxCostUsd',
      message,
      help: 'add price: { input: …, output: … } to bench.yaml',
    },
  ];
}

function wantedReport(text: string): WantedReport | Diagnostic {
  const [, kind = text, path = ''] = /^([^=]*)=(.*)$/.exec(text) ?? [];
  const report = runReports.find((known) => known.kind === kind);
  if (report !== undefined) return { report, path: path === '' ? null : path };
  const kinds = runReports.map((known) => known.kind);
  const near = didYouMean(kind, kinds);
  const message = `reports takes ${kinds.join(', ')}, or one of them with =path, not "${text}"`;
  return near === null
    ? { code: 'cli/invalid-option', option: 'reports', message }
    : { code: 'cli/invalid-option', option: 'reports', message, help: near };
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
  if (wanted.length === 0) return { ok: true, value: null };
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
  return { ok: true, value: chosen };
}

/** What the suites allow together: `all` is as many as that suite has trials. */
function allowedBy({ suites, trials }: Plan): number | 'all' {
  if (suites.every((suite) => suite.allowUnanswered === 'all')) return 'all';
  return suites.reduce((sum, { name, allowUnanswered }) => {
    if (allowUnanswered !== 'all') return sum + allowUnanswered;
    let own = 0;
    for (const { suite } of trials) if (suite === name) own += 1;
    return sum + own;
  }, 0);
}

function secretsOf(models: readonly Model[], env: World['env']): string[] {
  const variables = models.flatMap(({ account }) => account.apiKeyEnv ?? []);
  return [...new Set(variables)].flatMap((variable) => env[variable]?.trim() ?? []);
}
