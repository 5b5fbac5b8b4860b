/** Tests by hand are scored by the faults they notice; faults of ours are such as Stryker makes. */

import { createRequire } from 'node:module';
import { afterAll, describe, expect, it, test } from 'vitest';
import type { Check } from '../../../src/domain/grade.js';
import { mutated } from '../../../src/domain/kinds/mutation.js';
import { extract } from '../../../src/grading/extract.js';
import { javascriptGrammar, typescriptGrammar } from '../../../src/grading/languages/grammars.js';
import { mutationCandidates } from '../../../src/grading/mutation/candidates.js';
import { javascriptMutations } from '../../../src/grading/mutation/javascript-mutations.js';
import { pythonMutations } from '../../../src/grading/mutation/python-mutations.js';
import { openScoring } from '../score.js';
import { javascriptSubjects } from './javascript-subjects.js';
import { pythonSubjects } from './python-subjects.js';
import { typescriptSubjects } from './typescript-subjects.js';

const scoring = openScoring();
afterAll(() => scoring.close());

async function scored(
  language: string,
  subject: string,
  tests: string,
  { solution }: { readonly solution?: string } = {},
): Promise<Check> {
  const asked = {
    language,
    keys: { subject, mutation: {} },
    ...(solution === undefined ? {} : { solution }),
  };
  const [check] = await scoring.checks(asked, tests);
  if (check === undefined) throw new Error('no check');
  return check;
}

const withoutAssertions = (tests: string) =>
  tests
    .replaceAll(/^(\s*)assert [^\n]*$/gm, '$1pass')
    .replaceAll(/self\.assert\w+\([^\n]*\)$/gm, 'pass')
    .replaceAll(/assert\.\w+\(/g, 'void (')
    .replaceAll('expect(', 'looked(')
    .replace(/^(?=.*looked\()/s, 'const looked = () => new Proxy(() => 0, { get: (a, b, own) => own });');

const isWhole = process.env['FC_RUNS'] !== undefined;
const languages = [
  ['python', pythonSubjects],
  ['javascript', javascriptSubjects],
  ['typescript', typescriptSubjects],
] as const;

describe.each(languages)('%s', (language, subjects) => {
  // The rest of them with `npm run test:long`.
  const some = isWhole ? subjects : subjects.slice(3, 4);
  test.each(some)('$name', async ({ code, thorough, happy, wrong }) => {
    const all = await scored(language, code, thorough);
    expect(all.score).toBeGreaterThanOrEqual(0.9);
    const usual = await scored(language, code, happy);
    expect(usual.score).toBeGreaterThanOrEqual(0.2);
    expect(usual.score).toBeLessThanOrEqual(0.8);
    expect(await scored(language, code, wrong)).toMatchObject({ score: 0, passed: false });
    expect(await scored(language, code, withoutAssertions(happy))).toMatchObject({
      score: 0,
      detail: 'no assertion ran',
    });
    // Of a copy that is tested instead, no mutant would be killed.
    const copy = await scored(language, code, `${code}\n${happy}`);
    expect(copy.score).toBe(usual.score);
    expect(copy.detail).toContain('its own copy of');
  });
});

test('tests that pass in one order only are no tests', async () => {
  const code = 'def double(x):\n    return 2 * x\n';
  const ordered = `seen = []

def test_first():
    assert double(1) == 2
    seen.append(1)

def test_second():
    assert seen == [1]

def test_third():
    assert double(2) == 4
`;
  expect(await scored('python', code, ordered)).toMatchObject({
    score: 0,
    detail: expect.stringContaining('they pass, and fail in the reverse order'),
  });
  const inJavaScript = `let seen = 0;
test('a', () => { expect(double(1)).toBe(2); seen += 1; });
test('b', () => { expect(seen).toBe(1); seen += 1; });
test('c', () => { expect(seen).toBe(2); seen += 1; });
test('d', () => { expect(seen).toBe(3); });`;
  expect(await scored('javascript', 'const double = (x) => 2 * x;', inJavaScript)).toMatchObject({
    score: 0,
    detail: expect.stringContaining('in the reverse order'),
  });
});

test("mutants that the case's own tests do not notice are set aside", async () => {
  const code = 'def cap(x):\n    if x > 10:\n        return 10\n    return x\n';
  const good =
    'def test_cap():\n    assert cap(3) == 3\n    assert cap(10) == 10\n    assert cap(12) == 10\n';
  const alone = await scored('python', code, good);
  expect(alone.score).toBeLessThan(1);
  const { score, mutants = [] } = await scored('python', code, good, { solution: good });
  expect(score).toBe(1);
  expect(mutants.filter(({ status }) => status === 'unkillable').map((one) => mutated(code, one))).toEqual(
    expect.arrayContaining([code.replace('x > 10', 'x >= 10')]),
  );
  expect(
    await scored('python', code, good, { solution: 'def test():\n    assert cap(1) == 2' }),
  ).toMatchObject({
    score: null,
    reason: 'solution_fails',
  });
});

test('a loop without an end is noticed', async () => {
  const code = 'def count(n):\n    at = 0\n    while at < n:\n        at += 1\n    return at\n';
  const { mutants = [] } = await scored('python', code, 'assert count(3) == 3');
  expect(mutants.filter(({ status }) => status === 'timeout').length).toBeGreaterThan(0);
  expect(mutants.filter(({ status }) => status === 'unclear')).toEqual([]);
});

test('all blocks with tests are the answer, and a copy of the subject is not', () => {
  const fence = (code: string) => `\`\`\`python\n${code}\n\`\`\`\n`;
  const text = [
    'The function:',
    fence('def cap(x):\n    return min(x, 10)'),
    'Its tests:',
    fence('def test_a():\n    assert cap(3) == 3'),
    'And of the edges:',
    fence('def test_b():\n    assert cap(11) == 10'),
    'Run them:',
    '```bash\npytest\n```',
  ].join('\n\n');
  const wanted = {
    language: 'python',
    entry: 'cap',
    prompt: '',
    prelude: null,
    needsCode: true,
    isTests: true,
  };
  expect(extract({ text, finishReason: 'stop' }, wanted)).toMatchObject({
    code: 'def test_a():\n    assert cap(3) == 3\n\ndef test_b():\n    assert cap(11) == 10\n',
    method: 'fences with tests, 2 of 3',
  });
});

test('what the tests import and the sandbox lacks is ours', async () => {
  const check = await scored('python', 'def f():\n    return 1\n', 'import numpy\nassert f() == 1\n');
  expect(check).toMatchObject({ score: null, reason: 'unsupported', lack: 'numpy' });
});

test('a mock of a name of the subject is one for the subject', async () => {
  const code = 'def rate():\n    return 2\n\n\ndef price(x):\n    return x * rate()\n';
  const tests = `from unittest.mock import patch
from shop.prices import price

@patch("shop.prices.rate", return_value=5)
def test_price(mocked):
    assert price(3) == 15

def test_unpatched():
    assert price(3) == 6
`;
  expect((await scored('python', code, tests)).detail).toMatch(/^killed/);
});

describe('faults', () => {
  it('leave docstrings, annotations, imports, decorators and messages of errors alone', () => {
    const code = `import math
from x import y


@cache(1)
def f(a: int = 3) -> "text":
    """Says 1."""
    raise ValueError("message " + str(2))
`;
    const places = pythonMutations(code).map(({ from, to, replacement }) => [
      code.slice(from, to),
      replacement,
    ]);
    expect(places).toEqual([
      ['3', '4'],
      ['3', '0'],
      ['raise ValueError("message " + str(2))', 'pass'],
      ['ValueError', 'ArithmeticError'],
      ['2', '3'],
      ['2', '0'],
    ]);
  });

  it('swap functions and methods that are easily mistaken, as those of JavaScript do', () => {
    const called = (code: string) =>
      pythonMutations(code).flatMap(({ operator, from, to, replacement }) =>
        /function|method/.test(operator) ? [code.slice(0, from) + replacement + code.slice(to)] : [],
      );
    expect(called('max(a, b)')).toEqual(['min(a, b)']);
    expect(called('any(x for x in a)')).toEqual(['all(x for x in a)']);
    expect(called('a.name.lower()')).toEqual(['a.name.upper()']);
    expect(called('text.strip().startswith(y)')).toEqual(['text.startswith(y)', 'text.strip().endswith(y)']);
    expect(called('a.max(b)\nlower(a)')).toEqual([]);
  });

  it('are at most as many as are asked for, on as many lines as there are', () => {
    const code = pythonSubjects[2]?.code ?? '';
    const lines = (most: number) =>
      mutationCandidates('python', code, most / 2).map(({ from }) => code.slice(0, from).split('\n').length);
    const all = new Set(lines(1000));
    expect(lines(2 * all.size)).toHaveLength(2 * all.size);
    expect(new Set(lines(all.size))).toEqual(all);
  });
});

interface Known {
  readonly mutants: readonly {
    readonly mutatorName: string;
    readonly replacement: string;
    readonly location: { readonly start: Place; readonly end: Place };
  }[];
}
interface Place {
  readonly line: number;
  readonly column: number;
}

/** Without what a printer decides: spaces, quotes, semicolons, parentheses. */
const bare = (text: string) => text.replaceAll(/[\s;()'"`,]/g, '');

test('of JavaScript and TypeScript are a subset of those of Stryker', async () => {
  const require = createRequire(import.meta.url);
  const instrumenter = require.resolve('@stryker-mutator/instrumenter');
  const { Instrumenter } = await import(instrumenter);
  const silent = { debug() {}, info() {}, isDebugEnabled: () => false };
  const files = [
    ...javascriptSubjects.map(({ name, code }) => ({ name: `${name}.js`, code })),
    ...typescriptSubjects.map(({ name, code }) => ({ name: `${name}.ts`, code })),
  ];
  let count = 0;
  for (const { name, code } of files) {
    const { mutants }: Known = await new Instrumenter(silent).instrument(
      [{ name, mutate: true, content: code }],
      { plugins: null, excludedMutations: [], ignorers: [] },
    );
    const lines = code.split('\n');
    const offset = ({ line, column }: Place) =>
      lines.slice(0, line).reduce((sum, text) => sum + text.length + 1, 0) + column;
    const known = new Set(
      mutants.map(({ mutatorName, replacement, location: { start, end } }) =>
        [mutatorName, bare(code.slice(0, offset(start)) + replacement + code.slice(offset(end)))].join(' '),
      ),
    );
    const grammar = name.endsWith('.ts') ? typescriptGrammar() : javascriptGrammar();
    const own = javascriptMutations(code, grammar);
    const odd = own
      .filter((one) => !known.has([one.operator, bare(mutated(code, one))].join(' ')))
      .map(({ operator, from, to, replacement }) => `${operator}: ${code.slice(from, to)} -> ${replacement}`);
    expect({ name, odd }).toEqual({ name, odd: [] });
    count += own.length;
  }
  expect(count).toBeGreaterThan(200);
});
