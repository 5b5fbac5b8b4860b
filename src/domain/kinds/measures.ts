/** Code in figures: what refactoring aims at. */

/** A function, a method, or all that lies outside of them (named ""). */
export interface Unit {
  /** `Stack.push` for a method. */
  readonly name: string;
  /** Tokens of each statement, without those of the statements inside it. */
  readonly statements: readonly string[];
}

export interface CodeMeasures {
  /** Of the function that has most of it; of code without functions, 0. */
  readonly complexity: number;
  readonly nesting: number;
  /** Lines of code of the longest function, without comments and docstrings. */
  readonly length: number;
  readonly parameters: number;
  /** Lines that repeat three lines or more from further up. */
  readonly duplicatedLines: number;
  /** Keywords, and names that are read, called or imported. */
  readonly constructs: ReadonlySet<string>;
  readonly publicNames: ReadonlySet<string>;
  /** Equal for code that differs in comments and layout alone. */
  readonly structure: string;
  readonly units: readonly Unit[];
}
