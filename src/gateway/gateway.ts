/** The gateway: who may ask, what is served where, and how it ends. */
import { isSimulated, modelsOf } from '../domain/candidate.js';
import { estimateTokens } from '../domain/units.js';
import type { Handler, Random, ServedResponse } from '../world/world.js';
import { type Access, refusedBy } from './access.js';
import { type ExchangeParts, exchange } from './exchange.js';
import { failure } from './failure.js';
import type { ModelState } from './metrics.js';
import { document, failed } from './responding.js';
import { modelsIn, type Route, type Routes } from './routes.js';
import { chat } from './wires/chat.js';
import { countedTokens, messages } from './wires/messages.js';
import { responses } from './wires/responses.js';
import type { Wire } from './wires/wire.js';

export interface Gateway {
  readonly handler: Handler;
  /** From now on new requests are refused; what is open goes on. */
  drain(): void;
}

export interface GatewayOptions {
  /** As it is now: a configuration may be read again, and what is open goes on with what it began with. */
  readonly serving: () => ExchangeParts;
  readonly random: Random;
  readonly access: Access;
}

const wires: readonly Wire[] = [chat, responses, messages];
const MODELS_PATH = '/v1/models/';
const COUNT_PATH = `${messages.path}/count_tokens`;
/** Until a client of a gateway that ends may try its successor. */
const SUCCESSOR_MS = 1000;

export function openGateway(options: GatewayOptions): Gateway {
  const { serving, access } = options;
  const ids = options.random.fork('requests');
  let isDraining = false;
  let requests = 0;

  const nextId = () => {
    requests += 1;
    const luck = Math.floor(ids.next() * 36 ** 8);
    return `${requests.toString(36)}${luck.toString(36).padStart(8, '0')}`;
  };

  function shown(pathname: string): ServedResponse | null {
    switch (pathname) {
      case '/health':
        return document(200, JSON.stringify({ status: 'ok' }));
      case '/ready':
        return ready(serving(), isDraining);
      case '/v1/models':
        return document(200, JSON.stringify(modelList(serving().routes)));
      case '/metrics':
        return metricsPage(serving());
      default:
        return shownModel(pathname);
    }
  }

  function shownModel(pathname: string): ServedResponse | null {
    if (!pathname.startsWith(MODELS_PATH)) return null;
    const route = serving().routes.find(decoded(pathname.slice(MODELS_PATH.length)));
    return route === null ? null : document(200, JSON.stringify(modelObject(route)));
  }

  return {
    drain() {
      isDraining = true;
    },
    async handler(request) {
      const id = nextId();
      const { method, headers, path, body } = request;
      const [pathname = '/'] = path.split(/[?#]/);
      const wire = wires.find((one) => one.path === pathname);
      // An error is said in the shape of whoever asks: Anthropic's clients send their version.
      const spoken = wire ?? ('anthropic-version' in headers ? messages : chat);
      const refuse = (why: ReturnType<typeof failure>) => failed(spoken, why, id, { request_id: id });
      const refused = refusedBy(access, request, pathname);
      if (refused !== null) return refuse(refused);
      if (method === 'GET') {
        const found = shown(pathname);
        if (found !== null) return found;
      }
      if (method === 'POST' && pathname === COUNT_PATH)
        return document(200, JSON.stringify(countedTokens(estimateTokens(body.length))));
      if (method !== 'POST' || wire === undefined) {
        const known = ['/v1/models', ...wires.map((one) => one.path)].join(', ');
        return refuse(failure('not_found', `${method} ${pathname} is not served; known are ${known}`));
      }
      if (isDraining) {
        const retry = { retryAfterMs: SUCCESSOR_MS };
        return refuse(failure('overloaded', 'the gateway is shutting down', retry));
      }
      return exchange(serving(), wire, request, id);
    },
  };
}

/** A text that is encoded wrongly is nobody's name. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function modelList({ all }: Routes): object {
  return { object: 'list', data: all.map(modelObject) };
}

function modelObject({ name, candidate }: Route): object {
  return {
    id: name,
    object: 'model',
    created: 0,
    owned_by: 'bench',
    models: modelsOf(candidate).map((model) => model.name),
    ...(isSimulated(candidate) ? { simulated: true } : {}),
  };
}

/** Whether a request that comes now has a model to go to. */
function ready({ routes, upstream: { lanes } }: ExchangeParts, isDraining: boolean): ServedResponse {
  const models = modelsIn(routes);
  const down = models.flatMap((model) => {
    const why = lanes.of(model).downWhy();
    return why === null ? [] : [{ model: model.name, why }];
  });
  const isReady = !isDraining && down.length < models.length;
  const status = isReady ? 'ready' : isDraining ? 'draining' : 'no model is up';
  return document(isReady ? 200 : 503, JSON.stringify({ status, down }));
}

function metricsPage({ routes, metrics, upstream: { clock, lanes } }: ExchangeParts): ServedResponse {
  const [nowMs, wallMs] = [clock.nowMs(), clock.wallMs()];
  const models = modelsIn(routes).map((model): ModelState => {
    const lane = lanes.of(model);
    const waitMs = lane.closedUntilMs() - nowMs;
    const pausedUntilS = waitMs > 0 ? Math.round((wallMs + waitMs) / 1000) : null;
    return { model: model.name, pausedUntilS, isDown: lane.downWhy() !== null, leftToday: lane.leftToday() };
  });
  const headers = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' };
  return { status: 200, headers, body: metrics.text(models) };
}
