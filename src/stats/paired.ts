/** Is one candidate better than another on the same cases? */

/**
 * Two-sided p of a sign test: `wins` cases speak for the one, `losses` for the other, ties for neither. With one sample
 * a case this is McNemar's exact test (McNemar 1947, Psychometrika 12; exact form: Mosteller 1952, Biometrics 8).
 */
export function signTest(wins: number, losses: number): number {
  const n = wins + losses;
  let logTerm = n * Math.log(0.5);
  let tail = 0;
  for (let count = 0; count <= Math.min(wins, losses); count++) {
    tail += Math.exp(logTerm);
    logTerm += Math.log((n - count) / (count + 1));
  }
  return Math.min(1, 2 * tail);
}

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

/** The fewest cases, all speaking for one side, that the first of `tests` Holm-corrected sign tests can see. */
export function fewestCasesSeen(tests: number, alpha: number): number {
  return Math.ceil(Math.log2((2 * Math.max(1, tests)) / alpha) - 1e-12);
}
