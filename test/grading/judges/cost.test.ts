/** What a verdict costs beside a fresh process of the language, measured in the same minute. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { quickjs } from '../../../src/grading/sandboxes/javascript/quickjs.js';
import { pyodide } from '../../../src/grading/sandboxes/python/pyodide.js';
import { openOne } from '../sandbox-edges.js';
import { caseWith, gradeIn } from './graded.js';

const hasPython = spawnSync('python3', ['--version']).status === 0;

/** The quickest of several, in ms: whatever else runs on the machine only adds. */
async function quickest(times: number, work: () => unknown): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let time = 0; time < times; time++) {
    const startMs = performance.now();
    await work();
    best = Math.min(best, performance.now() - startMs);
  }
  return best;
}

test.each([
  [
    'python',
    pyodide,
    'def f(x):\n    return x + 1\n',
    'assert f(1) == 2\nassert f(2) == 3\n',
    'python3',
    1.2,
  ],
  [
    'javascript',
    quickjs,
    'function f(x) { return x + 1; }\n',
    "import assert from 'node:assert/strict';\nassert.equal(f(1), 2);\nassert.equal(f(2), 3);\n",
    process.execPath,
    1 / 3,
  ],
] as const)('%s', async (language, backend, code, source, command, most) => {
  if (language === 'python' && !hasPython) return;
  const sandbox = openOne(backend);
  const folder = mkdtempSync(join(tmpdir(), 'bench-cost-'));
  try {
    const asked = caseWith(language, source, null);
    let number = 0;
    const verdict = async () => {
      number += 1;
      const mark = language === 'python' ? '#' : '//';
      const graded = await gradeIn(sandbox, language)(asked, `${code}${mark} ${number}\n`);
      expect(graded.verdict).toBe('passed');
    };
    for (let warm = 0; warm < 5; warm++) await verdict();
    const file = join(folder, language === 'python' ? 'program.py' : 'program.mjs');
    writeFileSync(file, `${code}${source}`);
    const ours = await quickest(15, verdict);
    const fresh = await quickest(5, () => expect(spawnSync(command, [file]).status).toBe(0));
    expect(ours / fresh).toBeLessThan(most);
  } finally {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
