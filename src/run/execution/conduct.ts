/**
 * The conductor: trials -> ask -> grade -> append -> event. Asking is as wide as the lanes, grading as wide as the
 * sandboxes, and neither waits for the other.
 */

import { grouped } from '../../analysis/grouped.js';
import type { RunEvent } from '../../domain/event.js';
import type { Answer, Check, Verdict } from '../../domain/grade.js';
import type { JournalLine, TrialRecord } from '../../domain/record.js';
import type { Ask, HeldReason, Reply, Trial } from '../../domain/trial.js';
import { BudgetSpent } from '../../engine/budget.js';
import { trialRecord } from '../../journal/trial-record.js';
import { NO_LONGER_WANTED } from '../../world/deadline.js';
import type { Clock } from '../../world/world.js';
import { openGrace, openInFlight, openLeftovers, type RunEnd } from './in-flight.js';

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

/** What ends sooner than this after an interrupt needs no word. */
const AT_ONCE_MS = 1_000;

export async function conduct(trials: readonly Trial[], parts: RunParts): Promise<RunEnd> {
  const leftovers = openLeftovers();
  /** Answers that are being graded, and lines on their way to the disk. */
  const finishing = openInFlight(parts.gradingBacklog, parts.signal);
  const signal = AbortSignal.any([parts.signal, finishing.failed]);
  const grace = openGrace(parts.signal, parts.clock);
  // A signal's listeners are a list that is walked: each asker listens to signals of its own.
  const askers = new Set<Stopping>();
  const ended = new AbortController();
  const abortAll = () => {
    for (const { abort } of askers) abort.abort(signal.reason);
  };
  parts.signal.addEventListener('abort', () => {
    // The reason of the one that was made of both comes after its listeners.
    for (const { stop: waiting } of askers) waiting.abort(parts.signal.reason);
    if (parts.signal.reason instanceof BudgetSpent) return;
    parts.clock.sleep(AT_ONCE_MS, ended.signal).then(
      () => parts.on({ kind: 'stopping' }),
      () => {},
    );
  });
  grace.over.addEventListener('abort', abortAll);
  finishing.failed.addEventListener('abort', () => {
    for (const { stop: waiting } of askers) waiting.abort(finishing.failed.reason);
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
    leftovers.add(name, reason);
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
        return finishing.begin(() => record(trialRecord(trial, reply, null, 0)));
      case 'completion':
        return finishing.begin(() => gradeAndRecord(trial, reply));
      default:
        reply satisfies never;
    }
  }

  async function askAll(state: { readonly queue: readonly Trial[]; next: number }): Promise<void> {
    const own = { abort: new AbortController(), stop: new AbortController() };
    askers.add(own);
    for (let trial = state.queue[state.next++]; trial !== undefined; trial = state.queue[state.next++]) {
      await askOne(trial, own);
    }
    askers.delete(own);
  }

  // A queue each: a candidate whose gate is closed holds up nobody else. In turns, so that candidates that share a lane come into its queue side by side.
  const asking: Promise<void>[] = [];
  const queues = [...grouped(trials, ({ candidate }) => candidate.name).values()].map((queue) => ({
    queue,
    next: 0,
  }));
  const turns = Math.min(parts.asksPerCandidate, Math.max(0, ...queues.map(({ queue }) => queue.length)));
  for (let turn = 0; turn < turns; turn++) {
    for (const state of queues) if (turn < state.queue.length) asking.push(askAll(state));
  }
  await parts.drive(Promise.all(asking.map((asker) => asker.catch(finishing.fail))));
  grace.cancel();
  await finishing.settled().finally(() => ended.abort(NO_LONGER_WANTED));
  return leftovers.end();
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
