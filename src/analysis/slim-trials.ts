/** What figures need of each trial: its line without prompt, answer and attempts. */
import type { Verdict } from '../domain/grade.js';
import type { TrialRecord } from '../domain/record.js';
import type { Grouping } from '../domain/summary.js';
import { textWord } from './identical.js';
import { type JudgedCount, type JudgeOfCase, judgedIn } from './judged.js';

export interface SlimTrial {
  /** Of suite and case. */
  readonly caseKey: string;
  readonly case: string;
  /** Its category, or its tags, or whatever trials are grouped by. */
  readonly groups: readonly string[];
  readonly candidate: string;
  readonly answeredBy: string | null;
  readonly verdict: Verdict | null;
  readonly score: number | null;
  readonly outcome: TrialRecord['outcome'];
  /** With the last attempt of a trial that was not answered. */
  readonly serverSaid: string | null;
  readonly extraction: string | null;
  /** What the sandbox lacked for it. */
  readonly lack: string | null;
  /** What its judges said; null: nobody judged it. */
  readonly judged: JudgedCount | null;
  /** A hash of what the answer says; 0: nothing. */
  readonly text: number;
  readonly latencyMs: number | null;
  readonly ttftMs: number | null;
  readonly costUsd: number | null;
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  readonly attempts: number;
  readonly queueMs: number;
  readonly paceMs: number;
  readonly backoffMs: number;
}

/** The module or global that a trial could not be judged without; null: it was judged, or something else was wrong. */
export function lackIn({ verdict, checks }: TrialRecord): string | null {
  return verdict === 'error' ? (checks.find(({ lack }) => lack !== undefined)?.lack ?? null) : null;
}

/** Lines become slim one after the other: equal keys and groups are shared between them. */
export function slimming(
  by: Grouping,
  judgeOf: (caseKey: string) => JudgeOfCase | undefined = () => undefined,
): (line: TrialRecord) => SlimTrial {
  const caseKeyOf = caseKeys();
  const groupsOf = groupings(by);
  return (line) => ({
    caseKey: caseKeyOf(line),
    judged: judgedIn(line, judgeOf(caseKeyOf(line))),
    case: line.case,
    groups: groupsOf(line),
    candidate: line.candidate,
    answeredBy: line.answered_by,
    verdict: line.verdict,
    score: line.score,
    outcome: line.outcome,
    serverSaid: line.verdict === 'unanswered' ? (line.attempts.at(-1)?.message ?? null) : null,
    extraction: line.extraction?.outcome ?? null,
    lack: lackIn(line),
    text: textWord(line),
    latencyMs: line.latency_ms,
    ttftMs: line.ttft_ms,
    costUsd: line.cost_usd,
    promptTokens: line.completion?.usage.prompt_tokens ?? null,
    completionTokens: line.completion?.usage.completion_tokens ?? null,
    attempts: line.attempts.length,
    queueMs: line.queue_ms,
    paceMs: line.pace_ms,
    backoffMs: line.backoff_ms,
  });
}

/** One text for each case, made once: lines are many more. */
function caseKeys(): (line: TrialRecord) => string {
  const suites = new Map<string, Map<string, string>>();
  return ({ suite, case: id }) => {
    const own = suites.get(suite) ?? new Map<string, string>();
    suites.set(suite, own);
    const key = own.get(id) ?? JSON.stringify([suite, id]);
    own.set(id, key);
    return key;
  };
}

/** One list for all trials that are in the same groups. */
function groupings(by: Grouping): (line: TrialRecord) => readonly string[] {
  const ofOne = new Map<string, readonly string[]>();
  const ofMany = new Map<string, readonly string[]>();
  return (line) => {
    const groups = groupsOf(line, by);
    const [one, ...more] = groups;
    const isOne = one !== undefined && more.length === 0;
    const [lists, key] = isOne ? [ofOne, one] : [ofMany, JSON.stringify(groups)];
    const known = lists.get(key) ?? groups;
    lists.set(key, known);
    return known;
  };
}

function groupsOf(line: TrialRecord, by: Grouping): readonly string[] {
  switch (by) {
    case 'category':
      return [line.category];
    case 'language':
      return [line.language ?? 'no language'];
    case 'tag':
      return line.tags ?? [];
    case 'case':
      return [`${line.category}/${line.case}`];
    default:
      return by satisfies never;
  }
}
