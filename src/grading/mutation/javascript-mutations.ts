/** Faults for JavaScript and TypeScript code, from its syntax tree: those of Stryker, by its names for them. */
import type { SyntaxNode } from '@lezer/common';
import type { LRParser } from '@lezer/lr';
import type { Mutation } from '../../domain/kinds/mutation.js';
import { childrenOf } from '../languages/syntax.js';
import { COMPARISONS, findMutations, type Put, type Text } from './find-mutations.js';

// https://stryker-mutator.io/docs/mutation-testing-elements/supported-mutators/
const ARITHMETIC: Readonly<Record<string, string>> = { '+': '-', '-': '+', '*': '/', '/': '*', '%': '*' };
const EQUALITY: Readonly<Record<string, readonly string[]>> = {
  ...COMPARISONS,
  '===': ['!=='],
  '!==': ['==='],
};
const LOGICAL: Readonly<Record<string, string>> = { '&&': '||', '||': '&&', '??': '&&' };
const ASSIGNMENT: Readonly<Record<string, string>> = {
  '+=': '-=',
  '-=': '+=',
  '*=': '/=',
  '/=': '*=',
  '%=': '*=',
  '<<=': '>>=',
  '>>=': '<<=',
  '&=': '|=',
  '|=': '&=',
  '&&=': '||=',
  '||=': '&&=',
  '??=': '&&=',
};
/** Null: the call is left out. */
const METHODS: Readonly<Record<string, string | null>> = {
  charAt: null,
  endsWith: 'startsWith',
  startsWith: 'endsWith',
  every: 'some',
  some: 'every',
  filter: null,
  reverse: null,
  slice: null,
  sort: null,
  substr: null,
  substring: null,
  toLocaleLowerCase: 'toLocaleUpperCase',
  toLocaleUpperCase: 'toLocaleLowerCase',
  toLowerCase: 'toUpperCase',
  toUpperCase: 'toLowerCase',
  trim: null,
  trimEnd: 'trimStart',
  trimStart: 'trimEnd',
  min: 'max',
  max: 'min',
};
const FUNCTIONS = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunction',
  'MethodDeclaration',
]);
const TYPES =
  /^(?:TypeAnnotation|Type(?:Alias|Args|ParamList|Arg|Parameter)\w*|InterfaceDeclaration|TypeAliasDeclaration|AmbientDeclaration|EnumDeclaration|LiteralType|ArgList-type)$/;

/** All that its operators find, in the order of the source. Types, imports and messages of errors are left alone. */
export const javascriptMutations = (code: string, parser: LRParser): readonly Mutation[] =>
  findMutations(code, parser, {
    isSkipped: (node, text) =>
      node.name === 'ImportDeclaration' || TYPES.test(node.name) || isExport(node, text),
    apply: mutationsOf,
  });

/** Tests find the code's names however it exports them. */
const isExport = (node: SyntaxNode, text: Text): boolean =>
  node.name === 'ExpressionStatement' &&
  /^(?:module\.)?exports\b[\w.]*\s*=\s*(?!\(|function|async|class)/.test(text(node));

function mutationsOf(node: SyntaxNode, text: Text, put: Put): void {
  switch (node.name) {
    case 'BinaryExpression':
      binary(node, text, put);
      return;
    case 'UnaryExpression':
    case 'PostfixExpression':
      unary(node, text, put);
      return;
    case 'UpdateOp':
      assignment(node, text, put);
      return;
    case 'IfStatement':
      condition(testOf(node), text, put, ['true', 'false']);
      return;
    case 'WhileStatement':
    case 'DoStatement':
      condition(testOf(node), text, put, ['false']);
      return;
    case 'ForSpec':
      condition(loopTest(node), text, put, ['false']);
      return;
    case 'BooleanLiteral':
      put('BooleanLiteral', node, text(node) === 'true' ? 'false' : 'true');
      return;
    case 'String':
    case 'TemplateString':
      string(node, text, put);
      return;
    case 'ArrayExpression':
      put(
        'ArrayDeclaration',
        node,
        node.firstChild?.nextSibling?.name === ']' ? '["Stryker was here"]' : '[]',
      );
      return;
    case 'NewExpression':
      newArray(node, text, put);
      return;
    case 'ObjectExpression':
      if (node.firstChild?.nextSibling?.name !== '}') put('ObjectLiteral', node, '{}');
      return;
    case 'Block':
      block(node, text, put);
      return;
    case 'CaseLabel':
    case 'DefaultLabel':
      switchCase(node, put);
      return;
    case 'ArrowFunction': {
      const body = node.lastChild;
      if (body !== null && body.name !== 'Block') put('ArrowFunction', node, '() => undefined');
      return;
    }
    case 'CallExpression':
      methodCall(node, text, put);
      return;
    case '?.':
      put('OptionalChaining', node, /^(?:\[|ArgList)$/.test(node.nextSibling?.name ?? '') ? '' : '.');
      return;
    default:
      return;
  }
}

const testOf = (statement: SyntaxNode): SyntaxNode | null =>
  statement.getChild('ParenthesizedExpression')?.firstChild?.nextSibling ?? null;

function loopTest(spec: SyntaxNode): SyntaxNode | null {
  const parts = childrenOf(spec);
  const test = parts[parts.findIndex(({ name }) => name === 'VariableDeclaration' || name === ';') + 1];
  return test === undefined || test.name === ';' ? null : test;
}

function condition(test: SyntaxNode | null, text: Text, put: Put, values: readonly string[]): void {
  if (test === null) return;
  for (const value of values) if (text(test) !== value) put('ConditionalExpression', test, value);
}

/** To what else a comparison, or what `&&` and `||` join, is mutated as a whole. Of `a || b`, `true` is no other fault for `a` than for both. */
function wholeValues(node: SyntaxNode, text: Text): readonly string[] {
  let parent = node.parent;
  // Parentheses of an expression, and not those of a statement.
  while (parent?.name === 'ParenthesizedExpression' && !STATEMENT.test(parent.parent?.name ?? ''))
    parent = parent.parent;
  if (parent?.name === 'ParenthesizedExpression' || parent?.name === 'ForSpec') return [];
  const operator = parent?.name === 'BinaryExpression' ? parent.getChild('LogicOp') : null;
  const joined = operator === null ? '' : text(operator);
  return joined === '||' ? ['false'] : joined === '&&' ? ['true'] : ['true', 'false'];
}

const STATEMENT = /Statement$/;

function binary(node: SyntaxNode, text: Text, put: Put): void {
  const parts = childrenOf(node);
  const operator = parts.find(({ name }) => /Op$/.test(name));
  if (operator === undefined) return;
  const own = text(operator);
  if (EQUALITY[own] !== undefined || own === '&&' || own === '||')
    for (const value of wholeValues(node, text)) put('ConditionalExpression', node, value);
  if (operator.name === 'ArithOp' && ARITHMETIC[own] !== undefined && !isTextual(node, text))
    put('ArithmeticOperator', node, replaced(node, operator, ARITHMETIC[own], text));
  for (const other of EQUALITY[own] ?? [])
    put('EqualityOperator', node, replaced(node, operator, other, text));
  const logical = LOGICAL[own];
  if (operator.name === 'LogicOp' && logical !== undefined)
    put('LogicalOperator', node, replaced(node, operator, logical, text));
}

function replaced(node: SyntaxNode, part: SyntaxNode, by: string, text: Text): string {
  const own = text(node);
  return own.slice(0, part.from - node.from) + by + own.slice(part.to - node.from);
}

/** `'a' + b` joins texts; a number would come of another operator. */
function isTextual(node: SyntaxNode, text: Text): boolean {
  return childrenOf(node).some(
    (child) =>
      child.name === 'String' ||
      child.name === 'TemplateString' ||
      (child.name === 'BinaryExpression' && isTextual(child, text)),
  );
}

function unary(node: SyntaxNode, text: Text, put: Put): void {
  const parts = childrenOf(node);
  const operator = parts.find(({ name }) => /Op$/.test(name));
  if (operator === undefined) return;
  const own = text(operator);
  const operand = text(node).replace(own, '');
  if (own === '++' || own === '--') {
    const other = own === '++' ? '--' : '++';
    const isPrefix = operator.from === node.from;
    const rest = isPrefix ? text(node).slice(2) : text(node).slice(0, -2);
    put('UpdateOperator', node, isPrefix ? other + rest : rest + other);
  } else if (own === '!' && operator.from === node.from) put('BooleanLiteral', node, operand.trimStart());
  else if (own === '-' || own === '+') put('UnaryOperator', node, (own === '-' ? '+' : '-') + operand);
  else if (own === '~') put('UnaryOperator', node, operand);
}

function assignment(node: SyntaxNode, text: Text, put: Put): void {
  const { parent, nextSibling } = node;
  const other = ASSIGNMENT[text(node)];
  if (other === undefined || parent === null) return;
  const isJoined = nextSibling !== null && /^(?:String|TemplateString)$/.test(nextSibling.name);
  if (!(isJoined && text(node) === '+='))
    put('AssignmentOperator', parent, replaced(parent, node, other, text));
}

function string(node: SyntaxNode, text: Text, put: Put): void {
  const { parent } = node;
  if (parent === null) return;
  const isKey = parent.name === 'Property' && parent.firstChild?.from === node.from;
  const isDirective = parent.name === 'ExpressionStatement';
  const isModule =
    parent.name === 'ExportDeclaration' ||
    (parent.name === 'ArgList' && /^(?:require|import|Symbol)$/.test(calleeOf(parent, text)));
  if (isKey || isDirective || isModule || parent.name === 'TaggedTemplateExpression' || isOfError(node))
    return;
  const isEmpty = node.to - node.from === 2;
  const quote = node.name === 'TemplateString' ? '`' : '"';
  put('StringLiteral', node, isEmpty ? `${quote}Stryker was here!${quote}` : quote + quote);
}

function calleeOf(list: SyntaxNode, text: Text): string {
  const callee = list.parent?.firstChild;
  return callee == null ? '' : text(callee);
}

/** Few tests should pin the message of an error. */
function isOfError(node: SyntaxNode): boolean {
  for (let at = node.parent; at !== null; at = at.parent) {
    if (at.name === 'ThrowStatement') return true;
    if (FUNCTIONS.has(at.name)) return false;
  }
  return false;
}

function newArray(node: SyntaxNode, text: Text, put: Put): void {
  const list = node.getChild('ArgList');
  if (list === null || !/^new\s+Array\b/.test(text(node)) || list.firstChild?.nextSibling?.name === ')')
    return;
  put('ArrayDeclaration', node, 'new Array()');
}

/** Bodies that are not empty; a constructor that calls that of its base must go on doing so. */
function block(node: SyntaxNode, text: Text, put: Put): void {
  if (node.firstChild?.nextSibling?.name === '}') return;
  if (node.parent?.name === 'MethodDeclaration' && /\bsuper\s*\(/.test(text(node))) return;
  put('BlockStatement', node, '{}');
}

/** Up to the next label, nothing is done. */
function switchCase(node: SyntaxNode, put: Put): void {
  let last = node;
  for (let next = node.nextSibling; next !== null && !/Label$|^\}$/.test(next.name); next = next.nextSibling)
    last = next;
  if (last !== node) put('ConditionalExpression', { from: node.to, to: last.to }, '');
}

function methodCall(node: SyntaxNode, text: Text, put: Put): void {
  const member = node.firstChild;
  const name = member?.name === 'MemberExpression' ? member.getChild('PropertyName') : null;
  if (member === null || name === null) return;
  const own = text(name);
  if (!Object.hasOwn(METHODS, own)) return;
  const other = METHODS[own] ?? null;
  const owner = member.firstChild;
  if (owner === null) return;
  if ((own === 'min' || own === 'max') && text(owner) !== 'Math') return;
  put('MethodExpression', node, other === null ? text(owner) : replaced(node, name, other, text));
}
