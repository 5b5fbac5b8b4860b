import type { JsonObject } from './value.js';

export type Jitter = 'full' | 'equal' | 'none';

/** How one trial is asked again. The contract's `retry:` block, in ms. */
export interface RetryOptions {
  readonly baseDelayMs: number;
  readonly factor: number;
  readonly maxDelayMs: number;
  readonly jitter: Jitter;
  /** Requests per trial and model: the first, and the retries. */
  readonly maxAttempts: number;
  /** Time a trial may take from its first request; null: as long as it needs. */
  readonly deadlineMs: number | null;
  /** A gate that stays closed longer than this parks its trials. */
  readonly maxWaitMs: number;
}

/** 1, 2, 4, 8, 16, 32 s before jitter, then the cap of 60 s. */
export const defaultRetry: RetryOptions = {
  baseDelayMs: 1_000,
  factor: 2,
  maxDelayMs: 60_000,
  jitter: 'full',
  maxAttempts: 7,
  deadlineMs: null,
  maxWaitMs: 15 * 60_000,
};

/** The three timers of a request. A server's comments and role-only chunks are no progress. */
export interface RequestTimeouts {
  readonly headersMs: number;
  readonly progressMs: number;
  readonly totalMs: number;
}

export interface Timeouts extends RequestTimeouts {
  /** `headersMs` for servers on this machine, which load a model with its first request. */
  readonly localHeadersMs: number;
}

export const defaultTimeouts: Timeouts = {
  headersMs: 60_000,
  localHeadersMs: 600_000,
  progressMs: 60_000,
  totalMs: 600_000,
};

/** What a server allows; absent means unknown. */
export interface RateLimits {
  readonly rpm?: number;
  readonly rpd?: number;
  readonly tpm?: number;
  readonly concurrency?: number;
}

/** USD for a million tokens. */
export interface Price {
  readonly inputUsd: number;
  /** Of prompt tokens that the server had from before; absent: as the others. */
  readonly cachedInputUsd?: number;
  readonly outputUsd: number;
}

/** An endpoint and the key that opens it: what the limits of an account apply to. */
export interface Account {
  /** The provider's name: `openrouter`, `workstation`, `simulated`. */
  readonly provider: string;
  readonly baseUrl: string;
  /** The environment variable that holds the key; null for endpoints without one. Never the key itself. */
  readonly apiKeyEnv: string | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly limits: RateLimits;
}

export interface Model {
  /** What tables show: the name from bench.yaml, or `provider:model`. */
  readonly name: string;
  readonly account: Account;
  /** The provider's id of it, sent as `model`. */
  readonly id: string;
  readonly limits: RateLimits;
  /** Unknown prices stay unknown: the cost is n/a, never $0. */
  readonly price: Price | null;
  readonly params: JsonObject;
  /** Anything else the request should hold. */
  readonly body: JsonObject;
  readonly retry: RetryOptions;
  /** Plain answers when false; streamed ones give a time to first token. */
  readonly stream: boolean;
  /** How a pretend model behaves; null for a real one. */
  readonly simulation: Simulation | null;
}

/** What a pretend server enforces. Times in ms. */
export type LimitShape =
  /** `burst` tokens at most, refilled at `perMinute`; a request takes one. */
  | { readonly kind: 'token_bucket'; readonly perMinute: number; readonly burst: number }
  /** `limit` requests in each window of the wall clock. */
  | { readonly kind: 'fixed_window'; readonly limit: number; readonly windowMs: number }
  /** `limit` requests in any window. */
  | { readonly kind: 'sliding_window'; readonly limit: number; readonly windowMs: number }
  /** `limit` requests a UTC day, refused ones included. */
  | { readonly kind: 'daily'; readonly limit: number }
  /** `limit` answers in the making. */
  | { readonly kind: 'concurrency'; readonly limit: number };

/** How a simulated server says when to retry: exactly, in whole seconds, as the reset of a limit, or not. */
export const announcements = ['retry_after_ms', 'retry_after', 'reset', 'none'] as const;

/** A pretend model, served on loopback by the run itself. Its figures are labelled as simulated wherever they stand. */
export interface Simulation {
  /** Answers of its own by case id, in the order of the samples; beyond them `otherwise` speaks. */
  readonly answers: Readonly<Record<string, readonly string[]>>;
  readonly otherwise: 'reference' | 'stub' | 'quality';
  /** Share of cases that `otherwise: quality` answers with the reference. */
  readonly quality: number;
  readonly latency: {
    readonly medianMs: number;
    /** Standard deviation of the latency's logarithm (log-normal). */
    readonly spread: number;
    readonly ttftMs: number;
  } | null;
  readonly limits: readonly LimitShape[];
  readonly announce: (typeof announcements)[number];
  readonly faults: readonly SimulatedFault[];
}

/** How an answer can fail beside a status: before it, in it, or by saying nothing. */
export const faultKinds = ['reset', 'hang', 'silent', 'cut', 'stream_error', 'empty', 'garbage'] as const;

export interface SimulatedFault {
  readonly what:
    | { readonly kind: 'status'; readonly status: number; readonly retryAfterMs: number | null }
    | { readonly kind: (typeof faultKinds)[number] };
  /** Of the requests that it may befall. */
  readonly share: number;
  /** Numbers of the model's requests, from 1; null: all. */
  readonly requests: { readonly first: number; readonly last: number } | null;
  /** Since the model's first request; null: always. */
  readonly between: { readonly fromMs: number; readonly toMs: number } | null;
}

/** What is measured: a model alone, never replaced by another, or an ordered fallback chain. */
export type Candidate =
  | { readonly kind: 'model'; readonly name: string; readonly model: Model }
  | {
      readonly kind: 'rotation';
      readonly name: string;
      /** Primary first; never empty. */
      readonly chain: readonly Model[];
      readonly retry: RetryOptions;
    };

export function modelsOf(candidate: Candidate): readonly Model[] {
  return candidate.kind === 'model' ? [candidate.model] : candidate.chain;
}

export function retryOf(candidate: Candidate): RetryOptions {
  return candidate.kind === 'model' ? candidate.model.retry : candidate.retry;
}

export function isSimulated(candidate: Candidate): boolean {
  return modelsOf(candidate).some((model) => model.simulation !== null);
}
