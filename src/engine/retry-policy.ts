import { defaultRetry, type RetryOptions } from '../domain/candidate.js';
import type { Random } from '../world/world.js';

/**
 * How long to wait before asking again: 1, 2, 4, 8, 16, 32 s before jitter by default, never above 60 s.
 * Exponential backoff with full or equal jitter (M. Brooker, "Exponential Backoff And Jitter", AWS, 2015).
 */
export class RetryPolicy {
  readonly options: RetryOptions;

  constructor(options: Partial<RetryOptions> = {}) {
    this.options = { ...defaultRetry, ...options };
  }

  /** The wait after the `failures`-th failure in a row (from 1), before jitter, in ms. */
  ceilingMs(failures: number): number {
    const { baseDelayMs, factor, maxDelayMs } = this.options;
    return Math.min(maxDelayMs, baseDelayMs * factor ** (failures - 1));
  }

  /** The same with jitter: `full` draws from 0 to the ceiling, `equal` from its upper half. */
  delayMs(failures: number, random: Pick<Random, 'next'>): number {
    const ceilingMs = this.ceilingMs(failures);
    switch (this.options.jitter) {
      case 'none':
        return ceilingMs;
      case 'equal':
        return ceilingMs / 2 + (random.next() * ceilingMs) / 2;
      case 'full':
        return random.next() * ceilingMs;
    }
  }
}
