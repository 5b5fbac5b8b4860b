/** What refactoring aims at, measured in a piece of code. */
import type { CodeMeasures } from '../../domain/kinds/measures.js';
import { languages } from '../languages/index.js';
import { structureOf, unitsOf } from '../languages/structure.js';

export function measuresOf(name: string, code: string): CodeMeasures {
  const language = languages.find((known) => known.name === name);
  if (language === undefined) throw new Error(`no language is named ${name}`);
  const { functions, calls, reads, imports, keywords, duplicatedLines } = language.shape(code);
  const most = (values: readonly number[]) => Math.max(0, ...values);
  return {
    complexity: most(functions.map(({ complexity }) => complexity)),
    nesting: most(functions.map(({ nesting }) => nesting)),
    length: most(functions.map(({ lines }) => lines)),
    parameters: most(functions.map(({ parameters }) => parameters.length)),
    duplicatedLines,
    constructs: new Set([
      ...keywords,
      ...[...calls, ...reads, ...imports].flatMap((found) => namesOf(found.name)),
    ]),
    publicNames: new Set(
      language.facts(code).definitions.flatMap((one) => (one.name.startsWith('_') ? [] : [one.name])),
    ),
    structure: structureOf(name, code),
    units: unitsOf(name, code),
  };
}

/** `list.sort` is found as itself and as `sort`, as in the check `forbids`. */
function namesOf(found: string): string[] {
  const last = found.slice(found.lastIndexOf('.') + 1);
  return last === found ? [found] : [found, last];
}
