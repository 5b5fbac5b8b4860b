/** Which candidates differ significantly in pass rate, paired by case. */

import type { Verdict } from '../domain/grade.js';
import type { Ranking } from '../domain/summary.js';
import { rounded } from '../domain/units.js';
import { rateChange } from '../stats/change.js';
import { difficultyOf, smallestDrop } from '../stats/power.js';
import { holm } from '../stats/several.js';
import {
  decisiveP,
  judgedStrata,
  type Outcomes,
  type OutcomesPair,
  type PassRateDifference,
  passRateDifference,
  rateDifference,
} from './pass-rates.js';

const ALPHA = 0.05;

export interface RankedTrial {
  readonly candidate: string;
  readonly caseKey: string;
  readonly verdict: Verdict | null;
}

/** Of each case. */
type Side = ReadonlyMap<string, Outcomes>;

export function rank(candidates: readonly string[], trials: Iterable<RankedTrial>): Ranking {
  const counted = outcomesOf(trials);
  const sides = candidates.map((name) => ({ name, cases: counted.get(name) ?? new Map<string, Outcomes>() }));
  const pairs = sides.flatMap((one, index) =>
    sides.slice(index + 1).map((other) => {
      const both = pairsOf(one.cases, other.cases);
      const [better, worse] =
        rateDifference(judgedStrata(both)) > 0 ? [other.name, one.name] : [one.name, other.name];
      return { better, worse, both, ...passRateDifference(both) };
    }),
  );
  const deciding = pairs.map(decisiveP);
  const adjusted = holm(deciding);
  const ofArrived = holm(pairs.map(({ p }) => p));
  const separated = pairs.filter((_, index) => (adjusted[index] ?? 1) <= ALPHA);
  const unsettled = pairs.filter(
    (pair, index) => (ofArrived[index] ?? 1) <= ALPHA && !separated.includes(pair),
  );
  const common = judgedBy(sides.map(({ cases }) => cases));
  const [best, second] = candidates
    .map((name, index) => ({ name, rate: meanRate(common[index] ?? []) }))
    .sort((a, b) => b.rate - a.rate);
  const names = [best?.name, second?.name];
  const at = pairs.findIndex(({ better, worse }) => names.includes(better) && names.includes(worse));
  const top = pairs[at];
  return {
    separated: separated.map(({ better, worse, p }) => ({ better, worse, p: Math.round(p * 1e6) / 1e6 })),
    ...(unsettled.length === 0
      ? {}
      : { unsettled: unsettled.map(({ better, worse }) => ({ better, worse })) }),
    smallest_gap: pairs.length === 0 ? null : smallestGap(common, pairs.length),
    cases: common[0]?.length ?? 0,
    ...(top === undefined || unsettled.includes(top) ? {} : bestTwo(top, deciding, adjusted[at] ?? 1)),
  };
}

interface RankedPair extends PassRateDifference {
  readonly better: string;
  readonly worse: string;
  readonly both: readonly OutcomesPair[];
}

/** `deciding`: the p of every pair; `adjusted`: of this one, by Holm. The interval leaves 0 out if and only if the test does. */
function bestTwo(
  { better, worse, both, p, pLeast }: RankedPair,
  deciding: readonly number[],
  adjusted: number,
): Pick<Ranking, 'best_two'> {
  const strata = judgedStrata(both);
  const turn =
    rateDifference(strata) > 0
      ? strata
      : strata.map(({ before, after }) => ({ before: after, after: before }));
  const change = rateChange(turn);
  if (change === null) return {};
  const own = decisiveP({ p, pLeast });
  const error = ALPHA / 2 / Math.max(1, deciding.filter((other) => other >= own).length);
  const { low, high } = change.interval({ low: error, high: error });
  // The two-sided exact test is not twice the one-sided one, so at the very border the two may disagree.
  const isSeparated = adjusted <= ALPHA;
  const lowest = low === null ? null : isSeparated ? Math.max(low, SMALLEST) : Math.min(low, 0);
  const shown = (value: number | null) => (value === null ? null : rounded(value));
  return {
    best_two: {
      better,
      other: worse,
      difference: {
        value: shown(change.value),
        n: strata.length,
        low: shown(lowest),
        high: shown(high),
      },
    },
  };
}

const SMALLEST = 1e-6;

function outcomesOf(trials: Iterable<RankedTrial>): Map<string, Map<string, Outcomes>> {
  const all = new Map<string, Map<string, { -readonly [Key in keyof Outcomes]: number }>>();
  for (const { candidate, caseKey, verdict } of trials) {
    const cases = all.get(candidate) ?? new Map<string, { -readonly [Key in keyof Outcomes]: number }>();
    all.set(candidate, cases);
    const own = cases.get(caseKey) ?? { trials: 0, answered: 0, judged: 0, passed: 0 };
    cases.set(caseKey, own);
    own.trials += 1;
    if (verdict !== 'unanswered') own.answered += 1;
    if (verdict === 'passed' || verdict === 'failed') own.judged += 1;
    if (verdict === 'passed') own.passed += 1;
  }
  return all;
}

function pairsOf(one: Side, other: Side): OutcomesPair[] {
  return [...one].flatMap(([key, before]) => {
    const after = other.get(key);
    return after === undefined ? [] : [{ before, after }];
  });
}

/** The cases that all of them have a judged answer to, a list of each. */
function judgedBy(sides: readonly Side[]): Outcomes[][] {
  const [first] = sides;
  const keys = [...(first?.keys() ?? [])].filter((key) =>
    sides.every((cases) => (cases.get(key)?.judged ?? 0) > 0),
  );
  return sides.map((cases) => keys.flatMap((key) => cases.get(key) ?? []));
}

/** How far below the best a pass rate must be to be detected with 80% power. */
function smallestGap(common: readonly (readonly Outcomes[])[], pairs: number): number | null {
  const [best] = [...common].sort((a, b) => meanRate(b) - meanRate(a));
  const difficulty = difficultyOf(
    (best ?? []).map(({ judged, passed }) => ({ n: judged, successes: passed })),
  );
  if (difficulty === null) return null;
  const fewest = Math.min(...common.flatMap((cases) => cases.map(({ judged }) => judged)));
  return smallestDrop(difficulty, fewest, ALPHA / pairs / 2);
}

function meanRate(cases: readonly Outcomes[]): number {
  return cases.reduce((sum, { passed, judged }) => sum + passed / judged, 0) / Math.max(1, cases.length);
}
