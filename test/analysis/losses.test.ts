/**
 * Answers that never arrive, and which ones is no chance: they may not hide a drop, nor make one. A share of it in
 * `npm test`, all of it where FC_RUNS is set (`npm run test:long`).
 */
import { describe, expect, it } from 'vitest';
import { compare, defaultSettings } from '../../src/analysis/compare.js';
import type { RunProfile } from '../../src/domain/comparison.js';
import { seededRandom } from '../../src/world/random.js';
import { runOf, shifted, type Truth, thinned } from './simulated-runs.js';
import { shiftTo, worlds } from './worlds.js';

const IS_LONG = process.env['FC_RUNS'] !== undefined;
const ROUNDS = IS_LONG ? 300 : 8;
const print = (line: string) => IS_LONG && process.stdout.write(`  ${line}\n`);
const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
const within = (share: number) => share + 3 * Math.sqrt((share * (1 - share)) / ROUNDS);

describe('answers that do not arrive', () => {
  for (const [world, draw] of Object.entries(worlds)) {
    it.each([
      { cases: 50, samples: 3 },
      { cases: 164, samples: 1 },
      { cases: 164, samples: 5 },
    ])(
      `${world}, $cases x $samples`,
      ({ cases, samples }) => {
        const dice = seededRandom(`losses of/${world}/${cases}/${samples}`).next;
        const counts = { hidden: 0, mirrored: 0, atRandom: 0, passing: 0 };
        let dropped = 0;
        for (let round = 0; round < ROUNDS; round++) {
          const all = Array.from({ length: cases }, (): Truth => ({ pass: draw(dice), success: 1, lnMs: 7 }));
          const run = (truths = all) => runOf(truths, samples, dice);
          const verdict = (before: RunProfile, after: RunProfile) =>
            compare(before, after, defaultSettings).verdict;
          const shift = shiftTo(
            all.map(({ pass }) => pass),
            0.1,
          );
          if (shift !== null) {
            dropped += 1;
            const worse = all.map((truth) => ({ ...truth, pass: shifted(truth.pass, shift) }));
            // Half of the failing answers time out.
            if (['pass', 'warn'].includes(verdict(run(), thinned(run(worse), 0.5, 0, dice))))
              counts.hidden += 1;
          }
          if (verdict(thinned(run(), 0.5, 0, dice), run()) === 'fail') counts.mirrored += 1;
          if (verdict(run(), thinned(run(), 0.2, 0.2, dice)) === 'fail') counts.atRandom += 1;
          if (verdict(run(), thinned(run(), 0, 0.2, dice)) === 'fail') counts.passing += 1;
        }
        print(
          `${world}, ${cases} x ${samples}: a drop of 10 points passes ${percent(counts.hidden / Math.max(1, dropped))} where failing answers are lost; equal models fail: ${percent(counts.mirrored / ROUNDS)} where the baseline lost failing ones, ${percent(counts.atRandom / ROUNDS)} where a fifth is lost at random, ${percent(counts.passing / ROUNDS)} where passing ones are lost`,
        );
        expect(counts.hidden / Math.max(1, dropped)).toBeLessThanOrEqual(within(0.1));
        for (const count of [counts.mirrored, counts.atRandom, counts.passing])
          expect(count / ROUNDS).toBeLessThanOrEqual(within(0.05));
      },
      120_000,
    );
  }
});
