/**
 * What a server says of its limits: when to come again, from headers, from headers inside an error's body, and from its
 * prose; and how much is left, from the headers of a good answer.
 */
import type { Allowance } from '../domain/trial.js';

/** Instead of a hint of nothing, or one in the past, which must not become a hot loop. Of a real one, each ms is kept. */
const INSTEAD_OF_NOTHING_MS = 100;
/** A server's clock that is so near to ours is the same clock: its dates have whole seconds only. */
const SAME_CLOCK_MS = 2000;

type Headers = Readonly<Record<string, string>>;

/**
 * Ms from now; null when there is no hint that can be read. In this order: `retry-after-ms`; `Retry-After` (RFC 9110,
 * 10.2.3: seconds or an HTTP date; fractions are seen too); the reset of whichever limit has nothing left
 * (`x-ratelimit-remaining*: 0`, or the drafts' `RateLimit: r=0;t=5`); a reset that stands alone.
 */
export function retryHintMs(headers: Headers, wallMs: number): number | null {
  const now = serverNowMs(headers, wallMs);
  const afterMs = plainNumber(headers['retry-after-ms']);
  if (afterMs !== null) return plausibleMs(afterMs);
  const after = retryAfterMs(headers['retry-after'], now);
  if (after !== null) return plausibleMs(after);
  const reset = resetOfSpentMs(headers, now) ?? draftResetMs(headers) ?? loneResetMs(headers, now);
  return reset === null ? null : plausibleMs(reset);
}

/** The same from prose: `Please try again in 6m0s`, `retry after 20 seconds`. */
export function hintInProseMs(text: string): number | null {
  const match =
    /\b(?:try again|retry|wait|available|resets?|refreshes|come back)\b[^.\d]{0,40}?(?:((?:\d+(?:\.\d+)?(?:d|h|ms|m|s))+)\b|(\d+(?:\.\d+)?)\s*(seconds?|secs?|minutes?|mins?|hours?|hrs?|days?|milliseconds?)\b)/i.exec(
      text,
    );
  if (match === null) return null;
  const [, compact, amount = '', word = ''] = match;
  const unit = word.toLowerCase().startsWith('milli') ? 'ms' : word.slice(0, 1).toLowerCase();
  const ms = durationMs(compact ?? `${amount}${unit}`);
  return ms === null ? null : plausibleMs(ms);
}

/** The same where it stands as a date: `resets at 2026-11-29T20:00:00Z`, `until Sun, 29 Nov 2026 20:00:00 GMT`. */
export function dateInProseMs(text: string, nowMs: number): number | null {
  const found =
    /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?|\b[A-Z][a-z]{2}, \d\d? [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT/.exec(
      text,
    )?.[0];
  if (found === undefined) return null;
  // A date without a zone is UTC's, as servers mean it.
  const plain = found.replace(' UTC', 'Z').replace(/ ?GMT$/, (zone) => (found.includes(',') ? zone : 'Z'));
  const hasZone = /(Z|GMT|[+-]\d\d:?\d\d)$/.test(plain);
  const iso = plain.replace(/^(\d{4}-\d\d-\d\d) /, '$1T');
  const atMs = Date.parse(hasZone ? iso : `${iso}Z`);
  return Number.isFinite(atMs) ? plausibleMs(atMs - nowMs) : null;
}

function retryAfterMs(text: string | undefined, nowMs: number): number | null {
  const trimmed = text?.trim();
  if (!trimmed) return null;
  const seconds = plainNumber(trimmed);
  if (seconds !== null) return seconds * 1000;
  const atMs = dateMs(trimmed);
  if (atMs !== null) return atMs - nowMs;
  return durationMs(trimmed);
}

/**
 * Of several limits, the ones that have nothing left count, and of those the longest wait. OpenAI's reset of a limit
 * with something left is the time until it is full again: no reason to wait.
 */
function resetOfSpentMs(headers: Headers, nowMs: number): number | null {
  const waits = Object.entries(headers).flatMap(([name, value]) => {
    const match = /^(x-)?ratelimit-remaining(-[a-z0-9-]+)?$/.exec(name);
    if (match === null || plainNumber(value) !== 0) return [];
    const reset = headers[`${match[1] ?? ''}ratelimit-reset${match[2] ?? ''}`];
    const waitMs = reset === undefined ? null : resetMs(reset, nowMs);
    if (waitMs === null) return [];
    // Of requests it is known how many a full bucket holds: the wait is for one. Of tokens nobody knows how many it takes.
    return [match[2] === '-requests' ? (untilOneMs(headers, waitMs, 0) ?? waitMs) : waitMs];
  });
  return waits.length === 0 ? null : Math.max(...waits);
}

/** `-requests`, with OpenAI and Groq, say when the bucket is full again. Null: its size is unknown. */
function untilOneMs(headers: Headers, fullInMs: number, remaining: number): number | null {
  const limit = plainNumber(headers['x-ratelimit-limit-requests']);
  return limit === null || limit <= remaining ? null : fullInMs / (limit - remaining);
}

/**
 * What is left of a limit of requests, as good answers tell it; null when they do not, or not when there will be more.
 * `x-ratelimit-*-requests` are a bucket's; `x-ratelimit-*` alone, `ratelimit-*` and the drafts' `RateLimit` a window's.
 */
export function allowanceOf(headers: Headers, wallMs: number): Allowance | null {
  // Most servers tell nothing with good answers, which are many.
  if (!Object.keys(headers).some((name) => name.includes('ratelimit'))) return null;
  const now = serverNowMs(headers, wallMs);
  const advertised: Allowance[] = [];
  const add = (remaining: number | null, waitMs: number | null, refills: Allowance['refills']) => {
    if (remaining === null || waitMs === null) return;
    const refillMs = Math.min(LONGEST_WAIT_MS, Math.max(0, waitMs));
    advertised.push({ remaining: Math.max(0, Math.floor(remaining)), refillMs, refills });
  };
  const pair = (name: string): readonly [number | null, number | null] => {
    const reset = headers[name.replace('remaining', 'reset')];
    return [plainNumber(headers[name]), reset === undefined ? null : resetMs(reset, now)];
  };
  const [left, fullInMs] = pair('x-ratelimit-remaining-requests');
  if (left !== null && fullInMs !== null) add(left, untilOneMs(headers, fullInMs, left), 'one');
  for (const name of ['x-ratelimit-remaining', 'ratelimit-remaining']) add(...pair(name), 'all');
  const draft = draftOf(headers);
  if (draft !== null) add(draft.remaining, draft.resetMs, 'all');
  // Several limits at once: the one that ends first.
  return advertised.reduce<Allowance | null>(
    (least, one) => (least === null || one.remaining < least.remaining ? one : least),
    null,
  );
}

/** `RateLimit: "default";r=0;t=5` and `RateLimit: limit=10, remaining=0, reset=5` (drafts of the IETF's HTTPAPI group). */
function draftOf(
  headers: Headers,
): { readonly remaining: number | null; readonly resetMs: number | null } | null {
  const text = headers['ratelimit'];
  if (text === undefined) return null;
  const number = (pattern: RegExp) => {
    const found = pattern.exec(text)?.[1];
    return found === undefined ? null : Number(found);
  };
  const resetS = number(/(?:^|[;,\s])(?:t|reset)=(\d+)/);
  return {
    remaining: number(/(?:^|[;,\s])(?:r|remaining)=(\d+)/),
    resetMs: resetS === null ? null : resetS * 1000,
  };
}

function draftResetMs(headers: Headers): number | null {
  const draft = draftOf(headers);
  return draft === null || (draft.remaining ?? 0) > 0 ? null : draft.resetMs;
}

function loneResetMs(headers: Headers, nowMs: number): number | null {
  if (headers['x-ratelimit-remaining'] !== undefined && headers['x-ratelimit-remaining'].trim() !== '0')
    return null;
  const text = headers['x-ratelimit-reset'] ?? headers['ratelimit-reset'];
  return text === undefined ? null : resetMs(text, nowMs);
}

/** Epoch ns, us, ms or s, seconds, `6m0s`, `120ms` or a date: ms from `nowMs`. */
export function resetMs(text: string, nowMs: number): number | null {
  const number = plainNumber(text);
  if (number !== null) {
    if (number > 1e17) return number / 1e6 - nowMs;
    if (number > 1e14) return number / 1e3 - nowMs;
    if (number > 1e12) return number - nowMs;
    return number > 1e9 ? number * 1000 - nowMs : number * 1000;
  }
  const atMs = dateMs(text);
  return atMs === null ? durationMs(text) : atMs - nowMs;
}

/** The server's own clock where it sends one, so that a wrong clock here does not bend a date. */
export function serverNowMs(headers: Headers, wallMs: number): number {
  const date = headers['date'];
  const theirs = date === undefined ? null : dateMs(date);
  return theirs === null || Math.abs(theirs - wallMs) <= SAME_CLOCK_MS ? wallMs : theirs;
}

/** Only real dates: `new Date("120")` would be the year 120. */
function dateMs(text: string): number | null {
  const looksLikeOne = /^[a-z]{3},? /i.test(text.trim()) || /^\d{4}-\d\d-\d\dT/.test(text.trim());
  const ms = looksLikeOne ? Date.parse(text) : Number.NaN;
  return Number.isFinite(ms) ? ms : null;
}

/** `1h2m3.5s`, `6m0s`, `120ms`, `30s`: `parseFloat("6m0s")` would be 6. */
export function durationMs(text: string): number | null {
  const match =
    /^(?:(\d+(?:\.\d+)?)d)?(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/.exec(
      text.trim(),
    );
  if (match === null || text.trim() === '') return null;
  const [days, hours, minutes, seconds, ms] = match.slice(1).map((part) => Number(part ?? 0));
  return (
    (((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60_000 + (seconds ?? 0) * 1000 + (ms ?? 0)
  );
}

/** No limit lasts longer; a figure beyond it is a mistake of the server's, and must not become a date that cannot be. */
const LONGEST_WAIT_MS = 365 * 24 * 3_600_000;

/** A wait that can be kept: neither nothing, nor for ever. */
export function plausibleMs(ms: number): number {
  if (Number.isNaN(ms) || ms <= 0) return INSTEAD_OF_NOTHING_MS;
  return Math.min(ms, LONGEST_WAIT_MS);
}

/** A plain decimal number; `Number("")` being 0 is a trap. */
function plainNumber(text: string | undefined): number | null {
  return text !== undefined && /^\s*-?\d+(\.\d+)?\s*$/.test(text) ? Number(text) : null;
}
