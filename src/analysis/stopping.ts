/**
 * When a gated run may end before its plan does. At nine looks, a tenth of the trials apart, the comparison is made of
 * what is there.
 *
 * For a fail, and for a pass by `--max-drop`, it must hold at a ninth of a fifth of alpha; the end of a run that was not stopped is judged at the other four
 * fifths. By the union bound all of it together fails at most alpha of runs in which nothing has changed: a spending of
 * alpha (Lan and DeMets 1983, Discrete sequential boundaries for clinical trials, Biometrika 70, 659-663), with
 * Bonferroni's boundaries, which need no joint distribution.
 *
 * For another pass the chance that the whole run would still fail, given what was seen and no opinion before it, must be below
 * 1%: predictive power (Spiegelhalter, Freedman and Blackburn 1986, Monitoring clinical trials: conditional or predictive
 * power? Controlled Clinical Trials 7, 8-17). Ending for that can only lower the share of false alarms. Pure.
 */
import type { CompareSettings } from '../domain/compare-settings.js';
import type { ComparedCandidate, Comparison, RunProfile } from '../domain/comparison.js';
import { normalBelow, normalQuantile } from '../stats/normal.js';
import { compare, gatedMetrics } from './compare.js';
import { caseKey } from './profile.js';

/** Looks before the end, at whole tenths of the trials. */
export const LOOKS = 9;
const EARLY = 0.2;
const FUTILE = 0.01;
/** Before this number of trials, a few cases that happen not to have changed would be taken for all. */
const FUTILE_FROM = 0.4;

/** A comparison at the end of a run that looks were taken of. */
export function settingsAtEnd(settings: CompareSettings): CompareSettings {
  return { ...settings, alpha: (1 - EARLY) * settings.alpha };
}

export interface Stop {
  readonly verdict: 'fail' | 'pass';
  /** In a sentence. */
  readonly why: string;
  readonly comparison: Comparison;
}

/** How far a run has come. */
export interface Progress {
  /** Of the planned trials that are there. */
  readonly share: number;
  /** Cases that are planned, by suite and category as JSON. */
  readonly strata: ReadonlyMap<string, number>;
}

/** Null: the verdict may still change. */
export function stopAt(
  baseline: RunProfile,
  partial: RunProfile,
  settings: CompareSettings,
  { share, strata }: Progress,
  name: string | null = null,
): Stop | null {
  const asked = askedOf(baseline, partial);
  const strict = compare(asked, partial, { ...settings, alpha: (EARLY * settings.alpha) / LOOKS }, name);
  const failed = strict.candidates.filter(({ verdict }) => verdict === 'fail');
  if (failed.length > 0) {
    const names = failed.map(({ candidate }) => candidate).join(', ');
    return {
      verdict: 'fail',
      why: `${names} ${failed.length === 1 ? 'is' : 'are'} worse for certain: more answers would change nothing`,
      comparison: strict,
    };
  }
  if ((settings.max_drop.pass_rate ?? 0) > 0) {
    return strict.verdict === 'pass'
      ? { verdict: 'pass', why: 'a drop of more than allowed is ruled out already', comparison: strict }
      : null;
  }
  // Of other figures nobody knows here what the rest of the run would bring.
  if (share < FUTILE_FROM - 1e-9 || gatedMetrics(settings).length > 1 || strict.candidates.length === 0)
    return null;
  if (!isSpread(partial, strata)) return null;
  const tests = strict.candidates.length;
  const chances = strict.candidates.map((one) => chanceOfFail(one, share, settings, tests));
  const highest = Math.max(...chances);
  if (highest >= FUTILE) return null;
  return {
    verdict: 'pass',
    why: `the whole run would fail with a chance of ${highest < 0.001 ? 'less than 0.1%' : `${(100 * highest).toFixed(1)}%`}`,
    comparison: compare(asked, partial, settings, name),
  };
}

/** Whether each category of each suite has come as far: what was not asked yet may be what got worse. */
function isSpread(partial: RunProfile, strata: ReadonlyMap<string, number>): boolean {
  const asked = new Map<string, Set<string>>();
  for (const { suite, category, case: id } of partial.candidates.flatMap(({ cases }) => cases)) {
    const key = JSON.stringify([suite, category]);
    asked.set(key, (asked.get(key) ?? new Set()).add(id));
  }
  return [...strata].every(
    ([key, planned]) => (asked.get(key)?.size ?? 0) >= Math.floor(FUTILE_FROM * planned),
  );
}

/** The baseline, but for cases that have not been asked yet: they are no lack of coverage. */
function askedOf(baseline: RunProfile, partial: RunProfile): RunProfile {
  const asked = new Set(
    partial.candidates.flatMap(({ cases }) => cases.map(({ suite, case: id }) => caseKey(suite, id))),
  );
  return {
    ...baseline,
    candidates: baseline.candidates.map((one) => ({
      ...one,
      cases: one.cases.filter(({ suite, case: id }) => asked.has(caseKey(suite, id))),
    })),
  };
}

/** Given what was seen at this share of the trials: the z of the rest is what it was, as uncertainly as that is known. */
function chanceOfFail(
  { figures }: ComparedCandidate,
  share: number,
  settings: CompareSettings,
  tests: number,
): number {
  const p = figures.find(({ metric }) => metric === 'pass_rate')?.p ?? null;
  if (p === null) return 1;
  // An exact p may be 1, or rounded to 0.
  const z = normalQuantile(1 - Math.min(1 - 1e-6, Math.max(1e-12, p)));
  // Holm is no stricter with anyone than this is lenient: the first of all tests has the least alpha.
  const needed = normalQuantile(1 - settingsAtEnd(settings).alpha / tests);
  return 1 - normalBelow((needed - z / Math.sqrt(share)) / Math.sqrt((1 - share) / share));
}
