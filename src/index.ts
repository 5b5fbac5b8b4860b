/** The public library. Everything else in this package may change without notice. */
export {
  type Account,
  type Candidate,
  defaultRetry,
  type Jitter,
  type Model,
  type Price,
  type RateLimits,
  type RetryOptions,
  type Simulation,
} from './domain/candidate.js';
export type { Checked, Diagnostic } from './domain/errors/diagnostic.js';
export type { RunEvent } from './domain/event.js';
export type { Answer, Check, Verdict } from './domain/grade.js';
export type { AnsweredOutcome, FailedOutcome, Outcome, UnansweredReason } from './domain/outcome.js';
export type {
  CandidateSummary,
  Estimate,
  JournalLine,
  RotationRecord,
  RunLine,
  RunSummary,
  TrialRecord,
} from './domain/record.js';
export type { Case, Suite } from './domain/suite.js';
export type { Ask, Attempt, Completion, Reply, Trial } from './domain/trial.js';
export type { Json, JsonObject } from './domain/value.js';
export { RetryPolicy } from './engine/retry-policy.js';
export {
  type Decision,
  type LaneView,
  ModelRotationManager,
  type Named,
  type PastAttempt,
} from './engine/rotation.js';
export type { RunOptions } from './run/request/run-options.js';
export { type RunListening, run } from './run/run.js';
export type { RunResult } from './run/write-reports.js';
