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
 * where no stratum tells anything.
 */
export function stratifiedTest(strata: readonly Stratum[]): number {
  let observed = 0;
  let distribution: Distribution = { from: 0, chances: [1] };
  for (const { before, after } of strata) {
    const total = before.successes + after.successes;
    const own = hypergeometric(before.n, after.n, total);
    observed += after.successes;
    distribution =
      own.chances.length === 1
        ? { from: distribution.from + own.from, chances: distribution.chances }
        : sumOf(distribution, own);
  }
  const { from, chances } = distribution;
  let tail = 0;
  for (let index = 0; index < chances.length && from + index <= observed; index++)
    tail += chances[index] ?? 0;
  return Math.min(1, tail);
}

interface Distribution {
  /** The least value; chances of it and those after it follow. */
  readonly from: number;
  readonly chances: readonly number[];
}

/** Of the successes after, when `total` of all trials succeed. */
function hypergeometric(before: number, after: number, total: number): Distribution {
  const from = Math.max(0, total - before);
  const to = Math.min(total, after);
  const weights = [1];
  for (let count = from; count < to; count++) {
    const ratio = ((total - count) * (after - count)) / ((count + 1) * (before - total + count + 1));
    weights.push((weights.at(-1) ?? 0) * ratio);
  }
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return { from, chances: weights.map((weight) => weight / sum) };
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
