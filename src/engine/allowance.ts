/**
 * What a server advertises with good answers: the number of requests left, and when there will be more. Kept to,
 * it saves the refusal that would tell the same.
 */
import type { Allowance } from '../domain/trial.js';

export interface Allowances {
  /** A request is sent; its number, to be given back with what its answer advertises. */
  sent(): number;
  /** The answer to request `number` has advertised it; null: nothing, and what was advertised before no longer holds. */
  told(number: number, nowMs: number, allowance: Allowance | null): void;
  /** When the next may go, by all that was advertised; in the past when nothing was. */
  nextAtMs(): number;
  /** Nothing is left, and all of it comes back at once: until then there is no need to ask. Null: something is left. */
  spentUntilMs(): number | null;
}

/**
 * What comes back at once comes back in an unknown number: the first goes alone until its answer advertises it, but no
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
