/** Notices when this process was too busy to time its requests. */
import { formatDuration } from '../../domain/units.js';
import { watchLag } from '../../world/lag.js';
import type { Clock } from '../../world/world.js';

/** Later than this, and a latency is not what the server took. */
const LATE_MS = 50;

/** So many requests of a run, and this share of them, before it is worth a word. */
const LATE_REQUESTS = 5;

const LATE_SHARE = 0.01;

/** Counts the requests that ended while this process was too busy to see it. */
export function watchLateness(clock: Clock) {
  const lag = watchLag(clock);
  let ended = 0;
  let late = 0;
  let worstMs = 0;
  return {
    attemptEnded() {
      ended += 1;
      const lateMs = lag.lateMs();
      if (lateMs <= LATE_MS) return;
      late += 1;
      worstMs = Math.max(worstMs, lateMs);
    },
    stop: lag.stop,
    warning() {
      if (late < LATE_REQUESTS || late < LATE_SHARE * ended) return null;
      return `this process was too busy to time ${late} of ${ended} requests: their latencies may be up to ${formatDuration(worstMs)} too long. Use a smaller -j, or a machine that does less`;
    },
  };
}
