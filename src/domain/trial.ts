import type { Candidate, Model } from './candidate.js';
import { trialId } from './ids.js';
import type { JudgementRecord } from './kinds/judgement.js';
import type { AnsweredOutcome, FailedOutcome, Outcome, UnansweredReason } from './outcome.js';
import type { Case } from './suite.js';
import type { JsonObject } from './value.js';

/** One case x one candidate x one sample: the unit of work, of the journal and of resuming. */
export interface Trial {
  /** Stable: a hash of what is asked of whom. */
  readonly id: string;
  readonly suite: string;
  readonly case: Case;
  readonly candidate: Candidate;
  /** From 0. */
  readonly sample: number;
}

/** `sample`: from 0. */
export function trialOf(suite: string, asked: Case, candidate: Candidate, sample: number): Trial {
  return { id: trialId(suite, asked, candidate, sample), suite, case: asked, candidate, sample };
}

/** What is asked, without saying of whom. */
export interface Question {
  readonly system: string | null;
  readonly prompt: string;
  /** The suite's and case's request parameters; a model's own win. */
  readonly params: JsonObject;
  /** Which case and sample this is. Sent only to simulated models, which answer by it. */
  readonly label: {
    readonly suite: string;
    readonly case: string;
    readonly sample: number;
    /** Of a question to a judge: how many statements; below 0, the scale of a rating. */
    readonly judges?: number;
    /** What a person said of each statement: a simulated judge errs from that. Absent: nobody has said anything. */
    readonly truth?: readonly boolean[];
  };
}

/** Of system message and prompt: what a token limit is estimated by. */
export const promptCharsOf = ({ system, prompt }: Pick<Question, 'system' | 'prompt'>): number =>
  (system ?? '').length + prompt.length;

export interface Usage {
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  readonly reasoningTokens: number | null;
}

/** The text that came back, with what the server said of it. */
export interface Completion {
  readonly text: string;
  /** A provider's separate reasoning field; never code. */
  readonly reasoning: string | null;
  readonly finishReason: string | null;
  /** The model id the server says it used. */
  readonly servedModel: string | null;
  /** The provider behind a router, when it says so. */
  readonly servedBy: string | null;
  readonly usage: Usage;
  /** What the server says it cost, else what the price makes it; null is unknown, never 0. */
  readonly costUsd: number | null;
}

/** What a server advertises about its request limit with a good answer. */
export interface Allowance {
  /** So many more are allowed now. */
  readonly remaining: number;
  /** Ms from now until there are more. */
  readonly refillMs: number;
  /** How they come back: one each `refillMs`, as a bucket fills; or all at once, as a window begins. */
  readonly refills: 'one' | 'all';
}

/** What one HTTP request came to. All times are wire times: no queue, no pace, no backoff. */
export type Sent =
  | {
      readonly outcome: AnsweredOutcome;
      readonly completion: Completion;
      readonly status: number;
      /** Send to first content or reasoning delta; null when the answer came in one piece. */
      readonly firstTokenMs: number | null;
      readonly totalMs: number;
    }
  | {
      readonly outcome: FailedOutcome;
      readonly status: number | null;
      readonly totalMs: number;
      /** No other request can make up for it: a part of the answer is with the client, or the request itself is wrong. */
      readonly isFinal?: true;
    };

/** One HTTP request made for a trial, as the journal keeps it. */
export interface Attempt {
  readonly model: Model;
  readonly outcome: Outcome;
  readonly status: number | null;
  /** Wait for a free slot of the lane before this request. */
  readonly queuedMs: number;
  /** Wait for the pace of a limit or for a closed gate before this request. */
  readonly pacedMs: number;
  /** Backoff that followed this attempt. */
  readonly backoffMs: number;
  readonly firstTokenMs: number | null;
  readonly totalMs: number;
  /** Unix time of sending, in ms. */
  readonly sentAtMs: number;
}

export type Reply =
  | {
      readonly kind: 'completion';
      readonly completion: Completion;
      readonly outcome: AnsweredOutcome;
      readonly answeredBy: Model;
      readonly attempts: readonly Attempt[];
      /** Of cases with a judge. */
      readonly judgements?: readonly JudgementRecord[];
    }
  | {
      readonly kind: 'unanswered';
      readonly reason: UnansweredReason;
      readonly message: string;
      readonly attempts: readonly Attempt[];
    }
  /** Not finished, and worth going on with later: it gets no line in the journal. */
  | {
      readonly kind: 'held';
      readonly reason: HeldReason;
      readonly message: string;
      /** When it may go on, on the monotonic clock; null where no time is known. */
      readonly untilMs: number | null;
      readonly attempts: readonly Attempt[];
    };

/** Why a trial is deferred: a limit that lasts longer than the run should, a budget, the user, or a disabled model. */
export const heldReasons = ['quota', 'budget', 'interrupted', 'lane_down'] as const;
export type HeldReason = (typeof heldReasons)[number];

/** After `stop` nothing more is sent; `signal` ends what is in flight as well. */
export type Ask = (trial: Trial, signal: AbortSignal, stop: AbortSignal) => Promise<Reply>;
