/** The tree of JavaScript and TypeScript, counted. */

import type { SyntaxNode, SyntaxNodeRef } from '@lezer/common';
import type { LRParser } from '@lezer/lr';
import type { CodeShape } from '../../domain/grade.js';
import { complexityOf, countLines, nestingOf, startGathering } from './shape.js';

/** As ESLint's `complexity` counts: https://eslint.org/docs/latest/rules/complexity, default values aside. */
const FORKS = new Set(['if', 'for', 'while', 'case', 'catch']);
const OPERATORS = new Set(['&&', '||', '??', '?', '&&=', '||=', '??=']);
const CONTROL = new Set([
  'IfStatement',
  'ForStatement',
  'WhileStatement',
  'DoStatement',
  'SwitchStatement',
  'TryStatement',
]);
const FUNCTIONS = new Set(['ArrowFunction', 'FunctionExpression']);

export function javascriptShape(code: string, parser: LRParser): CodeShape {
  const tree = parser.parse(code);
  const gathered = startGathering(code);
  const { text, at, functions, classes, calls, reads, imports, keywords } = gathered;

  const isFork = (token: SyntaxNodeRef) =>
    FORKS.has(token.name) ||
    (token.name === 'LogicOp' && OPERATORS.has(text(token))) ||
    (token.name === 'UpdateOp' && OPERATORS.has(text(token)));
  const add = (name: string, node: SyntaxNode, statement: SyntaxNode) => {
    const list = node.getChild('ParamList');
    functions.push({
      ...at(name, node),
      parameters: (list?.getChildren('VariableDefinition') ?? []).map((parameter) => ({
        name: text(parameter),
        typed: isTyped(parameter),
      })),
      returnTyped: node.getChild('TypeAnnotation') !== null || node.getChild('TypePredicate') !== null,
      documented: isDocumented(statement, text),
      complexity: complexityOf(node, isFork),
      nesting: nestingOf(
        node,
        (inner) =>
          CONTROL.has(inner.name) && !(inner.name === 'IfStatement' && inner.parent?.name === 'IfStatement'),
      ),
      from: node.from,
      to: node.to,
    });
  };
  const define = (node: SyntaxNode, statement: SyntaxNode) => {
    const name = node.getChild('VariableDefinition');
    if (node.name === 'ExportDeclaration') {
      for (let child = node.firstChild; child !== null; child = child.nextSibling) define(child, statement);
    } else if (node.name === 'FunctionDeclaration' && name !== null) add(text(name), node, statement);
    else if (node.name === 'VariableDeclaration') {
      for (const own of node.getChildren('VariableDefinition')) {
        const value = own.nextSibling?.name === 'Equals' ? own.nextSibling.nextSibling : null;
        if (value !== null && FUNCTIONS.has(value.name)) add(text(own), value, statement);
      }
    } else if (node.name === 'ExpressionStatement') {
      const assigned = node.getChild('AssignmentExpression');
      const value = assigned?.lastChild ?? null;
      if (assigned?.firstChild && value !== null && FUNCTIONS.has(value.name)) {
        add(text(assigned.firstChild).replace(/^(?:module\.)?exports\./, ''), value, statement);
      }
    } else if (node.name === 'ClassDeclaration' && name !== null) {
      classes.push({ ...at(text(name), node), documented: isDocumented(statement, text) });
      for (const method of node.getChild('ClassBody')?.getChildren('MethodDeclaration') ?? []) {
        const own = method.getChild('PropertyDefinition') ?? method.getChild('PrivatePropertyDefinition');
        if (own !== null) add(`${text(name)}.${text(own)}`, method, method);
      }
    }
  };
  for (let node = tree.topNode.firstChild; node !== null; node = node.nextSibling) define(node, node);

  tree.iterate({
    enter: (node) => {
      if (node.name === 'VariableName') reads.push(at(text(node), node));
      else if (/^[a-z]+$/.test(node.name)) keywords.add(node.name);
      if (node.name === 'ImportDeclaration' || node.name === 'DynamicImport') {
        const module = node.node.getChild('String');
        if (module !== null) imports.push(at(moduleName(text(module)), node));
      }
      if (node.name !== 'CallExpression' && node.name !== 'NewExpression') return;
      const callee = node.name === 'NewExpression' ? node.node.firstChild?.nextSibling : node.node.firstChild;
      if (!callee) return;
      const name = text(callee).replaceAll(/\s/g, '').replaceAll('?.', '.');
      calls.push(at(name, node));
      const module = name === 'require' ? node.node.getChild('ArgList')?.getChild('String') : null;
      if (module) imports.push(at(moduleName(text(module)), node));
    },
  });
  const isNoCode = ({ name }: SyntaxNodeRef) => name === 'LineComment' || name === 'BlockComment';
  return countLines(code, tree, gathered, isNoCode);
}

/** `x: number`, also `x?: number`. */
function isTyped(parameter: SyntaxNode): boolean {
  const next = parameter.nextSibling;
  return (next?.name === 'Optional' ? next.nextSibling : next)?.name === 'TypeAnnotation';
}

/** `node:fs` is `fs`. */
function moduleName(quoted: string): string {
  return quoted.slice(1, -1).replace(/^node:/, '');
}

/** A JSDoc comment right before it. */
function isDocumented(statement: SyntaxNode, text: (node: SyntaxNode) => string): boolean {
  const before = statement.prevSibling;
  return before?.name === 'BlockComment' && text(before).startsWith('/**');
}
