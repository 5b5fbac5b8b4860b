/** What code offers, and what its documentation says of that. */

/** A public function, method or class. */
export interface OfferedName {
  /** `Stack.push` for a method. */
  readonly name: string;
  /** Of a class, those of its constructor. */
  readonly parameters: readonly OfferedParameter[];
  /** Whether it gives something back. */
  readonly returns: boolean;
  /** Names of the exceptions that it raises itself. */
  readonly raises: readonly string[];
}

export interface OfferedParameter {
  readonly name: string;
  /** As in the source; null: none. */
  readonly type: string | null;
  readonly default: string | null;
}

/** What the documentation of one name says. */
export interface Documentation {
  readonly text: string;
  readonly parameters: readonly DocumentedParameter[];
  readonly returns: boolean;
  readonly raises: readonly string[];
}

export interface DocumentedParameter {
  readonly name: string;
  /** Null where it is not said. */
  readonly type: string | null;
  /** Null where none is said that is a literal. */
  readonly default: string | null;
  /** Whether a default is mentioned at all: `Defaults to the current time.` */
  readonly mentionsDefault: boolean;
}

/** Code that documentation shows: it runs, and gives what it says. */
export interface Example {
  /** Of what it is an example: a name, or where it stands. */
  readonly of: string;
  /** A program of tests in the language of the code. */
  readonly tests: string;
}

/** An answer, read for its documentation. */
export interface DocumentedCode {
  readonly offered: readonly OfferedName[];
  /** By name; what is not documented has no entry. */
  readonly documented: ReadonlyMap<string, Documentation>;
  readonly examples: readonly Example[];
  /** Whether it is the given code but for its documentation; null: it holds none of it. */
  readonly isSameCode: boolean | null;
}
