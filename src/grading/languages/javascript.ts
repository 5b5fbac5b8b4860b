import type { SyntaxNode, Tree } from '@lezer/common';
import type { LRParser } from '@lezer/lr';
import { javascriptGrammar } from './grammars.js';
import { javascriptShape } from './javascript-shape.js';
import type { Definition, Language, SourceFacts } from './language.js';
import { childrenOf, type Level, lazily, lazyFacts, parseStrictly, walkLevels } from './syntax.js';

export const javascript: Language = {
  name: 'javascript',
  // Answers in TypeScript that use none of its types are JavaScript; others do not parse here.
  fenceNames: ['javascript', 'js', 'mjs', 'cjs', 'node', 'ecmascript', 'jsx', 'es6', 'typescript', 'ts'],
  facts: (code) => factsOf(code, javascriptGrammar(), false),
  shape: (code) => javascriptShape(code, javascriptGrammar()),
  stub: (entry) => `function ${entry}() {}\n`,
  garbage: (entry) => `function ${entry}() {\n  return 7919;\n}\n`,
  withPrelude: (code, prelude) => `${prelude}\n${code}`,
  joinBody: (signature, body) => joinBody(signature, body, javascriptGrammar()),
};

/** Facts of JavaScript's family; the grammar of either dialect. Without types, code that has some does not parse. */
export function factsOf(code: string, parser: LRParser, knowsTypes: boolean): SourceFacts {
  const strict = parseStrictly(parser, code);
  const tree = lazily(() => ('tree' in strict ? strict.tree : parser.parse(code)));
  const text = (node: SyntaxNode) => code.slice(node.from, node.to);
  const top = lazily(() =>
    childrenOf(tree().topNode).map((node) => ({ node, isImport: isImport(node, text) })),
  );
  const isBeyond = strict.errorAt === null && !knowsTypes && hasTypesIn(tree());
  return lazyFacts(isBeyond ? code.length : strict.errorAt, {
    definitions: () => top().flatMap(({ node, isImport: own }) => (own ? [] : definedBy(node, text))),
    imports: () => top().flatMap(({ node, isImport: own }) => (own ? [text(node)] : [])),
    names: () => namesIn(tree(), code),
  });
}

const REQUIRED = /=\s*require\s*\(/;

function isImport(node: SyntaxNode, text: (node: SyntaxNode) => string): boolean {
  return (
    node.name === 'ImportDeclaration' || (node.name === 'VariableDeclaration' && REQUIRED.test(text(node)))
  );
}

/** The grammar knows TypeScript's types in any dialect; an engine does not. */
function hasTypesIn(tree: Tree): boolean {
  let found = false;
  tree.iterate({
    enter: ({ name }) => {
      found ||= name === 'TypeAnnotation' || name === 'TypeParamList';
      return !found;
    },
  });
  return found;
}

function namesIn(tree: Tree, code: string): Pick<SourceFacts, 'uses' | 'free' | 'imported'> {
  const uses = new Set<string>();
  const bound = new Set<string>();
  const imported = new Set<string>();
  /** Declarations that were looked at: one may have thousands of names. */
  const isRequired = new Map<number, boolean>();
  const requires = ({ from, to }: Level) => {
    const known = isRequired.get(from) ?? REQUIRED.test(code.slice(from, to));
    isRequired.set(from, known);
    return known;
  };
  walkLevels(tree, (node, above) => {
    if (node.name === 'VariableName') uses.add(code.slice(node.from, node.to));
    if (node.name !== 'VariableDefinition') return;
    const name = code.slice(node.from, node.to);
    bound.add(name);
    const owner = above.findLast(({ name: kind }) => IMPORT_OWNERS.has(kind));
    if (owner === undefined || owner.name === 'Block') return;
    if (owner.name === 'ImportDeclaration' || requires(owner)) imported.add(name);
  });
  return { uses, free: new Set([...uses].filter((name) => !bound.has(name))), imported };
}

const IMPORT_OWNERS = new Set(['ImportDeclaration', 'VariableDeclaration', 'Block']);

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
