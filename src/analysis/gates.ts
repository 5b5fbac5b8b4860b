/** Thresholds on a run's figures: `--fail-under pass_rate>=0.8`. */
import { metrics } from '../domain/metric.js';
import type { CandidateSummary } from '../domain/summary.js';

export interface Threshold {
  readonly text: string;
  readonly metric: string;
  readonly compare: '>=' | '<=';
  readonly value: number;
}

/** The expression, or a sentence that says what is wrong with it. */
export function parseThreshold(text: string): Threshold | { readonly problem: string } {
  const match = /^\s*([a-z0-9_]+)\s*(>=|<=)\s*(-?\d+(?:\.\d+)?)(%?)\s*$/.exec(text);
  if (match === null) return { problem: `"${text}" is not a threshold; write it like pass_rate>=0.8` };
  const [, metric = '', compare, number, percent] = match;
  const keys = metrics.map((known) => known.key);
  if (!keys.includes(metric))
    return { problem: `"${metric}" is not a metric; metrics are ${keys.join(', ')}` };
  const isShare = metrics.some((known) => known.key === metric && known.isShare);
  if (isShare && percent !== '%' && Number(number) > 1)
    return {
      problem: `"${text}" asks for more than 100%; write ${metric}${compare}${number}% or ${metric}${compare}${Number(number) / 100}`,
    };
  return {
    text: text.trim(),
    metric,
    compare: compare === '>=' ? '>=' : '<=',
    value: Number(number) / (percent === '%' ? 100 : 1),
  };
}

export interface ThresholdResult {
  readonly threshold: Threshold;
  readonly candidate: string;
  /** Null: the figure was not measured. */
  readonly value: number | null;
  readonly holds: boolean;
}

export function checkThresholds(
  candidates: readonly CandidateSummary[],
  thresholds: readonly Threshold[],
): ThresholdResult[] {
  return thresholds.flatMap((threshold) =>
    candidates.map((candidate) => {
      const value = metrics.find((metric) => metric.key === threshold.metric)?.read(candidate).value ?? null;
      const holds =
        value !== null && (threshold.compare === '>=' ? value >= threshold.value : value <= threshold.value);
      return { threshold, candidate: candidate.candidate, value, holds };
    }),
  );
}
