/** What the languages share of reading a lezer tree. */
import type { SyntaxNode, Tree } from '@lezer/common';

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
