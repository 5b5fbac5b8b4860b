/** Candidates over their runs in time. Shapes of `bench trend --json`, so their names are snake_case. */
import type { Estimate } from './summary.js';

export const trendMetrics = ['pass_rate', 'success_rate', 'latency'] as const;
export type TrendMetric = (typeof trendMetrics)[number];

export interface TrendPoint {
  /** Of the run. */
  readonly id: string;
  /** UTC ISO-8601. */
  readonly started_at: string;
  readonly cases: number;
  readonly pass_rate: Estimate;
  readonly success_rate: Estimate;
  /** The geometric mean over cases of the winning attempts' ms. */
  readonly latency_ms: number | null;
}

/** From this run on it is another than before: whatever chance alone would show so seldom. */
export interface TrendChange {
  readonly metric: TrendMetric;
  /** Of the first run after it. */
  readonly since: string;
  /** Over the cases of both sides: rates 0 to 1, ms. */
  readonly before: number;
  readonly after: number;
  readonly cases: number;
  /** Two-sided, times all the places and figures that were looked at. */
  readonly p_adjusted: number;
}

export interface CandidateTrend {
  readonly candidate: string;
  readonly simulated: boolean;
  /** Oldest first. */
  readonly points: readonly TrendPoint[];
  readonly changes: readonly TrendChange[];
}

export interface Trend {
  readonly suites: readonly string[];
  readonly alpha: number;
  /** Places in time times figures times candidates: what `alpha` is shared by. */
  readonly looks: number;
  readonly candidates: readonly CandidateTrend[];
  /** What differs between the runs and makes cases others. */
  readonly notes: readonly string[];
}
