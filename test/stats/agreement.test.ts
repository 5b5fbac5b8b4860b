/** Agreement beyond chance: known answers, and whether the limits hold what they promise. */
import { describe, expect, it, test } from 'vitest';
import {
  baseRate,
  cohenKappa,
  confusionOf,
  correctedRate,
  kappaInterval,
  krippendorffAlpha,
  rawAgreement,
} from '../../src/stats/agreement.js';
import { seededRandom } from '../../src/world/random.js';

const table = (truePositive: number, falseNegative: number, falsePositive: number, trueNegative: number) => ({
  truePositive,
  falseNegative,
  falsePositive,
  trueNegative,
});

describe('known answers', () => {
  it("of Cohen's kappa", () => {
    // Two raters of 50 proposals: 20 and 15 alike, 5 and 10 not.
    const counts = table(20, 5, 10, 15);
    expect(cohenKappa(counts)).toBeCloseTo(0.4, 12);
    expect(rawAgreement(counts)).toBeCloseTo(0.7, 12);
    expect(baseRate(counts)).toBeCloseTo(0.5, 12);
    // Raw agreement of 90%, and no better than chance.
    expect(cohenKappa(table(90, 5, 5, 0))).toBeLessThan(0);
    expect(cohenKappa(table(10, 0, 0, 0))).toBeNull();
    expect(cohenKappa(table(0, 0, 0, 0))).toBeNull();
  });

  it("of Krippendorff's alpha", () => {
    // Krippendorff (2011), Computing Krippendorff's alpha-reliability: examples A and C.
    const two = [
      [0, 1],
      [1, 1],
      [0, 1],
      [0, 0],
      [0, 0],
      [0, 1],
      [0, 0],
      [0, 0],
      [1, 0],
      [0, 0],
    ];
    expect(krippendorffAlpha(two, 'nominal')).toBeCloseTo(0.095, 3);
    const none = null;
    const four = [
      [1, 1, none, 1],
      [2, 2, 3, 2],
      [3, 3, 3, 3],
      [3, 3, 3, 3],
      [2, 2, 2, 2],
      [1, 2, 3, 4],
      [4, 4, 4, 4],
      [1, 1, 2, 1],
      [2, 2, 2, 2],
      [none, 5, 5, 5],
      [none, none, 1, 1],
      [none, 3, none, none],
    ];
    expect(krippendorffAlpha(four, 'nominal')).toBeCloseTo(0.743, 3);
    expect(krippendorffAlpha(four, 'ordinal')).toBeCloseTo(0.815, 3);
  });

  it('of Rogan and Gladen', () => {
    // 60% called true by a judge with 90% and 80%: (0.6 + 0.8 - 1) / (0.9 + 0.8 - 1).
    expect(correctedRate(60, 100, table(90, 10, 20, 80))?.value).toBeCloseTo(0.4 / 0.7, 12);
    expect(correctedRate(60, 100, table(50, 50, 50, 50))).toBeNull();
    expect(correctedRate(60, 100, table(50, 0, 0, 0))).toBeNull();
    expect(correctedRate(0, 0, table(9, 1, 1, 9))).toBeNull();
    // More anchors, narrower limits.
    const width = (factor: number) => {
      const found = correctedRate(60, 100, table(9 * factor, factor, 2 * factor, 8 * factor));
      return (found?.high ?? 1) - (found?.low ?? 0);
    };
    expect(width(10)).toBeLessThan(width(2));
  });
});

/** Of `worlds`, how many hold the truth between their limits: a judge of a known confusion matrix. */
function coverage(worlds: number, labels: number, answers: number, seed: string) {
  const { next } = seededRandom(seed);
  const [sensitivity, specificity, labelled, truth] = [0.85, 0.75, 0.6, 0.7];
  const judged = (label: boolean) => next() < (label ? sensitivity : 1 - specificity);
  const cells = {
    agreed: labelled * sensitivity + (1 - labelled) * specificity,
    called: labelled * sensitivity + (1 - labelled) * (1 - specificity),
  };
  const byChance = labelled * cells.called + (1 - labelled) * (1 - cells.called);
  const kappa = (cells.agreed - byChance) / (1 - byChance);
  const held = { kappa: 0, rate: 0, plain: 0 };
  for (let world = 0; world < worlds; world++) {
    const counts = confusionOf(
      Array.from({ length: labels }, () => {
        const label = next() < labelled;
        return { label, judged: judged(label) };
      }),
    );
    const limits = kappaInterval(counts);
    if (limits !== null && limits.low <= kappa && kappa <= limits.high) held.kappa += 1;
    const called = Array.from({ length: answers }, () => judged(next() < truth)).filter(Boolean).length;
    const rate = correctedRate(called, answers, counts);
    if (rate !== null && rate.low <= truth && truth <= rate.high) held.rate += 1;
    if (Math.abs(called / answers - truth) < 0.05) held.plain += 1;
  }
  return held;
}

const IS_LONG = process.env['FC_RUNS'] !== undefined;

test.each([
  [60, 40],
  [120, 100],
  [400, 300],
])('limits hold the truth: %i labels, %i answers', (labels, answers) => {
  const worlds = IS_LONG ? 20_000 : 2_000;
  const { kappa, rate } = coverage(worlds, labels, answers, `agreement ${labels}`);
  expect(kappa / worlds).toBeGreaterThanOrEqual(0.93);
  expect(rate / worlds).toBeGreaterThanOrEqual(0.93);
});
