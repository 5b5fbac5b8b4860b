/** The figures of a candidate's trials, each with its interval. */

import type { Verdict } from '../domain/grade.js';
import type { Estimate, Figures } from '../domain/summary.js';
import { rounded, tenths } from '../domain/units.js';
import { passAtK } from '../stats/pass-at-k.js';
import { quantile, quantileInterval } from '../stats/quantile.js';
import { type ClusterSum, meanOfCases, meanOfValues, type Share } from '../stats/rate.js';
import type { SlimTrial } from './slim-trials.js';

/** One of each case, in the order of each case's first trial; of a case without a judged answer n is 0. */
export interface CaseSums {
  /** Trials, and those that brought a completion. */
  readonly completions: readonly ClusterSum[];
  /** Judged answers, and those that passed. */
  readonly passes: readonly ClusterSum[];
  /** Judged answers, and their scores, 0 to 1. */
  readonly scores: readonly ClusterSum[];
  /** Of all the trials together. */
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly trials: number;
}

/** In one walk, and without a list of each case's trials: in a large run there are ten thousand cases. */
export function sumsByCase(trials: readonly SlimTrial[]): CaseSums {
  const places = new Map<string, number>();
  const [completions, passes, scores]: [ClusterSum[], ClusterSum[], ClusterSum[]] = [[], [], []];
  const verdicts = { passed: 0, failed: 0, error: 0, unanswered: 0 };
  for (const trial of trials) {
    const { caseKey, verdict, score } = trial;
    const place = places.get(caseKey) ?? places.size;
    places.set(caseKey, place);
    count(completions, place, hasCompletion(trial) ? 1 : 0);
    count(passes, place, verdict === 'passed' ? 1 : verdict === 'failed' ? 0 : null);
    count(scores, place, verdict === 'passed' || verdict === 'failed' ? score : null);
    if (verdict !== null) verdicts[verdict] += 1;
  }
  return { completions, passes, scores, verdicts, trials: trials.length };
}

function count(sums: ClusterSum[], place: number, value: number | null): void {
  const own = sums[place] ?? { n: 0, sum: 0 };
  sums[place] = own;
  if (value === null) return;
  own.n += 1;
  own.sum += value;
}

/** Cases with fewer than k judged answers are left out, and n is the number that is left. */
export function passAtKOf(passes: readonly ClusterSum[], k: number): Estimate {
  return estimate(
    meanOfCases(
      passes.flatMap(({ n, sum: passed }) => {
        const sum = passAtK(n, passed, k);
        return sum === null ? [] : { n: 1, sum };
      }),
    ),
  );
}

export function figuresOf({ trials, verdicts, ...sums }: CaseSums, planned: number): Figures {
  // A trial without a line was not answered: it counts against availability, one cluster each.
  const missing = Math.max(0, planned - trials);
  const withoutLine = Array.from({ length: missing }, () => ({ n: 1, sum: 0 }));
  return {
    trials: Math.max(planned, trials),
    success_rate: estimate(meanOfValues([...sums.completions, ...withoutLine])),
    pass_rate: estimate(meanOfCases(sums.passes)),
    quality: estimate(meanOfCases(sums.scores), 5),
    verdicts: { ...verdicts, unanswered: verdicts.unanswered + missing },
  };
}

export function estimate(share: Share | null, scale = 1): Estimate {
  if (share === null) return { value: null, n: 0, low: null, high: null };
  return {
    value: rounded(share.value * scale),
    n: share.n,
    low: rounded(share.low * scale),
    high: rounded(share.high * scale),
  };
}

export function quantileOf(ascending: ArrayLike<number>, p: number): Estimate {
  const value = quantile(ascending, p);
  const { low, high } = quantileInterval(ascending, p);
  const round = (ms: number | null) => (ms === null ? null : tenths(ms));
  return { value: round(value), n: ascending.length, low: round(low), high: round(high) };
}

export function hasCompletion({ verdict }: SlimTrial): boolean {
  return verdict !== 'unanswered';
}
