import { performance } from 'node:perf_hooks';
import type { Clock } from './world.js';

/** A longer timer fires at once in Node, so long waits are chained. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const realClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  async sleep(ms, signal) {
    const untilMs = performance.now() + ms;
    for (let leftMs = ms; leftMs > 0; leftMs = untilMs - performance.now()) {
      await sleepOnce(Math.min(leftMs, LONGEST_TIMER_MS), signal);
    }
    signal?.throwIfAborted();
  },
  after(ms, ring) {
    const timer = setTimeout(ring, Math.min(Math.max(0, ms), LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
};

/** As Node's own, but that it rejects with the signal's reason: no error is made for a sleep that ends early. */
function sleepOnce(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
