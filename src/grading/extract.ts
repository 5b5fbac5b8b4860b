/**
 * Taking the code out of an answer. The policy alone moves scores by many points, so it is a part of the measurement:
 * it has a name and a version, and each trial records how its code was found.
 */
import type { Answer } from '../domain/grade.js';
import { readFinish } from '../domain/outcome.js';
import {
  type CleanText,
  normalised,
  withoutEntities,
  withoutReasoning,
  withoutSpecialTokens,
  withPlainSpaces,
} from './answer-text.js';
import { type Block, codeBlocks } from './code-blocks.js';
import { languages } from './languages/index.js';
import type { Language, SourceFacts } from './languages/language.js';
import { type Unwrapped, unwrapped } from './wrapped-code.js';

/** Raised with any change that could take other code out of the same answer. */
export const EXTRACTION = 'bench-extract/3';

export interface Wanted {
  readonly language: string | null;
  /** The name that the code must define; null: any definition will do. */
  readonly entry: string | null;
  readonly prompt: string;
  /** The case's code that stands before the answer's; null: none. */
  readonly prelude: string | null;
  readonly needsCode: boolean;
  /** The answer is to be tests: all blocks that hold some are meant, and a copy of the code under test is not. */
  readonly isTests?: boolean;
}

interface Found {
  readonly code: string;
  readonly method: string;
  /** By a fence. */
  readonly closed: boolean;
}

interface Said {
  readonly text: string;
  readonly finishReason: string | null;
}

/** What needs no grammar: prose, and cases that ask for none of their code. Null: it may hold code. */
export function extractPlain(completion: Said, wanted: Wanted): Answer | null {
  return plainOf(readable(completion), completion, wanted);
}

function plainOf({ text, cutInReasoning }: CleanText, completion: Said, wanted: Wanted): Answer | null {
  if (!wanted.needsCode) return { kind: 'text', text };
  const known = languages.find(({ name }) => name === wanted.language);
  const isKnown = known !== undefined;
  // Statements begin with words, as sentences do.
  const mayHoldCode = wanted.language === 'sql' || known?.isCompiled === true || !isProse(text);
  return isKnown && mayHoldCode ? null : nothingIn(completion, text, cutInReasoning);
}

const readable = (completion: Said) => withoutReasoning(withoutSpecialTokens(normalised(completion.text)));

/** What an answer says, without its reasoning. */
export const readableText = (text: string): string => readable({ text, finishReason: null }).text;

export function extract(completion: Said, wanted: Wanted): Answer {
  const clean = readable(completion);
  const { text, cutInReasoning } = clean;
  const plain = plainOf(clean, completion, wanted);
  if (plain !== null) return plain;
  const known = languages.find(({ name }) => name === wanted.language);
  if (known === undefined) return nothingIn(completion, text, cutInReasoning);
  const language = parsingOnce(known, text.length);

  const isCut = readFinish(completion.finishReason) === 'length';
  const whole = findWhole(text, language, wanted);
  // Code that a fence closes is whole, though the words behind it were cut off.
  if (whole !== null && (!isCut || whole.closed)) {
    const code = finished(whole.code, language, wanted);
    return { kind: 'code', code, method: whole.method, text };
  }
  const blocks = blocksIn(text, language);
  const last = blocks.findLast((block) => mentions(block.code, wanted)) ?? blocks.at(-1);
  if (isCut || (last !== undefined && !last.closed)) return { kind: 'truncated', text };
  // What was meant as code fails as code: a syntax error is the model's, not a missing answer.
  if (last !== undefined && last.code.trim() !== '') {
    return { kind: 'code', code: last.code, method: 'fence, does not parse', text };
  }
  return nothingIn(completion, text, cutInReasoning);
}

function nothingIn({ finishReason }: Said, text: string, cutInReasoning: boolean): Answer {
  const isCut = readFinish(finishReason) === 'length' || (cutInReasoning && text.trim() === '');
  return { kind: isCut ? 'truncated' : 'no_code', text };
}

/** No fence, and no line that could begin code: it is not looked at more closely, and no grammar is read. */
function isProse(text: string): boolean {
  return !/```|~~~|^[ \t]*(?:import|from|def|async|class|@\w|const|let|var|function|export|module\.|exports\.|[+{]|#|\/[/*])|^(?: {4}|\t)|^[\w$. ,[\]]{1,80}\s*(?:[-+*/|&]?=|\()/m.test(
    text,
  );
}

/** As a definition, even where it does not parse. */
function mentions(code: string, { entry }: Wanted): boolean {
  if (entry === null || !code.includes(entry)) return false;
  const name = entry.replaceAll(/[^\w]/g, '\\$&');
  const definition = `\\b(?:def|class|function\\*?|const|let|var|func|fn|struct)\\s+${name}\\b`;
  const assignment = `^\\s*(?:(?:module\\.)?exports\\.)?${name}\\s*=[^=]`;
  return new RegExp(`${definition}|${assignment}`, 'm').test(code);
}

/** So much of an answer is parsed, all ways of finding code together; what is beyond that is taken not to parse. */
const PARSED_CHARS = 16 * 1024;
const PARSED_SHARE = 0.25;
const UNREAD: SourceFacts = {
  parses: false,
  errorAt: 0,
  definitions: [],
  uses: new Set(),
  free: new Set(),
  imported: new Set(),
  imports: [],
};

/** The ways of finding code look at the same blocks again and again; the time that they take together is bounded. */
function parsingOnce(language: Language, textChars: number): Reader {
  const parsed = new Map<string, SourceFacts>();
  let charsLeft = PARSED_CHARS + PARSED_SHARE * textChars;
  /** As far as it may be read: most texts make a mistake long before. */
  const read = (code: string): SourceFacts => {
    if (charsLeft <= 0) return UNREAD;
    const facts = language.facts(code.slice(0, charsLeft));
    const isWhole = code.length <= charsLeft;
    charsLeft -= (facts.errorAt ?? code.length) + LEAST_CHARS;
    return isWhole ? facts : { ...UNREAD, errorAt: facts.errorAt ?? code.length };
  };
  return {
    ...language,
    facts(code) {
      const known = parsed.get(code) ?? read(code);
      parsed.set(code, known);
      return known;
    },
    errorAt: (code) => read(code).errorAt,
  };
}

/** A language whose grammar is asked within a limit. */
interface Reader extends Language {
  /** Of texts that are looked at once. */
  errorAt(code: string): number | null;
}

/** What a parse costs that ends at once. */
const LEAST_CHARS = 64;

/** Code that parses and defines what is wanted; null when there is none. */
function findWhole(text: string, language: Reader, wanted: Wanted): Found | null {
  const blocks = blocksIn(text, language);
  if (blocks.length === 0) {
    const found = findInText(text, language, wanted);
    return found === null ? null : { ...found, closed: false };
  }
  const found =
    testBlocks(blocks, language, wanted) ??
    chooseBlock(blocks, language, wanted) ??
    joinBlocks(blocks, language, wanted) ??
    unwrapBlocks(blocks, language, wanted) ??
    underSignature(
      blocks.map((block) => block.code),
      language,
      wanted,
    ) ??
    anyDefinition(blocks, language, wanted);
  if (found === null) return aboveLoneFence(text, blocks, language, wanted);
  // Of several blocks the one that holds all of it, if any does.
  const owner = blocks.findLast((block) => block.code === found.code);
  return { ...found, closed: owner?.closed ?? blocks.every((block) => block.closed) };
}

const TESTS = /\bassert|\bexpect\s*\(|\bdef test|\bunittest\b|\b(?:test|it|describe)\s*(?:\.\w+)*\s*\(/;

function testBlocks(blocks: readonly Block[], language: Reader, { isTests = false }: Wanted): Found | null {
  if (!isTests) return null;
  const found = blocks.filter(({ code }) => TESTS.test(code) && language.facts(code).parses);
  if (found.length === 0) return null;
  return {
    code: found.map(({ code }) => code).join('\n'),
    method: blocks.length === 1 ? 'fence' : `fences with tests, ${found.length} of ${blocks.length}`,
    closed: found.every(({ closed }) => closed),
  };
}

/** Bare code, a closing fence that opens nothing, and words: what is above that fence. */
function aboveLoneFence(
  text: string,
  blocks: readonly Block[],
  language: Reader,
  wanted: Wanted,
): Found | null {
  const [lone, ...more] = blocks;
  if (lone === undefined || more.length > 0 || lone.closed || lone.language !== '') return null;
  const above = text.split('\n').slice(0, lone.line).join('\n');
  const found = findInText(above, language, wanted);
  return found === null ? null : { ...found, closed: true };
}

/** Blocks in the right language, or that name none. Whatever else is fenced is no answer. */
function blocksIn(text: string, language: Language): Block[] {
  const others = languages.filter(({ isCompiled }) => isCompiled !== true || language.isCompiled === true);
  const named = new Set(others.flatMap((known) => known.fenceNames));
  return codeBlocks(
    text,
    (code) => language.facts(code).parses,
    (word) => language.fenceNames.includes(word),
  )
    .filter(
      (block) =>
        language.fenceNames.includes(block.language) || !(named.has(block.language) || isOtherText(block)),
    )
    .map((block) => ({ ...block, code: withoutLabel(withPlainSpaces(block.code), block, language) }));
}

/** The language is named on the first line of the code, instead of behind the fence. */
function withoutLabel(code: string, block: Block, language: Language): string {
  const [first = '', ...rest] = code.split('\n');
  return block.language === '' && isLabel(first, language) ? rest.join('\n') : code;
}

function isLabel(line: string, { fenceNames }: Language): boolean {
  return fenceNames.includes(line.trim().toLowerCase());
}

function isOtherText({ language }: Block): boolean {
  return [
    'bash',
    'sh',
    'shell',
    'console',
    'zsh',
    'text',
    'txt',
    'output',
    'yaml',
    'xml',
    'html',
    'css',
    'sql',
    'java',
    'c',
    'cpp',
    'go',
    'rust',
    'ruby',
    'php',
  ].includes(language);
}

/** The last block that defines the entry and parses. One that only uses it is a usage example. */
function chooseBlock(blocks: readonly Block[], language: Language, wanted: Wanted): Unwrapped | null {
  for (let at = blocks.length - 1; at >= 0; at--) {
    const block = blocks[at];
    if (block === undefined) continue;
    const facts = language.facts(block.code);
    const decoded = withoutEntities(block.code);
    // `x &lt; 1` is valid Python, of a name that nobody has.
    const isPlain = () => !['lt', 'gt', 'amp', 'quot'].some((name) => facts.free.has(name));
    if (decoded !== block.code && !(serves(facts, wanted) && isPlain())) {
      if (serves(language.facts(decoded), wanted)) return { code: decoded, method: 'fence, entities' };
    }
    if (!serves(facts, wanted)) continue;
    const helpers = at === 0 ? [] : helpersOf(facts, blocks.slice(0, at), language);
    if (helpers.length > 0) return { code: [...helpers, block.code].join('\n'), method: 'joined' };
    return { code: block.code, method: blocks.length === 1 ? 'fence' : placed(at, blocks) };
  }
  return null;
}

/** Of earlier blocks those that bring names which the chosen code uses and lacks, and what these lack in turn. */
function helpersOf(chosen: SourceFacts, earlier: readonly Block[], language: Language): string[] {
  const lacks = new Set(chosen.free);
  const helpers: string[] = [];
  for (const { code } of earlier.toReversed()) {
    const facts = language.facts(code);
    if (!facts.parses) continue;
    const brings = [...facts.definitions.map(({ name }) => name), ...facts.imported];
    if (!brings.some((name) => lacks.has(name))) continue;
    helpers.unshift(code);
    for (const name of brings) lacks.delete(name);
    for (const name of facts.free) lacks.add(name);
  }
  return helpers;
}

function placed(at: number, blocks: readonly Block[]): string {
  return at === blocks.length - 1
    ? `fence, last of ${blocks.length}`
    : `fence, ${at + 1} of ${blocks.length}`;
}

/** Imports and helpers in one block, the function in the next: only all of them together define the entry. */
function joinBlocks(blocks: readonly Block[], language: Language, wanted: Wanted): Unwrapped | null {
  if (blocks.length < 2) return null;
  const code = blocks.map((block) => block.code).join('\n');
  return serves(language.facts(code), wanted) ? { code, method: 'joined' } : null;
}

function unwrapBlocks(blocks: readonly Block[], language: Language, wanted: Wanted): Unwrapped | null {
  for (const block of blocks.toReversed()) {
    const found = unwrapped(block.code, language, wanted.entry);
    if (found !== null && serves(language.facts(found.code), wanted)) return found;
  }
  return null;
}

/** A body alone (it starts indented) belongs under the prompt's signature. */
function underSignature(bodies: readonly string[], language: Language, wanted: Wanted): Unwrapped | null {
  const signature = wanted.entry === null ? null : signatureIn(wanted.prompt, language, wanted.entry);
  if (signature === null) return null;
  for (const body of bodies.toReversed()) {
    if (!/^[ \t]+\S/.test(body.replace(/^\s*\n/, ''))) continue;
    const code = language.joinBody(signature, body.replace(/^\s*\n/, ''));
    if (serves(language.facts(code), wanted)) return { code, method: 'body' };
  }
  return null;
}

/** No fence: the whole text if it is code, else the longest span of lines that is. */
function findInText(text: string, language: Reader, wanted: Wanted): Unwrapped | null {
  const spaced = withPlainSpaces(text).replace(/^\n+/, '');
  const firstLine = spaced.split('\n', 1)[0] ?? '';
  const plain = isLabel(firstLine, language) ? spaced.slice(firstLine.length + 1) : spaced;
  const isTestFile = wanted.isTests === true && TESTS.test(plain) && language.facts(plain).parses;
  if (isTestFile || serves(language.facts(plain), wanted)) return { code: plain, method: 'whole text' };
  const wrapped = unwrapped(plain, language, wanted.entry);
  if (wrapped !== null && serves(language.facts(wrapped.code), wanted)) return wrapped;
  return (
    underSignature([plain], language, wanted) ??
    indentedCode(plain, language, wanted) ??
    longestSpan(plain, language, wanted)
  );
}

/** Markdown's other code block: lines that are indented by four, between others that are not. */
function indentedCode(text: string, language: Language, wanted: Wanted): Unwrapped | null {
  const lines = text.split('\n');
  const isIn = (line: string) => line.trim() === '' || /^(?: {4}|\t)/.test(line);
  for (let from = 0; from < lines.length; from++) {
    if (!/^(?: {4}|\t)/.test(lines[from] ?? '')) continue;
    let to = from;
    while (to < lines.length && isIn(lines[to] ?? '')) to += 1;
    const code = lines.slice(from, to).map((line) => line.replace(/^(?: {4}|\t)/, ''));
    const trimmed = `${code.join('\n').trimEnd()}\n`;
    if (serves(language.facts(trimmed), wanted)) return { code: trimmed, method: 'indented' };
    from = to;
  }
  return null;
}

/** So many ends are tried before the first mistake: it may lie behind the statement that is unfinished. */
const ENDS_TRIED = 4;

/**
 * Spans begin where a line looks like a start of code, and reach to where the grammar finds the first mistake; what lies
 * between the two holds no better start.
 */
function longestSpan(text: string, language: Reader, wanted: Wanted): Unwrapped | null {
  const plain = withoutEntities(text);
  const lines = plain.split('\n');
  const offsets: number[] = [];
  let offset = 0;
  for (const line of lines) {
    offsets.push(offset);
    offset += line.length + 1;
  }
  for (let start = 0; start < lines.length; ) {
    if (!STARTS_CODE.test(lines[start] ?? '')) {
      start += 1;
      continue;
    }
    const from = offsets[start] ?? 0;
    const mistakeAt = from + (language.errorAt(plain.slice(from)) ?? plain.length - from);
    let beyond = start + 1;
    while (beyond < lines.length && (offsets[beyond] ?? 0) <= mistakeAt) beyond += 1;
    // The line of the mistake is not code, unless the text ends there.
    const last = mistakeAt >= plain.length ? beyond - 1 : beyond - 2;
    let tried = 0;
    for (let end = last; end >= start && tried < ENDS_TRIED; end--) {
      if ((lines[end] ?? '').trim() === '' || !isEnd(lines, end)) continue;
      tried += 1;
      const code = `${lines.slice(start, end + 1).join('\n')}\n`;
      if (serves(language.facts(code), wanted)) return { code, method: 'span' };
    }
    start = Math.max(start + 1, beyond - 1);
  }
  return null;
}

/** A statement that begins so, and no sentence: words such as import, from, class and const begin many a line of prose. */
const STARTS_CODE = new RegExp(
  `^(?:${[
    'import\\s+(?:[\\w.]+(?:\\s+as\\s+\\w+)?\\s*(?:,|;|#|$)|["\']|[^\\n]{0,200}\\bfrom\\s*["\'])',
    'from\\s+\\S+\\s+import\\b',
    '(?:async\\s+)?def\\s+\\w+\\s*\\(',
    '(?:abstract\\s+)?class\\s+[\\w$]+\\s*(?:[:({<]|extends\\b|implements\\b|$)',
    '@[\\w.]+',
    '(?:const|let|var)\\s+(?:[\\w$]+\\s*(?:[=:;,]|$)|[[{])',
    '(?:async\\s+)?function\\b\\s*\\*?\\s*[\\w$]*\\s*[(<]',
    'export\\s+(?:default|const|let|var|function|class|async|abstract|type|interface|enum|[{*])',
    '(?:type|interface|enum)\\s+[\\w$]+\\s*[={<]',
    '(?:module\\.)?exports\\b',
    '#|//|/\\*',
  ].join('|')})`,
);

/** The last line before an empty one, or before one that begins at the margin. */
function isEnd(lines: readonly string[], index: number): boolean {
  const next = lines[index + 1];
  return next === undefined || next.trim() === '' || !/^\s/.test(next);
}

/** Code that parses and defines something, but not the entry: it runs, and fails by what it lacks. */
function anyDefinition(blocks: readonly Block[], language: Language, wanted: Wanted): Unwrapped | null {
  if (wanted.entry === null) return null;
  for (const block of blocks.toReversed()) {
    const facts = language.facts(block.code);
    if (facts.parses && facts.definitions.length > 0)
      return { code: block.code, method: 'fence, without the entry' };
  }
  return null;
}

/** A program of a few lines may define nothing; one of these it needs. */
const READS_AND_PRINTS = ['print', 'input', 'open', 'console', 'process', 'require'];

function serves(facts: SourceFacts, { entry }: Wanted): boolean {
  if (!facts.parses) return false;
  return entry === null
    ? facts.definitions.length > 0 || READS_AND_PRINTS.some((name) => facts.free.has(name))
    : facts.definitions.some((definition) => definition.name === entry);
}

/** With the case's prelude above it, unless the code binds all of its names itself. */
function finished(code: string, language: Language, { prelude }: Wanted): string {
  if (prelude === null) return code;
  const namesOf = ({ definitions, imported }: SourceFacts) => [
    ...definitions.map(({ name }) => name),
    ...imported,
  ];
  const own = new Set(namesOf(language.facts(code)));
  const given = namesOf(language.facts(prelude));
  return given.length > 0 && given.every((name) => own.has(name))
    ? code
    : language.withPrelude(code, prelude);
}

/** Code that the prompt shows: its fenced blocks, or all of it where it is code itself. */
function promptCode(prompt: string, language: Language): string[] {
  const blocks = codeBlocks(prompt).filter(
    (block) => block.language === '' || language.fenceNames.includes(block.language),
  );
  if (blocks.length > 0) return blocks.map((block) => block.code);
  return [prompt, prompt.slice(codeStart(prompt))]
    .filter((code) => {
      const { definitions, imports } = language.facts(code);
      return definitions.length > 0 || imports.length > 0;
    })
    .slice(0, 1);
}

function codeStart(prompt: string): number {
  const match = /^(?:import|from|def|async def|class|@\w|const|let|function|export)\b/m.exec(prompt);
  return match === null ? 0 : match.index;
}

/** The prompt's code down to the entry's signature and docstring, which is where its body would begin. */
function signatureIn(prompt: string, language: Language, entry: string): string | null {
  for (const code of [...promptCode(prompt, language), prompt.slice(codeStart(prompt))]) {
    if (code.trim() === '') continue;
    const defines = language.facts(code).definitions.some((definition) => definition.name === entry);
    if (defines) return code;
  }
  return null;
}
