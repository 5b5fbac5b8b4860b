/** The worlds in which what is concluded is held against the truth. */
import { beta, type Dice, shifted } from './simulated-runs.js';

/** How hard a case is, by the chance that an answer passes. */
export const worlds: Readonly<Record<string, (dice: Dice) => number>> = {
  'Beta(0.3, 0.2)': (dice) => beta(0.3, 0.2, dice),
  'Beta(0.8, 0.5)': (dice) => beta(0.8, 0.5, dice),
  'all at 0.8': () => 0.8,
  'Beta(5, 0.2)': (dice) => beta(5, 0.2, dice),
};

/** Samples a case on each side. */
export const shapes: readonly { readonly before: number; readonly after: number }[] = [
  { before: 1, after: 1 },
  { before: 3, after: 3 },
  { before: 5, after: 5 },
  { before: 1, after: 5 },
  { before: 5, after: 1 },
];

/** The common shift of log odds that lowers these very cases' mean rate by `drop`; null where it cannot fall so far. */
export function shiftTo(rates: readonly number[], drop: number): number | null {
  const fall = (shift: number) =>
    rates.reduce((sum, rate) => sum + rate - shifted(rate, shift), 0) / rates.length;
  if (fall(60) < drop) return null;
  let low = 0;
  let high = 60;
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (fall(middle) < drop) low = middle;
    else high = middle;
  }
  return high;
}
