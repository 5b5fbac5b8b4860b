/** Histories whose truth is known: how often a change is told where there is none, and where there is one. */
import { describe, expect, it } from 'vitest';
import { trend } from '../../src/analysis/trend.js';
import type { RunProfile } from '../../src/domain/comparison.js';
import { renderTrend } from '../../src/reports/trend.js';
import { seededRandom } from '../../src/world/random.js';
import { normal, runOf, shiftFor, type Truth, truths } from './simulated-runs.js';

const HISTORIES = Number(process.env['FC_RUNS'] ?? 40);
const RUNS = 6;
const CASES = 60;

/** Six weeks of three candidates. From `at` on the first of them passes less. */
function history(name: string, at: number | null, shift: number): RunProfile[] {
  const dice = seededRandom(name).next;
  const true3 = ['a', 'b', 'c'].map((candidate) => ({ candidate, cases: truths(CASES, 0.8, 0.5, dice) }));
  return Array.from({ length: RUNS }, (_, week) => {
    const parts = true3.map(({ candidate, cases }) => {
      const isFallen = at !== null && week >= at && candidate === 'a';
      const now: Truth[] = isFallen
        ? cases.map((one) => ({ ...one, pass: shiftedPass(one.pass, shift) }))
        : cases;
      return { candidate, run: slowed(runOf(now, 2, dice, [candidate]), 0.3 * normal(dice)) };
    });
    const [first] = parts;
    if (first === undefined) throw new Error('no run');
    return {
      ...first.run,
      id: `week ${week}`,
      started_at: `2031-04-0${week + 1}T00:00:00.000Z`,
      candidates: parts.flatMap(({ candidate, run }) => run.candidates.map((own) => ({ ...own, candidate }))),
    };
  });
}

/** A busy hour: the whole run takes longer. */
function slowed(run: RunProfile, byLn: number): RunProfile {
  const late = (ms: number | null) => (ms === null ? null : ms + byLn);
  return {
    ...run,
    candidates: run.candidates.map((one) => ({
      ...one,
      cases: one.cases.map((tally) => ({ ...tally, ln_ms: late(tally.ln_ms) })),
    })),
  };
}

function shiftedPass(rate: number, logOdds: number): number {
  const odds = (rate / (1 - rate)) * Math.exp(-logOdds);
  return Number.isFinite(odds) ? odds / (1 + odds) : rate;
}

describe('trend', () => {
  it(`tells of a change in at most 5% of ${HISTORIES} histories that have none`, () => {
    let alarms = 0;
    for (let index = 0; index < HISTORIES; index++) {
      const found = trend(history(`still ${index}`, null, 0), null, 0.05);
      if (found.candidates.some(({ changes }) => changes.length > 0)) alarms += 1;
    }
    if (process.env['FC_RUNS'] !== undefined) process.stdout.write(`alarms: ${alarms} of ${HISTORIES}\n`);
    expect(alarms / HISTORIES).toBeLessThanOrEqual(0.05);
  }, 280_000);

  it('takes busy hours that last for no change', () => {
    const runs = 12;
    const histories = Math.min(HISTORIES, 300);
    let alarms = 0;
    for (let index = 0; index < histories; index++) {
      const dice = seededRandom(`busy ${index}`).next;
      const cases = truths(20, 0.8, 0.5, dice);
      let busy = normal(dice);
      const weeks = Array.from({ length: runs }, (_, week) => {
        // An AR(1) of 0.7.
        busy = 0.7 * busy + Math.sqrt(1 - 0.49) * normal(dice);
        const run = slowed(runOf(cases, 1, dice), 0.3 * busy);
        return { ...run, id: `week ${week}`, started_at: `2031-04-${10 + week}T00:00:00.000Z` };
      });
      if (trend(weeks, null, 0.05).candidates.some(({ changes }) => changes.length > 0)) alarms += 1;
    }
    if (process.env['FC_RUNS'] !== undefined)
      process.stdout.write(`busy hours that last: ${alarms} of ${histories}\n`);
    expect(alarms / histories).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / histories));
  }, 280_000);

  it('tells of a drop of 20 points, at its week or the next to it', () => {
    const shift = shiftFor(0.8, 0.5, 0.2, seededRandom('shift').next);
    let seen = 0;
    let inPlace = 0;
    for (let index = 0; index < HISTORIES; index++) {
      const found = trend(history(`fall ${index}`, 3, shift), null, 0.05);
      const own = found.candidates.find(({ candidate }) => candidate === 'a')?.changes ?? [];
      const falls = own.filter(({ metric, before, after }) => metric === 'pass_rate' && after < before);
      if (falls.length > 0) seen += 1;
      if (falls.some(({ since }) => ['week 2', 'week 3', 'week 4'].includes(since))) inPlace += 1;
    }
    if (process.env['FC_RUNS'] !== undefined)
      process.stdout.write(`seen: ${seen}, in place: ${inPlace} of ${HISTORIES}\n`);
    expect(seen / HISTORIES).toBeGreaterThan(0.9);
    expect(inPlace).toBeGreaterThanOrEqual(0.95 * seen);
  }, 280_000);

  it('is read by a person: the golden text', async () => {
    const shift = shiftFor(0.8, 0.5, 0.2, seededRandom('shift').next);
    const found = trend(history('golden', 3, shift), ['a', 'b'], 0.05);
    await expect(renderTrend(found, { colour: false, columns: 100 })).toMatchFileSnapshot('trend.golden.txt');
    const [first] = history('golden', null, 0);
    if (first === undefined) throw new Error('no run');
    expect(renderTrend(trend([first], ['a'], 0.05), { colour: false, columns: 100 })).toContain(
      'A trend needs at least two runs.',
    );
  });
});
