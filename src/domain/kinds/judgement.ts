import type { AttemptRecord } from '../attempt-record.js';

/** What one judge said of one answer. */
export interface Judgement {
  /** Its name. */
  readonly judge: string;
  /** A hash of all that it was asked: of another question, another answer or rubric, it says nothing. */
  readonly question: string;
  /** Null if no answer came. */
  readonly text: string | null;
  /** Why there is no answer, or none that counts. Absent if there is one. */
  readonly failure?: string;
}

/** As the journal has it. */
export interface JudgementRecord extends Judgement {
  readonly cost_usd: number | null;
  readonly attempts: readonly AttemptRecord[];
}
