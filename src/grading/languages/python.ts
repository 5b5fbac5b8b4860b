import type { SyntaxNode, Tree } from '@lezer/common';
import { pythonGrammar } from './grammars.js';
import type { Definition, Language, SourceFacts } from './language.js';
import { pythonShape } from './python-shape.js';
import { childrenOf, hasError, type Level, lazily, lazyFacts, parseStrictly, walkLevels } from './syntax.js';

export const python: Language = {
  name: 'python',
  fenceNames: ['python', 'py', 'python3', 'py3', 'python2', 'ipython', 'pycon'],
  facts,
  shape: pythonShape,
  stub: (entry) => `def ${entry}(*args, **kwargs):\n    pass\n`,
  garbage: (entry) => `def ${entry}(*args, **kwargs):\n    return 7919\n`,
  withPrelude(code, prelude) {
    // Only a docstring may stand above an import from the future.
    const last = facts(code).imports.findLast((line) => /^from\s+__future__\s/.test(line));
    if (last === undefined) return `${prelude}\n${code}`;
    const end = code.indexOf(last) + last.length;
    return `${code.slice(0, end)}\n${prelude}\n${code.slice(end).replace(/^\n/, '')}`;
  },
  joinBody: (signature, body) => `${signature.trimEnd()}\n${body}`,
};

function facts(code: string): SourceFacts {
  const strict = parseStrictly(pythonGrammar(), code);
  const tree = lazily(() => ('tree' in strict ? strict.tree : pythonGrammar().parse(code)));
  const errorAt = errorIn(code, strict.errorAt, tree);
  const text = (node: SyntaxNode) => code.slice(node.from, node.to);
  const top = lazily(() => childrenOf(tree().topNode));
  return lazyFacts(errorAt, {
    definitions: () => top().flatMap((node) => definedBy(node, text)),
    imports: () =>
      top()
        .filter(({ name }) => name === 'ImportStatement')
        .map(text),
    names: () => namesIn(tree(), code),
  });
}

/** A text that forgiveness is tried on: it is slow. */
const MOST_FORGIVEN_CHARS = 8 * 1024;

function errorIn(code: string, strictError: number | null, tree: () => Tree): number | null {
  if (startsIndented(code)) return 0;
  if (strictError !== null) {
    // What the grammar does not know stands shortly before the mistake.
    const before = code.slice(Math.max(0, strictError - 2000), strictError + 1);
    const mayBeBeyond =
      code.length <= MOST_FORGIVEN_CHARS && /^[ \t]*(?:case\b[^\n]*\(|(?:async )?with\s*\()/m.test(before);
    if (!mayBeBeyond || hasError(tree(), isBeyondGrammar)) return strictError;
  }
  return isBalanced(code) ? null : code.length;
}

const TARGETS = new Set(['TupleExpression', 'ArrayExpression', 'ParenthesizedExpression']);

function namesIn(tree: Tree, code: string): Pick<SourceFacts, 'uses' | 'free' | 'imported'> {
  const uses = new Set<string>();
  const bound = new Set<string>();
  const imported = new Set<string>();
  /** The name that the import statement at hand binds, so far: `as` takes it back. */
  let lastImported: { readonly name: string; readonly isTop: boolean } | null = null;
  const keepImported = () => {
    if (lastImported === null) return;
    bound.add(lastImported.name);
    if (lastImported.isTop) imported.add(lastImported.name);
    lastImported = null;
  };
  walkLevels(tree, (node, above) => {
    const parent = above.at(-1);
    if (parent?.name === 'ImportStatement' && node.name === 'as') lastImported = null;
    if (node.name !== 'VariableName') return;
    const name = code.slice(node.from, node.to);
    const isDefinition =
      (parent?.name === 'FunctionDefinition' || parent?.name === 'ClassDefinition') &&
      !parent.passed.has('VariableName');
    if (!isDefinition) uses.add(name);
    if (isDefinition || isBinding(above)) bound.add(name);
    if (parent?.name !== 'ImportStatement') return;
    keepImported();
    const isFrom = parent.passed.has('from');
    const binds = isFrom ? parent.passed.has('import') : parent.before !== '.';
    if (binds) lastImported = { name, isTop: above.at(-2)?.name === 'Script' };
  });
  keepImported();
  return { uses, free: new Set([...uses].filter((name) => !bound.has(name))), imported };
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

/** Python that the grammar does not know: `case int():` and a `with` in parentheses. */
function isBeyondGrammar(error: SyntaxNode): boolean {
  for (let node: SyntaxNode | null = error; node !== null; node = node.parent) {
    if (node.name === 'Body' || node.name === 'MatchBody') return false;
    if (node.name === 'MatchClause' || node.name === 'WithStatement') return true;
  }
  return false;
}

/** Whether a name below these stands where it gets a value: a parameter, a target. */
function isBinding(above: readonly Level[]): boolean {
  // Out of a target's tuple, list, star or annotation.
  let at = above.length - 1;
  while (TARGETS.has(above[at]?.name ?? '')) at -= 1;
  const parent = above[at];
  switch (parent?.name) {
    case undefined:
      return false;
    case 'ParamList':
      return parent.before !== 'AssignOp';
    case 'AssignStatement':
    case 'UpdateStatement':
    case 'NamedExpression':
      return !parent.passed.has('AssignOp') && !parent.passed.has('UpdateOp');
    case 'ForStatement':
    case 'ComprehensionExpression':
    case 'ArrayComprehensionExpression':
    case 'DictionaryComprehensionExpression':
    case 'SetComprehensionExpression':
      // Between a for and its in.
      return parent.lastKeyword === 'for';
    case 'WithStatement':
    case 'TryStatement':
    case 'AsPattern':
      return parent.before === 'as';
    case 'ScopeStatement':
      return true;
    default:
      return /Pattern$/.test(parent?.name ?? '');
  }
}

/** The grammar forgives an indented first line; Python does not. */
function startsIndented(code: string): boolean {
  return /^(?:[ \t]*(?:#[^\n]*)?\r?\n)*[ \t]+[^\s#]/.test(code);
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
