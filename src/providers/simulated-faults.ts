/**
 * What goes wrong with a simulated model, and when: a share of its requests, its n-th ones, or for a time. Every way in
 * which a real endpoint fails, so that a run, a rotation and a gate can be tried before they meet it.
 */
import type { Simulation } from '../domain/candidate.js';
import type { Clock, Random, ServedRequest, ServedResponse } from '../world/world.js';
import { NetworkError } from '../world/world.js';
import { json, PIECES, problem } from './simulated-responses.js';

export type Fault = Simulation['faults'][number];

/** A stream that says nothing says that often that it is alive. */
const COMMENT_EVERY_MS = 15_000;
const EVENTS = { 'content-type': 'text/event-stream' };

/**
 * The fault of a model's `nth` request (from 1), `sinceMs` after its first; null: none. Drawn anew for each request: a
 * fault that came again with every retry would be no fault but a state, and those have times or numbers.
 */
export function drawFault(
  faults: readonly Fault[],
  nth: number,
  sinceMs: number,
  random: Random,
): Fault | null {
  if (faults.length === 0) return null;
  let draw = random.next();
  for (const fault of faults) {
    const { requests, between } = fault;
    if (requests !== null && (nth < requests.first || nth > requests.last)) continue;
    if (between !== null && (sinceMs < between.fromMs || sinceMs >= between.toMs)) continue;
    if (draw < fault.share) return fault;
    draw -= fault.share;
  }
  return null;
}

/** `answer`: what would be answered without it, of which some have a part. */
export async function faulty(
  { what }: Fault,
  answer: () => Promise<ServedResponse>,
  request: ServedRequest,
  clock: Clock,
): Promise<ServedResponse> {
  if (what.kind === 'status') return statusFault(what.status, what.retryAfterMs);
  switch (what.kind) {
    case 'reset':
      throw new NetworkError('simulated fault: connection reset', false);
    case 'hang':
      return silence(clock, request);
    case 'silent':
      return { status: 200, headers: EVENTS, body: comments(clock, request) };
    case 'empty':
      return json(200, {
        choices: [{ index: 0, message: { role: 'assistant', content: '' }, finish_reason: 'stop' }],
      });
    case 'garbage':
      return { status: 200, headers: { 'content-type': 'text/plain' }, body: 'simulated fault: no JSON' };
    case 'cut':
    case 'stream_error': {
      const whole = await answer();
      return { ...whole, body: firstHalf(whole.body, what.kind) };
    }
    default:
      return what satisfies never;
  }
}

function statusFault(status: number, retryAfterMs: number | null): ServedResponse {
  const message = status === 429 ? 'simulated fault: rate-limited upstream' : 'simulated fault';
  const headers = retryAfterMs === null ? {} : { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) };
  return problem(status, message, null, headers);
}

/** Until the client goes away. */
async function silence(clock: Clock, { signal }: ServedRequest): Promise<never> {
  while (true) await clock.sleep(COMMENT_EVERY_MS, signal);
}

async function* comments(clock: Clock, request: ServedRequest): AsyncIterable<string> {
  while (true) {
    yield ': SIMULATED PROCESSING\n\n';
    await clock.sleep(COMMENT_EVERY_MS, request.signal);
  }
}

/** And then the line is cut, or an event reports an error. */
async function* firstHalf(
  body: AsyncIterable<string> | string,
  kind: 'cut' | 'stream_error',
): AsyncIterable<string> {
  const error = JSON.stringify({ error: { message: 'simulated fault', code: 502, type: 'simulated' } });
  if (typeof body === 'string') {
    // Without a stream there are no events: all of it is the error.
    yield kind === 'cut' ? body.slice(0, body.length / 2) : error;
  } else {
    let pieces = 0;
    for await (const piece of body) {
      yield piece;
      pieces += 1;
      if (pieces === UNTIL_CUT) break;
    }
    if (kind === 'stream_error') yield `data: ${error}\n\n`;
  }
  if (kind === 'cut') throw new NetworkError('simulated fault: the connection was cut', false);
}

/** Half of an answer. */
const UNTIL_CUT = Math.ceil(PIECES / 2);
