/** What the journal and run.json hold. These types are the files' shapes, so their names are snake_case. */

import type { AttemptRecord } from './attempt-record.js';
import type { CompareSettings } from './compare-settings.js';
import type { Check, Verdict } from './grade.js';
import type { JudgeAccuracy } from './kinds/judge-accuracy.js';
import type { JudgementRecord } from './kinds/judgement.js';
import type { AnsweredOutcome, UnansweredReason } from './outcome.js';
import type { SandboxUse, SandboxWord } from './program.js';
import type { HeldReason } from './trial.js';

/** 2: lines have checksums, and the first one says how to go on. */
export const JOURNAL_VERSION = 2;
export const RUN_VERSION = 1;

/** The first line of a journal: what the run is, complete enough to go on with it. */
export interface RunLine {
  readonly type: 'run';
  readonly schema_version: number;
  readonly id: string;
  /** UTC ISO-8601. */
  readonly started_at: string;
  readonly tool: { readonly name: string; readonly version: string };
  readonly suites: readonly SuiteStamp[];
  readonly candidates: readonly CandidateStamp[];
  readonly settings: RunSettings;
  readonly environment: Environment;
  readonly trials: number;
  /** Of the ids of all trials and the hashes of their cases; absent in journals of version 1, like `command`. */
  readonly plan?: string;
  /** Of the whole that this run is a shard of; else as `plan`. */
  readonly whole?: string;
  /** Trials of the whole that this run is a shard of. */
  readonly whole_trials?: number;
  readonly shard?: ShardRecord;
  /** Of a merged run: what was joined. */
  readonly parts?: readonly PartRecord[];
  /** What was known of its judges when it began. Absent if nothing was. */
  readonly judges?: readonly JudgeAccuracy[];
  /** The run whose answers these are. */
  readonly replayed_from?: string;
  /** What was typed: all that it takes to plan the same again. */
  readonly command?: CommandRecord;
}

/** A run that was merged into another. */
export interface PartRecord {
  readonly index: number;
  readonly of: number;
  readonly id: string;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly trials: number;
  /** By candidate and category. */
  readonly planned: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly held: Held;
  readonly sandbox_use: EndLine['sandbox_use'];
}

export interface ShardRecord {
  /** From 1. */
  readonly index: number;
  readonly of: number;
}

/** In the words of the command line; what was not typed is null or empty. */
export interface CommandRecord {
  readonly suites: readonly string[];
  readonly models: readonly string[];
  readonly rotations: readonly string[];
  readonly samples: number | null;
  readonly categories: readonly string[];
  readonly cases: readonly string[];
  readonly concurrency: number | null;
  readonly config: string | null;
  readonly env_file: string | null;
  readonly allow_unanswered: number | 'all' | null;
  readonly fail_under: readonly string[];
  readonly reports: readonly string[];
  readonly replay: string | null;
  readonly shard: string | null;
  readonly only_failed: string | null;
  readonly skip_unsupported: boolean;
  /** For every case, whatever it says. Absent: as the case says. */
  readonly sandbox?: SandboxWord | null | undefined;
  readonly baseline: string | null;
  readonly gate: GateRecord | null;
}

/** How a run is held against its baseline. */
export interface GateRecord extends CompareSettings {
  readonly allow_mismatch: boolean;
  readonly allow_inconclusive: boolean;
  readonly stop_early: boolean;
}

export interface SuiteStamp {
  readonly name: string;
  readonly file: string;
  /** Of the suite's content. */
  readonly hash: string;
  readonly cases: number;
  readonly categories: readonly string[];
}

export interface CandidateStamp {
  readonly candidate: string;
  readonly kind: 'model' | 'rotation';
  readonly simulated: boolean;
  readonly models: readonly { readonly name: string; readonly provider: string; readonly model: string }[];
  /** Of all that makes its answers another candidate's; absent in journals of version 1. */
  readonly hash?: string;
  /** Trials in the plan, by category: what is missing of them at the end is unanswered. */
  readonly planned: Readonly<Record<string, number>>;
}

/** What was asked of the command; never a key. */
export interface RunSettings {
  readonly samples: number | null;
  readonly concurrency: number;
  readonly seed: string;
  readonly sandbox: string;
  /** Every candidate is simulated, and so is time. */
  readonly simulated_time: boolean;
  readonly allow_unanswered: number | 'all';
  readonly fail_under: readonly string[];
  readonly filter: { readonly categories: readonly string[]; readonly cases: readonly string[] };
}

export interface Environment {
  readonly node: string;
  readonly platform: string;
  readonly arch: string;
  readonly cores: number;
  readonly extraction: string;
}

export interface CompletionRecord {
  readonly text: string;
  readonly reasoning?: string;
  readonly finish_reason: string | null;
  readonly served_model: string | null;
  readonly served_by: string | null;
  readonly usage: {
    readonly prompt_tokens: number | null;
    readonly completion_tokens: number | null;
    readonly reasoning_tokens: number | null;
  };
}

export const extractionOutcomes = ['code', 'text', 'no_code', 'truncated'] as const;

/** Exactly one line per finished trial, written once it is judged. */
export interface TrialRecord {
  readonly type: 'trial';
  readonly trial: string;
  readonly case: string;
  readonly suite: string;
  readonly category: string;
  readonly language: string | null;
  readonly tags?: readonly string[];
  readonly candidate: string;
  readonly answered_by: string | null;
  readonly sample: number;
  /** Null only for completions imported and not yet judged. */
  readonly verdict: Verdict | null;
  readonly score: number | null;
  readonly outcome: AnsweredOutcome['kind'] | UnansweredReason;
  /** Wire time of the winning attempt; null when there is none. */
  readonly latency_ms: number | null;
  readonly ttft_ms: number | null;
  readonly queue_ms: number;
  readonly pace_ms: number;
  readonly backoff_ms: number;
  readonly cost_usd: number | null;
  readonly completion: CompletionRecord | null;
  readonly extraction: {
    readonly method: string | null;
    readonly outcome: (typeof extractionOutcomes)[number];
  } | null;
  readonly checks: readonly Check[];
  readonly attempts: readonly AttemptRecord[];
  /** Of cases with a judge; absent for others, and for answers that hold nothing. */
  readonly judgements?: readonly JudgementRecord[];
  /** Wall time of extraction and scoring. */
  readonly grading_ms: number;
}

/** One request of a trial as it ended, so that nothing that was spent is forgotten if the trial never finishes. */
export interface AttemptLine {
  readonly type: 'attempt';
  readonly trial: string;
  readonly candidate: string;
  readonly attempt: AttemptRecord;
  readonly cost_usd: number | null;
}

/** An answer whose trial waits for its judges: the run may end before they have answered. */
export interface ReplyLine
  extends Pick<
    TrialRecord,
    'trial' | 'candidate' | 'latency_ms' | 'queue_ms' | 'pace_ms' | 'backoff_ms' | 'cost_usd' | 'attempts'
  > {
  readonly type: 'reply';
  readonly answered_by: string;
  readonly outcome: AnsweredOutcome['kind'];
  readonly completion: CompletionRecord;
}

/** What a judge said of an answer whose trial is not finished yet. */
export interface JudgementLine extends JudgementRecord {
  readonly type: 'judgement';
  readonly trial: string;
}

/** `{"type":"event","kind":"resumed"}`: another process went on from here. */
export interface ResumedRecord {
  readonly type: 'event';
  readonly kind: 'resumed';
  readonly at: string;
  /** Trials that had their line by then. */
  readonly done: number;
}

/** What was asked: one line a case, before the first of its trials. */
export interface AskedLine {
  readonly type: 'asked';
  readonly suite: string;
  readonly id: string;
  readonly category: string;
  readonly language: string | null;
  readonly hash: string;
  readonly system: string | null;
  readonly prompt: string;
  readonly entry: string | null;
  /** Absent if there is none. */
  readonly prelude?: string;
  /** The code that the answer is to test; absent if it is to do something else. */
  readonly subject?: string;
  /** Who judges its answers, and a hash of the rubric; absent: nobody. */
  readonly judge?: { readonly name: string; readonly rubric: string };
  /** Of a conversation that passed a gateway: how many messages beside the system's; absent: a prompt alone. */
  readonly turns?: number;
}

/** `{"type":"event","kind":"rotation"}`: a trial went on with another model. */
export interface RotationRecord {
  readonly type: 'event';
  readonly kind: 'rotation';
  /** UTC ISO-8601. */
  readonly at: string;
  readonly candidate: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** `{"type":"event","kind":"parked"}`: a trial waits for longer than this run does. */
export interface ParkedRecord {
  readonly type: 'event';
  readonly kind: 'parked';
  readonly at: string;
  readonly candidate: string;
  readonly trial: string;
  readonly reason: string;
  /** UTC ISO-8601; null where no time is known. */
  readonly until: string | null;
}

/** The last line: the run ended, by itself or by the user. */
export interface EndLine {
  readonly type: 'end';
  readonly ended_at: string;
  readonly complete: boolean;
  /** Trials without a line, by candidate and reason. */
  readonly held: Held;
  /** Sandboxes that were used: `{"python": "wasm: CPython 3.13.2 (Pyodide 0.29.5)"}`. */
  readonly sandboxes: Readonly<Record<string, string>>;
  /** By language; empty in journals from before it was counted. */
  readonly sandbox_use: Readonly<Record<string, SandboxUse>>;
  readonly warnings: readonly string[];
}

export type Held = Readonly<Record<string, Readonly<Partial<Record<HeldReason, number>>>>>;

export type JournalLine =
  | RunLine
  | AskedLine
  | TrialRecord
  | AttemptLine
  | ReplyLine
  | JudgementLine
  | RotationRecord
  | ParkedRecord
  | ResumedRecord
  | EndLine;
