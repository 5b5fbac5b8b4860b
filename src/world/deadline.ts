import type { Clock } from './world.js';

/** Ends a sleep that nobody waits for any more. One for all: an error of its own, with its stack, would cost more than the sleep. */
export const NO_LONGER_WANTED = new Error('no longer wanted');

/** The reason of an abort that a deadline caused, distinguished from the user's by identity. */
export class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed';
  constructor(limitMs: number) {
    super(`not done within ${limitMs} ms`);
  }
}

/**
 * The only timeout there is: runs `work` with a signal that aborts when the outer one does or when `limitMs` have
 * passed. Rejects with `DeadlinePassed` then, whether or not the work listens.
 */
export async function within<T>(
  clock: Clock,
  limitMs: number,
  outer: AbortSignal | null,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  outer?.throwIfAborted();
  const controller = new AbortController();
  const timer = new AbortController();
  const passOn = () => controller.abort(outer?.reason);
  outer?.addEventListener('abort', passOn, { once: true });
  const stopped = new Promise<never>((_, reject) => {
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true });
  });
  clock.sleep(limitMs, timer.signal).then(
    () => controller.abort(new DeadlinePassed(limitMs)),
    () => {},
  );
  try {
    const working = work(controller.signal);
    working.catch(() => {});
    return await Promise.race([working, stopped]);
  } finally {
    timer.abort(NO_LONGER_WANTED);
    outer?.removeEventListener('abort', passOn);
    stopped.catch(() => {});
  }
}
