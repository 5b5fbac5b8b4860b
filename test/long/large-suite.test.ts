/** Suites of the sizes that the format promises. */
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

it('100,000 cases load from JSON lines', async () => {
  const folder = folderWith({
    'bench.yaml': '{}',
    'suite.yaml': 'name: large\ncases: { file: cases.jsonl }\n',
  });
  for (let start = 0; start < 100_000; start += 1000) {
    const lines = Array.from({ length: 1000 }, (_, index) =>
      JSON.stringify({
        id: `case-${start + index}`,
        category: 'simple',
        language: 'python',
        prompt: `Write f, which adds ${start + index}.`,
        entry: 'f',
        table: [{ args: [1], returns: start + index + 1 }],
      }),
    );
    appendFileSync(join(folder, 'cases.jsonl'), `${lines.join('\n')}\n`);
  }
  expect(await casesIn(folder)).toBe(100_000);
});

it('5,000 cases load from plain YAML', async () => {
  const one = (id: number) =>
    `  - { id: c${id}, category: simple, language: python, prompt: Write f., entry: f, table: [{ args: [${id}], returns: ${id} }] }\n`;
  const text = `name: plain\ncases:\n${Array.from({ length: 5000 }, (_, id) => one(id)).join('')}`;
  expect(await casesIn(folderWith({ 'bench.yaml': '{}', 'suite.yaml': text }))).toBe(5000);
});
