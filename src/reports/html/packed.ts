/** What the page's script reads: trials as columns, and each text once. Numbers into `texts`; -1: none. */
export interface PackedRun {
  readonly texts: readonly string[];
  readonly candidates: readonly PackedCandidate[];
  readonly cases: readonly PackedCase[];
  /** Names of checks in their order, each list once. */
  readonly check_lists: readonly (readonly number[])[];
  readonly trials: PackedTrials;
  /** What `before` was; null: nothing is compared. */
  readonly baseline: string | null;
  /** Where answers and their code are, if they are too many; `pages` has an address for each case. Null: they are here. */
  readonly beside: { readonly note: string; readonly pages: readonly string[] } | null;
}

export interface PackedCandidate {
  readonly name: string;
  readonly simulated: boolean;
}

export interface PackedCase {
  /** The `id` of its row: `case/human-size`. */
  readonly row: string;
  readonly id: string;
  readonly suite: string;
  readonly category: string;
  readonly language: string | null;
  readonly system: number;
  readonly prompt: number;
}

/** Each a list with one item a trial. */
export interface PackedTrials {
  readonly case: readonly number[];
  readonly candidate: readonly number[];
  readonly sample: readonly number[];
  readonly verdict: readonly number[];
  readonly outcome: readonly number[];
  readonly answered_by: readonly number[];
  readonly score: readonly (number | null)[];
  readonly latency_ms: readonly (number | null)[];
  /** Queue, rate limits and backoff together. */
  readonly waited_ms: readonly number[];
  readonly cost_usd: readonly (number | null)[];
  readonly answer: readonly number[];
  readonly code: readonly number[];
  /** The code that the same candidate gave for the same sample before, which may be the same; -1: it gave no code. */
  readonly code_before: readonly number[];
  readonly verdict_before: readonly number[];
  readonly checks: readonly PackedChecks[];
  readonly attempts: readonly (readonly PackedAttempt[])[];
}

/** `results` has a letter a check: p(assed), f(ailed) or e(rror). `details`: the place of a check, its text, and so on. */
export type PackedChecks = readonly [list: number, results: string, details: readonly number[]];
export type PackedAttempt = readonly [
  model: number,
  outcome: number,
  status: number | null,
  totalMs: number,
  waitMs: number,
  message: number,
];
