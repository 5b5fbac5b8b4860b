/** A decision made of runs. Shapes of `bench recommend --json`, so their names are snake_case. */
import type { Estimate } from './summary.js';

export const objectives = ['balanced', 'quality', 'speed', 'reliability', 'cost'] as const;
export type Objective = (typeof objectives)[number];

/**
 * How much an objective trades of the share of trials that pass (0 to 1): for half the median latency, for half the cost
 * (of a ten-thousandth of a dollar and more), and for each point of the success rate.
 */
export const tradeOffs: Readonly<
  Record<Objective, { readonly latency: number; readonly cost: number; readonly answered: number }>
> = {
  balanced: { latency: 0.03, cost: 0.01, answered: 0 },
  quality: { latency: 0.001, cost: 0, answered: 0 },
  speed: { latency: 0.2, cost: 0, answered: 0 },
  reliability: { latency: 0.001, cost: 0, answered: 3 },
  cost: { latency: 0.001, cost: 0.2, answered: 0 },
};

/** What somebody wants of a model; null: does not care. */
export interface Constraints {
  readonly objective: Objective;
  /** Of the median. */
  readonly max_latency_ms: number | null;
  /** 0 to 5. */
  readonly min_quality: number | null;
  /** USD an answer, on average. */
  readonly max_cost_usd: number | null;
  readonly free_only: boolean;
}

export const uses = ['speed', 'quality', 'reliability', 'reasoning', 'balanced', 'fallback'] as const;
export type Use = (typeof uses)[number];

export interface Champion {
  readonly use: Use;
  /** Null: tied, or nobody. */
  readonly champion: string | null;
  /** Candidates at the top without a significant difference; empty if there is a champion, or nobody. */
  readonly tied: readonly string[];
  readonly evidence: string;
  /** What would tell the first two apart, if they are as they seem; null where nothing would, or nobody is tied. */
  readonly more: { readonly cases: number | null; readonly samples: number | null } | null;
}

/** Why the first of a category is first, where its own cases tell nobody apart. */
export const TOO_FEW_BY_CATEGORY = 'too few cases in this category: overall order used';

export interface CategoryAdvice {
  readonly category: string;
  readonly first: string;
  readonly fallbacks: readonly string[];
  readonly why: string;
}

/** A candidate in the plane of quality, latency and cost. */
export interface FrontPoint {
  readonly candidate: string;
  /** 0 to 5. */
  readonly quality: number;
  readonly p50_ms: number | null;
  /** An answer; null: not known. */
  readonly cost_usd: number | null;
  /** Nobody is better in one and as good in the others. */
  readonly on_front: boolean;
}

/** Over simulated runs: the mean, and the range that holds 95% of them. n: the number of runs. */
export type Predicted = Estimate;

export interface Expected {
  /** Of all trials. */
  readonly success_rate: Predicted;
  readonly passed: Predicted;
  readonly p50_ms: Predicted;
  readonly p90_ms: Predicted;
  /** An answer; null: a price is not known. */
  readonly cost_usd: number | null;
  /** Model to share of the answers. */
  readonly answered_by: Readonly<Record<string, number>>;
}

export interface RotationAdvice {
  readonly models: readonly string[];
  readonly expected: Expected;
  /** The next best model to begin with, the others in the same order, and what that would give. */
  readonly instead: { readonly models: readonly string[]; readonly expected: Expected };
  /** The rotations of the runs, by the same simulation. */
  readonly given: readonly {
    readonly name: string;
    readonly models: readonly string[];
    readonly expected: Expected;
  }[];
  /** Trials of each simulated run. */
  readonly trials: number;
  /** Models that some limit refused which is not known: it is taken to do so again by chance. */
  readonly limits_unknown: readonly string[];
}

export interface Recommendation {
  /** Models significantly below the best over all cases: first only in categories where they are shown to be as good. */
  readonly behind: readonly { readonly candidate: string; readonly why: string }[];
  readonly runs: readonly string[];
  readonly simulated: boolean;
  readonly wishes: Constraints;
  /** Who does not meet the constraints, and why. */
  readonly left_out: readonly { readonly candidate: string; readonly why: string }[];
  readonly champions: readonly Champion[];
  readonly categories: readonly CategoryAdvice[];
  readonly front: readonly FrontPoint[];
  /** Null: fewer than two models to rotate over. */
  readonly rotation: RotationAdvice | null;
}
