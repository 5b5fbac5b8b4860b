/** The matrix on a terminal: dense, aligned, every rate with its interval; it reads the same without colour. */
import { stripVTControlCharacters } from 'node:util';
import { Chalk, type ChalkInstance } from 'chalk';
import type { CandidateSummary, Estimate, RunSummary } from '../domain/record.js';
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

export interface TerminalStyle {
  readonly colour: boolean;
  readonly columns: number;
}

export function renderTerminal(summary: RunSummary, { colour, columns }: TerminalStyle): string {
  const chalk = new Chalk({ level: colour ? 1 : 0 });
  const rows = rowsOf(summary);
  const blocks = [figures(rows, columns, chalk), byCategory(summary, rows, chalk)];
  const sentences = conclusionsOf(summary);
  if (sentences.length > 0) blocks.push(sentences.map((sentence) => folded(sentence, columns)).join('\n'));
  if (summary.simulated) blocks.push(chalk.magenta(folded(`~ ${simulatedNote}`, columns)));
  return `${blocks.join('\n\n')}\n`;
}

interface Column {
  readonly title: string;
  readonly cell: (row: CandidateSummary, index: number) => string;
  /** What a narrow terminal does without; matrix.md has all. */
  readonly optional?: true;
}

function figures(rows: readonly CandidateSummary[], columns: number, chalk: ChalkInstance): string {
  const usual = rows[0]?.trials ?? 0;
  const value = (title: string, key: string) => ({
    title,
    cell: (row: CandidateSummary) => valueText(row, key),
  });
  const all: readonly Column[] = [
    { title: 'candidate', cell: (row) => nameOf(row, chalk) },
    { title: 'success', cell: (row, index) => rateCell(row.success_rate, index === 0 ? -1 : usual, chalk) },
    { title: 'pass rate', cell: (row) => rateCell(row.pass_rate, row.trials, chalk) },
    value('quality', 'quality'),
    { title: 'p50 / p90', cell: spanText },
    value('TTFT', 'ttft_ms'),
    { ...value('tok/s', 'tokens_per_second'), optional: true },
    value('cost', 'cost_usd'),
    value('rotations', 'rotations'),
  ];
  const whole = drawn(all, rows, chalk);
  const isTooWide = whole.split('\n').some((line) => stripVTControlCharacters(line).length > columns);
  if (!isTooWide) return whole;
  return drawn(
    all.filter((column) => !column.optional),
    rows,
    chalk,
  );
}

function drawn(columns: readonly Column[], rows: readonly CandidateSummary[], chalk: ChalkInstance): string {
  const table = plainTable(
    columns.map((column) => column.title),
    (title) => chalk.bold(title),
  );
  for (const [index, row] of rows.entries()) {
    table.push(columns.map((column) => column.cell(row, index)));
    if (row.kind === 'rotation') {
      const by = answeredByText(row) || 'nobody';
      table.push([chalk.dim('  answered by'), { colSpan: columns.length - 1, content: chalk.dim(by) }]);
    }
  }
  return tableText(table).trimEnd();
}

function byCategory(summary: RunSummary, rows: readonly CandidateSummary[], chalk: ChalkInstance): string {
  const categories = categoriesOf(summary);
  const usual = usualCategoryN(summary);
  const table = plainTable(['pass rate', ...categories], (title) => chalk.bold(title));
  for (const row of rows) {
    const cells = categories.map((category) =>
      categoryText(
        row.categories.find((own) => own.category === category),
        usual,
      ),
    );
    table.push([nameOf(row, chalk), ...cells]);
  }
  return `${tableText(table)}${chalk.dim(`  ${categoryNote(summary)}`)}`;
}

/** `2.4 / 9.8 s`: the unit once. */
function spanText(row: CandidateSummary): string {
  const p50 = valueText(row, 'p50_ms');
  return row.latency_ms.p50.value === null ? p50 : `${p50.replace(/ s$/, '')} / ${valueText(row, 'p90_ms')}`;
}

function rateCell(rate: Estimate, usualN: number, chalk: ChalkInstance): string {
  if (rate.value === null) return shareText(rate);
  const n = rate.n === usualN ? '' : ` n=${rate.n}`;
  return `${shareText(rate).padStart(4)} ${chalk.dim(`${intervalText(rate)}${n}`)}`;
}

function nameOf(row: CandidateSummary, chalk: ChalkInstance): string {
  const kind = row.kind === 'rotation' ? ' (rotation)' : '';
  return row.simulated ? chalk.magenta(`~${row.candidate}${kind}`) : `${row.candidate}${kind}`;
}

/** Breaks a sentence at spaces. */
function folded(text: string, columns: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = `  ${word}`;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}
