/** Servers that do what no server should: the run ends by itself, and the answers of its neighbour are all there. */

import { readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { onlyRun, start, summaryIn, trialsIn } from './bench.js';
import { answer, type Respond, serve } from './endpoint.js';

const MB = 1024 * 1024;
const json = { 'content-type': 'application/json' };
const sse = { 'content-type': 'text/event-stream' };
const good = (usage: unknown = {}, more: object = {}) =>
  JSON.stringify({
    choices: [{ message: { content: 'It is fine.' }, finish_reason: 'stop' }],
    usage,
    ...more,
  });

const end = (
  response: ServerResponse,
  status: number,
  headers: Record<string, string | string[]>,
  body: string | Buffer,
) => {
  response.writeHead(status, headers);
  response.end(body);
};
const limitedBy =
  (headers: Record<string, string>): Respond =>
  (_, __, response) =>
    end(response, 429, { ...json, ...headers }, '{"error":{"message":"slow down"}}');
const goodWith =
  (headers: Record<string, string>, usage: unknown = {}, more: object = {}): Respond =>
  (_, __, response) =>
    end(response, 200, { ...json, ...headers }, good(usage, more));
/** Piece after piece until the other side goes away. */
const dripping =
  (headers: Record<string, string>, piece: string | Buffer, everyMs: number): Respond =>
  (_, __, response) => {
    response.writeHead(200, headers);
    const timer = setInterval(() => response.write(piece), everyMs);
    response.on('close', () => clearInterval(timer));
  };
/** Made before anybody waits for them. */
const large = {
  text: 'x'.repeat(17 * MB),
  events: `data: {"choices":[{"delta":{"content":"${'y'.repeat(1000)}"}}]}\n\n`.repeat(17_000),
  event: `data: ${'z'.repeat(17 * MB)}`,
  bomb: gzipSync(Buffer.alloc(200 * MB)),
  page: `<html>${'<b '.repeat(MB)}`,
};
const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);

const behaviours: Record<string, Respond> = {
  // Absurd headers of refusals.
  'retry-after of ages': limitedBy({ 'retry-after': '9000000000000' }),
  'retry-after of 400 digits': limitedBy({ 'retry-after': '9'.repeat(400) }),
  'retry-after below zero': limitedBy({ 'retry-after': '-5' }),
  'retry-after NaN': limitedBy({ 'retry-after': 'NaN' }),
  'retry-after in the year 9999': limitedBy({ 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' }),
  'retry-after in the past': limitedBy({ 'retry-after': 'Mon, 01 Jan 1990 00:00:00 GMT' }),
  'retry-after-ms of ages': limitedBy({ 'retry-after-ms': '1e300' }),
  'a reset in nanoseconds': limitedBy({
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': `${Date.now()}000000`,
  }),
  'a reset in microseconds': limitedBy({ 'x-ratelimit-reset': `${Date.now()}000` }),
  'a draft of ages': limitedBy({ ratelimit: `"x";r=0;t=${'9'.repeat(30)}` }),
  'a date that is none': limitedBy({ date: 'yesterday', 'retry-after': 'tomorrow' }),
  'a wait in the body of ages': (_, __, response) =>
    end(
      response,
      429,
      json,
      JSON.stringify({ error: { message: 'limit', resets_at: 1e300, retry_after: -1 } }),
    ),
  // And of good answers.
  'nothing left for ages': goodWith({ 'x-ratelimit-remaining': '1', 'x-ratelimit-reset': '9000000000000' }),
  'less than nothing left': goodWith({
    'x-ratelimit-remaining-requests': '-7',
    'x-ratelimit-reset-requests': '1ms',
    'x-ratelimit-limit-requests': '0',
  }),
  'a length that is none': goodWith({ 'x-length': 'many' }),
  'a header of 10 KB': goodWith({ 'x-long': 'x'.repeat(10_000) }),
  'usage of text': goodWith({}, 'many'),
  'usage of lists': goodWith({}, [1, 2]),
  'usage beyond all': goodWith(
    {},
    { prompt_tokens: 1e308, completion_tokens: -1e308, total_tokens: 'x', cost: -5 },
  ),
  'a cost of NaN': goodWith({}, { cost: 'NaN' }),
  'a model of 5 MB': goodWith({}, {}, { model: 'm'.repeat(5 * MB) }),
  'a model that is an object': goodWith({}, {}, { model: { toString: 1 }, provider: [1] }),
  'choices that are text': (_, __, response) => end(response, 200, json, '{"choices":"none"}'),
  'a choice of null': (_, __, response) => end(response, 200, json, '{"choices":[null]}'),
  'content that is a number': (_, __, response) =>
    end(response, 200, json, '{"choices":[{"message":{"content":7}}]}'),
  'a prototype': (_, __, response) =>
    end(
      response,
      200,
      json,
      '{"__proto__":{"choices":[1]},"constructor":1,"choices":[{"message":{"__proto__":null,"content":"fine"}}]}',
    ),
  'an error that is nested': (_, __, response) => end(response, 500, json, `{"error":${nested(5000)}}`),
  'JSON that is nested': (_, __, response) => end(response, 200, json, nested(100_000)),
  // Bodies.
  '16 MB of text': (_, __, response) => end(response, 200, json, large.text),
  '16 MB of events': (_, __, response) => end(response, 200, sse, large.events),
  'an event of 16 MB': (_, __, response) => end(response, 200, sse, large.event),
  'a bomb of gzip': (_, __, response) =>
    end(response, 200, { ...json, 'content-encoding': 'gzip' }, large.bomb),
  'gzip that is none': (_, __, response) =>
    end(response, 200, { ...json, 'content-encoding': 'gzip' }, 'plain'),
  'brotli of gzip': (_, __, response) =>
    end(response, 200, { ...json, 'content-encoding': 'br' }, gzipSync(good())),
  'an error of 20 MB': (_, __, response) => end(response, 500, json, 'e'.repeat(20 * MB)),
  'a page of 3 MB': (_, __, response) => end(response, 502, {}, large.page),
  'bytes of all kinds': (_, __, response) =>
    end(response, 200, sse, Buffer.from(Array.from({ length: 4096 }, (_, at) => at % 256))),
  'UTF-16': (_, __, response) => end(response, 200, json, Buffer.from(good(), 'utf16le')),
  // Drips.
  'comments for ever': dripping(sse, ': still here\n\n', 30),
  'roles for ever': dripping(sse, 'data: {"choices":[{"delta":{"role":"assistant"}}]}\n\n', 30),
  'a letter at a time': dripping(sse, 'data: {"choices":[{"delta":{"content":"a"}}]}\n\n', 30),
  'spaces for ever': dripping(json, ' ', 30),
  'a header and no body': (_, __, response) => void response.writeHead(200, sse).flushHeaders(),
  'nothing at all': () => {},
  'a status of 999': (_, __, response) => end(response, 999, json, good()),
  'a status of 204': (_, __, response) => end(response, 204, {}, ''),
};

/** What no HTTP server of Node's would send. */
const raw: Record<string, (socket: Socket) => void> = {
  'half a TLS': (socket) => socket.write(Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01])),
  'half a status': (socket) => socket.end('HTTP/1.1 2'),
  'a status of words': (socket) => socket.end('HTTP/1.1 fine by me\r\n\r\n'),
  'many lengths': (socket) =>
    socket.end(`HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 50000\r\n\r\n${good()}`),
  'a length below zero': (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: -5\r\n\r\nhello'),
  'more than its length': (socket) =>
    socket.end(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 3\r\n\r\n${good()}`),
  'less than its length': (socket) => socket.end(`HTTP/1.1 200 OK\r\ncontent-length: 99999\r\n\r\n${good()}`),
  'a header line of 100 KB': (socket) =>
    socket.end(`HTTP/1.1 200 OK\r\nx-long: ${'x'.repeat(100_000)}\r\n\r\n`),
  'a thousand headers': (socket) =>
    socket.end(
      `HTTP/1.1 200 OK\r\n${Array.from({ length: 1000 }, (_, at) => `x-${at}: y`).join('\r\n')}\r\n\r\n${good()}`,
    ),
  'chunks that are none': (socket) =>
    socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nhello'),
  'another protocol': (socket) => socket.end('220 mail.example ESMTP\r\n'),
  'a reset at once': (socket) => socket.resetAndDestroy(),
};

const names = [...Object.keys(behaviours), ...Object.keys(raw)];
const slug = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');

async function rawServer(act: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => act(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

/** The largest so far of a process that still runs; 0 where the system does not say. */
function residentMb(pid: number): number {
  try {
    const kb = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kb ?? 0) / 1024;
  } catch {
    return 0;
  }
}

it('more than fifty behaviours of servers cost the healthy model nothing, and the run ends by itself', async () => {
  expect(names.length).toBeGreaterThan(50);
  const endpoint = await serve((asked, index, response) => {
    if (asked.path.startsWith('/v1/')) return answer(asked, response, 'It is fine.');
    response.on('error', () => {});
    const name = Object.keys(behaviours).find((known) => asked.path.startsWith(`/${slug(known)}/`));
    if (name !== undefined) behaviours[name]?.(asked, index, response);
  });
  const origin = endpoint.baseUrl.replace('/v1', '');
  const urls = await Promise.all(
    names.map((name) => (raw[name] === undefined ? `${origin}/${slug(name)}/v1` : rawServer(raw[name]))),
  );
  const providers = names.map((name, at) => `  ${slug(name)}: { base_url: "${urls[at]}" }`);
  const cwd = folderWith({
    'suite.yaml': `name: hostile
models: [healthy, ${names.map((name) => `"${slug(name)}:m"`).join(', ')}]
cases:
${Array.from({ length: 5 }, (_, at) => `  - { id: c${at}, category: docs, prompt: Say it is fine., checks: [{ text_matches: fine }] }`).join('\n')}
`,
    'bench.yaml': `providers:\n  healthy: { base_url: "${endpoint.baseUrl}" }\n${providers.join('\n')}
# The servers of this test are one process with it: a slow machine may be late, and is asked again.
models: { healthy: { provider: healthy, model: m, retry: { max_attempts: 9 } } }
retry: { base_delay: 10ms, max_delay: 20ms, max_attempts: 2, max_wait: 1s }
timeouts: { headers: 1500ms, progress: 1500ms, total: 2s }
`,
  });
  const run = start(cwd, ['run', 'suite.yaml'], {});
  let largestMb = 0;
  const watch = setInterval(() => {
    largestMb = Math.max(largestMb, residentMb(run.pid));
  }, 50);
  const { code, stderr, stdout } = await run.ended;
  clearInterval(watch);
  expect(largestMb).toBeLessThan(400);
  expect(stderr).not.toContain('internal error');
  expect(code, stderr.slice(-2000)).toBe(3);
  const own = trialsIn(onlyRun(cwd)).filter(({ candidate }) => candidate === 'healthy');
  expect(own.map(({ verdict }) => verdict)).toEqual(Array(5).fill('passed'));
  expect(stdout).toContain('healthy');
  const summary = summaryIn(onlyRun(cwd));
  for (const { candidate, cost_usd: cost, latency_ms: latency } of summary.candidates) {
    expect([candidate, (latency.p50?.value ?? 0) >= 0]).toEqual([candidate, true]);
    expect([candidate, typeof cost === 'number' && cost < 0]).toEqual([candidate, false]);
  }
}, 120_000);
