/** Several simulated runs of one plan, combined: what `bench simulate` and `bench run --dry-run` tell. */
import { type Candidate, modelsOf } from '../../domain/candidate.js';
import { quantile } from '../../stats/quantile.js';
import type { World } from '../../world/world.js';
import { ASKS_PER_SLOT } from '../execution/conduct.js';
import type { RunRequest } from '../request/read-request.js';
import type { Plan } from './plan.js';
import { pretended, type SimulatedRun, simulate } from './simulate.js';

/** A figure over the seeds: its median, and the range of 95% of them. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

export interface CandidateForecast {
  readonly candidate: string;
  readonly kind: Candidate['kind'];
  readonly trials: number;
  readonly success_rate: Spread;
  readonly held: Spread;
  readonly duration_ms: Spread;
  readonly requests: Spread;
  readonly wasted: Spread;
  readonly rotations: Spread;
  readonly tokens: Spread;
  /** Mean per run. */
  readonly answered_by: Readonly<Record<string, number>>;
  /** USD at the prices that are known; null: one is not. */
  readonly cost_usd: Spread | null;
}

export interface RunsForecast {
  readonly seeds: number;
  readonly duration_ms: Spread;
  readonly candidates: readonly CandidateForecast[];
}

/** `seeds` runs with seeds derived from the request's own. */
export async function simulateRuns(
  request: RunRequest,
  seeds: number,
  world: World,
): Promise<SimulatedRun[]> {
  const plan = pretended(request.plan);
  const runs: SimulatedRun[] = [];
  for (let index = 0; index < seeds; index++) {
    runs.push(
      await simulate(plan, seeds === 1 ? request.seed : `${request.seed}/${index}`, {
        timeouts: request.config.timeouts,
        concurrency: request.concurrency,
        asksPerSlot: ASKS_PER_SLOT,
        startWallMs: world.clock.wallMs(),
      }),
    );
  }
  return runs;
}

export function forecastOf(runs: readonly SimulatedRun[], plan: Plan): RunsForecast {
  return {
    seeds: runs.length,
    duration_ms: spread(runs.map((run) => run.durationMs)),
    candidates: plan.candidates.map((candidate) => {
      const own = runs.flatMap((run) => run.candidates.filter((one) => one.candidate === candidate.name));
      const of = (read: (one: (typeof own)[number]) => number) => spread(own.map(read));
      const answeredBy = new Map<string, number>();
      for (const one of own) {
        for (const [model, times] of Object.entries(one.answeredBy)) {
          answeredBy.set(model, (answeredBy.get(model) ?? 0) + times / own.length);
        }
      }
      return {
        candidate: candidate.name,
        kind: candidate.kind,
        trials: own[0]?.trials ?? 0,
        success_rate: of((one) => (one.trials === 0 ? 0 : one.answered / one.trials)),
        held: of((one) => one.held),
        duration_ms: of((one) => one.endedMs),
        requests: of((one) => one.requests),
        wasted: of((one) => one.wasted),
        rotations: of((one) => one.rotations),
        tokens: of((one) => one.tokens),
        answered_by: Object.fromEntries(answeredBy),
        cost_usd: costOf(candidate, own),
      };
    }),
  };
}

/** Half of the tokens are taken for input where the split is not simulated: prices differ by it, so it is rough. */
function costOf(candidate: Candidate, own: readonly SimulatedRun['candidates'][number][]): Spread | null {
  const prices = modelsOf(candidate).map((model) =>
    model.simulation === null ? model.price : { inputUsd: 0, outputUsd: 0 },
  );
  if (prices.some((price) => price === null)) return null;
  const perToken =
    Math.max(...prices.map((price) => ((price?.inputUsd ?? 0) + (price?.outputUsd ?? 0)) / 2)) / 1e6;
  return spread(own.map((one) => one.tokens * perToken));
}

function spread(values: readonly number[]): Spread {
  const ascending = [...values].sort((a, b) => a - b);
  const at = (p: number) => quantile(ascending, p) ?? 0;
  return { median: at(0.5), low: at(0.025), high: at(0.975) };
}
