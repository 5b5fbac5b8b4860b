import type { CandidateSummary, Estimate, Figures, RunSummary } from '../domain/record.js';
import type { Report } from './report.js';

const estimates = [
  'success_rate',
  'pass_rate',
  'quality',
  'p50_ms',
  'p90_ms',
  'ttft_ms',
  'tokens_per_second',
];
const head = [
  'candidate',
  'kind',
  'simulated',
  'category',
  'trials',
  ...estimates.flatMap((key) => [key, `${key}_low`, `${key}_high`, `${key}_n`]),
  'cost_usd',
  'rotations',
];

/** A line for each candidate, its category empty, and one for each of its categories. RFC 4180, but for plain line feeds. */
export const csv: Report = {
  kind: 'csv',
  extension: 'csv',
  render: ({ candidates }: RunSummary) =>
    [head, ...candidates.flatMap((one) => [whole(one), ...one.categories.map((part) => partOf(one, part))])]
      .map((cells) => `${cells.map(quoted).join(',')}\n`)
      .join(''),
};

type Cell = string | number | boolean | null;

const unknown: Estimate = { value: null, n: 0, low: null, high: null };

function whole(one: CandidateSummary): Cell[] {
  const { latency_ms: latency, ttft_ms: ttft, tokens_per_second: speed } = one;
  return [
    ...startOf(one, '', one.trials),
    ...cellsOf([one.success_rate, one.pass_rate, one.quality, latency.p50, latency.p90, ttft.p50, speed.p50]),
    one.cost_usd,
    one.rotations,
  ];
}

function partOf(one: CandidateSummary, part: Figures & { readonly category: string }): Cell[] {
  const rates = [part.success_rate, part.pass_rate, part.quality];
  const rest = estimates.slice(rates.length).map(() => unknown);
  return [...startOf(one, part.category, part.trials), ...cellsOf([...rates, ...rest]), null, null];
}

function startOf({ candidate, kind, simulated }: CandidateSummary, category: string, trials: number): Cell[] {
  return [candidate, kind, simulated, category, trials];
}

function cellsOf(all: readonly Estimate[]): Cell[] {
  return all.flatMap(({ value, low, high, n }) => [value, low, high, n]);
}

function quoted(cell: Cell): string {
  const text = cell === null ? '' : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
