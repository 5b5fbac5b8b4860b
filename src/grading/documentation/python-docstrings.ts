/** Docstrings in the styles of Google, NumPy and reST. */
import type { Documentation, DocumentedParameter } from '../../domain/kinds/documentation.js';
import { mentionsDefault, statedDefault } from './stated.js';

interface Section {
  readonly title: string;
  readonly lines: readonly string[];
}

const PARAMETERS = /^(?:args|arguments|parameters|params|other parameters|keyword args|keyword arguments)$/i;
const RETURNS = /^(?:returns?|yields?)$/i;
const RAISES = /^(?:raises?|exceptions?|throws)$/i;

/** Of the text between the quotes. */
export function readDocstring(text: string): Documentation {
  const lines = dedented(text);
  const sections = sectionsOf(lines);
  const rest = restFields(lines);
  const among = (kind: RegExp) => sections.filter(({ title }) => kind.test(title));
  return {
    text: lines.join('\n').trim(),
    parameters: [
      ...among(PARAMETERS).flatMap(({ lines: own }) => entriesOf(own).flatMap(parametersOf)),
      ...rest.parameters,
    ],
    returns: among(RETURNS).some(({ lines: own }) => own.some((line) => line.trim() !== '')) || rest.returns,
    raises: [
      ...among(RAISES).flatMap(({ lines: own }) =>
        entriesOf(own).flatMap(({ head }) =>
          (head.split(':', 1)[0] ?? '').split(/\s*(?:,|\bor\b)\s*/).map(lastWord),
        ),
      ),
      ...rest.raises,
    ].filter((name) => name !== ''),
  };
}

/** Lines without the indent that all but the first have in common: the first has none of its own. */
export function dedented(text: string): readonly string[] {
  const [first = '', ...more] = text.split('\n');
  const indents = more.filter((line) => line.trim() !== '').map((line) => /^ */.exec(line)?.[0].length ?? 0);
  const indent = indents.length === 0 ? 0 : Math.min(...indents);
  return [first.trim(), ...more.map((line) => line.slice(indent).trimEnd())];
}

/** `Args:` with what is indented below it, or `Parameters` with a rule below it. */
function sectionsOf(lines: readonly string[]): readonly Section[] {
  const sections: { title: string; lines: string[]; isRuled: boolean }[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    const isRuled = /^[A-Z][A-Za-z ]*$/.test(line) && /^-{3,}$/.test(lines[at + 1] ?? '');
    const title = isRuled ? line : /^([A-Z][A-Za-z ]*):$/.exec(line)?.[1];
    if (title !== undefined) {
      sections.push({ title, lines: [], isRuled });
      if (isRuled) at += 1;
      continue;
    }
    const open = sections.at(-1);
    if (open === undefined) continue;
    // Below a title that ends with a colon, text that is not indented is the next paragraph.
    if (!open.isRuled && line !== '' && !line.startsWith(' ')) {
      sections.push({ title: '', lines: [line], isRuled: false });
      continue;
    }
    open.lines.push(line);
  }
  return sections;
}

interface Entry {
  readonly head: string;
  readonly text: string;
}

/** Lines of the least indent begin an entry; the others go on with it. */
function entriesOf(lines: readonly string[]): readonly Entry[] {
  const filled = lines.filter((line) => line.trim() !== '');
  const indent = Math.min(...filled.map((line) => /^ */.exec(line)?.[0].length ?? 0));
  const entries: { head: string; text: string }[] = [];
  for (const line of filled) {
    const isFirst = (/^ */.exec(line)?.[0].length ?? 0) === indent;
    const own = line.trim().replace(/^[-*]\s+(?=[`*\w])/, '');
    const open = entries.at(-1);
    if (isFirst || open === undefined) entries.push({ head: own, text: own });
    else open.text += ` ${own}`;
  }
  return entries;
}

/** `a, b (int, optional): text`, `a : int, optional`, `*args: text`. */
function parametersOf({ head, text }: Entry): DocumentedParameter[] {
  const match =
    /^(?<names>[`*]*\w+[`*]*(?:\s*,\s*[`*]*\w+[`*]*)*)\s*(?:\((?<type>[^)]*(?:\([^)]*\)[^)]*)*)\))?\s*(?<colon>[:–-])?\s*(?<rest>.*)$/.exec(
      head,
    );
  const { names, type, colon, rest = '' } = match?.groups ?? {};
  if (names === undefined || (type === undefined && colon === undefined && rest !== '')) return [];
  const isNumpy = type === undefined && / :\s/.test(head);
  return names.split(',').map((name) => ({
    name: name.replaceAll(/[`*\s]/g, ''),
    type: typeIn(isNumpy ? rest : (type ?? null)),
    default: statedDefault(text),
    mentionsDefault: mentionsDefault(text),
  }));
}

/** Without `optional` and the default behind it. */
function typeIn(text: string | null): string | null {
  const type = text?.replace(/,?\s*(?:optional|default\b.*)/gi, '').trim();
  return type === undefined || type === '' ? null : type;
}

const lastWord = (text: string): string => /([A-Za-z_]\w*)[`*]*\s*$/.exec(text.trim())?.[1] ?? '';

/** `:param int a: text`, `:type a: int`, `:returns: text`, `:raises ValueError: text`. */
function restFields(lines: readonly string[]): Omit<Documentation, 'text'> {
  const fields: { kind: string; name: string; text: string }[] = [];
  for (const line of lines) {
    const match = /^\s*:(\w+)(?:\s+([^:]*))?:\s*(.*)$/.exec(line);
    if (match !== null)
      fields.push({ kind: match[1] ?? '', name: (match[2] ?? '').trim(), text: match[3] ?? '' });
    else if (line.startsWith(' ')) {
      const open = fields.at(-1);
      if (open !== undefined) open.text += ` ${line.trim()}`;
    }
  }
  const named = (kinds: RegExp) => fields.filter(({ kind }) => kinds.test(kind));
  const types = new Map(named(/^type$/).map(({ name, text }) => [name, text]));
  return {
    parameters: named(/^(?:param|parameter|arg|argument|key|keyword)$/).map(({ name, text }) => {
      const words = name.split(/\s+/);
      const own = (words.at(-1) ?? '').replaceAll('*', '');
      const type = types.get(own) ?? (words.length > 1 ? words.slice(0, -1).join(' ') : null);
      const all = `${text} ${types.get(own) ?? ''}`;
      return {
        name: own,
        type: typeIn(type),
        default: statedDefault(all),
        mentionsDefault: mentionsDefault(all),
      };
    }),
    returns: named(/^(?:returns?|yields?)$/).some(({ text }) => text !== ''),
    raises: named(/^(?:raises?|raise|except|exception)$/).flatMap(({ name }) =>
      name.split(/\s*,\s*/).map(lastWord),
    ),
  };
}
