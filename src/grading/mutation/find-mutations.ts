/** Finds mutations of code: walks its syntax tree, and asks the operators of its language at each node. */
import type { SyntaxNode } from '@lezer/common';
import type { LRParser } from '@lezer/lr';
import type { Mutation } from '../../domain/kinds/mutation.js';
import { childrenOf } from '../languages/syntax.js';

export type Text = (node: SyntaxNode) => string;
export type Put = (
  operator: string,
  node: { readonly from: number; readonly to: number },
  replacement: string,
) => void;

export interface MutationOperators {
  /** Nodes that are left alone, with all that is in them. */
  readonly isSkipped: (node: SyntaxNode, text: Text) => boolean;
  readonly apply: (node: SyntaxNode, text: Text, put: Put) => void;
}

/** Each comparison to both neighbours. */
export const COMPARISONS: Readonly<Record<string, readonly string[]>> = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '==': ['!='],
  '!=': ['=='],
};

/** In the order of the source. */
export function findMutations(
  code: string,
  parser: LRParser,
  { isSkipped, apply }: MutationOperators,
): readonly Mutation[] {
  const found: Mutation[] = [];
  const put: Put = (operator, { from, to }, replacement) => {
    if (code.slice(from, to) !== replacement) found.push({ operator, from, to, replacement });
  };
  const text: Text = (node) => code.slice(node.from, node.to);
  const visit = (node: SyntaxNode) => {
    if (isSkipped(node, text)) return;
    apply(node, text, put);
    for (const child of childrenOf(node)) visit(child);
  };
  visit(parser.parse(code).topNode);
  return found.sort((a, b) => a.from - b.from || a.to - b.to);
}
