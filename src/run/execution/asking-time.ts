/** The clock and the network of a run: real ones, or virtual ones if every candidate is simulated. */
import { simulatedClock } from '../../world/clock.simulated.js';
import type { Clock, Network, World } from '../../world/world.js';

/** The clock and the network of a run: real ones, or virtual ones if every candidate is simulated. */
const DAY_MS = 24 * 3_600_000;

/** In which time, and over which network, the models are asked. */
export interface AskingTime {
  readonly clock: Clock;
  readonly network: Network | null;
  readonly drive: <T>(asking: Promise<T>) => Promise<T>;
}

export function realTime({ clock, network }: World): AskingTime {
  return { clock, network, drive: (asking) => asking };
}

/** From midnight, so that the windows of limits lie alike in every run. */
export function virtualTime(clock: Clock): AskingTime {
  const wallMs = clock.wallMs();
  const virtual = simulatedClock(wallMs - (wallMs % DAY_MS));
  return { clock: virtual, network: null, drive: virtual.run };
}
