import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { bench, onlyRun, summaryIn, trialsIn } from './bench.js';

it('the quickstart runs with no key and no network, and shows what the product is for', async () => {
  const cwd = folderWith({});
  // A proxy that nobody listens at: simulated models are asked in the process itself.
  const proxy = 'http://127.0.0.1:9';
  const { code, stdout, stderr } = await bench(cwd, ['run', 'quickstart'], {
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
  });
  expect(code, stderr).toBe(0);
  // A busy machine says first that it validates cases.
  expect(stderr.replace(/^validating .*\n/, '').split('\n')[0]).toMatch(
    /^simulated models in simulated time \(seed 10\): no key, no network, no waiting/,
  );
  expect(stderr).toContain('12 cases x 4 candidates = 48 trials, about 48 requests, cost $0');
  expect(stdout).toContain('~default (rotation)');
  expect(stdout).toContain('~ Simulated models');
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  const [, shown] = /^```text\n([\s\S]*?)^```$/m.exec(readme) ?? [];
  expect(shown).toBe(stdout.trimStart());

  const folder = onlyRun(cwd);
  expect(
    ['run.json', 'trials.jsonl', 'matrix.md'].filter((file) => existsSync(join(folder, file))),
  ).toHaveLength(3);
  expect(readFileSync(join(folder, 'matrix.md'), 'utf8')).toContain('**Simulated models');
  const summary = summaryIn(folder);
  const trials = trialsIn(folder);
  expect(trials).toHaveLength(48);
  expect(summary).toMatchObject({ complete: true, simulated: true, totals: { trials: 48, planned: 48 } });
  const of = (name: string) => summary.candidates.find((one) => one.candidate === name);

  // Alone it loses answers to its limit; the rotation does not, and says who answered; quality is another thing.
  const alone = of('mistral-small');
  expect(alone?.success_rate.value).toBeLessThan(1);
  expect(Object.keys(alone?.outcomes ?? {})).toEqual(['answered', 'rate_limited']);
  const rotation = of('default');
  expect(rotation?.success_rate.value).toBe(1);
  expect(rotation?.rotations).toBeGreaterThan(0);
  expect(Object.keys(rotation?.answered_by ?? {}).length).toBeGreaterThan(1);
  expect(of('deepseek-r1-qwen3')?.pass_rate).toMatchObject({ value: 0.916667, n: 12 });
  expect(of('deepseek-chat-v3.1')?.pass_rate).toMatchObject({ value: 0.666667, n: 12 });
  expect(summary.environment.sandboxes).toMatchObject({
    python: expect.stringContaining('wasm: CPython'),
    javascript: expect.stringContaining('wasm: QuickJS'),
  });
  expect(of('mistral-small')?.latency_ms.p50.value).toBeGreaterThan(1_900);
  expect(of('mistral-small')?.latency_ms.p50.value).toBeLessThan(2_900);
  expect(of('deepseek-chat-v3.1')?.latency_ms.p50.value).toBeGreaterThan(14_000);

  const again = await bench(cwd, ['matrix', 'latest', '--format', 'markdown']);
  expect(again).toMatchObject({ code: 0, stdout: readFileSync(join(folder, 'matrix.md'), 'utf8') });
  const json = await bench(cwd, ['matrix', summary.id.slice(0, 16), '--json']);
  expect(JSON.parse(json.stdout)).toEqual(summary);
  const list = await bench(cwd, ['list']);
  expect(list.stdout).toContain(`${summary.id}  `);
  expect(list.stdout).toContain('quickstart  12 cases');
  // Its cases are in a file that it includes.
  expect(list.stdout).toContain('smoke  12 cases');
});

it('tells the same story however busy the machine is, and another one to another seed', async () => {
  const run = async (...more: string[]) => {
    const cwd = folderWith({});
    const { stdout } = await bench(cwd, ['run', 'quickstart', '-c', 'moderate', ...more]);
    const timeless = ({ grading_ms: _, sum: __, ...record }: Record<string, unknown>) => record;
    const trials = trialsIn(onlyRun(cwd)).map((record) => timeless({ ...record }));
    return { stdout, trials: trials.sort((a, b) => (String(a['trial']) < String(b['trial']) ? -1 : 1)) };
  };
  // Three at once on two cores keep each other waiting.
  const [one, two, other] = await Promise.all([run(), run(), run('--seed', '5')]);
  expect(two).toEqual(one);
  expect(other?.stdout).not.toBe(one?.stdout);
});
