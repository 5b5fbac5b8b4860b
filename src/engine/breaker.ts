/**
 * A circuit breaker (M. Nygard, "Release It!", 2007): after a number of failures in a row, requests go as single probes, each
 * after a longer wait, until one succeeds; after a number of failed probes in a row, nothing is sent any more.
 */
import type { Random } from '../world/world.js';
import { RetryPolicy } from './retry-policy.js';

export interface Breaker {
  isBroken(): boolean;
  /** `isProbe`: it was sent while broken. What was sent before is no news of what is broken. */
  succeeded(isProbe: boolean): void;
  failed(isProbe: boolean): Verdict;
}

export type Verdict =
  | { readonly kind: 'goes-on' }
  /** The next probe goes after this time at the earliest. */
  | { readonly kind: 'broken'; readonly waitMs: number }
  | { readonly kind: 'down'; readonly failedProbes: number };

export interface BreakerOptions {
  readonly failuresToBreak: number;
  readonly probesToDown: number;
}

export function openBreaker({ failuresToBreak, probesToDown }: BreakerOptions, random: Random): Breaker {
  const policy = new RetryPolicy({ jitter: 'equal' });
  let failuresInRow = 0;
  let isBroken = false;
  let failedProbes = 0;
  return {
    isBroken: () => isBroken,
    succeeded(isProbe) {
      if (isBroken && !isProbe) return;
      failuresInRow = 0;
      failedProbes = 0;
      isBroken = false;
    },
    failed(isProbe) {
      failuresInRow += 1;
      if (isProbe) failedProbes += 1;
      if (isProbe && failedProbes >= probesToDown) return { kind: 'down', failedProbes };
      if (!isProbe && (isBroken || failuresInRow < failuresToBreak)) return { kind: 'goes-on' };
      isBroken = true;
      return { kind: 'broken', waitMs: policy.delayMs(failedProbes + 1, random) };
    },
  };
}
