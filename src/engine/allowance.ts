/**
 * What a server tells of its limit with good answers: so many requests are left, and when there will be more. Kept to,
 * it saves the refusal that would tell the same.
 */
import type { Allowance } from '../domain/trial.js';

export interface Allowances {
  /** A request is sent; its number, to be given back with what its answer tells. */
  sent(): number;
  /** The answer to request `number` has told it; null: it tells nothing, and what was told before it holds no more. */
  told(number: number, nowMs: number, allowance: Allowance | null): void;
  /** When the next may go, for all that was told; in the past when nothing was. */
  nextAtMs(): number;
  /** Nothing is left, and all of it comes back at once: until then there is no need to ask. Null: something is left. */
  spentUntilMs(): number | null;
}

/**
 * What comes back at once comes back in a number that nobody told: the first goes alone until its answer tells, but no
 * longer than this; then the next.
 */
const ALONE_MS = 1000;

export function openAllowances(): Allowances {
  let sends = 0;
  let last: { readonly number: number; readonly atMs: number; readonly allowance: Allowance } | null = null;

  /** Requests that were sent after the telling one, beyond what it said was left; the next one included. */
  const beyond = () => (last === null ? 0 : sends - last.number - last.allowance.remaining);

  return {
    sent() {
      sends += 1;
      return sends;
    },
    told(number, nowMs, allowance) {
      // Answers overtake each other; the latest request knows best.
      if (last !== null && number < last.number) return;
      last = allowance === null ? null : { number, atMs: nowMs, allowance };
    },
    nextAtMs() {
      if (last === null || beyond() < 0) return Number.NEGATIVE_INFINITY;
      const { refillMs, refills } = last.allowance;
      return last.atMs + refillMs + beyond() * (refills === 'one' ? refillMs : ALONE_MS);
    },
    spentUntilMs() {
      if (last === null || last.allowance.refills === 'one' || beyond() < 0) return null;
      return last.atMs + last.allowance.refillMs;
    },
  };
}
