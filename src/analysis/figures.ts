/** What a comparison measures of a candidate on both sides, before anything is concluded from it. */

import { type ComparedMetric, type CompareSettings, errorsAt } from '../domain/compare-settings.js';
import type { CaseTally, ComparedFigure, ProfiledCandidate } from '../domain/comparison.js';
import { acrossRuns, type Change, meanChange, rateChange } from '../stats/change.js';
import { mean } from '../stats/mean.js';
import { dropSeen, samplesToPass } from '../stats/power.js';
import type { Stratum } from '../stats/stratified.js';
import { seededRandom } from '../world/random.js';
import { judgedStrata, leastFavourable, lossesDiffer } from './pass-rates.js';
import { caseKey } from './profile.js';

/** A case on both sides. */
export interface Pair {
  readonly before: CaseTally;
  readonly after: CaseTally;
}

/** A figure with all that its verdict hangs on. */
export interface Measured {
  readonly metric: ComparedMetric;
  readonly before: number | null;
  readonly after: number | null;
  /** Cases. */
  readonly n: number;
  /** Below 0 is worse; of latency the logarithm of how much faster it became. Null: nothing to compare. */
  readonly change: Change | null;
  /** A change down to minus this is borne. */
  readonly limit: number;
  /** Of figures that count judged answers only: whether more of them are missing on one side. */
  readonly isLossy: boolean;
  /** The change if what is missing would have spoken against a drop. Null where that is not known. */
  readonly least: Change | null;
  readonly forecast: Pick<ComparedFigure, 'sees' | 'sees_at_best' | 'samples_needed' | 'samples_needed_both'>;
}

/**
 * `alpha`: of one test, all of them together having the settings' alpha. `runs`: the candidate in each run of the baseline,
 * whose answers `before` has added up.
 */
export function measured(
  metric: ComparedMetric,
  pairs: readonly Pair[],
  { name, runs }: { readonly name: string; readonly runs: readonly ProfiledCandidate[] },
  settings: CompareSettings,
  alpha: number,
): Measured {
  const figure = measuredOnce(metric, pairs, name, settings, alpha);
  const means = runs.length < 2 ? null : meansOf(metric, runs, pairs);
  return means === null || figure.change === null
    ? figure
    : {
        ...figure,
        change: acrossRuns(figure.change, means),
        least: figure.least === null ? null : acrossRuns(figure.least, means),
      };
}

/** What each run of the baseline measured, over the cases that all of them have; null: they have none in common. */
function meansOf(
  metric: ComparedMetric,
  runs: readonly ProfiledCandidate[],
  pairs: readonly Pair[],
): readonly number[] | null {
  const tables = runs.map(
    ({ cases }) => new Map(cases.map((tally) => [caseKey(tally.suite, tally.case), tally])),
  );
  const rows = pairs.flatMap(({ after }) => {
    if (measureOf(metric, after) === null) return [];
    const values = tables.flatMap((table) => {
      const tally = table.get(caseKey(after.suite, after.case));
      return (tally === undefined ? null : measureOf(metric, tally)) ?? [];
    });
    return values.length === runs.length ? [values] : [];
  });
  return rows.length === 0 ? null : runs.map((_, run) => mean(rows.map((row) => row[run] ?? 0)));
}

/** Of one case, on the scale on which changes are measured. */
function measureOf(metric: ComparedMetric, { trials, answered, judged, passed, score, ln_ms }: CaseTally) {
  switch (metric) {
    case 'pass_rate':
      return judged === 0 ? null : passed / judged;
    case 'success_rate':
      return trials === 0 ? null : answered / trials;
    case 'quality':
      return judged === 0 ? null : (5 * score) / judged;
    case 'latency':
      return ln_ms === null ? null : -ln_ms;
    default:
      return metric satisfies never;
  }
}

function measuredOnce(
  metric: ComparedMetric,
  pairs: readonly Pair[],
  candidate: string,
  settings: CompareSettings,
  alpha: number,
): Measured {
  const allowed = settings.max_drop[metric] ?? 0;
  const judged = pairs.filter(({ before, after }) => before.judged > 0 && after.judged > 0);
  switch (metric) {
    case 'pass_rate': {
      const isLossy = lossesDiffer(pairs);
      return {
        ...rateFigure(metric, judgedStrata(pairs), Math.max(allowed, settings.min_effect), alpha),
        isLossy,
        least: isLossy ? rateChange(leastFavourable(pairs)) : null,
      };
    }
    case 'success_rate':
      return rateFigure(
        metric,
        pairs.map(({ before, after }) => ({
          before: { n: before.trials, successes: before.answered },
          after: { n: after.trials, successes: after.answered },
        })),
        allowed,
        alpha,
      );
    case 'quality':
      return { ...qualityFigure(judged, candidate, allowed), isLossy: lossesDiffer(pairs) };
    case 'latency':
      return latencyFigure(pairs, candidate, allowed);
    default:
      return metric satisfies never;
  }
}

const unforeseen: Measured['forecast'] = { sees: null, samples_needed: null, samples_needed_both: null };

function rateFigure(
  metric: ComparedMetric,
  strata: readonly Stratum[],
  limit: number,
  alpha: number,
): Measured {
  const filled = strata.filter(({ before, after }) => before.n > 0 && after.n > 0);
  const rateOf = (side: 'before' | 'after') =>
    filled.length === 0 ? null : mean(filled.map((stratum) => stratum[side].successes / stratum[side].n));
  return {
    metric,
    before: rateOf('before'),
    after: rateOf('after'),
    n: filled.length,
    change: rateChange(filled),
    limit,
    isLossy: false,
    least: null,
    forecast: forecastOf(filled, limit, alpha),
  };
}

function forecastOf(strata: readonly Stratum[], limit: number, alpha: number): Measured['forecast'] {
  const counts = strata.map(({ before }) => before);
  const seen = dropSeen(counts, usual(strata.map(({ after }) => after.n)), alpha);
  const needed = (sides: 'after' | 'both') =>
    limit > 0 ? samplesToPass(counts, limit, errorsAt(alpha).low, sides) : null;
  return {
    sees: seen.surely,
    ...(seen.atBest === seen.surely ? {} : { sees_at_best: seen.atBest }),
    samples_needed: needed('after'),
    samples_needed_both: needed('both'),
  };
}

function qualityFigure(pairs: readonly Pair[], candidate: string, limit: number): Measured {
  const quality = ({ score, judged }: CaseTally) => (5 * score) / judged;
  const over = (side: 'before' | 'after') =>
    pairs.length === 0 ? null : mean(pairs.map((pair) => quality(pair[side])));
  return {
    metric: 'quality',
    before: over('before'),
    after: over('after'),
    n: pairs.length,
    change: meanChange(
      pairs.map(({ before, after }) => quality(after) - quality(before)),
      diceFor(candidate, 'quality'),
    ),
    limit,
    isLossy: false,
    least: null,
    forecast: unforeseen,
  };
}

/** Of times on the wire; the change is a ratio. `allowed`: so much of it is no change. */
function latencyFigure(pairs: readonly Pair[], candidate: string, allowed: number): Measured {
  const timed = pairs.flatMap(({ before, after }) =>
    before.ln_ms === null || after.ln_ms === null ? [] : [{ before: before.ln_ms, after: after.ln_ms }],
  );
  const middle = (side: 'before' | 'after') =>
    timed.length === 0 ? null : Math.exp(mean(timed.map((one) => one[side])));
  return {
    metric: 'latency',
    before: middle('before'),
    after: middle('after'),
    n: timed.length,
    change: meanChange(
      timed.map(({ before, after }) => before - after),
      diceFor(candidate, 'latency'),
    ),
    limit: Math.log1p(allowed),
    isLossy: false,
    least: null,
    forecast: unforeseen,
  };
}

/** The same comparison has the same p, whoever makes it. */
function diceFor(candidate: string, what: string): () => number {
  return seededRandom(`compare/${candidate}/${what}`).next;
}

/** The most frequent; of equals the least; 0 of none. */
export function usual(counts: readonly number[]): number {
  const times = new Map<number, number>();
  for (const count of counts) times.set(count, (times.get(count) ?? 0) + 1);
  return [...times].sort(([a, timesA], [b, timesB]) => timesB - timesA || a - b)[0]?.[0] ?? 0;
}
