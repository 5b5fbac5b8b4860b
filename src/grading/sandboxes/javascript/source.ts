/** Module syntax of an answer or a test, rewritten for a realm that has scripts only. Lines keep their numbers. */
import type { SyntaxNode } from '@lezer/common';
import { javascriptGrammar } from '../../languages/grammars.js';
import { javascript } from '../../languages/javascript.js';

/** At the beginning of what was a module. */
const STRICT = "'use strict'; ";

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/**
 * `import` becomes `require`, `export` becomes `exports.…` after what it exports. `dropsUnused`: imports whose names are
 * used nowhere are left out, as a compiler of TypeScript does that has taken the types out.
 */
export function asScript(code: string, dropsUnused = false): string {
  // Most answers are none, and parsing is what costs here.
  if (!/\b(?:import|export)\b/.test(code)) return code;
  const uses = dropsUnused ? javascript.facts(code).uses : new Set<string>();
  const edits: Edit[] = [];
  const exported: string[] = [];
  for (
    let node = javascriptGrammar().parse(code).topNode.firstChild;
    node !== null;
    node = node.nextSibling
  ) {
    const text = code.slice(node.from, node.to);
    if (node.name === 'ImportDeclaration') {
      const isUnused =
        dropsUnused && /^import\b[^'"]*\bfrom\b/.test(text) && !namesOf(text).some((name) => uses.has(name));
      edits.push({ from: node.from, to: node.to, text: isUnused ? '' : asRequire(text) });
    }
    if (node.name === 'ExportDeclaration') edits.push(...withoutExport(node, code, exported));
  }
  if (edits.length === 0) return code;
  // Modules are strict.
  let result = STRICT;
  let at = 0;
  for (const { from, to, text } of edits) {
    const lost = code.slice(from, to).split('\n').length - text.split('\n').length;
    result += code.slice(at, from) + text + '\n'.repeat(Math.max(0, lost));
    at = to;
  }
  const names = exported.map((name) => `if (typeof ${name} !== 'undefined') exports.${name} = ${name};`);
  return `${result}${code.slice(at)}\n${names.join(' ')}\n`;
}

/** The names that an import binds. */
function namesOf(text: string): string[] {
  const clause = /^import\s+([\s\S]*?)\s+from\b/.exec(text)?.[1] ?? '';
  return clause
    .split(/[{},]/)
    .map((part) => /([\w$]+)\s*$/.exec(part)?.[1] ?? '')
    .filter((name) => name !== '');
}

/** `import a, { b as c } from 'x'` -> `const a = …, { b: c } = …`. */
function asRequire(text: string): string {
  const match = /^import\s*([\s\S]*?)\s*(?:from\s*)?(['"])(.+?)\2/.exec(text);
  if (match === null) return '';
  const [, clause = '', , module = ''] = match;
  const source = `require(${JSON.stringify(module)})`;
  if (clause === '') return `${source};`;
  const parts = /^(?:([\w$]+)\s*,?\s*)?(?:\*\s*as\s+([\w$]+)|(\{[\s\S]*\}))?$/.exec(clause);
  if (parts === null) return `${source};`;
  const [, name, all, named] = parts;
  const bound = [
    ...(name === undefined ? [] : [`${name} = ((m) => m.default ?? m)(${source})`]),
    ...(all === undefined ? [] : [`${all} = ${source}`]),
    ...(named === undefined ? [] : [`${named.replaceAll(/\s+as\s+/g, ': ')} = ${source}`]),
  ];
  return `const ${bound.join(', ')};`;
}

function withoutExport(node: SyntaxNode, code: string, exported: string[]): Edit[] {
  const text = code.slice(node.from, node.to);
  const isDefault = /^export\s+default\b/.test(text);
  const head = /^export\s+(?:default\s+)?/.exec(text)?.[0] ?? '';
  const rest = text.slice(head.length);
  const declared = /^(?:async\s+)?(?:function\s*\*?|class)\s+([\w$]+)/.exec(rest)?.[1];
  if (declared !== undefined) {
    exported.push(declared);
    return [{ from: node.from, to: node.from + head.length, text: '' }];
  }
  if (isDefault) return [{ from: node.from, to: node.from + head.length, text: 'module.exports = ' }];
  const variables = /^(?:const|let|var)\s+([\w$]+)/.exec(rest)?.[1];
  if (variables !== undefined) {
    exported.push(variables);
    return [{ from: node.from, to: node.from + head.length, text: '' }];
  }
  const list = /^\{([\s\S]*)\}\s*;?$/.exec(rest)?.[1];
  const pairs = (list ?? '').split(',').map((part) => part.trim().split(/\s+as\s+/));
  const given = pairs.flatMap(([name = '', alias]) =>
    name === '' ? [] : [`exports.${alias ?? name} = ${name};`],
  );
  return [{ from: node.from, to: node.to, text: given.join(' ') }];
}
