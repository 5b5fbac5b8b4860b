/** An answer's tests, without the copy of the code under test that many bring along. */
import type { SyntaxNode } from '@lezer/common';
import { javascriptGrammar, pythonGrammar, typescriptGrammar } from '../languages/grammars.js';
import { languages } from '../languages/index.js';
import { childrenOf } from '../languages/syntax.js';

export interface TestFile {
  readonly tests: string;
  /** Names of which it brought a definition of its own. */
  readonly copies: readonly string[];
}

/** Lines keep their numbers. */
export function testFileOf(language: string, tests: string, subject: string): TestFile {
  const facts = languages.find(({ name }) => name === language)?.facts(subject);
  if (facts === undefined) return { tests, copies: [] };
  const names = new Set(facts.definitions.map(({ name }) => name));
  const callable = new Set(
    facts.definitions.flatMap(({ name, kind }) => (kind === 'variable' ? [] : [name])),
  );
  return language === 'python'
    ? without(tests, pythonGrammar().parse(tests).topNode, (node, text) => pythonCopy(node, text, callable))
    : without(
        tests,
        (language === 'typescript' ? typescriptGrammar() : javascriptGrammar()).parse(tests).topNode,
        (node, text) => javascriptCopy(node, text, callable) ?? javascriptImport(node, text, names),
      );
}

type Text = (node: SyntaxNode) => string;
/** What a statement at the top brings twice; empty: it goes, and is no copy; null: it stays. */
type Find = (node: SyntaxNode, text: Text) => readonly string[] | null;

function without(code: string, top: SyntaxNode, find: Find): TestFile {
  const text: Text = (node) => code.slice(node.from, node.to);
  const copies: string[] = [];
  let tests = '';
  let at = 0;
  for (const node of childrenOf(top)) {
    const found = find(node, text);
    if (found === null) continue;
    copies.push(...found);
    tests += code.slice(at, node.from) + text(node).replaceAll(/[^\n]/g, '');
    at = node.to;
  }
  return { tests: tests + code.slice(at), copies };
}

function pythonCopy(node: SyntaxNode, text: Text, names: ReadonlySet<string>): string[] | null {
  if (node.name === 'DecoratedStatement')
    return childrenOf(node).reduce<string[] | null>(
      (found, child) => found ?? pythonCopy(child, text, names),
      null,
    );
  if (node.name !== 'FunctionDefinition' && node.name !== 'ClassDefinition') return null;
  const name = node.getChild('VariableName');
  return name !== null && names.has(text(name)) ? [text(name)] : null;
}

function javascriptCopy(node: SyntaxNode, text: Text, names: ReadonlySet<string>): string[] | null {
  if (node.name === 'ExportDeclaration')
    return childrenOf(node).reduce<string[] | null>(
      (found, child) => found ?? javascriptCopy(child, text, names),
      null,
    );
  const defined = node.getChildren('VariableDefinition').map(text);
  const isFunction = node.getChild('ArrowFunction') !== null || node.getChild('FunctionExpression') !== null;
  const isCopy =
    node.name === 'FunctionDeclaration' ||
    node.name === 'ClassDeclaration' ||
    (node.name === 'VariableDeclaration' && isFunction);
  return isCopy && defined.length === 1 && defined.every((name) => names.has(name)) ? defined : null;
}

/** An import of nothing but the subject's names: they are there already, however it exports them. */
function javascriptImport(node: SyntaxNode, text: Text, names: ReadonlySet<string>): string[] | null {
  const own = text(node);
  const clause =
    /^import\s+([\w$]+|\{[^}]*\})\s+from\b/.exec(own)?.[1] ??
    /^(?:const|let|var)\s+([\w$]+|\{[^}]*\})\s*=\s*(?:await\s+)?(?:require|import)\s*\([^)]*\)(?:\s*\.\s*default)?\s*;?$/.exec(
      own,
    )?.[1];
  if (clause === undefined) return null;
  const bound = clause.split(/[{},\s]+/).filter((name) => name !== '');
  return bound.length > 0 && bound.every((name) => names.has(name)) ? [] : null;
}
