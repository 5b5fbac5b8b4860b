/** Whose keys go where, who may ask, and what is not even read. */
import { request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { clients } from './clients.js';
import {
  chunk,
  completion,
  configFor,
  DONE,
  events,
  json,
  type Script,
  says,
  served,
  upstreams,
} from './serving.js';

const CLIENT_KEY = 'sk-client-0123456789';
const UPSTREAM_KEY = 'sk-upstream-9876543210';

/** Says all that it was sent, in a document, a text and a header. */
const echoes: Script = (response, { headers, body }) => {
  const all = JSON.stringify({ headers, body });
  json(response, 200, completion({ content: `I was sent ${all}` }), { 'x-echo': all });
};
/** The same as a stream of single letters, as thoughts, text and arguments of a call. */
const whispers: Script = (response, { headers }) => {
  const letters = [...`I was sent ${headers.authorization}.`];
  events(response).end(
    [
      ...letters.map((letter) => chunk({ reasoning_content: letter })),
      ...letters.map((letter) => chunk({ content: letter })),
      chunk({
        tool_calls: [{ index: 0, id: 'c', type: 'function', function: { name: 'tell', arguments: '' } }],
      }),
      ...letters.map((letter) => chunk({ tool_calls: [{ index: 0, function: { arguments: letter } }] })),
      chunk({}, 'tool_calls'),
      DONE,
    ].join(''),
  );
};
const complains: Script = (response, { headers }) =>
  json(response, 400, { error: { message: `the key ${headers.authorization} is odd` } });

describe('keys', () => {
  it.each(clients)('of the client reach no server, and those of servers no client: $name', async (client) => {
    const behind = await upstreams({ echo: echoes, odd: complains });
    const { url } = await served(configFor(behind), {
      env: { KEY_ECHO: UPSTREAM_KEY, KEY_ODD: UPSTREAM_KEY },
      access: { key: CLIENT_KEY, isLocal: true },
    });
    for (const headers of [{ authorization: `Bearer ${CLIENT_KEY}` }, { 'x-api-key': CLIENT_KEY }]) {
      for (const model of ['echo', 'odd']) {
        const came = await client.ask(url, model, {}, { headers });
        expect(came.status).toBe(model === 'echo' ? 200 : 400);
        const shown = JSON.stringify([came.text, came.error, [...came.headers]]);
        expect(shown).not.toContain(UPSTREAM_KEY);
      }
    }
    for (const { headers, body } of behind.seen) {
      expect(headers.authorization).toBe(`Bearer ${UPSTREAM_KEY}`);
      expect(JSON.stringify([headers, body])).not.toContain(CLIENT_KEY);
    }
    expect(behind.seen).toHaveLength(4);
    const refused = [
      await client.ask(url, 'echo'),
      await client.ask(url, 'echo', {}, { headers: { authorization: 'Bearer wrong' } }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([401, 401]);
    expect(behind.seen).toHaveLength(4);
  });

  it.each(clients)('are found in streams letter by letter: $name', async (client) => {
    const behind = await upstreams({ whispers });
    const { url } = await served(configFor(behind), { env: { KEY_WHISPERS: UPSTREAM_KEY } });
    const came = await client.ask(url, 'whispers', { stream: true, thinking: { type: 'enabled' } });
    expect(came).toMatchObject({
      isWhole: true,
      text: 'I was sent Bearer [redacted].',
      calls: [{ name: 'tell', arguments: 'I was sent Bearer [redacted].' }],
    });
    expect(came.raw).not.toContain(UPSTREAM_KEY);
    expect(came.raw).toContain('[redacted]');
  });

  it('are asked for everywhere but where the process is watched', async () => {
    const behind = await upstreams({ good: says('x') });
    const { url } = await served(configFor(behind), { access: { key: CLIENT_KEY, isLocal: false } });
    const statuses = await Promise.all(
      ['/health', '/ready', '/v1/models', '/metrics'].map(async (path) => (await fetch(url + path)).status),
    );
    expect(statuses).toEqual([200, 200, 401, 401]);
  });
});

/** `fetch` lets nobody set Host. */
function statusWith(url: string, headers: Readonly<Record<string, string>>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(`${url}/v1/models`, { headers }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

describe('pages and names of others', () => {
  it('may not ask: neither a page in a browser nor a name that points to this machine', async () => {
    const behind = await upstreams({ good: says('x') });
    const { url } = await served(configFor(behind));
    const { port } = new URL(url);
    const by = async (headers: Readonly<Record<string, string>>) => statusWith(url, headers);
    expect(await by({})).toBe(200);
    expect(await by({ host: `localhost:${port}` })).toBe(200);
    expect(await by({ host: `evil.example:${port}` })).toBe(403);
    expect(await by({ origin: 'https://evil.example' })).toBe(403);
    expect(await by({ origin: 'null' })).toBe(403);
    expect(await by({ origin: 'http://localhost:3000' })).toBe(200);
  });
});

describe('what cannot be asked', () => {
  it('is refused in the shape of its wire, and no server hears of it', async () => {
    const behind = await upstreams({ good: says('x') });
    const { url } = await served(configFor(behind));
    const post = (path: string, body: string) =>
      fetch(url + path, { method: 'POST', body }).then(async (response) => [
        response.status,
        await response.json(),
      ]);
    const paths = ['/v1/chat/completions', '/v1/responses', '/v1/messages'];
    for (const path of paths) {
      expect(await post(path, '{"model":')).toMatchObject([
        400,
        { error: { message: 'the body is not a JSON object' } },
      ]);
      expect(await post(path, '[]')).toMatchObject([400, {}]);
      expect(await post(path, '{}')).toMatchObject([400, { error: { message: 'model: name a model' } }]);
      expect(await post(path, '{"model":"bench"}')).toMatchObject([400, {}]);
      expect(await post(path, `{"model":"bench","x":"${'x'.repeat(1_100_000)}"}`)).toMatchObject([413, {}]);
    }
    expect(
      await post('/v1/responses', '{"model":"bench","input":"x","previous_response_id":"r"}'),
    ).toMatchObject([400, {}]);
    const odd = '{"model":"bench","messages":[{"role":"user","content":[{"type":"hologram"}]}]}';
    expect(await post('/v1/messages', odd)).toMatchObject([
      400,
      {
        type: 'error',
        error: { message: 'messages[0].content[0]: "hologram" cannot be sent to chat models' },
      },
    ]);
    expect(await post('/v1/embeddings', '{}')).toMatchObject([404, {}]);
    expect(behind.seen).toEqual([]);
  });
});

describe('a client that leaves', () => {
  it.each(clients)(
    'ends the request behind within 100 ms, before its first token and after: $name',
    async (client) => {
      const silent: Script = () => {};
      const endless: Script = (response) => {
        events(response).write(chunk({ role: 'assistant', content: 'On and on' }));
      };
      const behind = await upstreams({ silent, endless });
      const { url } = await served(configFor(behind));
      const waits: number[] = [];
      for (const model of ['silent', 'endless', 'silent', 'endless', 'silent', 'endless']) {
        const before = behind.seen.length;
        const leave = new AbortController();
        const asked = client.ask(url, model, { stream: true }, { signal: leave.signal }).catch(() => null);
        await expect.poll(() => behind.seen.length, { interval: 5 }).toBe(before + 1);
        const leftMs = performance.now();
        leave.abort();
        await behind.seen[before]?.left;
        waits.push(performance.now() - leftMs);
        await asked;
      }
      expect(waits.sort((one, other) => one - other)[2]).toBeLessThan(100);
    },
  );
});
