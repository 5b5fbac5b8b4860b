import type { RequestTimeouts } from '../domain/candidate.js';
import type { Clock } from '../world/world.js';

/** Why a request was given up: the reason of the abort, distinguished from the user's by its type. */
export class TimerRang extends Error {
  override readonly name = 'TimerRang';
  readonly timer: 'headers' | 'progress' | 'total';
  constructor(timer: 'headers' | 'progress' | 'total', limitMs: number) {
    super(
      timer === 'headers'
        ? `no response within ${limitMs / 1000} s (timeouts.headers in bench.yaml)`
        : timer === 'progress'
          ? `no part of the answer for ${limitMs / 1000} s (timeouts.progress in bench.yaml)`
          : `no whole answer within ${limitMs / 1000} s (timeouts.total in bench.yaml)`,
    );
    this.timer = timer;
  }
}

export interface RequestTimers {
  readonly signal: AbortSignal;
  /** The status is here: from now on progress is watched. */
  headersCame(): void;
  /** A meaningful event came; comments and role-only chunks are none. */
  progressed(): void;
  stop(): void;
}

/** The three timers of a request: one that looks at the time of the last progress, not one per chunk. */
export function startTimers(clock: Clock, timeouts: RequestTimeouts, outer: AbortSignal): RequestTimers {
  const controller = new AbortController();
  const startMs = clock.nowMs();
  let lastMs = startMs;
  let waitsFor: 'headers' | 'progress' = 'headers';
  const passOn = () => controller.abort(outer.reason);
  if (outer.aborted) passOn();
  outer.addEventListener('abort', passOn, { once: true });

  let cancel = () => {};
  const watch = () => {
    const limitMs = waitsFor === 'headers' ? timeouts.headersMs : timeouts.progressMs;
    const nowMs = clock.nowMs();
    // Times are compared as they are slept to: a difference may be rounded to just below the limit, for ever.
    const totalDueMs = startMs + timeouts.totalMs;
    const dueMs = lastMs + limitMs;
    if (nowMs >= totalDueMs) return controller.abort(new TimerRang('total', timeouts.totalMs));
    if (nowMs >= dueMs) return controller.abort(new TimerRang(waitsFor, limitMs));
    // A headers wait may turn into a shorter progress wait meanwhile.
    const nextMs = Math.min(nowMs + timeouts.progressMs, dueMs, totalDueMs);
    cancel = clock.after(nextMs - nowMs, watch);
  };
  watch();

  return {
    signal: controller.signal,
    headersCame() {
      waitsFor = 'progress';
      lastMs = clock.nowMs();
    },
    progressed() {
      lastMs = clock.nowMs();
    },
    stop() {
      cancel();
      outer.removeEventListener('abort', passOn);
    },
  };
}
