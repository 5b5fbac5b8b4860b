/** What looks like a broken case, machine or setting rather than like a weak model. Pure. */
import type { Verdict } from '../domain/grade.js';
import type { SandboxUse } from '../domain/program.js';
import type { Alarm } from '../domain/summary.js';
import type { Repeats } from './identical.js';

export interface AlarmingTrial {
  /** Of suite and case. */
  readonly caseKey: string;
  readonly case: string;
  readonly candidate: string;
  readonly verdict: Verdict | null;
  /** What the extraction made of the answer; null where none came. */
  readonly extraction: string | null;
  /** What the sandbox lacked for it. */
  readonly lack: string | null;
}

/** Of fewer answers nothing is said. */
const FEWEST_ANSWERS = 4;
/** More than this share of a candidate's answers: it is the setting. */
const MOSTLY = 0.5;
/** More than this share of a candidate's answers, and its pass rate is of too few of them. */
export const UNSUPPORTED = 0.05;
/** A sandbox that is replaced after more than this share of its programs is too slow, or its limits too tight. */
const OFTEN = 0.2;
const FEWEST_PROGRAMS = 10;

/**
 * `trials`: in any order. A candidate that is there to fail (`stub`) is left out by the caller. Cases that nobody passed
 * are reported where two candidates or more were judged on them: one alone may simply not know it.
 */
export function alarmsOf(
  trials: Iterable<AlarmingTrial>,
  uses: Readonly<Record<string, SandboxUse>>,
  repeats: ReadonlyMap<string, Repeats> = new Map(),
): Alarm[] {
  const failed: string[] = [];
  const broken: string[] = [];
  for (const { name, isBroken, passed, judgedOf } of looksAtCases(trials)) {
    if (isBroken) broken.push(name);
    else if (judgedOf === 'several' && passed === 0) failed.push(name);
  }
  const alarms: Alarm[] = [];
  if (failed.length > 0)
    alarms.push({
      kind: 'nobody_passes',
      cases: failed.sort(),
      candidate: null,
      language: null,
      share: null,
    });
  if (broken.length > 0)
    alarms.push({ kind: 'never_judged', cases: broken.sort(), candidate: null, language: null, share: null });
  for (const [candidate, { answers, ...found }] of extractions(trials)) {
    if (answers < FEWEST_ANSWERS) continue;
    for (const kind of ['no_code', 'truncated'] as const) {
      const share = found[kind] / answers;
      if (share > MOSTLY)
        alarms.push({ kind: `mostly_${kind}`, cases: [], candidate, language: null, share });
    }
    const share = found.lacking / answers;
    if (share > UNSUPPORTED)
      alarms.push({ kind: 'unsupported', cases: [], candidate, language: null, share });
  }
  for (const [candidate, { several, cases }] of repeats) {
    const share = cases.size / Math.max(1, several);
    if (share > MOSTLY)
      alarms.push({ kind: 'identical_samples', cases: [], candidate, language: null, share });
  }
  for (const [language, { programs, replaced }] of Object.entries(uses)) {
    const share = replaced / programs;
    if (programs >= FEWEST_PROGRAMS && share > OFTEN)
      alarms.push({ kind: 'sandbox_replaced', cases: [], candidate: null, language, share });
  }
  return alarms;
}

/** What was seen of a case, so far. */
interface CaseLook {
  readonly name: string;
  /** Every trial of it came to an error of ours. */
  isBroken: boolean;
  passed: number;
  /** The candidate whose answers were judged, or that there are several. */
  judgedOf: 'several' | { readonly candidate: string } | null;
}

/** In the order of each case's first trial, and without a list of its trials: a large run has ten thousand cases. */
function looksAtCases(trials: Iterable<AlarmingTrial>): Iterable<CaseLook> {
  const looks = new Map<string, CaseLook>();
  for (const { caseKey, case: name, candidate, verdict } of trials) {
    const look = looks.get(caseKey) ?? { name, isBroken: true, passed: 0, judgedOf: null };
    looks.set(caseKey, look);
    if (verdict !== 'error') look.isBroken = false;
    if (verdict === 'passed') look.passed += 1;
    if (verdict !== 'passed' && verdict !== 'failed') continue;
    if (look.judgedOf === null) look.judgedOf = { candidate };
    else if (look.judgedOf !== 'several' && look.judgedOf.candidate !== candidate) look.judgedOf = 'several';
  }
  return looks.values();
}

/** What came of each candidate's answers when code was looked for in them. */
function extractions(trials: Iterable<AlarmingTrial>) {
  const counts = new Map<string, { answers: number; no_code: number; truncated: number; lacking: number }>();
  for (const { candidate, extraction, lack } of trials) {
    const own = counts.get(candidate) ?? { answers: 0, no_code: 0, truncated: 0, lacking: 0 };
    counts.set(candidate, own);
    if (extraction === null) continue;
    own.answers += 1;
    if (lack !== null) own.lacking += 1;
    if (extraction === 'no_code' || extraction === 'truncated') own[extraction] += 1;
  }
  return counts;
}
