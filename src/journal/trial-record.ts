/** A finished trial as its line in the journal. */

import type { AttemptRecord } from '../domain/attempt-record.js';
import type { Answer, Check, Verdict } from '../domain/grade.js';
import type { CompletionRecord, ReplyLine, TrialRecord } from '../domain/record.js';
import type { Attempt, Completion, Reply, Trial } from '../domain/trial.js';
import { tenths } from '../domain/units.js';

interface Judged {
  readonly answer: Answer;
  readonly checks: readonly Check[];
  readonly verdict: Exclude<Verdict, 'unanswered'>;
  readonly score: number | null;
}

/** `judged` is null if and only if there is no completion. Times are rounded to a tenth of a millisecond. */
export function trialRecord(
  trial: Trial,
  reply: Exclude<Reply, { kind: 'held' }>,
  judged: Judged | null,
  gradingMs: number,
): TrialRecord {
  return {
    type: 'trial',
    trial: trial.id,
    case: trial.case.id,
    suite: trial.suite,
    category: trial.case.category,
    language: trial.case.language,
    ...(trial.case.tags.length > 0 ? { tags: trial.case.tags } : {}),
    candidate: trial.candidate.name,
    answered_by: reply.kind === 'completion' ? reply.answeredBy.name : null,
    sample: trial.sample,
    verdict: judged === null ? 'unanswered' : judged.verdict,
    score: judged === null ? null : judged.score,
    ...measured(reply),
    extraction: judged === null ? null : extractionRecord(judged.answer),
    checks: judged === null ? [] : judged.checks,
    attempts: reply.attempts.map(attemptRecord),
    ...(reply.kind === 'completion' && reply.judgements !== undefined
      ? { judgements: reply.judgements }
      : {}),
    grading_ms: tenths(gradingMs),
  };
}

/** What came of a request that was no trial: judged by nobody. */
export function replyRecord(
  named: Pick<TrialRecord, 'trial' | 'case' | 'suite' | 'category'>,
  candidate: string,
  reply: Reply,
): TrialRecord {
  return {
    type: 'trial',
    ...named,
    language: null,
    candidate,
    answered_by: reply.kind === 'completion' ? reply.answeredBy.name : null,
    sample: 0,
    verdict: reply.kind === 'completion' ? null : 'unanswered',
    score: null,
    ...measured(reply),
    extraction: null,
    checks: [],
    attempts: reply.attempts.map(attemptRecord),
    grading_ms: 0,
  };
}

function measured(reply: Reply) {
  const winner = reply.kind === 'completion' ? reply.attempts.at(-1) : undefined;
  const sum = (read: (attempt: Attempt) => number) =>
    tenths(reply.attempts.reduce((total, attempt) => total + read(attempt), 0));
  const completion = reply.kind === 'completion' ? reply.completion : null;
  return {
    outcome: outcomeOf(reply),
    latency_ms: winner === undefined ? null : tenths(winner.totalMs),
    ttft_ms: winner === undefined || winner.firstTokenMs === null ? null : tenths(winner.firstTokenMs),
    queue_ms: sum((attempt) => attempt.queuedMs),
    pace_ms: sum((attempt) => attempt.pacedMs),
    backoff_ms: sum((attempt) => attempt.backoffMs),
    cost_usd: completion === null ? null : completion.costUsd,
    completion: completion === null ? null : completionRecord(completion),
  };
}

/** What a run would hold back for later has no later where somebody waits for it. */
function outcomeOf(reply: Reply): TrialRecord['outcome'] {
  if (reply.kind === 'completion') return reply.outcome.kind;
  if (reply.kind === 'unanswered') return reply.reason;
  return reply.reason === 'interrupted' ? 'cancelled' : reply.reason;
}

/** What of an answered trial is kept until its judges have answered. */
export function replyLineOf(trial: Trial, reply: Extract<Reply, { kind: 'completion' }>): ReplyLine {
  const record = trialRecord(trial, reply, null, 0);
  const { candidate, latency_ms, queue_ms, pace_ms, backoff_ms, cost_usd, attempts } = record;
  return {
    type: 'reply',
    trial: trial.id,
    candidate,
    latency_ms,
    queue_ms,
    pace_ms,
    backoff_ms,
    cost_usd,
    attempts,
    answered_by: reply.answeredBy.name,
    outcome: reply.outcome.kind,
    completion: completionRecord(reply.completion),
  };
}

export function extractionRecord(answer: Answer): NonNullable<TrialRecord['extraction']> {
  return { method: answer.kind === 'code' ? answer.method : null, outcome: answer.kind };
}

export function attemptRecord(attempt: Attempt): AttemptRecord {
  return {
    model: attempt.model.name,
    outcome: attempt.outcome.kind,
    status: attempt.status,
    wait_ms: tenths(attempt.backoffMs),
    ...(attempt.firstTokenMs === null ? {} : { ttft_ms: tenths(attempt.firstTokenMs) }),
    total_ms: tenths(attempt.totalMs),
    sent_at_ms: Math.round(attempt.sentAtMs),
    ...('message' in attempt.outcome ? { message: attempt.outcome.message } : {}),
  };
}

function completionRecord(completion: Completion): CompletionRecord {
  return {
    text: completion.text,
    ...(completion.reasoning === null ? {} : { reasoning: completion.reasoning }),
    finish_reason: completion.finishReason,
    served_model: completion.servedModel,
    served_by: completion.servedBy,
    usage: {
      prompt_tokens: completion.usage.promptTokens,
      completion_tokens: completion.usage.completionTokens,
      reasoning_tokens: completion.usage.reasoningTokens,
    },
  };
}
