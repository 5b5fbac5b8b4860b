/** Who answered when: the requests of a rotation over time, a line for each of its models. */
import type { AttemptRecord } from '../../domain/attempt-record.js';
import { isAnsweredKind } from '../../domain/outcome.js';
import type { CandidateSummary } from '../../domain/summary.js';
import { formatDuration } from '../../domain/units.js';
import type { ShownCase } from '../case-view.js';
import { el, fragment, type Markup } from './markup.js';
import { table } from './matrix.js';
import { linear, type Scale } from './scale.js';

const SIZE = { width: 720, left: 170, right: 12, row: 26, axis: 26 };
const TICKS = 5;

interface Sent extends AttemptRecord {
  readonly sent_at_ms: number;
}

export function timelines(rows: readonly CandidateSummary[], cases: readonly ShownCase[]): Markup {
  return fragment(...rows.filter(({ kind }) => kind === 'rotation').map((row) => timeline(row, cases)));
}

function timeline({ candidate, simulated }: CandidateSummary, cases: readonly ShownCase[]): Markup {
  const sent = cases
    .flatMap(({ trials }) => trials)
    .filter(({ record }) => record.candidate === candidate)
    .flatMap(({ record }) => record.attempts)
    .filter((attempt): attempt is Sent => attempt.sent_at_ms !== undefined)
    .sort((a, b) => a.sent_at_ms - b.sent_at_ms);
  const [first] = sent;
  if (first === undefined) return fragment();
  const endMs = sent.reduce((last, { sent_at_ms, total_ms }) => Math.max(last, sent_at_ms + total_ms), 0);
  const spanMs = Math.max(1, endMs - first.sent_at_ms);
  const models = [...new Set(sent.map(({ model }) => model))];
  const name = `${simulated ? '~' : ''}${candidate}`;
  const ticks = Array.from({ length: TICKS }, (_, at) => (at / (TICKS - 1)) * spanMs);
  const x = linear(0, spanMs, SIZE.left, SIZE.width - SIZE.right, ticks);
  const refused = sent.filter(({ outcome }) => !isAnsweredKind(outcome)).length;
  const title = `${name}: ${sent.length} requests over ${formatDuration(spanMs)}, ${refused} not answered`;
  return el(
    'section',
    { id: `rotation/${candidate}` },
    el('h2', {}, `Who answered when: ${name}`),
    el('p', { class: 'note' }, 'A line is a request that was answered, a ring one that was not.'),
    drawing(title, models, sent, x, first.sent_at_ms),
    counts(models, sent),
  );
}

function drawing(
  title: string,
  models: readonly string[],
  sent: readonly Sent[],
  x: Scale,
  startMs: number,
): Markup {
  const height = models.length * SIZE.row + SIZE.axis;
  return el(
    'svg',
    { viewBox: `0 0 ${SIZE.width} ${height}`, role: 'img', 'aria-label': title, class: 'chart' },
    el('title', {}, title),
    ...models.map((model, at) => {
      const y = at * SIZE.row + SIZE.row / 2;
      return fragment(
        el('text', { class: 'label', x: SIZE.left - 10, y: y + 4, 'text-anchor': 'end' }, shortened(model)),
        el('line', { class: 'grid', x1: SIZE.left, x2: SIZE.width - SIZE.right, y1: y, y2: y }),
        ...marks(
          sent.filter((one) => one.model === model),
          x,
          y,
          startMs,
        ),
      );
    }),
    ...x.ticks.map((tick, at) =>
      el(
        'text',
        {
          class: 'tick',
          x: x.at(tick),
          y: height - 8,
          'text-anchor': at === 0 ? 'start' : at === TICKS - 1 ? 'end' : 'middle',
        },
        formatDuration(tick),
      ),
    ),
  );
}

/** At most one of a kind at a place: more would lie on each other. */
function marks(sent: readonly Sent[], x: Scale, y: number, startMs: number): Markup[] {
  const drawn = new Set<string>();
  return sent.flatMap(({ sent_at_ms, outcome }) => {
    const at = Math.round(x.at(sent_at_ms - startMs));
    const isAnswered = isAnsweredKind(outcome);
    const place = `${at} ${isAnswered}`;
    if (drawn.has(place)) return [];
    drawn.add(place);
    return [
      isAnswered
        ? el('line', { class: 'answered', x1: at, x2: at, y1: y - 8, y2: y + 8 })
        : el('circle', { class: 'refused', cx: at, cy: y, r: 4 }),
    ];
  });
}

function counts(models: readonly string[], sent: readonly Sent[]): Markup {
  return table(
    ['model', 'requests', 'answered', 'not answered'],
    models.map((model) => {
      const own = sent.filter((one) => one.model === model);
      const others = new Map<string, number>();
      for (const { outcome } of own)
        if (!isAnsweredKind(outcome)) others.set(outcome, (others.get(outcome) ?? 0) + 1);
      const why = [...others].map(([outcome, times]) => `${outcome.replaceAll('_', ' ')} ${times}`);
      const answered = own.filter(({ outcome }) => isAnsweredKind(outcome)).length;
      return [model, String(own.length), String(answered), why.join(', ') || '–'];
    }),
  );
}

const shortened = (name: string): string => (name.length <= 24 ? name : `${name.slice(0, 23)}…`);
