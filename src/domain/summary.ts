/** What a run comes to, derived from its journal. Shapes of run.json, so their names are snake_case. */
import type { Verdict } from './grade.js';
import type { Environment, RotationRecord, RunLine, RunSettings, SuiteStamp } from './record.js';

/** What a run comes to, derived from its journal. Shapes of run.json, so their names are snake_case. */
export interface Parked {
  readonly candidate: string;
  readonly reason: string;
  readonly trials: number;
  /** UTC ISO-8601: the latest of them; null where no time is known. */
  readonly until: string | null;
}

/** An estimate with its 95% interval. Nothing prints a rate without one. */
export interface Estimate {
  readonly value: number | null;
  readonly n: number;
  readonly low: number | null;
  readonly high: number | null;
}

export interface Figures {
  readonly trials: number;
  readonly success_rate: Estimate;
  readonly pass_rate: Estimate;
  /** 0 to 5: five times the mean score. */
  readonly quality: Estimate;
  readonly verdicts: Readonly<Record<Verdict, number>>;
}

export interface PassAtK extends Estimate {
  readonly k: number;
}

/** What a breakdown groups trials by. */
export const groupings = ['category', 'language', 'tag', 'case'] as const;

export type Grouping = (typeof groupings)[number];

export interface CandidateSummary extends Figures {
  readonly candidate: string;
  readonly kind: 'model' | 'rotation';
  readonly simulated: boolean;
  /** The chance that one of k answers passes; n: cases with at least k judged answers; other cases are skipped. */
  readonly pass_at_k: readonly PassAtK[];
  readonly latency_ms: { readonly p50: Estimate; readonly p90: Estimate; readonly p99: Estimate };
  readonly ttft_ms: { readonly p50: Estimate; readonly p90: Estimate };
  readonly tokens_per_second: { readonly p50: Estimate };
  /** Null: not all of it is known. */
  readonly cost_usd: number | null;
  /** Of all answers, for each trial that passed; null where that is not known, or nothing passed. */
  readonly cost_per_pass_usd: number | null;
  /** Of the answers whose server reported them. */
  readonly tokens: { readonly prompt: number; readonly completion: number; readonly answers: number };
  readonly rotations: number;
  readonly answered_by: Readonly<Record<string, number>>;
  readonly outcomes: Readonly<Record<string, number>>;
  /** By an outcome that left trials unanswered: what the server said with one of them. */
  readonly server_said?: Readonly<Record<string, string>>;
  readonly extraction: Readonly<Record<string, number>>;
  /** Answers that could not be judged, by what the sandbox lacked for them. Absent if there are none. */
  readonly unsupported?: Readonly<Record<string, number>>;
  /** What judges said of its answers. Absent if nothing of it was judged by a model. */
  readonly judged?: readonly JudgedShare[];
  readonly attempts: number;
  readonly waits_ms: { readonly queue: number; readonly pace: number; readonly backoff: number };
  /** By category, or by what the summary was made by: a language, a tag or a case. */
  readonly categories: readonly (Figures & { readonly category: string })[];
}

/** Statements about a candidate's answers, as one judge sees them. */
export interface JudgedShare {
  readonly judge: string;
  readonly rubric: string;
  /** Share that it calls true; n: statements. */
  readonly called_true: Estimate;
  /** The same, corrected by what is known of its errors; null: nothing is, or it tells true from false no better than chance. */
  readonly corrected: Estimate | null;
  /** Cohen's, with 95% limits; null: it was not measured. */
  readonly kappa: { readonly value: number; readonly low: number; readonly high: number } | null;
  /** Labels of people that it was measured by. */
  readonly labels: number;
  /** Why it may decide no gate; null: it may. */
  readonly untrusted: string | null;
}

/** Which pass rates differ significantly, paired by case. */
export interface Ranking {
  /** Pairs that differ significantly (0.05 over all pairs, Holm), better first. */
  readonly separated: readonly { readonly better: string; readonly worse: string; readonly p: number }[];
  /** Pairs that differ significantly by the answers that arrived; the missing ones could reverse that. Absent if there are none. */
  readonly unsettled?: readonly { readonly better: string; readonly worse: string }[];
  /** The gap below the best pass rate (0 to 1) that is detected with 80% power; null: none is. */
  readonly smallest_gap: number | null;
  /** Cases that every candidate has an answer judged for. */
  readonly cases: number;
  /** The two highest pass rates over those cases. Absent with one candidate, or if missing answers could turn the order. */
  readonly best_two?: {
    readonly better: string;
    readonly other: string;
    /** Pass rate of `better` less that of `other`, paired by case; 95%, at the level Holm's correction leaves this pair. n: cases. */
    readonly difference: Estimate;
  };
}

/** Something that looks broken: a case, the machine or a setting, rather than a model. */
export interface Alarm {
  readonly kind:
    | 'nobody_passes'
    | 'never_judged'
    | 'mostly_no_code'
    | 'mostly_truncated'
    | 'unsupported'
    | 'identical_samples'
    | 'sandbox_replaced';
  /** Ids; empty where it is about a candidate. */
  readonly cases: readonly string[];
  readonly candidate: string | null;
  /** Of a sandbox: its language. */
  readonly language: string | null;
  /** Of its answers, or of the programs it ran, 0 to 1. */
  readonly share: number | null;
}

export interface RunSummary {
  readonly schema_version: number;
  readonly id: string;
  readonly started_at: string;
  readonly ended_at: string | null;
  readonly complete: boolean;
  readonly simulated: boolean;
  readonly tool: RunLine['tool'];
  readonly suites: readonly SuiteStamp[];
  readonly settings: RunSettings;
  readonly environment: Environment & { readonly sandboxes: Readonly<Record<string, string>> };
  readonly totals: {
    readonly trials: number;
    readonly planned: number;
    readonly verdicts: Readonly<Record<Verdict, number>>;
    readonly requests: number;
    readonly rotations: number;
    readonly cost_usd: number | null;
  };
  /** What `categories` of each candidate are. */
  readonly by: Grouping;
  readonly candidates: readonly CandidateSummary[];
  readonly ranking: Ranking;
  readonly events: readonly Omit<RotationRecord, 'type'>[];
  /** Trials that wait for longer than the run did. */
  readonly parked: readonly Parked[];
  /** Cases whose mutants are in the folder `mutation`; absent if there are none. */
  readonly mutation?: readonly { readonly suite: string; readonly case: string }[];
  /** What looks broken. */
  readonly alarms: readonly Alarm[];
  readonly warnings: readonly string[];
}
