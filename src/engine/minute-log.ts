/**
 * A known limit of requests a minute, before anything was refused: as many at once as a minute allows, then each when
 * the request that many places before it is a minute old. Right for fixed and sliding windows, where going 1/R apart
 * from the start would take a minute for what is allowed at once; a token bucket with a small burst refuses once, and
 * is then asked 1/R apart.
 */
export interface MinuteLog {
  sent(nowMs: number): void;
  /** When the next may go; in the past when at once. */
  nextAtMs(): number;
  /** The same for one with `ahead` others before it, of which none has gone yet. */
  opensAtMs(ahead: number, nowMs: number): number;
}

const MINUTE_MS = 60_000;
/** A minute of the server's may begin a little after ours. */
const SLACK_MS = 250;

/** `perMinute`: above 0; half a request a minute is one in two. */
export function openMinuteLog(perMinute: number): MinuteLog {
  const most = Math.max(1, Math.floor(perMinute));
  const roundMs = Math.max(MINUTE_MS, (most / perMinute) * MINUTE_MS) + SLACK_MS;
  /** When the last `most` were sent: a ring. */
  const sentAtMs: number[] = [];
  let count = 0;
  const freeAtMs = (nth: number) => (sentAtMs[nth % most] ?? Number.NEGATIVE_INFINITY) + roundMs;
  return {
    sent(nowMs) {
      sentAtMs[count % most] = nowMs;
      count += 1;
    },
    nextAtMs: () => freeAtMs(count),
    opensAtMs: (ahead, nowMs) =>
      Math.max(nowMs, freeAtMs(count + ahead)) + Math.floor(ahead / most) * roundMs,
  };
}
