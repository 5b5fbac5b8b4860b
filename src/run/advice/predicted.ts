/** What is drawn for simulated runs, and the ranges over them. */

import type { ModelEvidence } from '../../analysis/advice/evidence.js';
import type { Predicted } from '../../domain/recommendation.js';
import { rounded } from '../../domain/units.js';
import type { Draw } from '../../stats/draw.js';
import { sharesDraw } from '../../stats/gamma.js';
import { quantile } from '../../stats/quantile.js';

/** A case that was seen once or twice is drawn towards what the model does elsewhere. */
const LEANS = 2;

/** Of each case, one rate that may be true, drawn from what was counted; the same however often it is asked. */
export function passChances({ cases }: ModelEvidence, draw: Draw): (key: string) => number {
  const rates = [...cases.values()].filter(({ judged }) => judged > 0).map((own) => own.passed / own.judged);
  const passed = rates.reduce((sum, rate) => sum + rate, 0);
  const [overall = 0.5] = sharesDraw([passed + 0.5, rates.length - passed + 0.5], draw);
  const drawn = new Map<string, number>();
  return (key) => {
    const own = cases.get(key) ?? { judged: 0, passed: 0 };
    const [rate = overall] =
      drawn.get(key) !== undefined
        ? [drawn.get(key)]
        : sharesDraw(
            [own.passed + LEANS * overall + 1e-3, own.judged - own.passed + LEANS * (1 - overall) + 1e-3],
            draw,
          );
    drawn.set(key, rate);
    return rate;
  };
}

export function predicted(values: readonly number[]): Predicted {
  const ascending = [...values].sort((a, b) => a - b);
  if (ascending.length === 0) return { value: null, n: 0, low: null, high: null };
  return {
    value: rounded(ascending.reduce((sum, value) => sum + value, 0) / ascending.length),
    n: ascending.length,
    low: rounded(quantile(ascending, ofNext(0.025, ascending.length)) ?? 0),
    high: rounded(quantile(ascending, ofNext(0.975, ascending.length)) ?? 0),
  };
}

/** A next draw lies below the k-th of n with a chance of k / (n + 1): Hahn and Meeker (1991), Statistical Intervals, 5.4. */
function ofNext(p: number, n: number): number {
  return n < 2 ? p : Math.min(1, Math.max(0, (p * (n + 1) - 1) / (n - 1)));
}
