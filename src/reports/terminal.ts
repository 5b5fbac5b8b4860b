/**
 * The matrix on a terminal: dense, aligned, every rate with its interval; it reads the same without colour. A line never
 * wraps: what the width cannot hold is left out by its rank, and named below.
 */
import { stripVTControlCharacters } from 'node:util';
import { Chalk, type ChalkInstance } from 'chalk';
import { metricsOf } from '../domain/metric.js';
import type { CandidateSummary, Estimate, RunSummary } from '../domain/summary.js';
import { plainTable, tableText } from './plain-table.js';
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
import { shortened, wrapText } from './wrap-text.js';

export interface TerminalStyle {
  readonly colour: boolean;
  readonly columns: number;
}

export function renderTerminal(summary: RunSummary, { colour, columns }: TerminalStyle): string {
  const chalk = new Chalk({ level: colour ? 1 : 0 });
  const rows = rowsOf(summary);
  const blocks = [figures(rows, columns, chalk), byCategory(summary, rows, columns, chalk)];
  const sentences = conclusionsOf(summary);
  if (sentences.length > 0) blocks.push(sentences.map((sentence) => wrapText(sentence, columns)).join('\n'));
  if (summary.simulated) blocks.push(chalk.magenta(wrapText(`~ ${simulatedNote}`, columns)));
  return `${blocks.join('\n\n')}\n`;
}

/** How a table is drawn: what it leaves out, and how much of a name it shows. */
interface Drawing {
  readonly without: ReadonlySet<string>;
  readonly intervals: boolean;
  readonly nameWidth: number;
}

/** Narrower names than this say little. */
const LEAST_NAME = 12;

/** Each step leaves out more than the one before. */
function* drawings(rows: readonly CandidateSummary[], columns: number): Iterable<Drawing> {
  const widest = Math.max(...rows.map((row) => plainName(row).length));
  const isFree = rows.every((row) => row.cost_usd === 0);
  const isStill = rows.every((row) => row.rotations === 0);
  const titles = new Set(metricsOf(rows).map(({ title }) => title));
  const optional = [
    ...['pass@10', 'pass@5', 'cost/pass'].filter((title) => titles.has(title)),
    'tok/s',
    'TTFT',
    ...(isFree ? ['cost'] : []),
    ...(isStill ? ['rotations'] : []),
    ...(isFree ? [] : ['cost']),
    ...(isStill ? [] : ['rotations']),
  ];
  const without = new Set<string>();
  const rare = optional.length - 4;
  yield { without, intervals: true, nameWidth: widest };
  const cheap = rare + 2 + Number(isFree) + Number(isStill);
  for (const title of optional.slice(0, cheap)) {
    without.add(title);
    yield { without: new Set(without), intervals: true, nameWidth: widest };
  }
  // Long names give way before doubts do, and doubts before figures.
  const shorter = Math.min(widest, Math.max(LEAST_NAME, Math.floor(columns / 3)));
  yield { without, intervals: true, nameWidth: shorter };
  yield { without, intervals: false, nameWidth: shorter };
  for (const title of optional.slice(cheap)) {
    without.add(title);
    yield { without: new Set(without), intervals: true, nameWidth: shorter };
    yield { without: new Set(without), intervals: false, nameWidth: shorter };
  }
  yield { without, intervals: false, nameWidth: LEAST_NAME };
  yield { without, intervals: false, nameWidth: LEAST_NAME / 2 };
}

function figures(rows: readonly CandidateSummary[], columns: number, chalk: ChalkInstance): string {
  let drawn = '';
  let last: Drawing | null = null;
  for (const drawing of drawings(rows, columns)) {
    drawn = draw(rows, drawing, columns, chalk);
    last = drawing;
    if (fits(drawn, columns)) break;
  }
  const missing = [...(last?.without ?? []), ...(last?.intervals === false ? ['intervals'] : [])];
  if (missing.length === 0) return drawn;
  return `${drawn}\n${chalk.dim(wrapText(`  Hidden columns: ${missing.join(', ')} (see matrix.md)`, columns))}`;
}

function fits(text: string, columns: number): boolean {
  return text.split('\n').every((line) => [...stripVTControlCharacters(line)].length <= columns);
}

interface Column {
  readonly title: string;
  readonly cell: (row: CandidateSummary) => string;
}

function draw(
  rows: readonly CandidateSummary[],
  { without, intervals, nameWidth }: Drawing,
  columns: number,
  chalk: ChalkInstance,
): string {
  const usual = rows[0]?.trials ?? 0;
  const value = (title: string, key: string): Column => ({ title, cell: (row) => valueText(row, key) });
  const rate = (estimate: Estimate) => rateCell(estimate, usual, intervals, chalk);
  const known = metricsOf(rows).filter(({ inTables }) => inTables === 'known');
  const all: readonly Column[] = [
    { title: 'candidate', cell: (row) => nameOf(row, nameWidth, chalk) },
    // The n that stands in no cell.
    { title: `success n=${usual}`, cell: (row) => rate(row.success_rate) },
    { title: 'pass rate', cell: (row) => rate(row.pass_rate) },
    ...known.filter(({ title }) => title.startsWith('pass@')).map(({ title, key }) => value(title, key)),
    value('quality', 'quality'),
    { title: 'p50 / p90', cell: spanText },
    value('TTFT', 'ttft_ms'),
    value('tok/s', 'tokens_per_second'),
    value('cost', 'cost_usd'),
    ...known.filter(({ title }) => title === 'cost/pass').map(({ title, key }) => value(title, key)),
    value('rotations', 'rotations'),
  ];
  const shown = all.filter(({ title }) => !without.has(title));
  const table = plainTable(
    shown.map(({ title }) => title),
    (title) => chalk.bold(title),
  );
  for (const row of rows) table.push(shown.map((column) => column.cell(row)));
  const [head = '', ...lines] = tableText(table).trimEnd().split('\n');
  // Who answered a rotation stands below it, over all columns.
  const below = (row: CandidateSummary | undefined) =>
    row?.kind === 'rotation'
      ? [chalk.dim(cut(`  answered by  ${answeredByText(row) || 'nobody'}`, columns))]
      : [];
  return [head, ...lines.flatMap((line, index) => [line, ...below(rows[index])])].join('\n');
}

function cut(text: string, columns: number): string {
  return text.length > columns ? `${text.slice(0, columns - 1)}…` : text;
}

/** In a block of its own; in several where one would be too wide. Where there are many groups, each is a row. */
function byCategory(
  summary: RunSummary,
  rows: readonly CandidateSummary[],
  columns: number,
  chalk: ChalkInstance,
): string {
  const usual = usualCategoryN(summary);
  const groups = categoriesOf(summary);
  const width = Math.max(LEAST_NAME, Math.floor(columns / 3));
  const cell = (row: CandidateSummary, group: string) =>
    categoryText(
      row.categories.find((own) => own.category === group),
      usual,
    );
  const blocks =
    groups.length > MANY_GROUPS && groups.length > rows.length
      ? crossed('', groups, rows, columns, {
          row: (group) => shortened(group, width),
          column: (row) => shortened(plainName(row), NARROW_NAME),
          cell: (group, row) => cell(row, group),
          styled: (title) => chalk.bold(title),
        })
      : crossed('pass rate', rows, groups, columns, {
          row: (row) => nameOf(row, width, chalk),
          column: (group) => group,
          cell,
          styled: (title) => chalk.bold(title),
        });
  return `${blocks.join('\n\n')}\n${chalk.dim(wrapText(`  ${categoryNote(summary)}`, columns))}`;
}

const MANY_GROUPS = 12;
const NARROW_NAME = 16;

/** As many columns to a table as the width holds, and further tables for the others. */
function crossed<R, C>(
  corner: string,
  rows: readonly R[],
  across: readonly C[],
  columns: number,
  text: {
    readonly row: (row: R) => string;
    readonly column: (column: C) => string;
    readonly cell: (row: R, column: C) => string;
    readonly styled: (title: string) => string;
  },
): string[] {
  const drawn = (shown: readonly C[]) => {
    const table = plainTable([corner, ...shown.map(text.column)], text.styled);
    for (const row of rows) table.push([text.row(row), ...shown.map((column) => text.cell(row, column))]);
    return tableText(table).trimEnd();
  };
  const blocks: string[] = [];
  let left = across;
  while (left.length > 0) {
    let taken = left.length;
    while (taken > 1 && !fits(drawn(left.slice(0, taken)), columns)) taken -= 1;
    blocks.push(drawn(left.slice(0, taken)));
    left = left.slice(taken);
  }
  return blocks;
}

/** `2.4 / 9.8 s`: the unit once. */
function spanText(row: CandidateSummary): string {
  const p50 = valueText(row, 'p50_ms');
  return row.latency_ms.p50.value === null ? p50 : `${p50.replace(/ s$/, '')} / ${valueText(row, 'p90_ms')}`;
}

/** The value, its doubt, and its n where that is not the usual one. */
function rateCell(rate: Estimate, usualN: number, intervals: boolean, chalk: ChalkInstance): string {
  if (rate.value === null) return shareText(rate);
  const doubt = [intervals ? intervalText(rate) : '', rate.n === usualN ? '' : `n=${rate.n}`];
  const text = doubt.filter((part) => part !== '').join(' ');
  return `${shareText(rate).padStart(4)} ${chalk.dim(text)}`.trimEnd();
}

function plainName(row: CandidateSummary): string {
  return `${row.simulated ? '~' : ''}${row.candidate}${row.kind === 'rotation' ? ' (rotation)' : ''}`;
}

function nameOf(row: CandidateSummary, width: number, chalk: ChalkInstance): string {
  const name = shortened(plainName(row), width);
  return row.simulated ? chalk.magenta(name) : name;
}
