/** A completion's text made ready: reasoning taken out, and what terminals and web pages add. */
import { stripVTControlCharacters } from 'node:util';

export interface CleanText {
  readonly text: string;
  /** A reasoning tag was opened and never closed: the answer was cut off inside it. */
  readonly cutInReasoning: boolean;
}

const TAGS = '(?:think|thinking|reasoning|thought)';
const WHOLE_BLOCKS = new RegExp(`(^|\\n)[ \\t]*<(${TAGS})>[\\s\\S]*?</\\2>`, 'gi');
const CLOSING = new RegExp(`</${TAGS}>[ \\t]*(?=\\n|$)`, 'gi');
const OPENING = new RegExp(`(^|\\n)[ \\t]*<${TAGS}>`, 'i');

/**
 * Whole blocks go; before a lone closing tag all is reasoning, after an unclosed opening one too. A tag counts only
 * where a line starts with it: code may speak of tags.
 */
export function withoutReasoning(raw: string): CleanText {
  if (!raw.includes('<')) return { text: raw, cutInReasoning: false };
  let text = raw.replaceAll(WHOLE_BLOCKS, '$1');
  const closing = [...text.matchAll(CLOSING)].at(-1);
  if (closing !== undefined) text = text.slice(closing.index + closing[0].length);
  const opening = OPENING.exec(text);
  if (opening === null) return { text, cutInReasoning: false };
  return { text: text.slice(0, opening.index), cutInReasoning: true };
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
