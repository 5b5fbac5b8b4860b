/** The judges of JavaScript against a plain Node: right answers pass, wrong ones do not, and cheats neither. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { quickjs } from '../../../src/grading/sandboxes/javascript/quickjs.js';
import { openOne } from '../sandbox-edges.js';
import { caseWith, gradeIn } from './graded.js';
import { harderJavascriptAttacks, javascriptAttacks } from './javascript-attacks.js';
import { javascriptProbes } from './javascript-probes.js';

const sandbox = openOne(quickjs);
afterAll(() => sandbox.close());

/** Some of the answers in a plain process in each `npm test`; all in `npm run test:long`. */
const IS_LONG = process.env['FC_RUNS'] !== undefined;
const gradeCode = gradeIn(sandbox, 'javascript');

/** The answer and its tests in one module. */
function plainly(code: string, source: string): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'bench-plain-'));
  try {
    const isModule = /^import\b/m.test(source);
    const body = isModule ? `${code}\n${source}` : `(async () => {\n${code}\n${source}\n})()`;
    writeFileSync(join(folder, isModule ? 'program.mjs' : 'program.cjs'), body);
    const { status } = spawnSync(process.execPath, [isModule ? 'program.mjs' : 'program.cjs'], {
      cwd: folder,
      timeout: 20_000,
      env: {},
    });
    return status === 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const answers = javascriptProbes.flatMap(({ name, tests: source, right, wrong }) => [
  ...right.map((code, at) => ({ name: `${name}: right ${at + 1}`, source, code, passes: true })),
  ...wrong.map((code, at) => ({ name: `${name}: wrong ${at + 1}`, source, code, passes: false })),
]);

describe('an answer and its tests', () => {
  // The rest of them with `npm run test:long`.
  test.each(answers.filter((_, at) => IS_LONG || at % 6 === 0))('$name', async ({ source, code, passes }) => {
    const graded = await gradeCode(caseWith('javascript', source, null), code);
    expect([graded.verdict, graded.checks]).toEqual([passes ? 'passed' : 'failed', expect.anything()]);
  });

  test('Node says the same', () => {
    const asked = answers.filter((_, at) => IS_LONG || at % 8 === 0);
    expect(
      asked.filter(({ source, code, passes }) => plainly(code, source) !== passes).map(({ name }) => name),
    ).toEqual([]);
  });
});

describe('answers that bend their tests', () => {
  const RIGHT = 'function f(x) { return x + 1; }';
  const sources = [
    'assert.equal(f(1), 2);\nassert.equal(f(2), 3);',
    "test('f', () => { expect(f(1)).toBe(2); expect(f(2)).toBe(3); });",
  ];
  const asked = sources.map((source) => caseWith('javascript', source, RIGHT));

  async function nextAnswersAreFine() {
    for (const one of asked) {
      expect((await gradeCode(one, RIGHT)).verdict).toBe('passed');
      expect((await gradeCode(one, RIGHT.replace('+ 1', '+ 2'))).verdict).toBe('failed');
    }
  }

  test.each(javascriptAttacks)('%s', async (_, code) => {
    for (const one of asked) {
      const graded = await gradeCode(one, code);
      expect([graded.verdict, graded.checks]).toEqual(['failed', [expect.objectContaining({ score: 0 })]]);
    }
    await nextAnswersAreFine();
  });

  test.each(harderJavascriptAttacks)('%s', async (_, source, code, solution) => {
    // With a reference to be compared with, and without.
    for (const known of [solution, null]) {
      const own = caseWith('javascript', source, known);
      expect((await gradeCode(own, solution)).verdict).toBe('passed');
      const graded = await gradeCode(own, code);
      expect([graded.verdict, graded.checks]).toEqual(['failed', [expect.objectContaining({ score: 0 })]]);
    }
    await nextAnswersAreFine();
  });
});
