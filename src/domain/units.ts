/** Durations, sizes and shares as people write them in YAML and on the command line. */

const DURATION_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const SIZE_BYTES: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1024,
  MB: 1024 ** 2,
  GB: 1024 ** 3,
};

/** `10s`, `2.34s`, `500ms`, `15m`, `1h30m` -> ms; null when it is none of these. A unit is always required. */
export function parseDurationMs(text: string): number | null {
  const parts = [...text.trim().matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)/g)];
  if (parts.length === 0) return null;
  if (parts.map((part) => part[0]).join('') !== text.replaceAll(/\s+(?=\d)|^\s+|\s+$/g, '')) return null;
  const totalMs = parts.reduce(
    (sum, [, amount, unit]) => sum + Number(amount) * (DURATION_MS[unit ?? ''] ?? 0),
    0,
  );
  // 2.34 s is 2340 ms and not 2339.9999999999995: a nanosecond is finer than any clock here.
  return Math.round(totalMs * 1e6) / 1e6;
}

/** `256MB`, `1.5 GB`, `64KB` -> bytes (binary multiples); null when it is none of these. */
export function parseSizeBytes(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*(B|KB|MB|GB)$/i.exec(text.trim());
  if (!match) return null;
  return Math.round(Number(match[1]) * (SIZE_BYTES[(match[2] ?? '').toUpperCase()] ?? 0));
}

/** The farthest that a date can be (ECMA-262, 21.4.1.1). */
const LAST_DATE_MS = 8.64e15;

/** Ms since 1970 -> `2026-11-29T20:00:00.000Z`; what no date can be becomes the nearest that can. */
export function isoTime(wallMs: number): string {
  const ms = Number.isNaN(wallMs) ? 0 : Math.min(LAST_DATE_MS, Math.max(-LAST_DATE_MS, wallMs));
  return new Date(ms).toISOString();
}

/** For people: `80 ms`, `2.3 s`, `15.7 s`, `2 min 05 s`, `5 h 12 min`. */
export function formatDuration(ms: number): string {
  if (ms < 1) return '0 s';
  if (ms < 995) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 99.95) return `${seconds.toFixed(1)} s`;
  const wholeSeconds = Math.round(seconds);
  const minutes = Math.floor(wholeSeconds / 60);
  if (minutes < 60) return `${minutes} min ${String(wholeSeconds % 60).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** US dollars with as many digits as the amount needs: `$0`, `$0.0004`, `$1.27`. */
export function formatUsd(usd: number): string {
  if (usd === 0) return '$0';
  if (usd < 0.00005) return '<$0.0001';
  return usd < 0.01 ? `$${usd.toFixed(4)}` : `$${usd.toFixed(2)}`;
}

/** 0.834 -> `83%`; never rounds a share that is not whole up to 100% or down to 0%. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 99 && percent < 100) return `${Math.min(99.9, Number(percent.toFixed(1)))}%`;
  if (percent > 0 && percent < 1) return `${Math.max(0.1, Number(percent.toFixed(1)))}%`;
  return `${Math.round(percent)}%`;
}

/** Characters that a token of English text or code has on average. */
const CHARS_PER_TOKEN = 4;

/** Tokens in a text of `chars` characters, when nobody has counted them. Not rounded. */
export function estimateTokens(chars: number): number {
  return chars / CHARS_PER_TOKEN;
}

/** To six digits after the point, as files hold rates. */
export function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}

/** Milliseconds to a tenth, as files hold them. */
export function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
