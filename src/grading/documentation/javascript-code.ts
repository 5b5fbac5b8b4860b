/** JavaScript and TypeScript code, read for what it offers and what its JSDoc or TSDoc says. */
import type { SyntaxNode } from '@lezer/common';
import type { LRParser } from '@lezer/lr';
import { parse } from 'comment-parser';
import type { Documentation, OfferedName } from '../../domain/kinds/documentation.js';
import { childrenOf } from '../languages/syntax.js';
import { parametersOf, type Text } from './parameters.js';
import type { ReadCode } from './python-code.js';
import { mentionsDefault, statedDefault } from './stated.js';

const FUNCTION_VALUES = new Set(['ArrowFunction', 'FunctionExpression']);

export function readJavaScript(code: string, parser: LRParser): ReadCode {
  const text: Text = (node) => code.slice(node.from, node.to);
  const offered: OfferedName[] = [];
  const texts = new Map<string, string>();
  const add = (name: string, node: SyntaxNode, statement: SyntaxNode) => {
    if (name.startsWith('_') || name.startsWith('#')) return;
    const comment = commentBefore(statement, text);
    if (comment !== null) texts.set(name, comment);
    offered.push({ name, ...offeredBy(node, text) });
  };
  const visit = (node: SyntaxNode, statement: SyntaxNode) => {
    const name = node.getChild('VariableDefinition');
    if (node.name === 'ExportDeclaration') for (const child of childrenOf(node)) visit(child, statement);
    else if (node.name === 'FunctionDeclaration' && name !== null) add(text(name), node, statement);
    else if (node.name === 'VariableDeclaration' && name !== null) {
      const value = childrenOf(node).find((child) => FUNCTION_VALUES.has(child.name));
      if (value !== undefined) add(text(name), value, statement);
    } else if (node.name === 'ClassDeclaration' && name !== null) visitClass(node, text(name), statement);
  };
  const visitClass = (node: SyntaxNode, name: string, statement: SyntaxNode) => {
    const methods = node.getChild('ClassBody')?.getChildren('MethodDeclaration') ?? [];
    const nameOf = (method: SyntaxNode) => {
      const own = method.getChild('PropertyDefinition');
      return own === null ? '#' : text(own);
    };
    const made = methods.find((method) => nameOf(method) === 'constructor');
    const comments = [commentBefore(statement, text), made === undefined ? null : commentBefore(made, text)];
    const said = comments.filter((comment) => comment !== null);
    if (said.length > 0) texts.set(name, said.join('\n'));
    const { parameters, raises } =
      made === undefined ? { parameters: [], raises: [] } : offeredBy(made, text);
    offered.push({ name, parameters, raises, returns: false });
    for (const method of methods) {
      const isPrivate = /^private\b/.test(text(method));
      if (method !== made && !isPrivate && /^[A-Za-z$]/.test(nameOf(method)))
        add(`${name}.${nameOf(method)}`, method, method);
    }
  };
  for (const node of childrenOf(parser.parse(code).topNode)) visit(node, node);
  const documented = [...texts].map(([name, comment]) => [name, readJsDoc(comment)] as const);
  return { offered, documented: new Map(documented.filter(([, { text: said }]) => said !== '')), texts };
}

/** One of `/** … *\/` right before it. */
function commentBefore(statement: SyntaxNode, text: Text): string | null {
  const before = statement.prevSibling;
  return before?.name === 'BlockComment' && text(before).startsWith('/**') ? text(before) : null;
}

function readJsDoc(comments: string): Documentation {
  const blocks = parse(comments, { spacing: 'preserve' });
  const tags = blocks.flatMap((block) => block.tags);
  const named = (names: RegExp) => tags.filter(({ tag }) => names.test(tag));
  return {
    text: blocks
      .flatMap(({ description, tags: own }) => [
        description,
        ...own.map(({ source }) => source[0]?.tokens.description ?? ''),
      ])
      .join('\n')
      .trim(),
    parameters: named(/^(?:param|arg|argument)$/).flatMap(({ name, type, default: value, description }) =>
      // Of an object: a property of a parameter.
      name.includes('.') || name === ''
        ? []
        : [
            {
              name: name.replace(/^\.\.\./, ''),
              type: type === '' ? null : type.replace(/^\.\.\./, ''),
              default: value ?? statedDefault(description),
              mentionsDefault: value !== undefined || mentionsDefault(description),
            },
          ],
    ),
    returns: named(/^(?:returns?|yields?)$/).some(
      ({ type, name, description }) => type + name + description !== '',
    ),
    // `{RangeError} text`, `{@link RangeError} text` or `RangeError text`.
    raises: named(/^(?:throws|exception)$/).map(
      ({ type, name, description }) => /[A-Z][\w$]*/.exec(`${type} ${name} ${description}`)?.[0] ?? '',
    ),
  };
}

function offeredBy(node: SyntaxNode, text: Text): Omit<OfferedName, 'name'> {
  const found = { returns: false, raises: new Set<string>() };
  const body = node.getChild('Block');
  // An arrow that is an expression.
  if (body === null && node.name === 'ArrowFunction') found.returns = true;
  search(body, text, found);
  return {
    parameters: parametersOf(node.getChild('ParamList') ?? node, PARAMETERS, text),
    returns: found.returns,
    raises: [...found.raises],
  };
}

const PARAMETERS = {
  name: 'VariableDefinition',
  type: 'TypeAnnotation',
  equals: 'Equals',
  pattern: /Pattern$/,
};

function search(
  node: SyntaxNode | null,
  text: Text,
  found: { returns: boolean; readonly raises: Set<string> },
): void {
  if (node === null || /^(?:Function|ArrowFunction|MethodDeclaration|Class)/.test(node.name)) return;
  if (node.name === 'ReturnStatement' && !/^return\s*;?$/.test(text(node))) found.returns = true;
  if (node.name === 'YieldExpression') found.returns = true;
  if (node.name === 'ThrowStatement') {
    const name = /^throw\s+new\s+([A-Za-z_$][\w$]*)/.exec(text(node))?.[1];
    if (name !== undefined) found.raises.add(name);
  }
  for (const child of childrenOf(node)) search(child, text, found);
}
