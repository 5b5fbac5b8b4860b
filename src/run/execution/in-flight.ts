/** What asking and replaying have in common: work that is under way, what is left over, and how both come to an end. */
import type { Held } from '../../domain/record.js';
import type { HeldReason } from '../../domain/trial.js';
import { NO_LONGER_WANTED } from '../../world/deadline.js';
import type { Clock } from '../../world/world.js';

/** After an interrupt, what is under way may still finish for this long: its answers are paid for. */
export const IN_FLIGHT_MS = 3_000;

export interface RunEnd {
  /** True if every trial has its record. */
  readonly complete: boolean;
  readonly held: Held;
}

export interface InFlight {
  /** Begins the work. Resolves when there is room for more: a full backlog slows down whoever brings it. */
  begin(work: () => Promise<void>): Promise<void>;
  /** A bug of ours ends the run: it is never counted as a model's failure. The first one is kept. */
  fail(error: unknown): void;
  /** Aborted with the first failure. */
  readonly failed: AbortSignal;
  /** Resolves when all work is done; rejects with the first failure. */
  settled(): Promise<void>;
}

/** `atMost`: pieces of work that are under way before `begin` waits; after `stop` it never does. */
export function openInFlight(atMost: number, stop: AbortSignal): InFlight {
  const underWay = new Set<Promise<void>>();
  const forRoom: (() => void)[] = [];
  const failure = new AbortController();
  const fail = (error: unknown) => failure.abort(error);
  stop.addEventListener('abort', () => {
    for (const goOn of forRoom.splice(0)) goOn();
  });
  return {
    async begin(work) {
      const ending = work()
        .catch(fail)
        .finally(() => {
          underWay.delete(ending);
          forRoom.shift()?.();
        });
      underWay.add(ending);
      if (underWay.size > atMost && !stop.aborted)
        await new Promise<void>((resolve) => forRoom.push(resolve));
    },
    fail,
    failed: failure.signal,
    async settled() {
      while (underWay.size > 0) await Promise.all(underWay);
      failure.signal.throwIfAborted();
    },
  };
}

export interface Grace {
  readonly over: AbortSignal;
  /** Resolves when it is over. */
  readonly end: Promise<void>;
  cancel(): void;
}

/** Is over `IN_FLIGHT_MS` after an interrupt, unless it is cancelled before. */
export function openGrace(interrupted: AbortSignal, clock: Clock): Grace {
  const grace = new AbortController();
  const cancelled = new AbortController();
  interrupted.addEventListener('abort', () => {
    clock.sleep(IN_FLIGHT_MS, cancelled.signal).then(
      () => grace.abort(interrupted.reason),
      () => {},
    );
  });
  return {
    over: grace.signal,
    end: new Promise((resolve) => grace.signal.addEventListener('abort', () => resolve())),
    cancel: () => cancelled.abort(NO_LONGER_WANTED),
  };
}

/** Trials that are left without a record, by candidate and reason. */
export function openLeftovers(): { add(candidate: string, reason: HeldReason): void; end(): RunEnd } {
  const held: Record<string, Partial<Record<HeldReason, number>>> = {};
  return {
    add(candidate, reason) {
      const own = held[candidate] ?? {};
      held[candidate] = { ...own, [reason]: (own[reason] ?? 0) + 1 };
    },
    end: () => ({ complete: Object.keys(held).length === 0, held }),
  };
}
