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
import { type Ability, type KnownLacks, lackIn } from './abilities.js';
import { fieldsOf } from './json.js';
import type { Relay } from './relay.js';
import type { Asked } from './wires/wire.js';

/** One request of a client, as the engine asks it. */
export interface ClientQuestion {
  readonly asked: Asked;
  readonly needs: readonly Ability[];
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
  readonly lacks: KnownLacks;
  readonly timeouts: Timeouts;
  /** Where keys are. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly redact: (text: string) => string;
  readonly on: (event: RunEvent) => void;
}

/** A model that has too much to do is left alone for a while, as one whose limit is spent. */
const OVERLOADED: ReadonlySet<number> = new Set([503, 529]);

export function openUpstream(options: UpstreamOptions): AskParts<ClientQuestion> {
  const { clock, network, random, lanes, lacks, timeouts, env, redact, on } = options;
  return {
    clock,
    random,
    lanes,
    on,
    promptCharsOf: ({ promptChars }) => promptChars,
    deadlineFor: 'first_token',
    isPatient: false,
    async send(model, { asked, needs, relay, tried }, signal, accepted, began) {
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
      if ('completion' in sent) return sent;
      if (relay.isCommitted()) return { ...sent, isFinal: true };
      const lack = lackIn(sent.outcome.message, needs);
      if (lack !== null && sent.status !== null && sent.status >= 400) {
        lacks.learn(model, lack);
        // It says nothing against the model, and another one may take the request.
        return { ...sent, outcome: { kind: 'bad_request', message: sent.outcome.message } };
      }
      if (sent.outcome.kind === 'upstream' && sent.status !== null && OVERLOADED.has(sent.status)) {
        const { message, retryAfterMs } = sent.outcome;
        return {
          ...sent,
          outcome: { kind: 'rate_limited', scope: 'model', isPool: true, retryAfterMs, message },
        };
      }
      const isWrong = sent.outcome.kind === 'bad_request' && !sent.outcome.isOfServer;
      return isWrong ? { ...sent, isFinal: true } : sent;
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
