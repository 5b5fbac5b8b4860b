/** The verdict of the gate, and the cases that turned. */
import type { ComparedCandidate, Flip } from '../../domain/comparison.js';
import type { ReportedRun } from '../report.js';
import { comparedBy, comparedText, thresholdText } from '../wording.js';
import { type Child, el, fragment, type Markup } from './markup.js';
import { table } from './matrix.js';

/** More than anyone reads; the heat map has all cases. */
const MOST_FLIPS = 200;
/** A list as short as this is not folded. */
const OPEN_FLIPS = 20;

export function gate({ comparison, thresholds }: ReportedRun): Markup {
  const missed = thresholds.filter(({ holds }) => !holds);
  if (comparison === null && missed.length === 0) return fragment();
  const rows = (comparison?.candidates ?? []).flatMap((candidate) =>
    candidate.figures
      .filter(({ gated }) => gated)
      .map((figure): Child[] => {
        const { change, title } = comparedBy[figure.metric];
        const { low, high } = figure.change;
        return [
          `${candidate.simulated ? '~' : ''}${candidate.candidate}`,
          `${title}: ${comparedText(figure)}`,
          low === null || high === null ? 'n/a' : `${change(low)} to ${change(high)}`,
          el('strong', {}, figure.verdict),
          figure.reason ?? '',
        ];
      }),
  );
  return el(
    'section',
    { id: 'gate' },
    el(
      'h2',
      {},
      comparison === null
        ? 'Thresholds'
        : `Compared with ${comparison.baseline.name ?? comparison.baseline.id}: ${comparison.verdict}`,
    ),
    ...missed.map(({ threshold, candidate, value }) => {
      const said = thresholdText(threshold, value);
      return el('p', {}, `Missed: ${threshold.text}, ${candidate}: ${said}`);
    }),
    rows.length === 0
      ? null
      : table(['candidate', 'figure', 'change, with its interval', 'verdict', 'why'], rows),
    ...(comparison?.candidates ?? []).map(flips),
  );
}

function flips({ candidate, broken, mended }: ComparedCandidate): Markup {
  return fragment(
    flipped(`${candidate}: turned from passing to failing`, broken),
    flipped(`${candidate}: turned from failing to passing`, mended),
  );
}

function flipped(title: string, flips: readonly Flip[]): Markup {
  if (flips.length === 0) return fragment();
  const share = ({ passed, judged }: Flip['before']) => `${passed}/${judged}`;
  const shown = flips.slice(0, MOST_FLIPS);
  const rest = flips.length - shown.length;
  return el(
    'details',
    { open: flips.length <= OPEN_FLIPS },
    el('summary', {}, `${title} (${flips.length})`),
    table(
      ['case', 'before', 'after', 'why'],
      shown.map((flip) => [
        `${flip.category}/${flip.case}`,
        share(flip.before),
        share(flip.after),
        flip.why ?? '',
      ]),
    ),
    rest === 0 ? null : el('p', { class: 'note' }, `and ${rest} more; bench compare has all of them`),
  );
}
