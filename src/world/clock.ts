import { performance } from 'node:perf_hooks';
import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Clock } from './world.js';

/** A longer timer fires at once in Node, so long waits are chained. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const realClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  async sleep(ms, signal) {
    const untilMs = performance.now() + ms;
    for (let leftMs = ms; leftMs > 0; leftMs = untilMs - performance.now()) {
      await sleepFor(Math.min(leftMs, LONGEST_TIMER_MS), undefined, signal ? { signal } : {}).catch(
        (error: unknown) => {
          throw signal?.aborted ? signal.reason : error;
        },
      );
    }
    signal?.throwIfAborted();
  },
};
