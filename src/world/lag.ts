/** How late the event loop of this process runs: what arrives meanwhile is seen, and timed, that much later. */
import type { Clock } from './world.js';

export interface LagWatch {
  /** Now, in ms. */
  lateMs(): number;
  stop(): void;
}

const EVERY_MS = 20;
/** A timer may be a millisecond or two late without anybody being busy. */
const USUAL_MS = 2;

export function watchLag(clock: Clock): LagWatch {
  let dueMs = clock.nowMs() + EVERY_MS;
  let last = { lateMs: 0, atMs: Number.NEGATIVE_INFINITY };
  let cancel = () => {};
  const look = () => {
    const nowMs = clock.nowMs();
    last = { lateMs: nowMs - dueMs, atMs: nowMs };
    dueMs = nowMs + EVERY_MS;
    cancel = clock.after(EVERY_MS, look);
  };
  cancel = clock.after(EVERY_MS, look);
  return {
    lateMs() {
      const nowMs = clock.nowMs();
      // What waited while the loop was busy is seen in the same turn as the timer, before it or behind it.
      const before = nowMs - last.atMs < EVERY_MS ? last.lateMs : 0;
      const late = Math.max(before, nowMs - dueMs);
      return late > USUAL_MS ? late : 0;
    },
    stop: () => cancel(),
  };
}
