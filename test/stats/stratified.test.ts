import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { passAtK } from '../../src/stats/pass-at-k.js';
import { type Stratum, stratifiedDifference, stratifiedTest } from '../../src/stats/stratified.js';

/** One trial a side: `lost` cases passed before only, `won` after only, `same` on both. */
function pairs(lost: number, won: number, same = 0): Stratum[] {
  const pair = (before: number, after: number): Stratum => ({
    before: { n: 1, successes: before },
    after: { n: 1, successes: after },
  });
  return [
    ...Array.from({ length: lost }, () => pair(1, 0)),
    ...Array.from({ length: won }, () => pair(0, 1)),
    ...Array.from({ length: same }, () => pair(1, 1)),
  ];
}

describe('the stratified test', () => {
  // R: binom.test(lost, lost + won, alternative = "greater")$p.value.
  it.each([
    [5, 0, 0.03125],
    [8, 2, 0.0546875],
    [15, 5, 0.02069473266601562],
    [0, 4, 1],
    [0, 0, 1],
  ])("with one trial a side it is McNemar's: %i lost, %i won", (lost, won, p) => {
    expect(stratifiedTest(pairs(lost, won, 30))).toBeCloseTo(p, 12);
  });

  // R: fisher.test(matrix(c(3, 7, 1, 9), 2))$p.value and phyper: one stratum is Fisher's exact test.
  it("with one stratum it is Fisher's: the tea-taster's table, one-sided", () => {
    const tea: Stratum = { before: { n: 4, successes: 3 }, after: { n: 4, successes: 1 } };
    expect(stratifiedTest([tea])).toBeCloseTo(17 / 70, 12);
  });

  it('is what counting every outcome gives', () => {
    const side = fc
      .integer({ min: 0, max: 3 })
      .chain((n) => fc.record({ n: fc.constant(n), successes: fc.integer({ min: 0, max: n }) }));
    fc.assert(
      fc.property(fc.array(fc.record({ before: side, after: side }), { maxLength: 4 }), (strata) => {
        expect(stratifiedTest(strata)).toBeCloseTo(counted(strata), 9);
      }),
      { numRuns: 300 },
    );
  });

  it('stays exact over thousands of cases', () => {
    const strata = Array.from({ length: 3000 }, (_, index) => ({
      before: { n: 5, successes: index % 6 },
      after: { n: 5, successes: index % 6 },
    }));
    const p = stratifiedTest(strata);
    expect(p).toBeGreaterThan(0.5);
    expect(p).toBeLessThan(0.52);
    expect(stratifiedTest(pairs(0, 200))).toBe(1);
    expect(stratifiedTest(pairs(40, 0))).toBeCloseTo(2 ** -40, 20);
  });
});

interface KnownTable {
  readonly strata: readonly (readonly [number, number, number, number])[];
  readonly fewer: number;
  readonly more: number;
  readonly either: number;
}

describe('200 tables of up to 20,000 answers', () => {
  const known = JSON.parse(
    readFileSync(new URL('mantelhaen.json', import.meta.url), 'utf8'),
  ) as readonly KnownTable[];
  const near = (p: number, known: number) => Math.abs(p - known) <= 1e-9 * Math.max(known, 1e-3);

  it("have the p values of R's mantelhaen.test(exact = TRUE), to 1e-9", () => {
    expect(known.length).toBe(200);
    for (const { strata, fewer, more, either } of known) {
      const own = strata.map(
        ([n, successes, nAfter, after]): Stratum => ({
          before: { n, successes },
          after: { n: nAfter, successes: after },
        }),
      );
      const turned = own.map(({ before, after }) => ({ before: after, after: before }));
      const p = [stratifiedTest(own), stratifiedTest(turned), stratifiedDifference(own)];
      expect([p, near(p[0] ?? 2, fewer), near(p[1] ?? 2, more), near(p[2] ?? 2, either)]).toEqual([
        p,
        true,
        true,
        true,
      ]);
      expect(stratifiedDifference(turned)).toBeCloseTo(p[2] ?? 2, 12);
    }
  });

  it('a case of thousands of answers has a p that is a number', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20_000 }),
        fc.integer({ min: 1, max: 20_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (n, nAfter, share, shareAfter) => {
          const stratum: Stratum = {
            before: { n, successes: Math.round(n * share) },
            after: { n: nAfter, successes: Math.round(nAfter * shareAfter) },
          };
          for (const p of [stratifiedTest([stratum]), stratifiedDifference([stratum])]) {
            expect(p).toBeGreaterThanOrEqual(0);
            expect(p).toBeLessThanOrEqual(1);
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});

/** Every way in which the successes of a stratum can fall on its trials, each as likely as any other. */
function counted(strata: readonly Stratum[]): number {
  const observed = strata.reduce((sum, { after }) => sum + after.successes, 0);
  let sums = new Map([[0, 1]]);
  for (const { before, after } of strata) {
    const total = before.successes + after.successes;
    const all = before.n + after.n;
    const next = new Map<number, number>();
    for (let set = 0; set < 2 ** all; set++) {
      const bits = [...set.toString(2).padStart(all, '0')].map(Number).slice(0, all);
      if (all > 0 && bits.reduce((sum, bit) => sum + bit, 0) !== total) continue;
      const here = bits.slice(before.n).reduce((sum, bit) => sum + bit, 0);
      for (const [sum, ways] of sums) next.set(sum + here, (next.get(sum + here) ?? 0) + ways);
    }
    sums = next;
  }
  let few = 0;
  let ways = 0;
  for (const [sum, count] of sums) {
    ways += count;
    if (sum <= observed) few += count;
  }
  return few / ways;
}

describe('pass@k', () => {
  it('is the share of draws of k in which one passes', () => {
    expect(passAtK(10, 3, 1)).toBeCloseTo(0.3, 12);
    // 1 - C(7,5)/C(10,5) = 1 - 21/252.
    expect(passAtK(10, 3, 5)).toBeCloseTo(1 - 21 / 252, 12);
    // C(193,100)/C(200,100), factor by factor.
    const allFail = [0, 1, 2, 3, 4, 5, 6].reduce(
      (share, index) => share * ((100 - index) / (200 - index)),
      1,
    );
    expect(passAtK(200, 7, 100)).toBeCloseTo(1 - allFail, 12);
    expect(passAtK(5, 0, 5)).toBe(0);
    expect(passAtK(5, 1, 5)).toBe(1);
    expect(passAtK(4, 4, 5)).toBeNull();
  });
});
