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
    // 2 x (1 + 20 + 190 + 1140 + 4845 + 15504) ways of 2^20.
    [15, 5, 43_400 / 2 ** 20],
  ])('%i against %i', (wins, losses, p) => {
    expect(signTest(wins, losses)).toBeCloseTo(p, 12);
    expect(signTest(losses, wins)).toBeCloseTo(p, 12);
  });
});

describe('holm', () => {
  it('is that of R: p.adjust(p, "holm")', () => {
    expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
    expect(holm([0.04])).toEqual([0.04]);
    expect(holm([0.6, 0.7])).toEqual([1, 1]);
    expect(holm([])).toEqual([]);
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
