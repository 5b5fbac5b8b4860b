/**
 * Which rotation, in which order, and what to expect of it: the engine's own simulation, over models that fail, answer
 * and take their time as those of the evidence did. What is not known for sure is drawn anew for each simulated run, so
 * that the ranges hold what another run of this size will give.
 */
import type { CandidateEvidence, Evidence, ModelEvidence } from '../../analysis/advice/evidence.js';
import { type Candidate, defaultTimeouts, type Model, type RetryOptions } from '../../domain/candidate.js';
import { type Objective, type RotationAdvice, tradeOffs } from '../../domain/recommendation.js';
import type { Suite } from '../../domain/suite.js';
import { rounded } from '../../domain/units.js';
import { quantile } from '../../stats/quantile.js';
import type { Random } from '../../world/world.js';
import { ASKS_PER_SLOT } from '../execution/conduct.js';
import type { Plan } from '../planning/plan.js';
import { type SimulatedCandidate, simulate } from '../planning/simulate.js';
import { advisedModel, isLimit, limitsOf } from './advised-model.js';
import { caseOf, MOST_TRIALS, suiteOf } from './advised-suite.js';
import { passChances, predicted } from './predicted.js';

export interface AdviceParts {
  /** Of models that may be in it, by name: account, limits, price. */
  readonly modelOf: (evidence: ModelEvidence) => Model;
  readonly retry: RetryOptions;
  readonly concurrency: number;
  readonly random: Random;
  /** Wall clock at the start of simulated runs: midnight, so that the same evidence gives the same advice at noon. */
  readonly startWallMs: number;
}

/** Simulated runs of each order that is tried, and of the one that is recommended. */
const TRIES = 8;
const DRAWS = 100;
/** Up to this number of models every order is tried; of more, the next one is chosen again and again. */
const ALL_ORDERS = 4;

/** Null: fewer than two models to choose from. `eligible`: their names. */
export async function advise(
  evidence: Evidence,
  eligible: readonly string[],
  objective: Objective,
  parts: AdviceParts,
): Promise<RotationAdvice | null> {
  const models = evidence.models.filter(({ name, attempts }) => eligible.includes(name) && attempts > 0);
  if (models.length < 2) return null;
  const world = await limitsFelt(worldOf(evidence, models, parts));
  const given = evidence.candidates
    .filter(
      ({ kind, models: names }) => kind === 'rotation' && names.every((name) => eligible.includes(name)),
    )
    .map(({ candidate, models: names }) => ({ name: candidate, models: names }));
  const tried = await tryOrders(
    models.map(({ name }) => name),
    given.map((one) => one.models),
    world,
    objective,
  );
  const expected = await expect(tried, world, DRAWS);
  const others: RotationAdvice['given'][number][] = [];
  for (const one of given) {
    const same = one.models.join('\n') === tried.join('\n');
    others.push({
      ...one,
      expected: same ? expected.told : (await expect(one.models, world, DRAWS / 2)).told,
    });
  }
  return {
    models: tried,
    expected: expected.told,
    instead: await nextBestStart(tried, world, objective),
    given: others,
    trials: world.trials,
    limits_unknown: models
      .filter(
        (one) => limitsOf(parts.modelOf(one)).length === 0 && one.failures.some(({ kind }) => isLimit(kind)),
      )
      .map(({ name }) => name),
  };
}

/** All that simulated runs are made of. */
interface AdvisedWorld {
  readonly suite: Suite;
  readonly samples: number;
  readonly trials: number;
  readonly models: ReadonlyMap<string, ModelEvidence>;
  /** Of a model's attempts, the share that its known limits refuse by themselves when it is asked alone. */
  readonly refusedByLimits: ReadonlyMap<string, number>;
  readonly parts: AdviceParts;
}

function worldOf(evidence: Evidence, models: readonly ModelEvidence[], parts: AdviceParts): AdvisedWorld {
  const cases = new Map<string, string>();
  const perCase: number[] = [];
  for (const candidate of evidence.candidates) {
    for (const [key, own] of candidate.cases) {
      cases.set(key, own.category);
      perCase.push(own.trials);
    }
  }
  const usual = quantile(
    perCase.sort((a, b) => a - b),
    0.5,
  );
  const taken = [...cases].slice(0, MOST_TRIALS);
  const samples = Math.max(1, Math.min(Math.round(usual ?? 1), Math.floor(MOST_TRIALS / taken.length)));
  return {
    suite: suiteOf(taken.map(([key, category]) => caseOf(key, category))),
    samples,
    trials: taken.length * samples,
    models: new Map(models.map((model) => [model.name, model])),
    refusedByLimits: new Map(),
    parts,
  };
}

/** What a known limit refused is refused by it again; what else was refused for a limit is a chance like another. */
async function limitsFelt(world: AdvisedWorld): Promise<AdvisedWorld> {
  const { parts, suite } = world;
  const refused = new Map<string, number>();
  for (const [name, seen] of world.models) {
    const model = parts.modelOf(seen);
    if (limitsOf(model).length === 0) continue;
    const made = advisedModel(
      { ...seen, failures: [] },
      model,
      suite,
      0,
      parts.random.fork(`limits/${name}`),
    );
    const candidate: Candidate = { kind: 'model', name, model: made };
    const { candidates } = await simulate(planFor(world, candidate), 'limits', simulationOf(world));
    const [own] = candidates;
    refused.set(name, own === undefined || own.requests === 0 ? 0 : own.wasted / own.requests);
  }
  return { ...world, refusedByLimits: refused };
}

/** As a run would ask them: in simulated time all at once. */
function simulationOf({ models, parts }: AdvisedWorld) {
  const simulatedTime = [...models.values()].every(({ simulated }) => simulated);
  return {
    timeouts: defaultTimeouts,
    concurrency: parts.concurrency,
    asksPerSlot: simulatedTime ? Number.POSITIVE_INFINITY : ASKS_PER_SLOT,
    startWallMs: parts.startWallMs,
  };
}

async function tryOrders(
  names: readonly string[],
  given: readonly (readonly string[])[],
  world: AdvisedWorld,
  objective: Objective,
): Promise<readonly string[]> {
  const known = new Map<string, Promise<Outlook>>();
  const outlook = (order: readonly string[]) => {
    const key = order.join('\n');
    const own = known.get(key) ?? expect(order, world, TRIES);
    known.set(key, own);
    return own;
  };
  const best = async (orders: readonly (readonly string[])[]) => {
    const outlooks: { readonly order: readonly string[]; readonly outlook: Outlook }[] = [];
    for (const order of orders) outlooks.push({ order, outlook: await outlook(order) });
    const fastest = Math.min(...outlooks.map((one) => one.outlook.p50Ms));
    const worth = (one: (typeof outlooks)[number]) => worthOf(one.outlook, fastest, objective);
    return outlooks.sort((a, b) => worth(b) - worth(a))[0]?.order ?? [];
  };
  if (names.length <= ALL_ORDERS) return best([...given, ...ordersOf(names)]);
  let chain: readonly string[] = [];
  while (chain.length < names.length) {
    const left = names.filter((name) => !chain.includes(name));
    chain = await best(left.map((name) => [...chain, name]));
  }
  return best([...given, chain]);
}

/** Each other model moved to the front in turn, and the best of these orders. */
async function nextBestStart(
  order: readonly string[],
  world: AdvisedWorld,
  objective: Objective,
): Promise<RotationAdvice['instead']> {
  const others = order.slice(1).map((name) => [name, ...order.filter((other) => other !== name)]);
  const outlooks: Outlook[] = [];
  for (const other of others) outlooks.push(await expect(other, world, TRIES));
  const fastest = Math.min(...outlooks.map(({ p50Ms }) => p50Ms));
  const worths = outlooks.map((outlook) => worthOf(outlook, fastest, objective));
  const models = others[worths.indexOf(Math.max(...worths))] ?? order;
  return { models, expected: (await expect(models, world, DRAWS / 2)).told };
}

function ordersOf(names: readonly string[]): string[][] {
  if (names.length <= 1) return [[...names]];
  return names.flatMap((first) =>
    ordersOf(names.filter((name) => name !== first)).map((rest) => [first, ...rest]),
  );
}

function worthOf(
  { passed, answered, p50Ms, costUsd }: Outlook,
  fastestMs: number,
  objective: Objective,
): number {
  const worth = tradeOffs[objective];
  const latency = p50Ms > 0 && fastestMs > 0 ? Math.log2(p50Ms / fastestMs) : 0;
  // A ten-thousandth of a dollar is as good as free.
  const cost = costUsd === null ? 0 : Math.log2(1 + costUsd / 1e-4);
  return passed + worth.answered * answered - worth.latency * latency - worth.cost * cost;
}

interface Outlook {
  readonly passed: number;
  readonly answered: number;
  readonly p50Ms: number;
  readonly costUsd: number | null;
  readonly told: RotationAdvice['expected'];
}

/** The same draws whatever the order: orders differ by what they are, not by luck. */
async function expect(order: readonly string[], world: AdvisedWorld, draws: number): Promise<Outlook> {
  const { parts } = world;
  const runs: Drawn[] = [];
  for (let index = 0; index < draws; index++) {
    const random = parts.random.fork(`draw/${index}`);
    const chain = order.flatMap((name) => {
      const own = world.models.get(name);
      const felt = world.refusedByLimits.get(name) ?? 0;
      return own === undefined
        ? []
        : [advisedModel(own, parts.modelOf(own), world.suite, felt, random.fork(name))];
    });
    const candidate: Candidate = { kind: 'rotation', name: 'recommended', chain, retry: parts.retry };
    const run = await simulate(planFor(world, candidate), `advice/${index}`, simulationOf(world));
    const [own] = run.candidates;
    if (own !== undefined) runs.push(drawnOf(own, world, random.fork('passes')));
  }
  const answeredBy = new Map<string, number>();
  for (const run of runs) {
    for (const name of run.answeredBy) answeredBy.set(name, (answeredBy.get(name) ?? 0) + 1);
  }
  const answers = [...answeredBy.values()].reduce((sum, count) => sum + count, 0);
  const prices = order.map((name) => world.models.get(name)?.costUsd ?? null);
  const costUsd = prices.includes(null)
    ? null
    : order.reduce(
        (sum, name, index) =>
          sum + ((answeredBy.get(name) ?? 0) / Math.max(1, answers)) * (prices[index] ?? 0),
        0,
      );
  const success = predicted(runs.map((run) => run.success));
  const passed = predicted(runs.map((run) => run.passed));
  const p50 = predicted(runs.flatMap((run) => run.p50Ms ?? []));
  return {
    passed: passed.value ?? 0,
    answered: success.value ?? 0,
    p50Ms: p50.value ?? Number.POSITIVE_INFINITY,
    costUsd,
    told: {
      success_rate: success,
      passed,
      p50_ms: p50,
      p90_ms: predicted(runs.flatMap((run) => run.p90Ms ?? [])),
      cost_usd: costUsd,
      answered_by: Object.fromEntries(
        [...answeredBy].sort((a, b) => b[1] - a[1]).map(([name, count]) => [name, rounded(count / answers)]),
      ),
    },
  };
}

interface Drawn {
  readonly success: number;
  readonly passed: number;
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly answeredBy: readonly string[];
}

function drawnOf(own: SimulatedCandidate, world: AdvisedWorld, random: Random): Drawn {
  const latencies = own.answers.map(({ latencyMs }) => latencyMs).sort((a, b) => a - b);
  let passed = 0;
  const chances = new Map<string, (key: string) => number>();
  for (const { trial, answeredBy } of own.answers) {
    const model = world.models.get(answeredBy);
    if (model === undefined) continue;
    const chance = chances.get(answeredBy) ?? passChances(model, random.fork(`rates/${answeredBy}`).next);
    chances.set(answeredBy, chance);
    if (random.next() < chance(trial.case.id)) passed += 1;
  }
  return {
    success: own.answered / Math.max(1, own.trials),
    passed: passed / Math.max(1, own.trials),
    p50Ms: quantile(latencies, 0.5),
    p90Ms: quantile(latencies, 0.9),
    answeredBy: own.answers.map(({ answeredBy }) => answeredBy),
  };
}

function planFor({ suite, samples }: AdvisedWorld, candidate: Candidate): Plan {
  // The same ones whoever is asked: rotations are compared on the same draws.
  const trials = suite.cases.flatMap((item) =>
    Array.from({ length: samples }, (_, sample) => ({
      id: `${item.id} ${sample}`,
      suite: suite.name,
      case: item,
      candidate,
      sample,
    })),
  );
  return { suites: [suite], candidates: [candidate], trials };
}

/** Names of single models that meet the constraints; those that were seen in rotations alone are taken as they are. */
export function eligibleModels(
  evidence: Evidence,
  whyNot: (one: CandidateEvidence) => string | null,
): string[] {
  const alone = new Map(
    evidence.candidates.filter(({ kind }) => kind === 'model').map((one) => [one.candidate, one]),
  );
  return evidence.models
    .map(({ name }) => name)
    .filter((name) => {
      const own = alone.get(name);
      return own === undefined || own.cases.size === 0 || whyNot(own) === null;
    });
}
