import type { ErrorCode } from './error-codes.js';

/** Where something stands in a file. Lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * A mistake of the user's: what is wrong, where, and how to fix it. Never thrown one by one: all of a
 * file's mistakes are collected and shown together.
 */
export interface Diagnostic {
  /** Stable; listed in docs/reference/errors.md. */
  readonly code: ErrorCode;
  readonly message: string;
  /** Absent for mistakes that have no place in a file (an option, a missing key). */
  readonly place?: Place;
  /** How many characters the caret underlines. */
  readonly length?: number;
  /** The source line, without its line break. */
  readonly sourceLine?: string;
  /** The library's option that is wrong, with which `message` begins. A command shows it as its own. */
  readonly option?: string;
  /** What to do: `did you mean "table"?` */
  readonly help?: string;
}

/** Why something could not be had: the result of a function that has no file to point at. */
export interface Problem {
  readonly code: ErrorCode;
  readonly problem: string;
  readonly help?: string;
}

export function diagnosticOf({ code, problem, help }: Problem): Diagnostic {
  return { code, message: problem, ...(help === undefined ? {} : { help }) };
}

/** Either the value or everything that is wrong with its source. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };
