/** How far a judge agrees with people, beyond what chance would give. */
import { Z_95 } from './rate.js';

/** A judge's word next to a person's, of one statement about one answer. */
export interface LabelledPair {
  readonly label: boolean;
  readonly judged: boolean;
}

/** Pairs counted: `truePositive` is true for both. */
export interface Confusion {
  readonly truePositive: number;
  readonly falsePositive: number;
  readonly trueNegative: number;
  readonly falseNegative: number;
}

export function confusionOf(pairs: readonly LabelledPair[]): Confusion {
  const count = (label: boolean, judged: boolean) =>
    pairs.filter((pair) => pair.label === label && pair.judged === judged).length;
  return {
    truePositive: count(true, true),
    falsePositive: count(false, true),
    trueNegative: count(false, false),
    falseNegative: count(true, false),
  };
}

const sizeOf = ({ truePositive, falsePositive, trueNegative, falseNegative }: Confusion): number =>
  truePositive + falsePositive + trueNegative + falseNegative;

/** Share of pairs that are alike; NaN of none. */
export const rawAgreement = (counts: Confusion): number =>
  (counts.truePositive + counts.trueNegative) / sizeOf(counts);

/** What always giving the more frequent label would get. */
export function baseRate(counts: Confusion): number {
  const positive = (counts.truePositive + counts.falseNegative) / sizeOf(counts);
  return Math.max(positive, 1 - positive);
}

/**
 * Cohen, J. (1960). A coefficient of agreement for nominal scales. Educational and Psychological Measurement 20(1), 37–46.
 * Null if both say one and the same of everything: then chance gives as much.
 */
export function cohenKappa(counts: Confusion): number | null {
  const n = sizeOf(counts);
  if (n === 0) return null;
  const labelled = (counts.truePositive + counts.falseNegative) / n;
  const judged = (counts.truePositive + counts.falsePositive) / n;
  const byChance = labelled * judged + (1 - labelled) * (1 - judged);
  return byChance === 1 ? null : (rawAgreement(counts) - byChance) / (1 - byChance);
}

/**
 * 95% limits of Cohen's kappa by its large-sample variance: Fleiss, J. L., Cohen, J. & Everitt, B. S. (1969). Large sample
 * standard errors of kappa and weighted kappa. Psychological Bulletin 72(5), 323–327. Half a pair is added to each cell,
 * so that a table with empty cells has limits too.
 */
export function kappaInterval(counts: Confusion): { readonly low: number; readonly high: number } | null {
  const n = sizeOf(counts) + 2;
  if (n === 2) return null;
  const share = (count: number) => (count + 0.5) / n;
  const [a, b, c, d] = [
    share(counts.truePositive),
    share(counts.falseNegative),
    share(counts.falsePositive),
    share(counts.trueNegative),
  ];
  const [rows, columns] = [[a + b, c + d] as const, [a + c, b + d] as const];
  const agreed = a + d;
  const byChance = rows[0] * columns[0] + rows[1] * columns[1];
  const kappa = (agreed - byChance) / (1 - byChance);
  const inside =
    a * (1 - (rows[0] + columns[0]) * (1 - kappa)) ** 2 + d * (1 - (rows[1] + columns[1]) * (1 - kappa)) ** 2;
  const outside = (1 - kappa) ** 2 * (b * (columns[0] + rows[1]) ** 2 + c * (columns[1] + rows[0]) ** 2);
  const variance = (inside + outside - (kappa - byChance * (1 - kappa)) ** 2) / (n * (1 - byChance) ** 2);
  const half = Z_95 * Math.sqrt(Math.max(0, variance));
  return { low: Math.max(-1, kappa - half), high: Math.min(1, kappa + half) };
}

/** Several judges of the same units; null where one said nothing. Nominal (true or false) or ordinal (ratings). */
export function krippendorffAlpha(
  units: readonly (readonly (number | null)[])[],
  scale: 'nominal' | 'ordinal',
): number | null {
  // Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. By the coincidence matrix.
  const values = [...new Set(units.flat().filter((value) => value !== null))].sort((x, y) => x - y);
  const index = new Map(values.map((value, at) => [value, at]));
  const size = values.length;
  const coincidences = Array.from({ length: size }, () => new Array<number>(size).fill(0));
  for (const unit of units) {
    const said = unit.filter((value) => value !== null).map((value) => index.get(value) ?? 0);
    if (said.length < 2) continue;
    for (const [at, one] of said.entries())
      for (const [beside, other] of said.entries()) {
        const row = coincidences[one];
        if (at !== beside && row !== undefined) row[other] = (row[other] ?? 0) + 1 / (said.length - 1);
      }
  }
  const totals = coincidences.map((row) => row.reduce((sum, count) => sum + count, 0));
  const n = totals.reduce((sum, total) => sum + total, 0);
  const distance = (one: number, other: number): number => {
    if (one === other) return 0;
    if (scale === 'nominal') return 1;
    const [low, high] = [Math.min(one, other), Math.max(one, other)];
    const between = totals.slice(low, high + 1).reduce((sum, total) => sum + total, 0);
    return (between - ((totals[low] ?? 0) + (totals[high] ?? 0)) / 2) ** 2;
  };
  let observed = 0;
  let expected = 0;
  for (let one = 0; one < size; one++)
    for (let other = 0; other < size; other++) {
      observed += (coincidences[one]?.[other] ?? 0) * distance(one, other);
      expected += ((totals[one] ?? 0) * (totals[other] ?? 0) * distance(one, other)) / (n - 1);
    }
  return expected === 0 ? null : 1 - observed / expected;
}

/** A rate as a judge sees it, and what a judge that is measured makes of it. */
export interface CorrectedRate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/**
 * The share of statements that are true, from the share that a judge calls true: Rogan, W. J. & Gladen, B. (1978), Am. J.
 * Epidemiol. 107(1), 71–76; its 95% limits with the uncertainty of the judge's own rates: Lang, Z. & Reiczigel, J. (2014),
 * Prev. Vet. Med. 113(1), 13–22. Null if the judge tells true from false no better than chance, or was never measured on one.
 */
export function correctedRate(called: number, of: number, counts: Confusion): CorrectedRate | null {
  const positives = counts.truePositive + counts.falseNegative;
  const negatives = counts.trueNegative + counts.falsePositive;
  if (of === 0 || positives === 0 || negatives === 0) return null;
  const plainGain = counts.truePositive / positives + counts.trueNegative / negatives - 1;
  if (plainGain <= 0) return null;
  const square = Z_95 ** 2;
  const n = of + square;
  const rate = (called + square / 2) / n;
  const sensitivity = (counts.truePositive + 1) / (positives + 2);
  const specificity = (counts.trueNegative + 1) / (negatives + 2);
  const gain = sensitivity + specificity - 1;
  if (gain <= 0) return null;
  const middle = (rate + specificity - 1) / gain;
  const ofSensitivity = (sensitivity * (1 - sensitivity)) / (positives + 2);
  const ofSpecificity = (specificity * (1 - specificity)) / (negatives + 2);
  const shift = 2 * square * (middle * ofSensitivity - (1 - middle) * ofSpecificity);
  const half =
    (Z_95 / gain) *
    Math.sqrt((rate * (1 - rate)) / n + middle ** 2 * ofSensitivity + (1 - middle) ** 2 * ofSpecificity);
  const clamp = (value: number) => Math.min(1, Math.max(0, value));
  const value = (called / of + counts.trueNegative / negatives - 1) / plainGain;
  return { value: clamp(value), low: clamp(middle + shift - half), high: clamp(middle + shift + half) };
}
