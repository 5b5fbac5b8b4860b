/** `bench serve --record`: what passed is a run like others, without keys, and its prompts become a suite. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { clients } from '../gateway/clients.js';
import { completion, configFor, json, type Script, says, upstreams } from '../gateway/serving.js';
import { folderWith } from '../suite/folder.js';
import { bench, onlyRun, start, trialsIn } from './bench.js';

const KEY = 'sk-upstream-9876543210';
const echoes: Script = (response, { headers }) =>
  json(response, 200, completion({ content: `I was sent ${headers.authorization}` }));

it('keeps what passed, and makes a suite of its prompts', async () => {
  const behind = await upstreams({
    good: says('Here.'),
    echo: echoes,
    locked: (response, { headers }) =>
      json(response, 401, { error: { message: `the key ${headers.authorization} is wrong` } }),
    limited: (response) => json(response, 429, { error: { message: 'slow down' } }, { 'retry-after': '90' }),
  });
  const config = `${configFor(behind)}routes: { docs: { to: [limited, good] } }\n`;
  const cwd = folderWith({ 'bench.yaml': config });
  const served = start(cwd, ['serve', '--port', '0', '--record', 'results'], {
    KEY_ECHO: KEY,
    KEY_LOCKED: KEY,
  });
  const [, url = ''] = await served.said(/listening on (http:\/\/\S+)\/v1\n/);
  const headers = { authorization: `Bearer sk-client-0123456789` };
  for (const client of clients) {
    await client.ask(url, 'bench/docs', { stream: true }, { headers });
    await client.ask(url, 'echo', {}, { headers });
  }
  await clients[0]?.ask(url, 'limited');
  const locked = await clients[0]?.ask(url, 'locked');
  expect(locked?.status).toBe(502);
  expect(locked?.raw).not.toContain(KEY);
  await clients[0]?.ask(url, 'bench', {
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'One.' },
      { role: 'assistant', content: 'Two.' },
      { role: 'user', content: 'Three.' },
    ],
  });
  served.signal('SIGTERM');
  const { code, stdout, stderr } = await served.ended;
  expect(code, stderr).toBe(0);
  const run = onlyRun(cwd);
  expect(stderr).toContain('recorded in results/');
  expect(stderr).toMatch(/locked is disabled: .*\[redacted\]/);
  expect(stderr + stdout).not.toContain(KEY);
  expect(stderr + stdout).not.toContain('sk-client');

  const journal = readFileSync(join(run, 'trials.jsonl'), 'utf8');
  expect(journal).not.toContain(KEY);
  expect(journal).not.toContain('sk-client');
  expect(journal).toContain('I was sent Bearer [redacted]');
  expect(trialsIn(run)).toHaveLength(9);

  const table = await bench(cwd, ['matrix', 'latest', '--json']);
  const { candidates } = JSON.parse(table.stdout);
  const row = (name: string) => candidates.find(({ candidate }: { candidate: string }) => candidate === name);
  expect(row('bench/docs')).toMatchObject({
    trials: 3,
    success_rate: { value: 1 },
    answered_by: { good: 3 },
  });
  expect(row('limited')).toMatchObject({ trials: 1, success_rate: { value: 0 } });
  expect((await bench(cwd, ['trend'])).code).toBeLessThan(2);

  const imported = await bench(cwd, ['import', 'traffic', join(run, 'trials.jsonl'), '-o', 'mine.yaml']);
  expect(imported.code, imported.stderr).toBe(0);
  const suite = parse(readFileSync(join(cwd, 'mine.yaml'), 'utf8'));
  expect(suite.description).toContain('1 conversations of several turns are left out');
  expect(suite.cases.map(({ prompt }: { prompt: string }) => prompt)).toEqual(['Say it.']);
  const asked = await bench(cwd, ['run', 'mine.yaml', '-m', 'stub', '--dry-run']);
  expect(asked.code, asked.stderr).toBe(0);
});
