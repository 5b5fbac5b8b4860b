/**
 * Status, headers and body of an answer that is no completion -> what kind of ending it is. Structured fields are
 * stronger evidence than headers, headers than prose; a mark of a day is stronger than a short hint, and a hint is
 * stronger than the words "quota" or "billing" in prose.
 */
import type { FailedOutcome } from '../domain/outcome.js';
import { type ErrorBody, readErrorBody } from './error-body.js';
import {
  dateInProseMs,
  hintInProseMs,
  plausibleMs,
  resetMs,
  retryHintMs,
  serverNowMs,
} from './rate-limit-headers.js';
import { contextWords, moderationCodes, moderationWords, outputCodes } from './spellings.js';

export interface Failure {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly wallMs: number;
  /** Takes keys out of messages before they are shortened; without: nothing. */
  readonly redact?: (text: string) => string;
}

/** A refusal for what was asked is an answer of the model's, and no failure to ask it. */
export type Classified =
  | FailedOutcome
  | { readonly kind: 'refused'; readonly message: string }
  /** What the model wrote was a call of a tool, and none that could be made. */
  | { readonly kind: 'tool_call'; readonly message: string };

const A_MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const GOOGLES_DAY_ENDS_UTC = 8;
/** Waits that only a day's quota asks for. */
const A_DAY_AT_LEAST_MS = 2 * 3_600_000;

export function classifyFailure(failure: Failure): Classified {
  const body = readErrorBody(failure.body, failure.redact);
  const status = failure.status >= 400 ? failure.status : (body.status ?? failure.status);
  const message = body.message || `HTTP ${status}`;
  const coded = (pattern: RegExp) => body.codes.some((code) => pattern.test(code));
  const says = (pattern: RegExp) => coded(pattern) || pattern.test(message);
  const retryAfterMs = hintMs(failure, body);

  // Whatever the status: llama.cpp once sent this with 200, gateways wrap it in 400, 413 or 500.
  if (says(contextWords)) return { kind: 'context', message };
  // Too large a request is too long a prompt, whatever else its body says.
  if (status === 413) return { kind: 'context', message };
  if (body.moderated || coded(moderationCodes) || moderationWords.test(message)) {
    return { kind: 'refused', message };
  }
  if (coded(outputCodes)) return { kind: 'tool_call', message };
  if (status === 429 || (status === 402 && coded(/in_flight_budget/))) {
    return limitOf({ status, message, coded, says, retryAfterMs, wallMs: failure.wallMs });
  }
  switch (status) {
    case 401:
    case 403:
      // The provider behind a router refused the router's key, not ours.
      return body.upstream ? { kind: 'forbidden', message } : { kind: 'auth', message };
    case 402:
      return { kind: 'credits', message };
    case 404:
      return { kind: 'unknown_model', message };
    case 408:
      return { kind: 'upstream', retryAfterMs, message };
    case 503:
      // Together and others answer an overloaded model so: model busy, come again.
      return says(/loading model|model is loading|currently loading/i)
        ? { kind: 'loading', retryAfterMs, message }
        : { kind: 'upstream', retryAfterMs, message };
    default:
      break;
  }
  if (
    says(
      /model_not_found|free_variant_ended|is not a valid model|model .*(not found|does not exist|unknown)|no endpoints found/i,
    )
  ) {
    return { kind: 'unknown_model', message };
  }
  if (says(/invalid_api_key|authentication_error|no auth credentials/i)) return { kind: 'auth', message };
  if (coded(/rate_limit|resource_exhausted/)) {
    return limitOf({ status, message, coded, says, retryAfterMs, wallMs: failure.wallMs });
  }
  if (status >= 500) return { kind: 'upstream', retryAfterMs, message };
  if (status >= 400) return { kind: 'bad_request', message };
  // An error without a status, inside a 200: somebody behind the server failed.
  if (failure.body.trim() === '') return { kind: 'malformed', message };
  return { kind: 'upstream', retryAfterMs, message };
}

interface Refusal {
  readonly status: number;
  readonly message: string;
  readonly coded: (pattern: RegExp) => boolean;
  readonly says: (pattern: RegExp) => boolean;
  readonly retryAfterMs: number | null;
  readonly wallMs: number;
}

/** Which of the limits: money, a day, requests at a time, or a rate; of whom. */
function limitOf({ status, message, coded, says, retryAfterMs, wallMs }: Refusal): FailedOutcome {
  if (coded(/insufficient_quota|insufficient_balance/)) return { kind: 'credits', message };
  if (
    coded(/in_flight_budget|concurren|max_parallel/) ||
    says(/max_parallel_requests|concurrent requests|too many concurrent/i)
  ) {
    return { kind: 'concurrency', message };
  }
  // Codes that say what exactly it is are stronger than a mark of a day in prose; general ones are not.
  const isPool = coded(/upstream_provider_shared_pool|capacity_exhausted|^3505$/);
  const isAccounts = coded(/free_tier_per_minute|^1300$/);
  if (
    !isPool &&
    !isAccounts &&
    says(/per[-_ ]?day|free_tier_daily|daily|\b(rpd|tpd)\b|requests_per_day|tokens_per_day/i)
  ) {
    // Google's day ends at midnight in California; a few seconds beside a mark of a day are of another limit.
    const isGoogles = coded(/perday/);
    const believed = retryAfterMs !== null && retryAfterMs >= A_MINUTE_MS ? retryAfterMs : null;
    return {
      kind: 'quota',
      scope: coded(/permodel/) ? 'model' : 'account',
      retryAfterMs: believed ?? (isGoogles ? toHourUtcMs(GOOGLES_DAY_ENDS_UTC, wallMs) : null),
      message,
    };
  }
  if (isPool || says(/rate-limited upstream|service tier capacity exceeded/i)) {
    return { kind: 'rate_limited', scope: 'model', isPool: true, retryAfterMs, message };
  }
  if (isAccounts || says(/free-models-per-min|(for|in) (your |this )?(organization|account|key)\b/i)) {
    return { kind: 'rate_limited', scope: 'account', isPool: false, retryAfterMs, message };
  }
  if (
    retryAfterMs === null &&
    status === 429 &&
    says(/billing|out of credits|exceeded your current quota/i)
  ) {
    return { kind: 'credits', message };
  }
  if (retryAfterMs !== null && retryAfterMs >= A_DAY_AT_LEAST_MS && says(/quota/i)) {
    return { kind: 'quota', scope: 'account', retryAfterMs, message };
  }
  return { kind: 'rate_limited', scope: 'unknown', isPool: false, retryAfterMs, message };
}

/** To the next such hour of the UTC day. */
function toHourUtcMs(hour: number, wallMs: number): number {
  const day = 24 * HOUR_MS;
  return day - ((wallMs - hour * HOUR_MS) % day);
}

function hintMs(failure: Failure, body: ErrorBody): number | null {
  const own = retryHintMs(failure.headers, failure.wallMs);
  if (own !== null) return own;
  const inside = retryHintMs(body.headers, serverNowMs(failure.headers, failure.wallMs));
  if (inside !== null) return inside;
  const serverMs = serverNowMs(failure.headers, failure.wallMs);
  for (const { text, unit } of body.waits) {
    const ms = unit === 'ms' ? Number(text) : resetMs(text, serverMs);
    if (ms !== null && Number.isFinite(ms)) return plausibleMs(ms);
  }
  return hintInProseMs(body.message) ?? dateInProseMs(body.message, serverMs);
}
