/** What a gate will be able to see, from the baseline's own rates, before anything is spent. */
import { pooled } from '../../analysis/baseline-runs.js';
import { counterpartsOf, gatedMetrics } from '../../analysis/compare.js';
import { caseKey } from '../../analysis/profile.js';
import { type CompareSettings, errorsAt } from '../../domain/compare-settings.js';
import { BASELINE_VERSION, type CaseTally, type RunProfile } from '../../domain/comparison.js';
import { EXTRACTION } from '../../grading/extract.js';
import { difficultyOf, dropSeen, samplesFor, samplesToPass } from '../../stats/power.js';
import type { Plan } from './plan.js';

export interface GatePower {
  readonly candidate: string;
  /** Cases of the baseline that the plan asks, and all of the baseline's. */
  readonly cases: { readonly planned: number; readonly baseline: number };
  readonly samples: number;
  /** The drop of the pass rate (0 to 1) that is seen four times out of five; null: none. */
  readonly sees: number | null;
  /** The same if answers to one case are much alike, which one answer a case in the baseline leaves open. */
  readonly sees_at_best?: number | null;
  /** Samples a case that pass, if nothing has changed, with the drop that is allowed; null: nothing is, or a hundred do not. */
  readonly to_pass: { readonly after: number | null; readonly both: number | null } | null;
  /** Samples a case that see a drop of five points, after this baseline or on both sides; null: a hundred do not. */
  readonly five_points: { readonly after: number | null; readonly both: number | null };
}

const FIVE_POINTS = 0.05;

export function gatePower(plan: Plan, baseline: RunProfile, settings: CompareSettings): GatePower[] {
  const counterparts = counterpartsOf(pooled(baseline), plannedProfile(plan));
  const alpha = settings.alpha / Math.max(1, counterparts.length * gatedMetrics(settings).length);
  const allowed = Math.max(settings.max_drop.pass_rate ?? 0, settings.min_effect);
  return counterparts.map(({ before, after }): GatePower => {
    const planned = new Map(after.cases.map((tally) => [caseKey(tally.suite, tally.case), tally.trials]));
    const known = before.cases.filter(({ judged }) => judged > 0);
    const asked = known.filter(({ suite, case: id }) => planned.has(caseKey(suite, id)));
    const counts = asked.map(({ judged, passed }) => ({ n: judged, successes: passed }));
    const difficulty = difficultyOf(counts);
    const samples = Math.max(1, Math.min(...planned.values()));
    const needed = (sides: 'after' | 'both') =>
      difficulty === null ? null : samplesFor(difficulty, FIVE_POINTS, alpha, sides);
    const toPass = (sides: 'after' | 'both') => samplesToPass(counts, allowed, errorsAt(alpha).low, sides);
    const seen = dropSeen(counts, samples, alpha);
    return {
      candidate: after.candidate,
      cases: { planned: asked.length, baseline: known.length },
      samples,
      sees: seen.surely,
      ...(seen.atBest === seen.surely ? {} : { sees_at_best: seen.atBest }),
      to_pass: allowed > 0 ? { after: toPass('after'), both: toPass('both') } : null,
      five_points: { after: needed('after'), both: needed('both') },
    };
  });
}

/** The plan as a profile in which nothing has been answered: what can be checked before it is asked. */
export function plannedProfile({ suites, candidates, trials }: Plan): RunProfile {
  const cases = new Map<string, Map<string, CaseTally & { trials: number }>>();
  for (const { suite, case: asked, candidate } of trials) {
    const own = cases.get(candidate.name) ?? new Map<string, CaseTally & { trials: number }>();
    cases.set(candidate.name, own);
    const key = caseKey(suite, asked.id);
    const tally = own.get(key) ?? {
      suite,
      case: asked.id,
      category: asked.category,
      hash: asked.hash,
      trials: 0,
      answered: 0,
      judged: 0,
      passed: 0,
      score: 0,
      ln_ms: null,
      why: null,
    };
    tally.trials += 1;
    own.set(key, tally);
  }
  return {
    schema_version: BASELINE_VERSION,
    id: '',
    started_at: '',
    tool: { name: '', version: '' },
    suites: suites.map(({ name, hash, cases: all }) => ({ name, hash, cases: all.length })),
    extraction: EXTRACTION,
    sandboxes: {},
    candidates: candidates.map(({ name, kind }) => ({
      candidate: name,
      kind,
      simulated: false,
      cases: [...(cases.get(name)?.values() ?? [])],
    })),
  };
}
