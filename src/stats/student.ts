/**
 * Student's t, for whole degrees of freedom from 1. Abramowitz & Stegun, Handbook of Mathematical Functions, 26.7.3 and
 * 26.7.4: the central probability in closed form; quantiles by bisection.
 */

/** The t (from 0) that is exceeded with a chance of `tail` (up to a half). */
export function studentQuantile(tail: number, freedom: number): number {
  let low = 0;
  let high = 2;
  while (studentBeyond(high, freedom) > 2 * tail) high *= 2;
  for (let step = 0; step < 80; step++) {
    const middle = (low + high) / 2;
    if (studentBeyond(middle, freedom) > 2 * tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** The chance of a t at most so large. */
export function studentBelow(t: number, freedom: number): number {
  const beyond = studentBeyond(t, freedom) / 2;
  return t < 0 ? beyond : 1 - beyond;
}

/** The chance of a t this far from 0, to either side. */
export function studentBeyond(t: number, freedom: number): number {
  return Math.max(0, 1 - centralProbability(Math.abs(t), freedom));
}

/** P(-t < T < t). */
function centralProbability(t: number, freedom: number): number {
  if (t === Number.POSITIVE_INFINITY) return 1;
  const angle = Math.atan(t / Math.sqrt(freedom));
  const cosine = Math.cos(angle);
  const isOdd = freedom % 2 === 1;
  let term = isOdd ? cosine : 1;
  let sum = 0;
  for (let index = isOdd ? 1 : 0; index <= freedom - 2; index += 2) {
    sum += term;
    term *= (cosine * cosine * (index + 1)) / (index + 2);
    if (term < 1e-18) break;
  }
  return isOdd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}
