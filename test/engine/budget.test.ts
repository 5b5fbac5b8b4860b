import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Grant, openBudget } from '../../src/engine/budget.js';

const never = new AbortController().signal;

describe('a budget', () => {
  it('of requests gives so many, and no more', async () => {
    const budget = openBudget({ maxRequests: 2, maxCostUsd: null });
    expect(await budget.enter(9, never)).not.toBeNull();
    expect(await budget.enter(9, never)).not.toBeNull();
    expect(budget.spent()).toBeNull();
    expect(await budget.enter(0, never)).toBeNull();
    expect(budget.spent()).toBe('stopped by --max-requests after 2 requests');
  });

  it('of dollars counts what is in flight at its worst, and waits for it to be cheaper', async () => {
    const budget = openBudget({ maxRequests: null, maxCostUsd: 1 });
    const first = await budget.enter(0.6, never);
    let second: Grant | null | 'waits' = 'waits';
    const entering = budget.enter(0.6, never).then((grant) => {
      second = grant;
    });
    await Promise.resolve();
    expect(second).toBe('waits');
    first?.settle(0.1);
    await entering;
    expect(second).not.toBeNull();
    const third = budget.enter(0.6, never);
    (second as unknown as Grant).settle(0.5);
    expect(await third).toBeNull();
    expect(budget.spent()).toBe('stopped by --max-cost 1 after $0.6');
    expect(await budget.enter(0.4, never)).not.toBeNull();
  });

  it('takes a cost that is not known for the worst, and lets go of those who leave', async () => {
    const budget = openBudget({ maxRequests: null, maxCostUsd: 1 });
    const first = await budget.enter(0.7, never);
    const leaving = new AbortController();
    const gone = budget.enter(0.5, leaving.signal);
    leaving.abort(new Error('the user'));
    await expect(gone).rejects.toThrow('the user');
    first?.settle(null);
    expect(await budget.enter(0.4, never)).toBeNull();
    expect(await budget.enter(0.3, never)).not.toBeNull();
  });

  it('is never overrun, whatever requests cost and however they overlap', async () => {
    const request = fc.record({
      worst: fc.double({ min: 0.01, max: 1, noNaN: true }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      overlaps: fc.integer({ min: 0, max: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(request, { maxLength: 40 }),
        fc.double({ min: 0.1, max: 5, noNaN: true }),
        async (all, limit) => {
          const budget = openBudget({ maxRequests: 30, maxCostUsd: limit });
          let spent = 0;
          let sent = 0;
          const open: (() => void)[] = [];
          const entering: Promise<void>[] = [];
          for (const { worst, share, overlaps } of all) {
            entering.push(
              budget.enter(worst, never).then((grant) => {
                if (grant === null) return;
                sent += 1;
                open.push(() => {
                  spent += worst * share;
                  grant.settle(worst * share);
                });
              }),
            );
            await Promise.resolve();
            await Promise.resolve();
            while (open.length > overlaps) open.shift()?.();
          }
          for (let round = 0; round < 200; round++) {
            open.shift()?.();
            await Promise.resolve();
          }
          await Promise.all(entering);
          while (open.length > 0) open.shift()?.();
          expect(spent).toBeLessThanOrEqual(limit + 1e-6);
          expect(sent).toBeLessThanOrEqual(30);
        },
      ),
      { numRuns: 200 },
    );
  });
});
