/** Faults for Python code, from its syntax tree. */
import type { SyntaxNode } from '@lezer/common';
import type { Mutation } from '../../domain/kinds/mutation.js';
import { pythonGrammar } from '../languages/grammars.js';
import { childrenOf } from '../languages/syntax.js';
import { COMPARISONS, findMutations, type Put, type Text } from './find-mutations.js';

const ARITHMETIC: Readonly<Record<string, string>> = {
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '//': '/',
  '%': '*',
  '**': '*',
};
const BITS: Readonly<Record<string, string>> = { '&': '|', '|': '&', '^': '&', '<<': '>>', '>>': '<<' };
/** What is called instead. */
const FUNCTIONS: Readonly<Record<string, string>> = { min: 'max', max: 'min', any: 'all', all: 'any' };
/** Null: the call is left out. */
const METHODS: Readonly<Record<string, string | null>> = {
  lower: 'upper',
  upper: 'lower',
  startswith: 'endswith',
  endswith: 'startswith',
  lstrip: 'rstrip',
  rstrip: 'lstrip',
  strip: null,
};
/** All that its operators find, in the order of the source. Annotations, docstrings, imports and decorators are left alone. */
export const pythonMutations = (code: string): readonly Mutation[] =>
  findMutations(code, pythonGrammar(), {
    isSkipped: (node, text) => SKIPPED.has(node.name) || isDocstring(node) || isMainGuard(node, text),
    apply: mutationsOf,
  });

const SKIPPED = new Set(['TypeDef', 'ImportStatement', 'Decorator', 'ScopeStatement']);

function isDocstring(node: SyntaxNode): boolean {
  const only = node.firstChild;
  return (
    node.name === 'ExpressionStatement' && /String$/.test(only?.name ?? '') && only?.nextSibling === null
  );
}

/** `if __name__ == "__main__":` is not run by tests. */
const isMainGuard = (node: SyntaxNode, text: Text): boolean =>
  node.name === 'IfStatement' && /^if\s+__name__\s*==/.test(text(node));

function mutationsOf(node: SyntaxNode, text: Text, put: Put): void {
  switch (node.name) {
    case 'BinaryExpression':
      binary(node, text, put);
      return;
    case 'UnaryExpression':
      unary(node, text, put);
      return;
    case 'UpdateOp': {
      const operator = text(node).slice(0, -1);
      const other = ARITHMETIC[operator] ?? BITS[operator];
      if (other !== undefined) put('arithmetic', node, `${other}=`);
      return;
    }
    case 'Number':
    case 'Boolean':
    case 'None':
    case 'String':
    case 'FormatString':
    case 'ContinuedString':
      constant(node, text, put);
      return;
    case 'ReturnStatement': {
      const value = node.firstChild?.nextSibling ?? null;
      if (value !== null && text(value) !== 'None')
        put('return value', { from: value.from, to: node.to }, 'None');
      return;
    }
    case 'RaiseStatement':
      raisedType(node, text, put);
      put('statement removed', node, 'pass');
      return;
    case 'ExpressionStatement':
    case 'UpdateStatement':
    case 'DeleteStatement':
      put('statement removed', node, 'pass');
      return;
    case 'AssignStatement':
      // Without the name, nearly all that follows breaks.
      if (node.firstChild?.name === 'MemberExpression') put('statement removed', node, 'pass');
      return;
    case 'BreakStatement':
      put('break or continue', node, 'continue');
      return;
    case 'ContinueStatement':
      put('break or continue', node, 'break');
      return;
    case 'ArgList':
      lastArgument(node, put);
      return;
    case 'CallExpression':
      called(node, text, put);
      return;
    case 'MemberExpression':
      sliceBounds(node, put);
      return;
    case 'TryStatement':
      handled(node, text, put);
      return;
    default:
      return;
  }
}

function binary(node: SyntaxNode, text: Text, put: Put): void {
  for (const child of childrenOf(node)) {
    const own = text(child);
    if (child.name === 'ArithOp' && !isTextual(node)) {
      const other = ARITHMETIC[own];
      if (other !== undefined) put('arithmetic', child, other);
    } else if (child.name === 'BitOp' && BITS[own] !== undefined) put('arithmetic', child, BITS[own]);
    else if (child.name === 'CompareOp')
      for (const other of COMPARISONS[own] ?? []) put('comparison', child, other);
    else if (child.name === 'and') put('connective', child, 'or');
    else if (child.name === 'or') put('connective', child, 'and');
    else if (child.name === 'is') {
      const not = child.nextSibling?.name === 'not' ? child.nextSibling : null;
      put(
        'identity or membership',
        { from: child.from, to: not?.to ?? child.to },
        not === null ? 'is not' : 'is',
      );
    } else if (child.name === 'in') {
      const not = child.prevSibling?.name === 'not' ? child.prevSibling : null;
      put(
        'identity or membership',
        { from: not?.from ?? child.from, to: child.to },
        not === null ? 'not in' : 'in',
      );
    }
  }
}

/** Texts are joined by `+` and cannot be subtracted: every test would notice. */
const isTextual = (node: SyntaxNode): boolean =>
  childrenOf(node).some(
    ({ name }) => name === 'String' || name === 'FormatString' || name === 'ContinuedString',
  );

function unary(node: SyntaxNode, text: Text, put: Put): void {
  const operator = node.firstChild;
  const operand = operator?.nextSibling;
  if (!operator || !operand) return;
  if (operator.name === 'not') put('negation', { from: operator.from, to: operand.from }, '');
  else if (text(operator) === '-') put('arithmetic', operator, '');
}

function constant(node: SyntaxNode, text: Text, put: Put): void {
  const { parent } = node;
  const isDefault = parent?.name === 'ParamList';
  const operator = isDefault ? 'default value' : 'constant';
  if (node.name === 'Boolean') {
    put(operator, node, text(node) === 'True' ? 'False' : 'True');
    return;
  }
  if (node.name === 'None') {
    put(operator, node, '0');
    return;
  }
  if (node.name === 'Number') {
    const own = text(node);
    if (!/^\d+(?:\.\d+)?$/.test(own)) {
      put(operator, node, '0');
      return;
    }
    put(operator, node, /^\d+$/.test(own) ? String(BigInt(own) + 1n) : String(Number(own) + 1));
    if (Number(own) !== 0) put(operator, node, '0');
    return;
  }
  // Of texts in a row, the row; of an exception's message, nothing: few tests should pin it.
  if (parent?.name === 'ContinuedString' || isWithin(node, 'RaiseStatement')) return;
  put(
    operator,
    node,
    /^[a-zA-Z]*(?:""|'')$/.test(text(node))
      ? '"bench"'
      : node.name === 'String' && /^[a-zA-Z]*[bB]/.test(text(node))
        ? 'b""'
        : '""',
  );
}

function isWithin(node: SyntaxNode, name: string): boolean {
  for (let at = node.parent; at !== null; at = at.parent) if (at.name === name) return true;
  return false;
}

/** `min(a, b)` becomes `max(a, b)`, `text.lower()` becomes `text.upper()`, `text.strip()` becomes `text`. */
function called(node: SyntaxNode, text: Text, put: Put): void {
  const callee = node.firstChild;
  if (callee?.name === 'VariableName') {
    const other = FUNCTIONS[text(callee)];
    if (other !== undefined) put('function', callee, other);
    return;
  }
  const [property] = callee?.getChildren('PropertyName') ?? [];
  const owner = callee?.firstChild;
  if (callee?.name !== 'MemberExpression' || property === undefined || !owner) return;
  const other = METHODS[text(property)];
  if (other === null) put('method', { from: owner.to, to: node.to }, '');
  else if (other !== undefined) put('method', property, other);
}

/** The last argument of a call that has several, or a keyword argument. */
function lastArgument(node: SyntaxNode, put: Put): void {
  const inner = childrenOf(node).slice(1, -1);
  const comma = inner.findLastIndex(({ name }) => name === ',');
  const trailing =
    comma === inner.length - 1 ? inner.slice(0, -1).findLastIndex(({ name }) => name === ',') : comma;
  const from = inner[trailing];
  const last = inner.at(-1);
  const owner = node.parent?.parent;
  if (trailing < 0 || from === undefined || last === undefined || owner?.name === 'RaiseStatement') return;
  put('argument dropped', { from: from.from, to: last.to }, '');
}

/** `a[1:n]` becomes `a[:n]` and `a[1:]`. */
function sliceBounds(node: SyntaxNode, put: Put): void {
  const parts = childrenOf(node);
  const open = parts.findIndex(({ name }) => name === '[');
  const colon = parts.findIndex(({ name }) => name === ':');
  if (open < 0 || colon < 0) return;
  const close = parts.findLastIndex(({ name }) => name === ']');
  const second = parts.findIndex(({ name }, at) => at > colon && name === ':');
  const [low, high] = [parts[open + 1], parts[colon + 1]];
  if (low !== undefined && colon > open + 1) put('slice bound', low, '');
  if (high !== undefined && colon + 1 < (second < 0 ? close : second)) put('slice bound', high, '');
}

function raisedType(node: SyntaxNode, text: Text, put: Put): void {
  const raised = node.firstChild?.nextSibling ?? null;
  const type = raised?.name === 'CallExpression' ? raised.firstChild : raised;
  if (type !== null) put('exception type', type, anotherType(text(type)));
}

function handled(node: SyntaxNode, text: Text, put: Put): void {
  for (const child of childrenOf(node)) {
    if (child.prevSibling?.name !== 'except' || child.name === 'Body') continue;
    put('exception type', child, anotherType(text(child)));
  }
}

/** Not a base of what was there, and not derived from it. */
const anotherType = (name: string): string =>
  /^(?:ArithmeticError|OverflowError|ZeroDivisionError|FloatingPointError)$/.test(name)
    ? 'LookupError'
    : 'ArithmeticError';
