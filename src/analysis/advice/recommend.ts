/**
 * Runs -> who is best for what, by tests that are paired by case, and a model with its fallbacks for each category. Pure.
 */
import type { Constraints, FrontPoint, Recommendation } from '../../domain/recommendation.js';
import { formatDuration } from '../../domain/units.js';
import type { Draw } from '../../stats/draw.js';
import { adviceByCategory } from './by-category.js';
import type { CandidateEvidence, Evidence } from './evidence.js';
import { everyCase, type Field, fieldOf, medianMs, passRate, qualityOf } from './standing.js';
import { balanced, byRate, fallback, speed } from './titles.js';

/** `accountOf`: of a model, by its name: what limits and outages are shared by. */
export function recommend(
  { candidates, models, runs }: Evidence,
  constraints: Constraints,
  accountOf: (model: string) => string,
  draw: Draw,
): Omit<Recommendation, 'rotation'> {
  const measured = candidates.filter(({ cases }) => cases.size > 0);
  const leftOut = measured.flatMap((one) => {
    const why = whyNot(one, constraints);
    return why === null ? [] : [{ candidate: one.candidate, why }];
  });
  const eligible = measured.filter((one) => !leftOut.some(({ candidate }) => candidate === one.candidate));
  const single = eligible.filter(({ kind }) => kind === 'model');
  const field = fieldOf(single);
  const front = frontOf(eligible);
  const seen = new Set(eligible.flatMap(({ cases }) => [...cases.values()].map((own) => own.category)));
  const inOrder = runs.flatMap(({ suites }) => suites.flatMap((suite) => suite.categories));
  const categories = [...new Set([...inOrder, ...seen])].filter((category) => seen.has(category));
  return {
    runs: runs.map(({ id }) => id),
    simulated: models.some(({ simulated }) => simulated),
    wishes: constraints,
    left_out: leftOut,
    champions: [
      speed(fieldOf(eligible), draw),
      byRate('quality', eligible, 'passed', everyCase),
      byRate('reliability', eligible, 'answered', everyCase),
      byRate('reasoning', eligible, 'passed', ({ category }) => category === 'complex'),
      balanced(eligible, front, draw),
      fallback(field, accountOf),
    ],
    behind: behindOf(field),
    categories: adviceByCategory(categories, field, draw),
    front,
  };
}

/** Whether a model may be in a rotation by these constraints. */
export function whyNot(one: CandidateEvidence, constraints: Constraints): string | null {
  const {
    max_latency_ms: maxMs,
    min_quality: minQuality,
    max_cost_usd: maxUsd,
    free_only: freeOnly,
  } = constraints;
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

/** How far below the best over all cases, in words. */
function behindOf({ contenders: [best], behind }: Field): Recommendation['behind'] {
  const points = (one: CandidateEvidence) => 100 * (passRate(one) ?? 0);
  return best === undefined
    ? []
    : behind.map((one) => ({
        candidate: one.candidate,
        why: `${Math.round(points(best) - points(one))} points below ${best.candidate} over all cases`,
      }));
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
