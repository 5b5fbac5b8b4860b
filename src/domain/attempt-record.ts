import type { OutcomeKind } from './outcome.js';

/** One request, as the journal has it. */
export interface AttemptRecord {
  readonly model: string;
  readonly outcome: OutcomeKind;
  readonly status: number | null;
  /** The backoff that followed. */
  readonly wait_ms: number;
  readonly ttft_ms?: number;
  readonly total_ms: number;
  /** Unix time of sending; absent in journals of older versions. */
  readonly sent_at_ms?: number;
  /** The server's words, when it was not an answer. */
  readonly message?: string;
}
