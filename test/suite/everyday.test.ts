/** What the cases of everyday have in common: enough rows, wrong answers, a difficulty, a paragraph in the docs, tidy references. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { folderWith } from './folder.js';

const root = resolve(import.meta.dirname, '../..');
const folder = join(root, 'suites/everyday');

interface Given {
  readonly id: string;
  readonly category: string;
  readonly language: 'python' | 'javascript' | 'typescript';
  readonly tags: readonly string[];
  readonly entry?: string;
  readonly table?: readonly { readonly steps?: readonly unknown[] }[];
  readonly tests?: string;
  readonly document?: { readonly as?: 'code' | 'readme' };
  readonly solution: string;
  readonly wrong: readonly string[];
}

const everyday: readonly Given[] = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .flatMap((file) => parse(readFileSync(join(folder, file), 'utf8')).cases);
const page = readFileSync(join(root, 'docs/everyday.md'), 'utf8');

describe('every case of everyday', () => {
  it.each(everyday.map((given) => [given.id, given] as const))('%s', (id, { tags, table, tests, wrong }) => {
    expect(new Set(wrong).size).toBeGreaterThanOrEqual(2);
    expect(tags.filter((tag) => ['easy', 'medium', 'hard'].includes(tag))).toHaveLength(1);
    expect(tags.length).toBeGreaterThanOrEqual(2);
    // Answers of the other kinds have as many checks as their code has mutants, or names to document.
    if (table !== undefined || tests !== undefined) {
      const rows = (table ?? []).reduce((sum, { steps }) => sum + (steps?.length ?? 1), 0);
      // Rows of `each` are assertions, too.
      const assertions = tests?.match(/\bassert\b|\bexpect\(|^ *[[(]/gm)?.length ?? 0;
      expect(rows + assertions).toBeGreaterThanOrEqual(8);
    }
    expect(page).toContain(`\n**${id}**`);
  });
});

describe('references use all names that they define', () => {
  const inLanguage = (...wanted: readonly string[]) =>
    everyday.filter(({ language, document }) => wanted.includes(language) && document?.as !== 'readme');

  it.skipIf(spawnSync('python3', ['--version']).status !== 0)('in Python (skipped without python3)', () => {
    const sources = Object.fromEntries(inLanguage('python').map(({ id, solution }) => [id, solution]));
    const script = join(import.meta.dirname, 'unused_names.py');
    const { stdout, stderr } = spawnSync('python3', [script], {
      input: JSON.stringify({ ...sources, canary: 'import os\n\ndef f():\n    x = 1\n' }),
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toEqual({ canary: ['os', 'x'] });
  });

  it('in JavaScript and TypeScript', () => {
    const cwd = folderWith({
      'biome.json': JSON.stringify({
        linter: {
          rules: {
            recommended: false,
            correctness: {
              noUnusedVariables: 'error',
              noUnusedImports: 'error',
              noUndeclaredVariables: 'error',
            },
            suspicious: { noExplicitAny: 'error', noDoubleEquals: 'off' },
          },
        },
      }),
    });
    mkdirSync(join(cwd, 'references'));
    const write = (name: string, code: string) => writeFileSync(join(cwd, 'references', name), code);
    for (const { id, language, entry, solution } of inLanguage('javascript', 'typescript')) {
      const name = entry ?? /^(?:export )?(?:function|class) (\w+)/m.exec(solution)?.[1];
      const isExported = name === undefined || new RegExp(`export .*\\b${name}\\b`).test(solution);
      const exported = isExported ? '' : `\nexport { ${name} };\n`;
      write(`${id}.${language === 'typescript' ? 'ts' : 'js'}`, solution + exported);
    }
    write('canary.ts', 'export function f(): number {\n  const unused = 1;\n  return missing;\n}\n');
    const biome = join(root, 'node_modules/.bin/biome');
    const { stdout } = spawnSync(biome, ['lint', '--reporter=json', '--max-diagnostics=200', 'references'], {
      cwd,
      encoding: 'utf8',
    });
    const found: readonly { readonly location: { readonly path: unknown } }[] =
      JSON.parse(stdout).diagnostics;
    expect([...new Set(found.map(({ location }) => JSON.stringify(location.path)))].join(' ')).toMatch(
      /^\S*canary\.ts\S*$/,
    );
    expect(found).toHaveLength(2);
  });
});

it('has twelve cases in each category, in three languages, a quarter of them hard', () => {
  const count = (key: (given: Given) => string) => {
    const counts: Record<string, number> = {};
    for (const given of everyday) counts[key(given)] = (counts[key(given)] ?? 0) + 1;
    return counts;
  };
  expect(count(({ category }) => category)).toEqual({
    simple: 12,
    moderate: 12,
    complex: 12,
    tests: 12,
    refactor: 12,
    docs: 12,
  });
  const { python, typescript } = count(({ language }) => language);
  expect(python).toBeGreaterThanOrEqual(24);
  expect(typescript).toBeGreaterThanOrEqual(24);
  expect(everyday.filter(({ tags }) => tags.includes('hard')).length).toBeGreaterThanOrEqual(
    everyday.length / 4,
  );
});
