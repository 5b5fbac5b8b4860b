/** `bench simulate --serve`: a gateway under load in virtual time, before it is live. */
import { expect, it } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { bench } from './bench.js';

const config = (rotation: string) => `providers:
  small: { base_url: "http://small.invalid/v1", api_key_env: NOBODY_SET_THIS, limits: { rpm: 60 } }
  large: { base_url: "http://large.invalid/v1" }
models:
  a: { provider: small, model: a }
  b: { provider: large, model: b, limits: { rpm: 600 } }
rotations: { default: ${rotation} }
`;

it('shows who would answer, how long the first token takes, and how many are refused', async () => {
  const cwd = folderWith({ 'both.yaml': config('[a, b]'), 'one.yaml': config('[a]') });
  const simulated = async (file: string, ...more: string[]) => {
    const line = ['simulate', '--serve', file, '--rate', '5', '--for', '4m', ...more];
    const { code, stdout, stderr } = await bench(cwd, [...line, '--json']);
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout);
  };
  const both = await simulated('both.yaml');
  const [row] = both.models;
  expect(both).toMatchObject({ simulated: true, requests: 1200 });
  expect(row).toMatchObject({ model: 'bench', requests: 1200, refused: 0 });
  // 60 a minute over 4 minutes, and the rest.
  expect(row.answered_by.a).toBeGreaterThanOrEqual(220);
  expect(row.answered_by.a).toBeLessThanOrEqual(300);
  expect(row.answered_by.a + row.answered_by.b).toBe(1200);
  expect(row.first_ms.p50).toBeLessThan(2000);
  // Alone it has a fifth of what is asked for; the others wait for their deadline, or are told to come again.
  const one = await simulated('one.yaml');
  expect(one.models[0].refused / 1200).toBeGreaterThan(0.6);
  expect(one.models[0].refused / 1200).toBeLessThan(0.82);
  expect(await simulated('both.yaml')).toEqual(both);
}, 60_000);

it('takes the requests of a run, and refuses what it cannot read', async () => {
  const models = 'models: { m: { provider: simulated, latency: { median: 1s } } }\n';
  const cwd = folderWith({ 'bench.yaml': models });
  expect((await bench(cwd, ['run', 'quickstart', '-c', 'simple', '-m', 'm'])).code).toBe(0);
  const { stdout, code } = await bench(cwd, ['simulate', '--serve', 'bench.yaml', '--load', 'latest']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^│? ?m .*\b2\b.*~m 2/m);
  expect(stdout).toContain('Simulated (seed 1): no model was asked.');
  const said = async (...args: string[]) => {
    const ended = await bench(cwd, ['simulate', ...args]);
    expect(ended.code).toBe(2);
    return ended.stderr;
  };
  expect(await said()).toContain('name a suite, or a configuration with --serve');
  expect(await said('--serve', 'none.yaml')).toContain('there is no config file none.yaml');
  expect(await said('--serve', 'bench.yaml', '--rate', 'many')).toContain('--rate takes a number');
  expect(await said('--serve', 'bench.yaml', '--rate', '1000', '--for', '1h')).toContain('shorten --for');
  expect(await said('--serve', 'bench.yaml', '--load', 'nothing')).toContain('there is no run nothing');
});
