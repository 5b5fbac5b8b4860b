/** Fenced blocks of a Markdown text, as chat models write them: any length, indented, nested, unclosed. */

export interface Block {
  /** In lower case, the first word behind the fence; empty where there is none. */
  readonly language: string;
  readonly code: string;
  readonly closed: boolean;
  /** The line of its opening fence, from 0. */
  readonly line: number;
}

interface Fence {
  readonly indent: string;
  readonly char: string;
  readonly length: number;
  readonly info: string;
}

/**
 * A fence closes only by a bare one of its kind that is at least as long, so that a docstring holding one survives. Where
 * the code up to it does not parse, a later one may be meant: one is taken if the code up to it does.
 */
export function codeBlocks(
  text: string,
  parses: (code: string) => boolean = () => true,
  isLabel: (word: string) => boolean = () => false,
): Block[] {
  const lines = text.split('\n');
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const open = fenceIn(lines[at] ?? '') ?? fenceBehindText(lines[at] ?? '', isLabel);
    at += 1;
    if (open === null) continue;
    const start = at;
    const bodyTo = (end: number | null) =>
      lines.slice(start, end ?? lastLine(lines)).map((line) => withoutIndent(line, open.indent));
    const bare = endOf(lines, start, open, (closer) => parses(bodyTo(closer).join('\n')));
    const shared = bare === null ? sharedEnd(lines, start, open) : null;
    const end = bare ?? shared?.at ?? null;
    const body =
      shared === null ? bodyTo(end) : [...bodyTo(shared.at), withoutIndent(shared.code, open.indent)];
    // A lone fence with nothing behind it has opened nothing: the code stands before it.
    if (end === null && open.info === '' && body.every((line) => line.trim() === '')) continue;
    blocks.push({
      language: /^[^\s{,:]*/.exec(open.info)?.[0].toLowerCase() ?? '',
      code: body.join('\n') + (body.length > 0 ? '\n' : ''),
      closed: end !== null,
      line: start - 1,
    });
    at = end === null ? lines.length : end + 1;
  }
  return blocks;
}

/** Behind the last line that holds something. */
function lastLine(lines: readonly string[]): number {
  return lines.findLastIndex((line) => line.trim() !== '') + 1;
}

function fenceIn(line: string): Fence | null {
  const match = /^([ \t]*(?:(?:[-*+]|\d+[.)])[ \t]+|>[ \t]?)?)(`{3,}|~{3,})[ \t]*([^`]*)$/.exec(line);
  if (match === null) return null;
  const [, lead = '', marks = '', info = ''] = match;
  return { indent: ' '.repeat(lead.length), char: marks[0] ?? '`', length: marks.length, info: info.trim() };
}

/** `Sure! ```python`: the label says that it is a fence. */
function fenceBehindText(line: string, isLabel: (word: string) => boolean): Fence | null {
  if (!line.includes('```')) return null;
  const match = /^([^`]*)(`{3,})[ \t]*([A-Za-z0-9+#]+)[ \t]*$/.exec(line);
  const [, before = '', marks = '', word = ''] = match ?? [];
  if (before.trim() === '' || !isLabel(word.toLowerCase())) return null;
  return { indent: '', char: '`', length: marks.length, info: word };
}

/** The first line of code that ends with a closing fence, where none stands alone. */
function sharedEnd(
  lines: readonly string[],
  start: number,
  open: Fence,
): { readonly at: number; readonly code: string } | null {
  for (let at = start; at < lines.length; at++) {
    const line = (lines[at] ?? '').trimEnd();
    let from = line.length;
    while (line[from - 1] === open.char) from -= 1;
    const code = line.slice(0, from);
    if (line.length - from >= open.length && code.trim() !== '' && !code.includes(open.char.repeat(3)))
      return { at, code };
  }
  return null;
}

/** The line that closes it; null: none does. A labelled fence inside opens a nested block. */
function endOf(
  lines: readonly string[],
  start: number,
  open: Fence,
  parsesTo: (closer: number) => boolean,
): number | null {
  let inString: string | null = null;
  for (let at = start; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const fence = fenceIn(line);
    const closes =
      fence !== null &&
      fence.char === open.char &&
      fence.length >= open.length &&
      fence.info === '' &&
      inString === null;
    if (closes) return laterCloser(lines, at, open, parsesTo) ?? at;
    inString = tripleQuoteAfter(line, inString);
  }
  // An apostrophe in a comment may have looked like a string: the first fence that can close it does.
  const first = firstBareFence(lines, start, open);
  return first === null ? null : (laterCloser(lines, first, open, parsesTo) ?? first);
}

/** Tried only where the first does not do, and a few: each costs a parse of all before it. */
const LATER_CLOSERS = 4;

function laterCloser(
  lines: readonly string[],
  first: number,
  open: Fence,
  parsesTo: (closer: number) => boolean,
): number | null {
  if (parsesTo(first)) return first;
  let tried = 0;
  for (let at = first + 1; at < lines.length && tried < LATER_CLOSERS; at++) {
    const fence = fenceIn(lines[at] ?? '');
    if (fence === null || fence.char !== open.char || fence.length < open.length || fence.info !== '')
      continue;
    tried += 1;
    if (parsesTo(at)) return at;
  }
  return null;
}

function firstBareFence(lines: readonly string[], start: number, open: Fence): number | null {
  for (let at = start; at < lines.length; at++) {
    const fence = fenceIn(lines[at] ?? '');
    if (fence !== null && fence.char === open.char && fence.length >= open.length && fence.info === '')
      return at;
  }
  return null;
}

/** Whether a triple-quoted string is open behind the line: inside one a fence is text. */
function tripleQuoteAfter(line: string, before: string | null): string | null {
  let inside = before;
  for (const [quotes] of line.matchAll(/"""|'''/g)) {
    if (inside === null) inside = quotes;
    else if (inside === quotes) inside = null;
  }
  return inside;
}

function withoutIndent(line: string, indent: string): string {
  const own = /^[ \t>]*/.exec(line)?.[0].length ?? 0;
  return line.slice(Math.min(indent.length, own));
}
