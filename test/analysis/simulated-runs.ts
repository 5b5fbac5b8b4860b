/** Runs of models whose true rates are known: what a gate says of them can be held against the truth. */
import type { CaseTally, RunProfile } from '../../src/domain/comparison.js';

export type Dice = () => number;

/** Johnk's method, for a and b below 1 or near it (Devroye, Non-Uniform Random Variate Generation, IX.3.2). */
export function beta(a: number, b: number, dice: Dice): number {
  for (;;) {
    const x = dice() ** (1 / a);
    const y = dice() ** (1 / b);
    if (x + y <= 1 && x + y > 0) return x / (x + y);
  }
}

export function shifted(rate: number, logOdds: number): number {
  if (rate <= 0 || rate >= 1) return rate;
  const odds = (rate / (1 - rate)) * Math.exp(-logOdds);
  return odds / (1 + odds);
}

/** The common shift of log odds that lowers the mean of a beta distribution by `drop`; by bisection over a large sample. */
export function shiftFor(a: number, b: number, drop: number, dice: Dice): number {
  const rates = Array.from({ length: 20_000 }, () => beta(a, b, dice));
  let low = 0;
  let high = 20;
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    const fall = rates.reduce((sum, rate) => sum + rate - shifted(rate, middle), 0) / rates.length;
    if (fall < drop) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

export function normal(dice: Dice): number {
  return Math.sqrt(-2 * Math.log(1 - dice())) * Math.cos(2 * Math.PI * dice());
}

/** One case as it truly is. */
export interface Truth {
  /** That an answer passes. */
  readonly pass: number;
  /** That one comes. */
  readonly success: number;
  /** The median of its time, as a natural logarithm of ms; single times spread by a third. */
  readonly lnMs: number;
}

export function truths(cases: number, a: number, b: number, dice: Dice): Truth[] {
  return Array.from({ length: cases }, () => ({
    pass: beta(a, b, dice),
    success: beta(0.9, 0.2, dice),
    lnMs: 7.5 + 0.6 * normal(dice),
  }));
}

export function runOf(
  cases: readonly Truth[],
  samples: number,
  dice: Dice,
  candidates = ['model'],
): RunProfile {
  const suites = [{ name: 's', hash: 'h', cases: cases.length }];
  return {
    schema_version: 1,
    id: 'r',
    started_at: '2026-01-01T00:00:00.000Z',
    tool: { name: 'codegen-bench', version: '0' },
    suites,
    extraction: 'x',
    sandboxes: {},
    candidates: candidates.map((candidate) => ({
      candidate,
      kind: 'model',
      simulated: true,
      cases: cases.map((truth, index) => tally(truth, index, samples, dice)),
    })),
  };
}

function tally(truth: Truth, index: number, samples: number, dice: Dice): CaseTally {
  const own = { answered: 0, passed: 0, score: 0, logs: 0 };
  for (let sample = 0; sample < samples; sample++) {
    if (dice() >= truth.success) continue;
    own.answered += 1;
    own.logs += truth.lnMs + 0.33 * normal(dice);
    const passes = dice() < truth.pass;
    own.passed += passes ? 1 : 0;
    // Part of the checks hold in an answer that fails.
    own.score += passes ? 1 : Math.floor(4 * dice()) / 4;
  }
  return {
    suite: 's',
    case: String(index),
    category: 'simple',
    hash: 'c',
    trials: samples,
    answered: own.answered,
    judged: own.answered,
    passed: own.passed,
    score: own.score,
    ln_ms: own.answered === 0 ? null : own.logs / own.answered,
    why: null,
  };
}

/** The run without some of its answers. `ofFailing`, `ofPassing`: the chance that such an answer is lost. */
export function thinned(run: RunProfile, ofFailing: number, ofPassing: number, dice: Dice): RunProfile {
  const lost = (count: number, chance: number) =>
    Array.from({ length: count }, dice).filter((one) => one < chance).length;
  return {
    ...run,
    candidates: run.candidates.map((one) => ({
      ...one,
      cases: one.cases.map((tally) => {
        const failing = lost(tally.judged - tally.passed, ofFailing);
        const passing = lost(tally.passed, ofPassing);
        const judged = tally.judged - failing - passing;
        const passed = tally.passed - passing;
        return { ...tally, answered: judged, judged, passed, score: passed };
      }),
    })),
  };
}
