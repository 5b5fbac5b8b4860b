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
export type { Comparison } from './domain/comparison.js';
export type { Checked, Diagnostic } from './domain/errors/diagnostic.js';
export type { ErrorCode } from './domain/errors/error-codes.js';
export type { RunEvent } from './domain/event.js';
export type { Answer, Check, Verdict } from './domain/grade.js';
export type { AnsweredOutcome, FailedOutcome, Outcome, UnansweredReason } from './domain/outcome.js';
export type { Recommendation } from './domain/recommendation.js';
export type { JournalLine, RotationRecord, RunLine, TrialRecord } from './domain/record.js';
export type { Case, Suite } from './domain/suite.js';
export type { CandidateSummary, Estimate, RunSummary } from './domain/summary.js';
export type { Trend } from './domain/trend.js';
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
export type { ShownCase } from './reports/case-view.js';
export {
  type CompareOptions,
  compare,
  loadSuite,
  type MatrixOptions,
  type MergeOptions,
  matrix,
  merge,
  type RecommendOptions,
  type Rescored,
  type RescoreOptions,
  readRun,
  recommend,
  rescore,
  type SimulateOptions,
  type StoredOptions,
  type StoredRun,
  type SuiteOptions,
  simulate,
  type TrendOptions,
  trend,
  type ValidateOptions,
  validate,
} from './run/library.js';
export type { SimulatedSuites } from './run/planning/simulate-suites.js';
export type { RunOptions } from './run/request/run-options.js';
export { type RunListening, run } from './run/run.js';
export type { MergedRun } from './run/stored/merge-runs.js';
export type { ValidatedSuite } from './run/validate-suites.js';
export type { RunResult } from './run/write-reports.js';
export type { ImportedSuite, Importer } from './suite/importers/importer.js';
export { importers } from './suite/importers/index.js';
