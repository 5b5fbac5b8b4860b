/** Module syntax of an answer or a test, rewritten for a realm that has scripts only. Lines keep their numbers. */
import type { SyntaxNode } from '@lezer/common';
import { javascriptGrammar } from '../languages/grammars.js';

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** `import` becomes `require`, `export` becomes `exports.…` after what it exports. */
export function asScript(code: string): string {
  // Most answers are none, and parsing is what costs here.
  if (!/\b(?:import|export)\b/.test(code)) return code;
  const edits: Edit[] = [];
  const exported: string[] = [];
  for (
    let node = javascriptGrammar().parse(code).topNode.firstChild;
    node !== null;
    node = node.nextSibling
  ) {
    const text = code.slice(node.from, node.to);
    if (node.name === 'ImportDeclaration')
      edits.push({ from: node.from, to: node.to, text: asRequire(text) });
    if (node.name === 'ExportDeclaration') edits.push(...withoutExport(node, code, exported));
  }
  if (edits.length === 0) return code;
  let result = '';
  let at = 0;
  for (const { from, to, text } of edits) {
    const lost = code.slice(from, to).split('\n').length - text.split('\n').length;
    result += code.slice(at, from) + text + '\n'.repeat(Math.max(0, lost));
    at = to;
  }
  const names = exported.map((name) => `if (typeof ${name} !== 'undefined') exports.${name} = ${name};`);
  return `${result}${code.slice(at)}\n${names.join(' ')}\n`;
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
