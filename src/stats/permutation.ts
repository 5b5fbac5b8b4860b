/** Tests and intervals for differences between pairs, without an assumption on their distribution. */
import { quantile } from './quantile.js';
import type { Interval } from './rate.js';

/** From 0 to 1, the 1 excluded. */
export type Draw = () => number;

/** Up to so many differences every assignment of signs is looked at. */
const ENUMERATED = 15;
const DRAWS = 9_999;

/**
 * One-sided p: how often differences with signs at random add up to as much as these, or more. Exact for few, else from
 * random signs, this assignment counted among them, so that it never claims more than it knows (Phipson & Smyth,
 * Permutation p-values should never be zero, Statistical Applications in Genetics and Molecular Biology 9, 2010; the
 * test itself: Fisher, The Design of Experiments, 1935, section 21). 1 without a difference.
 */
export function signFlipTest(differences: readonly number[], draw: Draw): number {
  const sizes = differences.filter((difference) => difference !== 0).map(Math.abs);
  if (sizes.length === 0) return 1;
  const observed = differences.reduce((sum, difference) => sum + difference, 0);
  // Sums of the same terms in other orders differ in their last digits.
  const reached = observed - 1e-12 * sizes.reduce((sum, size) => sum + size, 0);
  if (sizes.length <= ENUMERATED) {
    const all = 2 ** sizes.length;
    let count = 0;
    for (let signs = 0; signs < all; signs++) {
      let sum = 0;
      for (const [index, size] of sizes.entries()) sum += signs & (1 << index) ? size : -size;
      if (sum >= reached) count += 1;
    }
    return count / all;
  }
  const tables = signedSums(sizes);
  let count = 1;
  for (let round = 0; round < DRAWS; round++) {
    let sum = 0;
    let bits = 0;
    for (const [index, table] of tables.entries()) {
      // A draw is good for three tables.
      bits = index % 3 === 0 ? Math.floor(draw() * 2 ** 24) : bits >> 8;
      sum += table[bits & 255] ?? 0;
    }
    if (sum >= reached) count += 1;
  }
  return count / (DRAWS + 1);
}

/** For eight sizes at a time, what they add up to under each of the 256 assignments of signs. */
function signedSums(sizes: readonly number[]): Float64Array[] {
  const tables: Float64Array[] = [];
  for (let from = 0; from < sizes.length; from += 8) {
    const own = sizes.slice(from, from + 8);
    const sumUnder = (signs: number) =>
      own.reduce((sum, size, index) => sum + (signs & (1 << index) ? size : -size), 0);
    tables.push(Float64Array.from({ length: 256 }, (_, signs) => sumUnder(signs)));
  }
  return tables;
}

const RESAMPLES = 2_000;

/**
 * 95% interval of the mean, by the percentiles of the means of resamples; null from fewer than two values.
 * Efron & Tibshirani, An Introduction to the Bootstrap, 1993, section 13.3.
 */
export function bootstrapMean(values: readonly number[], draw: Draw): Interval | null {
  const n = values.length;
  if (n < 2) return null;
  const means = new Float64Array(RESAMPLES);
  for (let round = 0; round < RESAMPLES; round++) {
    let sum = 0;
    for (let taken = 0; taken < n; taken++) sum += values[Math.floor(draw() * n)] ?? 0;
    means[round] = sum / n;
  }
  const ascending = [...means.sort()];
  return { low: quantile(ascending, 0.025) ?? 0, high: quantile(ascending, 0.975) ?? 0 };
}
