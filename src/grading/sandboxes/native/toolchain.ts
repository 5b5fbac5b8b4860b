/** What is known of a compiler: how it is found, what it is given, and how what it makes is run. */
import type { Program, Raised } from '../../../domain/program.js';
import type { TestProgram } from '../../languages/typed/testing.js';
import type { Typed } from '../../languages/typed/typed.js';

export interface Toolchain {
  readonly language: string;
  /** As sentences call it: `Go`. */
  readonly label: string;
  /** Its usual name on PATH. */
  readonly program: string;
  readonly versionArgs: readonly string[];
  /** `go1.26.8` of what that prints. */
  readonly version: (printed: string) => string;
  /** Prints the folder that it lies in; null: that is a folder of the system. */
  readonly homeArgs: readonly string[] | null;
  /** Further folders that it reads, where they are there. */
  readonly alsoReads?: readonly string[];
  /** What is written for tables. */
  readonly typed: Typed;
  /** Files of the harness that tests are built with. */
  readonly testFiles: readonly string[];
  /** Answer and tests as one program; `word`: what it says at its end. Throws a TestsRefused. */
  readonly tests: (
    code: string,
    tests: string,
    word: string,
    harness: Readonly<Record<string, string>>,
  ) => TestProgram;
  /** Whether that word is read from the input: no class of an answer is there yet. */
  readonly readsWord?: true;
  /** Whole programs: a file, and where the answer's own classes decide, its name. */
  readonly wholeProgram: (code: string) => Readonly<Record<string, string>>;
  /** Run in the folder of the sources; `out` is the folder for what it makes. */
  readonly build: (program: string, files: readonly string[], out: string) => readonly string[];
  /** Variables of its programs, by the folders that it lies in. */
  readonly runEnv?: (homes: readonly string[]) => Readonly<Record<string, string>>;
  readonly run: (out: string, limits: Program['limits'], files: readonly string[]) => readonly string[];
  /** `cache`: a folder that outlives builds. */
  readonly env: (cache: string) => Readonly<Record<string, string>>;
  /** Memory of the runtime itself, beside what the program takes. */
  readonly ownBytes: number;
  /** A program that prints `ok` and ends with 3: what the sandbox is tried with. */
  readonly example: string;
  /** The first mistake that the compiler tells of the answer. */
  readonly mistakeIn: (printed: string) => Raised;
}

/** `answer.go:3:5: undefined: x`, as most compilers have it. */
export function mistakeAt(printed: string, pattern: RegExp): Raised {
  const match = pattern.exec(printed);
  const line = match?.groups?.['line'];
  const message = match?.groups?.['message'] ?? printed.trim().split('\n')[0] ?? 'it does not compile';
  return {
    types: ['CompileError'],
    message: message.slice(0, 500),
    line: line === undefined ? null : Number(line),
  };
}
