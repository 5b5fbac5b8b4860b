/**
 * Evidence -> champions by use, a model and its fallbacks for each category, and the front of quality, latency and cost.
 * A title is awarded only where the data tells its holder apart from the next; else it says who is tied. Pure.
 */
import type {
  CategoryAdvice,
  Champion,
  FrontPoint,
  Recommendation,
  Use,
  Wishes,
} from '../domain/recommendation.js';
import { formatDuration, formatShare } from '../domain/units.js';
import { holm } from '../stats/paired.js';
import { type Draw, signFlipTest } from '../stats/permutation.js';
import { difficultyOf, samplesFor, smallestDrop } from '../stats/power.js';
import { quantile } from '../stats/quantile.js';
import { shareOfSums } from '../stats/rate.js';
import { type Stratum, stratifiedTest } from '../stats/stratified.js';
import type { CandidateEvidence, CaseEvidence, Evidence } from './evidence.js';

const ALPHA = 0.05;

/** `accountOf`: of a model, by its name: what limits and outages are shared by. */
export function recommend(
  { candidates, models, runs }: Evidence,
  wishes: Wishes,
  accountOf: (model: string) => string,
  draw: Draw,
): Omit<Recommendation, 'rotation'> {
  const measured = candidates.filter(({ cases }) => cases.size > 0);
  const leftOut = measured.flatMap((one) => {
    const why = whyNot(one, wishes);
    return why === null ? [] : [{ candidate: one.candidate, why }];
  });
  const eligible = measured.filter((one) => !leftOut.some(({ candidate }) => candidate === one.candidate));
  const single = eligible.filter(({ kind }) => kind === 'model');
  const front = frontOf(eligible);
  const seen = new Set(eligible.flatMap(({ cases }) => [...cases.values()].map((own) => own.category)));
  const inOrder = runs.flatMap(({ suites }) => suites.flatMap((suite) => suite.categories));
  const categories = [...new Set([...inOrder, ...seen])].filter((category) => seen.has(category));
  return {
    runs: runs.map(({ id }) => id),
    simulated: models.some(({ simulated }) => simulated),
    wishes,
    left_out: leftOut,
    champions: [
      speed(eligible, draw),
      byRate('quality', eligible, 'passed', () => true),
      byRate('reliability', eligible, 'answered', () => true),
      byRate('reasoning', eligible, 'passed', ({ category }) => category === 'complex'),
      balanced(eligible, front),
      fallback(single, accountOf, draw),
    ],
    categories:
      single.length === 0 ? [] : categories.flatMap((category) => adviceFor(category, single, draw) ?? []),
    front,
  };
}

/** Whether a model may be in a rotation by these wishes. */
export function whyNot(one: CandidateEvidence, wishes: Wishes): string | null {
  const {
    max_latency_ms: maxMs,
    min_quality: minQuality,
    max_cost_usd: maxUsd,
    free_only: freeOnly,
  } = wishes;
  const p50 = medianMs(one);
  const quality = qualityOf(one);
  if (freeOnly && one.costUsd !== 0)
    return one.costUsd === null ? 'its price is not known' : 'it is not free';
  if (maxUsd !== null && (one.costUsd === null || one.costUsd > maxUsd))
    return one.costUsd === null ? 'its price is not known' : `$${one.costUsd.toPrecision(2)} an answer`;
  if (maxMs !== null && (p50 === null || p50 > maxMs))
    return p50 === null ? 'no latency is known' : `${formatDuration(p50)} at p50`;
  if (minQuality !== null && (quality === null || quality < minQuality))
    return quality === null ? 'nothing of it was judged' : `quality ${quality.toFixed(1)}`;
  return null;
}

export function medianMs({ latenciesMs }: CandidateEvidence): number | null {
  return quantile(
    [...latenciesMs].sort((a, b) => a - b),
    0.5,
  );
}

export function qualityOf({ cases }: CandidateEvidence): number | null {
  let judged = 0;
  let score = 0;
  for (const own of cases.values()) {
    judged += own.judged;
    score += own.score;
  }
  return judged === 0 ? null : (5 * score) / judged;
}

type Counts = 'passed' | 'answered';
type Take = (own: CaseEvidence) => boolean;

const allOf: Readonly<Record<Counts, 'judged' | 'trials'>> = { passed: 'judged', answered: 'trials' };

function rateOf({ cases }: CandidateEvidence, counts: Counts, take: Take) {
  const sums = [...cases.values()].filter(take).map((own) => ({ n: own[allOf[counts]], sum: own[counts] }));
  return shareOfSums(sums);
}

/** Who is at the top by a figure, and who cannot be told apart from that one: two-sided over all pairs, by Holm. */
interface Leaders {
  readonly first: CandidateEvidence;
  readonly tied: readonly CandidateEvidence[];
  readonly second: CandidateEvidence | null;
}

function leaders(
  candidates: readonly CandidateEvidence[],
  better: (a: CandidateEvidence, b: CandidateEvidence) => number,
  p: (a: CandidateEvidence, b: CandidateEvidence) => number,
): Leaders | null {
  const ranked = [...candidates].sort((a, b) => better(b, a) || (a.candidate < b.candidate ? -1 : 1));
  const [first, second = null] = ranked;
  if (first === undefined) return null;
  const pairs = ranked.flatMap((a, index) => ranked.slice(index + 1).map((b) => ({ a, b, p: p(a, b) })));
  const adjusted = holm(pairs.map((pair) => pair.p));
  const tied = pairs.flatMap(({ a, b }, index) => (a === first && (adjusted[index] ?? 1) > ALPHA ? [b] : []));
  return { first, tied, second };
}

function ratesDiffer(a: CandidateEvidence, b: CandidateEvidence, counts: Counts, take: Take): number {
  const strata = strataOf(a, b, counts, take);
  if (strata.length === 0) return 1;
  const turned = strata.map(({ before, after }) => ({ before: after, after: before }));
  return Math.min(1, 2 * Math.min(stratifiedTest(strata), stratifiedTest(turned)));
}

function strataOf(a: CandidateEvidence, b: CandidateEvidence, counts: Counts, take: Take): Stratum[] {
  const all = allOf[counts];
  return [...a.cases].flatMap(([key, own]) => {
    const other = b.cases.get(key);
    if (other === undefined || !take(own) || own[all] === 0 || other[all] === 0) return [];
    return {
      before: { n: own[all], successes: own[counts] },
      after: { n: other[all], successes: other[counts] },
    };
  });
}

function latenciesDiffer(
  a: CandidateEvidence,
  b: CandidateEvidence,
  draw: Draw,
  take: Take = () => true,
): number {
  const changes = [...a.cases].flatMap(([key, own]) => {
    const other = b.cases.get(key);
    if (other === undefined || !take(own) || own.logs.length === 0 || other.logs.length === 0) return [];
    return mean(own.logs) - mean(other.logs);
  });
  const oneSided = Math.min(
    signFlipTest(changes, draw),
    signFlipTest(
      changes.map((change) => -change),
      draw,
    ),
  );
  return Math.min(1, 2 * oneSided);
}

/** Those whose pass rate is not told apart from the best one's. */
function asGood(candidates: readonly CandidateEvidence[], take: Take): readonly CandidateEvidence[] {
  const judged = candidates.filter((one) => rateOf(one, 'passed', take) !== null);
  const best = leadersByRate(judged, 'passed', take);
  return best === null ? [] : [best.first, ...best.tied];
}

function leadersByRate(candidates: readonly CandidateEvidence[], counts: Counts, take: Take): Leaders | null {
  const value = (one: CandidateEvidence) => rateOf(one, counts, take)?.value ?? -1;
  return leaders(
    candidates,
    (a, b) => value(a) - value(b),
    (a, b) => ratesDiffer(a, b, counts, take),
  );
}

function byRate(use: Use, candidates: readonly CandidateEvidence[], counts: Counts, take: Take): Champion {
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

/** If both are as they seem: so many more cases, or samples a case on both sides, tell them apart four times out of five. */
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

function speed(candidates: readonly CandidateEvidence[], draw: Draw): Champion {
  const use = 'speed';
  const good = asGood(candidates, () => true).filter((one) => medianMs(one) !== null);
  const found = fastest(good, draw);
  if (found === null) return { use, champion: null, tied: [], evidence: 'no latency is known', more: null };
  const { first, tied } = found;
  const evidence = `${formatDuration(medianMs(first) ?? 0)} at p50, and a pass rate that is not separably below the best`;
  if (tied.length > 0) {
    const names = [first, ...tied].map(({ candidate }) => candidate);
    return {
      use,
      champion: null,
      tied: names,
      evidence: `${formatDuration(medianMs(first) ?? 0)} at p50 at best`,
      more: null,
    };
  }
  return { use, champion: first.candidate, tied: [], evidence, more: null };
}

function fastest(candidates: readonly CandidateEvidence[], draw: Draw, take?: Take): Leaders | null {
  const ms = (one: CandidateEvidence) => medianMs(one) ?? Number.POSITIVE_INFINITY;
  return leaders(
    candidates,
    (a, b) => ms(b) - ms(a),
    (a, b) => latenciesDiffer(a, b, draw, take),
  );
}

function frontOf(candidates: readonly CandidateEvidence[]): FrontPoint[] {
  const points = candidates.flatMap((one) => {
    const quality = qualityOf(one);
    return quality === null
      ? []
      : [{ candidate: one.candidate, quality, p50_ms: medianMs(one), cost_usd: one.costUsd }];
  });
  const least = (value: number | null) => value ?? Number.POSITIVE_INFINITY;
  const beats = (a: (typeof points)[number], b: (typeof points)[number]) =>
    a.quality >= b.quality &&
    least(a.p50_ms) <= least(b.p50_ms) &&
    least(a.cost_usd) <= least(b.cost_usd) &&
    (a.quality > b.quality || least(a.p50_ms) < least(b.p50_ms) || least(a.cost_usd) < least(b.cost_usd));
  return points.map((point) => ({
    ...point,
    quality: Math.round(point.quality * 1e6) / 1e6,
    on_front: !points.some((other) => beats(other, point)),
  }));
}

/** On the front, nearest to the corner of the best quality, the least latency (by its logarithm) and the least cost. */
function balanced(candidates: readonly CandidateEvidence[], front: readonly FrontPoint[]): Champion {
  const use = 'balanced';
  const points = front.filter((point) => point.on_front && point.p50_ms !== null);
  const scale = (values: readonly number[]) => {
    const least = Math.min(...values);
    const width = Math.max(...values) - least;
    return (value: number) => (width === 0 ? 0 : (value - least) / width);
  };
  const quality = scale(points.map((point) => -point.quality));
  const latency = scale(points.map((point) => Math.log(point.p50_ms ?? 1)));
  const prices = points.flatMap((point) => point.cost_usd ?? []);
  const cost = prices.length === points.length ? scale(prices) : () => 0;
  const far = (point: FrontPoint) =>
    Math.hypot(quality(-point.quality), latency(Math.log(point.p50_ms ?? 1)), cost(point.cost_usd ?? 0));
  const [best] = [...points].sort((a, b) => far(a) - far(b) || (a.candidate < b.candidate ? -1 : 1));
  const own = candidates.find(({ candidate }) => candidate === best?.candidate);
  if (best === undefined || own === undefined)
    return { use, champion: null, tied: [], evidence: 'no latency is known', more: null };
  const share = rateOf(own, 'passed', () => true);
  const others = points.length - 1;
  return {
    use,
    champion: best.candidate,
    tied: [],
    evidence: `${formatShare(share?.value ?? 0)} at ${formatDuration(best.p50_ms ?? 0)}: nearest to the best of both, of ${others === 0 ? 'one' : points.length} on the front`,
    more: null,
  };
}

/** The best success rate on another account than that of who leads on quality: what still answers when that one is out. */
function fallback(
  models: readonly CandidateEvidence[],
  accountOf: (model: string) => string,
  draw: Draw,
): Champion {
  const use = 'fallback';
  const [quickest] = [
    fastest(
      asGood(models, () => true),
      draw,
    )?.first,
  ];
  const nobody = (evidence: string): Champion => ({ use, champion: null, tied: [], evidence, more: null });
  if (quickest === undefined) return nobody('no model was measured by itself');
  const account = accountOf(quickest.candidate);
  const others = models.filter(({ candidate }) => accountOf(candidate) !== account);
  if (others.length === 0) return nobody('all models are on one account');
  const found = byRate(use, others, 'answered', () => true);
  return { ...found, evidence: `${found.evidence}, on another account than ${quickest.candidate}` };
}

/** Null where nothing of it was judged. */
function adviceFor(
  category: string,
  models: readonly CandidateEvidence[],
  draw: Draw,
): CategoryAdvice | null {
  const take: Take = (own) => own.category === category;
  const judged = models.filter((one) => rateOf(one, 'passed', take) !== null);
  const good = asGood(judged, take);
  const rate = (one: CandidateEvidence) => rateOf(one, 'passed', take)?.value ?? 0;
  const ms = (one: CandidateEvidence) => categoryMs(one, take);
  const bySpeed = [...good].sort((a, b) => ms(a) - ms(b) || rate(b) - rate(a));
  const [first] = bySpeed;
  if (first === undefined) return null;
  const rest = judged.filter((one) => !good.includes(one)).sort((a, b) => rate(b) - rate(a));
  const then = [...bySpeed.slice(1), ...rest];
  const [next] = then;
  return {
    category,
    first: first.candidate,
    fallbacks: then.slice(0, FALLBACKS).map(({ candidate }) => candidate),
    why: next === undefined ? 'the only one' : whyFirst(first, next, good.includes(next), take, draw),
  };
}

const FALLBACKS = 2;

function whyFirst(
  first: CandidateEvidence,
  next: CandidateEvidence,
  isTied: boolean,
  take: Take,
  draw: Draw,
): string {
  const points = (one: CandidateEvidence) => 100 * (rateOf(one, 'passed', take)?.value ?? 0);
  if (!isTied) return `${Math.round(points(first) - points(next))} points ahead`;
  const times = categoryMs(next, take) / categoryMs(first, take);
  return latenciesDiffer(first, next, draw, take) <= ALPHA && times > 1.05
    ? `as good as can be told, ${times >= 10 ? Math.round(times) : times.toFixed(1)}x faster`
    : 'tied on quality and on speed';
}

function categoryMs({ cases }: CandidateEvidence, take: Take): number {
  const logs = [...cases.values()].filter(take).flatMap((own) => own.logs);
  return logs.length === 0 ? Number.POSITIVE_INFINITY : Math.exp(mean(logs));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
