/** Shares of a small number of trials, with the doubt that belongs to them. */
import { studentQuantile975 } from './student.js';

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The 97.5% quantile of the standard normal distribution. */
const Z = 1.959963984540054;

/**
 * 95% score interval of `successes` in `n` trials, n from 1; `successes` may be a fraction.
 * Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference, JASA 22, 209-212.
 */
export function wilson(successes: number, n: number): Interval {
  const share = successes / n;
  const z2 = Z * Z;
  const centre = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = (Z / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  // At the ends the formula is exact, and floating point is not.
  return {
    low: successes <= 0 ? 0 : Math.max(0, centre - half),
    high: successes >= n ? 1 : Math.min(1, centre + half),
  };
}

/** The values (0 to 1) of one case's trials. */
export type Cluster = readonly number[];

/**
 * The mean of values from 0 to 1 that come in clusters, with its 95% interval; null without a value.
 *
 * Zeros and ones, one a cluster: Wilson. Else the ratio estimator over clusters with its linearized variance and t with
 * clusters - 1 degrees of freedom (Cochran, Sampling Techniques, 3rd ed., 1977, section 6.3), which for clusters of one
 * size is the mean of the clusters' means and its standard error. Where all clusters agree that variance is 0 and means
 * nothing: then it is Wilson on the number of clusters, the widest that values from 0 to 1 allow.
 */
export function clusteredShare(clusters: readonly Cluster[]): Share | null {
  return shareOfSums(
    clusters.map((cluster) => ({ n: cluster.length, sum: cluster.reduce((before, one) => before + one, 0) })),
  );
}

/** Of a cluster, that is all that counts. */
export interface ClusterSum {
  /** How many values; 0 is no cluster. */
  n: number;
  sum: number;
}

export type Share = Interval & { readonly value: number; readonly n: number };

/** `clusteredShare` for those who have the sums: of a hundred thousand values, nobody needs lists. */
export function shareOfSums(clusters: Iterable<ClusterSum>): Share | null {
  let n = 0;
  let total = 0;
  let count = 0;
  let isBinary = true;
  for (const cluster of clusters) {
    if (cluster.n === 0) continue;
    count += 1;
    n += cluster.n;
    total += cluster.sum;
    isBinary &&= cluster.n === 1 && (cluster.sum === 0 || cluster.sum === 1);
  }
  if (n === 0) return null;
  const value = total / n;
  if (isBinary) return { value, n, ...wilson(total, n) };
  let squares = 0;
  for (const cluster of clusters) squares += (cluster.sum - value * cluster.n) ** 2;
  if (count === 1 || squares < 1e-18) return { value, n, ...wilson(value * count, count) };
  const error = Math.sqrt((count / (count - 1)) * squares) / n;
  const half = studentQuantile975(count - 1) * error;
  return { value, n, low: Math.max(0, value - half), high: Math.min(1, value + half) };
}

/**
 * 95% interval of the mean of differences, one of each case: its standard error, and t with cases - 1 degrees of
 * freedom. Null where they are fewer than two or all alike, which tells nothing of their spread.
 */
export function clusteredDifference(differences: readonly number[]): Interval | null {
  const n = differences.length;
  const mean = differences.reduce((sum, one) => sum + one, 0) / n;
  const squares = differences.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  if (n < 2 || squares < 1e-18) return null;
  const half = studentQuantile975(n - 1) * Math.sqrt(squares / (n - 1) / n);
  return { low: mean - half, high: mean + half };
}
