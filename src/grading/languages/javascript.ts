import type { SyntaxNode } from '@lezer/common';
import type { LRParser } from '@lezer/lr';
import { javascriptGrammar } from './grammars.js';
import { javascriptShape } from './javascript-shape.js';
import type { Definition, Language, SourceFacts } from './language.js';
import { childrenOf, hasError } from './syntax.js';

export const javascript: Language = {
  name: 'javascript',
  // Answers in TypeScript that use none of its types are JavaScript; others do not parse here.
  fenceNames: ['javascript', 'js', 'mjs', 'cjs', 'node', 'ecmascript', 'jsx', 'es6', 'typescript', 'ts'],
  facts(code) {
    const { facts, hasTypes } = factsOf(code, javascriptGrammar());
    return { ...facts, parses: facts.parses && !hasTypes };
  },
  shape: (code) => javascriptShape(code, javascriptGrammar()),
  stub: (entry) => `function ${entry}() {}\n`,
  garbage: (entry) => `function ${entry}() {\n  return 7919;\n}\n`,
  withImports: (code, imports) => [...imports, code].join('\n'),
  joinBody: (signature, body) => joinBody(signature, body, javascriptGrammar()),
};

/** Facts of JavaScript's family; the grammar of either dialect. */
export function factsOf(
  code: string,
  parser: LRParser,
): { readonly facts: SourceFacts; readonly hasTypes: boolean } {
  const tree = parser.parse(code);
  const text = (node: SyntaxNode) => code.slice(node.from, node.to);
  const definitions: Definition[] = [];
  const imports: string[] = [];
  for (const node of childrenOf(tree.topNode)) {
    if (node.name === 'ImportDeclaration') imports.push(text(node));
    const required = node.name === 'VariableDeclaration' && /=\s*require\s*\(/.test(text(node));
    if (required) imports.push(text(node));
    else definitions.push(...definedBy(node, text));
  }
  const uses = new Set<string>();
  const bound = new Set<string>();
  const imported = new Set<string>();
  let hasTypes = false;
  tree.iterate({
    enter: (node) => {
      // The grammar knows TypeScript's types in any dialect; an engine does not.
      hasTypes ||= node.name === 'TypeAnnotation' || node.name === 'TypeParamList';
      if (node.name === 'VariableName') uses.add(code.slice(node.from, node.to));
      if (node.name === 'VariableDefinition') {
        bound.add(code.slice(node.from, node.to));
        if (isImported(node.node, code)) imported.add(code.slice(node.from, node.to));
      }
    },
  });
  const free = new Set([...uses].filter((name) => !bound.has(name)));
  return { facts: { parses: !hasError(tree), definitions, uses, free, imported, imports }, hasTypes };
}

function definedBy(node: SyntaxNode, text: (node: SyntaxNode) => string): Definition[] {
  const nameOf = (kind: Definition['kind']): Definition[] => {
    const name = node.getChild('VariableDefinition');
    return name === null ? [] : [{ name: text(name), kind }];
  };
  switch (node.name) {
    case 'FunctionDeclaration':
      return nameOf('function');
    case 'ClassDeclaration':
      return nameOf('class');
    case 'VariableDeclaration': {
      const names = node.getChildren('VariableDefinition').map((name) => text(name));
      const isFunction =
        node.getChild('ArrowFunction') !== null || node.getChild('FunctionExpression') !== null;
      return names.map((name) => ({ name, kind: isFunction ? 'function' : 'variable' }));
    }
    case 'EnumDeclaration': {
      const name = node.getChild('TypeDefinition');
      return name === null ? [] : [{ name: text(name), kind: 'variable' }];
    }
    case 'NamespaceDeclaration':
      return nameOf('variable');
    case 'ExportDeclaration':
      return childrenOf(node).flatMap((child) => definedBy(child, text));
    case 'ExpressionStatement': {
      // module.exports.name = …, exports.name = …, and plain name = …
      const match = /^(?:module\.)?exports\.([A-Za-z_$][\w$]*)\s*=[^=]/.exec(text(node));
      return match?.[1] === undefined ? [] : [{ name: match[1], kind: 'function' }];
    }
    default:
      return [];
  }
}

function isImported(name: SyntaxNode, code: string): boolean {
  for (let node = name.parent; node !== null; node = node.parent) {
    if (node.name === 'ImportDeclaration') return true;
    if (node.name === 'VariableDeclaration') return /=\s*require\s*\(/.test(code.slice(node.from, node.to));
    if (node.name === 'Block') return false;
  }
  return false;
}

export function joinBody(signature: string, body: string, parser: LRParser): string {
  const open = signature.trimEnd();
  const text = open.endsWith('{') ? open : `${open} {`;
  return `${text}\n${body}${unclosed(`${text}\n${body}`, parser) > 0 ? '\n}' : ''}\n`;
}

/** Braces that are open at the end, as the grammar sees them. */
function unclosed(code: string, parser: LRParser): number {
  let open = 0;
  parser.parse(code).iterate({
    enter: (node) => {
      if (node.name === '{') open += 1;
      if (node.name === '}') open -= 1;
    },
  });
  return open;
}
