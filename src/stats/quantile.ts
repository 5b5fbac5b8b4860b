/** The p-quantile (0 to 1) of ascending values, null without any: type 7 of Hyndman & Fan, American Statistician 50 (1996). */
export function quantile(ascending: ArrayLike<number>, p: number): number | null {
  const at = (ascending.length - 1) * p;
  const below = ascending[Math.floor(at)];
  const above = ascending[Math.ceil(at)];
  if (below === undefined || above === undefined) return null;
  return below + (above - below) * (at - Math.floor(at));
}

/**
 * 95% interval of a quantile by order statistics, without an assumption on the distribution (Conover, Practical
 * Nonparametric Statistics, 3rd ed., section 3.2); it holds `quantile`, which may lie between two values. Null at an end
 * that so few values cannot bound.
 */
export function quantileInterval(
  ascending: ArrayLike<number>,
  p: number,
): { readonly low: number | null; readonly high: number | null } {
  const n = ascending.length;
  // How many of n values lie at or below the quantile is binomial (n, p); in logarithms, since p^n underflows.
  let low = 0;
  let high = n + 1;
  let cumulative = 0;
  let logTerm = n * Math.log(1 - p);
  for (let count = 0; count < n; count++) {
    cumulative += Math.exp(logTerm);
    if (cumulative <= 0.025) low = count + 1;
    if (cumulative >= 0.975) {
      high = count + 1;
      break;
    }
    logTerm += Math.log(((n - count) / (count + 1)) * (p / (1 - p)));
  }
  const value = quantile(ascending, p) ?? 0;
  const [least, most] = [ascending[low - 1], ascending[high - 1]];
  return {
    low: least === undefined ? null : Math.min(least, value),
    high: most === undefined ? null : Math.max(most, value),
  };
}
