/** A trend as a person reads it: a candidate's runs, oldest first, and the changes that are more than chance. */
import { Chalk } from 'chalk';
import type { Estimate } from '../domain/summary.js';
import type { CandidateTrend, Trend, TrendChange } from '../domain/trend.js';
import { formatDuration, formatShare } from '../domain/units.js';
import { plainTable, tableText } from './plain-table.js';
import { wrapText } from './wrap-text.js';

interface Style {
  readonly colour: boolean;
  readonly columns: number;
}

export function renderTrend(found: Trend, { colour, columns }: Style): string {
  const chalk = new Chalk({ level: colour ? 1 : 0 });
  const changes = found.candidates.reduce((sum, one) => sum + one.changes.length, 0);
  const blocks = [
    ...found.candidates.map((one) => candidateText(one, columns, chalk.bold)),
    ...found.notes.map((note) => wrapText(`! ${note}`, columns)),
    found.candidates.some(({ simulated }) => simulated)
      ? chalk.magenta(wrapText('~ Simulated models: their answers, speeds and limits are made up.', columns))
      : '',
    wrapText(
      found.looks === 0
        ? 'A trend needs at least two runs.'
        : `${changes === 0 ? 'No change' : `${changes} ${changes === 1 ? 'change' : 'changes'}`} that chance alone would not show: over all ${found.looks} looks, at most ${formatShare(found.alpha)} of histories without a change show one.`,
      columns,
    ),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

function candidateText(
  { candidate, simulated, points, changes }: CandidateTrend,
  columns: number,
  strong: (text: string) => string,
): string {
  const drawn = plainTable(['  run', 'cases', 'pass rate', 'success', 'latency', '']);
  for (const point of points) {
    const here = changes.filter(({ since }) => since === point.id);
    drawn.push([
      `  ${point.started_at.slice(0, 16).replace('T', ' ')}`,
      String(point.cases),
      estimateText(point.pass_rate),
      estimateText(point.success_rate),
      point.latency_ms === null ? 'n/a' : formatDuration(point.latency_ms),
      here.map(markOf).join(' '),
    ]);
  }
  const lines = changes.map((change) =>
    wrapText(`  ${markOf(change)}  ${changeText(change)}`, columns, '     '),
  );
  const text = tableText(drawn)
    .trimEnd()
    .split('\n')
    .map((line) => line.trimEnd());
  return [strong(`${simulated ? '~' : ''}${candidate}`), ...text, ...lines].join('\n');
}

function estimateText({ value, low, high }: Estimate): string {
  if (value === null || low === null || high === null) return 'n/a';
  return `${formatShare(value)} ${formatShare(low).replace('%', '')}–${formatShare(high).replace('%', '')}`;
}

/** Down is worse, whatever the figure. */
function markOf({ metric, before, after }: TrendChange): string {
  const isWorse = metric === 'latency' ? after > before : after < before;
  return isWorse ? '▼' : '▲';
}

function changeText({ metric, since, before, after, cases, p_adjusted: p }: TrendChange): string {
  const sure = `p ${p < 0.0001 ? 'below 0.0001' : p.toPrecision(2)} over all looks, ${cases} cases`;
  const from = `since ${since}`;
  if (metric === 'latency') {
    const times = after / before;
    const word = times > 1 ? `${times.toFixed(2)}x slower` : `${(1 / times).toFixed(2)}x faster`;
    return `latency ${formatDuration(before)} → ${formatDuration(after)}, ${word}, ${from} (${sure})`;
  }
  const points = Math.round(100 * (after - before));
  const name = metric === 'pass_rate' ? 'pass rate' : 'success rate';
  return `${name} ${formatShare(before)} → ${formatShare(after)}, ${points > 0 ? '+' : '−'}${Math.abs(points)} points, ${from} (${sure})`;
}
