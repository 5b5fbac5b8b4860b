/**
 * Recommendations held against a known truth: who is first for a category, and how often a title goes to one of several
 * models that are the same. A share of it in `npm test`, all of it where FC_RUNS is set (`npm run test:long`).
 */
import { describe, expect, it } from 'vitest';
import type { CandidateEvidence, CaseEvidence, Evidence } from '../../src/analysis/advice/evidence.js';
import { recommend } from '../../src/analysis/advice/recommend.js';
import { type Use, uses } from '../../src/domain/recommendation.js';
import { seededRandom } from '../../src/world/random.js';
import { type Dice, normal, shifted } from './simulated-runs.js';
import { shiftTo, worlds } from './worlds.js';

const IS_LONG = process.env['FC_RUNS'] !== undefined;
const print = (line: string) => IS_LONG && process.stdout.write(`  ${line}\n`);
const percent = (share: number) => `${(100 * share).toFixed(1)}%`;
const categories = ['simple', 'moderate', 'complex', 'tests', 'refactor', 'docs'];
const wishes = {
  objective: 'balanced',
  max_latency_ms: null,
  min_quality: null,
  max_cost_usd: null,
  free_only: false,
} as const;

interface Truth {
  readonly name: string;
  /** That an answer to each case passes. */
  readonly rates: readonly number[];
  readonly success: number;
  readonly lnMs: number;
  /** The chance that an answer is lost which would fail, and one which would pass; none if not given. */
  readonly lost?: { readonly ofFailing: number; readonly ofPassing: number };
}

function evidenceOf(truth: Truth, samples: number, dice: Dice): CandidateEvidence {
  const latenciesMs: number[] = [];
  const cases = truth.rates.map((rate, index): [string, CaseEvidence] => {
    const own = { trials: samples, answered: 0, judged: 0, passed: 0, score: 0, logs: [] as number[] };
    for (let sample = 0; sample < samples; sample++) {
      if (dice() >= truth.success) continue;
      const logMs = truth.lnMs + 0.4 * normal(dice);
      const passed = dice() < rate ? 1 : 0;
      const { ofFailing, ofPassing } = truth.lost ?? { ofFailing: 0, ofPassing: 0 };
      if (truth.lost !== undefined && dice() < (passed === 1 ? ofPassing : ofFailing)) continue;
      own.answered += 1;
      own.judged += 1;
      own.passed += passed;
      own.score += passed;
      own.logs.push(logMs);
      latenciesMs.push(Math.exp(logMs));
    }
    return [String(index), { category: categories[index % categories.length] ?? '', ...own }];
  });
  return {
    candidate: truth.name,
    kind: 'model',
    simulated: true,
    models: [truth.name],
    cases: new Map(cases),
    missing: 0,
    latenciesMs,
    answers: latenciesMs.length,
    costUsd: 0,
  };
}

const advised = (candidates: readonly CandidateEvidence[], dice: Dice) =>
  recommend({ runs: [], candidates, models: [] } satisfies Evidence, wishes, (name) => name, dice);

describe('a model that is far worse than the others, and fast', () => {
  it.each([
    { cases: 12, samples: 1 },
    { cases: 12, samples: 3 },
    { cases: 48, samples: 1 },
  ])('is first for no category that it would lose: $cases x $samples', ({ cases, samples }) => {
    const rounds = IS_LONG ? 600 : 10;
    const dice = seededRandom(`worse/${cases}/${samples}`).next;
    let lost = 0;
    let worlds60 = 0;
    let short = 0;
    for (let round = 0; round < rounds; round++) {
      const truths = [0.95, 0.8, 0.6, 0.2].map((rate, index): Truth => {
        // Each model has strengths of its own.
        const shift = new Map(categories.map((category) => [category, 0.5 * normal(dice)]));
        const rates = Array.from({ length: cases }, (_, at) =>
          shifted(rate, shift.get(categories[at % categories.length] ?? '') ?? 0),
        );
        return { name: 'abcd'[index] ?? '', rates, success: 1, lnMs: Math.log(8000) - 0.7 * index };
      });
      const advice = advised(
        truths.map((truth) => evidenceOf(truth, samples, dice)),
        dice,
      );
      const inCategory = (name: string, category: string) => {
        const own = truths.find((truth) => truth.name === name)?.rates ?? [];
        return own[categories.indexOf(category)] ?? 0;
      };
      const wrong = advice.categories.filter(({ category, first }) => {
        const best = Math.max(...truths.map(({ name }) => inCategory(name, category)));
        short += (best - inCategory(first, category)) / rounds / categories.length;
        return first === 'd' && inCategory('d', category) < best;
      });
      lost += wrong.length;
      if (wrong.length > 0) worlds60 += 1;
      expect(advice.categories).toHaveLength(categories.length);
    }
    print(
      `${cases} x ${samples}: first ${lost} times, in ${worlds60} of ${rounds} worlds; the first one is ${percent(short)} short of the best`,
    );
    expect(lost).toBe(0);
    expect(short).toBeLessThan(0.12);
  });

  it('is named with how far it is behind, and stays the last resort', () => {
    const dice = seededRandom('behind').next;
    const truth = (name: string, rate: number): Truth => ({
      name,
      rates: Array.from({ length: 48 }, () => rate),
      success: 1,
      lnMs: 7,
    });
    const advice = advised(
      [truth('good', 0.95), truth('bad', 0.1)].map((one) => evidenceOf(one, 1, dice)),
      dice,
    );
    expect(advice.behind).toEqual([
      { candidate: 'bad', why: expect.stringMatching(/^\d\d points below good over all cases$/) },
    ]);
    expect(advice.categories[0]).toMatchObject({ first: 'good', fallbacks: ['bad'] });
    expect(advice.categories[0]?.why).toMatch(/points ahead over all cases$/);
  });
});

it('a model that fails elsewhere is first where it is shown to be as good, and faster', () => {
  const dice = seededRandom('elsewhere').next;
  const rates = (complex: number) =>
    Array.from({ length: 360 }, (_, at) => (categories[at % categories.length] === 'complex' ? complex : 1));
  const advice = advised(
    [
      evidenceOf({ name: 'slow', rates: rates(1), success: 1, lnMs: 9 }, 1, dice),
      evidenceOf({ name: 'quick', rates: rates(0), success: 1, lnMs: 7 }, 1, dice),
    ],
    dice,
  );
  expect(advice.behind.map(({ candidate }) => candidate)).toEqual(['quick']);
  const first = new Map(advice.categories.map((one) => [one.category, one.first]));
  expect([first.get('complex'), first.get('simple')]).toEqual(['slow', 'quick']);
});

/** Samples a case of each of three models, and what the first of them loses. */
const fields: readonly {
  readonly cases: number;
  readonly samples: readonly number[];
  readonly lost?: Truth['lost'];
  readonly name: string;
}[] = [
  { name: '20 x 1', cases: 20, samples: [1, 1, 1] },
  { name: '50 x 3', cases: 50, samples: [3, 3, 3] },
  { name: '50 x 5 against 1', cases: 50, samples: [5, 1, 1] },
  { name: '164 x 1 against 5', cases: 164, samples: [1, 5, 5] },
  {
    name: '50 x 3, half of one lost at random',
    cases: 50,
    samples: [3, 3, 3],
    lost: { ofFailing: 0.5, ofPassing: 0.5 },
  },
  {
    name: '50 x 3, half of the failing of one lost',
    cases: 50,
    samples: [3, 3, 3],
    lost: { ofFailing: 0.5, ofPassing: 0 },
  },
  {
    name: '50 x 3, half of the passing of one lost',
    cases: 50,
    samples: [3, 3, 3],
    lost: { ofFailing: 0, ofPassing: 0.5 },
  },
];

describe('models that are the same', () => {
  for (const [world, draw] of Object.entries(worlds)) {
    it.each(fields)(
      `win no title but by chance: ${world}, $name`,
      ({ name: field, cases, samples, lost }) => {
        const rounds = IS_LONG ? 400 : 3;
        const dice = seededRandom(`titles/${world}/${field}`).next;
        const awarded = new Map<Use, number>();
        for (let round = 0; round < rounds; round++) {
          const rates = Array.from({ length: cases }, () => draw(dice));
          const { champions } = advised(
            ['a', 'b', 'c'].map((name, index) =>
              evidenceOf(
                {
                  name,
                  rates,
                  success: 0.9,
                  lnMs: 8,
                  ...(index === 0 && lost !== undefined ? { lost } : {}),
                },
                samples[index] ?? 1,
                dice,
              ),
            ),
            dice,
          );
          for (const { use, champion } of champions)
            if (champion !== null) awarded.set(use, (awarded.get(use) ?? 0) + 1);
        }
        // Who loses answers is less reliable; where that decides, a title is earned.
        const same = uses.filter(
          (use) => lost === undefined || ['speed', 'quality', 'reasoning'].includes(use),
        );
        print(
          `${world}, ${field}: ${same.map((use) => `${use} ${percent((awarded.get(use) ?? 0) / rounds)}`).join(', ')}`,
        );
        for (const use of same) {
          const limit = 0.05 + 3 * Math.sqrt(0.0475 / rounds);
          expect([use, (awarded.get(use) ?? 0) / rounds <= limit]).toEqual([use, true]);
        }
      },
      240_000,
    );
  }
});

it('a model that is better in all wins the titles', () => {
  const dice = seededRandom('wins').next;
  const rates = Array.from({ length: 80 }, () => worlds['Beta(0.8, 0.5)']?.(dice) ?? 0);
  const shift = shiftTo(rates, 0.25) ?? 0;
  const worse = rates.map((rate) => shifted(rate, shift));
  const { champions } = advised(
    [
      evidenceOf({ name: 'best', rates, success: 0.99, lnMs: 7 }, 3, dice),
      evidenceOf({ name: 'other', rates: worse, success: 0.7, lnMs: 8 }, 3, dice),
    ],
    dice,
  );
  expect(champions.filter(({ use }) => use !== 'fallback').map(({ champion }) => champion)).not.toContain(
    'other',
  );
  expect(champions.find(({ use }) => use === 'balanced')?.champion).toBe('best');
  expect(champions.find(({ use }) => use === 'quality')?.champion).toBe('best');
});
