/** The suite everyday with simulated models: its matrix is the one of the docs, and it orders models by their quality. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { bench, onlyRun, summaryIn } from '../cli/bench.js';
import { folderWith } from '../suite/folder.js';

const root = resolve(import.meta.dirname, '../..');

it('gives the matrix of docs/everyday.md, in which no category is all or nothing', async () => {
  const cwd = folderWith({});
  const { code, stdout, stderr } = await bench(cwd, ['run', 'everyday-demo']);
  expect(code, stderr).toBe(0);
  const page = readFileSync(join(root, 'docs/everyday.md'), 'utf8');
  const [, shown] = /^```text\n([\s\S]*?)^```$/m.exec(page) ?? [];
  expect(shown).toBe(stdout.trimStart());
  for (const { candidate, categories } of summaryIn(onlyRun(cwd)).candidates) {
    const rates = categories.map(({ pass_rate }) => pass_rate.value ?? Number.NaN);
    expect(rates, candidate).toHaveLength(6);
    for (const rate of rates) expect(rate > 0 && rate < 1, `${candidate}: ${rates}`).toBe(true);
  }
});

it('shows by compare that a model became worse, from quality 0.8 to 0.6 and from 0.6 to 0.4, at one sample', async () => {
  const config = (quality: number) =>
    `models:\n  m: { provider: simulated, quality: ${quality}, latency: { median: 1s } }\n`;
  const cwd = folderWith({ 'a.yaml': config(0.8), 'b.yaml': config(0.6), 'c.yaml': config(0.4) });
  for (const [name, seed] of [
    ['a', '18'],
    ['b', '16'],
    ['c', '14'],
  ] as const) {
    const line = [
      'run',
      'everyday',
      '-m',
      'm',
      '--config',
      `${name}.yaml`,
      '--seed',
      seed,
      '-o',
      `${name}/results`,
    ];
    const { code, stderr } = await bench(cwd, line);
    expect(code, stderr).toBe(0);
  }
  for (const [better, worse] of [
    ['a', 'b'],
    ['b', 'c'],
  ] as const) {
    const { code, stdout } = await bench(cwd, [
      'compare',
      onlyRun(join(cwd, better)),
      onlyRun(join(cwd, worse)),
    ]);
    expect(code, stdout).toBe(1);
  }
});
