/** The capability matrix, with the 95% interval drawn in each cell. */
import { metricsOf } from '../../domain/metric.js';
import type { CandidateSummary, Estimate, RunSummary } from '../../domain/summary.js';
import {
  answeredByText,
  categoriesOf,
  categoryNote,
  categoryText,
  intervalText,
  rowsOf,
  shareText,
  usualCategoryN,
  valueText,
} from '../wording.js';
import { type Child, el, fragment, type Markup } from './markup.js';
import { linear } from './scale.js';

const BAR = { width: 100, height: 10 };

export function matrix(summary: RunSummary): Markup {
  const rows = rowsOf(summary);
  return fragment(
    el('section', { id: 'matrix' }, el('h2', {}, 'Capability matrix'), figures(rows)),
    el(
      'section',
      { id: 'categories' },
      el('h2', {}, `Pass rate by ${summary.by}`),
      categories(summary, rows),
      el('p', { class: 'note' }, `${categoryNote(summary)}.`),
    ),
  );
}

function figures(rows: readonly CandidateSummary[]): Markup {
  const metrics = metricsOf(rows);
  return table(
    ['candidate', ...metrics.map(({ title }) => title)],
    rows.map((row) => [nameCell(row), ...metrics.map(({ key }) => figure(row, key))]),
  );
}

function figure(row: CandidateSummary, key: string): Markup {
  const rate = { success_rate: row.success_rate, pass_rate: row.pass_rate }[key];
  if (rate !== undefined) return rateCell(rate, shareText(rate));
  if (key === 'quality' && row.quality.low !== null && row.quality.high !== null) {
    const { low, high } = row.quality;
    return fragment(valueText(row, key), small(`${low.toFixed(1)}–${high.toFixed(1)}`));
  }
  return fragment(valueText(row, key));
}

function rateCell(rate: Estimate, text: string): Markup {
  if (rate.value === null) return el('span', { class: 'missing' }, text);
  return fragment(text, small(`${intervalText(rate)} n=${rate.n}`), bar(rate));
}

const small = (text: string): Markup => el('small', {}, ` ${text}`);

/** The text beside it says the same. */
function bar({ value, low, high }: Estimate): Markup {
  if (value === null || low === null || high === null) return fragment();
  const x = linear(0, 1, 1, BAR.width - 1, []);
  const middle = BAR.height / 2;
  return el(
    'svg',
    { class: 'bar', viewBox: `0 0 ${BAR.width} ${BAR.height}`, 'aria-hidden': 'true' },
    el('line', { class: 'track', x1: 1, x2: BAR.width - 1, y1: middle, y2: middle }),
    el('line', { class: 'interval', x1: x.at(low), x2: x.at(high), y1: middle, y2: middle }),
    el('circle', { cx: x.at(value), cy: middle, r: 3.5 }),
  );
}

function nameCell(row: CandidateSummary): Markup {
  const answered =
    row.kind === 'rotation' ? `rotation: answered by ${answeredByText(row) || 'nobody'}` : null;
  return fragment(
    `${row.simulated ? '~' : ''}${row.candidate}`,
    answered === null ? null : el('small', { class: 'line' }, answered),
  );
}

function categories(summary: RunSummary, rows: readonly CandidateSummary[]): Markup {
  const groups = categoriesOf(summary);
  const usual = usualCategoryN(summary);
  return table(
    ['candidate', ...groups],
    rows.map((row) => [
      fragment(`${row.simulated ? '~' : ''}${row.candidate}`),
      ...groups.map((group) => {
        const own = row.categories.find(({ category }) => category === group);
        const text = categoryText(own, usual);
        return own === undefined || own.pass_rate.value === null
          ? el('span', { class: 'missing' }, own === undefined ? '–' : 'not measured')
          : fragment(text, small(intervalText(own.pass_rate)), bar(own.pass_rate));
      }),
    ]),
  );
}

/** The first cell of a row is its name. */
export function table(head: readonly string[], rows: readonly (readonly Child[])[]): Markup {
  return el(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': head.join(', ') },
    el(
      'table',
      {},
      el('thead', {}, el('tr', {}, ...head.map((text) => el('th', { scope: 'col' }, text)))),
      el(
        'tbody',
        {},
        ...rows.map(([first = null, ...cells]) =>
          el('tr', {}, el('th', { scope: 'row' }, first), ...cells.map((cell) => el('td', {}, cell))),
        ),
      ),
    ),
  );
}
