/** A gateway over real HTTP, with servers behind it that a test writes line by line. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { memoryLedger } from '../../src/engine/ledger.js';
import type { Access } from '../../src/gateway/access.js';
import { type Gateway, openGateway } from '../../src/gateway/gateway.js';
import { openServing } from '../../src/gateway/serving.js';
import { realClock } from '../../src/world/clock.js';
import { realListener } from '../../src/world/listener.js';
import { realNetwork } from '../../src/world/network.js';
import { seededRandom } from '../../src/world/random.js';
import { configOf, folderWith } from '../suite/folder.js';

export interface Seen {
  readonly headers: IncomingMessage['headers'];
  readonly body: { readonly model: string; readonly stream?: boolean } & Readonly<Record<string, unknown>>;
  /** Resolves when the gateway lets go of it before its end. */
  readonly left: Promise<void>;
}

/** What the server of a model does with a request. */
export type Script = (response: ServerResponse, seen: Seen) => void;

export type Finishing = (end: () => void | Promise<void>) => void;

export interface Upstreams {
  /** By model: each has a server of its own, so that none is in the way of another. */
  readonly baseUrls: Readonly<Record<string, string>>;
  readonly seen: readonly Seen[];
}

export async function upstreams(
  scripts: Readonly<Record<string, Script>>,
  finished: Finishing = onTestFinished,
): Promise<Upstreams> {
  const seen: Seen[] = [];
  const opened = Object.entries(scripts).map(
    async ([model, script]) => [model, await serverOf(script, seen, finished)] as const,
  );
  return { baseUrls: Object.fromEntries(await Promise.all(opened)), seen };
}

async function serverOf(script: Script, seen: Seen[], finished: Finishing): Promise<string> {
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (piece) => {
      text += piece;
    });
    request.on('end', () => {
      const left = new Promise<void>((resolve) => {
        response.on('close', () => {
          if (!response.writableFinished) resolve();
        });
      });
      const one: Seen = { headers: request.headers, body: JSON.parse(text), left };
      seen.push(one);
      script(response, one);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  finished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

export interface Served {
  readonly url: string;
  readonly gateway: Gateway;
  /** Serves another bench.yaml from now on. */
  use(config: string): Promise<void>;
}

export interface ServedAs {
  readonly env?: Readonly<Record<string, string>>;
  readonly access?: Access;
  readonly deadlineMs?: number;
}

/** `config`: a bench.yaml. */
export async function served(
  config: string,
  { env = {}, access = { key: null, isLocal: true }, deadlineMs = 20_000 }: ServedAs = {},
  finished: Finishing = onTestFinished,
): Promise<Served> {
  const load = async (text: string) => {
    const loaded = await configOf(folderWith({ 'bench.yaml': text }, finished));
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
    return loaded.value;
  };
  const network = realNetwork({});
  const random = seededRandom('gateway');
  const serving = openServing({
    clock: realClock,
    network,
    random,
    ledger: memoryLedger(realClock),
    on: () => {},
    recording: null,
  });
  const use = async (text: string) => {
    const used = serving.use({ config: await load(text), env, key: access.key, deadlineMs });
    if (!used.ok) throw new Error(JSON.stringify(used.diagnostics));
    return used.value;
  };
  let now = await use(config);
  const gateway = openGateway({ serving: () => now, random, access });
  const listening = await realListener.listen(gateway.handler, {
    host: '127.0.0.1',
    port: 0,
    maxBodyBytes: 1024 * 1024,
  });
  finished(async () => {
    await listening.close(0);
    await network.close();
  });
  return {
    url: `http://127.0.0.1:${listening.port}`,
    gateway,
    async use(text) {
      now = await use(text);
    },
  };
}

/** A chain of these models, and each of them alone. `patience`: until a silent request is given up. */
export function configFor({ baseUrls }: Upstreams, patience = '10s'): string {
  const models = Object.keys(baseUrls);
  const each = (written: (name: string) => string) => models.map(written).join(', ');
  return `providers: { ${each((name) => `p-${name}: { base_url: "${baseUrls[name]}", api_key_env: KEY_${name.toUpperCase()} }`)} }
models: { ${each((name) => `${name}: { provider: p-${name}, model: ${name} }`)} }
rotations: { default: [${models.join(', ')}] }
retry: { base_delay: 1ms, max_delay: 2ms, max_attempts: 2 }
timeouts: { headers: ${patience}, progress: ${patience} }
`;
}

export const events = (response: ServerResponse, type = 'text/event-stream'): ServerResponse =>
  response.writeHead(200, { 'content-type': type });

export const sse = (data: unknown): string => `data: ${JSON.stringify(data)}\n\n`;

export function chunk(delta: object, finish: string | null = null, more: object = {}): string {
  return sse({
    id: 'up-1',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'internal-name',
    choices: [{ index: 0, delta, finish_reason: finish }],
    ...more,
  });
}

export const usage = sse({
  id: 'up-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'internal-name',
  choices: [],
  usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
});

export const DONE = 'data: [DONE]\n\n';

export const completion = (message: object, finish = 'stop') => ({
  id: 'up-1',
  object: 'chat.completion',
  created: 1,
  model: 'internal-name',
  choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: finish }],
  usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
});

export const json = (response: ServerResponse, status: number, body: unknown, headers = {}): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
};

/** Answers this text, streamed in two pieces or whole, as asked. */
export function says(text: string): Script {
  return (response, { body }) => {
    if (body.stream !== true) return json(response, 200, completion({ content: text }));
    const half = Math.ceil(text.length / 2);
    events(response).end(
      chunk({ role: 'assistant', content: '' }) +
        chunk({ content: text.slice(0, half) }) +
        chunk({ content: text.slice(half) }) +
        chunk({}, 'stop') +
        usage +
        DONE,
    );
  };
}
