/**
 * Ordinary right answers, as models write them, with tests as people write them: the language's own tools pass them all,
 * and so must the sandbox.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { lackIn } from '../../../src/grading/lacks.js';
import { pyodide } from '../../../src/grading/sandboxes/pyodide.js';
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
