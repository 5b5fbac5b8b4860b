/**
 * Judges are asked right after an answer has come, by the same engine: their limits, waits and budgets are the run's. What
 * was answered is on disk before a judge is asked, so that a run that ends meanwhile asks nothing twice.
 */
import { type Candidate, type Model, modelsOf } from '../../domain/candidate.js';
import { type JudgeSpec, judgeSpecOf } from '../../domain/kinds/judge.js';
import type { JudgementRecord } from '../../domain/kinds/judgement.js';
import type { AnsweredOutcome } from '../../domain/outcome.js';
import type { JudgementLine, ReplyLine } from '../../domain/record.js';
import type { Suite } from '../../domain/suite.js';
import type { Ask, Attempt, Question, Reply, Trial } from '../../domain/trial.js';
import { readableText } from '../../grading/extract.js';
import { JUDGE_PARAMS, type JudgeQuestion, judgeQuestion } from '../../grading/judging/judge-question.js';
import { attemptRecord, replyLineOf } from '../../journal/trial-record.js';

/** Asks a model anything. `name`: of the question, for events and dice. */
export type AskAbout = (
  name: string,
  question: Question,
  candidate: Candidate,
  signal: AbortSignal,
  stop: AbortSignal,
) => Promise<Reply>;

/** What an earlier process of the run had of trials that it did not finish. */
export interface UnfinishedTrials {
  readonly replies: ReadonlyMap<string, ReplyLine>;
  /** By trial. */
  readonly judgements: ReadonlyMap<string, readonly JudgementLine[]>;
}

export interface JudgeParts {
  readonly ask: Ask;
  readonly askAbout: AskAbout;
  /** Undefined if the suite has no such judge. Null instead of a function: no case has one. */
  readonly judgeOf: ((suite: string, name: string) => Model | undefined) | null;
  /** Resolves when the line is on disk; in virtual time nobody waits for that. */
  readonly keep: (line: ReplyLine | JudgementLine) => Promise<void>;
  readonly unfinished: UnfinishedTrials;
}

/** A judge by the name that a suite gives it. */
export function judgeOfSuites({
  suites,
}: {
  readonly suites: readonly Pick<Suite, 'name' | 'judges'>[];
}): (suite: string, name: string) => Model | undefined {
  const bySuite = new Map(
    suites.map(({ name, judges }) => [name, new Map(judges.map((model) => [model.name, model]))]),
  );
  return (suite, name) => bySuite.get(suite)?.get(name);
}

type Completed = Extract<Reply, { kind: 'completion' }>;
type Held = Extract<Reply, { kind: 'held' }>;

export function withJudges(parts: JudgeParts): Ask {
  const { judgeOf } = parts;
  if (judgeOf === null) return parts.ask;
  return async (trial, signal, stop) => {
    const spec = judgeSpecOf(trial.case.scorings);
    const known = parts.unfinished.replies.get(trial.id);
    const reply =
      known === undefined || spec === null ? await parts.ask(trial, signal, stop) : replyOf(known, trial);
    if (spec === null || reply.kind !== 'completion') return reply;
    const answer = readableText(reply.completion.text);
    if (answer.trim() === '') return reply;
    if (known === undefined) await parts.keep(replyLineOf(trial, reply));
    const question = judgeQuestion(trial.case.prompt, answer, spec);
    const judged = await Promise.all(
      spec.models.map((name) => {
        const model = judgeOf(trial.suite, name);
        if (model === undefined) throw new Error(`no judge is named ${name}`);
        return judgement({ ...model, name }, question, spec, trial, parts, signal, stop);
      }),
    );
    const held = judged.find(isHeld);
    if (held !== undefined) return { ...held, attempts: reply.attempts };
    return { ...reply, judgements: judged.flatMap((one) => (isHeld(one) ? [] : [one])) };
  };
}

const isHeld = (one: JudgementRecord | Held): one is Held => 'kind' in one;

async function judgement(
  model: Model,
  { system, prompt, hash }: JudgeQuestion,
  spec: JudgeSpec,
  trial: Trial,
  { askAbout, keep, unfinished }: JudgeParts,
  signal: AbortSignal,
  stop: AbortSignal,
): Promise<JudgementRecord | Held> {
  const { name } = model;
  const known = unfinished.judgements
    .get(trial.id)
    ?.find(({ judge, question }) => judge === name && question === hash);
  if (known !== undefined) return recordOf(known);
  const reply = await askAbout(
    `${trial.id}/judge/${name}`,
    {
      system,
      prompt,
      params: JUDGE_PARAMS,
      label: {
        suite: trial.suite,
        case: trial.case.id,
        sample: trial.sample,
        judges: spec.scale === null ? spec.items.length : -spec.scale,
      },
    },
    { kind: 'model', name: `judge ${name}`, model },
    signal,
    stop,
  );
  if (reply.kind === 'held') return reply;
  const record: JudgementRecord = {
    judge: name,
    question: hash,
    text: reply.kind === 'completion' ? reply.completion.text : null,
    ...failureOf(reply),
    cost_usd: reply.kind === 'completion' ? reply.completion.costUsd : null,
    attempts: reply.attempts.map(attemptRecord),
  };
  await keep({ type: 'judgement', trial: trial.id, ...record });
  return record;
}

function failureOf(reply: Exclude<Reply, Held>): { readonly failure?: string } {
  if (reply.kind === 'unanswered') return { failure: reply.message };
  return reply.outcome.kind === 'answered' ? {} : { failure: `its answer was ${reply.outcome.kind}` };
}

const recordOf = ({ type: _, trial: __, ...record }: JudgementLine): JudgementRecord => record;

/** As it was when it came. */
function replyOf(line: ReplyLine, { candidate }: Trial): Completed {
  const models = modelsOf(candidate);
  const modelNamed = (name: string) => {
    const model = models.find((one) => one.name === name);
    if (model === undefined) throw new Error(`${candidate.name} has no model ${name}`);
    return model;
  };
  const { completion, attempts } = line;
  return {
    kind: 'completion',
    completion: {
      text: completion.text,
      reasoning: completion.reasoning ?? null,
      finishReason: completion.finish_reason,
      servedModel: completion.served_model,
      servedBy: completion.served_by,
      usage: {
        promptTokens: completion.usage.prompt_tokens,
        completionTokens: completion.usage.completion_tokens,
        reasoningTokens: completion.usage.reasoning_tokens,
      },
      costUsd: line.cost_usd,
    },
    outcome: { kind: line.outcome, message: '' } as AnsweredOutcome,
    answeredBy: modelNamed(line.answered_by),
    attempts: attempts.map((attempt, at): Attempt => {
      const isLast = at === attempts.length - 1;
      return {
        model: modelNamed(attempt.model),
        outcome: { kind: attempt.outcome } as Attempt['outcome'],
        status: attempt.status,
        // Of queue and rate limit the line has the sums alone.
        queuedMs: isLast ? line.queue_ms : 0,
        pacedMs: isLast ? line.pace_ms : 0,
        backoffMs: attempt.wait_ms,
        firstTokenMs: attempt.ttft_ms ?? null,
        totalMs: attempt.total_ms,
        sentAtMs: attempt.sent_at_ms ?? 0,
      };
    }),
  };
}
