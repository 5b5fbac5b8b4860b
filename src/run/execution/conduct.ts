/**
 * The conductor: trials -> ask -> grade -> append -> event. Asking is as wide as the lanes, grading as wide as the
 * sandboxes, and neither waits for the other.
 */
import type { RunEvent } from '../../domain/event.js';
import type { Answer, Check, Verdict } from '../../domain/grade.js';
import type { Held, JournalLine, TrialRecord } from '../../domain/record.js';
import type { Ask, HeldReason, Reply, Trial } from '../../domain/trial.js';
import type { Trials } from '../../domain/trials.js';
import { BudgetSpent } from '../../engine/budget.js';
import { trialRecord } from '../../journal/trial-record.js';
import { NO_LONGER_WANTED } from '../../world/deadline.js';
import type { Clock } from '../../world/world.js';

export interface Graded {
  readonly answer: Answer;
  readonly checks: readonly Check[];
  readonly verdict: Exclude<Verdict, 'unanswered'>;
  readonly score: number | null;
}

export interface RunParts {
  readonly ask: Ask;
  readonly grade: (trial: Trial, reply: Extract<Reply, { kind: 'completion' }>) => Promise<Graded>;
  /** Resolves when the line is on disk. */
  readonly append: (line: JournalLine) => Promise<void>;
  readonly on: (event: RunEvent) => void;
  /** For the time that grading takes. */
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Trials of one candidate that are asked at a time; its lanes decide how many of them are sent. Infinity: all. */
  readonly asksPerCandidate: number;
  /** Answers that may wait for a sandbox before no more are asked for: what bounds the memory. */
  readonly gradingBacklog: number;
  /**
   * Sees the asking through to its end: in virtual time somebody has to move the clock. Nothing in it waits for a disk
   * or a sandbox, so what is asked never depends on how fast this machine is.
   */
  readonly drive: <T>(asking: Promise<T>) => Promise<T>;
}

/** Asks per slot of a lane that may wait before it: enough that it is never idle for want of one. */
export const ASKS_PER_SLOT = 2;

/** After an interrupt, answers that are on their way are paid for: so long they may still come in. */
export const IN_FLIGHT_MS = 3_000;
/** What ends sooner than this after an interrupt needs no word. */
const AT_ONCE_MS = 1_000;

export interface RunEnd {
  /** True if every trial has its record. */
  readonly complete: boolean;
  readonly held: Held;
}

export async function conduct(trials: Trials, parts: RunParts): Promise<RunEnd> {
  const held: Record<string, Partial<Record<HeldReason, number>>> = {};
  /** Verdicts in the making, and lines on their way to the disk. */
  const finishing = new Set<Promise<void>>();
  /** Askers that wait for one of them to be done. */
  const forRoom: (() => void)[] = [];
  /** A bug of ours stops the run: it is never booked as a model's failure. */
  const stop = new AbortController();
  const signal = AbortSignal.any([parts.signal, stop.signal]);
  // A signal's listeners are a list that is walked: each asker listens to signals of its own.
  const askers = new Set<Stopping>();
  const over = new AbortController();
  const ended = new AbortController();
  const abortAll = () => {
    for (const { abort } of askers) abort.abort(signal.reason);
  };
  parts.signal.addEventListener('abort', () => {
    // The reason of the one that was made of both comes after its listeners.
    for (const { stop: waiting } of askers) waiting.abort(parts.signal.reason);
    parts.clock.sleep(IN_FLIGHT_MS, over.signal).then(abortAll, () => {});
    if (parts.signal.reason instanceof BudgetSpent) return;
    parts.clock.sleep(AT_ONCE_MS, ended.signal).then(
      () => parts.on({ kind: 'stopping' }),
      () => {},
    );
  });
  stop.signal.addEventListener('abort', () => {
    for (const { stop: waiting } of askers) waiting.abort(stop.signal.reason);
    abortAll();
  });
  parts.on({ kind: 'run-started', trials: trials.length });

  async function record(line: TrialRecord): Promise<void> {
    await parts.append(line);
    parts.on({ kind: 'trial-ended', record: line });
  }

  async function gradeAndRecord(trial: Trial, reply: Extract<Reply, { kind: 'completion' }>): Promise<void> {
    parts.on({ kind: 'grading-started', trial });
    const startMs = parts.clock.nowMs();
    const graded = await parts.grade(trial, reply);
    // A verdict that an interrupt spoilt is no verdict: the trial is asked again when the run goes on.
    if (signal.aborted && graded.verdict === 'error') return holdForStop(trial);
    await record(trialRecord(trial, reply, graded, parts.clock.nowMs() - startMs));
  }

  function hold(trial: Trial, reason: HeldReason, why: Why = interruption): void {
    const { name } = trial.candidate;
    const { id, suite } = trial;
    parts.on({ kind: 'held', trial: id, suite, case: trial.case.id, candidate: name, reason, ...why });
    const reasons = held[name] ?? {};
    held[name] = { ...reasons, [reason]: (reasons[reason] ?? 0) + 1 };
  }

  function holdForStop(trial: Trial): void {
    const { reason } = parts.signal;
    if (reason instanceof BudgetSpent) hold(trial, 'budget', { message: reason.message, untilMs: null });
    else hold(trial, 'interrupted');
  }

  async function askOne(trial: Trial, own: Stopping): Promise<void> {
    if (signal.aborted) return holdForStop(trial);
    const reply = await parts.ask(trial, own.abort.signal, own.stop.signal);
    switch (reply.kind) {
      case 'held':
        return hold(trial, reply.reason, { message: reply.message, untilMs: reply.untilMs });
      case 'unanswered':
        return finish(record(trialRecord(trial, reply, null, 0)));
      case 'completion':
        return finish(gradeAndRecord(trial, reply));
      default:
        reply satisfies never;
    }
  }

  /** Waits only for room: a full backlog slows the asking down. */
  async function finish(work: Promise<void>): Promise<void> {
    const ending = work.catch(fail).finally(() => {
      finishing.delete(ending);
      forRoom.shift()?.();
    });
    finishing.add(ending);
    if (finishing.size > parts.gradingBacklog) await new Promise<void>((resolve) => forRoom.push(resolve));
  }

  async function askAll(state: { readonly queue: Trials; next: number }): Promise<void> {
    const own = { abort: new AbortController(), stop: new AbortController() };
    askers.add(own);
    while (state.next < state.queue.length) await askOne(state.queue.at(state.next++), own);
    askers.delete(own);
  }

  let failure: { readonly error: unknown } | null = null;
  function fail(error: unknown): void {
    failure ??= { error };
    stop.abort(error);
  }

  // A queue each: a candidate whose gate is closed holds up nobody else. In turns, so that candidates that share a lane come into its queue side by side.
  const asking: Promise<void>[] = [];
  const queues = [...trials.byCandidate().values()].map((queue) => ({ queue, next: 0 }));
  const turns = Math.min(parts.asksPerCandidate, Math.max(0, ...queues.map(({ queue }) => queue.length)));
  for (let turn = 0; turn < turns; turn++) {
    for (const state of queues) if (turn < state.queue.length) asking.push(askAll(state));
  }
  await parts.drive(Promise.all(asking.map((asker) => asker.catch(fail))));
  over.abort(NO_LONGER_WANTED);
  while (finishing.size > 0) await Promise.all(finishing);
  ended.abort(NO_LONGER_WANTED);
  if (failure !== null) throw (failure as { error: unknown }).error;
  return { complete: Object.keys(held).length === 0, held };
}

interface Stopping {
  readonly abort: AbortController;
  readonly stop: AbortController;
}

interface Why {
  readonly message: string;
  readonly untilMs: number | null;
}

const interruption: Why = { message: 'interrupted', untilMs: null };
