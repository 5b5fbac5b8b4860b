/** `bench serve` as a process: where it listens, what it says of itself, what it refuses, and how it ends. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clients } from '../gateway/clients.js';
import { chunk, configFor, DONE, events, type Script, says, upstreams } from '../gateway/serving.js';
import { folderWith } from '../suite/folder.js';
import { bench, type Started, start } from './bench.js';

let cwd = '';
let open: (() => void) | null = null;
/** Says its first half, and the other one when the test lets it. */
const slow: Script = (response) => {
  events(response).write(chunk({ role: 'assistant', content: 'Slowly, ' }));
  open = () => void response.end(chunk({ content: 'but whole.' }) + chunk({}, 'stop') + DONE);
};

beforeAll(async () => {
  const behind = await upstreams({ good: says('Here I am.'), slow }, afterAll);
  cwd = folderWith(
    { 'bench.yaml': configFor(behind), 'empty.yaml': 'retry: { max_attempts: 1 }\n' },
    afterAll,
  );
});

/** Until it has said where. */
async function listening(
  args: readonly string[],
  env = {},
): Promise<{ readonly url: string; readonly served: Started }> {
  const served = start(cwd, ['serve', '--port', '0', ...args], env);
  const [, url] = await served.said(/listening on (http:\/\/\S+)\/v1\n/);
  return { url: url ?? '', served };
}

const [chat] = clients;

it('serves rotations and models, and on SIGTERM lets open answers end and takes no new ones', async () => {
  const { url, served } = await listening([]);
  const first = await chat?.ask(url, 'bench');
  expect(first).toMatchObject({ status: 200, text: 'Here I am.', model: 'good' });
  const asked = chat?.ask(url, 'slow', { stream: true });
  await expect.poll(() => open).not.toBeNull();
  served.signal('SIGTERM');
  await served.said(/shutting down/, 'stderr');
  await expect(chat?.ask(url, 'bench')).rejects.toThrow();
  open?.();
  expect(await asked).toMatchObject({ text: 'Slowly, but whole.', isWhole: true });
  const { code, stdout } = await served.ended;
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^listening on http:\/\/127\.0\.0\.1:\d+\/v1\n {2}bench {4}good → slow\n {2}default {2}good → slow\n/,
  );
});

it('names keys that are not set before anything is asked', async () => {
  const { served } = await listening([]);
  served.signal('SIGINT');
  const { stdout } = await served.ended;
  expect(stdout).toContain('! good: KEY_GOOD is not set, so its server gets no key');
});

it('refuses what it cannot serve, in a sentence', async () => {
  const said = async (...args: string[]) => {
    const { code, stderr } = await bench(cwd, ['serve', ...args]);
    expect(code).toBe(2);
    return stderr;
  };
  expect(await said('--config', 'empty.yaml')).toContain('empty.yaml has no models and no rotations');
  const { code, stderr } = await bench(folderWith({}), ['serve']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('there is no bench.yaml in this folder')]);
  expect(stderr).toContain('bench init writes one');
  expect(await said('--port', '99999')).toContain('cannot listen on 127.0.0.1:99999');
  expect(await said('--host', '0.0.0.0')).toContain(
    '0.0.0.0 can be reached by others, and no key is asked for',
  );
  expect(await said('--key-env', 'NOBODY_SET')).toContain('--key-env: NOBODY_SET is not set');
  expect(await said('--deadline', 'soon')).toContain('--deadline takes a duration');
  const { url, served } = await listening([]);
  expect(await said('--port', new URL(url).port)).toContain('cannot listen on 127.0.0.1');
  served.signal('SIGINT');
  await served.ended;
});

it('reads its configuration again when it changes or at SIGHUP, and keeps it if the new one is wrong', async () => {
  const behind = await upstreams({ good: says('good'), better: says('better') });
  const own = folderWith({ 'bench.yaml': configFor(behind) });
  const served = start(own, ['serve', '--port', '0']);
  const [, url = ''] = await served.said(/listening on (http:\/\/\S+)\/v1\n/);
  const asked = async (model: string) => (await chat?.ask(url, model))?.model;
  expect(await asked('bench')).toBe('good');
  const config = configFor(behind);
  writeFileSync(join(own, 'bench.yaml'), config.replace('[good, better]', '[better, good]'));
  served.signal('SIGHUP');
  await served.said(/read again: bench, default, good, better\n/, 'stderr');
  expect(await asked('bench')).toBe('better');
  writeFileSync(join(own, 'bench.yaml'), config.replace('[good, better]', '[best]'));
  await served.said(/no model is named "best"[\s\S]*kept as it was/, 'stderr');
  expect(await asked('bench')).toBe('better');
  served.signal('SIGINT');
  expect((await served.ended).code).toBe(0);
});

it('serves simulated models without a key, and every answer says what they are', async () => {
  const own = folderWith({
    'bench.yaml': 'models: { m: { provider: simulated, latency: { median: 20ms, ttft: 5ms } } }\n',
  });
  const served = start(own, ['serve', '--port', '0']);
  const [, url = ''] = await served.said(/listening on (http:\/\/\S+)\/v1\n/);
  for (const client of clients)
    for (const stream of [true, false])
      expect(await client.ask(url, 'bench', { stream })).toMatchObject({
        text: expect.stringContaining('A simulated model says this; nobody was asked.'),
        isWhole: true,
      });
  served.signal('SIGINT');
  const { stdout } = await served.ended;
  expect(stdout).toContain('  bench  ~m\n');
  expect(stdout).toContain('~ simulated: nobody is asked, and every answer says so');
});

it('has one document with --json, and refuses a folder that takes no records', async () => {
  const served = start(cwd, ['serve', '--port', '0', '--json']);
  await served.said(/\}\n/);
  served.signal('SIGTERM');
  const { stdout, stderr } = await served.ended;
  expect(JSON.parse(stdout)).toMatchObject({ models: ['bench', 'default', 'good', 'slow'] });
  expect(stderr).toBe('');
  const { code, stderr: why } = await bench(cwd, ['serve', '--port', '0', '--record', 'bench.yaml/runs']);
  expect([code, why]).toEqual([2, expect.stringContaining('--record: ')]);
});
