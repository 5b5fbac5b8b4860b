/** A completion's text made ready: reasoning taken out, and what terminals and web pages add. */
import { stripVTControlCharacters } from 'node:util';

export interface CleanText {
  readonly text: string;
  /** A reasoning tag was opened and never closed: the answer was cut off inside it. */
  readonly cutInReasoning: boolean;
}

/** How models mark their thoughts; each opening with its closing. */
const MARKS = ['think', 'thinking', 'reasoning', 'thought'];
const MARK = new RegExp(`<(/?)(${MARKS.join('|')})>|\\[(/?)(THINK)\\]|◁(/?)(think)▷`, 'gi');
/** Channels of one completion (OpenAI's harmony): only what is said in the final one is the answer. */
const FINAL = /<\|channel\|>\s*final[^<]{0,40}<\|message\|>/g;
const CHANNEL = '<|channel|>';
/** What ends a turn, where a server leaves it in the text. */
const TURN_END = /\s*(?:<\|[a-z0-9_]{1,30}\|>|<\/s>|<eos>|<end_of_turn>|<｜end▁of▁sentence｜>|\[EOS\])\s*$/i;
/** So many of them, one behind the other. */
const MOST_TURN_ENDS = 8;

/** The last channel that is final, and without what ends the turn. */
export function withoutSpecialTokens(raw: string): string {
  let text = raw;
  if (raw.includes(CHANNEL)) {
    const last = [...raw.matchAll(FINAL)].at(-1);
    if (last !== undefined) text = raw.slice(last.index + last[0].length);
  }
  for (let times = 0; times < MOST_TURN_ENDS; times++) {
    // Near the end only: the pattern would be tried at every space of the text.
    const from = Math.max(0, text.length - 80);
    const end = TURN_END.exec(text.slice(from));
    if (end === null) return text;
    text = `${text.slice(0, from + end.index)}\n`;
  }
  return text;
}

interface Mark {
  readonly from: number;
  readonly to: number;
  readonly name: string;
  readonly closes: boolean;
  /** A line begins with it, or ends with it. */
  readonly isPlaced: boolean;
}

/**
 * Whole blocks go; before a lone closing mark all is reasoning, after an unclosed opening one too. A mark counts only
 * where a line starts or ends with it: code may speak of tags.
 */
export function withoutReasoning(raw: string): CleanText {
  const marks = marksIn(raw);
  if (marks.length === 0) return { text: raw, cutInReasoning: false };
  const closings = new Map<string, Mark[]>();
  for (const mark of marks.toReversed()) {
    if (!mark.closes) continue;
    const own = closings.get(mark.name) ?? [];
    closings.set(mark.name, own);
    own.push(mark);
  }
  let text = '';
  let at = 0;
  /** Where a thought began that has no closing mark of its own. */
  let openedAt: number | null = null;
  for (const mark of marks) {
    if (mark.from < at || !mark.isPlaced) continue;
    if (mark.closes) {
      text = '';
      at = mark.to;
      openedAt = null;
      continue;
    }
    if (openedAt !== null) continue;
    const closing = nextOf(closings.get(mark.name) ?? [], mark.to);
    if (closing === null) {
      openedAt = mark.from;
      continue;
    }
    text += raw.slice(at, mark.from);
    at = closing.to;
  }
  return openedAt === null
    ? { text: text + raw.slice(at), cutInReasoning: false }
    : { text: text + raw.slice(at, openedAt), cutInReasoning: true };
}

function marksIn(raw: string): Mark[] {
  if (!/[<[◁]/.test(raw)) return [];
  return [...raw.matchAll(MARK)].map((match) => {
    const [whole, tagSlash, tag, boxSlash, box, arrowSlash, arrow] = match;
    const from = match.index;
    const to = from + whole.length;
    const closes = Boolean(tagSlash || boxSlash || arrowSlash);
    const isPlaced = closes ? isAtLineEnd(raw, to) : isAtLineStart(raw, from);
    return { from, to, name: (tag ?? box ?? arrow ?? '').toLowerCase(), closes, isPlaced };
  });
}

const isBlank = (char: string | undefined) => char === ' ' || char === '\t';

function isAtLineStart(raw: string, from: number): boolean {
  let at = from - 1;
  while (isBlank(raw[at])) at -= 1;
  return at < 0 || raw[at] === '\n';
}

function isAtLineEnd(raw: string, to: number): boolean {
  let at = to;
  while (isBlank(raw[at])) at += 1;
  return at >= raw.length || raw[at] === '\n';
}

/** The first that begins at or behind a place, of marks whose last is the first. They are asked for in order. */
function nextOf(marks: Mark[], from: number): Mark | null {
  while ((marks.at(-1)?.from ?? from) < from) marks.pop();
  return marks.at(-1) ?? null;
}

/** Line ends, byte order mark and colours: never a part of code that was meant. */
export function normalised(text: string): string {
  return stripVTControlCharacters(text.replaceAll(/\r\n?/g, '\n').replace(/^\uFEFF/, ''));
}

const STRANGE_SPACE = /[\u00A0\u2007\u202F]/g;
const ZERO_WIDTH = /[\u200B\u200C\u2060\uFEFF]/g;
const STRINGS = /("""|''')[\s\S]*?\1|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g;

/** Spaces that are none, outside string literals: inside them they may be meant. */
export function withPlainSpaces(code: string): string {
  if (!/[\u00A0\u2007\u202F\u200B\u200C\u2060\uFEFF]/.test(code)) return code;
  const plain = (part: string) => part.replaceAll(STRANGE_SPACE, ' ').replaceAll(ZERO_WIDTH, '');
  let result = '';
  let at = 0;
  for (const match of code.matchAll(STRINGS)) {
    result += plain(code.slice(at, match.index)) + match[0];
    at = match.index + match[0].length;
  }
  return result + plain(code.slice(at));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&#x27;': "'",
  '&nbsp;': ' ',
  '&amp;': '&',
};

export function withoutEntities(text: string): string {
  return text.replaceAll(/&(?:lt|gt|quot|#39|#x27|nbsp|amp);/g, (entity) => ENTITIES[entity] ?? entity);
}
