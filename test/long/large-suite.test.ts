/** Suites of the sizes that the format promises. */
import { spawnSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { knownProviders } from '../../src/providers/index.js';
import { loadConfig } from '../../src/suite/config.js';
import { loadSuite } from '../../src/suite/load.js';
import { realFiles } from '../../src/world/files.js';
import { folderWith, languages } from '../suite/folder.js';

async function casesIn(folder: string): Promise<number> {
  const config = await loadConfig(join(folder, 'bench.yaml'), {
    files: realFiles,
    providers: knownProviders,
  });
  if (!config.ok) throw new Error('no config');
  const sources = { files: realFiles, shippedFolder: folder, config: config.value, languages };
  const loaded = await loadSuite(join(folder, 'suite.yaml'), sources);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics.slice(0, 3)));
  return loaded.value.suite.cases.length;
}

it('100,000 cases load and plan in less than 300 MB', () => {
  const folder = folderWith({ 'suite.yaml': 'name: large\ncases: { file: cases.jsonl }\n' });
  for (let start = 0; start < 100_000; start += 1000) {
    const lines = Array.from({ length: 1000 }, (_, index) =>
      JSON.stringify({
        id: `case-${start + index}`,
        category: 'simple',
        language: 'python',
        prompt: `Write a Python function f that adds ${start + index} to its argument and returns the sum.`,
        entry: 'f',
        table: [
          { args: [1], returns: start + index + 1 },
          { args: [-1], returns: start + index - 1 },
        ],
        solution: `def f(x):\n    return x + ${start + index}\n`,
      }),
    );
    appendFileSync(join(folder, 'cases.jsonl'), `${lines.join('\n')}\n`);
  }
  const dist = new URL('../../dist/', import.meta.url).href;
  const script = `
    const { readRunRequest } = await import('${dist}run/request/read-request.js');
    const { realWorld } = await import('${dist}world/real.js');
    const read = await readRunRequest({ suites: ['suite.yaml'], models: ['reference'] }, realWorld(new AbortController().signal));
    console.log(JSON.stringify({ trials: read.value.plan.trials.length, kb: process.resourceUsage().maxRSS }));`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: folder,
    encoding: 'utf8',
  });
  const { trials, kb } = JSON.parse(stdout);
  expect(trials).toBe(100_000);
  expect(kb / 1024).toBeLessThan(300);
});

it('5,000 cases load from plain YAML', async () => {
  const one = (id: number) =>
    `  - { id: c${id}, category: simple, language: python, prompt: Write f., entry: f, table: [{ args: [${id}], returns: ${id} }] }\n`;
  const text = `name: plain\ncases:\n${Array.from({ length: 5000 }, (_, id) => one(id)).join('')}`;
  expect(await casesIn(folderWith({ 'bench.yaml': '{}', 'suite.yaml': text }))).toBe(5000);
});
