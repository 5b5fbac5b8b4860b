/** What a run reports while it runs. Progress and logs are listeners; neither can change its course. */
import type { RotationRecord, TrialRecord } from './record.js';
import type { Attempt, HeldReason, Trial } from './trial.js';

export type RunEvent =
  | { readonly kind: 'run-started'; readonly trials: number }
  | {
      readonly kind: 'attempt-started';
      readonly trial: string;
      readonly candidate: string;
      readonly model: string;
    }
  /** The first token is here. */
  | { readonly kind: 'answer-began'; readonly trial: string; readonly model: string }
  | {
      readonly kind: 'attempt-ended';
      readonly trial: string;
      readonly candidate: string;
      readonly attempt: Attempt;
      /** Of its answer; null where it gave none, or its cost is not known. */
      readonly costUsd: number | null;
    }
  /** Nothing is sent to the model, or to its account, until then; `untilMs` is on the monotonic clock. */
  | {
      readonly kind: 'gate-closed';
      readonly model: string;
      readonly untilMs: number;
      readonly reason: string;
      readonly told: boolean;
    }
  /** Whoever asks the model, or its account, waits a second or more for its turn; `untilMs` as above. */
  | {
      readonly kind: 'paced';
      readonly model: string;
      readonly untilMs: number;
      readonly reason: string;
    }
  /** What was learned of the rate that a model allows. */
  | {
      readonly kind: 'pace-changed';
      readonly model: string;
      readonly perMinute: number;
      /** Learned by another run, so long ago. */
      readonly agoMs?: number;
    }
  | { readonly kind: 'lane-down'; readonly model: string; readonly reason: string }
  | { readonly kind: 'rotated'; readonly trial: string; readonly rotation: RotationRecord }
  /** Not finished, and not lost: it gets no line of its own, and may go on later. */
  | {
      readonly kind: 'held';
      readonly trial: string;
      readonly suite: string;
      readonly case: string;
      readonly candidate: string;
      readonly reason: HeldReason;
      readonly message: string;
      readonly untilMs: number | null;
    }
  | { readonly kind: 'grading-started'; readonly trial: Trial }
  /** The record is on disk. */
  | { readonly kind: 'trial-ended'; readonly record: TrialRecord }
  /** Interrupted a second ago, and not over yet: what was asked comes in for a while, and answers are judged. */
  | { readonly kind: 'stopping' }
  | { readonly kind: 'sandbox-started'; readonly language: string; readonly description: string }
  | { readonly kind: 'warned'; readonly message: string };

export type Listener = (event: RunEvent) => void;
