/** The parameter list of a function, from its syntax tree. */
import type { SyntaxNode } from '@lezer/common';
import type { OfferedParameter } from '../../domain/kinds/documentation.js';
import { childrenOf } from '../languages/syntax.js';

export type Text = (node: SyntaxNode) => string;

/** What a grammar calls the parts of a parameter list. */
export interface ParameterNodes {
  readonly name: string;
  readonly type: string;
  readonly equals: string;
  /** A destructured parameter, which has no name of its own. Default: the language has none. */
  readonly pattern?: RegExp;
}

export function parametersOf(list: SyntaxNode, nodes: ParameterNodes, text: Text): OfferedParameter[] {
  const parameters: { name: string; type: string | null; default: string | null }[] = [];
  let isValue = false;
  for (const child of childrenOf(list)) {
    const last = parameters.at(-1);
    if (child.name === ',' || child.name === ')') isValue = false;
    else if (isValue && last !== undefined) last.default = (last.default ?? '') + text(child);
    else if (child.name === nodes.equals) isValue = true;
    else if (child.name === nodes.name) parameters.push({ name: text(child), type: null, default: null });
    else if (nodes.pattern?.test(child.name)) parameters.push({ name: '', type: null, default: null });
    else if (child.name === nodes.type && last !== undefined) last.type = text(child).replace(/^:\s*/, '');
  }
  return parameters;
}
