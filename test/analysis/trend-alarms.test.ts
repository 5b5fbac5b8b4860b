/**
 * How often the trend of an unchanged model reports a change of its pass rate or latency, in worlds whose truth is known.
 * A share of it in `npm test`, all of it if FC_RUNS is set (`npm run test:long`).
 */
import { describe, expect, it } from 'vitest';
import { trend } from '../../src/analysis/trend.js';
import type { RunProfile } from '../../src/domain/comparison.js';
import { seededRandom } from '../../src/world/random.js';
import { normal, runOf, type Truth, thinned } from './simulated-runs.js';
import { worlds } from './worlds.js';

const IS_LONG = process.env['FC_RUNS'] !== undefined;
const ROUNDS = IS_LONG ? 200 : 6;
const RUNS = 6;
const print = (line: string) => IS_LONG && process.stdout.write(`  ${line}\n`);

/** One half of a history: samples a case, and the chance that a failing and a passing answer is lost. */
interface Half {
  readonly samples: number;
  readonly ofFailing: number;
  readonly ofPassing: number;
}

const all = (samples: number): Half => ({ samples, ofFailing: 0, ofPassing: 0 });

const histories: readonly { readonly name: string; readonly halves: readonly [Half, Half] }[] = [
  ...[1, 3, 5].map((samples) => ({
    name: `${samples} samples`,
    halves: [all(samples), all(samples)] as const,
  })),
  { name: '1 sample, then 5', halves: [all(1), all(5)] },
  {
    name: '3 samples, then half lost at random',
    halves: [all(3), { samples: 3, ofFailing: 0.5, ofPassing: 0.5 }],
  },
  {
    name: '3 samples, then half of the failing lost',
    halves: [all(3), { samples: 3, ofFailing: 0.5, ofPassing: 0 }],
  },
  {
    name: '3 samples, then half of the passing lost',
    halves: [all(3), { samples: 3, ofFailing: 0, ofPassing: 0.5 }],
  },
];

describe('the trend of an unchanged model', () => {
  for (const [world, draw] of Object.entries(worlds)) {
    for (const cases of IS_LONG ? [20, 50, 164] : [20]) {
      it.each(histories)(
        `${world}, ${cases} cases, $name`,
        ({ name, halves: [early, late] }) => {
          const dice = seededRandom(`trend/${world}/${cases}/${name}`).next;
          let alarms = 0;
          for (let round = 0; round < ROUNDS; round++) {
            const truths = Array.from(
              { length: cases },
              (): Truth => ({ pass: draw(dice), success: 1, lnMs: 7.5 + 0.6 * normal(dice) }),
            );
            const runs = Array.from({ length: RUNS }, (_, week): RunProfile => {
              const half = week < RUNS / 2 ? early : late;
              const run = thinned(runOf(truths, half.samples, dice), half.ofFailing, half.ofPassing, dice);
              return { ...run, id: `week ${week}`, started_at: `2031-04-0${week + 1}T00:00:00.000Z` };
            });
            const [found] = trend(runs, null, 0.05).candidates;
            // Answers that are lost are a change of the success rate, and a true one.
            if (found?.changes.some(({ metric }) => metric !== 'success_rate')) alarms += 1;
          }
          print(`${world}, ${cases} cases, ${name}: ${((100 * alarms) / ROUNDS).toFixed(1)}%`);
          expect(alarms / ROUNDS).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt(0.0475 / ROUNDS));
        },
        240_000,
      );
    }
  }
});
