/** Several tests at once. */

/**
 * p values of several tests, raised so that those up to alpha hold together at alpha, by index: Holm, A simple
 * sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6 (1979), 65-70.
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p || a.index - b.index);
  const adjusted = pValues.map(() => 1);
  let least = 0;
  for (const [rank, { p, index }] of order.entries()) {
    least = Math.max(least, Math.min(1, p * (pValues.length - rank)));
    adjusted[index] = least;
  }
  return adjusted;
}
