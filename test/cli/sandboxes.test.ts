/** What the sandboxes have, as they say it: the page of it is the same text. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { bench } from './bench.js';

it('bench validate --sandbox prints docs/sandboxes.md', async () => {
  const cwd = folderWith({});
  const { code, stdout, stderr } = await bench(cwd, ['validate', '--sandbox']);
  expect(code, stderr).toBe(0);
  // Which modules Node itself has differs by its version: what is there does not.
  const fixed = (text: string) => text.replaceAll(/^(Runs in|Not there:).*$/gm, '$1');
  const page = readFileSync(new URL('../../docs/sandboxes.md', import.meta.url), 'utf8');
  expect(fixed(stdout)).toBe(fixed(page));
  expect(stdout).toMatch(/^Modules: .*`json`.*`zoneinfo`/m);
  expect(stdout).toMatch(/^Not there: .*`sqlite3`/m);
});

it('says which judges a case allows', async () => {
  const cwd = folderWith({
    'suite.yaml': `name: s
defaults: { language: python, category: simple }
cases:
  - { id: both, prompt: p, entry: f, tests: "assert f(1) == 2", solution: "def f(x): return x + 1" }
  - { id: one, prompt: p, entry: f, tests: "class Own(f):\\n    pass\\nassert Own().n == 2", solution: "class f:\\n    n = 2" }
  - { id: table, prompt: p, entry: f, table: [{ returns: 1 }], solution: "def f(): return 1" }
`,
  });
  const { stdout } = await bench(cwd, ['validate', 'suite.yaml', '--json']);
  const { suites } = JSON.parse(stdout);
  expect(suites[0].cases.map((one: { case: string; judges: unknown }) => [one.case, one.judges])).toEqual([
    ['both', ['shared', 'isolated']],
    ['one', ['shared']],
    ['table', null],
  ]);
  const text = (await bench(cwd, ['validate', 'suite.yaml'])).stdout;
  expect(text.match(/only one interpreter can judge it/g)).toHaveLength(1);
});
