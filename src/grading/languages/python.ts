import type { SyntaxNode } from '@lezer/common';
import { parser } from '@lezer/python';
import type { Definition, Language, SourceFacts } from './language.js';
import { childrenOf, hasError } from './syntax.js';

export const python: Language = {
  name: 'python',
  fenceNames: ['python', 'py', 'python3', 'py3', 'python2', 'ipython', 'pycon'],
  facts,
  stub: (entry) => `def ${entry}(*args, **kwargs):\n    pass\n`,
  joinBody: (signature, body) => `${signature.trimEnd()}\n${body}`,
};

function facts(code: string): SourceFacts {
  const tree = parser.parse(code);
  const text = (node: SyntaxNode) => code.slice(node.from, node.to);
  const definitions: Definition[] = [];
  const imports: string[] = [];
  for (const node of childrenOf(tree.topNode)) {
    if (node.name === 'ImportStatement') imports.push(text(node));
    definitions.push(...definedBy(node, text));
  }
  const uses = new Set<string>();
  tree.iterate({
    enter: (node) => {
      if (node.name === 'VariableName' && !isDefinitionName(node.node))
        uses.add(code.slice(node.from, node.to));
    },
  });
  return { parses: !hasError(tree) && !startsIndented(code) && isBalanced(code), definitions, uses, imports };
}

function definedBy(node: SyntaxNode, text: (node: SyntaxNode) => string): Definition[] {
  const nameOf = (kind: Definition['kind'], owner: SyntaxNode): Definition[] => {
    const name = owner.getChild('VariableName');
    return name === null ? [] : [{ name: text(name), kind }];
  };
  switch (node.name) {
    case 'FunctionDefinition':
      return nameOf('function', node);
    case 'ClassDefinition':
      return nameOf('class', node);
    case 'DecoratedStatement':
      return childrenOf(node).flatMap((child) => definedBy(child, text));
    case 'AssignStatement': {
      const names: Definition[] = [];
      for (
        let child = node.firstChild;
        child !== null && child.name !== 'AssignOp';
        child = child.nextSibling
      ) {
        if (child.name === 'VariableName') names.push({ name: text(child), kind: 'variable' });
      }
      return names;
    }
    default:
      return [];
  }
}

function isDefinitionName(node: SyntaxNode): boolean {
  const parent = node.parent;
  return (
    (parent?.name === 'FunctionDefinition' || parent?.name === 'ClassDefinition') &&
    parent.getChild('VariableName')?.from === node.from
  );
}

/** The grammar forgives an indented first line; Python does not. */
function startsIndented(code: string): boolean {
  const first = code.split('\n').find((line) => line.trim() !== '' && !line.trimStart().startsWith('#'));
  return first !== undefined && /^\s/.test(first);
}

/** The grammar closes a triple-quoted string at the end of the text by itself: a docstring cut in half would parse. */
function isBalanced(code: string): boolean {
  let quotes: string | null = null;
  let at = 0;
  while (at < code.length) {
    const char = code[at];
    if (quotes !== null) {
      if (char === '\\') at += 2;
      else if (code.startsWith(quotes, at)) {
        at += quotes.length;
        quotes = null;
      } else at += 1;
      if (quotes?.length === 1 && char === '\n') quotes = null;
      continue;
    }
    if (char === '#') {
      const end = code.indexOf('\n', at);
      at = end < 0 ? code.length : end;
    } else if (char === '"' || char === "'") {
      quotes = code.startsWith(char.repeat(3), at) ? char.repeat(3) : char;
      at += quotes.length;
    } else at += 1;
  }
  return quotes === null;
}
