/**
 * Do two sides pass alike on the same cases? The one test of that question: the matrix, comparisons, recommendations and
 * trends all ask it here.
 */
import { type Stratum, stratifiedDifference, stratifiedTest } from '../stats/stratified.js';

/** What became of one case's trials on one side. */
export interface Outcomes {
  readonly trials: number;
  readonly answered: number;
  /** Passed or failed. */
  readonly judged: number;
  readonly passed: number;
}

/** A case that both sides were asked. */
export interface OutcomesPair {
  readonly before: Outcomes;
  readonly after: Outcomes;
}

export interface PassRateDifference {
  /** Two-sided. */
  readonly p: number;
  /**
   * The success rates differ too, and with the answers that never came counted for the lower rate and against the higher
   * one, this is the p. Null: they do not differ, or nothing is missing.
   */
  readonly pLeast: number | null;
}

/**
 * Success rates that differ at this level: which answers are missing may be no chance. Less strict than a verdict, since
 * a loss that is not seen bends it.
 */
const LOSS_ALPHA = 0.3;

/** `p` and `pLeast` are 1 where nothing can be compared. */
export function passRateDifference(pairs: readonly OutcomesPair[]): PassRateDifference {
  const p = stratifiedDifference(judgedStrata(pairs));
  if (!lossesDiffer(pairs)) return { p, pLeast: null };
  const isAfterLower = rateDifference(judgedStrata(pairs)) < 0;
  const least = stratifiedTest(leastFavourable(isAfterLower ? pairs : pairs.map(turned)));
  return { p, pLeast: Math.min(1, 2 * least) };
}

/** The p that decides. */
export function decisiveP({ p, pLeast }: PassRateDifference): number {
  return Math.max(p, pLeast ?? 0);
}

/** Cases that have a judged answer on both sides. */
export function judgedStrata(pairs: readonly OutcomesPair[]): Stratum[] {
  return pairs
    .filter(({ before, after }) => before.judged > 0 && after.judged > 0)
    .map(({ before, after }) => ({
      before: { n: before.judged, successes: before.passed },
      after: { n: after.judged, successes: after.passed },
    }));
}

/** Whether the success rates of the two sides differ. */
export function lossesDiffer(pairs: readonly OutcomesPair[]): boolean {
  if (pairs.every(({ before, after }) => missing(before) === 0 && missing(after) === 0)) return false;
  return (
    stratifiedDifference(
      pairs.map(({ before, after }) => ({
        before: { n: before.trials, successes: before.answered },
        after: { n: after.trials, successes: after.answered },
      })),
    ) <= LOSS_ALPHA
  );
}

/**
 * The reading that speaks least for a drop: what is missing before would have failed, and what is missing after would
 * have passed (Manski, Nonparametric bounds on treatment effects, American Economic Review 80, 1990).
 */
export function leastFavourable(pairs: readonly OutcomesPair[]): Stratum[] {
  return pairs
    .map(({ before, after }) => ({
      before: { n: before.judged + missing(before), successes: before.passed },
      after: { n: after.judged + missing(after), successes: after.passed + missing(after) },
    }))
    .filter(({ before, after }) => before.n > 0 && after.n > 0);
}

function missing({ trials, answered }: Outcomes): number {
  return trials - answered;
}

function turned({ before, after }: OutcomesPair): OutcomesPair {
  return { before: after, after: before };
}

/** Of the cases' rates, after less before. */
export function rateDifference(strata: readonly Stratum[]): number {
  const changes = strata.map(({ before, after }) => after.successes / after.n - before.successes / before.n);
  return changes.reduce((sum, one) => sum + one, 0) / Math.max(1, changes.length);
}
