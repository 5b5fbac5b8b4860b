/**
 * A gate with `--max-drop`, sized as the forecast says: a model that has not changed passes four times of five, and one that
 * lost exactly what is allowed fails in at most 5%. A share of it in `npm test`, all of it where FC_RUNS is set.
 */
import { describe, expect, it } from 'vitest';
import { compare, defaultSettings } from '../../src/analysis/compare.js';
import { errorsAt } from '../../src/domain/compare-settings.js';
import { samplesToPass } from '../../src/stats/power.js';
import { seededRandom } from '../../src/world/random.js';
import { runOf, shifted, type Truth } from './simulated-runs.js';
import { shiftTo, worlds } from './worlds.js';

const IS_LONG = process.env['FC_RUNS'] !== undefined;
const ROUNDS = IS_LONG ? 400 : 8;
const print = (line: string) => IS_LONG && process.stdout.write(`  ${line}\n`);
const percent = (share: number) => `${(100 * share).toFixed(1)}%`;

describe('--max-drop, with the samples that the forecast names', () => {
  for (const [world, draw] of Object.entries(worlds)) {
    it.each([
      { cases: 20, before: 3, allowed: 0.15 },
      { cases: 50, before: 1, allowed: 0.15 },
      { cases: 50, before: 5, allowed: 0.08 },
      { cases: 164, before: 1, allowed: 0.1 },
      { cases: 164, before: 5, allowed: 0.06 },
    ])(
      `${world}, $cases cases x $before before, $allowed allowed`,
      ({ cases, before, allowed }) => {
        const dice = seededRandom(`sizing/${world}/${cases}/${before}`).next;
        const settings = { ...defaultSettings, max_drop: { pass_rate: allowed } };
        let [passed, sized, failed, dropped, samplesTold] = [0, 0, 0, 0, 0];
        for (let round = 0; round < ROUNDS; round++) {
          const all = Array.from({ length: cases }, (): Truth => ({ pass: draw(dice), success: 1, lnMs: 7 }));
          const first = runOf(all, before, dice);
          const counts = first.candidates[0]?.cases.map(({ judged, passed: own }) => ({
            n: judged,
            successes: own,
          }));
          const needed = (sides: 'after' | 'both') =>
            samplesToPass(counts ?? [], allowed, errorsAt(settings.alpha).low, sides);
          const [after, both] = [needed('after'), needed('both')];
          const samples = after ?? both;
          if (samples === null) continue;
          sized += 1;
          samplesTold += samples;
          const baseline = after === null ? runOf(all, samples, dice) : first;
          if (compare(baseline, runOf(all, samples, dice), settings).verdict === 'pass') passed += 1;
          const shift = shiftTo(
            all.map(({ pass }) => pass),
            allowed,
          );
          if (shift === null) continue;
          dropped += 1;
          const lower = all.map((truth) => ({ ...truth, pass: shifted(truth.pass, shift) }));
          // A baseline of its own: one that was found good enough to keep is a little too good.
          const other = runOf(all, after === null ? samples : before, dice);
          if (compare(other, runOf(lower, samples, dice), settings).verdict === 'fail') failed += 1;
        }
        print(
          `${world}, ${cases} x ${before}, ${allowed} allowed: sized ${sized}, ${(samplesTold / Math.max(1, sized)).toFixed(1)} samples; no drop passes ${percent(passed / sized)}, the drop itself fails ${percent(failed / dropped)}`,
        );
        const error = (share: number, rounds: number) =>
          3 * Math.sqrt((share * (1 - share)) / Math.max(1, rounds));
        if (sized >= 10) expect(passed / sized).toBeGreaterThanOrEqual(0.8 - error(0.8, sized));
        if (dropped >= 10) expect(failed / dropped).toBeLessThanOrEqual(0.05 + error(0.05, dropped));
      },
      120_000,
    );
  }
});
