/** Did a candidate get worse? Paired by case: what both sides have judged, and nothing else. */

import { type ComparedMetric, type CompareSettings, comparedMetrics } from '../domain/compare-settings.js';
import {
  BASELINE_VERSION,
  type CaseTally,
  type ComparedCandidate,
  type Comparison,
  type Flip,
  type ProfiledCandidate,
  type RunProfile,
} from '../domain/comparison.js';
import { candidateIn, pooled, runsOf } from './baseline-runs.js';
import { type Measured, measured, type Pair, usual } from './figures.js';
import { caseKey } from './profile.js';
import { concluded, worst } from './verdicts.js';

export const defaultSettings: CompareSettings = {
  alpha: 0.05,
  max_drop: {},
  min_effect: 0,
  min_coverage: 0.9,
};

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

/** The same of each run of a baseline, once each. */
export function allMismatches(baseline: RunProfile, run: RunProfile): string[] {
  return [...new Set(runsOf(baseline).flatMap((one) => mismatchesOf(one, run)))];
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
  const counterparts = counterpartsOf(pooled(baseline), run);
  const gated = gatedMetrics(settings);
  const alpha = settings.alpha / Math.max(1, counterparts.length * gated.length);
  const sides = counterparts.map((one) =>
    measuredSides(one, candidateIn(baseline, one.before.candidate), settings, alpha),
  );
  const figures = concluded(
    sides.flatMap(({ candidate, measures, trusted }) =>
      measures.map((figure, at) => ({
        of: candidate,
        figure,
        ...trustedOnly(trusted, at),
        gated: gated.includes(figure.metric),
      })),
    ),
    settings,
  );
  const candidates = sides.map(({ candidate, measures }, index): ComparedCandidate => {
    const own = figures.slice(index * measures.length, (index + 1) * measures.length);
    return { ...candidate, figures: own, verdict: worst(own.filter((figure) => figure.gated)) };
  });
  const taken = new Set(counterparts.flatMap(({ before, after }) => [before, after]));
  const without = (side: RunProfile) =>
    side.candidates.filter((one) => !taken.has(one)).map(({ candidate }) => candidate);
  return {
    schema_version: BASELINE_VERSION,
    baseline: { id: baseline.id, name, started_at: baseline.started_at, runs: runsOf(baseline).length },
    run: { id: run.id, started_at: run.started_at },
    suites: run.suites,
    settings,
    mismatches: allMismatches(baseline, run),
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

interface Sides {
  readonly candidate: Omit<ComparedCandidate, 'figures' | 'verdict'>;
  readonly measures: readonly Measured[];
  /** The same without cases whose judge may decide no gate; null: there are none. */
  readonly trusted: readonly (Measured | null)[] | null;
}

function measuredSides(
  { before, after }: Counterparts,
  runs: readonly ProfiledCandidate[],
  settings: CompareSettings,
  alpha: number,
): Sides {
  const own = new Map(after.cases.map((tally) => [caseKey(tally.suite, tally.case), tally]));
  const pairs = before.cases.flatMap((tally): Pair[] => {
    const other = own.get(caseKey(tally.suite, tally.case));
    return other === undefined ? [] : [{ before: tally, after: other }];
  });
  const trustedPairs = pairs.filter((pair) => pair.after.untrusted === undefined);
  const measuresOf = (own: readonly Pair[]) =>
    comparedMetrics.map((metric) => measured(metric, own, { name: after.candidate, runs }, settings, alpha));
  const both = pairs.filter((pair) => pair.before.judged > 0 && pair.after.judged > 0);
  const tallies = { baseline: pairs.map((pair) => pair.before), run: pairs.map((pair) => pair.after) };
  return {
    candidate: {
      candidate: after.candidate,
      baseline_candidate: before.candidate,
      simulated: before.simulated || after.simulated,
      cases: { both: both.length, baseline: before.cases.filter(({ judged }) => judged > 0).length },
      trials: { baseline: trialsOf(tallies.baseline), run: trialsOf(tallies.run) },
      samples: usual(both.map((pair) => pair.after.judged)),
      ...identicalOf(runs, after),
      ...unsupportedOf([before, after]),
      ...untrustedOf(both),
      broken: flipsOf(both, (rate, other) => rate > 0.5 && other < 0.5),
      mended: flipsOf(both, (rate, other) => rate < 0.5 && other > 0.5),
    },
    measures: measuresOf(pairs),
    trusted: trustedPairs.length === pairs.length ? null : measuresOf(trustedPairs),
  };
}

function trustedOnly(
  trusted: readonly (Measured | null)[] | null,
  at: number,
): { readonly trusted?: Measured | null } {
  return trusted === null ? {} : { trusted: trusted[at] ?? null };
}

function trialsOf(tallies: readonly CaseTally[]): ComparedCandidate['trials']['run'] {
  const asked = sum(tallies.map(({ trials }) => trials));
  const judged = sum(tallies.map((tally) => tally.judged));
  const counted = tallies
    .map(({ trials, answered, judged: own, passed }) => ({ passed, of: own + trials - answered }))
    .filter(({ of }) => of > 0);
  const shares = counted.map(({ passed, of }) => passed / of);
  return { asked, judged, passed_of_asked: shares.length === 0 ? null : sum(shares) / shares.length };
}

function identicalOf(
  runs: readonly ProfiledCandidate[],
  after: ProfiledCandidate,
): Pick<ComparedCandidate, 'identical'> {
  const most = Math.max(0, ...runs.map(({ identical }) => identical ?? 0), after.identical ?? 0);
  return most === 0 ? {} : { identical: most };
}

/** Cases whose judge may decide no gate, and why of one of them. */
function untrustedOf(pairs: readonly Pair[]): Pick<ComparedCandidate, 'untrusted'> {
  const reasons = pairs.flatMap(({ after }) => after.untrusted ?? []);
  const [why] = reasons;
  return why === undefined ? {} : { untrusted: { cases: reasons.length, why } };
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

const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
