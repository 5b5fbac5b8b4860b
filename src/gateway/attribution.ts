/** Who answered a request and how it came to that: for headers, and for the end of an answer. */
import { tenths } from '../domain/units.js';
import type { Route } from './routes.js';
import type { Tried } from './upstream.js';
import type { Attribution } from './wires/wire.js';

/** Time since a request came that was not spent on the wire: waits and our own. */
export function overheadMs(tried: readonly Tried[], receivedMs: number, nowMs: number): number {
  const wire = tried.reduce((sum, { wireMs, sentMs }) => sum + (wireMs ?? nowMs - sentMs), 0);
  return Math.max(0, nowMs - receivedMs - wire);
}

export function attributionOf(of: {
  readonly id: string;
  readonly route: Route;
  readonly model: string | null;
  readonly tried: readonly Tried[];
  readonly costUsd: number | null;
  readonly receivedMs: number;
  readonly nowMs: number;
}): Attribution {
  const { id, route, model, tried, costUsd, receivedMs, nowMs } = of;
  return {
    request_id: id,
    ...(model === null ? {} : { model }),
    ...(tried.length === 0
      ? {}
      : { attempts: tried.map(({ model, result }) => `${model}:${result ?? '200'}`).join(' ') }),
    route: route.evidence === null ? route.name : `${route.name}; ${route.evidence}`,
    ...(costUsd === null ? {} : { cost_usd: costUsd }),
    overhead_ms: tenths(overheadMs(tried, receivedMs, nowMs)),
  };
}

/** `request_id` -> `x-bench-request-id`. Header values are of Latin letters; names of models may be anything. */
export function headersOf(attribution: Attribution): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attribution).map(([name, value]) => [
      `x-bench-${name.replaceAll('_', '-')}`,
      String(value)
        .replaceAll('–', '-')
        .replaceAll(/[^\x20-\x7e]/g, '?'),
    ]),
  );
}
