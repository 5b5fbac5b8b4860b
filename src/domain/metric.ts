/** The list of metrics: what tables, exports, thresholds and gates know of a figure stands here once. */
import type { CandidateSummary, Estimate } from './record.js';
import { formatShare, formatUsd } from './units.js';

export interface Metric {
  /** As in `--fail-under` and run.json. */
  readonly key: string;
  readonly title: string;
  readonly better: 'higher' | 'lower';
  readonly read: (summary: CandidateSummary) => Estimate;
  readonly format: (value: number) => string;
}

/** A total has no interval: it was counted, not estimated. */
function counted(value: number | null, n: number): Estimate {
  return { value, n, low: value, high: value };
}

export const metrics: readonly Metric[] = [
  {
    key: 'success_rate',
    title: 'success',
    better: 'higher',
    read: (s) => s.success_rate,
    format: formatShare,
  },
  { key: 'pass_rate', title: 'pass rate', better: 'higher', read: (s) => s.pass_rate, format: formatShare },
  { key: 'quality', title: 'quality', better: 'higher', read: (s) => s.quality, format: (v) => v.toFixed(1) },
  { key: 'p50_ms', title: 'p50', better: 'lower', read: (s) => s.latency_ms.p50, format: formatSeconds },
  { key: 'p90_ms', title: 'p90', better: 'lower', read: (s) => s.latency_ms.p90, format: formatSeconds },
  { key: 'ttft_ms', title: 'TTFT', better: 'lower', read: (s) => s.ttft_ms.p50, format: formatSeconds },
  {
    key: 'tokens_per_second',
    title: 'tok/s',
    better: 'higher',
    read: (s) => s.tokens_per_second.p50,
    format: (v) => (v < 10 ? v.toFixed(1) : String(Math.round(v))),
  },
  {
    key: 'cost_usd',
    title: 'cost',
    better: 'lower',
    read: (s) => counted(s.cost_usd, s.trials),
    format: formatUsd,
  },
  {
    key: 'rotations',
    title: 'rotations',
    better: 'lower',
    read: (s) => counted(s.kind === 'rotation' ? s.rotations : null, s.trials),
    format: String,
  },
];

/** 2340 -> `2.3 s`, 15700 -> `16 s`, 80 -> `0.08 s`: always seconds, so that a column can be compared by eye. */
function formatSeconds(ms: number): string {
  const seconds = ms / 1000;
  return `${seconds < 0.1 ? seconds.toFixed(2) : seconds < 99.95 ? seconds.toFixed(1) : seconds.toFixed(0)} s`;
}
