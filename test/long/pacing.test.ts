/**
 * The engine against a limited server in real time, over real HTTP: 20 a second, burst 10, 16 in flight, 50 ms answers.
 * The figures are ratios to the bound of a token bucket, max((N - B)/R, 0) + L.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { defaultRetry, type Model } from '../../src/domain/candidate.js';
import { promptCharsOf } from '../../src/domain/trial.js';
import { ask, type Send } from '../../src/engine/ask.js';
import { accountKey, modelKey } from '../../src/engine/identity.js';
import { openLanes } from '../../src/engine/lane.js';
import { memoryLedger } from '../../src/engine/ledger.js';
import { sendChat } from '../../src/providers/openai-compatible.js';
import { limiterOf } from '../../src/providers/simulated-limits.js';
import { realClock } from '../../src/world/clock.js';
import { realNetwork } from '../../src/world/network.js';
import { seededRandom } from '../../src/world/random.js';

const RATE = 20;
const BURST = 10;
const LATENCY_MS = 50;

async function limitedServer(hintOf: (waitMs: number) => Record<string, string>) {
  const limiter = limiterOf({ kind: 'token_bucket', perMinute: RATE * 60, burst: BURST });
  const counts = { admitted: 0, refused: 0 };
  const body = JSON.stringify({
    model: 'm',
    choices: [{ message: { content: 'hello' }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1, completion_tokens: 1 },
  });
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', async () => {
      const waitMs = limiter.take(performance.now(), Date.now());
      if (waitMs !== 0) {
        counts.refused += 1;
        response.writeHead(429, { 'content-type': 'application/json', ...hintOf(waitMs ?? 0) });
        response.end(JSON.stringify({ error: { message: 'slow down' } }));
        return;
      }
      counts.admitted += 1;
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
      await realClock.sleep(LATENCY_MS);
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return { counts, baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` };
}

async function makespan(requests: number, hintOf: (waitMs: number) => Record<string, string>) {
  const { counts, baseUrl } = await limitedServer(hintOf);
  const network = realNetwork({});
  onTestFinished(() => network.close());
  const random = seededRandom('pacing');
  const on = () => {};
  const lanes = openLanes({
    clock: realClock,
    random,
    concurrency: 16,
    probesToDown: 7,
    ledger: memoryLedger(realClock),
    accountKey: (account) => accountKey(account, {}),
    modelKey: (model) => modelKey(model, {}),
    on,
  });
  const retry = { ...defaultRetry, maxAttempts: 1000 };
  const account = { provider: 'p', baseUrl, apiKeyEnv: null, headers: {}, limits: {} };
  const model: Model = {
    name: 'm',
    account,
    id: 'm',
    limits: {},
    price: null,
    params: {},
    body: {},
    retry,
    stream: false,
    simulation: null,
  };
  const timeouts = { headersMs: 60_000, progressMs: 60_000, totalMs: 60_000 };
  const parts = {
    clock: realClock,
    random,
    lanes,
    promptCharsOf,
    on,
    send: (
      asked: Model,
      question: Parameters<typeof sendChat>[3],
      signal: AbortSignal,
      accepted: Parameters<Send>[3],
    ) =>
      sendChat(
        { clock: realClock, network },
        { baseUrl, key: null, own: false },
        asked,
        question,
        timeouts,
        signal,
        accepted,
      ),
  };
  const question = { system: null, prompt: 'x', params: {}, label: { suite: '', case: '', sample: 0 } };
  const signal = new AbortController().signal;
  const startMs = realClock.nowMs();
  let next = 0;
  const worker = async () => {
    for (let id = next++; id < requests; id = next++)
      await ask(parts, String(id), question, { kind: 'model', name: 'm', model }, signal);
  };
  await Promise.all(Array.from({ length: 32 }, worker));
  const boundMs = ((requests - BURST) / RATE) * 1000 + LATENCY_MS;
  expect(counts.admitted).toBe(requests);
  const found = { makespan: (realClock.nowMs() - startMs) / boundMs, refused: counts.refused / requests };
  process.stdout.write(
    `      ${requests} requests: ${found.makespan.toFixed(3)}x of the bound, ${(100 * found.refused).toFixed(1)}% refused\n`,
  );
  return found;
}

it('an exact hint: at most 1.06x of the bound, 2% refused', async () => {
  const found = await makespan(300, (waitMs) => ({ 'retry-after-ms': waitMs.toFixed(1) }));
  expect(found.makespan).toBeLessThanOrEqual(1.06);
  expect(found.refused).toBeLessThanOrEqual(0.02);
});

it('Retry-After in whole seconds: at most 1.15x, 4% refused', async () => {
  const found = await makespan(300, (waitMs) => ({ 'retry-after': String(Math.ceil(waitMs / 1000)) }));
  expect(found.makespan).toBeLessThanOrEqual(1.15);
  expect(found.refused).toBeLessThanOrEqual(0.04);
});

it('no header at all: at most 1.2x, 8% refused', async () => {
  const found = await makespan(400, () => ({}));
  expect(found.makespan).toBeLessThanOrEqual(1.2);
  expect(found.refused).toBeLessThanOrEqual(0.08);
});
