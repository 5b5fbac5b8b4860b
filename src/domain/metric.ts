/** The list of metrics: what tables, exports, thresholds and gates know of a figure stands here once. */
import type { CandidateSummary, Estimate } from './summary.js';
import { formatShare, formatUsd } from './units.js';

export interface Metric {
  /** As in `--fail-under` and run.json. */
  readonly key: string;
  readonly title: string;
  readonly better: 'higher' | 'lower';
  /** 0 to 1. */
  readonly isShare?: true;
  readonly read: (summary: CandidateSummary) => Estimate;
  readonly format: (value: number) => string;
  /** Whether tables have it: else it is for thresholds and exports; `known`: where any candidate has it. */
  readonly inTables: 'always' | 'known' | 'never';
}

/** A total has no interval: it was counted, not estimated. */
function counted(value: number | null, n: number): Estimate {
  return { value, n, low: value, high: value };
}

function passAt(k: number): Metric {
  return {
    key: `pass_at_${k}`,
    title: `pass@${k}`,
    better: 'higher',
    isShare: true,
    read: (s) => s.pass_at_k.find((one) => one.k === k) ?? unknown,
    format: formatShare,
    inTables: 'known',
  };
}

const unknown: Estimate = { value: null, n: 0, low: null, high: null };

/** The values of k that pass@k is reported for; pass@1 is the pass rate. */
export const passAtKs = [5, 10] as const;

export const metrics: readonly Metric[] = [
  {
    key: 'success_rate',
    title: 'success',
    better: 'higher',
    isShare: true,
    read: (s) => s.success_rate,
    format: formatShare,
    inTables: 'always',
  },
  {
    key: 'pass_rate',
    title: 'pass rate',
    better: 'higher',
    isShare: true,
    read: (s) => s.pass_rate,
    format: formatShare,
    inTables: 'always',
  },
  ...passAtKs.map(passAt),
  {
    key: 'quality',
    title: 'quality',
    better: 'higher',
    read: (s) => s.quality,
    format: (v) => v.toFixed(1),
    inTables: 'always',
  },
  {
    key: 'p50_ms',
    title: 'p50',
    better: 'lower',
    read: (s) => s.latency_ms.p50,
    format: formatSeconds,
    inTables: 'always',
  },
  {
    key: 'p90_ms',
    title: 'p90',
    better: 'lower',
    read: (s) => s.latency_ms.p90,
    format: formatSeconds,
    inTables: 'always',
  },
  {
    key: 'p99_ms',
    title: 'p99',
    better: 'lower',
    read: (s) => s.latency_ms.p99,
    format: formatSeconds,
    inTables: 'never',
  },
  {
    key: 'ttft_ms',
    title: 'TTFT',
    better: 'lower',
    read: (s) => s.ttft_ms.p50,
    format: formatSeconds,
    inTables: 'always',
  },
  {
    key: 'tokens_per_second',
    title: 'tok/s',
    better: 'higher',
    read: (s) => s.tokens_per_second.p50,
    format: (v) => (v < 10 ? v.toFixed(1) : String(Math.round(v))),
    inTables: 'always',
  },
  {
    key: 'cost_usd',
    title: 'cost',
    better: 'lower',
    read: (s) => counted(s.cost_usd, s.trials),
    format: formatUsd,
    inTables: 'always',
  },
  {
    key: 'cost_per_pass_usd',
    title: 'cost/pass',
    better: 'lower',
    // Where all is free it says nothing that the cost does not.
    read: (s) => (s.cost_usd === 0 ? unknown : counted(s.cost_per_pass_usd, s.trials)),
    format: formatUsd,
    inTables: 'known',
  },
  {
    key: 'rotations',
    title: 'rotations',
    better: 'lower',
    read: (s) => counted(s.kind === 'rotation' ? s.rotations : null, s.trials),
    format: String,
    inTables: 'always',
  },
];

/** Those that a table of these candidates has. */
export function metricsOf(candidates: readonly CandidateSummary[]): readonly Metric[] {
  return metrics.filter(
    ({ inTables, read }) =>
      inTables === 'always' || (inTables === 'known' && candidates.some((one) => read(one).value !== null)),
  );
}

/** 2340 -> `2.3 s`, 15700 -> `16 s`, 80 -> `0.08 s`: always seconds, so that a column can be compared by eye. */
function formatSeconds(ms: number): string {
  const seconds = ms / 1000;
  return `${seconds < 0.1 ? seconds.toFixed(2) : seconds < 99.95 ? seconds.toFixed(1) : seconds.toFixed(0)} s`;
}
