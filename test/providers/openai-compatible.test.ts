// The provider against a real HTTP server on loopback.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { Model, RequestTimeouts } from '../../src/domain/candidate.js';
import { defaultRetry } from '../../src/domain/candidate.js';
import type { Question } from '../../src/domain/trial.js';
import { sendChat } from '../../src/providers/openai-compatible.js';
import { realClock } from '../../src/world/clock.js';
import { realNetwork } from '../../src/world/network.js';

type Serve = (request: IncomingMessage, response: ServerResponse, body: Record<string, unknown>) => void;

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

async function serve(handler: Serve): Promise<string> {
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    handler(request, response, JSON.parse(text));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

const model: Model = {
  name: 'm',
  account: { provider: 'here', baseUrl: '', apiKeyEnv: null, headers: { 'x-title': 'bench' }, limits: {} },
  id: 'maker/m:free',
  limits: {},
  price: { inputUsd: 1, outputUsd: 2 },
  params: { temperature: 0 },
  body: { provider: { allow_fallbacks: false } },
  retry: defaultRetry,
  stream: true,
  simulation: null,
};
const question: Question = {
  system: 'Be brief.',
  prompt: 'Write code.',
  params: { temperature: 0.7, max_tokens: 100 },
  label: { suite: 's', case: 'c', sample: 0 },
};
const patient: RequestTimeouts = { headersMs: 5000, progressMs: 5000, totalMs: 20_000 };

async function send(
  handler: Serve,
  more: {
    model?: Partial<Model>;
    timeouts?: Partial<RequestTimeouts>;
    key?: string;
    signal?: AbortSignal;
  } = {},
) {
  const baseUrl = await serve(handler);
  const network = realNetwork({});
  closers.push(() => network.close());
  return sendChat(
    { clock: realClock, network },
    { baseUrl, key: more.key ?? null, own: false },
    { ...model, ...more.model },
    question,
    { ...patient, ...more.timeouts },
    more.signal ?? new AbortController().signal,
  );
}

const sse = (response: ServerResponse) => response.writeHead(200, { 'content-type': 'text/event-stream' });
const event = (value: unknown) => `data: ${JSON.stringify(value)}\n\n`;
const delta = (content: string, finish: string | null = null) =>
  event({ model: 'served', provider: 'Somewhere', choices: [{ delta: { content }, finish_reason: finish }] });

test('sends system, prompt, merged params, extra body, headers and key', async () => {
  let seen: { headers: IncomingMessage['headers']; body: Record<string, unknown> } | null = null;
  await send(
    (request, response, body) => {
      seen = { headers: request.headers, body };
      sse(response).end(`${delta('x', 'stop')}data: [DONE]\n\n`);
    },
    { key: 'sk-very-secret' },
  );
  expect(seen).toMatchObject({
    headers: { authorization: 'Bearer sk-very-secret', 'x-title': 'bench' },
    body: {
      model: 'maker/m:free',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Write code.' },
      ],
      temperature: 0,
      max_tokens: 100,
      stream: true,
      stream_options: { include_usage: true },
      provider: { allow_fallbacks: false },
    },
  });
  expect(Object.keys((seen as unknown as { headers: object }).headers)).not.toContain('x-bench-label');
});

test('an endpoint without a key is sent none', async () => {
  let authorization: string | undefined = 'unset';
  await send((request, response) => {
    authorization = request.headers.authorization;
    sse(response).end(delta('x', 'stop'));
  });
  expect(authorization).toBeUndefined();
});

test('reads a stream: text, reasoning apart, usage, price, who served, first token before the end', async () => {
  const sent = await send((_, response) => {
    sse(response).write(
      `: OPENROUTER PROCESSING\n\n${event({ choices: [{ delta: { role: 'assistant' } }] })}`,
    );
    response.write(event({ choices: [{ delta: { reasoning: 'hm' } }] }));
    const pieces = [delta('def '), delta('f(): ü'), delta('', 'stop')];
    const usage = event({ choices: [], usage: { prompt_tokens: 10, completion_tokens: 5 } });
    // Cut in the middle of a character and of an event.
    const bytes = Buffer.from(`${pieces.join('')}${usage}data: [DONE]\n\n`);
    const middle = bytes.indexOf(0xc3) + 1;
    response.write(bytes.subarray(0, middle));
    setTimeout(() => response.end(bytes.subarray(middle)), 50);
  });
  expect(sent).toMatchObject({
    outcome: { kind: 'answered' },
    status: 200,
    completion: {
      text: 'def f(): ü',
      reasoning: 'hm',
      finishReason: 'stop',
      servedModel: 'served',
      servedBy: 'Somewhere',
      usage: { promptTokens: 10, completionTokens: 5 },
      costUsd: (10 * 1 + 5 * 2) / 1e6,
    },
  });
  expect('firstTokenMs' in sent && sent.firstTokenMs).toBeLessThanOrEqual(sent.totalMs);
});

test('reads a plain answer; a first token is then not known', async () => {
  const sent = await send(
    (_, response, body) => {
      expect(body['stream']).toBe(false);
      expect(body['stream_options']).toBeUndefined();
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify({
          choices: [{ message: { content: [{ type: 'text', text: 'hi' }] }, finish_reason: 'length' }],
          usage: { prompt_tokens: 1, completion_tokens: 1, cost: 0.5 },
        }),
      );
    },
    { model: { stream: false } },
  );
  expect(sent).toMatchObject({
    outcome: { kind: 'truncated' },
    completion: { text: 'hi', costUsd: 0.5 },
    firstTokenMs: null,
  });
});

test('an unknown price stays unknown', async () => {
  const sent = await send(
    (_, response) => {
      sse(response).end(
        `${delta('x', 'stop')}${event({ choices: [], usage: { prompt_tokens: 1, completion_tokens: 1 } })}`,
      );
    },
    { model: { price: null } },
  );
  expect(sent).toMatchObject({ completion: { costUsd: null } });
});

const failures: readonly [string, Serve, object][] = [
  [
    '429 with Retry-After',
    (_, response) => response.writeHead(429, { 'retry-after': '7' }).end('{"error":{"message":"slow down"}}'),
    { kind: 'rate_limited', scope: 'unknown', retryAfterMs: 7000, message: 'slow down' },
  ],
  [
    '429 of the account, by its words',
    (_, response) =>
      response.writeHead(429).end('{"error":{"message":"Rate limit exceeded: free-models-per-min"}}'),
    { kind: 'rate_limited', scope: 'account', retryAfterMs: null },
  ],
  [
    '429 for today',
    (_, response) =>
      response.writeHead(429).end('{"error":{"message":"Rate limit exceeded: free-models-per-day"}}'),
    { kind: 'quota' },
  ],
  ['401', (_, response) => response.writeHead(401).end('{"error":{"message":"bad key"}}'), { kind: 'auth' }],
  ['402', (_, response) => response.writeHead(402).end('{}'), { kind: 'credits' }],
  [
    '404 of a model',
    (_, response) => response.writeHead(404).end(`{"error":"model 'x' not found"}`),
    { kind: 'unknown_model', message: `model 'x' not found` },
  ],
  [
    '502 with a page',
    (_, response) => response.writeHead(502).end('<html><style>x{}</style><h1>Bad Gateway</h1></html>'),
    { kind: 'upstream', message: 'Bad Gateway' },
  ],
  [
    'an error inside a 200',
    (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end('{"error":{"message":"overloaded","code":"502"}}');
    },
    { kind: 'upstream', message: 'overloaded' },
  ],
  [
    'an error inside a stream',
    (_, response) => sse(response).end(`${delta('par')}${event({ error: { message: 'gone', code: 429 } })}`),
    { kind: 'rate_limited' },
  ],
  ['a stream that ends early', (_, response) => sse(response).end(delta('par')), { kind: 'broken_stream' }],
  [
    'a connection that breaks',
    (_, response) => {
      sse(response).write(delta('par'));
      setImmediate(() => response.destroy());
    },
    { kind: 'broken_stream' },
  ],
  [
    'no JSON',
    (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>'),
    { kind: 'malformed' },
  ],
  [
    'no choices',
    (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{"choices":[]}'),
    { kind: 'empty' },
  ],
];

test.each(failures)('classifies %s', async (_, handler, expected) => {
  const sent = await send(handler);
  expect(sent.outcome).toMatchObject(expected);
});

test('a content filter is an answer of the model: refused', async () => {
  const sent = await send((_, response) => sse(response).end(delta('', 'content_filter')));
  expect(sent).toMatchObject({ outcome: { kind: 'refused' }, completion: { text: '' } });
});

test('comments and roles are no progress: the timer rings', async () => {
  const sent = await send(
    (_, response) => {
      sse(response).write(': still there\n\n');
      const chatter = setInterval(() => response.write(': still there\n\n'), 20);
      response.on('close', () => clearInterval(chatter));
    },
    { timeouts: { progressMs: 150 } },
  );
  expect(sent.outcome).toMatchObject({ kind: 'timeout', timer: 'progress' });
});

test('a server that says nothing and one that never ends are given up', async () => {
  const silent = await send(() => {}, { timeouts: { headersMs: 100 } });
  expect(silent.outcome).toMatchObject({ kind: 'timeout', timer: 'headers' });
  const endless = await send(
    (_, response) => {
      const words = setInterval(() => response.write(delta('x')), 10);
      sse(response).on('close', () => clearInterval(words));
    },
    { timeouts: { totalMs: 200 } },
  );
  expect(endless.outcome).toMatchObject({ kind: 'timeout', timer: 'total' });
});

test('a server that keeps the connection open after its last word holds up nobody', async () => {
  const sent = await send(
    (_, response) => void sse(response).write(`${delta('x', 'stop')}data: [DONE]\n\n`),
    {
      timeouts: { progressMs: 2000 },
    },
  );
  expect(sent.outcome).toEqual({ kind: 'answered' });
  expect(sent.totalMs).toBeLessThan(1500);
});

test('the user can stop it', async () => {
  const controller = new AbortController();
  const sent = await send(() => controller.abort(new Error('enough')), { signal: controller.signal });
  expect(sent.outcome).toMatchObject({ kind: 'cancelled' });
});

test('a port that nobody listens on is refused, and said to be', async () => {
  const network = realNetwork({});
  closers.push(() => network.close());
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const sent = await sendChat(
    { clock: realClock, network },
    { baseUrl: `http://127.0.0.1:${port}`, key: null, own: false },
    model,
    question,
    patient,
    new AbortController().signal,
  );
  expect(sent).toMatchObject({ outcome: { kind: 'network', refused: true }, status: null });
});

test('more than the cap is refused while it comes, not after', async () => {
  const sent = await send((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const block = Buffer.alloc(1024 * 1024, 120);
    const more = () => {
      while (!response.destroyed && response.write(block)) {}
      if (!response.destroyed) response.once('drain', more);
    };
    more();
  });
  expect(sent.outcome).toMatchObject({ kind: 'too_large' });
});
