/** One request of a client: read, routed, asked, and answered on its wire. */
import type { StreamRedactor } from '../domain/redact.js';
import type { Reply } from '../domain/trial.js';
import { estimateTokens } from '../domain/units.js';
import type { JsonObject } from '../domain/value.js';
import { type AskParts, ask } from '../engine/ask.js';
import type { ServedRequest, ServedResponse } from '../world/world.js';
import { type Ability, type KnownLacks, needsOf } from './abilities.js';
import { attributionOf, headersOf, overheadMs } from './attribution.js';
import { type Failure, failure } from './failure.js';
import { fieldsOf } from './json.js';
import type { Ended, Metrics } from './metrics.js';
import type { Recording } from './recording.js';
import { openRelay, type Relay } from './relay.js';
import { document, failed, streamed } from './responding.js';
import { type Route, type Routes, VIRTUAL } from './routes.js';
import { failureOf, namesOf } from './unanswered.js';
import type { ClientQuestion, Tried } from './upstream.js';
import type { Answering, Asked, Attribution, Wire } from './wires/wire.js';

export interface ExchangeParts {
  readonly upstream: AskParts<ClientQuestion>;
  readonly routes: Routes;
  /** Takes keys out of all that is sent. */
  readonly redact: (text: string) => string;
  readonly redactStream: () => StreamRedactor;
  readonly metrics: Metrics;
  readonly lacks: KnownLacks;
  /** Null: what passes is not kept. */
  readonly recording: Recording | null;
}

export const MOST_BODY_BYTES = 32 * 1024 * 1024;

export async function exchange(
  parts: ExchangeParts,
  wire: Wire,
  request: ServedRequest,
  id: string,
): Promise<ServedResponse> {
  const receivedMs = parts.upstream.clock.nowMs();
  const read = readAsked(wire, request, parts.routes);
  if ('kind' in read) return failed(wire, read, id, { request_id: id });
  const { asked, route } = read;
  const needs = needsOf(asked.body);
  const candidate = parts.lacks.able(route.candidate, needs);
  if (candidate === null) {
    const why = failure('invalid_request', `no model of ${route.name} takes ${needs.join(' and ')}`);
    return failed(wire, why, id, { request_id: id });
  }
  return answered(parts, wire, request, { asked, needs, route: { ...route, candidate }, id, receivedMs });
}

interface Exchange extends Read {
  readonly needs: readonly Ability[];
  readonly id: string;
  readonly receivedMs: number;
}

interface Read {
  readonly asked: Asked;
  readonly route: Route;
}

/** The category of a request for `bench`: `moderate`. */
const CATEGORY = 'x-bench-category';

function readAsked(
  wire: Wire,
  { body: text, headers, isTooLarge }: ServedRequest,
  routes: Routes,
): Read | Failure {
  if (isTooLarge)
    return failure('too_large', `the request is larger than ${MOST_BODY_BYTES / 1024 / 1024} MB`);
  const body = readJson(text);
  if (body === null) return failure('invalid_request', 'the body is not a JSON object');
  const asked = wire.read(body);
  if ('message' in asked) return failure('invalid_request', asked.message);
  const category = headers[CATEGORY];
  const name = asked.model === VIRTUAL && category ? `${VIRTUAL}/${category}` : asked.model;
  const route = routes.find(name);
  if (route !== null) return { asked, route };
  return failure('not_found', `no model is named "${name}": ${routes.near(name)}`, {
    code: 'model_not_found',
  });
}

function readJson(text: string): JsonObject | null {
  try {
    return fieldsOf(JSON.parse(text)) as JsonObject | null;
  } catch {
    return null;
  }
}

async function answered(
  { upstream, redact, redactStream, metrics, recording }: ExchangeParts,
  wire: Wire,
  { body, signal }: ServedRequest,
  { asked, needs, route, id, receivedMs }: Exchange,
): Promise<ServedResponse> {
  const { clock } = upstream;
  const tried: Tried[] = [];
  const promptChars = body.length;
  const answering = (model: string): Answering => ({
    id,
    createdS: Math.floor(clock.wallMs() / 1000),
    model,
    promptTokens: estimateTokens(promptChars),
  });
  const relay = openRelay({
    stream: asked.stream,
    open: ({ name }) => wire.open(answering(name), asked),
    callId: (at) => `call_${id}_${at}`,
    redact,
    redactStream,
    nowMs: () => clock.nowMs(),
    signal,
  });
  const attributed = (model: string | null, costUsd: number | null): Attribution =>
    attributionOf({ id, route, model, tried, costUsd, receivedMs, nowMs: clock.nowMs() });
  metrics.began();
  const replied = ask(
    upstream,
    id,
    { asked, needs, promptChars, relay, tried },
    route.candidate,
    signal,
  ).then(
    (reply) => {
      // The client reads a stream already: what remains to be said is said in it.
      if (relay.isCommitted()) endStream(reply, relay, route, tried, attributed);
      recording?.note({ id, route, asked, reply });
      metrics.ended(endedOf(reply, { wire, route, relay, tried, receivedMs, nowMs: clock.nowMs() }));
      return reply;
    },
    (error: unknown) => {
      relay.fail(failure('internal', 'internal error of the gateway'));
      metrics.lost();
      throw error;
    },
  );
  const first = await Promise.race([relay.committed, replied]);
  if (!('kind' in first)) {
    // A bug of ours has been said in the stream; whoever runs the gateway hears of it, too.
    replied.catch((error: unknown) => upstream.on({ kind: 'warned', message: String(error) }));
    return streamed(relay.pieces(), attributed(first.name, null));
  }
  if (first.kind !== 'completion') {
    const why = failureOf(first, route, tried, clock.nowMs(), upstream);
    return failed(wire, { ...why, message: redact(why.message) }, id, attributed(null, null));
  }
  const { answeredBy, completion } = first;
  const attribution = attributed(answeredBy.name, completion.costUsd);
  if (asked.stream) {
    // Nothing came that a client could have been sent before: an answer that is empty.
    relay.end(attribution);
    return streamed(relay.pieces(), attribution);
  }
  const whole = wire.whole(relay.answer(), answering(answeredBy.name), asked, attribution);
  return document(200, redact(JSON.stringify(whole)), headersOf(attribution));
}

function endedOf(
  reply: Reply,
  of: {
    readonly wire: Wire;
    readonly route: Route;
    readonly relay: Relay;
    readonly tried: readonly Tried[];
    readonly receivedMs: number;
    readonly nowMs: number;
  },
): Ended {
  const { wire, route, relay, tried, receivedMs, nowMs } = of;
  const isAnswered = reply.kind === 'completion';
  const hasLeft = reply.kind === 'held' && reply.reason === 'interrupted';
  const firstMs = relay.committedMs() ?? (isAnswered ? nowMs : null);
  return {
    wire: wire.name,
    asked: route.name,
    answered: isAnswered ? reply.answeredBy.name : null,
    outcome: isAnswered
      ? reply.outcome.kind
      : hasLeft
        ? 'left'
        : relay.isCommitted()
          ? 'broken'
          : reply.reason,
    totalMs: nowMs - receivedMs,
    firstMs: firstMs === null ? null : firstMs - receivedMs,
    overheadMs: overheadMs(tried, receivedMs, nowMs),
    costUsd: isAnswered ? reply.completion.costUsd : null,
  };
}

function endStream(
  reply: Reply,
  relay: Relay,
  route: Route,
  tried: readonly Tried[],
  attributed: (model: string, costUsd: number | null) => Attribution,
): void {
  if (reply.kind === 'completion') {
    relay.end(attributed(reply.answeredBy.name, reply.completion.costUsd));
    return;
  }
  const name = tried.at(-1)?.model ?? route.name;
  relay.fail(failure('upstream', `${name} broke off: ${reply.message}`, { tried: namesOf(tried) }));
}
