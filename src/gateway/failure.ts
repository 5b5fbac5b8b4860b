/** Why a request to the gateway has no answer, as each wire says it in its own shape. */

export type FailureKind =
  /** The request is wrong, as the gateway or the model's server says. */
  | 'invalid_request'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'too_large'
  /** Every model is paused or busy: it may be asked again. */
  | 'overloaded'
  /** No model has answered in time. */
  | 'deadline'
  /** Models have failed. */
  | 'upstream'
  | 'internal';

export interface Failure {
  readonly kind: FailureKind;
  readonly status: number;
  readonly message: string;
  /** As OpenAI names them: `model_not_found`, `context_length_exceeded`; null: none fits. */
  readonly code: string | null;
  /** Until it is worth asking again; null: nothing is known. */
  readonly retryAfterMs: number | null;
  /** Models that were asked, in their order. */
  readonly tried: readonly string[];
}

const STATUS: Readonly<Record<FailureKind, number>> = {
  invalid_request: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  too_large: 413,
  overloaded: 503,
  deadline: 504,
  upstream: 502,
  internal: 500,
};

export function failure(kind: FailureKind, message: string, more: Partial<Failure> = {}): Failure {
  return { kind, status: STATUS[kind], message, code: null, retryAfterMs: null, tried: [], ...more };
}
