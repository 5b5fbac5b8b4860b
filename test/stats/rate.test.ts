import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { meanOfCases, meanOfValues, wilson } from '../../src/stats/rate.js';
import { studentQuantile } from '../../src/stats/student.js';

describe('wilson', () => {
  // 81 of 263, 15 of 148, 0 of 20, 1 of 29: the examples of Newcombe (1998), Statistics in Medicine 17, table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
    [3, 3, 0.4385, 1],
  ])('%i of %i', (successes, n, low, high) => {
    const interval = wilson(successes, n);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it('ends where the share is z standard errors away, to 1e-9: the definition of the score interval', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(), (n, raw) => {
        const successes = raw % (n + 1);
        const { low, high } = wilson(successes, n);
        for (const end of [low, high]) {
          if (end === 0 || end === 1) continue;
          const distance = Math.abs(successes / n - end);
          expect(distance).toBeCloseTo(1.959963984540054 * Math.sqrt((end * (1 - end)) / n), 9);
        }
      }),
    );
  });

  it('holds the share, lies in 0 to 1, and mirrors failures', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.nat(), (n, raw) => {
        const successes = raw % (n + 1);
        const { low, high } = wilson(successes, n);
        const mirrored = wilson(n - successes, n);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(successes / n);
        expect(high).toBeGreaterThanOrEqual(successes / n);
        expect(mirrored.low).toBeCloseTo(1 - high, 12);
      }),
    );
  });
});

describe('studentQuantile at 97.5%', () => {
  // Any printed table of t, two-sided 5%.
  it.each([
    [1, 12.706],
    [2, 4.303],
    [3, 3.182],
    [4, 2.776],
    [11, 2.201],
    [30, 2.042],
    [120, 1.98],
    [5000, 1.9604],
  ])('%i degrees of freedom', (freedom, t) => {
    expect(studentQuantile(0.025, freedom)).toBeCloseTo(t, 3);
  });
});

describe('studentQuantile at 97.5%, where it has a pausedm', () => {
  // Shaw (2006), Sampling Student's T distribution, Journal of Computational Finance 9, section 2.2, at p = 0.975.
  const a = 4 * 0.975 * 0.025;
  it.each([
    [1, Math.tan(Math.PI * 0.475)],
    [2, 0.95 * Math.sqrt(2 / a)],
    [4, 2 * Math.sqrt(Math.cos(Math.acos(Math.sqrt(a)) / 3) / Math.sqrt(a) - 1)],
  ])('%i degrees of freedom, to 1e-9', (freedom, t) => {
    expect(studentQuantile(0.025, freedom)).toBeCloseTo(t, 9);
  });
});

const sums = (clusters: readonly (readonly number[])[]) =>
  clusters.map((cluster) => ({ n: cluster.length, sum: cluster.reduce((before, one) => before + one, 0) }));

describe('the mean over cases, and over values', () => {
  it('is Wilson with one zero or one a case', () => {
    for (const mean of [meanOfCases, meanOfValues])
      expect(mean(sums([[1], [1], [0], []]))).toEqual({ value: 2 / 3, n: 3, ...wilson(2, 3) });
  });

  it('differs where cases have more answers than others', () => {
    const uneven = sums([[1, 1, 1, 1], [0], [0]]);
    expect(meanOfCases(uneven)?.value).toBeCloseTo(1 / 3, 12);
    expect(meanOfValues(uneven)?.value).toBeCloseTo(4 / 6, 12);
  });

  it('is close to the t interval where that is right: many cases in the middle', () => {
    const many = sums(Array.from({ length: 200 }, (_, index) => [index % 3 === 0 ? 0 : 1, index % 2]));
    const means = many.map(({ sum }) => sum / 2);
    const mean = means.reduce((all, one) => all + one, 0) / 200;
    const error = Math.sqrt(means.reduce((all, one) => all + (one - mean) ** 2, 0) / 199 / 200);
    const { value, low, high } = meanOfCases(many) ?? { value: 0, low: 0, high: 0 };
    expect(value).toBeCloseTo(mean, 12);
    expect(low).toBeCloseTo(mean - 1.972 * error, 2);
    expect(high).toBeCloseTo(mean + 1.972 * error, 2);
  });

  it('is Wilson on the number of cases when all agree, and no step away from it with one failure', () => {
    expect(
      meanOfCases(
        sums([
          [1, 1, 1],
          [1, 1, 1],
          [1, 1, 1],
        ]),
      ),
    ).toEqual({ value: 1, n: 9, ...wilson(3, 3) });
    const twenty = Array.from({ length: 20 }, () => [1, 1, 1, 1, 1]);
    const all = meanOfCases(sums(twenty));
    const one = meanOfCases(sums([[0, 1, 1, 1, 1], ...twenty.slice(1)]));
    expect(all?.low).toBeCloseTo(0.839, 3);
    expect(one?.low).toBeGreaterThan(0.83);
    expect(one?.low).toBeLessThan(0.88);
    expect(one?.high).toBeGreaterThan(0.995);
  });

  it('says nothing of nothing', () => {
    for (const mean of [meanOfCases, meanOfValues]) {
      expect(mean([])).toBeNull();
      expect(mean([{ n: 0, sum: 0 }])).toBeNull();
    }
  });

  it('does not depend on the order, and holds its value', () => {
    const cluster = fc.array(fc.constantFrom(0, 0.25, 1), { maxLength: 4 });
    fc.assert(
      fc.property(fc.array(cluster, { minLength: 1, maxLength: 12 }), (clusters) => {
        for (const mean of [meanOfCases, meanOfValues]) {
          const share = mean(sums(clusters));
          if (share === null) continue;
          expect(share.low).toBeLessThanOrEqual(share.value + 1e-12);
          expect(share.high).toBeGreaterThanOrEqual(share.value - 1e-12);
          const turned = mean(sums(clusters.toReversed()));
          expect(turned?.value).toBeCloseTo(share.value, 12);
          expect(turned?.low).toBeCloseTo(share.low, 9);
        }
      }),
    );
  });
});
