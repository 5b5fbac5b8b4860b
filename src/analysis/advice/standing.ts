/** How candidates stand to each other: their figures, and whether those differ, paired by case. */

import { meanChange } from '../../stats/change.js';
import type { Draw } from '../../stats/draw.js';
import { mean } from '../../stats/mean.js';
import { quantile } from '../../stats/quantile.js';
import { meanOfCases, meanOfValues } from '../../stats/rate.js';
import { holm } from '../../stats/several.js';
import { type Stratum, stratifiedDifference } from '../../stats/stratified.js';
import { decisiveP, type OutcomesPair, passRateDifference } from '../pass-rates.js';
import type { CandidateEvidence, CaseEvidence } from './evidence.js';

export const ALPHA = 0.05;

export function medianMs({ latenciesMs }: CandidateEvidence): number | null {
  return quantile(
    [...latenciesMs].sort((a, b) => a - b),
    0.5,
  );
}

export function qualityOf({ cases }: CandidateEvidence): number | null {
  const mean = meanOfCases([...cases.values()].map(({ judged: n, score: sum }) => ({ n, sum })));
  return mean === null ? null : 5 * mean.value;
}

export type Counts = 'passed' | 'answered';
export type Take = (own: CaseEvidence) => boolean;

const allOf: Readonly<Record<Counts, 'judged' | 'trials'>> = { passed: 'judged', answered: 'trials' };

export function rateOf({ cases, missing }: CandidateEvidence, counts: Counts, take: Take) {
  const sums = [...cases.values()].filter(take).map((own) => ({ n: own[allOf[counts]], sum: own[counts] }));
  if (counts === 'passed') return meanOfCases(sums);
  const withoutLine = take === everyCase ? Array.from({ length: missing }, () => ({ n: 1, sum: 0 })) : [];
  return meanOfValues([...sums, ...withoutLine]);
}

/** Who is at the top by a figure, and who does not differ significantly from that one: two-sided over all pairs, by Holm. */
export interface Leaders {
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
  return counts === 'passed'
    ? decisiveP(passRateDifference(pairsOf(a, b, take)))
    : stratifiedDifference(strata);
}

export function pairsOf(a: CandidateEvidence, b: CandidateEvidence, take: Take): OutcomesPair[] {
  return [...a.cases].flatMap(([key, before]) => {
    const after = b.cases.get(key);
    return after === undefined || !take(before) ? [] : [{ before, after }];
  });
}

export function strataOf(a: CandidateEvidence, b: CandidateEvidence, counts: Counts, take: Take): Stratum[] {
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

export function latenciesDiffer(
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
  const oneSided = [changes, changes.map((change) => -change)].map(
    (differences) => meanChange(differences, draw)?.pBelow(0) ?? 1,
  );
  return Math.min(1, 2 * Math.min(...oneSided));
}

export function leadersByRate(
  candidates: readonly CandidateEvidence[],
  counts: Counts,
  take: Take,
): Leaders | null {
  const value = (one: CandidateEvidence) => rateOf(one, counts, take)?.value ?? -1;
  return leaders(
    candidates,
    (a, b) => value(a) - value(b),
    (a, b) => ratesDiffer(a, b, counts, take),
  );
}

export function fastest(candidates: readonly CandidateEvidence[], draw: Draw, take?: Take): Leaders | null {
  const ms = (one: CandidateEvidence) => medianMs(one) ?? Number.POSITIVE_INFINITY;
  return leaders(
    candidates,
    (a, b) => ms(b) - ms(a),
    (a, b) => latenciesDiffer(a, b, draw, take),
  );
}

export const everyCase: Take = () => true;

/** A pass rate is near the best one's where it is at most so far below it. */
export const NEAR = 0.1;

export function isNear(rate: number, best: number): boolean {
  return rate >= best - NEAR;
}

export interface Field {
  /** Not significantly below the best over all cases, the best first. */
  readonly contenders: readonly CandidateEvidence[];
  /** Told apart from it, the best first. */
  readonly behind: readonly CandidateEvidence[];
}

/** By pass rate over all cases; who was judged nowhere is in neither. */
export function fieldOf(candidates: readonly CandidateEvidence[]): Field {
  const judged = candidates.filter((one) => passRate(one) !== null);
  const found = leadersByRate(judged, 'passed', everyCase);
  if (found === null) return { contenders: [], behind: [] };
  const contenders = [found.first, ...found.tied];
  const byRate = (a: CandidateEvidence, b: CandidateEvidence) =>
    (passRate(b) ?? 0) - (passRate(a) ?? 0) || (a.candidate < b.candidate ? -1 : 1);
  return {
    contenders: [...contenders].sort(byRate),
    behind: judged.filter((one) => !contenders.includes(one)).sort(byRate),
  };
}

export function passRate(one: CandidateEvidence, take: Take = everyCase): number | null {
  return rateOf(one, 'passed', take)?.value ?? null;
}

/** The fastest first among those near the best by `rate`; then the others, the best first. */
export function inOrder(
  candidates: readonly CandidateEvidence[],
  rate: (one: CandidateEvidence) => number,
  take: Take = everyCase,
): CandidateEvidence[] {
  const best = Math.max(...candidates.map(rate));
  return [...candidates].sort(
    (a, b) =>
      Number(isNear(rate(b), best)) - Number(isNear(rate(a), best)) ||
      (isNear(rate(a), best) ? typicalMs(a, take) - typicalMs(b, take) : 0) ||
      rate(b) - rate(a) ||
      (a.candidate < b.candidate ? -1 : 1),
  );
}

/** The geometric mean; infinite where no latency is known. */
export function typicalMs({ cases }: CandidateEvidence, take: Take = everyCase): number {
  const logs = [...cases.values()].filter(take).flatMap((own) => own.logs);
  return logs.length === 0 ? Number.POSITIVE_INFINITY : Math.exp(mean(logs));
}
