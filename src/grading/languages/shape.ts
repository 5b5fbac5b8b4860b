/** What static checks see of code: counted in its syntax tree, never in words of the text. */
import type { SyntaxNode, SyntaxNodeRef, Tree } from '@lezer/common';
import type { CodeShape, FunctionShape, Named } from '../../domain/grade.js';

/** 1-based lines of offsets, found by halving. */
function lineFinder(code: string): (offset: number) => number {
  const starts = [0];
  for (let at = code.indexOf('\n'); at >= 0; at = code.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  };
}

/** What a language gathers as it goes through a tree of `code`. */
export interface Gathering {
  readonly lineOf: (offset: number) => number;
  readonly text: (node: SyntaxNodeRef) => string;
  readonly at: (name: string, node: SyntaxNodeRef) => Named;
  /** With its place: lines are counted at the end. */
  readonly functions: (Omit<FunctionShape, 'lines'> & { readonly from: number; readonly to: number })[];
  readonly classes: (Named & { readonly documented: boolean })[];
  readonly calls: Named[];
  readonly reads: Named[];
  readonly imports: Named[];
  readonly keywords: Set<string>;
}

export function startGathering(code: string): Gathering {
  const lineOf = lineFinder(code);
  return {
    lineOf,
    text: (node) => code.slice(node.from, node.to),
    at: (name, node) => ({ name, line: lineOf(node.from) }),
    functions: [],
    classes: [],
    calls: [],
    reads: [],
    imports: [],
    keywords: new Set(),
  };
}

function walk(node: SyntaxNode, visit: (node: SyntaxNodeRef) => void): void {
  node.cursor().iterate((inner) => {
    visit(inner);
  });
}

/** `forks`: whether a token makes two ways of one. */
export function complexityOf(node: SyntaxNode, forks: (token: SyntaxNodeRef) => boolean): number {
  let complexity = 1;
  walk(node, (inner) => {
    if (forks(inner)) complexity += 1;
  });
  return complexity;
}

/** `deepens`: whether a statement lies one deeper than what is around it. */
export function nestingOf(node: SyntaxNode, deepens: (statement: SyntaxNode) => boolean): number {
  let deepest = 0;
  const visit = (inner: SyntaxNode, depth: number) => {
    const own = depth + (deepens(inner) ? 1 : 0);
    deepest = Math.max(deepest, own);
    for (let child = inner.firstChild; child !== null; child = child.nextSibling) visit(child, own);
  };
  visit(node, 0);
  return deepest;
}

/** `isNoCode`: comments and docstrings. */
function codeLines(
  tree: Tree,
  lineOf: (offset: number) => number,
  isNoCode: (node: SyntaxNodeRef) => boolean,
): ReadonlySet<number> {
  const lines = new Set<number>();
  tree.iterate({
    enter: (node) => {
      if (isNoCode(node)) return false;
      if (node.node.firstChild !== null || node.to === node.from) return true;
      for (let line = lineOf(node.from); line <= lineOf(node.to - 1); line++) lines.add(line);
      return true;
    },
  });
  return lines;
}

/** Fewer lines in a row are alike by chance; so are lines with little in them. */
const LEAST_REPEATED_LINES = 3;
const LEAST_REPEATED_CHARS = 30;

/** Lines of code that stand in a row in the same words as further up. */
function duplicatedLines(code: string, lines: ReadonlySet<number>): number {
  const all = code.split('\n');
  const texts = [...lines].sort((a, b) => a - b).map((line) => (all[line - 1] ?? '').trim());
  const seen = new Map<string, number>();
  const repeated = new Set<number>();
  for (let at = 0; at + LEAST_REPEATED_LINES <= texts.length; at++) {
    const own = texts.slice(at, at + LEAST_REPEATED_LINES);
    const key = own.join('\n');
    if (key.length < LEAST_REPEATED_CHARS) continue;
    const first = seen.get(key);
    if (first === undefined) seen.set(key, at);
    else if (at >= first + LEAST_REPEATED_LINES)
      for (let line = at; line < at + LEAST_REPEATED_LINES; line++) repeated.add(line);
  }
  return repeated.size;
}

/** What is counted in lines, once the tree has been gone through. */
export function countLines(
  code: string,
  tree: Tree,
  { lineOf, functions, ...gathered }: Gathering,
  isNoCode: (node: SyntaxNodeRef) => boolean,
): CodeShape {
  const lines = codeLines(tree, lineOf, isNoCode);
  const { text: _, at: __, keywords, ...found } = gathered;
  return {
    ...found,
    keywords: [...keywords],
    functions: functions.map(({ from, to, ...shape }) => {
      let own = 0;
      for (let line = lineOf(from); line <= lineOf(Math.max(from, to - 1)); line++)
        own += lines.has(line) ? 1 : 0;
      return { ...shape, lines: own };
    }),
    lines: lines.size,
    duplicatedLines: duplicatedLines(code, lines),
  };
}
