/**
 * What a comparison can detect, known before anything is spent: the power of the stratified test, from a baseline's own
 * rates. A drop is a common shift of the cases' log odds, as harder questions or a weaker model make it.
 */
import { normalBelow, normalQuantile } from './normal.js';
import type { Counted } from './stratified.js';

/** Cases of equal chances: what is believed of their pass rate. */
interface Group {
  readonly cases: number;
  /** Trials of the baseline. */
  readonly n: number;
  /** Weights of the rates in `LOG_ODDS`; they add up to 1. */
  readonly belief: readonly number[];
}

/** A baseline as a plan needs it. */
export interface Difficulty {
  readonly cases: number;
  readonly groups: readonly Group[];
}

const LOG_ODDS: readonly number[] = Array.from({ length: 121 }, (_, index) => (index - 60) / 4);
const rateOf = (logOdds: number) => 1 / (1 + Math.exp(-logOdds));

/**
 * How alike answers to one case are (the intraclass correlation), where one answer a case cannot tell. From 0.2, where the
 * cases are about equally hard, to 2/3, where most are nearly always or nearly never passed, as with Beta(0.3, 0.2).
 */
export const plausibleCorrelations = { least: 0.2, most: 2 / 3 } as const;

/**
 * What is believed of each case's pass rate: a beta distribution over cases, its mean and correlation estimated from the
 * counts by moments (Williams, The analysis of binary responses from toxicological experiments involving reproduction
 * and teratogenicity, Biometrics 31, 1975), and from there each case's own given its counts. `assumed`: the correlation
 * where one answer a case cannot tell; the least plausible one, which promises least, if not given. Null without a trial.
 */
export function difficultyOf(
  counts: readonly Counted[],
  assumed: number = plausibleCorrelations.least,
): Difficulty | null {
  const filled = counts.filter(({ n }) => n > 0);
  const trials = filled.reduce((sum, { n }) => sum + n, 0);
  if (trials === 0) return null;
  const passed = filled.reduce((sum, { successes }) => sum + successes, 0);
  // Half a success and half a failure more: all passed is no proof that nothing ever fails.
  const mean = (passed + 0.5) / (trials + 1);
  const correlation = correlationOf(filled, passed / trials) ?? assumed;
  const weight = 1 / correlation - 1;
  const alike = new Map<string, Counted & { cases: number }>();
  for (const { n, successes } of filled) {
    const key = `${n} ${successes}`;
    const group = alike.get(key) ?? { n, successes, cases: 0 };
    group.cases += 1;
    alike.set(key, group);
  }
  return {
    cases: filled.length,
    groups: [...alike.values()].map(({ n, successes, cases }) => ({
      n,
      cases,
      belief: beliefOf(mean * weight + successes, (1 - mean) * weight + n - successes),
    })),
  };
}

/** From the variance of the cases' rates beyond what their few trials explain; between 0.05 and 0.95. Null: it cannot tell. */
function correlationOf(counts: readonly Counted[], mean: number): number | null {
  const spread = mean * (1 - mean);
  const several = counts.filter(({ n }) => n > 1);
  if (several.length < 10 || spread === 0) return null;
  let agreeing = 0;
  let pairs = 0;
  for (const { n, successes } of several) {
    // Of pairs of trials of one case, those that pass together beyond chance.
    agreeing += successes * (successes - 1) - 2 * mean * successes * (n - 1) + n * (n - 1) * mean * mean;
    pairs += n * (n - 1);
  }
  return Math.min(0.95, Math.max(0.05, agreeing / pairs / spread));
}

/** A beta distribution over log odds, where it has no poles. */
function beliefOf(a: number, b: number): number[] {
  const logs = LOG_ODDS.map((x) => {
    const rate = rateOf(x);
    return a * Math.log(rate) + b * Math.log1p(-rate);
  });
  const top = Math.max(...logs);
  const weights = logs.map((log) => Math.exp(log - top));
  const sum = weights.reduce((all, weight) => all + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** The drop of the mean pass rate (0 to 1) that a shift of the log odds makes. */
function dropOf({ cases, groups }: Difficulty, shift: number): number {
  let drop = 0;
  for (const group of groups) {
    for (const [index, weight] of group.belief.entries()) {
      const x = LOG_ODDS[index] ?? 0;
      drop += group.cases * weight * (rateOf(x) - rateOf(x - shift));
    }
  }
  return drop / cases;
}

/**
 * The chance that the test at `alpha`, one-sided, sees a shift, with `samples` trials a case afterwards. A normal
 * approximation of the conditional test, with the half step that a whole number costs it.
 */
function powerAt({ groups }: Difficulty, samples: number, shift: number, alpha: number): number {
  let effect = 0;
  let ifSame = 0;
  let variance = 0;
  for (const { cases, n, belief } of groups) {
    const all = n + samples;
    const scale = (n * samples) / all;
    for (const [index, weight] of belief.entries()) {
      const x = LOG_ODDS[index] ?? 0;
      const before = rateOf(x);
      const after = rateOf(x - shift);
      const share = cases * weight;
      effect += share * scale * (before - after);
      const noiseBefore = n * before * (1 - before);
      const noiseAfter = samples * after * (1 - after);
      const mean = n * before + samples * after;
      // E[m (all - m)] of the successes m on both sides.
      const mixed = all * mean - (mean * mean + noiseBefore + noiseAfter);
      ifSame += share * ((n * samples) / (all * all * (all - 1))) * mixed;
      variance += share * ((samples / all) ** 2 * noiseBefore + (n / all) ** 2 * noiseAfter);
    }
  }
  if (variance <= 0) return 0;
  const needed = normalQuantile(1 - alpha) * Math.sqrt(ifSame) + 0.5;
  return normalBelow((effect - needed) / Math.sqrt(variance));
}

/** The shift that makes a drop; null where the pass rate cannot fall so far. */
function shiftFor(difficulty: Difficulty, drop: number): number | null {
  let low = 0;
  let high = 30;
  if (dropOf(difficulty, high) < drop) return null;
  for (let step = 0; step < 30; step++) {
    const middle = (low + high) / 2;
    if (dropOf(difficulty, middle) < drop) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The power that "can be seen" means. */
export const POWER = 0.8;

/** The smallest drop (0 to 1) that is seen four times out of five; null where none is. */
export function smallestDrop(difficulty: Difficulty, samples: number, alpha: number): number | null {
  let low = 0;
  let high = 30;
  if (powerAt(difficulty, samples, high, alpha) < POWER) return null;
  for (let step = 0; step < 30; step++) {
    const middle = (low + high) / 2;
    if (powerAt(difficulty, samples, middle, alpha) < POWER) low = middle;
    else high = middle;
  }
  return dropOf(difficulty, (low + high) / 2);
}

/** The drop detected with 80% power, estimated from the baseline: the same twice where it has several answers a case. */
export interface DropSeen {
  readonly surely: number | null;
  /** If answers to one case are as alike as is plausible. */
  readonly atBest: number | null;
}

export function dropSeen(baseline: readonly Counted[], samples: number, alpha: number): DropSeen {
  const [surely, atBest] = [plausibleCorrelations.least, plausibleCorrelations.most].map((assumed) => {
    const difficulty = difficultyOf(baseline, assumed);
    return difficulty === null ? null : smallestDrop(difficulty, samples, alpha);
  });
  return { surely: surely ?? null, atBest: atBest ?? null };
}

/**
 * The variance of one answer about its case's rate, averaged over cases: without bias where cases have several answers, drawn
 * by one case toward the most that it can be; of single answers that most.
 */
function varianceWithin(counts: readonly Counted[]): number {
  const n = counts.reduce((sum, one) => sum + one.n, 0);
  const rate = (counts.reduce((sum, { successes }) => sum + successes, 0) + 0.5) / (n + 1);
  const several = counts.filter((one) => one.n > 1);
  const seen = several.reduce(
    (sum, { n: own, successes }) => sum + (successes * (own - successes)) / (own * (own - 1)),
    0,
  );
  return (seen + rate * (1 - rate)) / (several.length + 1);
}

/** A little more than is promised: the variance that it is reckoned from is an estimate. */
const POWER_TO_PASS = 0.85;

const MOST_SAMPLES = 100;

/**
 * Answers a case with which an interval that errs so often at this end lies inside of `drop` four times out of five, if nothing
 * has changed: after the baseline as it is, or where `sides` is `both` after one with as many of its own; null: a hundred
 * do not, or there is no answer yet.
 */
export function samplesToPass(
  baseline: readonly Counted[],
  drop: number,
  error: number,
  sides: 'after' | 'both',
): number | null {
  const counts = baseline.filter(({ n }) => n > 0);
  const cases = counts.length;
  if (cases === 0) return null;
  const within = varianceWithin(counts) / cases;
  const inverse = counts.reduce((sum, { n }) => sum + 1 / n, 0) / cases;
  const [needed, spare] = [normalQuantile(1 - error), normalQuantile(POWER_TO_PASS)];
  for (let samples = 1; samples <= MOST_SAMPLES; samples++) {
    const spread = Math.sqrt(within * ((sides === 'after' ? inverse : 1 / samples) + 1 / samples));
    // As the test does: a drop of so much leaves its mark even where all cases are certain.
    const atDrop = Math.max(spread, Math.sqrt((drop * (1 - drop)) / samples / cases));
    if (needed * atDrop + spare * spread + 0.5 / samples / cases <= drop) return samples;
  }
  return null;
}

/**
 * Answers a case that see `drop` four times out of five, after the baseline as it is, or where `sides` is `both` after
 * one with as many of its own; null: a hundred would not.
 */
export function samplesFor(
  difficulty: Difficulty,
  drop: number,
  alpha: number,
  sides: 'after' | 'both',
): number | null {
  const shift = shiftFor(difficulty, drop);
  if (shift === null) return null;
  for (let samples = 1; samples <= MOST_SAMPLES; samples++) {
    const groups =
      sides === 'after' ? difficulty.groups : difficulty.groups.map((group) => ({ ...group, n: samples }));
    if (powerAt({ ...difficulty, groups }, samples, shift, alpha) >= POWER) return samples;
  }
  return null;
}
