/** By how much something changed from before to after, with one family of tests behind p value and interval alike. */

import type { Draw } from './draw.js';
import { normalBelow } from './normal.js';
import { type Stratum, stratifiedTest } from './stratified.js';
import { studentBelow, studentQuantile } from './student.js';

export interface Bounds {
  /** Null: so few values bound it nowhere. */
  readonly low: number | null;
  readonly high: number | null;
}

/** How often the truth may lie beyond each end of an interval. */
export interface Errors {
  readonly low: number;
  readonly high: number;
}

/** After less before. */
export interface Change {
  readonly value: number;
  /** One-sided p of what was seen, or less, where the true change is `at`. */
  readonly pBelow: (at: number) => number;
  /**
   * The changes that these tests leave open: `high` is below `at` exactly where `pBelow(at)` is at most the error of that end.
   */
  readonly interval: (errors: Errors) => Bounds;
}

/**
 * Of the mean over strata of the rate of success; strata have trials on both sides. Whether it changed at all is decided by
 * the exact stratified test; every other change by the score test that goes with it: the distance from what was seen, less
 * half a step for whole numbers, over its standard error under the hypothesis (Mantel and Haenszel, Statistical aspects of
 * the analysis of data from retrospective studies of disease, JNCI 22, 1959, for the variance; Tango, Equivalence test and
 * confidence interval for the difference in proportions for the paired-sample design, Statistics in Medicine 17, 1998, for
 * the interval with one trial a side). Null without a stratum.
 */
export function rateChange(strata: readonly Stratum[]): Change | null {
  const cases = strata.length;
  if (cases === 0) return null;
  const mean = (of: (stratum: Stratum) => number) =>
    strata.reduce((sum, stratum) => sum + of(stratum), 0) / cases;
  const value = mean(differenceIn);
  const variance = varianceOf(strata) / cases ** 2;
  const step = 0.5 / cases / Math.max(...strata.map(({ before, after }) => Math.max(before.n, after.n)));
  const single = {
    before: mean(({ before }) => 1 / before.n) / cases,
    after: mean(({ after }) => 1 / after.n) / cases,
  };
  const fewer = stratifiedTest(strata);
  const more = stratifiedTest(strata.map(({ before, after }) => ({ before: after, after: before })));
  // Where nothing turned there is no spread, and still a change of so much would have shown itself.
  const spreadAt = (at: number) => {
    const size = Math.min(1, Math.abs(at));
    return Math.sqrt(Math.max(variance, size * (1 - size) * (at < 0 ? single.after : single.before)));
  };
  const beyond = (distance: number, at: number) => {
    const spread = spreadAt(at);
    if (spread > 0) return 1 - normalBelow((distance - step) / spread);
    return distance > step ? 0 : 1;
  };
  const combined = (exact: number, score: number, isStronger: boolean) =>
    isStronger ? Math.max(exact, score) : Math.min(exact, score);
  const pBelow = (at: number) => (at === 0 ? fewer : combined(fewer, beyond(at - value, at), at < 0));
  const pAbove = (at: number) => (at === 0 ? more : combined(more, beyond(value - at, at), at > 0));
  return {
    value,
    pBelow,
    interval: ({ low, high }) => ({ low: closest(pAbove, low, -1), high: closest(pBelow, high, 1) }),
  };
}

function differenceIn({ before, after }: Stratum): number {
  return after.successes / after.n - before.successes / before.n;
}

/**
 * Of the sum of the strata's differences. One trial against several: the variance under no change follows the side that
 * has more, so there it is at least what the differences show.
 */
function varianceOf(strata: readonly Stratum[]): number {
  const isUneven = ({ before, after }: Stratum) => before.n !== after.n && Math.min(before.n, after.n) === 1;
  const ifSame = (some: readonly Stratum[]) => some.reduce((sum, one) => sum + varianceIfSame(one), 0);
  const uneven = strata.filter(isUneven);
  const differences = uneven.map(differenceIn);
  const n = differences.length;
  const centre = differences.reduce((sum, one) => sum + one, 0) / Math.max(1, n);
  const seen = n < 2 ? 0 : (n / (n - 1)) * differences.reduce((sum, one) => sum + (one - centre) ** 2, 0);
  return ifSame(strata.filter((one) => !isUneven(one))) + Math.max(ifSame(uneven), seen);
}

/** Of a stratum's difference, if both sides have one rate: that of the hypergeometric distribution. */
function varianceIfSame({ before, after }: Stratum): number {
  const all = before.n + after.n;
  const rate = (before.successes + after.successes) / all;
  return (rate * (1 - rate) * (1 / before.n + 1 / after.n) * all) / (all - 1);
}

/** An end that excludes 0 is not shown as 0. */
const NEXT_TO_ZERO = 1e-6;

/** From `outermost` (1 or -1) inwards, the last change that is excluded at this level; `outermost` where none is. */
function closest(p: (at: number) => number, level: number, outermost: 1 | -1): number {
  if (p(outermost) > level) return outermost;
  const isZeroOut = p(0) <= level;
  let [out, left] = isZeroOut ? [0, -outermost] : [outermost, 0];
  for (let round = 0; round < 40; round++) {
    const middle = (out + left) / 2;
    if (p(middle) <= level) out = middle;
    else left = middle;
  }
  return isZeroOut && Math.abs(out) < NEXT_TO_ZERO ? -outermost * NEXT_TO_ZERO : out;
}

/**
 * A change from several runs to one more, when runs differ by more than their answers' chance: besides the test of the
 * answers, the new run must lie outside of what Student's t predicts of one further run (Hahn and Meeker, Statistical
 * Intervals, 1991, section 4.7). `runs`: the mean of each run before, from two on.
 */
export function acrossRuns(change: Change, runs: readonly number[]): Change {
  const count = runs.length;
  const centre = runs.reduce((sum, one) => sum + one, 0) / count;
  const squares = runs.reduce((sum, one) => sum + (one - centre) ** 2, 0);
  const scale = Math.sqrt((squares / (count - 1)) * (1 + 1 / count));
  if (!(scale > 0)) return change;
  const freedom = count - 1;
  const reach = (error: number) => studentQuantile(error, freedom) * scale;
  return {
    value: change.value,
    pBelow: (at) => Math.max(change.pBelow(at), studentBelow((change.value - at) / scale, freedom)),
    interval: (errors) => {
      const { low, high } = change.interval(errors);
      return {
        low: low === null ? null : Math.min(low, change.value - reach(errors.low)),
        high: high === null ? null : Math.max(high, change.value + reach(errors.high)),
      };
    },
  };
}

/** Up to this number of differences, all subsets are enumerated. */
const ENUMERATED = 15;
const DRAWS = 9_999;

/**
 * Of the mean of differences, one of each case, without an assumption on their distribution but that they lie alike on both
 * sides of it: the test that flips signs (Fisher, The Design of Experiments, 1935, section 21), and the interval of all
 * means that it does not exclude, which are those of subsets (Hartigan, Using subsample values as typical values, JASA
 * 64, 1969). Exact for few, else of random subsets, and never surer than those allow (Phipson and Smyth, Permutation
 * p-values should never be zero, Statistical Applications in Genetics and Molecular Biology 9, 2010). Null without one.
 */
export function meanChange(differences: readonly number[], draw: Draw): Change | null {
  const n = differences.length;
  if (n === 0) return null;
  const value = differences.reduce((sum, one) => sum + one, 0) / n;
  const means = subsetMeans(differences, draw).sort();
  const all = means.length + 1;
  // Sums of the same terms in other orders differ in their last digits.
  const slack = 1e-12 * Math.max(...differences.map(Math.abs)) + Number.MIN_VALUE;
  const upTo = (at: number) => firstAbove(means, at);
  return {
    value,
    pBelow: (at) => (means.length - upTo(at - slack) + 1) / all,
    interval: ({ low, high }) => {
      // So many means lie beyond an end; the empty subset is always counted among them.
      const beyond = (error: number) => Math.floor(error * all + 1e-9) - 1;
      return { low: means[beyond(low)] ?? null, high: means[means.length - 1 - beyond(high)] ?? null };
    },
  };
}

/** How many of ascending values are at most `at`. */
function firstAbove(ascending: Float64Array, at: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Of every subset that is not empty, or of random ones. */
function subsetMeans(differences: readonly number[], draw: Draw): Float64Array {
  const n = differences.length;
  if (n <= ENUMERATED) {
    return Float64Array.from({ length: 2 ** n - 1 }, (_, index) => {
      let sum = 0;
      let count = 0;
      for (let at = 0; at < n; at++) {
        if (((index + 1) & (1 << at)) === 0) continue;
        sum += differences[at] ?? 0;
        count += 1;
      }
      return sum / count;
    });
  }
  const tables = subsetTables(differences);
  const means = new Float64Array(DRAWS);
  for (let round = 0; round < DRAWS; ) {
    let sum = 0;
    let count = 0;
    let bits = 0;
    for (const [index, { sums, counts }] of tables.entries()) {
      // A draw is good for three tables.
      bits = index % 3 === 0 ? Math.floor(draw() * 2 ** 24) : bits >> 8;
      sum += sums[bits & 255 & (sums.length - 1)] ?? 0;
      count += counts[bits & 255 & (sums.length - 1)] ?? 0;
    }
    if (count > 0) means[round++] = sum / count;
  }
  return means;
}

/** For eight differences at a time, the sum and the number of each of their 256 subsets. */
function subsetTables(differences: readonly number[]) {
  const tables: { readonly sums: Float64Array; readonly counts: Uint8Array }[] = [];
  for (let from = 0; from < differences.length; from += 8) {
    const own = differences.slice(from, from + 8);
    const size = 2 ** own.length;
    const [sums, counts] = [new Float64Array(size), new Uint8Array(size)];
    for (let subset = 1; subset < size; subset++) {
      const lowest = 31 - Math.clz32(subset & -subset);
      const rest = subset & (subset - 1);
      sums[subset] = (sums[rest] ?? 0) + (own[lowest] ?? 0);
      counts[subset] = (counts[rest] ?? 0) + 1;
    }
    tables.push({ sums, counts });
  }
  return tables;
}
