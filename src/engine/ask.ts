/** The loop of asking: decide, wait, enter the lane, send, note the attempt, and again until there is an answer. */
import { type Candidate, type Model, modelsOf, retryOf } from '../domain/candidate.js';
import type { RunEvent } from '../domain/event.js';
import type { Outcome, RetriedOutcome } from '../domain/outcome.js';
import type { Allowance, Attempt, Completion, Question, Reply, Sent } from '../domain/trial.js';
import { estimateTokens, isoTime } from '../domain/units.js';
import { NO_LONGER_WANTED } from '../world/deadline.js';
import type { Clock, Random } from '../world/world.js';
import { type Budget, BudgetSpent, type Grant, noBudget } from './budget.js';
import type { Lanes } from './lane.js';
import { RetryPolicy } from './retry-policy.js';
import { ModelRotationManager, type PastAttempt } from './rotation.js';

export type Send<Q = Question> = (
  model: Model,
  question: Q,
  signal: AbortSignal,
  accepted: (allowance: Allowance | null) => void,
  /** The first of the answer has come. */
  began: () => void,
) => Promise<Sent>;

/** `Q`: what is asked; only `send` looks into it. */
export interface AskParts<Q = Question> {
  readonly clock: Clock;
  readonly random: Random;
  readonly lanes: Pick<Lanes, 'of'>;
  readonly send: Send<Q>;
  /** System message and prompt together. */
  readonly promptCharsOf: (question: Q) => number;
  /** What must have come by the deadline: all of the answer (default), or its first token. */
  readonly deadlineFor?: 'answer' | 'first_token';
  /** Nobody waits for the answer (default: true); see `ModelRotationManager`. */
  readonly isPatient?: boolean;
  readonly on: (event: RunEvent) => void;
  /** What may be spent, and the most that a request can cost; without: anything. */
  readonly budget?: {
    readonly of: Budget;
    readonly worstUsd: (model: Model, question: Q) => number;
  };
}

/**
 * `name` is the trial's id where there is one: it names the trial in events, and its dice. After `stop` nothing more is
 * sent, and what is in flight may still come in; `signal` ends that too.
 */
export async function ask<Q>(
  parts: AskParts<Q>,
  name: string,
  question: Q,
  candidate: Candidate,
  signal: AbortSignal,
  stop: AbortSignal = signal,
): Promise<Reply> {
  const { clock, lanes, on } = parts;
  const retry = retryOf(candidate);
  const policy = new RetryPolicy(retry);
  const manager = new ModelRotationManager(modelsOf(candidate), retry, parts.isPatient);
  const promptChars = parts.promptCharsOf(question);
  const dice = parts.random.fork(`ask/${name}`);
  const attempts: Attempt[] = [];
  const history: PastAttempt[] = [];
  const startedMs = clock.nowMs();
  /** The model that was sent to last, the primary before that. */
  let current = manager.primary;
  /** Since when the next request waits, and what of it was queue and pace: the rest is backoff. */
  let waitingSinceMs = startedMs;
  let queuedMs = 0;
  let pacedMs = 0;

  try {
    while (true) {
      // One reading for the whole decision: read again, every other lane would look a little later than now, for ever.
      const nowMs = clock.nowMs();
      const decision = manager.decide(history, {
        startedMs,
        nowMs,
        opensAtMs: (model) => lanes.of(model).opensAtMs(nowMs),
        closedUntilMs: (model) => lanes.of(model).closedUntilMs(),
        refusesSinceMs: (model) => lanes.of(model).refusesSinceMs(),
        downWhy: (model) => lanes.of(model).downWhy(),
      });
      if (decision.do === 'stop') {
        return { kind: 'unanswered', reason: decision.reason, message: decision.message, attempts };
      }
      if (decision.do === 'defer') {
        return { kind: 'held', reason: 'lane_down', message: decision.message, untilMs: null, attempts };
      }
      if (decision.do === 'park')
        return {
          kind: 'held',
          reason: 'quota',
          message: decision.message,
          untilMs: decision.untilMs,
          attempts,
        };

      const { model } = decision;
      const reason = current.name === model.name ? '' : whyLeft(current, history, lanes);
      const lane = lanes.of(model);
      const knownClosedMs = lane.closedUntilMs();
      const waitMs = decision.notBeforeMs - nowMs;
      if (waitMs > 0) await clock.sleep(waitMs, stop);
      const enteredMs = waitMs > 0 ? clock.nowMs() : nowMs;
      const own = history.filter((past) => past.model.name === model.name);
      const isRetry = own.some((past) => !isLimit(past.outcome.kind));
      const entry = {
        candidate: candidate.name,
        promptChars,
        isRetry,
        enteredMs,
        untilMs: decision.reconsiderAtMs,
        knownClosedMs,
      };
      const admission = await lane.enter(entry, stop);
      if (admission === 'later') {
        pacedMs += clock.nowMs() - enteredMs;
        continue;
      }
      queuedMs += admission.queuedMs;
      pacedMs += admission.pacedMs;
      const allowance = await grantFor(parts, model, question, stop).catch((error: unknown) => {
        lane.leave(admission, notSent, null);
        throw error;
      });
      if (stop.aborted) {
        // It was admitted, and stopped before it could go.
        allowance?.settle(0);
        lane.leave(admission, notSent, null);
        throw stop.reason;
      }
      if (allowance === null) {
        lane.leave(admission, notSent, null);
        const message = parts.budget?.of.spent() ?? 'the budget is spent';
        return { kind: 'held', reason: 'budget', message, untilMs: null, attempts };
      }
      // Only what is sent elsewhere has rotated: a plan that a gate undid has not.
      if (model.name !== current.name) {
        on({ kind: 'rotated', trial: name, rotation: rotation(clock, candidate, current, model, reason) });
      }
      current = model;

      noteBackoff(attempts, Math.max(0, clock.nowMs() - waitingSinceMs - queuedMs - pacedMs));
      on({ kind: 'attempt-started', trial: name, candidate: candidate.name, model: model.name });
      lane.started(admission);
      const sentAtMs = clock.wallMs();
      const sent = await beforeDeadline(parts, retry.deadlineMs, startedMs, signal, (inTime, began) =>
        parts.send(
          model,
          question,
          inTime,
          (allowance) => lane.accepted(admission, allowance),
          () => {
            began();
            on({ kind: 'answer-began', trial: name, model: model.name });
          },
        ),
      );
      const tokens = 'completion' in sent ? tokensOf(promptChars, sent.completion) : null;
      lane.leave(admission, sent.outcome, tokens);
      const attempt: Attempt = {
        model,
        outcome: sent.outcome,
        status: sent.status,
        queuedMs,
        pacedMs,
        backoffMs: 0,
        firstTokenMs: 'completion' in sent ? sent.firstTokenMs : null,
        totalMs: sent.totalMs,
        sentAtMs,
      };
      attempts.push(attempt);
      const costUsd = 'completion' in sent ? sent.completion.costUsd : null;
      // A request without an answer is taken to be free.
      allowance.settle('completion' in sent ? costUsd : 0);
      on({ kind: 'attempt-ended', trial: name, candidate: candidate.name, attempt, costUsd });
      const failures = own.length + 1;
      // An empty answer is asked for once more; then it is the answer.
      const isAskedAgain =
        sent.outcome.kind === 'empty' &&
        failures < retry.maxAttempts &&
        !own.some((past) => past.outcome.kind === 'empty');
      if ('completion' in sent && !isAskedAgain) {
        const { completion, outcome } = sent;
        return { kind: 'completion', completion, outcome, answeredBy: model, attempts };
      }
      stop.throwIfAborted();
      if ('isFinal' in sent && sent.isFinal) {
        const { kind: reason, message } = retried(sent.outcome);
        return { kind: 'unanswered', reason, message, attempts };
      }
      waitingSinceMs = clock.nowMs();
      queuedMs = 0;
      pacedMs = 0;
      const outcome = retried(sent.outcome);
      // A gate says when a limited model is ready; the trial's own backoff is for everything else.
      const gateWaits = isLimit(outcome.kind) && lane.closedUntilMs() > waitingSinceMs;
      const againAtMs = gateWaits ? lane.closedUntilMs() : waitingSinceMs + policy.delayMs(failures, dice);
      history.push({ model, outcome, againAtMs });
    }
  } catch (error) {
    if (stop.aborted || signal.aborted) {
      const { reason } = stop;
      return reason instanceof BudgetSpent
        ? { kind: 'held', reason: 'budget', message: reason.message, untilMs: null, attempts }
        : { kind: 'held', reason: 'interrupted', message: 'interrupted', untilMs: null, attempts };
    }
    throw error;
  }
}

/** What the server counted; of what it does not count, an estimate from the text. */
function tokensOf(promptChars: number, { usage, text }: Completion): number {
  const promptTokens = usage.promptTokens ?? estimateTokens(promptChars);
  return promptTokens + (usage.completionTokens ?? estimateTokens(text.length));
}

const notSent: Outcome = { kind: 'cancelled', message: 'not sent' };

async function grantFor<Q>(
  { budget }: Pick<AskParts<Q>, 'budget'>,
  model: Model,
  question: Q,
  stop: AbortSignal,
): Promise<Grant | null> {
  return budget === undefined
    ? noBudget.enter(0, stop)
    : budget.of.enter(budget.worstUsd(model, question), stop);
}

/** A trial's deadline cuts its last request short; the request then ends as cancelled. */
async function beforeDeadline(
  { clock, deadlineFor }: Pick<AskParts, 'clock' | 'deadlineFor'>,
  deadlineMs: number | null,
  startedMs: number,
  signal: AbortSignal,
  send: (signal: AbortSignal, began: () => void) => Promise<Sent>,
): Promise<Sent> {
  if (deadlineMs === null) return send(signal, () => {});
  const over = new AbortController();
  const ended = new AbortController();
  clock.sleep(Math.max(0, startedMs + deadlineMs - clock.nowMs()), ended.signal).then(
    () => over.abort(new Error('the deadline of the trial')),
    () => {},
  );
  try {
    return await send(AbortSignal.any([signal, over.signal]), () => {
      if (deadlineFor === 'first_token') ended.abort(NO_LONGER_WANTED);
    });
  } finally {
    ended.abort(NO_LONGER_WANTED);
  }
}

function retried(outcome: Sent['outcome']): RetriedOutcome {
  switch (outcome.kind) {
    case 'answered':
    case 'refused':
    case 'truncated':
    case 'tool_call':
      throw new Error(`an answer is not asked for again: ${outcome.kind}`);
    default:
      return outcome;
  }
}

function isLimit(kind: string): boolean {
  return kind === 'rate_limited' || kind === 'quota' || kind === 'concurrency';
}

function noteBackoff(attempts: Attempt[], backoffMs: number): void {
  const last = attempts.pop();
  if (last !== undefined) attempts.push({ ...last, backoffMs });
}

function whyLeft(left: Model, history: readonly PastAttempt[], lanes: Pick<Lanes, 'of'>): string {
  const down = lanes.of(left).downWhy();
  if (down !== null) return 'lane_down';
  const last = history.at(-1);
  if (last !== undefined && last.model.name === left.name) return last.outcome.kind;
  return 'rate limited';
}

function rotation(clock: Clock, candidate: Candidate, from: Model, to: Model, reason: string) {
  return {
    type: 'event',
    kind: 'rotation',
    at: isoTime(clock.wallMs()),
    candidate: candidate.name,
    from: from.name,
    to: to.name,
    reason,
  } as const;
}
