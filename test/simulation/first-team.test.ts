/** The finding that the product began with, in virtual time at true scale. */
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { bench } from '../cli/bench.js';
import { folderWith } from '../suite/folder.js';

const suite = fileURLToPath(new URL('first-team.yaml', import.meta.url));

it('alone with one attempt the primary answers about 80%, the rotation 95% or more, and quality is another thing', async () => {
  const args = ['simulate', suite, '-n', '10', '--seeds', '4', '--seed', '1', '--json'];
  const { code, stdout, stderr } = await bench(folderWith({}), args);
  expect(code, stderr).toBe(0);
  const { simulated, candidates } = JSON.parse(stdout);
  expect(simulated).toBe(true);
  const of = (name: string) => candidates.find((one: { candidate: string }) => one.candidate === name);
  expect(of('mistral-small-once').success_rate.median).toBeGreaterThan(0.74);
  expect(of('mistral-small-once').success_rate.median).toBeLessThan(0.86);
  expect(of('rotation').success_rate.low).toBeGreaterThanOrEqual(0.95);
  expect(of('rotation').answered_by['mistral-small']).toBeGreaterThan(
    of('rotation').answered_by['deepseek-r1-qwen3'],
  );
  // When it may wait, the primary alone answers everything too.
  expect(of('mistral-small').success_rate.low).toBe(1);
  for (const { pass_rate: rate } of candidates) {
    expect(rate).toBeGreaterThan(0.74);
    expect(rate).toBeLessThan(0.86);
  }
});

it('gives the same figures again for a seed, and others for another', async () => {
  const run = async (seed: string) => {
    const args = ['simulate', suite, '-n', '3', '--seeds', '2', '--seed', seed, '--ungraded', '--json'];
    return (await bench(folderWith({}), args)).stdout;
  };
  const [one, same, other] = await Promise.all([run('a'), run('a'), run('b')]);
  expect(same).toBe(one);
  expect(other).not.toBe(one);
});

it('shows it as a person reads it: the golden text', async () => {
  const args = ['simulate', suite, '-n', '5', '--seeds', '4', '--seed', '1', '--ungraded'];
  const { code, stdout, stderr } = await bench(folderWith({}), args);
  expect(code).toBe(0);
  expect(stderr).toContain('simulated: nothing is sent');
  await expect(stdout).toMatchFileSnapshot('first-team.golden.txt');
});
