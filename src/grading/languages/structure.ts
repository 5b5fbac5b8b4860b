/** Code as its statements, so that two versions can be compared: comments, docstrings, spaces and quotes are no difference. */
import type { SyntaxNode } from '@lezer/common';
import type { Unit } from '../../domain/kinds/measures.js';
import { javascriptGrammar, pythonGrammar, typescriptGrammar } from './grammars.js';

const COMMENTS = new Set(['Comment', 'LineComment', 'BlockComment']);
/** Read as one token: they have parts, and text between them. */
const WHOLE = new Set(['TemplateString', 'FormatString', 'String', 'ContinuedString', 'RegExp']);
const STATEMENT = /(?:Statement|Declaration|Definition)$/;
const FUNCTION = /^(?:FunctionDefinition|FunctionDeclaration|MethodDeclaration)$/;
const CLASS = /^Class(?:Definition|Declaration)$/;
const FUNCTION_VALUES = new Set(['ArrowFunction', 'FunctionExpression']);

interface Walk {
  readonly language: string;
  readonly text: (node: SyntaxNode) => string;
  readonly token: (text: string, owner: string, statement: number) => void;
}

/** Equal for code that is equal but for comments, docstrings, spaces, quotes and semicolons. */
export function structureOf(language: string, code: string): string {
  const tokens: string[] = [];
  walk(language, code, (text) => tokens.push(text));
  return tokens.join(' ');
}

/** In the order of the source. */
export function unitsOf(language: string, code: string): readonly Unit[] {
  const units = new Map<string, Map<number, string[]>>();
  walk(language, code, (text, owner, statement) => {
    const unit = units.get(owner) ?? new Map<number, string[]>();
    units.set(owner, unit);
    unit.set(statement, [...(unit.get(statement) ?? []), text]);
  });
  return [...units].map(([name, statements]) => ({
    name,
    statements: [...statements.values()].map((tokens) => tokens.join(' ')),
  }));
}

/** `owner`: the function it lies in; `statement`: a number for the innermost statement. */
function walk(language: string, code: string, take: Walk['token']): void {
  const text: Walk['text'] = (node) => code.slice(node.from, node.to);
  const grammar = { python: pythonGrammar, typescript: typescriptGrammar }[language] ?? javascriptGrammar;
  const state: Walk = { language, text, token: take };
  visit(grammar().parse(code).topNode, '', 0, state);
}

function visit(node: SyntaxNode, owner: string, statement: number, state: Walk): void {
  if (COMMENTS.has(node.name) || isDocstring(node)) return;
  const { language, text, token } = state;
  if (node.firstChild === null || WHOLE.has(node.name)) {
    const own = text(node);
    const isLoose = own === '' || own === ';' || (own === ',' && isTrailing(node));
    if (!isLoose) token(withPlainQuotes(own), owner, statement);
    return;
  }
  const inner = ownerIn(node, owner, text);
  const own = STATEMENT.test(node.name) ? node.from + 1 : statement;
  const isBody = language === 'python' && node.name === 'Body';
  if (isBody) token('{', inner, own);
  for (let child = node.firstChild as SyntaxNode | null; child !== null; child = child.nextSibling)
    visit(child, inner, own, state);
  if (isBody) token('}', inner, own);
}

function ownerIn(node: SyntaxNode, owner: string, text: Walk['text']): string {
  const isFunction = FUNCTION.test(node.name);
  if (!isFunction && !CLASS.test(node.name) && !isFunctionVariable(node)) return owner;
  const name =
    node.getChild('VariableName') ??
    node.getChild('VariableDefinition') ??
    node.getChild('PropertyDefinition');
  // A function inside a function is a part of it.
  const isInside = owner !== '' && !owner.endsWith('.');
  if (name === null || isInside) return owner;
  return `${owner}${text(name)}${isFunction || isFunctionVariable(node) ? '' : '.'}`;
}

const isFunctionVariable = (node: SyntaxNode): boolean =>
  node.name === 'VariableDeclaration' && [...FUNCTION_VALUES].some((kind) => node.getChild(kind) !== null);

function isDocstring(node: SyntaxNode): boolean {
  const { parent } = node;
  if (node.name !== 'ExpressionStatement' || (parent?.name !== 'Body' && parent?.name !== 'Script'))
    return false;
  const only = node.firstChild;
  return only?.name === 'String' && only.nextSibling === null && isFirst(node);
}

function isFirst(node: SyntaxNode): boolean {
  let before = node.prevSibling;
  while (before !== null && (before.name === ':' || COMMENTS.has(before.name))) before = before.prevSibling;
  return before === null;
}

/** Before a closing bracket; that of a tuple has a meaning. */
const isTrailing = (comma: SyntaxNode): boolean =>
  /^[)\]}]$/.test(comma.nextSibling?.name ?? '') && comma.parent?.name !== 'TupleExpression';

const withPlainQuotes = (token: string): string =>
  /^'[^'"\\\n]*'$/.test(token) ? `"${token.slice(1, -1)}"` : token;
