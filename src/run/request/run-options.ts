/** A run in the contract's words. */

import type { CompareSettings } from '../../domain/compare-settings.js';

/** A run in the contract's words; what is absent or null is as the suite or the contract has it. */
export interface RunOptions {
  /** Paths, or names of shipped suites. */
  readonly suites: readonly string[];
  /** Candidates: names, `provider:model`, `reference` or `stub`. Any of these or of `rotations` replace the suite's. */
  readonly models?: readonly string[];
  readonly rotations?: readonly string[];
  readonly samples?: number | null;
  readonly categories?: readonly string[];
  /** Globs of case ids. */
  readonly cases?: readonly string[];
  /** Requests in flight per lane at most. */
  readonly concurrency?: number | null;
  /** Whether suites may name files outside their own folder. Not kept in the journal: a run from elsewhere cannot allow it. */
  readonly allowOutside?: boolean;
  readonly config?: string | null;
  readonly envFile?: string | null;
  /** Where runs go. */
  readonly out?: string | null;
  readonly seed?: string | null;
  readonly allowUnanswered?: number | 'all' | null;
  /** Thresholds: `pass_rate>=0.8`. */
  readonly failUnder?: readonly string[];
  /** `i/n`: the i-th (from 1) of n parts of the trials. */
  readonly shard?: string | null;
  /** A run: only cases that some candidate did not pass there. */
  readonly onlyFailed?: string | null;
  /** What this process may spend; it then stops cleanly, and the run can be resumed. */
  readonly maxCostUsd?: number | null;
  readonly maxRequests?: number | null;
  /** After so long nothing more is asked. */
  readonly deadlineMs?: number | null;
  /** A run whose answers are taken: nothing is sent. */
  readonly replay?: string | null;
  /** `kind` or `kind=path`, as `--report` takes them. */
  readonly reports?: readonly string[];
  /** A baseline's name, or a run, to compare with at the end; a candidate that got worse fails the run. */
  readonly baseline?: string | null;
  readonly gate?: GateOptions;
  /** Leave out cases that need what the sandbox lacks; without, they are a mistake. */
  readonly skipUnsupported?: boolean;
}

/** The baseline that a run is compared with at its end. */
export interface GateOptions {
  readonly settings: CompareSettings;
  /** Compare over other suites, scorers or sandboxes too. */
  readonly allowMismatch: boolean;
  /** Too little data to tell is no failure. */
  readonly allowInconclusive: boolean;
  /** End the run when its verdict can no longer change. */
  readonly stopEarly: boolean;
}
