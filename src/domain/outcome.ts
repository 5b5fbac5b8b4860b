/** What an attempt can end as: the contract's closed list, each kind with exactly its fields. */

/** An outcome of the model: a completion came back, whatever it is worth. */
export type AnsweredOutcome =
  | { readonly kind: 'answered' }
  | { readonly kind: 'refused'; readonly message: string }
  /** Cut at the token limit. */
  | { readonly kind: 'truncated' }
  /** It called a tool where it was asked for an answer. */
  | { readonly kind: 'tool_call'; readonly message: string }
  /** Twice nothing, with a good status: that is the answer. */
  | { readonly kind: 'empty'; readonly message: string };

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
  /** `isOfServer`: no request to that address is taken, whatever it asks. */
  | (Told & { readonly kind: 'bad_request'; readonly isOfServer?: true })
  | (Told & { readonly kind: 'context' })
  | (Told & { readonly kind: 'upstream'; readonly retryAfterMs: number | null })
  | (Told & { readonly kind: 'loading'; readonly retryAfterMs: number | null })
  | (Told & { readonly kind: 'timeout'; readonly timer: 'headers' | 'progress' | 'total' })
  /** `refused`: nobody listens there, or the name is not known. */
  | (Told & { readonly kind: 'network'; readonly refused: boolean })
  | (Told & { readonly kind: 'broken_stream' })
  | (Told & { readonly kind: 'malformed' })
  | (Told & { readonly kind: 'too_large' })
  | (Told & { readonly kind: 'cancelled' });

export type Outcome = AnsweredOutcome | FailedOutcome;
export type OutcomeKind = Outcome['kind'];

/** An attempt that did not end its trial: an empty answer is asked for once more. */
export type RetriedOutcome = FailedOutcome | Extract<AnsweredOutcome, { kind: 'empty' }>;

/** Why a trial has no completion: the reason of its last attempt, or of the engine. */
export type UnansweredReason = RetriedOutcome['kind'] | 'deadline' | 'budget' | 'lane_down';

const answeredKinds: ReadonlySet<string> = new Set<AnsweredOutcome['kind']>([
  'answered',
  'refused',
  'truncated',
  'tool_call',
  'empty',
]);

export const outcomeKinds = [
  'answered',
  'refused',
  'truncated',
  'tool_call',
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
  return isAnsweredKind(outcome.kind);
}

/** Of a word in a file. */
export function isAnsweredKind(kind: string): boolean {
  return answeredKinds.has(kind);
}

/** What a finish reason means. Servers spell it in many ways: the table is added to, and no spelling is compared elsewhere. */
export type Finish = 'stop' | 'length' | 'refused' | 'tool_call' | 'upstream';

const finishes: readonly (readonly [Finish, readonly string[]])[] = [
  ['length', ['length', 'max_tokens', 'max_output_tokens', 'model_length', 'token_limit', 'context_length']],
  [
    'refused',
    [
      'content_filter',
      'content_filtered',
      'safety',
      'image_safety',
      'recitation',
      'prohibited_content',
      'blocklist',
      'spii',
      'refusal',
      'sensitive',
      'guardrail_intervened',
    ],
  ],
  [
    'tool_call',
    [
      'tool_calls',
      'tool_call',
      'tool_use',
      'function_call',
      'malformed_function_call',
      'unexpected_tool_call',
    ],
  ],
  [
    'upstream',
    ['error', 'abort', 'aborted', 'cancelled', 'canceled', 'insufficient_system_resource', 'network_error'],
  ],
];
const finishOf = new Map(finishes.flatMap(([finish, words]) => words.map((word) => [word, finish] as const)));

/** Null: none yet. In any case; a word that is not known ends the answer like any other. An empty one says nothing. */
export function readFinish(word: string | null): Finish | null {
  const plain = word?.trim().toLowerCase() ?? '';
  if (plain === '') return null;
  return finishOf.get(plain) ?? 'stop';
}
