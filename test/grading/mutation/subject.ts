/** Code with tests of several kinds. */
export interface Subject {
  readonly name: string;
  readonly code: string;
  /** Kill at least 0.9 of the mutants. */
  readonly thorough: string;
  /** Look at the usual case: between 0.2 and 0.8. */
  readonly happy: string;
  /** Fail on the code as it is. */
  readonly wrong: string;
}
