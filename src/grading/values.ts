/** Comparison of values on the host, outside the process that ran the answer. */
import type { FloatValue, Value } from '../domain/value.js';

export interface Sameness {
  /** Absolute, from the row; null: relative 1e-9 or absolute 1e-12. */
  readonly tolerance: number | null;
}

const RELATIVE = 1e-9;
const ABSOLUTE = 1e-12;

/**
 * 1 equals 1.0 and true equals neither; NaN equals NaN and -0.0 equals 0.0; a tuple equals a list of the same items;
 * sets and dicts have no order; bytes and big integers are exact; opaque values equal nothing.
 */
export function sameValue(a: Value, b: Value, how: Sameness): boolean {
  return difference(a, b, how) === null;
}

export interface Difference {
  /** `[1]["name"]`; empty at the top. */
  readonly path: string;
  readonly expected: Value | null;
  readonly got: Value | null;
}

/** The first place where they differ; null when they are the same. */
export function difference(expected: Value, got: Value, how: Sameness, path = ''): Difference | null {
  const here: Difference = { path, expected, got };
  switch (expected.t) {
    case 'null':
    case 'undefined':
      return got.t === expected.t ? null : here;
    case 'bool':
      return got.t === 'bool' && got.v === expected.v ? null : here;
    case 'int':
    case 'float':
      return (got.t === 'int' || got.t === 'float') && sameNumber(expected, got, how) ? null : here;
    case 'complex':
      return got.t === 'complex' && sameFloat(expected.re, got.re, how) && sameFloat(expected.im, got.im, how)
        ? null
        : here;
    case 'str':
    case 'bytes':
    case 'date':
      return got.t === expected.t && got.v === expected.v ? null : here;
    case 'list':
    case 'tuple':
      return got.t === 'list' || got.t === 'tuple' ? listDifference(expected.v, got.v, how, here) : here;
    case 'set':
    case 'frozenset':
      return (got.t === 'set' || got.t === 'frozenset') && sameMembers(expected.v, got.v, how) ? null : here;
    case 'dict':
      return got.t === 'dict' ? dictDifference(expected.v, got.v, how, here) : here;
    case 'opaque':
      return here;
    default:
      return expected satisfies never;
  }
}

/** As `difference`, the order of a list's own items aside; the order inside of them still counts. */
export function unorderedDifference(expected: Value, got: Value, how: Sameness): Difference | null {
  const isList = (value: Value) => value.t === 'list' || value.t === 'tuple';
  if (!isList(expected) || !isList(got)) return difference(expected, got, how);
  const items = (value: Value) => (value.t === 'list' || value.t === 'tuple' ? value.v : []);
  return sameMembers(items(expected), items(got), how) ? null : { path: '', expected, got };
}

type NumberValue = Extract<Value, { t: 'int' | 'float' }>;

function sameNumber(a: NumberValue, b: NumberValue, how: Sameness): boolean {
  if (a.t === 'int' && b.t === 'int') {
    if (a.v === b.v || BigInt(a.v) === BigInt(b.v)) return true;
    return how.tolerance !== null && Math.abs(Number(BigInt(a.v) - BigInt(b.v))) <= how.tolerance;
  }
  if (a.t === 'float' && b.t === 'float') return sameFloat(a.v, b.v, how);
  // A float in the suite is near enough at any size. A whole number is exact: above 2^53 a float is one of them only.
  if (a.t === 'float') return sameFloat(a.v, Number(b.v), how);
  if (typeof b.v !== 'number') return false;
  const asNumber = Number(a.v);
  if (!Number.isSafeInteger(asNumber) && how.tolerance === null) {
    return Number.isInteger(b.v) && BigInt(b.v) === BigInt(a.v);
  }
  return sameFloat(asNumber, b.v, how);
}

function sameFloat(a: FloatValue, b: FloatValue, how: Sameness): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return a === b;
  const distance = Math.abs(a - b);
  if (how.tolerance !== null) return distance <= how.tolerance;
  return distance <= ABSOLUTE || distance <= RELATIVE * Math.max(Math.abs(a), Math.abs(b));
}

function listDifference(
  expected: readonly Value[],
  got: readonly Value[],
  how: Sameness,
  here: Difference,
): Difference | null {
  if (expected.length !== got.length) return here;
  for (const [index, item] of expected.entries()) {
    const other = got[index];
    if (other === undefined) return here;
    const found = difference(item, other, how, `${here.path}[${index}]`);
    if (found !== null) return found;
  }
  return null;
}

type Entry = readonly [Value, Value];

function dictDifference(
  expected: readonly Entry[],
  got: readonly Entry[],
  how: Sameness,
  here: Difference,
): Difference | null {
  const left = bucketsOf(got, ([key]) => key);
  for (const [key, value] of expected) {
    const bucket = left.get(bucketKey(key)) ?? [];
    const index = bucket.findIndex(([other]) => sameValue(key, other, how));
    const path = `${here.path}[${keyText(key)}]`;
    const found = bucket[index];
    if (found === undefined) return { path, expected: value, got: null };
    bucket.splice(index, 1);
    const inside = difference(value, found[1], how, path);
    if (inside !== null) return inside;
  }
  for (const bucket of left.values()) {
    const extra = bucket[0];
    if (extra !== undefined)
      return { path: `${here.path}[${keyText(extra[0])}]`, expected: null, got: extra[1] };
  }
  return null;
}

function keyText(key: Value): string {
  return key.t === 'str' ? JSON.stringify(key.v) : 'v' in key ? String(key.v) : key.t;
}

/** Each member finds a partner of its own. Members that cannot be equal never meet, so that large sets stay quick. */
function sameMembers(a: readonly Value[], b: readonly Value[], how: Sameness): boolean {
  if (a.length !== b.length) return false;
  const left = bucketsOf(b, (item) => item);
  return a.every((item) => {
    const bucket = left.get(bucketKey(item)) ?? [];
    const index = bucket.findIndex((other) => sameValue(item, other, how));
    if (index >= 0) bucket.splice(index, 1);
    return index >= 0;
  });
}

function bucketsOf<T>(items: readonly T[], keyOf: (item: T) => Value): Map<string, T[]> {
  const buckets = new Map<string, T[]>();
  for (const item of items) {
    const key = bucketKey(keyOf(item));
    const bucket = buckets.get(key);
    if (bucket === undefined) buckets.set(key, [item]);
    else bucket.push(item);
  }
  return buckets;
}

/** Equal values have equal keys. It distinguishes whole numbers; floats, which may be nearly equal, are not. */
function bucketKey(value: Value): string {
  switch (value.t) {
    case 'str':
    case 'bytes':
    case 'date':
      return `${value.t}:${value.v}`;
    case 'int':
    case 'float':
    case 'complex':
      return 'number';
    case 'list':
    case 'tuple':
      return `list:${value.v.length}:${value.v[0] === undefined ? '' : bucketKey(value.v[0])}`;
    case 'set':
    case 'frozenset':
      return `set:${value.v.length}`;
    case 'dict':
      return `dict:${value.v.length}`;
    case 'bool':
      return `bool:${value.v}`;
    case 'null':
    case 'undefined':
    case 'opaque':
      return value.t;
    default:
      return value satisfies never;
  }
}
