/** From what judges and people said of the same answers to how far the judges can be trusted. */

import type { JudgeSpec } from '../domain/kinds/judge.js';
import { PASSING_RATING, ratingShare } from '../domain/kinds/judge.js';
import type { JudgeAccuracy, LabelCounts, Limits95 } from '../domain/kinds/judge-accuracy.js';
import {
  baseRate,
  type Confusion,
  cohenKappa,
  confusionOf,
  kappaInterval,
  krippendorffAlpha,
  type LabelledPair,
  rawAgreement,
} from '../stats/agreement.js';
import { wilson } from '../stats/rate.js';

/** What one judge said of one anchor: of each statement true or false; of a rating a share; null: no verdict. */
export type Said = readonly (boolean | number)[] | null;

export interface JudgedAnchor {
  readonly labels: readonly (boolean | number)[];
  readonly spec: JudgeSpec;
  /** The first time and the second. */
  readonly said: readonly [Said, Said];
}

const isTrue = (value: boolean | number): boolean =>
  typeof value === 'boolean' ? value : value >= PASSING_RATING;

const labelsOf = ({ labels, spec: { scale } }: JudgedAnchor): readonly (boolean | number)[] =>
  scale === null ? labels : labels.map((label) => ratingShare(Number(label), scale));

export function accuracyOf(
  judge: string,
  rubric: string,
  anchors: readonly JudgedAnchor[],
  canaries: JudgeAccuracy['canaries'],
): JudgeAccuracy {
  const pairs = anchors.flatMap((anchor): LabelledPair[] => {
    const [said] = anchor.said;
    if (said === null) return [];
    return labelsOf(anchor).map((label, at) => ({ label: isTrue(label), judged: isTrue(said[at] ?? false) }));
  });
  const twice = anchors.flatMap(({ said: [first, second] }) =>
    first === null || second === null ? [] : first.map((value, at) => value === second[at]),
  );
  const rated = anchors.filter(({ spec }) => spec.scale !== null);
  const ratings = rated.flatMap((anchor) => {
    const [said] = anchor.said;
    return said === null ? [] : [[Number(labelsOf(anchor)[0]), Number(said[0])]];
  });
  return {
    judge,
    rubric,
    anchors: anchors.length,
    failures: anchors.filter(({ said: [first] }) => first === null).length,
    ...agreementOf(pairs),
    consistency: twice.length === 0 ? null : twice.filter(Boolean).length / twice.length,
    alpha: ratings.length === 0 ? null : krippendorffAlpha(ratings, 'ordinal'),
    canaries,
  };
}

/** The majority of several judges; `saidBy`: of each of them, its first verdicts in the order of the anchors. */
export function panelAccuracyOf(
  judge: string,
  rubric: string,
  anchors: readonly Omit<JudgedAnchor, 'said'>[],
  saidBy: readonly (readonly Said[])[],
): JudgeAccuracy {
  const units: (number | null)[][] = [];
  const pairs: LabelledPair[] = [];
  let failures = 0;
  for (const [at, anchor] of anchors.entries()) {
    for (const [item, label] of labelsOf({ ...anchor, said: [null, null] }).entries()) {
      const said = saidBy.map((own) => own[at]?.[item] ?? null);
      units.push(said.map((value) => (value === null ? null : Number(isTrue(value)))));
      const given = said.filter((value) => value !== null).map(isTrue);
      const yes = given.filter(Boolean).length;
      if (2 * yes === given.length) failures += 1;
      else pairs.push({ label: isTrue(label), judged: 2 * yes > given.length });
    }
  }
  return {
    judge,
    rubric,
    anchors: anchors.length,
    failures,
    ...agreementOf(pairs),
    consistency: null,
    alpha: krippendorffAlpha(units, 'nominal'),
    canaries: null,
  };
}

function agreementOf(
  pairs: readonly LabelledPair[],
): Pick<
  JudgeAccuracy,
  'labels' | 'counts' | 'agreement' | 'base_rate' | 'kappa' | 'true_positive_rate' | 'true_negative_rate'
> {
  const counts = confusionOf(pairs);
  const value = cohenKappa(counts);
  const limits = kappaInterval(counts);
  const { truePositive, falsePositive, trueNegative, falseNegative } = counts;
  return {
    labels: pairs.length,
    counts: asCounts(counts),
    agreement: pairs.length === 0 ? 0 : rawAgreement(counts),
    base_rate: pairs.length === 0 ? 0 : baseRate(counts),
    kappa: value === null || limits === null ? null : { value, ...limits },
    true_positive_rate: rateOf(truePositive, truePositive + falseNegative),
    true_negative_rate: rateOf(trueNegative, trueNegative + falsePositive),
  };
}

function rateOf(count: number, of: number): Limits95 | null {
  return of === 0 ? null : { value: count / of, ...wilson(count, of) };
}

const asCounts = ({ truePositive, falsePositive, trueNegative, falseNegative }: Confusion): LabelCounts => ({
  true_positive: truePositive,
  false_positive: falsePositive,
  true_negative: trueNegative,
  false_negative: falseNegative,
});
