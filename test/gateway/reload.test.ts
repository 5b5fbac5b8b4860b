/** A configuration that is read again: no request is lost, pauses stay, and what was disabled gets another chance. */
import { expect, it } from 'vitest';
import { clients } from './clients.js';
import { chunk, configFor, DONE, events, json, type Script, says, served, upstreams } from './serving.js';

const [chat] = clients;

it('loses no request, open or new', async () => {
  const slow: Script = (response) => {
    events(response).write(chunk({ role: 'assistant', content: 'First, ' }));
    setTimeout(() => response.end(chunk({ content: 'then.' }) + chunk({}, 'stop') + DONE), 30);
  };
  const behind = await upstreams({ one: slow, two: slow });
  const config = configFor(behind);
  const swapped = config.replace('[one, two]', '[two, one]');
  const { url, use } = await served(config);
  let isOver = false;
  const reloading = (async () => {
    for (let time = 0; !isOver; time += 1) {
      await use(time % 2 === 0 ? swapped : config);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  const asked = Array.from({ length: 20 }, async () => {
    const came = [];
    for (let time = 0; time < 10; time += 1) came.push(await chat?.ask(url, 'bench', { stream: true }));
    return came;
  });
  const all = (await Promise.all(asked)).flat();
  isOver = true;
  await reloading;
  expect(all.filter((came) => came?.text === 'First, then.' && came.isWhole)).toHaveLength(200);
  expect(new Set(all.map((came) => came?.model))).toEqual(new Set(['one', 'two']));
}, 30_000);

it('keeps pauses, and asks again what a wrong key had disabled', async () => {
  let isKeyRight = false;
  const behind = await upstreams({
    limited: (response) => json(response, 429, { error: { message: 'slow down' } }, { 'retry-after': '90' }),
    locked: (response, seen) =>
      isKeyRight
        ? says('unlocked')(response, seen)
        : json(response, 401, { error: { message: 'wrong key' } }),
    good: says('good'),
  });
  const config = configFor(behind);
  const { url, use } = await served(config);
  expect((await chat?.ask(url, 'bench'))?.model).toBe('good');
  expect((await chat?.ask(url, 'locked'))?.status).toBe(502);
  const ready = await (await fetch(`${url}/ready`)).json();
  expect(ready).toMatchObject({ status: 'ready', down: [{ model: 'locked' }] });
  isKeyRight = true;
  const before = behind.seen.length;
  await use(`${config}# changed\n`);
  expect((await chat?.ask(url, 'bench'))?.model).toBe('locked');
  // The limited one is paused still.
  expect(behind.seen.slice(before).map(({ body }) => body.model)).toEqual(['locked']);
});
