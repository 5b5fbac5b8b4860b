/** The limits that servers enforce, each as a small machine over a clock: the loopback server and simulations share them. */
import type { LimitShape, RateLimits } from '../domain/candidate.js';

export interface Limiter {
  /** 0: the request is admitted and counted. Else how long until one would be; null where only the end of a request decides. */
  take(nowMs: number, wallMs: number): number | null;
  /** An admitted request has ended. */
  release(): void;
  /** What it would advertise now; null: this limit is not advertised. */
  state(nowMs: number, wallMs: number): LimitState | null;
}

/** A limit as headers tell it. */
export interface LimitState {
  readonly limit: number;
  readonly remaining: number;
  /** Of a bucket, until it is full again; of a window, until there is more. */
  readonly resetMs: number;
  readonly counts: 'bucket' | 'window';
}

const DAY_MS = 24 * 3_600_000;

export function limiterOf(shape: LimitShape): Limiter {
  switch (shape.kind) {
    case 'token_bucket':
      return tokenBucket(shape.perMinute / 60_000, shape.burst);
    case 'fixed_window':
      return fixedWindow(shape.limit, shape.windowMs);
    case 'sliding_window':
      return slidingWindow(shape.limit, shape.windowMs);
    case 'daily':
      return daily(shape.limit);
    case 'concurrency':
      return concurrency(shape.limit);
    default:
      return shape satisfies never;
  }
}

function tokenBucket(perMs: number, burst: number): Limiter {
  let tokens = burst;
  let atMs: number | null = null;
  const refill = (nowMs: number) => {
    tokens = Math.min(burst, tokens + (nowMs - (atMs ?? nowMs)) * perMs);
    atMs = nowMs;
  };
  return {
    take(nowMs) {
      refill(nowMs);
      // A caller that waits exactly as long as Retry-After says must not fail by a rounding error.
      if (tokens < 1 - 1e-9) return (1 - tokens) / perMs;
      tokens -= 1;
      return 0;
    },
    release() {},
    state(nowMs) {
      refill(nowMs);
      const remaining = Math.floor(tokens + 1e-9);
      return { limit: burst, remaining, resetMs: (burst - tokens) / perMs, counts: 'bucket' };
    },
  };
}

function fixedWindow(limit: number, windowMs: number): Limiter {
  let window = -1;
  let taken = 0;
  const roll = (wallMs: number) => {
    const now = Math.floor(wallMs / windowMs);
    if (now !== window) taken = 0;
    window = now;
  };
  return {
    take(_, wallMs) {
      roll(wallMs);
      if (taken >= limit) return (window + 1) * windowMs - wallMs;
      taken += 1;
      return 0;
    },
    release() {},
    state(_, wallMs) {
      roll(wallMs);
      const resetMs = (window + 1) * windowMs - wallMs;
      return { limit, remaining: limit - taken, resetMs, counts: 'window' };
    },
  };
}

function slidingWindow(limit: number, windowMs: number): Limiter {
  const admitted: number[] = [];
  const slide = (nowMs: number) => {
    while ((admitted[0] ?? Number.POSITIVE_INFINITY) <= nowMs - windowMs + 1e-6) admitted.shift();
  };
  return {
    take(nowMs) {
      slide(nowMs);
      const oldest = admitted[0];
      if (admitted.length >= limit && oldest !== undefined) return oldest + windowMs - nowMs;
      admitted.push(nowMs);
      return 0;
    },
    release() {},
    state(nowMs) {
      slide(nowMs);
      const resetMs = (admitted[0] ?? nowMs) + windowMs - nowMs;
      return { limit, remaining: limit - admitted.length, resetMs, counts: 'window' };
    },
  };
}

function daily(limit: number): Limiter {
  let day = -1;
  let counted = 0;
  const roll = (wallMs: number) => {
    const today = Math.floor(wallMs / DAY_MS);
    if (today !== day) counted = 0;
    day = today;
  };
  return {
    take(_, wallMs) {
      roll(wallMs);
      counted += 1;
      return counted <= limit ? 0 : DAY_MS - (wallMs % DAY_MS);
    },
    release() {},
    state(_, wallMs) {
      roll(wallMs);
      const resetMs = DAY_MS - (wallMs % DAY_MS);
      return { limit, remaining: Math.max(0, limit - counted), resetMs, counts: 'window' };
    },
  };
}

function concurrency(limit: number): Limiter {
  let open = 0;
  return {
    take() {
      if (open >= limit) return null;
      open += 1;
      return 0;
    },
    release() {
      open -= 1;
    },
    state: () => null,
  };
}

/** What a pretend server keeps to, of limits that are known. */
export function shapesOf({ rpm, rpd, concurrency }: RateLimits): LimitShape[] {
  return [
    ...(concurrency === undefined ? [] : [{ kind: 'concurrency', limit: concurrency } as const]),
    ...(rpd === undefined ? [] : [{ kind: 'daily', limit: rpd } as const]),
    ...(rpm === undefined ? [] : [{ kind: 'sliding_window', limit: rpm, windowMs: 60_000 } as const]),
  ];
}
