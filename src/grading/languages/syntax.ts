/** What the languages share of reading a lezer tree. */
import type { SyntaxNode, Tree } from '@lezer/common';

/** Positions of nodes that the parser could only make up. */
export function hasError(tree: Tree): boolean {
  let found = false;
  tree.iterate({
    enter: (node) => {
      found ||= node.type.isError;
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
