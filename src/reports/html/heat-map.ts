/** Case by candidate: how many of the judged answers passed. The number is in each cell; colour only repeats it. */
import type { CaseTally, RunProfile } from '../../domain/comparison.js';
import { el, fragment, type Markup } from './markup.js';
import { rowOf } from './pack.js';

const STEPS = 4;

/** `order`: of the categories; others follow. */
export function heatMap({ candidates }: RunProfile, order: readonly string[]): Markup {
  const cases = new Map<string, CaseTally>();
  for (const { cases: own } of candidates) for (const tally of own) cases.set(keyOf(tally), tally);
  const of = candidates.map(({ cases: own }) => new Map(own.map((tally) => [keyOf(tally), tally])));
  const byCategory = new Map<string, CaseTally[]>(order.map((category) => [category, []]));
  for (const tally of cases.values())
    byCategory.set(tally.category, [...(byCategory.get(tally.category) ?? []), tally]);
  const hasSuites = new Set([...cases.values()].map(({ suite }) => suite)).size > 1;
  const columns = candidates.length + 1;
  return el(
    'section',
    { id: 'cases' },
    el('h2', {}, 'Cases'),
    el('p', { class: 'note' }, 'Passed of judged answers. · was asked and not judged, – was not asked.'),
    el(
      'div',
      { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'Passed of judged answers, by case' },
      el(
        'table',
        { class: 'heat' },
        el(
          'thead',
          {},
          el(
            'tr',
            {},
            ...[
              'case',
              ...candidates.map(({ candidate, simulated }) => `${simulated ? '~' : ''}${candidate}`),
            ].map((text) => el('th', { scope: 'col' }, text)),
          ),
        ),
        ...[...byCategory]
          .filter(([, tallies]) => tallies.length > 0)
          .map(([category, tallies]) =>
            el(
              'tbody',
              {},
              el('tr', {}, el('th', { scope: 'rowgroup', colspan: columns, class: 'group' }, category)),
              ...tallies.map((tally) =>
                el(
                  'tr',
                  { id: rowOf(tally.suite, tally.case, hasSuites) },
                  el('th', { scope: 'row' }, hasSuites ? `${tally.suite}/${tally.case}` : tally.case),
                  ...of.map((own) => cell(own.get(keyOf(tally)))),
                ),
              ),
            ),
          ),
      ),
    ),
  );
}

const keyOf = ({ suite, case: id }: CaseTally): string => JSON.stringify([suite, id]);

function cell(tally: CaseTally | undefined): Markup {
  if (tally === undefined) return el('td', { class: 'missing' }, '–');
  const { passed, judged, why } = tally;
  if (judged === 0) return el('td', { class: 'missing' }, '·');
  const step = Math.floor((passed / judged) * STEPS);
  return el('td', { class: `share-${step}`, title: why }, fragment(`${passed}/${judged}`));
}
