import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { defaultTimeouts, type SimulatedFault, type Simulation } from '../../src/domain/candidate.js';
import { sendChat } from '../../src/providers/openai-compatible.js';
import { simulatedModels } from '../../src/providers/simulated.js';
import { labelHeader } from '../../src/providers/simulated-label.js';
import { realClock } from '../../src/world/clock.js';
import { simulatedClock } from '../../src/world/clock.simulated.js';
import { realNetwork } from '../../src/world/network.js';
import { networkWith } from '../../src/world/network.simulated.js';
import { seededRandom } from '../../src/world/random.js';
import type { ServedResponse } from '../../src/world/world.js';
import { modelNamed } from '../engine/asking.js';

const plain: Simulation = {
  answers: {},
  otherwise: 'quality',
  quality: 1,
  latency: null,
  limits: [],
  announce: 'none',
  faults: [],
};

const fault = (what: SimulatedFault['what'], when: Partial<SimulatedFault> = {}): SimulatedFault => ({
  what,
  share: 1,
  requests: null,
  between: null,
  ...when,
});

function server(change: Partial<Simulation>) {
  const clock = simulatedClock();
  const handler = simulatedModels(
    {
      models: new Map([['m', { ...plain, ...change }]]),
      caseOf: (suite, id) =>
        suite === 's' && id.startsWith('c')
          ? { reference: `right ${id}`, wrong: [`wrong ${id}`], stub: 'stub' }
          : null,
    },
    clock,
    seededRandom('1'),
  );
  const ask = (id: string, { stream = false, sample = 0, model = 'm', suite = 's' } = {}) =>
    clock.run(
      handler({
        method: 'POST',
        path: '/chat/completions',
        headers: labelHeader({ suite, case: id, sample }),
        body: JSON.stringify({ model, stream, messages: [{ role: 'user', content: 'hello' }] }),
        signal: new AbortController().signal,
      }),
    );
  return { clock, ask };
}

function textOf({ body }: ServedResponse): string {
  if (typeof body !== 'string') throw new Error('streamed');
  return String(JSON.parse(body).choices?.[0]?.message?.content);
}

describe('a simulated model', () => {
  it('answers with the reference as often as its quality says, else with a wrong answer, always the same way', async () => {
    const texts = async () => {
      const { ask } = server({ quality: 0.6 });
      const found: string[] = [];
      for (let index = 0; index < 400; index++) found.push(textOf(await ask(`c${index}`)));
      return found;
    };
    const first = await texts();
    const right = first.filter((text) => text.includes('right')).length;
    expect(right).toBeGreaterThan(210);
    expect(right).toBeLessThan(270);
    expect(first.every((text) => /(right|wrong) c/.test(text))).toBe(true);
    expect(await texts()).toEqual(first);
  });

  it('prefers answers of its own, in the order of the samples', async () => {
    const { ask } = server({ answers: { c1: ['own a', 'own b'] }, otherwise: 'stub' });
    expect(textOf(await ask('c1'))).toBe('own a');
    expect(textOf(await ask('c1', { sample: 1 }))).toBe('own b');
    expect(textOf(await ask('c1', { sample: 2 }))).toContain('stub');
  });

  it('takes as long as its latency says', async () => {
    const { ask, clock } = server({ latency: { medianMs: 2000, spread: 0, ttftMs: 400 } });
    await ask('c1');
    expect(clock.nowMs()).toBe(2000);
    const { body } = await ask('c1', { stream: true });
    const stamps: number[] = [];
    const read = async () => {
      for await (const text of body as AsyncIterable<string>)
        if (/"content":"[^"]/.test(text)) stamps.push(clock.nowMs());
    };
    await clock.run(read());
    expect(stamps[0]).toBe(2400);
    expect(stamps.at(-1)).toBeLessThanOrEqual(4000);
    expect(clock.nowMs()).toBe(4000);
  });

  it('limits: a burst, then one for each minute / rpm, and tells when to come again', async () => {
    const { ask, clock } = server({
      limits: [{ kind: 'token_bucket', perMinute: 20, burst: 2 }],
      announce: 'retry_after',
    });
    expect([(await ask('c1')).status, (await ask('c2')).status]).toEqual([200, 200]);
    const refused = await ask('c3');
    expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': '3' } });
    await clock.run(clock.sleep(3000));
    expect([(await ask('c3')).status, (await ask('c4')).status]).toEqual([200, 429]);
  });

  it('announces a reset, or nothing', async () => {
    const reset = server({ limits: [{ kind: 'token_bucket', perMinute: 60, burst: 1 }], announce: 'reset' });
    const told = {
      'x-ratelimit-limit-requests': '1',
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '1.000s',
    };
    expect(await reset.ask('c1')).toMatchObject({ status: 200, headers: told });
    expect(await reset.ask('c1')).toMatchObject({ status: 429, headers: told });
    const window = server({
      limits: [{ kind: 'sliding_window', limit: 2, windowMs: 60_000 }],
      announce: 'reset',
    });
    await window.ask('c1');
    expect(await window.ask('c1')).toMatchObject({
      status: 200,
      headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '60.000' },
    });
    const silent = server({ limits: [{ kind: 'token_bucket', perMinute: 60, burst: 1 }], announce: 'none' });
    await silent.ask('c1');
    expect(Object.keys((await silent.ask('c1')).headers)).toEqual(['content-type']);
  });

  it('fails the shares of requests that its faults say', async () => {
    const { ask } = server({
      faults: [
        fault({ kind: 'status', status: 502, retryAfterMs: null }, { share: 0.3 }),
        fault({ kind: 'status', status: 401, retryAfterMs: null }, { share: 0.2 }),
      ],
    });
    const counts = new Map<number, number>();
    for (let index = 0; index < 1000; index++) {
      const { status } = await ask(`c${index}`);
      counts.set(status, (counts.get(status) ?? 0) + 1);
    }
    expect(counts.get(502)).toBeGreaterThan(250);
    expect(counts.get(502)).toBeLessThan(350);
    expect(counts.get(401)).toBeGreaterThan(155);
    expect(counts.get(401)).toBeLessThan(245);
  });

  it('fails its n-th requests, or for a time, by the script of its faults', async () => {
    const busy = { kind: 'status', status: 503, retryAfterMs: 7000 } as const;
    const { ask, clock } = server({
      faults: [
        fault(busy, { requests: { first: 2, last: 3 } }),
        fault({ kind: 'status', status: 500, retryAfterMs: null }, { between: { fromMs: 1000, toMs: 2000 } }),
      ],
    });
    const statuses: number[] = [];
    for (let nth = 1; nth <= 4; nth++) statuses.push((await ask('c1')).status);
    expect(statuses).toEqual([200, 503, 503, 200]);
    await clock.run(clock.sleep(1000));
    expect((await ask('c1')).status).toBe(500);
    await clock.run(clock.sleep(1000));
    expect((await ask('c1')).status).toBe(200);
    const late = server({ faults: [fault(busy)] });
    expect((await late.ask('c1')).headers).toMatchObject({ 'retry-after': '7' });
  });

  it.each([
    ['reset', 'network'],
    ['hang', 'timeout'],
    ['silent', 'timeout'],
    ['cut', 'broken_stream'],
    ['stream_error', 'upstream'],
    ['empty', 'empty'],
    ['garbage', 'malformed'],
  ] as const)(
    '%s is what the provider code calls %s, and the next answer is whole',
    async (kind, outcome) => {
      for (const stream of [true, false]) {
        const clock = simulatedClock();
        const limits = [{ kind: 'concurrency', limit: 1 }] as const;
        const faults = [fault({ kind }, { requests: { first: 1, last: 1 } })];
        const handler = simulatedModels(
          {
            models: new Map([['m', { ...plain, limits, faults }]]),
            caseOf: () => ({ reference: 'a right answer', wrong: [], stub: 'stub' }),
          },
          clock,
          seededRandom('1'),
        );
        const network = networkWith('http://m', handler, null);
        const question = {
          system: null,
          prompt: 'p',
          params: {},
          label: { suite: 's', case: 'c', sample: 0 },
        };
        const ask = () =>
          clock.run(
            sendChat(
              { clock, network },
              { baseUrl: 'http://m', key: null, own: true },
              modelNamed('m', { stream }),
              question,
              defaultTimeouts,
              new AbortController().signal,
            ),
          );
        expect((await ask()).outcome.kind).toBe(outcome);
        expect(await ask()).toMatchObject({
          completion: { text: expect.stringContaining('a right answer') },
        });
      }
    },
  );

  it('is the same on a port: streamed, limited with its hint, and understood by the real provider code', async () => {
    const handler = simulatedModels(
      {
        models: new Map([
          [
            'm',
            {
              ...plain,
              announce: 'retry_after',
              limits: [{ kind: 'token_bucket', perMinute: 60, burst: 1 }],
            },
          ],
        ]),
        caseOf: () => ({ reference: 'right ✓', wrong: [], stub: 'stub' }),
      },
      realClock,
      seededRandom('1'),
    );
    const server = createServer(async (incoming, outgoing) => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      const { status, headers, body } = await handler({
        method: incoming.method ?? '',
        path: incoming.url ?? '',
        headers: incoming.headers as Record<string, string>,
        body: Buffer.concat(chunks).toString(),
        signal: new AbortController().signal,
      });
      outgoing.writeHead(status, headers);
      if (typeof body === 'string') outgoing.end(body);
      else {
        for await (const piece of body) outgoing.write(piece);
        outgoing.end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const network = realNetwork({});
    onTestFinished(async () => {
      await network.close();
      server.close();
    });
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
    const model = modelNamed('m');
    const question = { system: null, prompt: 'p', params: {}, label: { suite: 's', case: 'c1', sample: 0 } };
    const ask = () =>
      sendChat(
        { clock: realClock, network },
        { baseUrl, key: null, own: true },
        model,
        question,
        defaultTimeouts,
        new AbortController().signal,
      );
    expect(await ask()).toMatchObject({
      outcome: { kind: 'answered' },
      completion: { text: 'right ✓' },
      status: 200,
    });
    expect(await ask()).toMatchObject({ outcome: { kind: 'rate_limited', retryAfterMs: 1000 }, status: 429 });
  });

  it('answers only cases of the run, and only by its own name', async () => {
    const { ask } = server({});
    expect((await ask('other')).status).toBe(400);
    expect((await ask('c1', { suite: 'é "other"' })).status).toBe(400);
    expect((await ask('c1', { model: 'nobody' })).status).toBe(404);
  });
});
