/** What a comparison is asked. Names as in files: snake_case. */

export const comparedMetrics = ['pass_rate', 'success_rate', 'quality', 'latency'] as const;
export type ComparedMetric = (typeof comparedMetrics)[number];

export interface CompareSettings {
  /** Of false alarms, over all gates of a comparison. */
  readonly alpha: number;
  /** By metric, what may be lost: shares (0 to 1) of rates, points (0 to 5) of quality, a share more of latency. */
  readonly max_drop: Readonly<Partial<Record<ComparedMetric, number>>>;
  /** A drop of the pass rate (0 to 1) up to this is none. */
  readonly min_effect: number;
  /** Of the baseline's cases, 0 to 1. */
  readonly min_coverage: number;
}

/** How often a drop that is not allowed may pass, for every false alarm. */
const FALSE_PASSES = 0.2;

/** Of the two ends of the interval of a change, of which below 0 is worse: the high one can fail, the low one can pass. */
export function errorsAt(alpha: number): { readonly low: number; readonly high: number } {
  return { low: FALSE_PASSES * alpha, high: alpha };
}
