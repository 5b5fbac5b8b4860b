/**
 * Taking the code out of an answer. The policy alone moves scores by many points, so it is a part of the measurement:
 * it has a name and a version, and each trial records how its code was found.
 */
import type { Answer } from '../domain/grade.js';
import { normalised, withoutEntities, withoutReasoning, withPlainSpaces } from './answer-text.js';
import { type Block, codeBlocks } from './code-blocks.js';
import { languages } from './languages/index.js';
import type { Language, SourceFacts } from './languages/language.js';
import { unwrapped } from './wrapped-code.js';

/** Raised with any change that could take other code out of the same answer. */
export const EXTRACTION = 'bench-extract/2';

export interface Wanted {
  readonly language: string | null;
  /** The name that the code must define; null: any definition will do. */
  readonly entry: string | null;
  readonly prompt: string;
  readonly needsCode: boolean;
}

interface Found {
  readonly code: string;
  readonly method: string;
}

export function extract(
  completion: { readonly text: string; readonly finishReason: string | null },
  wanted: Wanted,
): Answer {
  const { text, cutInReasoning } = withoutReasoning(normalised(completion.text));
  if (!wanted.needsCode) return { kind: 'text', text };
  const known = languages.find(({ name }) => name === wanted.language);
  if (known === undefined) return { kind: 'no_code', text };
  const language = parsingOnce(known);

  const whole = findWhole(text, language, wanted);
  if (whole !== null) {
    const code = finished(whole.code, language, wanted);
    return { kind: 'code', code, method: whole.method, text };
  }
  const cut = completion.finishReason === 'length' || (cutInReasoning && text.trim() === '');
  const blocks = blocksIn(text, language);
  const last = blocks.findLast((block) => defines(block.code, language, wanted)) ?? blocks.at(-1);
  if (cut || (last !== undefined && !last.closed)) return { kind: 'truncated', text };
  // What was meant as code fails as code: a syntax error is the model's, not a missing answer.
  if (last !== undefined && last.code.trim() !== '') {
    return { kind: 'code', code: last.code, method: 'fence, does not parse', text };
  }
  return { kind: 'no_code', text };
}

/** Even where it does not parse. */
function defines(code: string, language: Language, { entry }: Wanted): boolean {
  return language.facts(code).definitions.some(({ name }) => name === entry);
}

/** The ways of finding code look at the same blocks again and again. */
function parsingOnce(language: Language): Language {
  const parsed = new Map<string, SourceFacts>();
  return {
    ...language,
    facts(code) {
      const facts = parsed.get(code) ?? language.facts(code);
      parsed.set(code, facts);
      return facts;
    },
  };
}

/** Code that parses and defines what is wanted; null when there is none. */
function findWhole(text: string, language: Language, wanted: Wanted): Found | null {
  const blocks = blocksIn(text, language);
  return (
    chooseBlock(blocks, language, wanted) ??
    joinBlocks(blocks, language, wanted) ??
    unwrapBlocks(blocks, language, wanted) ??
    underSignature(
      blocks.map((block) => block.code),
      language,
      wanted,
    ) ??
    (blocks.length === 0 ? findInText(text, language, wanted) : null) ??
    anyDefinition(blocks, language, wanted)
  );
}

/** Blocks in the right language, or that name none. Whatever else is fenced is no answer. */
function blocksIn(text: string, language: Language): Block[] {
  const named = new Set(languages.flatMap((known) => known.fenceNames));
  return codeBlocks(text, (code) => language.facts(code).parses)
    .filter(
      (block) =>
        language.fenceNames.includes(block.language) || !(named.has(block.language) || isOtherText(block)),
    )
    .map((block) => ({ ...block, code: withoutLabel(withPlainSpaces(block.code), block, language) }));
}

/** The language is told on the first line of the code, instead of behind the fence. */
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
function chooseBlock(blocks: readonly Block[], language: Language, wanted: Wanted): Found | null {
  for (let at = blocks.length - 1; at >= 0; at--) {
    const block = blocks[at];
    if (block === undefined) continue;
    const facts = language.facts(block.code);
    // `x &lt; 1` is valid Python, of a name that nobody has.
    const isPlain = !['lt', 'gt', 'amp', 'quot'].some((name) => facts.free.has(name));
    const decoded = withoutEntities(block.code);
    if (decoded !== block.code && !(isPlain && serves(facts, wanted))) {
      if (serves(language.facts(decoded), wanted)) return { code: decoded, method: 'fence, entities' };
    }
    if (!serves(facts, wanted)) continue;
    const helpers = helpersOf(facts, blocks.slice(0, at), language);
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
function joinBlocks(blocks: readonly Block[], language: Language, wanted: Wanted): Found | null {
  if (blocks.length < 2) return null;
  const code = blocks.map((block) => block.code).join('\n');
  return serves(language.facts(code), wanted) ? { code, method: 'joined' } : null;
}

function unwrapBlocks(blocks: readonly Block[], language: Language, wanted: Wanted): Found | null {
  for (const block of blocks.toReversed()) {
    const found = unwrapped(block.code, language, wanted.entry);
    if (found !== null && serves(language.facts(found.code), wanted)) return found;
  }
  return null;
}

/** A body alone (it starts indented) belongs under the prompt's signature. */
function underSignature(bodies: readonly string[], language: Language, wanted: Wanted): Found | null {
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
function findInText(text: string, language: Language, wanted: Wanted): Found | null {
  const spaced = withPlainSpaces(text).replace(/^\n+/, '');
  const firstLine = spaced.split('\n', 1)[0] ?? '';
  const plain = isLabel(firstLine, language) ? spaced.slice(firstLine.length + 1) : spaced;
  if (serves(language.facts(plain), wanted)) return { code: plain, method: 'whole text' };
  const wrapped = unwrapped(plain, language, wanted.entry);
  if (wrapped !== null && serves(language.facts(wrapped.code), wanted)) return wrapped;
  return (
    underSignature([plain], language, wanted) ??
    indentedCode(plain, language, wanted) ??
    longestSpan(plain, language, wanted)
  );
}

/** Markdown's other code block: lines that are indented by four, between others that are not. */
function indentedCode(text: string, language: Language, wanted: Wanted): Found | null {
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

/** Spans begin where a line looks like a start of code, and end where one does not go on: few of each. */
function longestSpan(text: string, language: Language, wanted: Wanted): Found | null {
  const lines = withoutEntities(text).split('\n');
  const starts = lines.flatMap((line, index) =>
    /^(import|from|def|async|class|@|const|let|var|function|export|#|\/\/|\/\*)/.test(line) ? [index] : [],
  );
  for (const start of starts.slice(0, 12)) {
    const ends = lines.flatMap((line, index) =>
      index >= start && line.trim() !== '' && isEnd(lines, index) ? [index + 1] : [],
    );
    for (const end of ends.slice(-24).toReversed()) {
      const code = `${lines.slice(start, end).join('\n')}\n`;
      if (serves(language.facts(code), wanted)) return { code, method: 'span' };
    }
  }
  return null;
}

/** The last line before an empty one, or before one that begins at the margin. */
function isEnd(lines: readonly string[], index: number): boolean {
  const next = lines[index + 1];
  return next === undefined || next.trim() === '' || !/^\s/.test(next);
}

/** Code that parses and defines something, but not the entry: it runs, and fails by what it lacks. */
function anyDefinition(blocks: readonly Block[], language: Language, wanted: Wanted): Found | null {
  if (wanted.entry === null) return null;
  for (const block of blocks.toReversed()) {
    const facts = language.facts(block.code);
    if (facts.parses && facts.definitions.length > 0)
      return { code: block.code, method: 'fence, without the entry' };
  }
  return null;
}

function serves(facts: SourceFacts, { entry }: Wanted): boolean {
  if (!facts.parses) return false;
  return entry === null
    ? facts.definitions.length > 0
    : facts.definitions.some((definition) => definition.name === entry);
}

/** The prompt's imports come first where the answer lacks them. */
function finished(code: string, language: Language, wanted: Wanted): string {
  const given = importLines(wanted.prompt, language);
  if (given.length === 0) return code;
  const own = language.facts(code);
  const missing = [...new Set(given)].filter((line) => {
    if (own.imports.includes(line)) return false;
    const names = [...language.facts(line).imported];
    return names.length === 0 || names.some((name) => !own.imported.has(name));
  });
  return missing.length === 0 ? code : language.withImports(code, missing);
}

/** Of the code that the prompt shows. Prose has such lines too (`from JSON files`), but they are no statements. */
function importLines(prompt: string, language: Language): string[] {
  // Parsing prose is slow, since a parser that forgives tries everything; most prompts import nothing.
  if (!/^\s*(import|from|const|let|var)\b/m.test(prompt)) return [];
  return promptCode(prompt, language)
    .flatMap((part) => language.facts(part).imports)
    .filter((line) => language.facts(line).parses);
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
