/** A run held against an earlier one. Shapes of files (a baseline, `bench compare --json`), so their names are snake_case. */
import type { ComparedMetric, CompareSettings } from './compare-settings.js';
import type { RunLine, SuiteStamp } from './record.js';
import type { Estimate } from './summary.js';

export const BASELINE_VERSION = 1;

/** All that a comparison needs of a run: a baseline is this, under a name. */
export interface RunProfile {
  readonly schema_version: number;
  /** Of the run. */
  readonly id: string;
  /** UTC ISO-8601. */
  readonly started_at: string;
  readonly tool: RunLine['tool'];
  readonly suites: readonly Pick<SuiteStamp, 'name' | 'hash' | 'cases'>[];
  readonly extraction: string;
  /** Language to sandbox. */
  readonly sandboxes: Readonly<Record<string, string>>;
  /** Of a run that is not complete: the trials that are there, and all. Absent if they all are. */
  readonly partial?: { readonly trials: number; readonly planned: number };
  readonly candidates: readonly ProfiledCandidate[];
  /** Further runs of the same, that a baseline holds beside this one. Absent if there are none. */
  readonly more?: readonly RunProfile[];
}

export interface ProfiledCandidate {
  readonly candidate: string;
  readonly kind: 'model' | 'rotation';
  readonly simulated: boolean;
  /** Planned trials that have not ended. Absent if there are none. */
  readonly missing?: number;
  /** Cases whose samples were all one and the same text, and were counted once. Absent if there are none. */
  readonly identical?: number;
  readonly cases: readonly CaseTally[];
}

/** What became of one case's trials. */
export interface CaseTally {
  readonly suite: string;
  readonly case: string;
  readonly category: string;
  /** Of what was asked and how it was scored; null where the journal does not say. */
  readonly hash: string | null;
  readonly trials: number;
  readonly answered: number;
  /** Passed or failed. */
  readonly judged: number;
  /** Answers that need what the sandbox lacks. Absent if there are none. */
  readonly unsupported?: number;
  /** Why its judge may decide no gate. Absent if it may, or the case has no judge. */
  readonly untrusted?: string;
  readonly passed: number;
  /** The sum of the scores of those judged. */
  readonly score: number;
  /** The mean natural logarithm of the winning attempts' ms on the wire; null without any. */
  readonly ln_ms: number | null;
  /** What a failed answer failed by. */
  readonly why: string | null;
}

export type ComparedVerdict = 'pass' | 'warn' | 'fail' | 'inconclusive';

export interface ComparedFigure {
  readonly metric: ComparedMetric;
  /** Whether its verdict counts. */
  readonly gated: boolean;
  /** Over the cases that both have: rates 0 to 1, quality 0 to 5, ms. */
  readonly before: number | null;
  readonly after: number | null;
  /**
   * After less before, with the interval that decides: the truth is better than its better end with a chance of at most
   * alpha, over all gated figures, and worse than its worse end in a fifth of that (94% at alpha 0.05). Of latency the
   * ratio, 1 where nothing changed. n: cases. An end is null where so few cases bound it nowhere.
   */
  readonly change: Estimate;
  /** One-sided, exact for rates: of so much worse a result where it has changed by what is allowed. */
  readonly p: number | null;
  /** By Holm over all gated figures of the comparison; at most alpha where the interval lies beyond what is allowed. */
  readonly p_adjusted: number | null;
  /** The drop that is seen four times out of five; null where none is, or where it is not known. */
  readonly sees: number | null;
  /** The same if answers to one case are much alike, which one answer a case in the baseline leaves open. */
  readonly sees_at_best?: number | null;
  /** Answers a case that pass four times out of five if nothing has changed; null: a hundred do not, or nothing was asked. */
  readonly samples_needed: number | null;
  /** The same, if the baseline had as many. */
  readonly samples_needed_both: number | null;
  readonly verdict: ComparedVerdict;
  /** In a few words, where it is no pass. */
  readonly reason: string | null;
}

export interface Flip {
  readonly suite: string;
  readonly case: string;
  readonly category: string;
  readonly before: { readonly passed: number; readonly judged: number };
  readonly after: { readonly passed: number; readonly judged: number };
  readonly why: string | null;
}

export interface ComparedTrials {
  readonly asked: number;
  readonly judged: number;
  /** Passed, of those judged and those that were not answered: the mean over cases, 0 to 1. */
  readonly passed_of_asked: number | null;
}

export interface ComparedCandidate {
  readonly candidate: string;
  /** Its name in the baseline, where that is another. */
  readonly baseline_candidate: string;
  readonly simulated: boolean;
  /** Cases judged on both sides, and on the baseline's. */
  readonly cases: { readonly both: number; readonly baseline: number };
  /** Of the cases that both were asked. */
  readonly trials: { readonly baseline: ComparedTrials; readonly run: ComparedTrials };
  /** The usual number of answers a case, after. */
  readonly samples: number;
  /** On the side that has most: answers that need what the sandbox lacks, and all answers. Absent if there are none. */
  readonly unsupported?: { readonly answers: number; readonly of: number };
  /** Cases whose judge may decide no gate, and why of one of them. Absent if there are none. */
  readonly untrusted?: { readonly cases: number; readonly why: string };
  /** Cases whose samples in one of the runs were all one text, and were counted once. Absent if there are none. */
  readonly identical?: number;
  readonly figures: readonly ComparedFigure[];
  /** From mostly passing to mostly failing, the deepest first. */
  readonly broken: readonly Flip[];
  /** The other way. */
  readonly mended: readonly Flip[];
  readonly verdict: ComparedVerdict;
}

export interface Comparison {
  readonly schema_version: number;
  /** `runs`: how many it holds; with two or more, what they differ by enters the test. */
  readonly baseline: {
    readonly id: string;
    readonly name: string | null;
    readonly started_at: string;
    readonly runs: number;
  };
  readonly run: { readonly id: string; readonly started_at: string };
  readonly suites: readonly Pick<SuiteStamp, 'name' | 'hash' | 'cases'>[];
  readonly settings: CompareSettings;
  /** What differs and was allowed to. */
  readonly mismatches: readonly string[];
  readonly candidates: readonly ComparedCandidate[];
  /** Of the baseline, without a counterpart in the run. */
  readonly missing: readonly string[];
  /** Of the run, without one in the baseline. */
  readonly added: readonly string[];
  /** Why the run ended before its plan did, where it did; all figures are of its first `trials`. */
  readonly stopped_early?: { readonly trials: number; readonly planned: number; readonly why: string };
  readonly verdict: ComparedVerdict;
}
