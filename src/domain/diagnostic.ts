/** Where something stands in a file. Lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * A mistake of the user's: what is wrong, where, and how to mend it. Never thrown one by one: all of a
 * file's mistakes are collected and shown together.
 */
export interface Diagnostic {
  readonly message: string;
  /** Absent for mistakes that have no place in a file (a flag, a missing key). */
  readonly place?: Place;
  /** How many characters the caret underlines. */
  readonly length?: number;
  /** The source line, without its line break. */
  readonly sourceLine?: string;
  /** The mend: `did you mean "table"?` */
  readonly mend?: string;
}

/** Either the value or everything that is wrong with its source. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly Diagnostic[] }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };
