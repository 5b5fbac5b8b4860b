/**
 * Samples that are no samples of each other, and runs that differ as wholes: how often an unchanged model fails. A share of it
 * in `npm test`, all of it where FC_RUNS is set (`npm run test:long`).
 */
import { describe, expect, it } from 'vitest';
import { compare, defaultSettings } from '../../src/analysis/compare.js';
import { profile } from '../../src/analysis/profile.js';
import { summarize } from '../../src/analysis/summarize.js';
import type { RunProfile } from '../../src/domain/comparison.js';
import type { TrialRecord } from '../../src/domain/record.js';
import { seededRandom } from '../../src/world/random.js';
import { runLine, trialLine } from './run-lines.js';
import { type Dice, normal, runOf, shifted, type Truth, truths } from './simulated-runs.js';

const IS_LONG = process.env['FC_RUNS'] !== undefined;
const ROUNDS = IS_LONG ? 1_000 : 10;
const print = (line: string) => IS_LONG && process.stdout.write(`  ${line}\n`);
const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
const within = (share: number) => share + 3 * Math.sqrt((share * (1 - share)) / ROUNDS);

/** A run as a whole answers better or worse, by this much on the scale of log odds. */
function wholeRun(all: readonly Truth[], samples: number, sd: number, dice: Dice): RunProfile {
  const shift = sd * normal(dice);
  return runOf(
    all.map((truth) => ({ ...truth, success: 1, pass: shifted(truth.pass, shift) })),
    samples,
    dice,
  );
}

describe('runs that differ as wholes', () => {
  it.each([
    { sd: 0, cases: 50, samples: 3 },
    { sd: 0.2, cases: 164, samples: 5 },
    { sd: 0.5, cases: 164, samples: 5 },
    { sd: 0.5, cases: 50, samples: 1 },
  ])('a baseline of three: $cases x $samples, sd $sd', ({ sd, cases, samples }) => {
    const dice = seededRandom(`between/${sd}/${cases}`).next;
    let [fails, alone] = [0, 0];
    for (let round = 0; round < ROUNDS; round++) {
      const all = truths(cases, 0.3, 0.2, dice);
      const [first, ...more] = [0, 1, 2].map(() => wholeRun(all, samples, sd, dice));
      const after = wholeRun(all, samples, sd, dice);
      if (first === undefined) throw new Error('no run');
      if (compare({ ...first, more }, after, defaultSettings).verdict === 'fail') fails += 1;
      if (compare(first, after, defaultSettings).verdict === 'fail') alone += 1;
    }
    print(
      `sd ${sd}, ${cases} x ${samples}: fails ${percent(fails / ROUNDS)} with three runs, ${percent(alone / ROUNDS)} with one`,
    );
    expect(fails / ROUNDS).toBeLessThanOrEqual(within(0.06));
  });

  it('a drop that is far beyond what runs differ by is seen', () => {
    const dice = seededRandom('between/seen').next;
    const all = truths(164, 0.8, 0.5, dice);
    const [first, ...more] = [0, 1, 2].map(() => wholeRun(all, 5, 0.05, dice));
    const worse = wholeRun(
      all.map((truth) => ({ ...truth, pass: shifted(truth.pass, 2) })),
      5,
      0.05,
      dice,
    );
    if (first === undefined) throw new Error('no run');
    const comparison = compare({ ...first, more }, worse, defaultSettings);
    expect(comparison).toMatchObject({ verdict: 'fail', baseline: { runs: 3 } });
  });
});

async function* lines(
  trials: readonly TrialRecord[],
  candidates: readonly string[],
  cases: number,
  samples: number,
) {
  yield runLine(candidates, { simple: cases * samples });
  yield* trials;
}

/** What a model at temperature 0 says: of each case one text, as often as it is asked. */
function repeated(candidate: string, rates: readonly number[], samples: number, dice: Dice): TrialRecord[] {
  return rates.flatMap((rate, index) => {
    const passes = dice() < rate;
    const text = `answer ${index} ${dice()}`;
    return Array.from({ length: samples }, (_, sample) =>
      trialLine(candidate, String(index), passes ? 'passed' : 'failed', {
        sample,
        completion: {
          text,
          finish_reason: 'stop',
          served_model: null,
          served_by: null,
          usage: { prompt_tokens: null, completion_tokens: null, reasoning_tokens: null },
        },
      }),
    );
  });
}

describe('samples that are one and the same text', () => {
  it('count once: in a comparison, in a ranking, and are named', async () => {
    const rounds = IS_LONG ? 400 : 15;
    const dice = seededRandom('identical').next;
    const [cases, samples] = [30, 5];
    let [fails, apart] = [0, 0];
    for (let round = 0; round < rounds; round++) {
      const rates = truths(cases, 0.8, 0.5, dice).map(({ pass }) => pass);
      const [one, other] = [repeated('a', rates, samples, dice), repeated('b', rates, samples, dice)];
      const before = await profile(lines(one, ['a'], cases, samples));
      const after = await profile(lines(other, ['b'], cases, samples));
      if (before === null || after === null) throw new Error('no run');
      const comparison = compare(before, after, defaultSettings);
      if (comparison.verdict === 'fail') fails += 1;
      expect(comparison.candidates[0]).toMatchObject({ samples: 1, identical: cases });
      const summary = await summarize(lines([...one, ...other], ['a', 'b'], cases, samples));
      if ((summary?.ranking.separated.length ?? 0) > 0) apart += 1;
      expect(summary?.alarms).toContainEqual(
        expect.objectContaining({ kind: 'identical_samples', candidate: 'a', share: 1 }),
      );
    }
    print(`identical samples: fails ${percent(fails / rounds)}, told apart ${percent(apart / rounds)}`);
    const limit = 0.05 + 3 * Math.sqrt(0.0475 / rounds);
    expect(fails / rounds).toBeLessThanOrEqual(limit);
    expect(apart / rounds).toBeLessThanOrEqual(limit);
  }, 120_000);
});
