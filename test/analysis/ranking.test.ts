/**
 * How often one and the same model is told apart from itself, in worlds whose truth is known; and how often the gap that is
 * said to be seen is. A share of it in `npm test`, all of it where FC_RUNS is set (`npm run test:long`).
 */
import { describe, expect, it } from 'vitest';
import { type RankedTrial, rank } from '../../src/analysis/rank.js';
import { seededRandom } from '../../src/world/random.js';
import { beta, type Dice, shifted } from './simulated-runs.js';
import { shiftTo, worlds } from './worlds.js';

const IS_LONG = process.env['FC_RUNS'] !== undefined;
const ROUNDS = IS_LONG ? 2_000 : 12;
const ALPHA = 0.05;
const print = (line: string) => IS_LONG && process.stdout.write(`  ${line}\n`);
const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
const within = (share: number) => share + 3 * Math.sqrt((share * (1 - share)) / ROUNDS);

/** The chance that an answer comes, by whether it would pass. */
type Arrives = (passes: boolean) => number;
const always: Arrives = () => 1;

interface Side {
  readonly samples: number;
  readonly arrives: Arrives;
}

const shapes: readonly { readonly name: string; readonly sides: readonly [Side, Side] }[] = [
  ...[1, 3, 5].map((samples) => ({
    name: `${samples} against ${samples}`,
    sides: [
      { samples, arrives: always },
      { samples, arrives: always },
    ] as const,
  })),
  {
    name: '1 against 5',
    sides: [
      { samples: 1, arrives: always },
      { samples: 5, arrives: always },
    ],
  },
  {
    name: '3 against 3, half lost at random',
    sides: [
      { samples: 3, arrives: always },
      { samples: 3, arrives: () => 0.5 },
    ],
  },
  {
    name: '3 against 3, half of the failing lost',
    sides: [
      { samples: 3, arrives: always },
      { samples: 3, arrives: (passes) => (passes ? 1 : 0.5) },
    ],
  },
  {
    name: '3 against 3, half of the passing lost',
    sides: [
      { samples: 3, arrives: always },
      { samples: 3, arrives: (passes) => (passes ? 0.5 : 1) },
    ],
  },
];

function* trialsOf(
  rates: readonly number[],
  candidate: string,
  { samples, arrives }: Side,
  dice: Dice,
): Iterable<RankedTrial> {
  for (const [index, rate] of rates.entries()) {
    for (let sample = 0; sample < samples; sample++) {
      const passes = dice() < rate;
      const verdict = dice() >= arrives(passes) ? 'unanswered' : passes ? 'passed' : 'failed';
      yield { candidate, caseKey: String(index), verdict };
    }
  }
}

describe('one model against itself', () => {
  for (const [world, draw] of Object.entries(worlds)) {
    for (const cases of [20, 50, 164]) {
      it.each(shapes)(`${world}, ${cases} cases, $name`, ({ name, sides: [one, other] }) => {
        const dice = seededRandom(`ranking/${world}/${cases}/${name}`).next;
        let apart = 0;
        for (let round = 0; round < ROUNDS; round++) {
          const rates = Array.from({ length: cases }, () => draw(dice));
          const trials = [...trialsOf(rates, 'a', one, dice), ...trialsOf(rates, 'b', other, dice)];
          const { separated, best_two: two } = rank(['a', 'b'], trials);
          if (separated.length > 0) apart += 1;
          // One statement: the interval leaves out 0 if and only if the pair is separated.
          if (two !== undefined) expect((two.difference.low ?? -1) > 0).toBe(separated.length > 0);
        }
        print(`${world}, ${cases} cases, ${name}: ${percent(apart / ROUNDS)}`);
        expect(apart / ROUNDS).toBeLessThanOrEqual(within(ALPHA));
      });
    }
  }
});

describe('the gap that is said to be seen', () => {
  it.each([
    { cases: 50, samples: 3 },
    { cases: 164, samples: 1 },
    { cases: 164, samples: 5 },
  ])('$cases x $samples: seen about four times out of five', ({ cases, samples }) => {
    const dice = seededRandom(`gap/${cases}/${samples}`).next;
    const rounds = IS_LONG ? 1_000 : 30;
    let seen = 0;
    let said = 0;
    let covered = 0;
    for (let round = 0; round < rounds; round++) {
      const rates = Array.from({ length: cases }, () => beta(0.8, 0.5, dice));
      const side = { samples, arrives: always };
      const own = [...trialsOf(rates, 'a', side, dice)];
      const gap = rank(['a', 'b'], [...own, ...trialsOf(rates, 'b', side, dice)]).smallest_gap ?? 1;
      said += gap / rounds;
      const lower = rates.map((rate) => shifted(rate, shiftTo(rates, gap) ?? 0));
      const ranking = rank(['a', 'b'], [...own, ...trialsOf(lower, 'b', side, dice)]);
      const [pair] = ranking.separated;
      if (pair?.better === 'a') seen += 1;
      const truth = rates.reduce((sum, rate, index) => sum + rate - (lower[index] ?? 0), 0) / cases;
      const { better, difference } = ranking.best_two ?? { better: '', difference: null };
      const lead = better === 'a' ? truth : -truth;
      if ((difference?.low ?? 1) <= lead && lead <= (difference?.high ?? -1)) covered += 1;
    }
    print(
      `${cases} x ${samples}: a gap of ${percent(said)} is seen ${percent(seen / rounds)}, the interval of the best two covers ${percent(covered / rounds)}`,
    );
    expect(covered / rounds).toBeGreaterThanOrEqual(0.93 - 3 * Math.sqrt((0.07 * 0.93) / rounds));
    // One sample does not show how alike answers to a case are: then the gap is one that is surely seen.
    expect(seen / rounds).toBeGreaterThan(0.7 - 3 * Math.sqrt(0.16 / rounds));
    if (samples > 1) expect(seen / rounds).toBeLessThan(0.9 + 3 * Math.sqrt(0.16 / rounds));
  });
});
