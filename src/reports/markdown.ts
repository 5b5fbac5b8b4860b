/** matrix.md: the capability matrix as it is committed to a repository. */
import { metricsOf } from '../domain/metric.js';
import type { CandidateSummary, Estimate, RunSummary } from '../domain/summary.js';
import type { Report } from './report.js';
import {
  answeredByText,
  categoriesOf,
  categoryNote,
  categoryText,
  conclusionsOf,
  intervalText,
  rowsOf,
  shareText,
  simulatedNote,
  usualCategoryN,
  valueText,
} from './wording.js';

export const markdown: Report = { kind: 'markdown', file: 'matrix.md', render };

const rates = new Set(['success_rate', 'pass_rate']);

function render(summary: RunSummary): string {
  return blocksOf(summary, '##')
    .map((block) => `${block}\n`)
    .join('\n');
}

/** `bars`: intervals are drawn, for pages that are read in a browser. */
export type Drawing = 'figures' | 'bars';

/** For a document of the user's: without a title of its own, headings below theirs; block by block. */
export function embedded(summary: RunSummary, drawing: Drawing = 'figures'): readonly string[] {
  return blocksOf(summary, '####', drawing).slice(1);
}

function blocksOf(summary: RunSummary, heading: string, drawing: Drawing = 'figures'): string[] {
  const rows = rowsOf(summary);
  const suites = summary.suites.map(({ name, cases, hash }) => `${name} (${cases} cases, ${hash})`);
  const day = summary.started_at.slice(0, 10);
  return [
    '# Capability matrix',
    `${escapedText(suites.join(', '))} · run ${summary.id} · ${day} · ${summary.tool.name} ${summary.tool.version}`,
    ...(summary.simulated ? [`**${simulatedNote}**`] : []),
    figures(rows, drawing),
    `In brackets: 95% intervals, and n, the trials a figure rests on.${drawing === 'bars' ? BARS_NOTE : ''} Success is availability, pass rate and quality (0 to 5) are those of the answers that came, latency is time on the wire without waits.`,
    `${heading} Pass rate by ${summary.by}`,
    categoryTable(summary, rows, drawing),
    `${capital(categoryNote(summary))}.`,
    `${heading} What may be concluded`,
    conclusionsOf(summary)
      .map((sentence) => `- ${escapedText(sentence)}`)
      .join('\n') || 'One candidate alone: there is nothing to compare.',
  ];
}

const BARS_NOTE = ' Bars: solid up to the lower end of the interval, shaded up to the upper end.';
const BAR_CELLS = 10;

/** `███████▒▒░ `: what is certain, what is possible, what is ruled out; nothing where nothing was measured. */
function barOf({ low, high }: Estimate, drawing: Drawing): string {
  if (drawing === 'figures' || low === null || high === null) return '';
  const solid = Math.floor(low * BAR_CELLS + 1e-9);
  const shaded = Math.ceil(high * BAR_CELLS - 1e-9) - solid;
  return `${'█'.repeat(solid)}${'▒'.repeat(shaded)}${'░'.repeat(BAR_CELLS - solid - shaded)} `;
}

function figures(rows: readonly CandidateSummary[], drawing: Drawing): string {
  const metrics = metricsOf(rows);
  return markdownTable(
    ['candidate', ...metrics.map((metric) => metric.title)],
    rows.map((row) => [nameCell(row), ...metrics.map((metric) => figureCell(row, metric.key, drawing))]),
  );
}

function figureCell(row: CandidateSummary, key: string, drawing: Drawing): string {
  if (rates.has(key)) {
    const estimate = key === 'pass_rate' ? row.pass_rate : row.success_rate;
    if (estimate.value === null) return shareText(estimate);
    return `${barOf(estimate, drawing)}${shareText(estimate)} (${intervalText(estimate)}, n=${estimate.n})`;
  }
  if (key === 'quality' && row.quality.low !== null && row.quality.high !== null) {
    return `${valueText(row, key)} (${row.quality.low.toFixed(1)}–${row.quality.high.toFixed(1)})`;
  }
  return valueText(row, key);
}

function nameCell(row: CandidateSummary): string {
  const kind = row.kind === 'rotation' ? ` (rotation: answered by ${answeredByText(row) || 'nobody'})` : '';
  return `${row.simulated ? '~' : ''}${row.candidate}${kind}`;
}

function categoryTable(summary: RunSummary, rows: readonly CandidateSummary[], drawing: Drawing): string {
  const groups = categoriesOf(summary);
  const usual = usualCategoryN(summary);
  const name = (row: CandidateSummary) => `${row.simulated ? '~' : ''}${row.candidate}`;
  const cell = (row: CandidateSummary, group: string) => {
    const own = row.categories.find(({ category }) => category === group);
    return `${own === undefined ? '' : barOf(own.pass_rate, drawing)}${categoryText(own, usual)}`;
  };
  if (groups.length > rows.length && summary.by === 'case') {
    return markdownTable(
      [summary.by, ...rows.map(name)],
      groups.map((group) => [group, ...rows.map((row) => cell(row, group))]),
    );
  }
  return markdownTable(
    ['candidate', ...groups],
    rows.map((row) => [name(row), ...groups.map((group) => cell(row, group))]),
  );
}

export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapedCell).join(' | ')} |`;
  const rule = `| ${head.map((_, index) => (index === 0 ? '---' : '---:')).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

/** Names are the user's own words, and a pipe would end the cell. */
/** Names and words of others in a sentence: they open no tag, no link and no code, and end no line. */
export function escapedText(text: string): string {
  return text.replaceAll(/[<`[\]]/g, (sign) => `\\${sign}`).replaceAll(/\s*\n\s*/g, ' ');
}

export function escapedCell(text: string): string {
  return text
    .replaceAll(/[\\|`*_<>[\]~]/g, (sign) => (sign === '~' ? '~' : `\\${sign}`))
    .replaceAll('\n', ' ');
}

function capital(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
