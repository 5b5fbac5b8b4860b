/** Shares of a small number of trials, with the doubt that belongs to them. */

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The 97.5% quantile of the standard normal distribution. */
export const Z_95 = 1.959963984540054;

/**
 * 95% score interval of `successes` in `n` trials, n from 1; `successes` may be a fraction.
 * Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference, JASA 22, 209-212.
 */
export function wilson(successes: number, n: number): Interval {
  const share = successes / n;
  const z2 = Z_95 * Z_95;
  const centre = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z_95 / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  // At the ends the formula is exact, and floating point is not.
  return {
    low: successes <= 0 ? 0 : Math.max(0, centre - half),
    high: successes >= n ? 1 : Math.min(1, centre + half),
  };
}

/** Values from 0 to 1 of one case, of which only their number and their sum count. */
export interface ClusterSum {
  /** 0: the case has none, and is left out. */
  n: number;
  sum: number;
}

export type Share = Interval & { readonly value: number; readonly n: number };

/** The mean over cases of each case's own mean: a case with more answers counts no more. Null without a value. */
export function meanOfCases(clusters: Iterable<ClusterSum>): Share | null {
  const { n, cases } = counted(clusters);
  return n === 0 ? null : shareOf(clusters, n, cases, ({ n: own, sum }) => sum / own);
}

/** The mean over all values, whatever case they are of. Null without a value. */
export function meanOfValues(clusters: Iterable<ClusterSum>): Share | null {
  const { n, cases, sum } = counted(clusters);
  const value = sum / n;
  // The ratio estimator, made linear: Cochran, Sampling Techniques, 3rd ed., 1977, section 6.3.
  return n === 0
    ? null
    : shareOf(clusters, n, cases, (one) => value + ((one.sum - value * one.n) * cases) / n);
}

function counted(clusters: Iterable<ClusterSum>) {
  const all = { n: 0, cases: 0, sum: 0 };
  for (const { n, sum } of clusters) {
    all.n += n;
    all.sum += sum;
    if (n > 0) all.cases += 1;
  }
  return all;
}

/** What a case that passes and one that fails are counted as, beside those that were seen. */
const PRIOR_CASES = 0.5;

/**
 * The mean of what each case says, with Wilson's interval on the effective number of cases: their number, divided by the
 * design effect (Kish, Survey Sampling, 1965, section 8.2; Korn and Graubard, Confidence intervals for proportions with
 * small expected number of positive counts estimated from survey data, Survey Methodology 24, 1998). Half a case that
 * passes and half a case that fails are added where that effect is estimated: few failures say little of how alike the
 * answers to one case are, so near 0 and 1 the interval narrows step by step. With one value of 0 or 1 a case it is Wilson's.
 */
function shareOf(
  clusters: Iterable<ClusterSum>,
  n: number,
  cases: number,
  meanIn: (cluster: ClusterSum) => number,
): Share {
  let total = 0;
  for (const cluster of clusters) if (cluster.n > 0) total += meanIn(cluster);
  const value = Math.min(1, Math.max(0, total / cases));
  const centre = (total + PRIOR_CASES) / (cases + 2 * PRIOR_CASES);
  let squares = PRIOR_CASES * (centre * centre + (1 - centre) * (1 - centre));
  for (const cluster of clusters) if (cluster.n > 0) squares += (meanIn(cluster) - centre) ** 2;
  const variance = squares / (cases + 2 * PRIOR_CASES);
  const effective = (cases * centre * (1 - centre)) / variance;
  // A single case has no spread to tell an effect from.
  const size = cases === 1 ? 1 : effective;
  return { value, n, ...wilson(value * size, size) };
}
