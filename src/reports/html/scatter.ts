/** Pass rate against latency or cost: one point a candidate, with its interval, and the Pareto front. */
import type { CandidateSummary, Estimate, RunSummary } from '../../domain/summary.js';
import { formatDuration, formatUsd } from '../../domain/units.js';
import { intervalText, rowsOf, shareText } from '../wording.js';
import { el, fragment, type Markup } from './markup.js';
import { linear, logarithmic, round, type Scale } from './scale.js';

interface Against {
  readonly id: string;
  readonly title: string;
  readonly axis: string;
  readonly read: (candidate: CandidateSummary) => number | null;
  readonly format: (value: number) => string;
}

const latency: Against = {
  id: 'latency',
  title: 'Pass rate against latency',
  axis: 'latency, p50 (logarithmic)',
  read: ({ latency_ms: { p50 } }) => p50.value,
  format: formatDuration,
};

const cost: Against = {
  id: 'cost',
  title: 'Pass rate against cost',
  axis: 'cost of an answer that passes (logarithmic)',
  read: ({ cost_per_pass_usd: usd }) => usd,
  format: formatUsd,
};

interface Point {
  readonly name: string;
  readonly isRotation: boolean;
  readonly x: number;
  readonly rate: Estimate & { readonly value: number };
  readonly isFront: boolean;
}

const SIZE = { width: 720, height: 380, left: 56, right: 200, top: 16, bottom: 48 };
const LABEL_HEIGHT = 15;

export function scatters(summary: RunSummary): Markup {
  return fragment(scatter(summary, latency), scatter(summary, cost));
}

function scatter(summary: RunSummary, against: Against): Markup {
  const rows = rowsOf(summary);
  const points = pointsOf(rows, against);
  const left = rows.filter((row) => points.every(({ name }) => name !== nameOf(row))).map(nameOf);
  if (points.length === 0) return fragment();
  const caption = `${front(points)} No other candidate is both better and ${against === latency ? 'faster' : 'cheaper'}.`;
  return el(
    'figure',
    { id: against.id },
    el('h2', {}, against.title),
    drawing(points, against, caption),
    el(
      'figcaption',
      {},
      caption,
      left.length === 0 ? '' : ` Not measured, and not drawn: ${left.join(', ')}.`,
    ),
    tableOf(points, against),
  );
}

const nameOf = ({ candidate, simulated }: CandidateSummary): string => `${simulated ? '~' : ''}${candidate}`;

function pointsOf(rows: readonly CandidateSummary[], { read }: Against): Point[] {
  const found = rows.flatMap((row) => {
    const x = read(row);
    const { value } = row.pass_rate;
    if (x === null || x <= 0 || value === null) return [];
    return [{ name: nameOf(row), isRotation: row.kind === 'rotation', x, rate: { ...row.pass_rate, value } }];
  });
  return found.map((point) => ({
    ...point,
    isFront: !found.some(
      ({ x, rate }) =>
        x <= point.x && rate.value >= point.rate.value && (x < point.x || rate.value > point.rate.value),
    ),
  }));
}

function front(points: readonly Point[]): string {
  const along = points.filter(({ isFront }) => isFront).sort((a, b) => a.x - b.x);
  const names = along.map(({ name }) => name);
  return `Pareto front: ${names.join(', ')}.`;
}

function drawing(points: readonly Point[], { axis, format, title }: Against, caption: string): Markup {
  const { width, height, left, right, top, bottom } = SIZE;
  const x = logarithmic(
    points.map((point) => point.x),
    left,
    width - right,
  );
  const y = linear(0, 1, height - bottom, top, [0, 0.25, 0.5, 0.75, 1]);
  const labels = labelHeights(points.map(({ rate }) => y.at(rate.value)));
  return el(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': `${title}. ${caption}`, class: 'chart' },
    el('title', {}, title),
    el('desc', {}, caption),
    ...axes(x, y, axis, format),
    frontLine(points, x, y),
    ...points.map((point, at) => mark(point, x, y, labels[at] ?? 0)),
  );
}

function axes(x: Scale, y: Scale, axis: string, format: (value: number) => string): Markup[] {
  const { width, height, left, right, top, bottom } = SIZE;
  const base = height - bottom;
  return [
    ...y.ticks.map((tick) =>
      fragment(
        el('line', { class: 'grid', x1: left, x2: width - right, y1: y.at(tick), y2: y.at(tick) }),
        el('text', { class: 'tick', x: left - 8, y: y.at(tick) + 4, 'text-anchor': 'end' }, `${tick * 100}%`),
      ),
    ),
    ...x.ticks.map((tick) =>
      fragment(
        el('line', { class: 'grid', x1: x.at(tick), x2: x.at(tick), y1: top, y2: base }),
        el('text', { class: 'tick', x: x.at(tick), y: base + 18, 'text-anchor': 'middle' }, format(tick)),
      ),
    ),
    el(
      'text',
      { class: 'axis', x: round((left + width - right) / 2), y: height - 8, 'text-anchor': 'middle' },
      axis,
    ),
  ];
}

function frontLine(points: readonly Point[], x: Scale, y: Scale): Markup {
  const along = points.filter(({ isFront }) => isFront).sort((a, b) => a.x - b.x);
  const path = along.map(({ x: value, rate }) => `${x.at(value)},${y.at(rate.value)}`).join(' ');
  return along.length < 2 ? fragment() : el('polyline', { class: 'front', points: path });
}

/** Front: filled. Rotation: a diamond. */
function mark(
  { name, isRotation, isFront, x: value, rate }: Point,
  x: Scale,
  y: Scale,
  labelY: number,
): Markup {
  const [cx, cy] = [x.at(value), y.at(rate.value)];
  const shape = isRotation
    ? el('path', { d: `M${cx} ${cy - 7}l7 7l-7 7l-7 -7z` })
    : el('circle', { cx, cy, r: 5.5 });
  const { low, high } = rate;
  const interval =
    low === null || high === null
      ? fragment()
      : el('line', { class: 'interval', x1: cx, x2: cx, y1: y.at(low), y2: y.at(high) });
  const labelX = SIZE.width - SIZE.right + 16;
  return el(
    'g',
    { class: isFront ? 'point on-front' : 'point' },
    interval,
    shape,
    el('line', { class: 'leader', x1: cx + 8, y1: cy, x2: labelX - 4, y2: labelY }),
    el('text', { class: 'label', x: labelX, y: round(labelY + 4) }, shortened(name)),
  );
}

/** Labels stand beside the chart, in the order of their points and never on top of each other. */
function labelHeights(heights: readonly number[]): number[] {
  const order = heights.map((_, at) => at).sort((a, b) => (heights[a] ?? 0) - (heights[b] ?? 0) || a - b);
  const placed: number[] = [];
  const last = SIZE.height - SIZE.bottom;
  let next = SIZE.top;
  for (const [nth, at] of order.entries()) {
    const below = (order.length - 1 - nth) * LABEL_HEIGHT;
    const wanted = Math.min(heights[at] ?? 0, last - below);
    placed[at] = round(Math.max(next, wanted));
    next = Math.max(next, wanted) + LABEL_HEIGHT;
  }
  return placed;
}

const shortened = (name: string): string => (name.length <= 26 ? name : `${name.slice(0, 25)}…`);

function tableOf(points: readonly Point[], { axis, format }: Against): Markup {
  return el(
    'details',
    {},
    el('summary', {}, 'As a table'),
    el(
      'table',
      {},
      el(
        'thead',
        {},
        el(
          'tr',
          {},
          ...['candidate', 'pass rate', '95% interval', 'n', axis, 'Pareto front'].map((text) =>
            el('th', { scope: 'col' }, text),
          ),
        ),
      ),
      el(
        'tbody',
        {},
        ...points.map(({ name, rate, x, isFront }) =>
          el(
            'tr',
            {},
            el('th', { scope: 'row' }, name),
            ...[shareText(rate), intervalText(rate), String(rate.n), format(x), isFront ? 'yes' : 'no'].map(
              (text) => el('td', {}, text),
            ),
          ),
        ),
      ),
    ),
  );
}
