/** Where values lie in a chart. Coordinates have at most one decimal: the same run gives the same bytes. */

export interface Scale {
  /** Value -> coordinate. */
  readonly at: (value: number) => number;
  /** Values that are labelled. */
  readonly ticks: readonly number[];
}

export const round = (coordinate: number): number => Math.round(coordinate * 10) / 10;

export function linear(
  from: number,
  to: number,
  start: number,
  end: number,
  ticks: readonly number[],
): Scale {
  return { at: (value) => round(start + ((value - from) / (to - from)) * (end - start)), ticks };
}

/** Over all values, at least one and all above 0, with room at both ends; ticks at 1, 2 and 5 times powers of ten. */
export function logarithmic(values: readonly number[], start: number, end: number): Scale {
  // Not by spreading: there may be more values than a call has arguments.
  const low = values.reduce((a, b) => Math.min(a, b)) / 1.3;
  const high = values.reduce((a, b) => Math.max(a, b)) * 1.3;
  const span = Math.log(high) - Math.log(low);
  const at = (value: number) => round(start + ((Math.log(value) - Math.log(low)) / span) * (end - start));
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index))
    .flatMap((power) => [1, 2, 5].map((factor) => factor * power))
    .filter((tick) => tick >= low && tick <= high);
  return {
    at,
    ticks: ticks.length > 8 ? ticks.filter((tick) => /^(?:0\.0*)?10*$/.test(String(tick))) : ticks,
  };
}
