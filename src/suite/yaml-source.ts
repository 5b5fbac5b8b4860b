/** YAML text with the places of everything in it. */
import {
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import type { Diagnostic } from '../domain/errors/diagnostic.js';

export type Path = readonly (string | number)[];

/** Where a value, or the key before it, stands; the nearest thing around it where it is missing. */
export type Locate = (
  path: Path,
  what: 'key' | 'value',
) => Pick<Diagnostic, 'place' | 'length' | 'sourceLine'>;

export interface Source {
  /** Whole numbers arrive as bigint, others as number: 2 and 2.0 stay apart. */
  readonly data: unknown;
  readonly locate: Locate;
  readonly diagnostics: readonly Diagnostic[];
}

const NO_KEYS: ReadonlySet<string> = new Set();

/**
 * `typedBelow`: keys below which mappings are data of an answer's: `{ 1: 2 }` is a Map there, with a number for its key.
 * Everywhere else a key is a text, and one that is read as another number than is written is a mistake.
 */
export function readYaml(text: string, file: string, typedBelow: ReadonlySet<string> = NO_KEYS): Source {
  const lines = text.split(/\r?\n/);
  const counter = new LineCounter();
  const document = parsed(text, counter);
  if (document === null) {
    const locate: Locate = () => ({
      place: { file, line: 1, column: 1 },
      length: 1,
      sourceLine: lines[0] ?? '',
    });
    return {
      data: null,
      locate,
      diagnostics: [
        { ...locate([], 'value'), code: 'file/invalid-yaml', message: NESTED, help: 'close what is open' },
      ],
    };
  }

  const at = (from: number, to: number): ReturnType<Locate> => {
    const { line, col } = counter.linePos(from);
    const sourceLine = lines[line - 1] ?? '';
    const length = Math.max(1, Math.min(to - from, sourceLine.length - col + 1));
    return { place: { file, line, column: col }, length, sourceLine };
  };
  const locate: Locate = (path, what) => {
    let node: Node | null = document.contents;
    let key: Node | null = null;
    for (const step of path) {
      const pair: Pair | undefined = isMap(node)
        ? node.items.find((item) => String(item.key) === String(step))
        : undefined;
      const next: unknown =
        pair !== undefined ? pair.value : isSeq(node) ? node.items[Number(step)] : undefined;
      if (pair === undefined && next === undefined) break;
      key = pair !== undefined && isNode(pair.key) ? pair.key : null;
      if (isNode(next)) node = next;
      else break;
    }
    const found = what === 'key' && key !== null ? key : (node ?? key);
    const range = found?.range;
    if (!range) return at(0, 1);
    // A block is pointed at by its first character, a word as a whole.
    const isBlock = isMap(found) || isSeq(found);
    return at(range[0], isBlock ? range[0] + 1 : range[1]);
  };

  const diagnostics: Diagnostic[] = firstOfKinds(document.errors).map((error) => {
    const here = at(error.pos[0], error.pos[1]);
    return { ...here, code: 'file/invalid-yaml' as const, ...inWords(error, here) };
  });
  if (diagnostics.length === 0 && ODD_KEY.test(text))
    for (const { range, ...found } of changedKeys(document, typedBelow))
      diagnostics.push({ ...at(range[0], range[1]), code: 'file/invalid-yaml', ...found });
  let data: unknown = null;
  if (diagnostics.length === 0) {
    try {
      data = ODD_KEY.test(text)
        ? withTextKeys(document.toJS({ maxAliasCount: 100, mapAsMap: true }), typedBelow)
        : document.toJS({ maxAliasCount: 100 });
      const trouble = troubleIn(data);
      if (trouble !== null) diagnostics.push({ ...at(0, 1), code: 'file/invalid-yaml', ...trouble });
    } catch (error) {
      const message =
        error instanceof RangeError ? NESTED : error instanceof Error ? error.message : String(error);
      diagnostics.push({ ...at(0, 1), code: 'file/invalid-yaml', message });
    }
    if (diagnostics.length > 0) data = null;
  }
  return { data, locate, diagnostics };
}

const NESTED = 'lists and mappings are nested too deeply';
/** No suite is nested so deeply, and what walks it calls itself as often. */
const MOST_LEVELS = 200;

function parsed(text: string, lineCounter: LineCounter): ReturnType<typeof parseDocument> | null {
  try {
    return parseDocument(text, { intAsBigInt: true, lineCounter, merge: true, prettyErrors: false });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** An alias inside of its own anchor makes data without an end. */
function troubleIn(data: unknown): { readonly message: string; readonly help: string } | null {
  const above = new Set<unknown>();
  const look = (value: unknown): 'cycle' | 'deep' | null => {
    if (typeof value !== 'object' || value === null) return null;
    if (above.has(value)) return 'cycle';
    if (above.size >= MOST_LEVELS) return 'deep';
    above.add(value);
    const items = Array.isArray(value) ? value : value instanceof Map ? value.values() : Object.values(value);
    for (const item of items) {
      const trouble = look(item);
      if (trouble !== null) return trouble;
    }
    above.delete(value);
    return null;
  };
  switch (look(data)) {
    case 'cycle':
      return {
        message: 'an alias (*) refers to an anchor (&) that contains it',
        help: 'write the value out',
      };
    case 'deep':
      return { message: NESTED, help: 'close what is open' };
    default:
      return null;
  }
}

/** A key that may be no text: a number, a truth value or nothing. Few files have one, and most need no closer look. */
const ODD_KEY = /(?:^|[\s{,?])(?:[-+]?[\d.][\w.+-]*|true|false|null|~)\s*:/im;

/** One slip in the indentation is followed by many errors: only keys that stand twice are mistakes of their own. */
function firstOfKinds(errors: readonly YAMLError[]): YAMLError[] {
  const [first] = errors.filter(({ code }) => code !== 'DUPLICATE_KEY');
  return first === undefined ? [...errors] : [first];
}

/** Keys outside of an answer's data that are read as something else than is written: 4.10 is the number 4.1. */
function changedKeys(document: ReturnType<typeof parseDocument>, typedBelow: ReadonlySet<string>) {
  const found: (Pick<Diagnostic, 'message' | 'help'> & { readonly range: readonly [number, number] })[] = [];
  visit(document, {
    Pair(_, { key }) {
      if (!isScalar(key)) return undefined;
      if (typeof key.value === 'string') return typedBelow.has(key.value) ? visit.SKIP : undefined;
      const written = key.source ?? '';
      const read = String(key.value);
      if (written !== read && key.range)
        found.push({
          range: [key.range[0], key.range[1]],
          message: `the key ${written} is read as ${read}`,
          help: `quote it: "${written}"`,
        });
      return undefined;
    },
  });
  return found;
}

/** Maps as blocks of keys, except those below the given keys whose keys are not all texts. */
function withTextKeys(value: unknown, typedBelow: ReadonlySet<string>, isTyped = false): unknown {
  if (Array.isArray(value)) return value.map((item) => withTextKeys(item, typedBelow, isTyped));
  if (!(value instanceof Map)) return value;
  const entries = [...value].map(([key, item]) => {
    const below = isTyped || (typeof key === 'string' && typedBelow.has(key));
    return [key, withTextKeys(item, typedBelow, below)] as const;
  });
  if (isTyped && entries.some(([key]) => typeof key !== 'string')) return new Map(entries);
  return Object.fromEntries(entries.map(([key, item]) => [String(key), item]));
}

function inWords(
  error: YAMLError,
  { sourceLine = '', place }: ReturnType<Locate>,
): { message: string; help?: string } {
  switch (error.code) {
    case 'BLOCK_AS_IMPLICIT_KEY':
      return /:(?:\s|$)/.test(sourceLine.slice((place?.column ?? 1) - 1)) && !/^A block/.test(error.message)
        ? {
            message: 'this text holds a colon and a space, which begin another key',
            help: 'quote the text, or write it below after a |',
          }
        : {
            message: 'the indentation of this line or the next one fits nothing above it',
            help: 'begin it where its neighbours begin',
          };
    case 'BAD_SCALAR_START':
      return { message: 'a text cannot begin with this character', help: 'quote the text' };
    case 'DUPLICATE_KEY':
      return { message: 'this key is listed twice', help: 'keep one of them' };
    case 'TAB_AS_INDENT':
      return { message: 'a tab indents this line', help: 'YAML wants spaces' };
    case 'BAD_INDENT':
      return {
        message: /^Flow/.test(error.message)
          ? 'a [ or { above this line is not closed'
          : 'the indentation of this line fits nothing above it',
        help: /^Flow/.test(error.message) ? 'close it with ] or }' : 'begin it where its neighbours begin',
      };
    default:
      if (/call stack/.test(error.message)) return { message: NESTED, help: 'close what is open' };
      return {
        message: `no YAML: ${error.message.split('\n')[0]}`,
        help: 'look at the indentation and the quotes here and just above',
      };
  }
}

/** Plain numbers for whole ones, except below the keys where 2 and 2.0 differ. */
export function withPlainNumbers(value: unknown, exactBelow: ReadonlySet<string>): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (Array.isArray(value)) return value.map((item) => withPlainNumbers(item, exactBelow));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.map(([key, item]) => [key, exactBelow.has(key) ? item : withPlainNumbers(item, exactBelow)]),
  );
}
