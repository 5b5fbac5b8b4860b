/** Notices when the time of day jumps during a run. */
import { formatDuration } from '../../domain/units.js';
import type { Clock } from '../../world/world.js';

/** So far the time of day may go from its own way without a word: clocks are set right all the time. */
const JUMP_MS = 60_000;

/** Latencies and waits are measured by a clock that nobody sets; days, and what limits tell of them, are not. */
export function watchJumps(clock: Clock): () => string | null {
  const offsetMs = () => clock.wallMs() - clock.nowMs();
  const atFirst = offsetMs();
  return () => {
    const jumpMs = offsetMs() - atFirst;
    if (Math.abs(jumpMs) < JUMP_MS) return null;
    const way = jumpMs > 0 ? 'ahead' : 'back';
    return `the clock of this machine went ${way} by ${formatDuration(Math.abs(jumpMs))} during the run, or the machine slept: its dates are not to be relied on, its latencies are`;
  };
}
