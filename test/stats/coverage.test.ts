/**
 * How often intervals hold the truth: Wilson's by enumeration, the others by simulation. A share of it in `npm test`, all
 * of it, as a table, where FC_RUNS is set (`npm run test:long`).
 */
import { describe, expect, it } from 'vitest';
import { quantileInterval } from '../../src/stats/quantile.js';
import { meanOfCases, wilson } from '../../src/stats/rate.js';
import { seededRandom } from '../../src/world/random.js';
import { beta, normal } from '../analysis/simulated-runs.js';

const IS_LONG = process.env['FC_RUNS'] !== undefined;
const ROUNDS = IS_LONG ? 10_000 : 600;
const sizes = [3, 10, 50, 164];
const print = (line: string) => IS_LONG && process.stdout.write(`  ${line}\n`);
const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
/** Three standard errors of a share near 95% over so many rounds. */
const CHANCE = 3 * Math.sqrt((0.95 * 0.05) / ROUNDS);

function binomial(n: number, p: number): number[] {
  const chances = [(1 - p) ** n];
  for (let count = 0; count < n; count++) {
    chances.push(((chances[count] ?? 0) * (n - count) * p) / ((count + 1) * (1 - p)));
  }
  return chances;
}

function wilsonCoverage(n: number, p: number): number {
  return binomial(n, p).reduce((sum, chance, successes) => {
    const { low, high } = wilson(successes, n);
    return low <= p && p <= high ? sum + chance : sum;
  }, 0);
}

describe("Wilson's interval", () => {
  // By hand: 0.05 lies in the interval of no success in 3 and of no other; 0.5 lies in all four; and the dip near the ends
  // (Brown, Cai & DasGupta, Interval Estimation for a Binomial Proportion, 2001): 0.002 in that of no success in 50 alone.
  it.each([
    [3, 0.05, 0.95 ** 3],
    [3, 0.5, 1],
    [50, 0.002, 0.998 ** 50],
  ])('has the coverage that is known of it: n=%i, p=%d', (n, p, coverage) => {
    expect(wilsonCoverage(n, p)).toBeCloseTo(coverage, 12);
  });

  it.each(sizes)('holds at least 93%% on average over rates, n=%i', (n) => {
    const rates = Array.from({ length: 91 }, (_, index) => 0.05 + index / 100);
    const all = rates.map((rate) => wilsonCoverage(n, rate));
    const mean = all.reduce((sum, one) => sum + one, 0) / all.length;
    print(`Wilson, n=${n}: ${percent(mean)} on average, ${percent(Math.min(...all))} at least`);
    expect(mean).toBeGreaterThan(0.93);
  });
});

function simulated(holds: (dice: () => number) => boolean, seed: string): number {
  const dice = seededRandom(seed).next;
  let held = 0;
  for (let round = 0; round < ROUNDS; round++) if (holds(dice)) held += 1;
  return held / ROUNDS;
}

describe('the clustered interval of several samples a case', () => {
  const difficulties = [
    [0.3, 0.2],
    [0.5, 0.35],
    [0.8, 0.5],
    // All around 80%, and means of 90, 96 and 99%.
    [8, 2],
    [0.9, 0.1],
    [5, 0.2],
    [20, 0.2],
  ] as const;
  for (const [a, b] of difficulties) {
    it.each([3, 10, 20, 50, 164])(`Beta(${a}, ${b}), 5 samples, n=%i`, (n) => {
      const truth = a / (a + b);
      const share = simulated((dice) => {
        const clusters = Array.from({ length: n }, () => {
          const rate = beta(a, b, dice);
          return { n: 5, sum: Array.from({ length: 5 }, dice).filter((one) => one < rate).length };
        });
        const interval = meanOfCases(clusters);
        return interval !== null && interval.low <= truth && truth <= interval.high;
      }, `clustered/${a}/${n}`);
      print(`clustered, Beta(${a}, ${b}), 5 samples, n=${n}: ${percent(share)}`);
      if (n >= 10) expect(share).toBeGreaterThan(0.93 - CHANCE);
    });
  }
});

describe('intervals of latency', () => {
  it.each(sizes)('quantiles, of a lognormal, n=%i', (n) => {
    const truths = { p50: 0, p90: 1.2815515655446004 };
    for (const [name, p] of [
      ['p50', 0.5],
      ['p90', 0.9],
    ] as const) {
      const share = simulated((dice) => {
        const values = Array.from({ length: n }, () => normal(dice)).sort((x, y) => x - y);
        const { low, high } = quantileInterval(values, p);
        // An end that cannot be bounded holds everything.
        return (low ?? -Infinity) <= truths[name] && truths[name] <= (high ?? Infinity);
      }, `quantile/${p}/${n}`);
      print(`quantile ${name}, n=${n}: ${percent(share)}`);
      expect(share).toBeGreaterThan(0.93 - CHANCE);
    }
  });
});
