/** YAML text with the places of everything in it. */
import { isMap, isNode, isSeq, LineCounter, type Node, type Pair, parseDocument, type YAMLError } from 'yaml';
import type { Diagnostic } from '../domain/diagnostic.js';

export type Path = readonly (string | number)[];

/** Where a value, or the key before it, stands; the nearest thing around it where it is missing. */
export type Locate = (path: Path, what: 'key' | 'value') => Omit<Diagnostic, 'message' | 'mend'>;

export interface Source {
  /** Whole numbers arrive as bigint, others as number: 2 and 2.0 stay apart. */
  readonly data: unknown;
  readonly locate: Locate;
  readonly diagnostics: readonly Diagnostic[];
}

export function readYaml(text: string, file: string): Source {
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
      diagnostics: [{ ...locate([], 'value'), message: NESTED, mend: 'close what is open' }],
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

  const diagnostics = document.errors.map((error) => ({
    ...at(error.pos[0], error.pos[1]),
    ...inWords(error),
  }));
  let data: unknown = null;
  if (diagnostics.length === 0) {
    try {
      data = document.toJS({ maxAliasCount: 100 });
      const trouble = troubleIn(data);
      if (trouble !== null) diagnostics.push({ ...at(0, 1), ...trouble });
    } catch (error) {
      const message =
        error instanceof RangeError ? NESTED : error instanceof Error ? error.message : String(error);
      diagnostics.push({ ...at(0, 1), message });
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
function troubleIn(data: unknown): { readonly message: string; readonly mend: string } | null {
  const above = new Set<unknown>();
  const visit = (value: unknown): 'cycle' | 'deep' | null => {
    if (typeof value !== 'object' || value === null) return null;
    if (above.has(value)) return 'cycle';
    if (above.size >= MOST_LEVELS) return 'deep';
    above.add(value);
    for (const item of Array.isArray(value) ? value : Object.values(value)) {
      const trouble = visit(item);
      if (trouble !== null) return trouble;
    }
    above.delete(value);
    return null;
  };
  switch (visit(data)) {
    case 'cycle':
      return { message: 'an alias (*) stands inside of its own anchor (&)', mend: 'write the value out' };
    case 'deep':
      return { message: NESTED, mend: 'close what is open' };
    default:
      return null;
  }
}

function inWords(error: YAMLError): { message: string; mend?: string } {
  switch (error.code) {
    case 'DUPLICATE_KEY':
      return { message: 'this key stands here twice', mend: 'keep one of them' };
    case 'TAB_AS_INDENT':
      return { message: 'a tab indents this line', mend: 'YAML wants spaces' };
    case 'BAD_INDENT':
      return {
        message: /^Flow/.test(error.message)
          ? 'a [ or { above this line is not closed'
          : 'the indentation of this line fits nothing above it',
        mend: /^Flow/.test(error.message) ? 'close it with ] or }' : 'begin it where its neighbours begin',
      };
    default:
      if (/call stack/.test(error.message)) return { message: NESTED, mend: 'close what is open' };
      return {
        message: `no YAML: ${error.message.split('\n')[0]}`,
        mend: 'look at the indentation and the quotes here and just above',
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
