/** What a run may spend. What is in flight counts as if it cost the most it can, so that the end is not overrun by it. */

export interface BudgetLimits {
  readonly maxRequests: number | null;
  readonly maxCostUsd: number | null;
}

/** Why no more is asked: the reason of a stop, distinguished from the user's by its type. */
export class BudgetSpent extends Error {
  override readonly name = 'BudgetSpent';
}

export interface Grant {
  /** When the request has ended. Null: what it cost is not known, and taken for the most it can have cost. */
  settle(costUsd: number | null): void;
}

export interface Budget {
  /**
   * Leave for one request that costs at most so much; waits while what is in flight may turn out cheaper than feared.
   * Null: the budget is spent. Rejects with the signal's reason.
   */
  enter(worstUsd: number, signal: AbortSignal): Promise<Grant | null>;
  /** In a few words, once something was refused; null before. */
  spent(): string | null;
}

interface Waiting {
  readonly worstUsd: number;
  readonly resolve: (grant: Grant | null) => void;
}

/** Dollars are added up thousands of times: less than this is no difference. */
const NOTHING_USD = 1e-9;

export function openBudget({ maxRequests, maxCostUsd }: BudgetLimits): Budget {
  let requests = 0;
  let spentUsd = 0;
  let reservedUsd = 0;
  let inFlight = 0;
  let why: string | null = null;
  const waiting: Waiting[] = [];

  /** Null: not now, but perhaps when something in flight has ended. */
  function decide(worstUsd: number): Grant | 'over' | null {
    if (maxRequests !== null && requests >= maxRequests) {
      why ??= `stopped by --max-requests after ${maxRequests} ${maxRequests === 1 ? 'request' : 'requests'}`;
      return 'over';
    }
    if (maxCostUsd !== null && spentUsd + reservedUsd + worstUsd > maxCostUsd + NOTHING_USD) {
      if (inFlight > 0) return null;
      why ??= `stopped by --max-cost ${maxCostUsd} after $${Number(spentUsd.toFixed(6))}`;
      return 'over';
    }
    requests += 1;
    inFlight += 1;
    reservedUsd += worstUsd;
    return {
      settle(costUsd) {
        inFlight -= 1;
        reservedUsd -= worstUsd;
        spentUsd += costUsd ?? worstUsd;
        pump();
      },
    };
  }

  function pump(): void {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      const decision = decide(next.worstUsd);
      if (decision === null) return;
      waiting.shift();
      next.resolve(decision === 'over' ? null : decision);
    }
  }

  return {
    enter: (worstUsd, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        const decision = waiting.length > 0 ? null : decide(worstUsd);
        if (decision !== null) return resolve(decision === 'over' ? null : decision);
        const giveUp = () => {
          waiting.splice(waiting.indexOf(entry), 1);
          reject(signal.reason);
        };
        const entry: Waiting = {
          worstUsd,
          resolve(grant) {
            signal.removeEventListener('abort', giveUp);
            resolve(grant);
          },
        };
        signal.addEventListener('abort', giveUp, { once: true });
        waiting.push(entry);
      }),
    spent: () => why,
  };
}

/** Nothing is counted. */
export const noBudget: Budget = {
  enter: async () => ({ settle: () => {} }),
  spent: () => null,
};
