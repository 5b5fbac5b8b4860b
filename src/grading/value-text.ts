/** Values as text: from YAML data in, and for people out. */
import type { Value } from '../domain/value.js';

const LONGEST = 120;

/** What YAML cannot write is an object with one of these keys. */
const FORMS = ['$tuple', '$set', '$bytes', '$dict', '$undefined', '$int', '$complex'] as const;

/** Data as the suite's loader gives it: bigint is a whole number, number a float. Else a sentence on what is wrong. */
export function readValue(raw: unknown): Value | { readonly problem: string } {
  try {
    return convert(raw);
  } catch (error) {
    if (error instanceof Unreadable) return { problem: error.message };
    throw error;
  }
}

class Unreadable extends Error {}

function convert(raw: unknown): Value {
  if (raw === null) return { t: 'null' };
  if (typeof raw === 'boolean') return { t: 'bool', v: raw };
  if (typeof raw === 'bigint') return { t: 'int', v: String(raw) };
  if (typeof raw === 'string') return { t: 'str', v: raw };
  if (typeof raw === 'number') return { t: 'float', v: floatOf(raw) };
  if (Array.isArray(raw)) return { t: 'list', v: raw.map(convert) };
  if (raw instanceof Map)
    return { t: 'dict', v: [...raw].map(([key, item]) => [convert(key), convert(item)]), isBlock: true };
  if (typeof raw !== 'object') throw new Unreadable(`a ${typeof raw} is not a value`);
  const entries = Object.entries(raw);
  const [first] = entries;
  if (first?.[0].startsWith('$')) {
    if (entries.length > 1) throw new Unreadable(`${first[0]} must be the only key`);
    return convertForm(first[0], first[1]);
  }
  return { t: 'dict', v: entries.map(([key, item]) => [{ t: 'str', v: key }, convert(item)]) };
}

function convertForm(form: string, raw: unknown): Value {
  const list = () => {
    if (!Array.isArray(raw)) throw new Unreadable(`${form} takes a list`);
    return raw as readonly unknown[];
  };
  switch (form) {
    case '$tuple':
      return { t: 'tuple', v: list().map(convert) };
    case '$set':
      return { t: 'set', v: list().map(convert) };
    case '$dict':
      return {
        t: 'dict',
        v: list().map((pair) => {
          if (!Array.isArray(pair) || pair.length !== 2)
            throw new Unreadable('$dict takes a list of [key, value]');
          return [convert(pair[0]), convert(pair[1])];
        }),
      };
    case '$bytes':
      if (typeof raw !== 'string' || !/^([0-9a-f]{2})*$/i.test(raw))
        throw new Unreadable('$bytes takes hex digits');
      return { t: 'bytes', v: raw.toLowerCase() };
    case '$undefined':
      return { t: 'undefined' };
    case '$int':
      if (!/^-?\d+$/.test(String(raw))) throw new Unreadable('$int takes a whole number');
      return { t: 'int', v: String(BigInt(String(raw))) };
    case '$complex': {
      const [re, im] = list().map(Number);
      if (re === undefined || im === undefined) throw new Unreadable('$complex takes [re, im]');
      return { t: 'complex', re: floatOf(re), im: floatOf(im) };
    }
    default:
      throw new Unreadable(`${form} is unknown; forms are ${FORMS.join(', ')}`);
  }
}

function floatOf(value: number) {
  if (Number.isNaN(value)) return 'nan';
  return value === Number.POSITIVE_INFINITY ? 'inf' : value === Number.NEGATIVE_INFINITY ? '-inf' : value;
}

/** As the answer's language writes it, cut when long. */
export function showValue(value: Value, language: string | null): string {
  const text = show(value, language === 'javascript' || language === 'typescript');
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

function show(value: Value, js: boolean): string {
  const items = (list: readonly Value[]) => list.map((item) => show(item, js)).join(', ');
  switch (value.t) {
    case 'null':
      return js ? 'null' : 'None';
    case 'undefined':
      return 'undefined';
    case 'bool':
      return js ? String(value.v) : value.v ? 'True' : 'False';
    case 'int':
      return value.v;
    case 'float':
      if (typeof value.v !== 'number') return value.v;
      return js || !Number.isInteger(value.v) || Math.abs(value.v) >= 1e16 ? String(value.v) : `${value.v}.0`;
    case 'complex':
      return `(${value.re}+${value.im}j)`;
    case 'str':
      return JSON.stringify(value.v);
    case 'bytes':
      return js ? `<bytes ${value.v}>` : `bytes.fromhex("${value.v}")`;
    case 'date':
      return `Date(${value.v})`;
    case 'list':
      return `[${items(value.v)}]`;
    case 'tuple':
      return `(${items(value.v)}${value.v.length === 1 ? ',' : ''})`;
    case 'set':
    case 'frozenset':
      return js ? `Set(${items(value.v)})` : value.v.length === 0 ? 'set()' : `{${items(value.v)}}`;
    case 'dict':
      return `{${value.v.map(([key, item]) => `${show(key, js)}: ${show(item, js)}`).join(', ')}}`;
    case 'opaque':
      return `<${value.type}${value.shown === '' ? '' : ` ${value.shown}`}>`;
    default:
      return value satisfies never;
  }
}
