/** What the grader knows of a programming language. One file each in this folder; no code is run here. */
import type { CodeShape } from '../../domain/grade.js';
import type { Typed } from './typed/typed.js';

/** A name that code defines at its top level. */
export interface Definition {
  readonly name: string;
  readonly kind: 'function' | 'class' | 'variable';
}

/**
 * Facts of a source text, from its syntax tree. What is looked at is found out then: whether a text parses is known by
 * its first mistake, and prose makes one at once; all else of a text that does not parse is slow to tell.
 */
export interface SourceFacts {
  readonly parses: boolean;
  /** Offset of the first syntax error; null if the text parses. */
  readonly errorAt: number | null;
  readonly definitions: readonly Definition[];
  /** Every name that is read or called anywhere, definitions of its own aside. */
  readonly uses: ReadonlySet<string>;
  /** Of those, the ones that it binds nowhere: not as a parameter, not by an assignment, not by an import. */
  readonly free: ReadonlySet<string>;
  /** Names that its top-level imports bind. */
  readonly imported: ReadonlySet<string>;
  /** Top-level import statements, as they stand in the source. */
  readonly imports: readonly string[];
}

export interface Language {
  /** `python`, `javascript`, `go`. */
  readonly name: string;
  /** What a fence may call it, in lower case: `py`, `python3`. */
  readonly fenceNames: readonly string[];
  /** Its programs are compiled by the user's own toolchain. */
  readonly isCompiled?: true;
  /** How tables are written in it, where values need types. */
  readonly typed?: Typed;
  facts(code: string): SourceFacts;
  shape(code: string): CodeShape;
  /** Code that defines `entry`, does nothing and returns nothing: what the model `stub` answers. */
  stub(entry: string, signature?: string | null): string;
  /** Code that defines `entry` and returns a constant, whatever it is asked. */
  garbage(entry: string, signature?: string | null): string;
  /** Puts other code before it, where the language allows code to stand first. */
  withPrelude(code: string, prelude: string): string;
  /** Whether the code under a signature can stand alone: `    return x` cannot. Joins a prompt's signature and a body. */
  joinBody(signature: string, body: string): string;
}
