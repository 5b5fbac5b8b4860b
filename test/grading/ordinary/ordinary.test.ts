/**
 * Ordinary right answers, as models write them, with tests as people write them: the language's own tools pass them all,
 * and so must the sandbox.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { transformSync } from '@swc/wasm-typescript';
import { afterAll, describe, expect, test } from 'vitest';
import type { Execution, Program } from '../../../src/domain/program.js';
import { grade } from '../../../src/grading/grade.js';
import { lackIn } from '../../../src/grading/lacks.js';
import { quickjs } from '../../../src/grading/sandboxes/javascript/quickjs.js';
import { pyodide } from '../../../src/grading/sandboxes/python/pyodide.js';
import { openSandboxes, type Sandboxes } from '../../../src/grading/sandboxes/sandbox.js';
import { sqlite } from '../../../src/grading/sandboxes/sqlite.js';
import { scorers } from '../../../src/grading/scorers/index.js';
import { caseNamed } from '../../suite/case-named.js';
import { edges, limits, openOne, tests } from '../sandbox-edges.js';

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
      const [head = '', source = ''] = part.split(/^--- (?:tests|runs|databases)\n/m);
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

/** The tools themselves take longer than the sandbox. */
const IS_LONG = process.env['FC_RUNS'] !== undefined;
const canBeCompared =
  spawnSync('python3', ['-c', 'import sys, pytest, zoneinfo; sys.exit(sys.version_info < (3, 11))'])
    .status === 0;

/** The rest of them with `npm run test:long`. */
const some = <T>(all: readonly T[]) => all.filter((_, at) => IS_LONG || at % 2 === 0);

const python = readSet('python.txt');

describe('Python', () => {
  const sandbox = openOne(pyodide);
  afterAll(() => sandbox.close());
  const canBeCompared =
    spawnSync('python3', ['-c', 'import sys, pytest, zoneinfo; sys.exit(sys.version_info < (3, 11))'])
      .status === 0;

  test.skipIf(!IS_LONG || !canBeCompared)(
    'CPython and pytest pass all of them (in test:long, where they are there)',
    () => {
      const lines = native('python3', [
        join(import.meta.dirname, 'native.py'),
        join(import.meta.dirname, 'python.txt'),
      ]);
      expect(lines).toEqual(python.map(({ name }) => `${name}\tpassed`));
    },
  );

  test.each(some(python))('$name', async ({ code, source }) => {
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

  test.skipIf(!IS_LONG)('Node and vitest pass all of them (in test:long)', () => {
    expect(failingNatively(answers, extension)).toEqual([]);
  });

  test.each(some(answers))('$name', async ({ code, source }) => {
    const execution = await sandbox.run(tests(language, code, source, null, 'shared'));
    expect(lackIn(execution, code, language)).toBeNull();
    expect(execution).toMatchObject({ kind: 'tested', passed: true });
    const second = await sandbox.run(tests(language, code, source, null, 'isolated'));
    if (second.kind === 'tested' && second.passed) return;
    const watched = await sandbox.run(tests(language, code, source, null, 'watched'));
    expect(watched).toMatchObject({ passed: true, marks: { lies: [], reach: [] } });
  });
});

/** A run of a program by python3 or Node, as the sandbox would report it. */
function natively(asked: Program): Execution {
  if (asked.kind !== 'script') throw new Error('no program');
  const folder = mkdtempSync(join(tmpdir(), 'bench-program-'));
  const { language, files, args, stdin } = asked;
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const code =
    language === 'typescript'
      ? transformSync(asked.code, { mode: 'transform', module: true }).code
      : asked.code;
  const isModule = /^(?:import|export)\b/m.test(code);
  const file = language === 'python' ? 'answer.py' : isModule ? 'answer.mjs' : 'answer.cjs';
  writeFileSync(join(folder, file), code);
  const command = language === 'python' ? 'python3' : process.execPath;
  const ran = spawnSync(command, [file, ...args], {
    cwd: folder,
    input: stdin,
    encoding: 'utf8',
    timeout: 20_000,
  });
  rmSync(folder, { recursive: true, force: true });
  return {
    kind: 'ran',
    stdout: ran.stdout,
    stderr: ran.stderr,
    exit: ran.status ?? 255,
    raised: null,
    death: null,
  };
}

describe('whole programs', () => {
  const sandboxes = openSandboxes([pyodide, quickjs], 2, edges, () => {});
  afterAll(() => sandboxes.close());
  const scorer = scorers.find(({ key }) => key === 'program');

  test.each(readSet('programs.txt'))('$name', async ({ name, code, source }) => {
    const language = name.split(':')[0] ?? '';
    const runs = source
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const scorings = [scorer?.bind(runs, { weight: 1, required: true })].filter((one) => one !== undefined);
    const asked = caseNamed('p', { language, entry: null, scorings, limits });
    const text = `\`\`\`${language}\n${code}\n\`\`\``;
    const judged = async (run: Sandboxes['run']) => {
      const { checks } = await grade(asked, { text, finishReason: 'stop' }, { ...sandboxes, run });
      return checks.map(({ name, score, detail }) => [name, score, detail]);
    };
    const all = runs.map((_, at) => [`program[${at + 1}]`, 1, null]);
    expect(await judged(sandboxes.run)).toEqual(all);
    // And so says the language itself, of the same runs, in test:long.
    if (IS_LONG && (language !== 'python' || canBeCompared))
      expect(await judged(async (program) => natively(program))).toEqual(all);
  });
});

describe('SQL', () => {
  const sandbox = openOne(sqlite);
  afterAll(() => sandbox.close());
  const scorer = scorers.find(({ key }) => key === 'sql');
  const hasSqlite =
    spawnSync('python3', ['-c', 'import sqlite3; assert sqlite3.sqlite_version_info >= (3, 38)']).status ===
    0;

  /** By CPython's own SQLite. */
  const natively = async (asked: Program): Promise<Execution> =>
    JSON.parse(
      spawnSync('python3', [join(import.meta.dirname, 'native_sql.py')], {
        input: JSON.stringify(asked),
        encoding: 'utf8',
      }).stdout,
    );

  test.each(readSet('sql.txt'))('$name', async ({ code, source }) => {
    const databases = source
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const scorings = [scorer?.bind(databases, { weight: 1, required: true })].filter(
      (one) => one !== undefined,
    );
    const asked = caseNamed('q', { language: 'sql', entry: null, scorings, limits });
    const judged = async (text: string, run: Sandboxes['run']) => {
      const { checks } = await grade(asked, { text, finishReason: 'stop' }, { ...sandbox, run });
      return checks.map(({ name, score, detail }) => [name, score, detail]);
    };
    const all = databases.map((_, at) => [`sql[${at + 1}]`, 1, null]);
    expect(await judged(`\`\`\`sql\n${code}\n\`\`\``, sandbox.run)).toEqual(all);
    // Without a fence, too.
    expect(await judged(code, sandbox.run)).toEqual(all);
    if (IS_LONG && hasSqlite) expect(await judged(code, natively)).toEqual(all);
  });
});
