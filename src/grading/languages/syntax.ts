/** What the languages share of reading a lezer tree. */
import type { SyntaxNode, SyntaxNodeRef, Tree } from '@lezer/common';
import type { LRParser } from '@lezer/lr';
import type { SourceFacts } from './language.js';

export type Parsed = { readonly tree: Tree; readonly errorAt: null } | { readonly errorAt: number };

const strictOf = new WeakMap<LRParser, LRParser>();

/** Ends at the first mistake: a parser that forgives goes on for milliseconds a line of prose. */
export function parseStrictly(parser: LRParser, code: string): Parsed {
  const strict = strictOf.get(parser) ?? parser.configure({ strict: true });
  strictOf.set(parser, strict);
  try {
    return { tree: strict.parse(code), errorAt: null };
  } catch (error) {
    const at = error instanceof SyntaxError ? /^No parse at (\d+)$/.exec(error.message)?.[1] : undefined;
    if (at === undefined) throw error;
    return { errorAt: Number(at) };
  }
}

/** Whether the parser could not go on without making something up, but where `forgives` says that it knows no better. */
export function hasError(tree: Tree, forgives: (error: SyntaxNode) => boolean = () => false): boolean {
  let found = false;
  tree.iterate({
    enter: (node) => {
      found ||= node.type.isError && !forgives(node.node);
      return !found;
    },
  });
  return found;
}

export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling) children.push(child);
  return children;
}

/** A node on the way down to where a walk is, and what of it has been passed. */
export interface Level {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  /** The child before. */
  before: string;
  /** Children passed so far, by name. */
  readonly passed: Set<string>;
  /** Of `for` and `in`, the one that was passed last. */
  lastKeyword: 'for' | 'in' | null;
}

/** Walks once: each node with the levels above it, the nearest last. Asking nodes for their siblings would be quadratic. */
export function walkLevels(tree: Tree, visit: (node: SyntaxNodeRef, above: readonly Level[]) => void): void {
  const levels: Level[] = [];
  tree.iterate({
    enter(node) {
      visit(node, levels);
      const { name, from, to } = node;
      levels.push({ name, from, to, before: '', passed: new Set(), lastKeyword: null });
    },
    leave(node) {
      levels.pop();
      const parent = levels.at(-1);
      if (parent === undefined) return;
      parent.before = node.name;
      parent.passed.add(node.name);
      if (node.name === 'for' || node.name === 'in') parent.lastKeyword = node.name;
    },
  });
}

/** Each group is found out when one of it is looked at. */
export function lazyFacts(
  errorAt: number | null,
  find: {
    readonly definitions: () => SourceFacts['definitions'];
    readonly imports: () => SourceFacts['imports'];
    readonly names: () => Pick<SourceFacts, 'uses' | 'free' | 'imported'>;
  },
): SourceFacts {
  const definitions = lazily(find.definitions);
  const imports = lazily(find.imports);
  const names = lazily(find.names);
  return {
    parses: errorAt === null,
    errorAt,
    get definitions() {
      return definitions();
    },
    get imports() {
      return imports();
    },
    get uses() {
      return names().uses;
    },
    get free() {
      return names().free;
    },
    get imported() {
      return names().imported;
    },
  };
}

/** Computed when it is asked for, and once. */
export function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
