/** Baselines of several runs, and runs that are not complete: what counts, and what is left out by name. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { bench, journalIn, runsIn } from './bench.js';

let cwd = '';
const ids = () =>
  runsIn(cwd)
    .filter((path) => !path.endsWith('baselines'))
    .map((path) => path.split('/').at(-1) ?? '');

beforeAll(async () => {
  cwd = folderWith(
    {
      'suite.yaml': `name: s
models:
  - { name: a, provider: simulated, quality: 0.7, latency: { median: 1s } }
  - { name: b, provider: simulated, quality: 0.7, latency: { median: 2s } }
cases:
${Array.from({ length: 20 }, (_, index) => `  - { id: c${index}, category: simple, prompt: Number ${index}., solution: It is fine., wrong: ["No."], checks: [{ text_matches: fine, required: true }] }\n`).join('')}`,
    },
    afterAll,
  );
  for (const seed of ['1', '2', '3']) {
    const { code, stderr } = await bench(cwd, ['run', 'suite.yaml', '--seed', seed, '--quiet']);
    expect(code, stderr).toBe(0);
  }
}, 60_000);

it('a baseline takes several runs, lists and shows them, and a comparison says how many', async () => {
  const [first = '', second = '', third = ''] = ids();
  const early = await bench(cwd, ['baseline', 'add', 'main', first]);
  expect(early.code).toBe(2);
  expect(early.stderr.replaceAll(/\s+/g, ' ')).toContain(
    `there is no baseline main in results [baseline/not-found] help: bench baseline set main ${first}`,
  );
  expect((await bench(cwd, ['baseline', 'set', 'main', first])).code).toBe(0);
  const one = await bench(cwd, ['compare', 'main', third]);
  expect(one.stdout).toContain('Variation from run to run is not covered');
  const added = await bench(cwd, ['baseline', 'add', 'main', second]);
  expect(added).toMatchObject({ code: 0, stdout: `main  2 runs  ${first}, ${second}\n` });
  const again = await bench(cwd, ['baseline', 'add', 'main', second]);
  expect(again.code).toBe(2);
  expect(again.stderr).toContain(`${second} is in the baseline main already`);
  expect((await bench(cwd, ['baseline', 'list'])).stdout).toContain(`${first} and 1 more run  s (20 cases)`);
  const shown = (await bench(cwd, ['baseline', 'show', 'main'])).stdout;
  expect(shown).toContain(first);
  expect(shown).toContain(second);
  expect(shown.match(/~a {2}pass rate/g)).toHaveLength(2);
  const both = await bench(cwd, ['compare', 'main', third]);
  expect(both.code).toBe(0);
  expect(both.stdout).toMatch(/baseline main \(\d{4}-\d\d-\d\d\), 2 runs → /);
  expect(both.stdout).not.toContain('Variation from run to run');
  const gated = await bench(cwd, ['run', 'suite.yaml', '--seed', '4', '--baseline', 'main']);
  expect(gated.code, gated.stderr).toBe(0);
  expect(gated.stdout).toContain(', 2 runs → ');
});

it('a run that is not complete is left out by name, and counts as what it is where it is asked for', async () => {
  const [first = '', second = ''] = ids();
  const cut = folderWith({});
  for (const id of [first, second]) {
    const from = join(cwd, 'results', id);
    const lines = journalIn(from);
    const kept = id === second ? lines.filter((line) => line.type !== 'end').slice(0, 11) : lines;
    mkdirSync(join(cut, 'results', id), { recursive: true });
    const text = readFileSync(join(from, 'trials.jsonl'), 'utf8').split('\n');
    writeFileSync(join(cut, 'results', id, 'trials.jsonl'), `${text.slice(0, kept.length).join('\n')}\n`);
  }
  const partial = `${second} is not complete, `;
  const trend = await bench(cut, ['trend', first, second]);
  expect(trend.code, trend.stderr).toBe(0);
  expect(trend.stderr).toContain(partial);
  expect(trend.stderr).toContain('use --include-partial to include it');
  expect(trend.stdout).toContain('A trend needs at least two runs.');
  const taken = await bench(cut, ['trend', first, second, '--include-partial', '--json']);
  const rates = (
    JSON.parse(taken.stdout) as { candidates: { points: { success_rate: { value: number } }[] }[] }
  ).candidates[0]?.points.map(({ success_rate: rate }) => rate.value);
  expect(Math.max(...(rates ?? []))).toBe(1);
  expect(Math.min(...(rates ?? []))).toBeLessThan(0.6);
  const alone = await bench(cut, ['recommend', second]);
  expect(alone.code).toBe(2);
  expect(alone.stderr).toContain(partial);
  expect(alone.stderr).toContain('resume it with bench run --resume');
  const added = await bench(cut, ['recommend', first, second, '--json', '--write', 'r.yaml']);
  expect(added.code, added.stderr).toBe(0);
  expect(added.stderr).toContain(partial);
  expect((JSON.parse(added.stdout) as { runs: string[] }).runs).toEqual([first]);
  const refused = await bench(cut, ['baseline', 'set', 'x', first]);
  expect(refused.code).toBe(0);
  const grown = await bench(cut, ['baseline', 'add', 'x', second]);
  expect(grown.code).toBe(2);
  expect(grown.stderr).toContain(partial.replace(',', ':'));
});
