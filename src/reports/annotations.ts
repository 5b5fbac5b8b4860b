/** What GitHub shows beside the lines of a suite, and on the page of a job: gates that did not pass, and the cases behind them. */
import { caseKey } from '../analysis/profile.js';
import type { Comparison } from '../domain/comparison.js';
import { gatedCases, hasMostlyFailed } from './gated-cases.js';
import type { CasePlace, ReportedRun } from './report.js';
import { comparedBy, comparedText, thresholdText } from './wording.js';

interface Annotation {
  readonly level: 'error' | 'warning';
  readonly title: string;
  readonly message: string;
  readonly place: CasePlace | null;
}

/** GitHub shows so many of a step and level, and drops the rest without a word. */
const MOST_OF_A_LEVEL = 10;
const LONGEST_REASON = 300;

/** Orders to GitHub's runner, a line each: https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
export function annotations(run: Omit<ReportedRun, 'cases' | 'before'>): readonly string[] {
  const all = [...gatesIn(run), ...casesIn(run)];
  return (['error', 'warning'] as const).flatMap((level) =>
    all
      .filter((one) => one.level === level)
      .slice(0, MOST_OF_A_LEVEL)
      .map(orderOf),
  );
}

function gatesIn({ comparison, thresholds }: Pick<ReportedRun, 'comparison' | 'thresholds'>): Annotation[] {
  const missed = thresholds
    .filter(({ holds }) => !holds)
    .map(
      ({ threshold, candidate, value }): Annotation => ({
        level: 'error',
        title: `${candidate} misses ${threshold.text}`,
        message: thresholdText(threshold, value),
        place: null,
      }),
    );
  return [...(comparison === null ? [] : comparedIn(comparison)), ...missed];
}

function comparedIn({ baseline, candidates }: Comparison): Annotation[] {
  const against = baseline.name ?? baseline.id;
  return candidates.flatMap(({ candidate, figures }) =>
    figures
      .filter(({ gated, verdict }) => gated && verdict !== 'pass')
      .map((figure): Annotation => {
        const { title } = comparedBy[figure.metric];
        const said = figure.verdict === 'fail' ? 'is worse than in' : 'may be worse than in';
        const reason = figure.reason === null ? '' : ` (${figure.reason})`;
        return {
          level: figure.verdict === 'fail' ? 'error' : 'warning',
          title: `${candidate}: ${title} ${said} ${against}`,
          message: `${comparedText(figure)}${reason}`,
          place: null,
        };
      }),
  );
}

/** One for each case: what most candidates fail is first. */
function casesIn({
  comparison,
  thresholds,
  profile,
  places,
}: Pick<ReportedRun, 'comparison' | 'thresholds' | 'profile' | 'places'>): Annotation[] {
  const isGated = gatedCases({ comparison, thresholds });
  const turned = new Map(
    (comparison?.candidates ?? []).flatMap(({ candidate, broken }) =>
      broken.map(({ suite, case: id, before }) => [JSON.stringify([candidate, suite, id]), before] as const),
    ),
  );
  const found = new Map<
    string,
    { title: string; place: CasePlace | null; gated: boolean; lines: string[] }
  >();
  for (const { candidate, cases } of profile.candidates) {
    for (const tally of cases) {
      const { suite, category, case: id, passed, judged, why } = tally;
      const before = turned.get(JSON.stringify([candidate, suite, id]));
      const gated = isGated(candidate, tally);
      if (!hasMostlyFailed(tally) || (before === undefined && !gated)) continue;
      const key = caseKey(suite, id);
      const own = found.get(key) ?? {
        title: `${category}/${id}`,
        place: places.get(key) ?? null,
        gated: false,
        lines: [],
      };
      found.set(key, own);
      own.gated ||= gated;
      const was = before === undefined ? '' : `${before.passed}/${before.judged} → `;
      const reason = why === null ? '' : `: ${why.slice(0, LONGEST_REASON)}`;
      own.lines.push(`${candidate} ${was}${passed}/${judged}${reason}`);
    }
  }
  return [...found.values()]
    .sort((one, other) => other.lines.length - one.lines.length)
    .map(({ title, place, gated, lines }) => ({
      level: gated ? 'error' : 'warning',
      title: `${title}: ${lines.length === 1 ? 'a candidate fails it' : `${lines.length} candidates fail it`}`,
      message: lines.join('\n'),
      place,
    }));
}

function orderOf({ level, title, message, place }: Annotation): string {
  const at = place === null ? [] : [`file=${property(place.file)}`, `line=${place.line}`];
  return `::${level} ${[...at, `title=${property(title)}`].join(',')}::${data(message)}`;
}

/** A text that holds a line end would end the order, and its next line could be another. */
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
