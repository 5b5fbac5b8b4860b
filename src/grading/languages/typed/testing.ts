/** Tests in compiled languages: they are built with the answer, and say that they came to their end by a word that no answer knows. */
import type { SyntaxNode } from '@lezer/common';

export interface TestProgram {
  /** By path. */
  readonly files: Readonly<Record<string, string>>;
  /** Tests that must have run; null: the end of `main` is what counts. */
  readonly tests: number | null;
}

/** Why tests cannot be run, or must not be believed. */
export class TestsRefused extends Error {
  override readonly name = 'TestsRefused';
  /** It is the answer that is refused, and not the tests. */
  readonly isAnswers: boolean;
  constructor(message: string, isAnswers: boolean) {
    super(message);
    this.isAnswers = isAnswers;
  }
}

/** Edits of a text, by their places in it. */
export interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

export function edited(text: string, edits: readonly Edit[]): string {
  let result = '';
  let at = 0;
  for (const { from, to, text: put } of [...edits].sort((a, b) => a.from - b.from)) {
    result += text.slice(at, from) + put;
    at = to;
  }
  return result + text.slice(at);
}

export function nodesOf(top: SyntaxNode, names: readonly string[]): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  top.cursor().iterate((node) => {
    if (names.includes(node.name)) found.push(node.node);
  });
  return found;
}
