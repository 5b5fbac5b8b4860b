/**
 * Whose is a 429 that does not say whose limit it was: the model's, or that of the account which its models share? Two
 * models that are refused together, with no other one admitted in between, are refused for the account; and a model that
 * goes on to be refused while all others are admitted was refused for itself.
 */
export interface SharedLimit<Lane extends object> {
  /** A request was sent; its number. */
  sent(): number;
  /** A good status came for the request of that number. */
  accepted(lane: Lane, number: number): void;
  /** A refusal that did not say whose limit it was. */
  refused(lane: Lane, number: number, nowMs: number): Whose;
}

/** `became`: it has just been found out, and what was learned under the other name goes along. */
export type Whose =
  | { readonly of: 'model'; readonly became: boolean }
  | { readonly of: 'account'; readonly became: boolean };

/** Refused together: within this time. */
const TOGETHER_MS = 2000;
/** So many more refusals of one model, with others admitted in between, and it was that model's limit after all. */
const REFUSALS_TO_GO_BACK = 2;

interface Doubt {
  /** The number of the last refused request. */
  number: number;
  othersAdmitted: boolean;
  refusals: number;
}

export function openSharedLimit<Lane extends object>(): SharedLimit<Lane> {
  let sends = 0;
  let isShared = false;
  /** The last refusal, and what was sent by then. */
  let last: { readonly lane: Lane; readonly atMs: number; readonly number: number } | null = null;
  /** Another model was admitted since, for a request sent since. */
  let isContradicted = false;
  const admitted = new Set<Lane>();
  /** A model that had been admitted was refused: no single model explains that. */
  let admittedWasRefused = false;
  /** Models that were never admitted, and may be the only ones that are refused. */
  const doubts = new Map<Lane, Doubt>();

  function isOwnAfterAll(lane: Lane, number: number): boolean {
    if (admitted.has(lane) || admittedWasRefused) return false;
    const doubt = doubts.get(lane);
    if (doubt === undefined) {
      doubts.set(lane, { number, othersAdmitted: false, refusals: 0 });
      return false;
    }
    if (doubt.othersAdmitted) doubt.refusals += 1;
    doubt.number = number;
    doubt.othersAdmitted = false;
    return doubt.refusals >= REFUSALS_TO_GO_BACK;
  }

  return {
    sent: () => ++sends,
    accepted(lane, number) {
      admitted.add(lane);
      doubts.delete(lane);
      if (last !== null && lane !== last.lane && number > last.number) isContradicted = true;
      for (const [other, doubt] of doubts)
        if (other !== lane && number > doubt.number) doubt.othersAdmitted = true;
    },
    refused(lane, number, nowMs) {
      if (admitted.has(lane)) admittedWasRefused = true;
      const isTogether =
        last !== null && last.lane !== lane && nowMs - last.atMs < TOGETHER_MS && !isContradicted;
      last = { lane, atMs: nowMs, number };
      isContradicted = false;
      if (isShared) {
        if (!isOwnAfterAll(lane, number)) return { of: 'account', became: false };
        isShared = false;
        doubts.clear();
        last = null;
        return { of: 'model', became: true };
      }
      if (!isTogether) return { of: 'model', became: false };
      isShared = true;
      isOwnAfterAll(lane, number);
      return { of: 'account', became: true };
    },
  };
}
