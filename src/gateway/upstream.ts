/** How a request of a client is sent to one of the models. */
import type { Model, Timeouts } from '../domain/candidate.js';
import type { RunEvent } from '../domain/event.js';
import type { Sent } from '../domain/trial.js';
import type { JsonObject } from '../domain/value.js';
import type { AskParts } from '../engine/ask.js';
import type { Lanes } from '../engine/lane.js';
import { sendBody, takesStreamOptions } from '../providers/openai-compatible.js';
import type { Endpoint } from '../providers/provider.js';
import { isLocal } from '../providers/refusals.js';
import type { Clock, Network, Random } from '../world/world.js';
import { fieldsOf } from './json.js';
import type { Relay } from './relay.js';
import type { Asked } from './wires/wire.js';

/** One request of a client, as the engine asks it. */
export interface ClientQuestion {
  readonly asked: Asked;
  /** Of all messages. */
  readonly promptChars: number;
  readonly relay: Relay;
  /** Requests that were made for it so far. */
  readonly tried: Tried[];
}

export interface Tried {
  readonly model: string;
  /** A status, or what happened instead of one; null: it is on its way. */
  result: string | null;
  /** On the monotonic clock. */
  readonly sentMs: number;
  /** On the wire; null: it is on its way. */
  wireMs: number | null;
}

export interface UpstreamOptions {
  readonly clock: Clock;
  readonly network: Network;
  readonly random: Random;
  readonly lanes: Lanes;
  readonly timeouts: Timeouts;
  /** Where keys are. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly redact: (text: string) => string;
  readonly on: (event: RunEvent) => void;
}

export function openUpstream(options: UpstreamOptions): AskParts<ClientQuestion> {
  const { clock, network, random, lanes, timeouts, env, redact, on } = options;
  return {
    clock,
    random,
    lanes,
    on,
    promptCharsOf: ({ promptChars }) => promptChars,
    deadlineFor: 'first_token',
    async send(model, { asked, relay, tried }, signal, accepted, began) {
      const attempt: Tried = { model: model.name, result: null, sentMs: clock.nowMs(), wireMs: null };
      tried.push(attempt);
      relay.begin(model);
      const endpoint = endpointOf(model, env);
      const patience = isLocal(endpoint.baseUrl)
        ? { ...timeouts, headersMs: timeouts.localHeadersMs }
        : timeouts;
      const sent = await sendBody(
        { clock, network, redact },
        endpoint,
        model,
        { body: bodyFor(model, asked), label: {} },
        patience,
        signal,
        { accepted, began, came: relay.came, room: relay.room },
      );
      attempt.wireMs = sent.totalMs;
      attempt.result = resultOf(sent);
      return isLast(sent, relay) ? { ...sent, isFinal: true } : sent;
    },
  };
}

function endpointOf({ account }: Model, env: UpstreamOptions['env']): Endpoint {
  const { apiKeyEnv, baseUrl } = account;
  return { baseUrl, key: apiKeyEnv === null ? null : (env[apiKeyEnv]?.trim() ?? null), own: false };
}

/** What the client says wins over a model's defaults; what the configuration demands of every request, over both. */
function bodyFor(model: Model, { body, stream }: Asked): JsonObject & { readonly stream: boolean } {
  const wanted = fieldsOf(body['stream_options']);
  const options =
    stream && takesStreamOptions(model) ? { stream_options: { ...wanted, include_usage: true } } : {};
  const { stream_options: _, ...rest } = body;
  return { ...model.params, ...rest, ...options, ...model.body, model: model.id, stream };
}

function resultOf(sent: Sent): string {
  if ('completion' in sent) return String(sent.status);
  // A good status whose answer was none says nothing.
  const isGood = sent.status !== null && sent.status >= 200 && sent.status <= 299;
  return sent.status === null || isGood ? sent.outcome.kind : String(sent.status);
}

/** No other model can make up for it. */
function isLast(sent: Sent, relay: Relay): sent is Exclude<Sent, { completion: unknown }> {
  if ('completion' in sent) return false;
  return relay.isCommitted() || (sent.outcome.kind === 'bad_request' && !sent.outcome.isOfServer);
}
