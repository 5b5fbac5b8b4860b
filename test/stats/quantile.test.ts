import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantile, quantileInterval } from '../../src/stats/quantile.js';

describe('quantile', () => {
  // R: quantile(c(1,2,3,4,10), c(.5,.9)), type 7 as by default.
  it('is that of R', () => {
    expect(quantile([1, 2, 3, 4, 10], 0.5)).toBe(3);
    expect(quantile([1, 2, 3, 4, 10], 0.9)).toBeCloseTo(7.6, 12);
    expect(quantile([5], 0.9)).toBe(5);
    expect(quantile([], 0.5)).toBeNull();
  });
});

describe('quantileInterval', () => {
  const oneTo = (n: number) => Array.from({ length: n }, (_, index) => index + 1);

  // Ranks of the median's 95% interval: 2 and 9 of 10, 6 and 15 of 20, 40 and 61 of 100 (Conover, table A3; binomial).
  it.each([
    [10, 2, 9],
    [20, 6, 15],
    [100, 40, 61],
  ])('of the median of %i values', (n, low, high) => {
    expect(quantileInterval(oneTo(n), 0.5)).toEqual({ low, high });
  });

  it('has no end that so few values cannot bound', () => {
    expect(quantileInterval(oneTo(5), 0.5)).toEqual({ low: null, high: null });
    expect(quantileInterval(oneTo(12), 0.9).high).toBeNull();
    expect(quantileInterval([], 0.5)).toEqual({ low: null, high: null });
  });

  it('covers the quantile of a uniform sample about as often as it says', () => {
    let state = 42;
    const next = () => {
      state = (state * 1103515245 + 12345) % 2147483648;
      return state / 2147483648;
    };
    let covered = 0;
    for (let round = 0; round < 2000; round++) {
      const { low, high } = quantileInterval(
        Array.from({ length: 40 }, next).sort((a, b) => a - b),
        0.5,
      );
      if ((low ?? 0) <= 0.5 && (high ?? 1) >= 0.5) covered += 1;
    }
    expect(covered / 2000).toBeGreaterThan(0.94);
    expect(covered / 2000).toBeLessThan(0.99);
  });

  it('holds the quantile between its ends', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: 0, max: 1e6 }), { minLength: 1 }), (values) => {
        const sorted = values.toSorted((a, b) => a - b);
        const { low, high } = quantileInterval(sorted, 0.5);
        const middle = quantile(sorted, 0.5) ?? 0;
        expect(low ?? middle).toBeLessThanOrEqual(middle);
        expect(high ?? middle).toBeGreaterThanOrEqual(middle);
      }),
    );
  });
});
