/** Tables in languages with types: the signature that a case states, and the program that makes its calls. */
import type { Call } from '../../../domain/program.js';
import type { Value } from '../../../domain/value.js';

/** What is known of a type; `source` is how the language writes it, without what it is passed by. */
export type Type =
  | { readonly kind: 'int' | 'float' | 'bool' | 'string' | 'char' | 'unit' | 'any'; readonly source: string }
  | { readonly kind: 'list' | 'set' | 'optional'; readonly item: Type; readonly source: string }
  | { readonly kind: 'map'; readonly key: Type; readonly value: Type; readonly source: string }
  | { readonly kind: 'tuple'; readonly items: readonly Type[]; readonly source: string }
  /** A value or a mistake, as the language returns it. */
  | { readonly kind: 'result'; readonly item: Type; readonly source: string };

export interface Parameter {
  readonly type: Type;
  /** As the signature has it: `&mut Vec<i32>`, `const std::string&`. */
  readonly written: string;
}

export interface Signature {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly result: Type;
  /** As it was stated. */
  readonly text: string;
}

export interface Typed {
  /** Throws a SignatureError. */
  readonly parse: (signature: string) => Signature;
  /** The harness's file that a program is made of. */
  readonly template: string;
  /**
   * Files, by path, of a program that has the answer in it, makes the calls in their order and writes each result to
   * descriptor 3, a line of JSON each, as `calledSchema` has it. Throws a SignatureError where a value has no place in a type.
   */
  readonly driver: (
    template: string,
    code: string,
    signature: Signature,
    calls: readonly Call[],
  ) => Readonly<Record<string, string>>;
  /** Code that defines the name and returns what the type has for nothing, or a constant. */
  readonly stub: (signature: Signature, returns: 'nothing' | 'constant') => string;
}

/** What a signature or a value of a table cannot be; a plain sentence. */
export class SignatureError extends Error {
  override readonly name = 'SignatureError';
}

export const unfit = (value: Value, { source }: Type): SignatureError =>
  new SignatureError(`a value of type ${value.t} is no ${source}`);

/** Splits `a, b<c, d>, (e, f)` at the commas that are in no bracket. */
export function splitOuter(text: string, separator = ','): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? '';
    // The arrow of a function's type is no bracket.
    if ('<([{'.includes(char)) depth += 1;
    else if (')]}'.includes(char) || (char === '>' && text[at - 1] !== '-')) depth -= 1;
    else if (char === separator && depth === 0) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  parts.push(text.slice(from));
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** Where the bracket closes that is open before the text. */
export function closingOf(text: string): number {
  let depth = 1;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (depth === 0) return at;
  }
  throw new SignatureError(`a signature has its parameters in brackets: "${text}" closes none`);
}

/** `HashMap<String, Vec<i32>>` -> its name and what stands in its brackets; null where it has none. */
export function genericOf(text: string): { readonly name: string; readonly args: readonly string[] } | null {
  const match = /^([\w.:]+)\s*<([\s\S]*)>$/.exec(text);
  const [, name, inner] = match ?? [];
  return name === undefined || inner === undefined ? null : { name, args: splitOuter(inner) };
}

export const integerOf = (value: Value): string | null =>
  value.t === 'int'
    ? value.v
    : value.t === 'float' && typeof value.v === 'number' && Number.isInteger(value.v)
      ? String(BigInt(value.v))
      : null;

export function itemsOf(value: Value): readonly Value[] | null {
  switch (value.t) {
    case 'list':
    case 'tuple':
    case 'set':
    case 'frozenset':
      return value.v;
    default:
      return null;
  }
}

/** Decimal, with a point or an exponent; null: it is no number, or none that can be written. */
export function floatOf(value: Value): string | null {
  if (value.t === 'int') return `${value.v}.0`;
  if (value.t !== 'float' || typeof value.v !== 'number') return null;
  const text = String(value.v);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** Halves of surrogate pairs are no text anywhere else. */
export const wellFormed = (text: string): string =>
  text.replaceAll(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
