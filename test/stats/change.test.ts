/**
 * Changes and their intervals: known answers, one test behind p and interval, and how often intervals hold the truth in worlds
 * that are known. A share of those in `npm test`, all of them where FC_RUNS is set (`npm run test:long`).
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { errorsAt } from '../../src/domain/compare-settings.js';
import { meanChange, rateChange } from '../../src/stats/change.js';
import { type Stratum, stratifiedTest } from '../../src/stats/stratified.js';
import { seededRandom } from '../../src/world/random.js';
import { normal, shifted } from '../analysis/simulated-runs.js';
import { shapes, shiftTo, worlds } from '../analysis/worlds.js';

const IS_LONG = process.env['FC_RUNS'] !== undefined;
const ROUNDS = IS_LONG ? 2_000 : 24;
const print = (line: string) => IS_LONG && process.stdout.write(`  ${line}\n`);
const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
const dice = () => seededRandom('test').next;
const error = (share: number, rounds: number) => Math.sqrt((share * (1 - share)) / rounds);

const pair = (n: number, successes: number, nAfter: number, after: number): Stratum => ({
  before: { n, successes },
  after: { n: nAfter, successes: after },
});
const both = (error: number) => ({ low: error / 2, high: error / 2 });
const times = (count: number, stratum: Stratum) => Array.from({ length: count }, () => stratum);

describe('the change of a rate', () => {
  it("with one trial a side ends where McNemar's test with its half step leaves it, and Wilson's", () => {
    const strata = [...times(9, pair(1, 1, 1, 0)), pair(1, 0, 1, 1), ...times(90, pair(1, 1, 1, 1))];
    const change = rateChange(strata);
    const { low = 0, high = 0 } = change?.interval(both(0.05)) ?? {};
    expect(change?.value).toBeCloseTo(-0.08, 12);
    expect(high).toBeCloseTo(-(8 - 0.5 - 1.959964 * Math.sqrt(10)) / 100, 5);
    // A drop of so much leaves more traces than ten: the binomial spread of itself.
    const drop = -(low ?? 0);
    expect(drop - 0.085).toBeCloseTo(1.959964 * Math.sqrt((drop * (1 - drop)) / 100), 5);
  });

  it('is bounded where nothing turned: so many cases would have shown more', () => {
    const { low, high } = rateChange(times(20, pair(1, 1, 1, 1)))?.interval(both(0.05)) ?? {};
    // Near the end of Wilson's interval of 20 of 20.
    expect(low).toBeGreaterThan(-0.22);
    expect(low).toBeLessThan(-0.15);
    expect(high).toBeGreaterThan(0.15);
  });

  it('has no evidence and every change open with a single answer a side', () => {
    const change = rateChange([pair(1, 1, 1, 0)]);
    expect(change?.pBelow(0)).toBe(0.5);
    expect(change?.interval(both(0.05))).toEqual({ low: -1, high: 1 });
    expect(rateChange([])).toBeNull();
  });

  const side = fc
    .integer({ min: 1, max: 6 })
    .chain((n) => fc.record({ n: fc.constant(n), successes: fc.integer({ min: 0, max: n }) }));
  const someStrata = fc.array(fc.record({ before: side, after: side }), { minLength: 1, maxLength: 40 });

  it('says 0 is out exactly where the exact test does, in both directions', () => {
    fc.assert(
      fc.property(someStrata, fc.constantFrom(0.01, 0.05, 0.1, 0.2), (strata, alpha) => {
        const change = rateChange(strata);
        const { low, high } = change?.interval(both(alpha)) ?? {};
        expect((high ?? 1) < 0).toBe(stratifiedTest(strata) <= alpha / 2);
        const turned = strata.map(({ before, after }) => ({ before: after, after: before }));
        expect((low ?? -1) > 0).toBe(stratifiedTest(turned) <= alpha / 2);
        expect(low ?? 0).toBeLessThanOrEqual((change?.value ?? 0) + 1e-9);
        expect(high ?? 0).toBeGreaterThanOrEqual((change?.value ?? 0) - 1e-9);
      }),
    );
  });

  it('says a limit is passed exactly where its p says so', () => {
    fc.assert(
      fc.property(someStrata, fc.double({ min: 0.01, max: 0.9, noNaN: true }), (strata, limit) => {
        const change = rateChange(strata);
        const p = change?.pBelow(-limit) ?? 1;
        if (Math.abs(p - 0.025) < 1e-6) return;
        expect((change?.interval(both(0.05)).high ?? 1) < -limit).toBe(p <= 0.025);
      }),
    );
  });
});

describe('the interval of a rate in worlds that are known', () => {
  for (const [world, draw] of Object.entries(worlds)) {
    for (const cases of [20, 50, 164]) {
      it.each([0, 0.05, 0.1])(
        `${world}, ${cases} cases, a drop of %d`,
        (drop) => {
          for (const { before, after } of shapes) {
            const next = seededRandom(`change/${world}/${cases}/${drop}/${before}/${after}`).next;
            const count = (n: number, rate: number) =>
              Array.from({ length: n }, next).filter((one) => one < rate).length;
            let held = 0;
            let beyond = 0;
            let rounds = 0;
            for (let round = 0; round < ROUNDS; round++) {
              const rates = Array.from({ length: cases }, () => draw(next));
              const shift = drop === 0 ? 0 : shiftTo(rates, drop);
              if (shift === null) continue;
              rounds += 1;
              const interval = rateChange(
                rates.map((rate) =>
                  pair(before, count(before, rate), after, count(after, shifted(rate, shift))),
                ),
              )?.interval(errorsAt(0.05));
              const { low, high } = interval ?? {};
              if ((low ?? 1) <= -drop + 1e-9 && (high ?? -1) >= -drop - 1e-9) held += 1;
              if ((high ?? 1) < -drop - 1e-9) beyond += 1;
            }
            const what = `${world}, ${cases} cases, ${before} against ${after}, a drop of ${drop}`;
            print(`${what}: holds ${percent(held / rounds)}, fails at the limit ${percent(beyond / rounds)}`);
            expect(held / rounds, what).toBeGreaterThanOrEqual(0.93 - 3 * error(0.93, rounds));
            expect(beyond / rounds, what).toBeLessThanOrEqual(0.05 + 3 * error(0.05, rounds));
          }
        },
        120_000,
      );
    }
  }
});

describe('the mean of differences', () => {
  it('is exact where they are few', () => {
    // Fisher's example (The Design of Experiments, section 21): Darwin's maize, 15 pairs; 863 of 32768 on one side.
    const maize = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48].map((one) => -one);
    expect(meanChange(maize, dice())?.pBelow(0)).toBeCloseTo(863 / 32768, 12);
    expect(meanChange([-1, -2, -3], dice())?.pBelow(0)).toBe(1 / 8);
    expect(meanChange([1, -1], dice())?.pBelow(0)).toBe(3 / 4);
    expect(meanChange([0, 0], dice())?.pBelow(0)).toBe(1);
    expect(meanChange([], dice())).toBeNull();
  });

  it('has no interval of so few that no test could exclude anything', () => {
    expect(meanChange([1, 2, 3], dice())?.interval(both(0.05))).toEqual({ low: null, high: null });
    expect(meanChange([1, 2, 3, 4, 5, 6], dice())?.interval(both(0.05))).toEqual({ low: 1, high: 6 });
  });

  it('is the same at random as by enumeration, and never says 0', () => {
    const random = seededRandom('differences').next;
    const some = Array.from({ length: 13 }, () => 0.35 - random());
    const exact = meanChange(some, dice())?.pBelow(0) ?? 0;
    const sampled = meanChange([...some, ...Array.from({ length: 10 }, () => 1e-9)], dice())?.pBelow(0) ?? 1;
    expect(Math.abs(exact - sampled)).toBeLessThan(0.02);
    const all = Array.from({ length: 60 }, () => -1);
    expect(meanChange(all, dice())?.pBelow(0)).toBe(1 / 10_000);
  });

  it('ends its interval where its p says so', () => {
    const values = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 6, maxLength: 40 });
    fc.assert(
      fc.property(values, (differences) => {
        const change = meanChange(differences, dice());
        const { high } = change?.interval(both(0.05)) ?? {};
        if (high === null || high === undefined) return;
        expect(change?.pBelow(high + 1e-6)).toBeLessThanOrEqual(0.025);
        expect(change?.pBelow(high - 1e-6)).toBeGreaterThan(0.025);
      }),
    );
  });

  it.each([10, 50, 164])('holds the truth, of %i log ratios', (n) => {
    const next = seededRandom(`ratios/${n}`).next;
    const rounds = IS_LONG ? 2_000 : 60;
    let held = 0;
    for (let round = 0; round < rounds; round++) {
      const interval = meanChange(
        Array.from({ length: n }, () => 0.2 + 0.5 * normal(next)),
        next,
      )?.interval(both(0.05));
      if ((interval?.low ?? -9) <= 0.2 && 0.2 <= (interval?.high ?? 9)) held += 1;
    }
    print(`${n} paired log ratios: holds ${percent(held / rounds)}`);
    expect(held / rounds).toBeGreaterThanOrEqual(0.94 - 3 * error(0.94, rounds));
  });
});
