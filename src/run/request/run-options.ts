/** What a run is asked, in the library's words. */

import type { CompareSettings } from '../../domain/compare-settings.js';
import type { SandboxWord } from '../../domain/program.js';

/** What `run` takes; an option that is absent or null has its default. */
export interface RunOptions {
  /** Paths, or names of shipped suites. */
  readonly suites: readonly string[];
  /** Candidates: names, `provider:model`, `reference` or `stub`. Any of these or of `rotations` replace the suite's. */
  readonly models?: readonly string[];
  readonly rotations?: readonly string[];
  /** Answers per case and candidate. @default as the suite says, else 1 */
  readonly samples?: number | null;
  /** @default all */
  readonly categories?: readonly string[];
  /** Globs of case ids. @default all */
  readonly cases?: readonly string[];
  /** Requests in flight per model. @default 8 */
  readonly concurrency?: number | null;
  /** Whether suites may name files outside their own folder. Not kept in the journal: a run from elsewhere cannot allow it. @default false */
  readonly allowOutside?: boolean;
  /** @default './bench.yaml', if it exists */
  readonly config?: string | null;
  /** @default './.env', if it exists */
  readonly envFile?: string | null;
  /** Folder for runs. @default 'results' */
  readonly out?: string | null;
  /** Of order, jitter and simulated models. @default the suite's, else random */
  readonly seed?: string | null;
  /** Trials that may end without a verdict. @default as the suite says, else 0 */
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
  /** No request is sent after this long. @default none */
  readonly deadlineMs?: number | null;
  /** A run whose answers are taken: nothing is sent. */
  readonly replay?: string | null;
  /** `kind` or `kind=path`, as `--report` takes them. */
  readonly reports?: readonly string[];
  /** A baseline's name, or a run, to compare with at the end; a candidate that got worse fails the run. */
  readonly baseline?: string | null;
  readonly gate?: GateOptions;
  /** Skip cases that need something the sandbox does not have. @default false: they are a mistake */
  readonly skipUnsupported?: boolean;
  /** Where answers run, whatever suites and cases say. @default as they say, else 'wasm' */
  readonly sandbox?: SandboxWord | null;
}

/** How a run is compared with its baseline. */
export interface GateOptions {
  readonly settings: CompareSettings;
  /** Compare even if suites, scorers or sandboxes differ. */
  readonly allowMismatch: boolean;
  /** An inconclusive result is no failure. */
  readonly allowInconclusive: boolean;
  /** End the run when its verdict can no longer change. */
  readonly stopEarly: boolean;
}
