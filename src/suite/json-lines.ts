/** Cases as JSON lines: one a line, streamed, for suites of any size. */
import type { Diagnostic } from '../domain/errors/diagnostic.js';
import type { Files } from '../world/world.js';
import { type Locate, readYaml, withPlainNumbers } from './yaml-source.js';

/** More than this is no suite but another file: reading on would only bury the first mistake. */
const MOST_MISTAKES = 50;

export async function readJsonLines(
  path: string,
  files: Files,
  exactKeys: ReadonlySet<string>,
  diagnostics: Diagnostic[],
  /** `text`: the line itself, which `parseLine` reads again. */
  take: (raw: unknown, locate: Locate, index: number, text: string) => Promise<void>,
): Promise<void> {
  let number = 0;
  for await (const line of files.lines(path)) {
    number += 1;
    const text = number === 1 ? line.replace(/^\uFEFF/, '') : line;
    if (text.trim() === '') continue;
    const locate = locateIn(text, path, number);
    let raw: unknown;
    try {
      raw = parseLine(text, exactKeys);
    } catch (error) {
      diagnostics.push({
        ...locate([], 'value'),
        code: 'file/invalid-json',
        message: `invalid JSON: ${error instanceof Error ? error.message : error}`,
      });
    }
    if (raw !== undefined) await take(raw, locate, number - 1, text);
    if (diagnostics.length >= MOST_MISTAKES) return;
  }
}

/**
 * JSON.parse makes 2.0 and 2 one number and rounds large ones. Lines that write such numbers are read by the slower
 * parser that keeps them apart; all others become bigint below the exact keys by being whole.
 */
export function parseLine(text: string, exactKeys: ReadonlySet<string>): unknown {
  const parsed: unknown = JSON.parse(text);
  if (/\d\.0*[\s,\]}]|\d[eE][+-]?\d|\d{16}/.test(text)) {
    const { data, diagnostics } = readYaml(text, '', exactKeys);
    if (diagnostics.length === 0) return withPlainNumbers(data, exactKeys);
  }
  return mayHold(text, exactKeys) ? wholeAsBigint(parsed, exactKeys, false) : parsed;
}

/** Whether JSON may have one of these keys: they may be written with escapes. */
function mayHold(text: string, keys: ReadonlySet<string>): boolean {
  if (text.includes('\\u')) return true;
  for (const key of keys) if (text.includes(`"${key}"`)) return true;
  return false;
}

function wholeAsBigint(value: unknown, exactKeys: ReadonlySet<string>, exact: boolean): unknown {
  if (typeof value === 'number') return exact && Number.isSafeInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map((item) => wholeAsBigint(item, exactKeys, exact));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      wholeAsBigint(item, exactKeys, exact || exactKeys.has(key)),
    ]),
  );
}

/** Near enough in one line: the key by its text, else the line's start. */
export function locateIn(text: string, file: string, line: number): Locate {
  return (path) => {
    const key = path.findLast((step) => typeof step === 'string');
    const quoted = key === undefined ? '' : JSON.stringify(key);
    const found = quoted === '' ? -1 : text.indexOf(quoted);
    const column = found < 0 ? 1 : found + 1;
    return { place: { file, line, column }, length: found < 0 ? 1 : quoted.length, sourceLine: text };
  };
}
