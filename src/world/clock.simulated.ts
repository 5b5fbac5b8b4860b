import type { Clock } from './world.js';

export interface SimulatedClock extends Clock {
  /**
   * Runs `work` to its end in virtual time: drains everything that is ready, then jumps to the next timer. Throws
   * when work is left, nothing is ready and no timer is set: somebody waits for something that never comes.
   */
  run<T>(work: Promise<T>): Promise<T>;
  /** Timers that are set: none should be when nothing is left to wait for. */
  timersLeft(): number;
}

interface Timer {
  readonly atMs: number;
  readonly order: number;
  readonly ring: () => void;
  cancelled: boolean;
  rang: boolean;
}

/** Readings of a moving clock without a timer ringing after which somebody is said to spin. */
const SPINS_AFTER_READINGS = 2_000_000;

/** Rounds of the event loop without any timer after which virtual time is said to stand still. */
const STALLED_AFTER_ROUNDS = 1_000;

/**
 * `startMs`: start of the monotonic clock, which starts anywhere: code that takes 0 for the beginning fails elsewhere.
 * `stepMs`: how much time passes with each reading. Without it time stands still between two timers, which no real clock
 * does; with it timers also ring up to a millisecond early, as Node's do.
 */
export function simulatedClock(
  startWallMs: number = Date.UTC(2026, 0, 1),
  startMs = 0,
  stepMs: (() => number) | null = null,
): SimulatedClock {
  let nowMs = startMs;
  let order = 0;
  let readings = 0;
  const timers = timerHeap();

  const read = (): number => {
    if (stepMs === null) return nowMs;
    if (++readings > SPINS_AFTER_READINGS) throw new Error(`somebody spins at virtual time ${nowMs} ms`);
    nowMs += stepMs();
    return nowMs;
  };

  const after = (ms: number, ring: () => void) => {
    const timer: Timer = {
      atMs: nowMs + Math.max(0, stepMs === null ? ms : Math.floor(ms)),
      order: order++,
      cancelled: false,
      rang: false,
      ring,
    };
    timers.add(timer);
    return () => {
      if (timer.cancelled || timer.rang) return;
      timer.cancelled = true;
      timers.cancelled();
    };
  };

  const sleep = (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const untilMs = nowMs + ms;
      const stop = () => {
        cancel();
        reject(signal?.reason);
      };
      const wake = () => {
        if (nowMs < untilMs) {
          cancel = after(Math.ceil(untilMs - nowMs), wake);
          return;
        }
        signal?.removeEventListener('abort', stop);
        resolve();
      };
      let cancel = after(ms, wake);
      signal?.addEventListener('abort', stop, { once: true });
    });

  return {
    nowMs: read,
    wallMs: () => startWallMs + read() - startMs,
    sleep,
    after,
    timersLeft: timers.count,
    async run(work) {
      let ended = false;
      const end = () => {
        ended = true;
      };
      work.then(end, end);
      let idleRounds = 0;
      while (true) {
        await new Promise<void>((resolve) => setImmediate(resolve));
        if (ended) return work;
        const next = timers.takeFirst();
        if (next === null) {
          if (++idleRounds > STALLED_AFTER_ROUNDS) throw new Error(`stalled at virtual time ${nowMs} ms`);
          continue;
        }
        idleRounds = 0;
        readings = 0;
        nowMs = Math.max(nowMs, next.atMs);
        next.rang = true;
        next.ring();
      }
    },
  };
}

/** Timers in the order of their times, those of one time in the order they were set: a binary heap. */
function timerHeap() {
  const heap: Timer[] = [];
  let live = 0;
  const isBefore = (a: Timer, b: Timer) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
  const at = (index: number) => heap[index] as Timer;
  const swap = (one: number, other: number) => {
    const timer = at(one);
    heap[one] = at(other);
    heap[other] = timer;
  };
  function takeTop(): Timer | undefined {
    const top = heap[0];
    const last = heap.pop();
    if (top === undefined || last === undefined || heap.length === 0) return top;
    heap[0] = last;
    for (let index = 0; ; ) {
      let least = index;
      for (const child of [2 * index + 1, 2 * index + 2]) {
        if (child < heap.length && isBefore(at(child), at(least))) least = child;
      }
      if (least === index) return top;
      swap(index, least);
      index = least;
    }
  }
  return {
    add(timer: Timer): void {
      live += 1;
      heap.push(timer);
      for (let index = heap.length - 1; index > 0; ) {
        const parent = (index - 1) >> 1;
        if (!isBefore(at(index), at(parent))) return;
        swap(index, parent);
        index = parent;
      }
    },
    cancelled(): void {
      live -= 1;
    },
    takeFirst(): Timer | null {
      for (let top = takeTop(); top !== undefined; top = takeTop()) {
        if (top.cancelled) continue;
        live -= 1;
        return top;
      }
      return null;
    },
    count: () => live,
  };
}
