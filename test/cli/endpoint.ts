/** An OpenAI-compatible server on loopback that answers as a test scripts it. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Asked {
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly model: string;
  readonly stream: boolean;
  readonly body: Readonly<Record<string, unknown>>;
  readonly atMs: number;
}

export interface Endpoint {
  /** `http://127.0.0.1:1234/v1` */
  readonly baseUrl: string;
  readonly asked: readonly Asked[];
  /** Resolves with the first request. */
  readonly first: Promise<Asked>;
}

export type Respond = (asked: Asked, index: number, response: ServerResponse) => void;

/** `models`: what `GET /models` lists; it is not counted among the asked. `listPath`: the only path where it is; null: any. */
export async function serve(
  respond: Respond,
  models: readonly string[] = [],
  listPath: string | null = null,
): Promise<Endpoint> {
  const asked: Asked[] = [];
  let tellFirst: (asked: Asked) => void = () => {};
  const first = new Promise<Asked>((resolve) => {
    tellFirst = resolve;
  });
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (request.method === 'GET') {
      if (listPath !== null && request.url !== listPath) return fail(response, 404, 'Not Found');
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ object: 'list', data: models.map((id) => ({ id, object: 'model' })) }));
      return;
    }
    const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Asked['body'];
    const one: Asked = {
      path: request.url ?? '',
      headers: request.headers,
      model: String(body['model']),
      stream: body['stream'] === true,
      body,
      atMs: performance.now(),
    };
    asked.push(one);
    tellFirst(one);
    respond(one, asked.length - 1, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const { port } = server.address() as AddressInfo;
  return { baseUrl: `http://127.0.0.1:${port}/v1`, asked, first };
}

const usage = { prompt_tokens: 12, completion_tokens: 34, total_tokens: 46 };

/** As it was asked: streamed or in one piece. */
export function answer(asked: Asked, response: ServerResponse, text: string): void {
  if (!asked.stream) {
    response.setHeader('content-type', 'application/json');
    const choices = [{ index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' }];
    response.end(JSON.stringify({ id: '1', model: `${asked.model}-served`, choices, usage }));
    return;
  }
  response.setHeader('content-type', 'text/event-stream');
  const event = (delta: object, finish: string | null, more: object = {}) =>
    response.write(
      `data: ${JSON.stringify({ model: `${asked.model}-served`, choices: [{ index: 0, delta, finish_reason: finish }], ...more })}\n\n`,
    );
  event({ role: 'assistant' }, null);
  for (let from = 0; from < text.length; from += 20) event({ content: text.slice(from, from + 20) }, null);
  event({}, 'stop', { usage });
  response.end('data: [DONE]\n\n');
}

export function fail(
  response: ServerResponse,
  status: number,
  message: string,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ error: { message } }));
}

/** A server for all tests of a file, which should never hear anything. */
export async function countingServer() {
  let requests = 0;
  const server = createServer((_, response) => {
    requests += 1;
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    requests: () => requests,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
