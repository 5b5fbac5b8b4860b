/** A README, read for what it says of given code. */
import type { Documentation, OfferedName } from '../../domain/kinds/documentation.js';
import { mentionsDefault, statedDefault } from './stated.js';

/** Without a fence around all of it. */
export function readmeIn(text: string): string {
  const whole = /^\s*(`{3,}|~{3,})\s*(?:markdown|md)\s*\n([\s\S]*?)\n\1\s*$/.exec(text);
  return whole?.[2] ?? text;
}

/** What it says of each name; a name that is in no heading and no code span has no entry. */
export function readReadme(
  text: string,
  offered: readonly OfferedName[],
): ReadonlyMap<string, Documentation> {
  const prose = withoutFences(readmeIn(text));
  const found = offered.flatMap((one) => {
    const short = one.name.split('.').at(-1) ?? one.name;
    const own = sectionOf(prose, short, offered.length === 1);
    return own === null ? [] : [[one.name, documentationIn(own, one)] as const];
  });
  return new Map(found);
}

const withoutFences = (text: string): string =>
  text.replaceAll(/^(`{3,}|~{3,})[^\n]*\n[\s\S]*?^\1`*\s*$/gm, '');

const word = (name: string): string => `(?<![\\w$])${name.replaceAll('$', '\\$')}(?![\\w$])`;

/** Below the heading that names it, up to the next of its rank; else all, if the name is in a code span. */
function sectionOf(prose: string, name: string, isOnly: boolean): string | null {
  const lines = prose.split('\n');
  const isNamed = new RegExp(word(name));
  const at = lines.findIndex((line) => /^#{1,6}\s/.test(line) && isNamed.test(line));
  const spans = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  const isInCode = spans.some((code) => isNamed.test(code));
  if (at < 0 || isOnly) return at >= 0 || isInCode ? prose : null;
  const rank = /^#+/.exec(lines[at] ?? '')?.[0].length ?? 1;
  const end = lines.findIndex((line, index) => index > at && new RegExp(`^#{1,${rank}}\\s`).test(line));
  return lines.slice(at, end < 0 ? undefined : end).join('\n');
}

function documentationIn(section: string, { parameters, raises }: OfferedName): Documentation {
  const lines = section.split('\n');
  return {
    text: section.trim(),
    parameters: parameters.flatMap(({ name }) => {
      const inCode = new RegExp(
        `\`[^\`]*${word(name)}[^\`]*\`|\\*\\*${word(name)}\\*\\*|^\\s*[-*|]\\s*${word(name)}`,
      );
      // The line that is about it, and not the signature.
      const about = lines.find((line) => inCode.test(line) && !line.startsWith('#'));
      if (about === undefined) return [];
      // Also in the signature of a heading.
      const isAssigned = new RegExp(`${word(name)}\\s*(?::[^,=)]*)?=(?!=)`).test(section);
      const says = isAssigned || mentionsDefault(about);
      return [{ name, type: null, default: statedIn(about, name), mentionsDefault: says }];
    }),
    returns: /\b(?:returns?|yields?|gives?(?: back)?|result)\b|->|→/i.test(section),
    raises: raises.filter((name) => new RegExp(word(name)).test(section)),
  };
}

/** Of a line with several names, what is behind the one. */
function statedIn(line: string, name: string): string | null {
  const behind = line.slice(line.search(new RegExp(word(name))));
  const assigned = new RegExp(`^${name}\\s*(?::\\s*[\\w.|[\\] ]+)?=\\s*([^,)\`]+)`).exec(behind)?.[1]?.trim();
  return assigned ?? statedDefault(behind);
}
