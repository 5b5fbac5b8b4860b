import { metrics } from '../domain/metric.js';
import type { CandidateSummary, Estimate, Figures, RunSummary } from '../domain/summary.js';
import type { Report } from './report.js';

const ofParts = ['success_rate', 'pass_rate', 'quality'] as const;
const counts = ['cost_usd', 'cost_per_pass_usd', 'rotations'];
const ofCandidates = metrics
  .map(({ key }) => key)
  .filter((key) => !counts.includes(key) && !ofParts.some((part) => part === key));
const head = [
  'candidate',
  'kind',
  'simulated',
  'category',
  'trials',
  ...[...ofParts, ...ofCandidates].flatMap((key) => [key, `${key}_low`, `${key}_high`, `${key}_n`]),
  'cost_usd',
  'cost_per_pass_usd',
  'prompt_tokens',
  'completion_tokens',
  'rotations',
];

/** A line for each candidate, its category empty, and one for each of its categories. RFC 4180, but for plain line feeds. */
export const csv: Report = {
  kind: 'csv',
  file: 'matrix.csv',
  render: ({ candidates }: RunSummary) =>
    [head, ...candidates.flatMap((one) => [whole(one), ...one.categories.map((part) => partOf(one, part))])]
      .map((cells) => `${cells.map(quoted).join(',')}\n`)
      .join(''),
};

type Cell = string | number | boolean | null;

const unknown: Estimate = { value: null, n: 0, low: null, high: null };

function whole(one: CandidateSummary): Cell[] {
  const known = ofCandidates.map((key) => metrics.find((metric) => metric.key === key)?.read(one) ?? unknown);
  return [
    ...startOf(one, '', one.trials),
    ...cellsOf([...ofParts.map((key) => one[key]), ...known]),
    one.cost_usd,
    one.cost_per_pass_usd,
    one.tokens.prompt,
    one.tokens.completion,
    one.rotations,
  ];
}

function partOf(one: CandidateSummary, part: Figures & { readonly category: string }): Cell[] {
  const rates = ofParts.map((key) => part[key]);
  const rest = ofCandidates.map(() => unknown);
  return [
    ...startOf(one, part.category, part.trials),
    ...cellsOf([...rates, ...rest]),
    null,
    null,
    null,
    null,
    null,
  ];
}

function startOf({ candidate, kind, simulated }: CandidateSummary, category: string, trials: number): Cell[] {
  return [candidate, kind, simulated, category, trials];
}

function cellsOf(all: readonly Estimate[]): Cell[] {
  return all.flatMap(({ value, low, high, n }) => [value, low, high, n]);
}

function quoted(cell: Cell): string {
  // A name that begins like a formula would be one in a spreadsheet.
  const isFormula = typeof cell === 'string' && /^[=+\-@\t\r]/.test(cell);
  const text = cell === null ? '' : `${isFormula ? "'" : ''}${cell}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
