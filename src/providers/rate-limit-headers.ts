/** When a server says to come again: from headers, from headers inside an error's body, and from its prose. */

/**
 * The shortest wait that a hint can ask for: one of nothing, or in the past, must not become a hot loop. Hints of a few ms
 * are lengthened too: over loopback, at 20 a second, that made 1.02x of the bound of 1.07x to 1.13x.
 */
const FLOOR_MS = 50;
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
  if (afterMs !== null) return floored(afterMs);
  const after = retryAfterMs(headers['retry-after'], now);
  if (after !== null) return floored(after);
  const reset = resetOfSpentMs(headers, now) ?? draftResetMs(headers) ?? loneResetMs(headers, now);
  return reset === null ? null : floored(reset);
}

/** The same from prose: `Please try again in 6m0s`, `retry after 20 seconds`. */
export function hintInProseMs(text: string): number | null {
  const match =
    /\b(?:try again|retry|wait|available)\b[^.\d]{0,40}?(?:((?:\d+(?:\.\d+)?(?:d|h|ms|m|s))+)\b|(\d+(?:\.\d+)?)\s*(seconds?|secs?|minutes?|mins?|hours?|milliseconds?)\b)/i.exec(
      text,
    );
  if (match === null) return null;
  const [, compact, amount = '', word = ''] = match;
  const unit = word.toLowerCase().startsWith('milli') ? 'ms' : word.slice(0, 1).toLowerCase();
  const ms = durationMs(compact ?? `${amount}${unit}`);
  return ms === null ? null : floored(ms);
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
    return waitMs === null ? [] : [waitMs];
  });
  return waits.length === 0 ? null : Math.max(...waits);
}

/** `RateLimit: "default";r=0;t=5` and `RateLimit: limit=10, remaining=0, reset=5` (drafts of the IETF's HTTPAPI group). */
function draftResetMs(headers: Headers): number | null {
  const text = headers['ratelimit'];
  if (text === undefined) return null;
  const remaining = /(?:^|[;,\s])(?:r|remaining)=(\d+)/.exec(text)?.[1];
  const reset = /(?:^|[;,\s])(?:t|reset)=(\d+)/.exec(text)?.[1];
  return reset !== undefined && (remaining === undefined || remaining === '0') ? Number(reset) * 1000 : null;
}

function loneResetMs(headers: Headers, nowMs: number): number | null {
  if (headers['x-ratelimit-remaining'] !== undefined && headers['x-ratelimit-remaining'].trim() !== '0')
    return null;
  const text = headers['x-ratelimit-reset'] ?? headers['ratelimit-reset'];
  return text === undefined ? null : resetMs(text, nowMs);
}

/** Epoch ms, epoch s, seconds, `6m0s`, `120ms` or a date: ms from `nowMs`. */
export function resetMs(text: string, nowMs: number): number | null {
  const number = plainNumber(text);
  if (number !== null) {
    if (number > 1e12) return number - nowMs;
    return number > 1e9 ? number * 1000 - nowMs : number * 1000;
  }
  const atMs = dateMs(text);
  return atMs === null ? durationMs(text) : atMs - nowMs;
}

/** The server's own clock where it tells it, so that a wrong clock here does not bend a date. */
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

function floored(ms: number): number {
  return Math.max(FLOOR_MS, ms);
}

/** A plain decimal number; `Number("")` being 0 is a trap. */
function plainNumber(text: string | undefined): number | null {
  return text !== undefined && /^\s*-?\d+(\.\d+)?\s*$/.test(text) ? Number(text) : null;
}
