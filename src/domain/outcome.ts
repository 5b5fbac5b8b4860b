/** What an attempt can end as: the contract's closed list, each kind with exactly its fields. */

/** An outcome of the model: a completion came back, whatever it is worth. */
export type AnsweredOutcome =
  | { readonly kind: 'answered' }
  | { readonly kind: 'refused'; readonly message: string }
  /** Cut at the token limit. */
  | { readonly kind: 'truncated' };

interface Told {
  /** The server's own words, shortened: the evidence for the classification. */
  readonly message: string;
}

export type FailedOutcome =
  | (Told & {
      readonly kind: 'rate_limited';
      /** `unknown`: it did not say whose limit it was. */
      readonly scope: 'account' | 'model' | 'unknown';
      /** A pool upstream that others drain too: asking more slowly does not help, waiting may. */
      readonly isPool: boolean;
      /** The server's hint, from now; null when it gave none. */
      readonly retryAfterMs: number | null;
    })
  | (Told & {
      readonly kind: 'quota';
      readonly scope: 'account' | 'model';
      readonly retryAfterMs: number | null;
    })
  | (Told & { readonly kind: 'concurrency' })
  | (Told & { readonly kind: 'credits' })
  | (Told & { readonly kind: 'auth' })
  | (Told & { readonly kind: 'forbidden' })
  | (Told & { readonly kind: 'unknown_model' })
  | (Told & { readonly kind: 'bad_request' })
  | (Told & { readonly kind: 'context' })
  | (Told & { readonly kind: 'upstream'; readonly retryAfterMs: number | null })
  | (Told & { readonly kind: 'loading'; readonly retryAfterMs: number | null })
  | (Told & { readonly kind: 'timeout'; readonly timer: 'headers' | 'progress' | 'total' })
  /** `refused`: nobody listens there, or the name is not known. */
  | (Told & { readonly kind: 'network'; readonly refused: boolean })
  | (Told & { readonly kind: 'broken_stream' })
  | (Told & { readonly kind: 'malformed' })
  | (Told & { readonly kind: 'empty' })
  | (Told & { readonly kind: 'too_large' })
  | (Told & { readonly kind: 'cancelled' });

export type Outcome = AnsweredOutcome | FailedOutcome;
export type OutcomeKind = Outcome['kind'];

/** Why a trial has no completion: the reason of its last attempt, or of the engine. */
export type UnansweredReason = FailedOutcome['kind'] | 'deadline' | 'budget' | 'lane_down';

export const outcomeKinds = [
  'answered',
  'refused',
  'truncated',
  'rate_limited',
  'quota',
  'concurrency',
  'credits',
  'auth',
  'forbidden',
  'unknown_model',
  'bad_request',
  'context',
  'upstream',
  'loading',
  'timeout',
  'network',
  'broken_stream',
  'malformed',
  'empty',
  'too_large',
  'cancelled',
] as const satisfies readonly OutcomeKind[];

export function isAnswered(outcome: Outcome): outcome is AnsweredOutcome {
  return outcome.kind === 'answered' || outcome.kind === 'refused' || outcome.kind === 'truncated';
}
