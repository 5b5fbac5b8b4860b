/** Names that a client may ask for, and what is said of who answers. */
import { describe, expect, it } from 'vitest';
import { clients } from './clients.js';
import { configFor, json, says, served, upstreams } from './serving.js';

const BECAUSE = 'run 2026-11-20-everyday-a91c; pass rate 91% (84–95)';

it.each(clients)('a category has models of its own, and says why: $name', async (client) => {
  const behind = await upstreams({ small: says('small'), large: says('large') });
  const config = `${configFor(behind)}routes:
  complex: { to: [large, small], because: "${BECAUSE}" }
  docs: { to: default }
`;
  const { url } = await served(config);
  const asked = await client.ask(url, 'bench/complex');
  expect(asked.model).toBe('large');
  // Header values are of Latin letters.
  expect(asked.headers.get('x-bench-route')).toBe(`bench/complex; ${BECAUSE.replace('–', '-')}`);
  const byHeader = { headers: { 'x-bench-category': 'complex' } };
  expect((await client.ask(url, 'bench', {}, byHeader)).model).toBe('large');
  expect((await client.ask(url, 'small', {}, byHeader)).model).toBe('small');
  expect((await client.ask(url, 'bench/docs')).model).toBe('small');
  expect((await client.ask(url, 'bench')).model).toBe('small');
  const unknown = await client.ask(url, 'bench/compex');
  expect([unknown.status, unknown.error]).toEqual([
    404,
    'no model is named "bench/compex": did you mean "bench/complex"?',
  ]);
});

it('a rotation that was recommended answers before others', async () => {
  const behind = await upstreams({ small: says('small'), large: says('large') });
  const config = configFor(behind).replace('rotations: {', 'rotations: { recommended: [large, small], ');
  const { url } = await served(config);
  const [chat] = clients;
  expect((await chat?.ask(url, 'bench'))?.model).toBe('large');
  const list = await (await fetch(`${url}/v1/models`)).json();
  expect((list as { data: { id: string }[] }).data.map(({ id }) => id)).toEqual([
    'bench',
    'recommended',
    'default',
    'small',
    'large',
  ]);
});

it('one model is shown by its name, and one that is not there is not', async () => {
  const behind = await upstreams({ small: says('small') });
  const { url } = await served(`${configFor(behind)}routes: { complex: { to: small } }\n`);
  const one = await fetch(`${url}/v1/models/bench%2Fcomplex`);
  expect(await one.json()).toMatchObject({ id: 'bench/complex', object: 'model', models: ['small'] });
  expect((await fetch(`${url}/v1/models/nobody`)).status).toBe(404);
  expect((await fetch(`${url}/v1/models/%ff`)).status).toBe(404);
});

it('the first of all models to be paused says when one may be asked again', async () => {
  const behind = await upstreams({
    long: (response) => void response.writeHead(429, { 'retry-after': '300' }).end('{}'),
    short: (response) => void response.writeHead(429, { 'retry-after': '90' }).end('{}'),
  });
  const { url } = await served(configFor(behind));
  for (const client of clients) {
    const came = await client.ask(url, 'bench');
    expect(came.status).toBe(503);
    const seconds = Number(came.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(80);
    expect(seconds).toBeLessThan(120);
  }
  // Each was asked once: the others found them paused.
  expect(behind.seen).toHaveLength(2);
});

it.each([
  [429, '90'],
  [503, '90'],
  [529, '90'],
  [503, null],
] as const)(
  'a model that answers %i (Retry-After: %s) is left at once, and not asked by the next requests',
  async (status, wait) => {
    const behind = await upstreams({
      busy: (response) =>
        json(
          response,
          status,
          { error: { message: 'overloaded' } },
          wait === null ? {} : { 'retry-after': wait },
        ),
      good: says('good'),
    });
    // With the backoff of a configuration that says nothing of it: nobody waits for that.
    const { url } = await served(configFor(behind).replace(/^retry:.*$/m, ''));
    const [chat] = clients;
    const begun = performance.now();
    for (let time = 0; time < 3; time += 1) expect((await chat?.ask(url, 'bench'))?.model).toBe('good');
    expect(performance.now() - begun).toBeLessThan(900);
    expect(behind.seen.map(({ body }) => body.model)).toEqual(['busy', 'good', 'good', 'good']);
  },
);

it.each([500, 502])('a model that fails with %i is left at once for the next', async (status) => {
  const behind = await upstreams({
    failing: (response) => json(response, status, { error: { message: 'it is on fire' } }),
    good: says('good'),
  });
  const { url } = await served(configFor(behind).replace(/^retry:.*$/m, ''));
  expect((await clients[0]?.ask(url, 'bench'))?.headers.get('x-bench-attempts')).toBe(
    `failing:${status} good:200`,
  );
});

describe('a model that cannot take tools or images', () => {
  const refusals = [
    [
      'tools',
      404,
      'No endpoints found that support tool use. To learn more about provider routing, visit our docs',
    ],
    ['tools', 400, 'registry.ollama.ai/library/gemma:2b does not support tools'],
    ['tools', 400, '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'],
    ['tools', 500, 'tools param requires --jinja flag'],
    ['images', 404, 'No endpoints found that support image input'],
    ['images', 400, 'gemma-2b is not a multimodal model'],
    [
      'images',
      400,
      'Failed to deserialize the JSON body: messages[0]: unknown variant `image_url`, expected `text`',
    ],
    ['images', 500, 'image input is not supported - hint: you may need to provide the mmproj'],
  ] as const;
  const asks = {
    tools: { tools: [{ type: 'function', function: { name: 'look', parameters: { type: 'object' } } }] },
    images: {
      messages: [
        { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA==' } }] },
      ],
    },
  };
  const [chat] = clients;

  it.each(refusals)('is skipped from then on for %s: %i %s', async (what, status, message) => {
    const behind = await upstreams({
      plain: (response, seen) =>
        'tools' in seen.body || JSON.stringify(seen.body).includes('image_url')
          ? json(response, status, { error: { message } })
          : says('plain')(response, seen),
      able: says('able'),
    });
    const { url } = await served(configFor(behind));
    const asked = async (model: string, more: object) => chat?.ask(url, model, more);
    expect((await asked('bench', asks[what]))?.model).toBe('able');
    expect((await asked('bench', asks[what]))?.model).toBe('able');
    expect(behind.seen.map(({ body }) => body.model)).toEqual(['plain', 'able', 'able']);
    // For all else it is as good as before.
    expect((await asked('bench', {}))?.model).toBe('plain');
    expect(await asked('plain', asks[what])).toMatchObject({
      status: 400,
      error: `no model of plain takes ${what}`,
    });
  });
});
