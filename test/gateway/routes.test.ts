/** Names that a client may ask for, and what is said of who answers. */
import { expect, it } from 'vitest';
import { clients } from './clients.js';
import { configFor, says, served, upstreams } from './serving.js';

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
