/** Draws of what is not known for sure: rates and spreads, from what was counted. */
import type { Draw } from './draw.js';

/** Gamma with this shape (above 0) and scale 1. Marsaglia and Tsang (2000), A simple method for generating gamma variables. */
export function gammaDraw(shape: number, draw: Draw): number {
  if (shape < 1) return gammaDraw(shape + 1, draw) * (1 - draw()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  while (true) {
    const x = normalDraw(draw);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(1 - draw()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Box and Muller (1958). */
export function normalDraw(draw: Draw): number {
  return Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());
}

/** Shares that add up to 1, from counts: Dirichlet. Counts are above 0. */
export function sharesDraw(counts: readonly number[], draw: Draw): number[] {
  const parts = counts.map((count) => gammaDraw(count, draw));
  const sum = parts.reduce((all, part) => all + part, 0);
  return parts.map((part) => part / sum);
}

/** Mean and standard deviation of a normal of which `values` were seen: their posterior without a prior opinion. */
export function normalFit(
  values: readonly number[],
  draw: Draw,
): { readonly mean: number; readonly deviation: number } | null {
  const n = values.length;
  if (n < 2) return null;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / (2 * gammaDraw((n - 1) / 2, draw)));
  return { mean: mean + (normalDraw(draw) * deviation) / Math.sqrt(n), deviation };
}
