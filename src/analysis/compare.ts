/** Did a candidate get worse? Paired by case: what both sides have judged, and nothing else. */

import { type ComparedMetric, type CompareSettings, comparedMetrics } from '../domain/compare-settings.js';
import {
  BASELINE_VERSION,
  type CaseTally,
  type ComparedCandidate,
  type ComparedFigure,
  type ComparedVerdict,
  type Comparison,
  type Flip,
  type ProfiledCandidate,
  type RunProfile,
} from '../domain/comparison.js';
import type { Estimate } from '../domain/record.js';
import { holm } from '../stats/paired.js';
import { bootstrapMean, signFlipTest } from '../stats/permutation.js';
import { difficultyOf, samplesFor, smallestDrop } from '../stats/power.js';
import { clusteredDifference } from '../stats/rate.js';
import { type Stratum, stratifiedTest } from '../stats/stratified.js';
import { seededRandom } from '../world/random.js';
import { UNSUPPORTED } from './alarms.js';
import { caseKey } from './profile.js';

export const defaultSettings: CompareSettings = {
  alpha: 0.05,
  max_drop: {},
  min_effect: 0,
  min_coverage: 0.9,
};

/** A case on both sides. */
interface Pair {
  readonly before: CaseTally;
  readonly after: CaseTally;
}

export interface Counterparts {
  readonly before: ProfiledCandidate;
  readonly after: ProfiledCandidate;
}

/** What stands in the way of a comparison, a sentence each; none where both were measured by the same measure. */
export function mismatchesOf(baseline: RunProfile, run: RunProfile): string[] {
  const found: string[] = [];
  const before = hashesOf(baseline);
  const after = hashesOf(run);
  const shared = [...before.keys()].filter((key) => after.has(key));
  if (shared.length === 0 && before.size > 0 && after.size > 0) {
    const names = (side: RunProfile) => side.suites.map(({ name }) => name).join(', ');
    found.push(
      `they have no case in common: the baseline is of ${names(baseline)}, the run of ${names(run)}`,
    );
  }
  const changed = shared.filter((key) => before.get(key) !== after.get(key));
  if (changed.length > 0) {
    const ids = changed.slice(0, 5).map((key) => (JSON.parse(key) as string[]).join('/'));
    const more = changed.length > ids.length ? ` and ${changed.length - ids.length} more` : '';
    found.push(
      `${changed.length === 1 ? 'a case is' : `${changed.length} cases are`} not what the baseline was asked, or scored by: ${ids.join(', ')}${more}`,
    );
  }
  if (baseline.extraction !== run.extraction) {
    found.push(`code was taken out of answers by ${baseline.extraction}, now by ${run.extraction}`);
  }
  for (const [language, sandbox] of Object.entries(baseline.sandboxes)) {
    const now = run.sandboxes[language];
    if (now !== undefined && now !== sandbox) found.push(`${language} ran in ${sandbox}, now in ${now}`);
  }
  return found;
}

function hashesOf(side: RunProfile): Map<string, string | null> {
  return new Map(
    side.candidates.flatMap(({ cases }) =>
      cases.map((tally) => [caseKey(tally.suite, tally.case), tally.hash]),
    ),
  );
}

/** `name`: the baseline's, where it has one. */
export function compare(
  baseline: RunProfile,
  run: RunProfile,
  settings: CompareSettings,
  name: string | null = null,
): Comparison {
  const counterparts = counterpartsOf(baseline, run);
  const gated = gatedMetrics(settings);
  const tests = counterparts.length * gated.length;
  const measured = counterparts.map((sides) => measure(sides, settings, gated, tests));
  const adjusted = holm(
    measured.flatMap(({ figures }) => figures.filter((figure) => figure.gated).map(({ p }) => p ?? 1)),
  );
  let next = 0;
  const candidates = measured.map((one): ComparedCandidate => {
    const figures = one.figures.map((figure) =>
      judged(figure, figure.gated ? (adjusted[next++] ?? 1) : (figure.p ?? 1), one, tests, settings),
    );
    return { ...one, figures, verdict: worst(figures.filter((figure) => figure.gated)) };
  });
  const taken = new Set(counterparts.flatMap(({ before, after }) => [before, after]));
  const without = (side: RunProfile) =>
    side.candidates.filter((one) => !taken.has(one)).map(({ candidate }) => candidate);
  return {
    schema_version: BASELINE_VERSION,
    baseline: { id: baseline.id, name, started_at: baseline.started_at },
    run: { id: run.id, started_at: run.started_at },
    suites: run.suites,
    settings,
    mismatches: mismatchesOf(baseline, run),
    candidates,
    missing: without(baseline),
    added: without(run),
    verdict: worst(candidates),
  };
}

/** The pass rate, and what else the settings name. */
export function gatedMetrics({ max_drop: allowed }: CompareSettings): readonly ComparedMetric[] {
  return comparedMetrics.filter((metric) => metric === 'pass_rate' || allowed[metric] !== undefined);
}

/** By name; where each side has a single one, they are counterparts whatever their names: a model for another. */
export function counterpartsOf(baseline: RunProfile, run: RunProfile): Counterparts[] {
  const named = run.candidates.flatMap((after) => {
    const before = baseline.candidates.find(({ candidate }) => candidate === after.candidate);
    return before === undefined ? [] : [{ before, after }];
  });
  const [before, ...moreBefore] = baseline.candidates;
  const [after, ...moreAfter] = run.candidates;
  const areSingle = moreBefore.length === 0 && moreAfter.length === 0;
  return named.length === 0 && areSingle && before !== undefined && after !== undefined
    ? [{ before, after }]
    : named;
}

function measure(
  { before, after }: Counterparts,
  settings: CompareSettings,
  gated: readonly ComparedMetric[],
  tests: number,
): ComparedCandidate {
  const own = new Map(after.cases.map((tally) => [caseKey(tally.suite, tally.case), tally]));
  const pairs = before.cases.flatMap((tally): Pair[] => {
    const other = own.get(caseKey(tally.suite, tally.case));
    return other === undefined ? [] : [{ before: tally, after: other }];
  });
  const both = pairs.filter((pair) => pair.before.judged > 0 && pair.after.judged > 0);
  const alpha = settings.alpha / Math.max(1, tests);
  const figureOf = (metric: ComparedMetric): Figure => {
    const asked = settings.max_drop[metric];
    switch (metric) {
      case 'pass_rate':
        return rateFigure(
          both.map((pair) => stratumOf(pair, 'passed', 'judged')),
          asked,
          alpha,
        );
      case 'success_rate':
        return rateFigure(
          pairs.map((pair) => stratumOf(pair, 'answered', 'trials')),
          asked,
          alpha,
        );
      case 'quality':
        return qualityFigure(both, after.candidate);
      case 'latency':
        return latencyFigure(pairs, after.candidate, asked ?? 0);
      default:
        return metric satisfies never;
    }
  };
  return {
    candidate: after.candidate,
    baseline_candidate: before.candidate,
    simulated: before.simulated || after.simulated,
    cases: { both: both.length, baseline: before.cases.filter(({ judged }) => judged > 0).length },
    samples: usual(both.map((pair) => pair.after.judged)),
    ...unsupportedOf([before, after]),
    figures: comparedMetrics.map((metric) => ({
      metric,
      gated: gated.includes(metric),
      p_adjusted: null,
      verdict: 'pass',
      reason: null,
      ...figureOf(metric),
    })),
    broken: flipsOf(both, (rate, other) => rate > 0.5 && other < 0.5),
    mended: flipsOf(both, (rate, other) => rate < 0.5 && other > 0.5),
    verdict: 'pass',
  };
}

/** Of the side with the larger share. */
function unsupportedOf(sides: readonly ProfiledCandidate[]): Pick<ComparedCandidate, 'unsupported'> {
  const [most] = sides
    .map(({ cases }) => ({
      answers: sum(cases.map(({ unsupported }) => unsupported ?? 0)),
      of: sum(cases.map(({ answered }) => answered)),
    }))
    .filter(({ answers }) => answers > 0)
    .sort((a, b) => b.answers / b.of - a.answers / a.of);
  return most === undefined ? {} : { unsupported: most };
}

type Figure = Pick<
  ComparedFigure,
  'before' | 'after' | 'change' | 'p' | 'sees' | 'samples_needed' | 'samples_needed_both'
>;

const nothing: Figure = {
  before: null,
  after: null,
  change: { value: null, n: 0, low: null, high: null },
  p: null,
  sees: null,
  samples_needed: null,
  samples_needed_both: null,
};

function stratumOf(
  { before, after }: Pair,
  successes: 'passed' | 'answered',
  all: 'judged' | 'trials',
): Stratum {
  return {
    before: { n: before[all], successes: before[successes] },
    after: { n: after[all], successes: after[successes] },
  };
}

function rateFigure(strata: readonly Stratum[], asked: number | undefined, alpha: number): Figure {
  const filled = strata.filter(({ before, after }) => before.n > 0 && after.n > 0);
  if (filled.length === 0) return nothing;
  const before = mean(filled.map(({ before: { n, successes } }) => successes / n));
  const after = mean(filled.map(({ after: { n, successes } }) => successes / n));
  const difficulty = difficultyOf(filled.map((stratum) => stratum.before));
  const samples = usual(filled.map((stratum) => stratum.after.n));
  const needed = (sides: 'after' | 'both') =>
    difficulty === null || asked === undefined || asked <= 0
      ? null
      : samplesFor(difficulty, asked, alpha, sides);
  return {
    before,
    after,
    change: changeOf(
      filled.map(
        (stratum) => stratum.after.successes / stratum.after.n - stratum.before.successes / stratum.before.n,
      ),
    ),
    p: stratifiedTest(filled),
    sees: difficulty === null ? null : smallestDrop(difficulty, samples, alpha),
    samples_needed: needed('after'),
    samples_needed_both: needed('both'),
  };
}

function qualityFigure(pairs: readonly Pair[], candidate: string): Figure {
  if (pairs.length === 0) return nothing;
  const quality = ({ score, judged }: CaseTally) => (5 * score) / judged;
  const changes = pairs.map(({ before, after }) => quality(after) - quality(before));
  return {
    ...nothing,
    before: mean(pairs.map(({ before }) => quality(before))),
    after: mean(pairs.map(({ after }) => quality(after))),
    change: changeOf(changes),
    p: signFlipTest(
      changes.map((change) => -change),
      diceFor(candidate, 'quality'),
    ),
  };
}

/** Resamples of so few are too much alike: their interval holds the truth in 91% of cases at 10, in 75% at 3. */
const FEW_FOR_RESAMPLES = 20;

/** Of times on the wire; the change is a ratio. `allowed`: so much of it is no change. */
function latencyFigure(pairs: readonly Pair[], candidate: string, allowed: number): Figure {
  const timed = pairs.flatMap(({ before, after }) =>
    before.ln_ms === null || after.ln_ms === null ? [] : [{ before: before.ln_ms, after: after.ln_ms }],
  );
  if (timed.length === 0) return nothing;
  const ratios = timed.map(({ before, after }) => after - before);
  const interval =
    ratios.length < FEW_FOR_RESAMPLES
      ? clusteredDifference(ratios)
      : bootstrapMean(ratios, diceFor(candidate, 'latency interval'));
  const middle = (values: readonly number[]) => Math.exp(mean(values));
  return {
    ...nothing,
    before: middle(timed.map(({ before }) => before)),
    after: middle(timed.map(({ after }) => after)),
    change: {
      value: middle(ratios),
      n: timed.length,
      low: interval === null ? null : Math.exp(interval.low),
      high: interval === null ? null : Math.exp(interval.high),
    },
    p: signFlipTest(
      ratios.map((ratio) => ratio - Math.log1p(allowed)),
      diceFor(candidate, 'latency'),
    ),
  };
}

/** The same comparison has the same p, whoever makes it. */
function diceFor(candidate: string, what: string): () => number {
  return seededRandom(`compare/${candidate}/${what}`).next;
}

function judged(
  figure: ComparedFigure,
  adjusted: number,
  { cases, unsupported }: ComparedCandidate,
  tests: number,
  settings: CompareSettings,
): ComparedFigure {
  const done = (verdict: ComparedVerdict, reason: string | null): ComparedFigure => ({
    ...figure,
    p_adjusted: figure.gated ? adjusted : null,
    verdict,
    reason,
  });
  const { metric, change, sees } = figure;
  if (unsupported !== undefined && (metric === 'pass_rate' || metric === 'quality')) {
    const { answers, of } = unsupported;
    if (answers > UNSUPPORTED * of)
      return done('inconclusive', `${answers} of ${of} answers need what the sandbox lacks`);
  }
  if (change.value === null) return done('inconclusive', 'nothing to compare');
  if (cases.both < settings.min_coverage * cases.baseline) {
    return done(
      'inconclusive',
      `${cases.baseline - cases.both} of the baseline's ${cases.baseline} cases are not judged`,
    );
  }
  const isSignificant = adjusted <= settings.alpha;
  const allowed = settings.max_drop[metric];
  const isSignTest = metric === 'latency' || metric === 'quality';
  // If all of them spoke against it, it would still be chance.
  if (allowed !== undefined && isSignTest && 2 ** -change.n * tests > settings.alpha) {
    return done('inconclusive', 'too few cases to see anything');
  }
  if (metric === 'latency') {
    if (isSignificant) return done('fail', 'slower than allowed');
    if (change.value > 1 + (allowed ?? 0)) return done('warn', 'slower, not significantly');
    return done('pass', null);
  }
  const drop = -change.value;
  const bearable = Math.max(metric === 'pass_rate' ? settings.min_effect : 0, allowed ?? 0);
  if (isSignificant && drop > bearable) {
    return done('fail', bearable > 0 ? 'worse, and more than allowed' : 'worse');
  }
  if (isSignificant) return done('warn', 'worse, by no more than allowed');
  if (allowed !== undefined && !isSignTest && (sees === null || sees > allowed)) {
    return done('inconclusive', 'too few answers to see the drop asked about');
  }
  if (allowed === undefined ? drop > 0 : drop > allowed) return done('warn', 'worse, not significantly');
  return done('pass', null);
}

const order: readonly ComparedVerdict[] = ['pass', 'warn', 'inconclusive', 'fail'];

/** Nothing at all is no pass. */
function worst(all: readonly { readonly verdict: ComparedVerdict }[]): ComparedVerdict {
  if (all.length === 0) return 'inconclusive';
  return order[Math.max(...all.map(({ verdict }) => order.indexOf(verdict)))] ?? 'inconclusive';
}

function flipsOf(pairs: readonly Pair[], isFlip: (before: number, after: number) => boolean): Flip[] {
  return pairs
    .filter(({ before, after }) => isFlip(rateOf(before), rateOf(after)))
    .map(({ before, after }) => ({
      suite: after.suite,
      case: after.case,
      category: after.category,
      before: { passed: before.passed, judged: before.judged },
      after: { passed: after.passed, judged: after.judged },
      why: after.why,
    }))
    .sort((a, b) => depthOf(b) - depthOf(a) || (a.case < b.case ? -1 : 1));
}

function depthOf({ before, after }: Flip): number {
  return Math.abs(rateOf(before) - rateOf(after));
}

function rateOf({ passed, judged }: { readonly passed: number; readonly judged: number }): number {
  return passed / judged;
}

function changeOf(changes: readonly number[]): Estimate {
  const interval = clusteredDifference(changes);
  return {
    value: mean(changes),
    n: changes.length,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
  };
}

const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The most frequent; of equals the least; 0 of none. */
function usual(counts: readonly number[]): number {
  const times = new Map<number, number>();
  for (const count of counts) times.set(count, (times.get(count) ?? 0) + 1);
  return [...times].sort(([a, timesA], [b, timesB]) => timesB - timesA || a - b)[0]?.[0] ?? 0;
}
