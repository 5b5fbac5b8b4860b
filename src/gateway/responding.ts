/** The two shapes of an HTTP response: a JSON document and a stream of events. */
import type { ServedResponse } from '../world/world.js';
import { headersOf } from './attribution.js';
import type { Failure } from './failure.js';
import type { Attribution, Wire } from './wires/wire.js';

type Headers = Readonly<Record<string, string>>;

/** `body`: JSON already. */
export function document(status: number, body: string, headers: Headers = {}): ServedResponse {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body };
}

export function streamed(body: AsyncIterable<string>, attribution: Attribution): ServedResponse {
  const own = { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' };
  return { status: 200, headers: { ...own, ...headersOf(attribution) }, body };
}

export function failed(
  wire: Wire,
  why: Failure,
  requestId: string,
  attribution: Attribution,
): ServedResponse {
  const wait = why.retryAfterMs === null ? null : Math.max(1, Math.ceil(why.retryAfterMs / 1000));
  return document(why.status, JSON.stringify(wire.error(why, requestId)), {
    ...headersOf(attribution),
    ...(wait === null ? {} : { 'retry-after': String(wait) }),
    ...(why.kind === 'unauthorized' ? { 'www-authenticate': 'Bearer' } : {}),
  });
}
