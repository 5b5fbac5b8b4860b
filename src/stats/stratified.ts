/**
 * Did successes become fewer? Trials come in strata (a case each), with some trials before and some after; in a stratum
 * all of them are alike, between strata nothing is assumed.
 */

export interface Stratum {
  readonly before: Counted;
  readonly after: Counted;
}

export interface Counted {
  readonly n: number;
  readonly successes: number;
}

/** What is less likely than this is left out of distributions: p is exact to about 1e-14. */
const NEGLIGIBLE = 1e-18;

/**
 * One-sided exact p: how often so few successes after, or fewer, come about when nothing has changed. Given a stratum's
 * sizes and its successes over both sides, those after are hypergeometric; their sum over strata is compared with its
 * exact distribution, made by convolution (Mehta, Patel & Gray, Computing an exact confidence interval for the common
 * odds ratio in several 2x2 contingency tables, JASA 80, 1985; with one trial a side it is McNemar's exact test). 1
 * where no stratum is informative.
 */
export function stratifiedTest(strata: readonly Stratum[]): number {
  const { from, chances } = distributionOf(strata);
  const observed = successesAfter(strata);
  let tail = 0;
  for (let index = 0; index < chances.length && from + index <= observed; index++)
    tail += chances[index] ?? 0;
  return Math.min(1, tail);
}

/** R counts what is as likely as what was seen but for rounding: so do we. */
const AS_LIKELY = 1 + 1e-7;

/**
 * The same test where neither side is the baseline: how often sums that are no likelier than the one seen come about.
 * As R's `mantelhaen.test(exact = TRUE)`.
 */
export function stratifiedDifference(strata: readonly Stratum[]): number {
  const { from, chances } = distributionOf(strata);
  const seen = chances[successesAfter(strata) - from] ?? 0;
  let sum = 0;
  for (const chance of chances) if (chance <= seen * AS_LIKELY) sum += chance;
  return Math.min(1, sum);
}

function successesAfter(strata: readonly Stratum[]): number {
  return strata.reduce((sum, { after }) => sum + after.successes, 0);
}

interface Distribution {
  /** The least value; chances of it and those after it follow. */
  readonly from: number;
  readonly chances: readonly number[];
}

/** Of the successes after. Strata of the same sizes and successes are added up at once: most suites have few kinds. */
function distributionOf(strata: readonly Stratum[]): Distribution {
  const kinds = new Map<string, { readonly own: Distribution; times: number }>();
  for (const { before, after } of strata) {
    const total = before.successes + after.successes;
    const key = `${before.n} ${after.n} ${total}`;
    const kind = kinds.get(key) ?? { own: hypergeometric(before.n, after.n, total), times: 0 };
    kinds.set(key, kind);
    kind.times += 1;
  }
  let sum: Distribution = { from: 0, chances: [1] };
  for (const [, { own, times }] of [...kinds].sort(([a], [b]) => (a < b ? -1 : 1)))
    sum = sumOf(sum, repeated(own, times));
  return sum;
}

/** The sum of `times` independent copies, from 1, by doubling. */
function repeated(one: Distribution, times: number): Distribution {
  if (times === 1) return one;
  const half = repeated(one, Math.floor(times / 2));
  const even = sumOf(half, half);
  return times % 2 === 0 ? even : sumOf(even, one);
}

/** Of the successes after, when `total` of all trials succeed; from the likeliest outwards, so that nothing overflows. */
function hypergeometric(before: number, after: number, total: number): Distribution {
  const from = Math.max(0, total - before);
  const to = Math.min(total, after);
  const peak = Math.min(to, Math.max(from, Math.floor(((total + 1) * (after + 1)) / (before + after + 2))));
  const ratio = (count: number) =>
    ((total - count) * (after - count)) / ((count + 1) * (before - total + count + 1));
  const below: number[] = [];
  for (let count = peak, weight = 1; count > from && weight > NEGLIGIBLE; count--) {
    weight /= ratio(count - 1);
    below.push(weight);
  }
  const above: number[] = [];
  for (let count = peak, weight = 1; count < to && weight > NEGLIGIBLE; count++) {
    weight *= ratio(count);
    above.push(weight);
  }
  const weights = [...below.reverse(), 1, ...above];
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return { from: peak - below.length, chances: weights.map((weight) => weight / sum) };
}

function sumOf(one: Distribution, other: Distribution): Distribution {
  const chances = new Array<number>(one.chances.length + other.chances.length - 1).fill(0);
  for (const [index, chance] of one.chances.entries()) {
    for (const [step, factor] of other.chances.entries()) {
      chances[index + step] = (chances[index + step] ?? 0) + chance * factor;
    }
  }
  let start = 0;
  while ((chances[start] ?? 1) < NEGLIGIBLE) start += 1;
  let end = chances.length;
  while ((chances[end - 1] ?? 1) < NEGLIGIBLE) end -= 1;
  return { from: one.from + other.from + start, chances: chances.slice(start, end) };
}
