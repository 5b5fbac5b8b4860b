/**
 * Did something change, and when? For each candidate and figure every place between two runs is tested: all that was
 * measured before against all after: rates by the exact test over cases, latency by Student's t over the runs, since a
 * busy hour slows a whole run, and those after it, and is no change. The place that is least likely by chance is a change if its p value,
 * times all the places, figures and candidates that were looked at, is below alpha (Bonferroni); then each side of it is
 * searched again (binary segmentation: Scott and Knott 1974). Where nothing ever changed, that reports a change in at
 * most alpha of all histories.
 */

import type { CaseTally, ProfiledCandidate, RunProfile } from '../domain/comparison.js';
import {
  type CandidateTrend,
  type Trend,
  type TrendChange,
  type TrendMetric,
  type TrendPoint,
  trendMetrics,
} from '../domain/trend.js';
import { rounded, tenths } from '../domain/units.js';
import { mean } from '../stats/mean.js';
import { meanOfCases, meanOfValues } from '../stats/rate.js';
import { stratifiedDifference } from '../stats/stratified.js';
import { studentBeyond } from '../stats/student.js';
import { decisiveP, type Outcomes, type OutcomesPair, passRateDifference } from './pass-rates.js';
import { caseKey } from './profile.js';

interface Measured {
  readonly run: RunProfile;
  readonly own: ProfiledCandidate;
}

/** `profiles`: in any order. `wanted`: names of candidates; null: all. */
export function trend(
  profiles: readonly RunProfile[],
  wanted: readonly string[] | null,
  alpha: number,
): Trend {
  const runs = [...profiles].sort((a, b) => (a.started_at < b.started_at ? -1 : 1));
  const names = [...new Set(runs.flatMap(({ candidates }) => candidates.map(({ candidate }) => candidate)))];
  const series = names
    .filter((name) => wanted === null || wanted.includes(name))
    .map((name) =>
      runs.flatMap((run): Measured[] => {
        const own = run.candidates.find(({ candidate }) => candidate === name);
        return own === undefined || own.cases.length === 0 ? [] : [{ run, own }];
      }),
    )
    .filter((measured) => measured.length > 0);
  const looks = series.reduce((sum, measured) => sum + (measured.length - 1) * trendMetrics.length, 0);
  return {
    suites: [...new Set(runs.flatMap(({ suites }) => suites.map(({ name }) => name)))],
    alpha,
    looks,
    candidates: series.map(
      (measured): CandidateTrend => ({
        candidate: measured[0]?.own.candidate ?? '',
        simulated: measured.some(({ own }) => own.simulated),
        points: measured.map(pointOf),
        changes: trendMetrics
          .flatMap((metric) => changesIn(measured, metric, looks, alpha))
          .sort((a, b) => placeOf(measured, a) - placeOf(measured, b)),
      }),
    ),
    notes: notesOf(runs),
  };
}

function placeOf(measured: readonly Measured[], { since }: TrendChange): number {
  return measured.findIndex(({ run }) => run.id === since);
}

function pointOf({ run, own }: Measured): TrendPoint {
  const logs = own.cases.flatMap(({ ln_ms: ln }) => ln ?? []);
  return {
    id: run.id,
    started_at: run.started_at,
    cases: own.cases.length,
    pass_rate: estimateOf(own.cases, 'passed', 'judged'),
    success_rate: estimateOf(own.cases, 'answered', 'trials', own.missing ?? 0),
    latency_ms: logs.length === 0 ? null : tenths(Math.exp(mean(logs))),
  };
}

function estimateOf(
  cases: readonly CaseTally[],
  counts: 'passed' | 'answered',
  all: 'judged' | 'trials',
  missing = 0,
) {
  const sums = [
    ...cases.map((tally) => ({ n: tally[all], sum: tally[counts] })),
    ...Array.from({ length: missing }, () => ({ n: 1, sum: 0 })),
  ];
  const share = counts === 'passed' ? meanOfCases(sums) : meanOfValues(sums);
  return share === null
    ? { value: null, n: 0, low: null, high: null }
    : { value: rounded(share.value), n: share.n, low: rounded(share.low), high: rounded(share.high) };
}

function changesIn(
  measured: readonly Measured[],
  metric: TrendMetric,
  looks: number,
  alpha: number,
): TrendChange[] {
  let best: { readonly at: number; readonly difference: Difference } | null = null;
  for (let at = 1; at < measured.length; at++) {
    const difference = differenceOf(measured.slice(0, at), measured.slice(at), metric);
    if (difference !== null && (best === null || difference.p < best.difference.p)) best = { at, difference };
  }
  const since = best === null ? undefined : measured[best.at]?.run.id;
  if (best === null || since === undefined || best.difference.p * looks > alpha) return [];
  const { before, after, cases, p } = best.difference;
  return [
    ...changesIn(measured.slice(0, best.at), metric, looks, alpha),
    {
      metric,
      since,
      before: rounded(before),
      after: rounded(after),
      cases,
      p_adjusted: rounded(Math.min(1, p * looks)),
    },
    ...changesIn(measured.slice(best.at), metric, looks, alpha),
  ];
}

interface Difference {
  readonly before: number;
  readonly after: number;
  readonly cases: number;
  /** Two-sided. */
  readonly p: number;
}

type Pooled = { -readonly [Key in keyof Outcomes]: number };

/** Null where the two sides have no case in common. A case that was changed is another. */
function differenceOf(
  before: readonly Measured[],
  after: readonly Measured[],
  metric: TrendMetric,
): Difference | null {
  if (metric === 'latency') return latencyDifference(before, after);
  const own = pooled(before);
  const other = pooled(after);
  const all = metric === 'pass_rate' ? 'judged' : 'trials';
  const successes = metric === 'pass_rate' ? 'passed' : 'answered';
  const pairs = [...own].flatMap(([key, left]): OutcomesPair[] => {
    const right = other.get(key);
    return right === undefined ? [] : [{ before: left, after: right }];
  });
  const both = pairs.filter((pair) => pair.before[all] > 0 && pair.after[all] > 0);
  if (both.length === 0) return null;
  const rate = (side: Outcomes) => side[successes] / side[all];
  return {
    before: mean(both.map((pair) => rate(pair.before))),
    after: mean(both.map((pair) => rate(pair.after))),
    cases: both.length,
    p:
      metric === 'pass_rate'
        ? decisiveP(passRateDifference(pairs))
        : stratifiedDifference(
            both.map(({ before: left, after: right }) => ({
              before: { n: left.trials, successes: left.answered },
              after: { n: right.trials, successes: right.answered },
            })),
          ),
  };
}

function keyOf({ suite, case: id, hash }: CaseTally): string {
  return `${caseKey(suite, id)} ${hash}`;
}

function pooled(side: readonly Measured[]): Map<string, Pooled> {
  const cases = new Map<string, Pooled>();
  for (const tally of side.flatMap(({ own }) => own.cases)) {
    const own = cases.get(keyOf(tally)) ?? { trials: 0, answered: 0, judged: 0, passed: 0 };
    cases.set(keyOf(tally), own);
    own.trials += tally.trials;
    own.answered += tally.answered;
    own.judged += tally.judged;
    own.passed += tally.passed;
  }
  return cases;
}

/** Over the cases that every run has a latency of; null with fewer than three runs: two have no spread to tell it from. */
function latencyDifference(before: readonly Measured[], after: readonly Measured[]): Difference | null {
  const runs = [...before, ...after].map(
    ({ own }) =>
      new Map(own.cases.flatMap((tally) => (tally.ln_ms === null ? [] : [[keyOf(tally), tally.ln_ms]]))),
  );
  const [first, ...rest] = runs;
  const common = [...(first?.keys() ?? [])].filter((key) => rest.every((run) => run.has(key)));
  if (common.length === 0 || runs.length < 3) return null;
  const means = runs.map((run) => mean(common.map((key) => run.get(key) ?? 0)));
  const left = means.slice(0, before.length);
  const right = means.slice(before.length);
  const [one, other] = [mean(left), mean(right)];
  const residuals = [...left.map((value) => value - one), ...right.map((value) => value - other)];
  const squares = residuals.reduce((sum, value) => sum + value * value, 0);
  // Each run resembles the one before, so they count as fewer independent ones.
  const share = independentShare(residuals, left.length);
  const [n, m] = [left.length, right.length].map((count) => Math.max(1, count * share)) as [number, number];
  const free = Math.floor(n + m - 2);
  if (free < 1) return null;
  const variance = squares / (runs.length - left.length / n - right.length / m);
  const error = Math.sqrt(variance * (1 / n + 1 / m));
  const change = other - one;
  return {
    before: Math.exp(one),
    after: Math.exp(other),
    cases: common.length,
    // Simulated models may take exactly the same time again.
    p: Math.abs(change) < 1e-9 ? 1 : studentBeyond(change / error, free),
  };
}

/**
 * Busy hours last: a run is like the one before it. By how much is estimated from what the runs leave beside their side's
 * mean, freed of the bias of so few (Marriott and Pope, Bias in the estimation of autocorrelations, Biometrika 41, 1954) and
 * taken a standard error higher; from it follows the share of values that count as independent (Zwiers and von Storch, Taking serial
 * correlation into account in tests of the mean, Journal of Climate 8, 1995). `split`: where the second side begins.
 */
function independentShare(rest: readonly number[], split: number): number {
  const n = rest.length;
  const squares = rest.reduce((sum, value) => sum + value * value, 0);
  let products = 0;
  for (let at = 1; at < n; at++) if (at !== split) products += (rest[at - 1] ?? 0) * (rest[at] ?? 0);
  const seen = squares === 0 ? 0 : products / squares;
  const unbiased = n > 7 ? (seen + 2 / n) / (1 - 6 / n) : seen + 0.5;
  const correlation = Math.min(0.95, Math.max(0, unbiased + 1 / Math.sqrt(n)));
  return (1 - correlation) / (1 + correlation);
}

function notesOf(runs: readonly RunProfile[]): string[] {
  const notes: string[] = [];
  const hashes = new Map<string, Set<string>>();
  for (const { name, hash } of runs.flatMap(({ suites }) => suites)) {
    hashes.set(name, (hashes.get(name) ?? new Set()).add(hash));
  }
  for (const [name, versions] of hashes) {
    if (versions.size > 1)
      notes.push(`${name} was changed between these runs: cases count where they stayed as they were`);
  }
  const extractions = new Set(runs.map(({ extraction }) => extraction));
  if (extractions.size > 1) {
    notes.push(
      `code was taken out of answers differently (${[...extractions].join(', ')}): bench rescore makes them alike`,
    );
  }
  return notes;
}
