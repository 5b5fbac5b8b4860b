/** How long answers took on the wire, and apart from it how long they waited: a histogram of each, by candidate. */
import type { CandidateSummary } from '../../domain/summary.js';
import { formatDuration } from '../../domain/units.js';
import { quantile } from '../../stats/quantile.js';
import type { ShownCase } from '../case-view.js';
import { el, fragment, type Markup } from './markup.js';
import { table } from './matrix.js';
import { logarithmic, round, type Scale } from './scale.js';

const SIZE = { width: 720, left: 10, right: 10, row: 44, axis: 30, bar: 26 };
const LABEL_HALF = 24;
const BINS = 70;
/** Shorter waits are not waits: a turn of the event loop. */
const LEAST_WAIT_MS = 1;

interface Times {
  readonly name: string;
  /** Of answers, ms. */
  readonly wire: readonly number[];
  /** Of all trials: in queues, for rate limits and in backoff, ms. */
  readonly waits: readonly number[];
}

export function strips(rows: readonly CandidateSummary[], cases: readonly ShownCase[]): Markup {
  const all = rows.map((row) => timesOf(row, cases));
  const values = all.flatMap(({ wire, waits }) => [...wire, ...waits.filter((ms) => ms >= LEAST_WAIT_MS)]);
  if (values.length === 0) return fragment();
  const x = logarithmic(values, SIZE.left, SIZE.width - SIZE.right);
  return el(
    'section',
    { id: 'times' },
    el('h2', {}, 'Time on the wire, and waits'),
    el(
      'p',
      { class: 'note' },
      'Filled: the requests that were answered, on the wire. Hollow: what trials waited in queues, for rate limits and in backoff, on the same axis (logarithmic).',
    ),
    ...all.map((times) => strip(times, x)),
    axis(x),
    table(
      [
        'candidate',
        'answers',
        'wire p50',
        'wire p90',
        'wire longest',
        'trials that waited',
        'wait p50',
        'wait longest',
      ],
      all.map(cells),
    ),
  );
}

function timesOf({ candidate, simulated }: CandidateSummary, cases: readonly ShownCase[]): Times {
  const own = cases.flatMap(({ trials }) => trials.filter(({ record }) => record.candidate === candidate));
  return {
    name: `${simulated ? '~' : ''}${candidate}`,
    wire: own.flatMap(({ record }) => record.latency_ms ?? []).sort((a, b) => a - b),
    waits: own
      .map(({ record }) => record.queue_ms + record.pace_ms + record.backoff_ms)
      .sort((a, b) => a - b),
  };
}

function strip({ name, wire, waits }: Times, x: Scale): Markup {
  const waited = waits.filter((ms) => ms >= LEAST_WAIT_MS);
  const title = `${name}: ${wire.length} answers, ${waited.length} of ${waits.length} trials waited`;
  return el(
    'figure',
    { class: 'strip' },
    el('figcaption', {}, title),
    el(
      'svg',
      { viewBox: `0 0 ${SIZE.width} ${SIZE.row}`, role: 'img', 'aria-label': title, class: 'chart' },
      el('title', {}, title),
      ...histogram(wire, x, 'wire'),
      ...histogram(waited, x, 'wait'),
      el('line', {
        class: 'grid',
        x1: SIZE.left,
        x2: SIZE.width - SIZE.right,
        y1: SIZE.row - 1,
        y2: SIZE.row - 1,
      }),
    ),
  );
}

/** Bars whose area is the number of values; those of one kind have one scale for their heights. */
function histogram(values: readonly number[], x: Scale, kind: 'wire' | 'wait'): Markup[] {
  const width = (SIZE.width - SIZE.left - SIZE.right) / BINS;
  const counts = new Map<number, number>();
  for (const value of values) {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor((x.at(value) - SIZE.left) / width)));
    counts.set(bin, (counts.get(bin) ?? 0) + 1);
  }
  const most = Math.max(...counts.values());
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([bin, count]) => {
      const height = round(Math.max(2, (count / most) * SIZE.bar));
      const left = round(SIZE.left + bin * width + 0.5);
      return el('rect', {
        class: kind,
        x: left,
        y: round(SIZE.row - 1 - height),
        width: round(width - 1),
        height,
      });
    });
}

function axis(x: Scale): Markup {
  return el(
    'svg',
    { viewBox: `0 0 ${SIZE.width} ${SIZE.axis}`, class: 'chart', 'aria-hidden': 'true' },
    ...x.ticks.map((tick) =>
      el(
        'text',
        // Half of a label at an edge would lie outside.
        { class: 'tick', x: x.at(tick), y: 14, 'text-anchor': anchorOf(x.at(tick)) },
        formatDuration(tick),
      ),
    ),
  );
}

function cells({ name, wire, waits }: Times): readonly string[] {
  const waited = waits.filter((ms) => ms >= LEAST_WAIT_MS);
  const shown = (values: readonly number[], share: number) => {
    const value = quantile(values, share);
    return value === null ? 'n/a' : formatDuration(value);
  };
  return [
    name,
    String(wire.length),
    shown(wire, 0.5),
    shown(wire, 0.9),
    shown(wire, 1),
    `${waited.length} of ${waits.length}`,
    shown(waited, 0.5),
    shown(waited, 1),
  ];
}

const anchorOf = (x: number): string =>
  x < LABEL_HALF ? 'start' : x > SIZE.width - LABEL_HALF ? 'end' : 'middle';
