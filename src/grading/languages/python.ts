import type { SyntaxNode } from '@lezer/common';
import { pythonGrammar } from './grammars.js';
import type { Definition, Language, SourceFacts } from './language.js';
import { pythonShape } from './python-shape.js';
import { childrenOf, hasError } from './syntax.js';

export const python: Language = {
  name: 'python',
  fenceNames: ['python', 'py', 'python3', 'py3', 'python2', 'ipython', 'pycon'],
  facts,
  shape: pythonShape,
  stub: (entry) => `def ${entry}(*args, **kwargs):\n    pass\n`,
  garbage: (entry) => `def ${entry}(*args, **kwargs):\n    return 7919\n`,
  withImports(code, imports) {
    const isFuture = (line: string) => /^from\s+__future__\s/.test(line);
    const others = imports.filter((line) => !isFuture(line));
    const future = imports.filter(isFuture);
    // What is from the future stands before all else but a docstring.
    const last = facts(code).imports.findLast(isFuture);
    const end = last === undefined ? 0 : code.indexOf(last) + last.length;
    const after = end === 0 ? code : code.slice(end).replace(/^\n/, '');
    const head = end === 0 ? [] : [code.slice(0, end)];
    return [...future, ...head, ...others, after].join('\n');
  },
  joinBody: (signature, body) => `${signature.trimEnd()}\n${body}`,
};

function facts(code: string): SourceFacts {
  const tree = pythonGrammar().parse(code);
  const text = (node: SyntaxNode) => code.slice(node.from, node.to);
  const definitions: Definition[] = [];
  const imports: string[] = [];
  for (const node of childrenOf(tree.topNode)) {
    if (node.name === 'ImportStatement') imports.push(text(node));
    definitions.push(...definedBy(node, text));
  }
  const uses = new Set<string>();
  const bound = new Set<string>();
  const imported = new Set<string>();
  tree.iterate({
    enter: (node) => {
      if (node.name !== 'VariableName') return;
      const name = code.slice(node.from, node.to);
      if (!isDefinitionName(node.node)) uses.add(name);
      if (isBinding(node.node)) bound.add(name);
      const { parent } = node.node;
      if (parent?.name === 'ImportStatement' && isImportedName(node.node)) {
        bound.add(name);
        if (parent.parent?.name === 'Script') imported.add(name);
      }
    },
  });
  const free = new Set([...uses].filter((name) => !bound.has(name)));
  const parses = !hasError(tree, isBeyondGrammar) && !startsIndented(code) && isBalanced(code);
  return { parses, definitions, uses, free, imported, imports };
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

/** Python that the grammar does not know: `case int():` and a `with` in parentheses. */
function isBeyondGrammar(error: SyntaxNode): boolean {
  for (let node: SyntaxNode | null = error; node !== null; node = node.parent) {
    if (node.name === 'Body' || node.name === 'MatchBody') return false;
    if (node.name === 'MatchClause' || node.name === 'WithStatement') return true;
  }
  return false;
}

/** Whether a name stands where it gets a value: a definition's, a parameter, a target. */
function isBinding(name: SyntaxNode): boolean {
  if (isDefinitionName(name)) return true;
  let node = name;
  // Out of a target's tuple, list, star or annotation.
  while (
    node.parent !== null &&
    ['TupleExpression', 'ArrayExpression', 'ParenthesizedExpression'].includes(node.parent.name)
  ) {
    node = node.parent;
  }
  const { parent } = node;
  if (parent === null) return false;
  const before = node.prevSibling?.name ?? '';
  switch (parent.name) {
    case 'ParamList':
      return before !== 'AssignOp';
    case 'AssignStatement':
    case 'UpdateStatement':
    case 'NamedExpression': {
      const operator = parent.getChild('AssignOp') ?? parent.getChild('UpdateOp');
      return operator === null || node.to <= operator.from;
    }
    case 'ForStatement':
    case 'ComprehensionExpression':
    case 'ArrayComprehensionExpression':
    case 'DictionaryComprehensionExpression':
    case 'SetComprehensionExpression': {
      // Between a for and its in.
      for (let at = node.prevSibling; at !== null; at = at.prevSibling) {
        if (at.name === 'for') return true;
        if (at.name === 'in') return false;
      }
      return false;
    }
    case 'WithStatement':
    case 'TryStatement':
    case 'AsPattern':
      return before === 'as';
    case 'ScopeStatement':
      return true;
    default:
      return /Pattern$/.test(parent.name);
  }
}

/** Of `import a.b as c` it is c, of `import a.b` a, of `from a import b` b. */
function isImportedName(name: SyntaxNode): boolean {
  const next = name.nextSibling?.name;
  if (next === 'as') return false;
  const isFrom = name.parent?.firstChild?.name === 'from';
  if (!isFrom) return name.prevSibling?.name !== '.';
  for (let at = name.prevSibling; at !== null; at = at.prevSibling) if (at.name === 'import') return true;
  return false;
}

/** The grammar forgives an indented first line; Python does not. */
function startsIndented(code: string): boolean {
  const first = code.split('\n').find((line) => line.trim() !== '' && !line.trimStart().startsWith('#'));
  return first !== undefined && /^\s/.test(first);
}

/** The grammar closes a triple-quoted string at the end of the text by itself: a docstring cut in half would parse. Brackets count too. */
function isBalanced(code: string): boolean {
  let quotes: string | null = null;
  let depth = 0;
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
    } else {
      if (char !== undefined && '([{'.includes(char)) depth += 1;
      if (char !== undefined && ')]}'.includes(char)) depth -= 1;
      at += 1;
    }
  }
  return quotes === null && depth === 0;
}
