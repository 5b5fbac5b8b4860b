/**
 * Ordinary right answers, as models write them, with tests as people write them: the language's own tools pass them all,
 * and so must the sandbox.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { lackIn } from '../../../src/grading/lacks.js';
import { pyodide } from '../../../src/grading/sandboxes/pyodide.js';
import { quickjs } from '../../../src/grading/sandboxes/quickjs.js';
import { openOne, tests } from '../sandbox-edges.js';

interface Ordinary {
  readonly name: string;
  readonly code: string;
  readonly source: string;
}

function readSet(file: string): Ordinary[] {
  const text = readFileSync(join(import.meta.dirname, file), 'utf8');
  return text
    .split(/^=== /m)
    .slice(1)
    .map((part) => {
      const [head = '', source = ''] = part.split(/^--- tests\n/m);
      const end = head.indexOf('\n');
      return { name: head.slice(0, end), code: head.slice(end + 1), source };
    });
}

/**
 * JavaScript and TypeScript, by Node and vitest themselves: what uses a test function is vitest's, all else a program.
 * The names of those that fail.
 */
function failingNatively(answers: readonly Ordinary[], extension: 'js' | 'ts'): string[] {
  const root = mkdtempSync(join(tmpdir(), 'bench-native-'));
  symlinkSync(join(import.meta.dirname, '../../../node_modules'), join(root, 'node_modules'));
  writeFileSync(join(root, 'package.json'), '{"type": "module"}');
  writeFileSync(join(root, 'setup.js'), 'import { vi } from "vitest"; globalThis.jest = vi;');
  const config = { test: { globals: true, setupFiles: ['./setup.js'], pool: 'threads' } };
  writeFileSync(join(root, 'vitest.config.js'), `export default ${JSON.stringify(config)};`);
  const isProgram = ({ source }: Ordinary) => /from 'node:(?:test|assert)/.test(source);
  for (const answer of answers) {
    const { name, code, source } = answer;
    mkdirSync(join(root, name));
    const isCommon = /\bmodule\.exports\b/.test(code);
    if (isCommon) writeFileSync(join(root, name, 'package.json'), '{"type": "commonjs"}');
    writeFileSync(join(root, name, `answer.${extension}`), code);
    writeFileSync(
      join(root, name, isProgram(answer) ? `program.${extension}` : `answer.test.${extension}`),
      source,
    );
  }
  const said = spawnSync(
    process.execPath,
    [join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--root', root, '--reporter', 'json'],
    {
      cwd: root,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], TZ: 'UTC' },
    },
  );
  const report = JSON.parse(said.stdout.slice(said.stdout.indexOf('{')));
  const failed = report.testResults
    .filter(({ status }: { status: string }) => status !== 'passed')
    .map(({ name, message }: { name: string; message: string }) => `${name} ${message}`);
  for (const answer of answers.filter(isProgram)) {
    if (extension === 'ts') continue;
    const { status, stderr } = spawnSync(process.execPath, [join(root, answer.name, 'program.js')], {
      encoding: 'utf8',
    });
    if (status !== 0) failed.push(`${answer.name} ${stderr}`);
  }
  rmSync(root, { recursive: true, force: true });
  return failed;
}

/** What a program of the machine says: a line for each answer. */
function native(command: string, args: readonly string[]): readonly string[] {
  const { stdout } = spawnSync(command, args, { encoding: 'utf8', timeout: 120_000 });
  return (stdout ?? '').trim().split('\n');
}

const python = readSet('python.txt');

describe('Python', () => {
  const sandbox = openOne(pyodide);
  afterAll(() => sandbox.close());
  const canBeCompared =
    spawnSync('python3', ['-c', 'import sys, pytest, zoneinfo; sys.exit(sys.version_info < (3, 11))'])
      .status === 0;

  test.skipIf(!canBeCompared)('CPython and pytest pass all of them (skipped without them)', () => {
    const lines = native('python3', [
      join(import.meta.dirname, 'native.py'),
      join(import.meta.dirname, 'python.txt'),
    ]);
    expect(lines).toEqual(python.map(({ name }) => `${name}\tpassed`));
  });

  test.each(python)('$name', async ({ code, source }) => {
    const execution = await sandbox.run(tests('python', code, source, null, 'shared'));
    expect(lackIn(execution, code, 'python')).toBeNull();
    expect(execution).toMatchObject({ kind: 'tested', passed: true, marks: { lies: [] } });
    // What looks at frames or at insides is judged again, in an interpreter of its own.
    if (execution.kind === 'tested' && execution.marks?.reach.length === 0) return;
    const second = await sandbox.run(tests('python', code, source, null, 'isolated'));
    expect([execution.kind === 'tested' && execution.marks?.reach, second]).toMatchObject([
      expect.anything(),
      { passed: true },
    ]);
  });
});

describe.each([
  ['javascript', 'js'],
  ['typescript', 'ts'],
] as const)('%s', (language, extension) => {
  const answers = readSet(`${language}.txt`);
  const sandbox = openOne(quickjs);
  afterAll(() => sandbox.close());

  test('Node and vitest pass all of them', () => {
    expect(failingNatively(answers, extension)).toEqual([]);
  });

  test.each(answers)('$name', async ({ code, source }) => {
    const execution = await sandbox.run(tests(language, code, source, null, 'shared'));
    expect(lackIn(execution, code, language)).toBeNull();
    expect(execution).toMatchObject({ kind: 'tested', passed: true });
    const second = await sandbox.run(tests(language, code, source, null, 'isolated'));
    if (second.kind === 'tested' && second.passed) return;
    const watched = await sandbox.run(tests(language, code, source, null, 'watched'));
    expect(watched).toMatchObject({ passed: true, marks: { lies: [], reach: [] } });
  });
});
