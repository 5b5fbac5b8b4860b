/** A baseline of several runs: their tallies added up, and the single runs. Pure. */
import type { CaseTally, ProfiledCandidate, RunProfile } from '../domain/comparison.js';
import { caseKey } from './profile.js';

/** The runs of a baseline, from the first. */
export function runsOf(baseline: RunProfile): readonly RunProfile[] {
  const { more = [], ...first } = baseline;
  return [first, ...more];
}

/** Each candidate of the first run, with the answers of all runs that had it. */
export function pooled(baseline: RunProfile): RunProfile {
  const [first, ...more] = runsOf(baseline);
  if (first === undefined || more.length === 0) return baseline;
  return {
    ...first,
    candidates: first.candidates.map((own) => ({
      ...own,
      cases: own.cases.map((tally) =>
        more.map((run) => tallyIn(run, own.candidate, tally)).reduce(addedUp, tally),
      ),
    })),
  };
}

/** A candidate as each run measured it. */
export function candidateIn(baseline: RunProfile, name: string): readonly ProfiledCandidate[] {
  return runsOf(baseline).flatMap((run) => run.candidates.filter(({ candidate }) => candidate === name));
}

function tallyIn(run: RunProfile, name: string, { suite, case: id, hash }: CaseTally): CaseTally | undefined {
  const own = run.candidates.find(({ candidate }) => candidate === name);
  return own?.cases.find(
    (tally) => caseKey(tally.suite, tally.case) === caseKey(suite, id) && tally.hash === hash,
  );
}

function addedUp(one: CaseTally, other: CaseTally | undefined): CaseTally {
  if (other === undefined) return one;
  const unsupported = (one.unsupported ?? 0) + (other.unsupported ?? 0);
  const timed = [one, other].filter(({ ln_ms: ln }) => ln !== null);
  const answers = timed.reduce((sum, { answered }) => sum + answered, 0);
  return {
    ...one,
    trials: one.trials + other.trials,
    answered: one.answered + other.answered,
    judged: one.judged + other.judged,
    ...(unsupported === 0 ? {} : { unsupported }),
    passed: one.passed + other.passed,
    score: one.score + other.score,
    ln_ms:
      answers === 0
        ? null
        : timed.reduce((sum, { ln_ms: ln, answered }) => sum + (ln ?? 0) * answered, 0) / answers,
    why: one.why ?? other.why,
  };
}
