/** Python's tree, counted. */

import type { SyntaxNode, SyntaxNodeRef } from '@lezer/common';
import type { CodeShape } from '../../domain/grade.js';
import { pythonGrammar } from './grammars.js';
import { complexityOf, countLines, nestingOf, startGathering } from './shape.js';
import { childrenOf } from './syntax.js';

/** As radon counts: https://radon.readthedocs.io/en/latest/intro.html#cyclomatic-complexity, `else` of loops aside. */
const FORKS = new Set(['if', 'elif', 'for', 'while', 'except', 'and', 'or', 'case', 'assert']);
const CONTROL = new Set([
  'IfStatement',
  'ForStatement',
  'WhileStatement',
  'TryStatement',
  'WithStatement',
  'MatchStatement',
]);

export function pythonShape(code: string): CodeShape {
  const tree = pythonGrammar().parse(code);
  const gathered = startGathering(code);
  const { text, at, functions, classes, calls, reads, imports, keywords } = gathered;

  const define = (node: SyntaxNode, owner: string) => {
    const inner = node.name === 'DecoratedStatement' ? node.lastChild : node;
    const name = inner?.getChild('VariableName');
    if (inner === null || name === null || name === undefined) return;
    if (inner.name === 'FunctionDefinition') {
      functions.push({
        ...at(`${owner}${text(name)}`, inner),
        parameters: parametersOf(inner, text).filter(
          (parameter, index) => owner === '' || index > 0 || !['self', 'cls'].includes(parameter.name),
        ),
        returnTyped: inner.getChild('TypeDef') !== null,
        documented: docstringOf(inner) !== null,
        complexity: complexityOf(inner, (token) => FORKS.has(token.name) && !isWildcard(token, text)),
        nesting: nestingOf(inner, (statement) => CONTROL.has(statement.name)),
        from: inner.from,
        to: inner.to,
      });
    }
    if (inner.name === 'ClassDefinition') {
      classes.push({ ...at(`${owner}${text(name)}`, inner), documented: docstringOf(inner) !== null });
      const body = inner.getChild('Body');
      if (body !== null) for (const child of childrenOf(body)) define(child, `${owner}${text(name)}.`);
    }
  };
  for (const node of childrenOf(tree.topNode)) define(node, '');

  tree.iterate({
    enter: (node) => {
      if (node.name === 'VariableName') reads.push(at(text(node), node));
      else if (/^[a-z]+$/.test(node.name)) keywords.add(node.name);
      if (node.name === 'ImportStatement') {
        for (const name of modulesOf(text(node))) imports.push(at(name, node));
      }
      if (node.name !== 'CallExpression') return;
      const callee = node.node.firstChild;
      if (callee === null) return;
      const name = text(callee).replaceAll(/\s/g, '');
      calls.push(at(name, node));
      if (/^(?:__import__|importlib\.import_module|import_module)$/.test(name)) {
        const module = node.node.getChild('ArgList')?.getChild('String');
        if (module) imports.push(at(text(module).slice(1, -1), node));
      }
    },
  });
  const docstrings = new Set<number>();
  tree.iterate({
    enter: ({ node }) => {
      if (!['Script', 'FunctionDefinition', 'ClassDefinition'].includes(node.name)) return;
      const found = docstringOf(node);
      if (found !== null) docstrings.add(found.from);
    },
  });
  const isNoCode = (node: SyntaxNodeRef) =>
    node.name === 'Comment' || (node.name === 'String' && docstrings.has(node.from));
  return countLines(code, tree, gathered, isNoCode);
}

function docstringOf(node: SyntaxNode): SyntaxNode | null {
  const body = node.name === 'Script' ? node : node.getChild('Body');
  const first =
    body === null ? undefined : childrenOf(body).find(({ name }) => name !== ':' && name !== 'Comment');
  return first?.name === 'ExpressionStatement' ? first.getChild('String') : null;
}

function parametersOf(definition: SyntaxNode, text: (node: SyntaxNode) => string) {
  const list = definition.getChild('ParamList');
  if (list === null) return [];
  return childrenOf(list)
    .filter((child) => child.name === 'VariableName' && child.prevSibling?.name !== 'AssignOp')
    .map((child) => ({ name: text(child), typed: child.nextSibling?.name === 'TypeDef' }));
}

/** `case _:` is an else. */
function isWildcard(token: SyntaxNodeRef, text: (node: SyntaxNode) => string): boolean {
  const pattern = token.name === 'case' ? token.node.nextSibling : null;
  return pattern !== null && text(pattern) === '_' && pattern.nextSibling?.name === 'Body';
}

/** `import a.b as c, d` -> a.b, a, d; `from a.b import c` -> a.b, a. */
function modulesOf(statement: string): string[] {
  const from = /^from\s+([\w.]+)/.exec(statement)?.[1];
  const names =
    from === undefined
      ? statement
          .replace(/^import\s+/, '')
          .split(',')
          .map((part) => /[\w.]+/.exec(part)?.[0] ?? '')
      : [from];
  return names
    .flatMap((name) => (name.includes('.') ? [name, name.split('.')[0] ?? ''] : [name]))
    .filter(Boolean);
}
