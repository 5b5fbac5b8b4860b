/**
 * How often the gates cry wolf over models that have not changed, and how often they see one that has; beside the rules
 * that people use. A share of it in `npm test`, all of it where FC_RUNS is set (`npm run test:long`).
 */
import { describe, expect, it } from 'vitest';
import { compare, defaultSettings } from '../../src/analysis/compare.js';
import type { ComparedMetric } from '../../src/domain/compare-settings.js';
import type { Comparison, RunProfile } from '../../src/domain/comparison.js';
import { seededRandom } from '../../src/world/random.js';
import { type Dice, runOf, shifted, shiftFor, type Truth, truths } from './simulated-runs.js';
import { shiftTo } from './worlds.js';

const IS_LONG = process.env['FC_RUNS'] !== undefined;
const PAIRS = IS_LONG ? 2_000 : 15;
const ALPHA = 0.05;
const difficulties = [
  [0.3, 0.2],
  [0.5, 0.35],
  [0.8, 0.5],
] as const;
const shapes = [20, 50, 164].flatMap((cases) => [1, 5].map((samples) => ({ cases, samples })));
const seen: ComparedMetric[] = ['pass_rate', 'success_rate', 'quality', 'latency'];

/** What chance adds to a share over so many pairs, three standard errors of it. */
function withinChance(share: number, pairs: number): number {
  return share + 3 * Math.sqrt((share * (1 - share)) / pairs);
}

const print = (line: string) => IS_LONG && process.stdout.write(`${line}\n`);
const percent = (count: number, of: number) => `${((100 * count) / of).toFixed(1)}%`.padStart(6);

/** Each metric by a gate of its own: `max_drop` of 0 gates it, and allows nothing. */
function gatesOn(metric: ComparedMetric, before: RunProfile, after: RunProfile): Comparison {
  const max_drop = metric === 'pass_rate' ? {} : { [metric]: 0 };
  return compare(before, after, { ...defaultSettings, max_drop, min_coverage: 0 });
}

function figureOf(comparison: Comparison, metric: ComparedMetric) {
  return comparison.candidates[0]?.figures.find((figure) => figure.metric === metric);
}

describe('gates on models that have not changed', () => {
  for (const [a, b] of difficulties) {
    it.each(shapes)(`Beta(${a}, ${b}): $cases cases x $samples`, ({ cases, samples }) => {
      const dice = seededRandom(`alarms/${a}/${cases}/${samples}`).next;
      const alarms = new Map<string, number>(seen.map((metric) => [metric, 0]));
      const count = (rule: string) => alarms.set(rule, (alarms.get(rule) ?? 0) + 1);
      for (const rule of ['any drop', 'over 1.5 points']) alarms.set(rule, 0);
      for (let pair = 0; pair < PAIRS; pair++) {
        const all = truths(cases, a, b, dice);
        const comparison = gatesOn('pass_rate', runOf(all, samples, dice), runOf(all, samples, dice));
        for (const metric of seen) if ((figureOf(comparison, metric)?.p ?? 1) <= ALPHA) count(metric);
        const drop = -(figureOf(comparison, 'pass_rate')?.change.value ?? 0);
        if (drop > 0) count('any drop');
        if (drop > 0.015) count('over 1.5 points');
      }
      print(
        `  Beta(${a}, ${b}) ${cases} x ${samples}: ${[...alarms].map(([rule, times]) => `${rule} ${percent(times, PAIRS)}`).join('  ')}`,
      );
      for (const metric of seen) {
        expect((alarms.get(metric) ?? 0) / PAIRS, metric).toBeLessThanOrEqual(withinChance(ALPHA, PAIRS));
      }
      // The rules that this replaces do cry wolf: else the simulation shows nothing.
      expect((alarms.get('any drop') ?? 0) / PAIRS).toBeGreaterThan(0.2);
    });
  }

  it('five candidates together, by Holm, on all four figures', () => {
    const dice = seededRandom('alarms/holm').next;
    const names = ['a', 'b', 'c', 'd', 'e'];
    const pairs = PAIRS;
    let alarms = 0;
    let naive = 0;
    for (let pair = 0; pair < pairs; pair++) {
      const all = truths(50, 0.3, 0.2, dice);
      const comparison = compare(runOf(all, 5, dice, names), runOf(all, 5, dice, names), {
        ...defaultSettings,
        max_drop: { pass_rate: 0, success_rate: 0, quality: 0, latency: 0 },
        min_coverage: 0,
      });
      if (comparison.verdict === 'fail') alarms += 1;
      if (comparison.candidates.some(({ figures }) => figures.some(({ p }) => (p ?? 1) <= ALPHA))) naive += 1;
    }
    print(
      `  Holm, 5 candidates x 4 figures, 50 x 5: ${percent(alarms, pairs)}; each by itself ${percent(naive, pairs)}`,
    );
    expect(alarms / pairs).toBeLessThanOrEqual(withinChance(ALPHA, pairs));
    expect(naive / pairs).toBeGreaterThan(0.2);
  });
});

describe('gates on a model that has lost 5 points', () => {
  const lost = (all: readonly Truth[], shift: number): Truth[] =>
    all.map((truth) => ({ ...truth, pass: shifted(truth.pass, shift) }));

  it.each([
    { cases: 164, samples: 1, least: 0.4 },
    { cases: 164, samples: 5, least: 0.93 },
  ])(
    'Beta(0.3, 0.2), $cases cases x $samples a side: seen by at least $least',
    ({ cases, samples, least }) => {
      const dice: Dice = seededRandom(`power/${samples}`).next;
      const shift = shiftFor(0.3, 0.2, 0.05, dice);
      let caught = 0;
      let told = 0;
      for (let pair = 0; pair < PAIRS; pair++) {
        const all = truths(cases, 0.3, 0.2, dice).map((truth) => ({ ...truth, success: 1 }));
        const comparison = gatesOn(
          'pass_rate',
          runOf(all, samples, dice),
          runOf(lost(all, shift), samples, dice),
        );
        const figure = figureOf(comparison, 'pass_rate');
        if (figure?.verdict === 'fail') caught += 1;
        told += (figure?.sees ?? 1) / PAIRS;
      }
      print(
        `  a drop of 5 points, ${cases} x ${samples}: seen ${percent(caught, PAIRS)}; told to see ${(100 * told).toFixed(1)} points`,
      );
      expect(caught / PAIRS).toBeGreaterThanOrEqual(least - 3 * Math.sqrt((least * (1 - least)) / PAIRS));
    },
  );

  it.each([
    { cases: 50, samples: 1 },
    { cases: 50, samples: 5 },
    { cases: 164, samples: 1 },
    { cases: 164, samples: 5 },
  ])(
    '$cases cases x $samples: the drop that is said to be seen is seen four times out of five',
    ({ cases, samples }) => {
      const dice: Dice = seededRandom(`sees/${cases}/${samples}`).next;
      const pairs = IS_LONG ? 600 : 20;
      let caught = 0;
      let judged = 0;
      for (let pair = 0; pair < pairs; pair++) {
        const all = truths(cases, 0.3, 0.2, dice).map((truth) => ({ ...truth, success: 1 }));
        const before = runOf(all, samples, dice);
        const { sees } = figureOf(gatesOn('pass_rate', before, before), 'pass_rate') ?? {};
        if (sees === null || sees === undefined) continue;
        const shift = shiftTo(
          all.map(({ pass }) => pass),
          sees,
        );
        if (shift === null) continue;
        judged += 1;
        const comparison = gatesOn('pass_rate', before, runOf(lost(all, shift), samples, dice));
        if (comparison.verdict === 'fail') caught += 1;
      }
      print(`  the drop that ${cases} x ${samples} is said to see: seen ${percent(caught, judged)}`);
      expect(Math.abs(caught / judged - 0.8)).toBeLessThan(0.1 + 3 * Math.sqrt(0.16 / judged));
    },
  );
});
