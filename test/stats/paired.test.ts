import { describe, expect, it } from 'vitest';
import { fewestCasesSeen, holm, signTest } from '../../src/stats/paired.js';

describe('signTest', () => {
  // Exact two-sided binomial tests at one half: R's binom.test(k, n)$p.value.
  it.each([
    [5, 0, 0.0625],
    [6, 0, 0.03125],
    [8, 2, 0.109375],
    [0, 0, 1],
    [3, 3, 1],
    [15, 5, 0.04138947],
  ])('%i against %i', (wins, losses, p) => {
    expect(signTest(wins, losses)).toBeCloseTo(p, 7);
    expect(signTest(losses, wins)).toBeCloseTo(p, 7);
  });
});

describe('holm', () => {
  it('steps down until one fails, and nothing after it holds', () => {
    // Thresholds 0.0125, 0.0167, 0.025, 0.05: the third fails, so the fourth is not looked at.
    expect(holm([0.01, 0.04, 0.03, 0.005], 0.05)).toEqual([true, false, false, true]);
    expect(holm([0.04], 0.05)).toEqual([true]);
    expect(holm([], 0.05)).toEqual([]);
  });
});

describe('fewestCasesSeen', () => {
  it('is the number from which a sign test without a loss is significant', () => {
    for (const tests of [1, 3, 6, 28]) {
      const cases = fewestCasesSeen(tests, 0.05);
      expect(signTest(cases, 0)).toBeLessThanOrEqual(0.05 / tests);
      expect(signTest(cases - 1, 0)).toBeGreaterThan(0.05 / tests);
    }
  });
});
