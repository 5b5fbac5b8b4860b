/** Titles: who is best for a use. One is awarded only where a test separates its holder from the others; else it says who is tied. */
import type { Champion, FrontPoint, Use } from '../../domain/recommendation.js';
import { formatDuration, formatShare } from '../../domain/units.js';
import type { Draw } from '../../stats/draw.js';
import { mean } from '../../stats/mean.js';
import { difficultyOf, samplesFor, smallestDrop } from '../../stats/power.js';
import { holm } from '../../stats/several.js';
import type { CandidateEvidence, CaseEvidence } from './evidence.js';
import {
  ALPHA,
  type Counts,
  everyCase,
  type Field,
  fastest,
  inOrder,
  isNear,
  leadersByRate,
  medianMs,
  passRate,
  rateOf,
  strataOf,
  type Take,
} from './standing.js';

function untitled(use: Use, evidence: string, tied: readonly CandidateEvidence[] = []): Champion {
  return { use, champion: null, tied: tied.map(({ candidate }) => candidate), evidence, more: null };
}

/** The fastest of those whose pass rate is not significantly below the best, if it differs from each of them. */
export function speed({ contenders }: Field, draw: Draw): Champion {
  const use = 'speed';
  const best = Math.max(...contenders.map((one) => passRate(one) ?? 0));
  const found = fastest(
    contenders.filter((one) => medianMs(one) !== null),
    draw,
  );
  if (found === null) return untitled(use, 'no latency is known');
  const { first, tied } = found;
  const p50 = `${formatDuration(medianMs(first) ?? 0)} at p50`;
  if (tied.length > 0) return untitled(use, `${p50} at best`, [first, ...tied]);
  if (!isNear(passRate(first) ?? 0, best))
    return untitled(use, `${first.candidate} is the fastest with ${p50}, and may be far worse than the best`);
  const evidence = `${p50}, and a pass rate that is not separably below the best`;
  return { use, champion: first.candidate, tied: [], evidence, more: null };
}

export function byRate(
  use: Use,
  candidates: readonly CandidateEvidence[],
  counts: Counts,
  take: Take,
): Champion {
  const measured = candidates.filter((one) => rateOf(one, counts, take) !== null);
  const found = leadersByRate(measured, counts, take);
  if (found === null) {
    const what = use === 'reasoning' ? 'no complex case was judged' : 'nothing was judged';
    return { use, champion: null, tied: [], evidence: what, more: null };
  }
  const { first, tied, second } = found;
  const rate = rateOf(first, counts, take);
  const share = formatShare(rate?.value ?? 0);
  const of =
    use === 'reasoning' ? 'complex cases' : counts === 'passed' ? 'answers judged' : 'trials answered';
  if (tied.length > 0) {
    return {
      use,
      champion: null,
      tied: [first, ...tied].map(({ candidate }) => candidate),
      evidence: `${share} at best of ${rate?.n ?? 0} ${of}`,
      more: moreFor(first, tied[0] ?? first, counts, take),
    };
  }
  const next = second === null ? null : rateOf(second, counts, take);
  const after =
    second === null
      ? ', and nobody else was measured'
      : `, next ${second.candidate} ${formatShare(next?.value ?? 0)}`;
  return {
    use,
    champion: first.candidate,
    tied: [],
    evidence: `${share} of ${rate?.n ?? 0} ${of}${after}`,
    more: null,
  };
}

/** Cases are looked for up to this many. */
const MOST_CASES = 100_000;

/** How many more cases, or samples a case on both sides, would separate the two with a power of 80%, at their observed rates. */
function moreFor(
  first: CandidateEvidence,
  other: CandidateEvidence,
  counts: Counts,
  take: Take,
): Champion['more'] {
  const strata = strataOf(first, other, counts, take);
  const difficulty = difficultyOf(strata.map(({ before }) => before));
  const gap = mean(
    strata.map(({ before, after }) => before.successes / before.n - after.successes / after.n),
  );
  if (difficulty === null || strata.length === 0 || gap <= 0) return null;
  const samples = Math.max(1, Math.round(mean(strata.map(({ before }) => before.n))));
  const sees = (cases: number) => {
    const drop = smallestDrop({ ...difficulty, cases }, samples, ALPHA / 2);
    return drop !== null && drop <= gap;
  };
  let low = strata.length;
  let high = low;
  while (high < MOST_CASES && !sees(high)) {
    low = high;
    high *= 2;
  }
  while (high - low > Math.max(1, low * 0.02)) {
    const middle = Math.floor((low + high) / 2);
    if (sees(middle)) high = middle;
    else low = middle;
  }
  const cases = high >= MOST_CASES ? null : high - strata.length;
  return { cases, samples: samplesFor(difficulty, gap, ALPHA / 2, 'both') };
}

/** Resamples of the cases that a title is held against. */
const RESAMPLES = 1_999;

/** By case: the share passed, and the logarithm of ms; NaN: nothing is known. */
interface Points {
  readonly passed: Float64Array;
  readonly logMs: Float64Array;
}

/**
 * On the front, nearest to the corner of the best quality, the least latency (by its logarithm) and the least cost; a title
 * where it stays nearer than each other one when cases are drawn anew (Efron and Tibshirani, An Introduction to the
 * Bootstrap, 1993, section 16.4), by Holm over all others.
 */
export function balanced(
  candidates: readonly CandidateEvidence[],
  front: readonly FrontPoint[],
  draw: Draw,
): Champion {
  const use = 'balanced';
  const known = candidates.filter((one) => medianMs(one) !== null && passRate(one) !== null);
  if (known.length === 0) return untitled(use, 'no latency is known');
  const isPriced = known.every(({ costUsd }) => costUsd !== null);
  const keys = [...new Set(known.flatMap(({ cases }) => [...cases.keys()]))].sort();
  const points = known.map(({ cases }): Points => {
    const of = (value: (own: CaseEvidence) => number) =>
      Float64Array.from(keys, (key) => {
        const own = cases.get(key);
        return own === undefined ? Number.NaN : value(own);
      });
    return {
      passed: of(({ judged, passed }) => passed / judged),
      logMs: of(({ logs }) => (logs.length === 0 ? Number.NaN : mean(logs))),
    };
  });
  const costs = known.map(({ costUsd }) => (isPriced ? (costUsd ?? 0) : 0));
  const distances = distancesOf(
    points,
    costs,
    keys.map((_, index) => index),
  );
  const order = known.map((_, index) => index).sort((a, b) => (distances[a] ?? 0) - (distances[b] ?? 0));
  const [first = 0, ...others] = order;
  const nearer = others.map(() => 1);
  for (let round = 0; round < RESAMPLES; round++) {
    const drawn = distancesOf(
      points,
      costs,
      keys.map(() => Math.floor(draw() * keys.length)),
    );
    for (const [at, other] of others.entries())
      if ((drawn[other] ?? 0) <= (drawn[first] ?? 0)) nearer[at] = (nearer[at] ?? 0) + 1;
  }
  const adjusted = holm(nearer.map((count) => Math.min(1, (2 * count) / (RESAMPLES + 1))));
  const tied = others.filter((_, at) => (adjusted[at] ?? 1) > ALPHA);
  const champion = known[first];
  if (champion === undefined) return untitled(use, 'no latency is known');
  const figures = `${formatShare(passRate(champion) ?? 0)} at ${formatDuration(medianMs(champion) ?? 0)}`;
  if (tied.length > 0)
    return untitled(
      use,
      `${figures} is nearest to the best of both`,
      [first, ...tied].flatMap((index) => known[index] ?? []),
    );
  const onFront = front.filter((point) => point.on_front).length;
  return {
    use,
    champion: champion.candidate,
    tied: [],
    evidence: `${figures}: nearest to the best of both, of ${onFront <= 1 ? 'one' : onFront} on the front`,
    more: null,
  };
}

/** To the corner, each axis from the best to the worst of them. */
function distancesOf(
  points: readonly Points[],
  costs: readonly number[],
  drawn: readonly number[],
): number[] {
  const failed = scaled(points.map(({ passed }) => 1 - (meanOf(passed, drawn) ?? 0)));
  const latency = scaled(points.map(({ logMs }) => meanOf(logMs, drawn) ?? Math.log(Number.MAX_VALUE)));
  const cost = scaled(costs);
  return points.map((_, index) => Math.hypot(failed[index] ?? 0, latency[index] ?? 0, cost[index] ?? 0));
}

function meanOf(values: Float64Array, drawn: readonly number[]): number | null {
  let sum = 0;
  let n = 0;
  for (const index of drawn) {
    const value = values[index] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    sum += value;
    n += 1;
  }
  return n === 0 ? null : sum / n;
}

function scaled(values: readonly number[]): number[] {
  const least = Math.min(...values);
  const width = Math.max(...values) - least;
  return values.map((value) => (width === 0 ? 0 : (value - least) / width));
}

/** The best success rate on another account than that of the first choice: what still answers when that one is out. */
export function fallback({ contenders, behind }: Field, accountOf: (model: string) => string): Champion {
  const use = 'fallback';
  const [primary] = inOrder(contenders, (one) => passRate(one) ?? 0);
  if (primary === undefined) return untitled(use, 'no model was measured by itself');
  const account = accountOf(primary.candidate);
  const others = [...contenders, ...behind].filter(({ candidate }) => accountOf(candidate) !== account);
  if (others.length === 0) return untitled(use, 'all models are on one account');
  const found = byRate(use, others, 'answered', everyCase);
  return { ...found, evidence: `${found.evidence}, on another account than ${primary.candidate}` };
}
