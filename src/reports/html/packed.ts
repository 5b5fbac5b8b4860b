/** What the page's script reads: trials as columns, and each text once. Numbers into `texts`; -1: none. */
export interface PackedRun {
  readonly texts: readonly string[];
  readonly candidates: readonly PackedCandidate[];
  readonly cases: readonly PackedCase[];
  readonly trials: PackedTrials;
  /** Why answers are left out; null: they are here. */
  readonly left_out: string | null;
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
  readonly checks: readonly (readonly PackedCheck[])[];
  readonly attempts: readonly (readonly PackedAttempt[])[];
}

export type PackedCheck = readonly [name: number, result: 'passed' | 'failed' | 'error', detail: number];
export type PackedAttempt = readonly [
  model: number,
  outcome: number,
  status: number | null,
  totalMs: number,
  waitMs: number,
  message: number,
];
