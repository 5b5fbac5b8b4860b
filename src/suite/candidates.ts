/** Names of models and rotations -> candidates. What a suite defines wins over bench.yaml. */
import {
  type Account,
  type Candidate,
  defaultRetry,
  type LimitShape,
  type Model,
  modelsOf,
  type Price,
  type RetryOptions,
  type Simulation,
} from '../domain/candidate.js';
import type { Checked, Diagnostic } from '../domain/errors/diagnostic.js';
import { didYouMean } from '../domain/errors/did-you-mean.js';
import type { Trial } from '../domain/trial.js';
import { parseDurationMs } from '../domain/units.js';
import { faultOf } from './faults.js';
import type { ModelEntry, RetryEntry } from './schema.js';

/** A rotation as it was written: its models are still names. */
export interface RotationEntry {
  readonly models: readonly string[];
  readonly retry: RetryEntry | null;
}

/** Everything that a name may mean. */
export interface Names {
  readonly accounts: ReadonlyMap<string, Account>;
  readonly models: ReadonlyMap<string, Model>;
  readonly rotations: ReadonlyMap<string, RotationEntry>;
  /** bench.yaml's `retry:`, over the defaults. */
  readonly retry: RetryOptions;
}

export interface Wanted {
  readonly kind: 'model' | 'rotation';
  readonly name: string;
}

/** Each pretend model is a server of its own; its address is known when the run's own server listens. */
export function simulatedAccount(name: string): Account {
  return {
    provider: 'simulated',
    baseUrl: `simulated:${name}`,
    apiKeyEnv: null,
    headers: {},
    limits: {},
  };
}

/** Each name resolved, or a diagnostic for each that means nothing. `-m` and `-r` values; repeats are one candidate. */
export function resolveCandidates(wanted: readonly Wanted[], names: Names): Checked<readonly Candidate[]> {
  const diagnostics: Diagnostic[] = [];
  const candidates = new Map<string, Candidate>();
  for (const { kind, name } of wanted) {
    const found = kind === 'model' ? resolveModel(name, names) : resolveRotation(name, names);
    if (!found.ok) diagnostics.push(...found.diagnostics);
    else candidates.set(found.value.name, found.value);
  }
  return diagnostics.length > 0 ? { ok: false, diagnostics } : { ok: true, value: [...candidates.values()] };
}

function resolveModel(name: string, names: Names): Checked<Candidate> {
  const model = modelNamed(name, names);
  return 'message' in model
    ? { ok: false, diagnostics: [model] }
    : { ok: true, value: { kind: 'model', name: model.name, model } };
}

function resolveRotation(name: string, names: Names): Checked<Candidate> {
  const entry = names.rotations.get(name);
  if (entry === undefined) {
    const known = [...names.rotations.keys()];
    const near = didYouMean(name, known);
    const help =
      near ?? (known.length > 0 ? `known are ${known.join(', ')}` : 'rotations are defined in bench.yaml');
    return {
      ok: false,
      diagnostics: [{ code: 'config/unknown-rotation', message: `no rotation is named "${name}"`, help }],
    };
  }
  return rotationOf(name, entry, names);
}

export function rotationOf(name: string, entry: RotationEntry, names: Names): Checked<Candidate> {
  const models = entry.models.map((model) => modelNamed(model, names));
  const diagnostics = models.flatMap((model) => ('message' in model ? [model] : []));
  const chain = models.flatMap((model) => ('message' in model ? [] : [model]));
  const repeated = entry.models.find((model, index) => entry.models.indexOf(model) !== index);
  if (repeated !== undefined)
    diagnostics.push({
      code: 'config/repeated-model',
      message: `rotation "${name}" names "${repeated}" twice`,
    });
  if (diagnostics.length > 0) return { ok: false, diagnostics };
  return {
    ok: true,
    value: { kind: 'rotation', name, chain, retry: retryOptions(entry.retry, names.retry) },
  };
}

/** A model of that name, `reference`, `stub`, or `provider:model`, split at the first colon: ids end in `:free`. */
export function modelNamed(name: string, names: Names): Model | Diagnostic {
  const own = names.models.get(name);
  if (own !== undefined) return own;
  if (name === 'reference' || name === 'stub') return builtIn(name);
  const colon = name.indexOf(':');
  if (colon > 0 && colon < name.length - 1) {
    const provider = name.slice(0, colon);
    const account = names.accounts.get(provider);
    if (account !== undefined) return plainModel(name, account, name.slice(colon + 1), names.retry);
    const help = didYouMean(provider, [...names.accounts.keys()]);
    return {
      code: 'config/unknown-provider',
      message: `no provider is named "${provider}" (of "${name}")`,
      help: help ?? `known are ${[...names.accounts.keys()].join(', ')}; others need an entry in bench.yaml`,
    };
  }
  const known = [...names.models.keys(), 'reference', 'stub'];
  const help = didYouMean(name, known);
  return {
    code: 'config/unknown-model',
    message: `no model is named "${name}"`,
    help: help ?? `known are ${known.join(', ')}; or write provider:model`,
  };
}

/** Always there, for any suite: each case's own solution, and code that does nothing. */
function builtIn(name: 'reference' | 'stub'): Model {
  const simulation: Simulation = {
    answers: {},
    otherwise: name,
    quality: name === 'reference' ? 1 : 0,
    latency: null,
    limits: [],
    announce: 'none',
    faults: [],
  };
  return { ...plainModel(name, simulatedAccount(name), name, defaultRetry), simulation };
}

function plainModel(name: string, account: Account, id: string, retry: RetryOptions): Model {
  return {
    name,
    account,
    id,
    limits: {},
    price: null,
    params: {},
    body: {},
    retry,
    stream: true,
    simulation: null,
  };
}

function priceOf({ input, cached_input: cached, output }: NonNullable<ModelEntry['price']>): Price {
  return {
    inputUsd: input,
    ...(cached === undefined ? {} : { cachedInputUsd: cached }),
    outputUsd: output,
  };
}

/** A full entry; `answers` are those of its file, read already. */
export function modelOf(
  name: string,
  entry: ModelEntry,
  account: Account,
  answers: Simulation['answers'],
  retry: RetryOptions,
): Model {
  const { burst, announce, shape, ...limits } = entry.limits ?? {};
  const model: Model = {
    ...plainModel(name, account, entry.model ?? name, retryOptions(entry.retry ?? null, retry)),
    limits: withoutUndefined(limits),
    price: entry.price === undefined ? null : priceOf(entry.price),
    params: entry.params ?? {},
    body: entry.body ?? {},
    stream: entry.stream ?? true,
  };
  if (entry.provider !== 'simulated') return model;
  const { latency } = entry;
  const simulation: Simulation = {
    answers,
    otherwise: 'quality',
    quality: entry.quality ?? 1,
    latency:
      latency === undefined
        ? null
        : {
            medianMs: ms(latency.median),
            spread: latency.spread ?? 0,
            ttftMs: ms(latency.ttft ?? latency.median),
          },
    limits: shapesOf(entry.limits ?? {}),
    announce: announce ?? 'retry_after',
    faults: (entry.faults ?? []).map(faultOf),
  };
  // What its server enforces is unknown to the engine: it finds out, as with a real one.
  return { ...model, limits: {}, simulation };
}

/** What the server of a simulated model enforces. */
function shapesOf({ rpm, burst, shape, rpd, concurrency }: NonNullable<ModelEntry['limits']>): LimitShape[] {
  const shapes: LimitShape[] = [];
  if (concurrency !== undefined) shapes.push({ kind: 'concurrency', limit: concurrency });
  if (rpd !== undefined) shapes.push({ kind: 'daily', limit: rpd });
  if (rpm === undefined) return shapes;
  const kind = shape ?? 'token_bucket';
  shapes.push(
    kind === 'token_bucket'
      ? { kind, perMinute: rpm, burst: burst ?? 1 }
      : { kind, limit: rpm, windowMs: 60_000 },
  );
  return shapes;
}

export function retryOptions(entry: RetryEntry | null, base: RetryOptions): RetryOptions {
  if (entry === null) return base;
  return {
    baseDelayMs: entry.base_delay === undefined ? base.baseDelayMs : ms(entry.base_delay),
    factor: entry.factor ?? base.factor,
    maxDelayMs: entry.max_delay === undefined ? base.maxDelayMs : ms(entry.max_delay),
    jitter: entry.jitter ?? base.jitter,
    maxAttempts: entry.max_attempts ?? base.maxAttempts,
    deadlineMs:
      entry.deadline === undefined ? base.deadlineMs : entry.deadline === 'none' ? null : ms(entry.deadline),
    maxWaitMs: entry.max_wait === undefined ? base.maxWaitMs : ms(entry.max_wait),
  };
}

/** The schema has seen to it that these are durations. */
export function ms(text: string): number {
  return parseDurationMs(text) ?? 0;
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

export function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as Defined<T>;
}

/** What would fail at the first request: said before it. */
export function missingKeys(
  candidates: readonly Candidate[],
  env: Readonly<Record<string, string | undefined>>,
): Diagnostic[] {
  const missing = new Map<string, Account>();
  for (const { account } of candidates.flatMap(modelsOf)) {
    if (account.apiKeyEnv !== null && !env[account.apiKeyEnv]?.trim())
      missing.set(account.apiKeyEnv, account);
  }
  return [...missing].map(([variable, account]) => ({
    code: 'provider/missing-key',
    message: `No key for ${account.provider}: set ${variable} (or put it into .env), or try simulated models: bench run quickstart`,
  }));
}

/** `reference` has nothing to answer a case with that has no solution. */
export function missingSolutions(trials: Iterable<Pick<Trial, 'case' | 'candidate'>>): Diagnostic[] {
  const cases = new Map<string, Diagnostic>();
  for (const { case: asked, candidate } of trials) {
    const asksReference = modelsOf(candidate).some((model) => model.simulation?.otherwise === 'reference');
    if (!asksReference || asked.hasSolution) continue;
    cases.set(asked.id, {
      code: 'suite/missing-solution',
      message: `case "${asked.id}" has no solution for the model "reference" to answer with`,
      place: asked.place,
      help: 'add solution: to it, or leave it out with --case',
    });
  }
  return [...cases.values()];
}
