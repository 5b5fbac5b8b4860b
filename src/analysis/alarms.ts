/** What looks like a broken case, machine or setting rather than like a weak model. Pure. */
import type { Verdict } from '../domain/grade.js';
import type { SandboxUse } from '../domain/program.js';
import type { Alarm } from '../domain/record.js';
import { grouped } from './grouped.js';

export interface AlarmingTrial {
  /** Of suite and case. */
  readonly caseKey: string;
  readonly case: string;
  readonly candidate: string;
  readonly verdict: Verdict | null;
  /** What the extraction made of the answer; null where none came. */
  readonly extraction: string | null;
}

/** Of fewer answers nothing is said. */
const FEWEST_ANSWERS = 4;
/** More than this share of a candidate's answers: it is the setting. */
const MOSTLY = 0.5;
/** A sandbox that is replaced after more than this share of so many programs is too slow, or its limits too tight. */
const OFTEN = 0.2;
const FEWEST_PROGRAMS = 10;

/**
 * `trials`: in any order. A candidate that is there to fail (`stub`) is left out by the caller. Cases that nobody passed
 * are told where two candidates or more were judged on them: one alone may simply not know it.
 */
export function alarmsOf(
  trials: readonly AlarmingTrial[],
  uses: Readonly<Record<string, SandboxUse>>,
): Alarm[] {
  const byCase = grouped(trials, (trial) => trial.caseKey);
  const failed: string[] = [];
  const broken: string[] = [];
  for (const own of byCase.values()) {
    const name = own[0]?.case ?? '';
    const judged = own.filter(({ verdict }) => verdict === 'passed' || verdict === 'failed');
    const candidates = new Set(judged.map(({ candidate }) => candidate));
    if (own.every(({ verdict }) => verdict === 'error')) broken.push(name);
    else if (candidates.size > 1 && judged.every(({ verdict }) => verdict === 'failed')) failed.push(name);
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
  for (const [candidate, own] of grouped(trials, (trial) => trial.candidate)) {
    const answers = own.filter(({ extraction }) => extraction !== null);
    if (answers.length < FEWEST_ANSWERS) continue;
    for (const kind of ['no_code', 'truncated'] as const) {
      const share = answers.filter(({ extraction }) => extraction === kind).length / answers.length;
      if (share > MOSTLY)
        alarms.push({ kind: `mostly_${kind}`, cases: [], candidate, language: null, share });
    }
  }
  for (const [language, { programs, replaced }] of Object.entries(uses)) {
    const share = replaced / programs;
    if (programs >= FEWEST_PROGRAMS && share > OFTEN)
      alarms.push({ kind: 'sandbox_replaced', cases: [], candidate: null, language, share });
  }
  return alarms;
}
