/** Answers that bend their tests: whoever judges them, none passes, none is an error of ours, and none is felt afterwards. */
import { afterAll, describe, expect, test } from 'vitest';
import { openOne, pythons } from '../sandbox-edges.js';
import { caseWith, gradeIn } from './graded.js';
import { harderAttacks, pythonAttacks } from './python-attacks.js';

describe.each(pythons)('in %s', (_tier, backend) => {
  const sandbox = openOne(backend);
  afterAll(() => sandbox.close());

  /** A quarter of them in each `npm test`; all in `npm run test:long`. */
  const IS_LONG = process.env['FC_RUNS'] !== undefined;
  const some = <T>(all: readonly T[]) => all.filter((_, at) => IS_LONG || at % 8 === 0);

  const gradeCode = gradeIn(sandbox, 'python');

  const TESTS = 'assert f(1) == 2\nassert f(2) == 3\n';
  const RIGHT = 'def f(x):\n    return x + 1\n';
  const asked = caseWith('python', TESTS, RIGHT);

  async function nextAnswersAreFine() {
    expect((await gradeCode(asked, RIGHT)).verdict).toBe('passed');
    expect((await gradeCode(asked, RIGHT.replace('+ 1', '+ 2'))).verdict).toBe('failed');
  }

  describe('Python', () => {
    test.each(some(pythonAttacks))('%s', async (_, code) => {
      const graded = await gradeCode(asked, code);
      expect([graded.verdict, graded.checks]).toEqual(['failed', [expect.objectContaining({ score: 0 })]]);
      await nextAnswersAreFine();
    });

    test.each(some(harderAttacks))('%s', async (_, source, code, solution) => {
      // With a reference to be compared with, and without.
      for (const known of [solution, null]) {
        const own = caseWith('python', source, known);
        expect((await gradeCode(own, solution)).verdict).toBe('passed');
        const graded = await gradeCode(own, code);
        expect([graded.verdict, graded.checks]).toEqual(['failed', [expect.objectContaining({ score: 0 })]]);
      }
      await nextAnswersAreFine();
    });
  });

  test('a test that the answer has skipped is none that passed, with or without a solution', async () => {
    const source =
      'import unittest\nclass T(unittest.TestCase):\n    def test_it(self):\n        self.assertEqual(f(1), 2)';
    const code = 'import unittest\ndef f(x):\n    raise unittest.SkipTest("not today")\n';
    expect(await gradeCode(caseWith('python', source, null), code)).toMatchObject({ verdict: 'failed' });
  });

  describe('what settles a mark', () => {
    const frames = 'import sys\ndef f(x):\n    sys._getframe()\n    return x + 1\n';

    test('the other judge, where the tests can be judged by it', async () => {
      expect(await gradeCode(asked, frames)).toMatchObject({
        verdict: 'passed',
        checks: [{ evidence: 'isolated' }],
      });
      expect(await gradeCode(asked, RIGHT)).toMatchObject({
        verdict: 'passed',
        checks: [{ evidence: 'shared' }],
      });
    });

    test('nothing, where they cannot: it fails, and says why', async () => {
      const own = caseWith(
        'python',
        'class Own(f):\n    pass\nassert Own().n == 2\n',
        'class f:\n    n = 2\n',
      );
      const code = 'import sys\nsys._getframe()\nclass f:\n    n = 2\n';
      expect(await gradeCode(own, code)).toMatchObject({
        verdict: 'failed',
        checks: [{ detail: expect.stringContaining('tampered: reads frames') }],
      });
    });

    test('the reference, where it does the same', async () => {
      const modulo =
        'class f:\n    def __init__(self, n):\n        self.n = n % 7\n    def __eq__(self, o):\n        return self.n == (o.n if isinstance(o, f) else o % 7)\n';
      const own = caseWith('python', 'assert f(3) == 10\nassert f(1) == 8\n', modulo);
      expect(await gradeCode(own, `${modulo}# another\n`)).toMatchObject({ verdict: 'passed' });
    });

    test('a case whose own solution fails is nobody’s failure', async () => {
      const own = caseWith('python', TESTS, 'def f(x):\n    return x\n');
      for (const code of [RIGHT, 'def f(x):\n    return x\n']) {
        expect(await gradeCode(own, code)).toMatchObject({
          verdict: 'error',
          checks: [
            { reason: 'solution_fails', detail: expect.stringContaining("the case's own solution fails") },
          ],
        });
      }
    });
  });
});
