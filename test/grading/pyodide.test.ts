// Python answers in the real sandbox: honest ones, and all the ways to cheat that we know.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import type { Execution } from '../../src/domain/program.js';
import { pyodide } from '../../src/grading/sandboxes/python/pyodide.js';
import { calls, int, limits, list, openOne, str, tests } from './sandbox-edges.js';

process.env['BENCH_TEST_KEY'] = 'planted-secret';
const sandbox = openOne(pyodide);
afterAll(() => sandbox.close());

const python = { calls: calls.bind(null, 'python'), tests: tests.bind(null, 'python') };

async function call(code: string, entry: string, ...args: Parameters<typeof calls>[3][]): Promise<Execution> {
  return sandbox.run(python.calls(code, entry, ...args));
}

async function one(code: string, ...args: Parameters<typeof calls>[3][number][]) {
  const execution = await call(code, 'f', args);
  return execution.kind === 'called' ? (execution.results[0] ?? execution.death) : execution;
}

async function passes(code: string, source: string, entry: string | null = null) {
  const execution = await sandbox.run(python.tests(code, source, entry));
  return execution.kind === 'tested' ? { passed: execution.passed, how: execution.how } : execution;
}

/** After whatever was done to it, the sandbox judges the next answers as if nothing had been. */
async function expectHealthy() {
  expect(await one('def f(x):\n    return x * 2\n', int(21))).toMatchObject({
    kind: 'returned',
    value: int(42),
  });
}

describe('memory', () => {
  const hungry = 'a = []\nfor i in range(10**7):\n    a.append("x" * 1000 + str(i))\n';
  test.each([
    [
      'of tests in the interpreter of the answer',
      'def f():\n    return 1\n',
      `${hungry}assert f() == 1`,
      'shared',
    ],
    [
      'of tests in an interpreter of their own',
      'def f():\n    return 1\n',
      `${hungry}assert f() == 1`,
      'isolated',
    ],
    [
      'of what the answer hands over',
      'def f():\n    return ["x" * 100_000] * 10_000\n',
      'assert len(f()) == 1',
      'isolated',
    ],
  ] as const)('%s has the limit of the program', async (_, code, source, judge) => {
    const program = {
      ...python.tests(code, source, 'f', judge),
      limits: { ...limits, memoryBytes: 64 * 1024 ** 2 },
    };
    const execution = await sandbox.run(program);
    expect(execution).toMatchObject({ kind: 'tested', passed: false });
    expect(process.memoryUsage().rss).toBeLessThan(1024 ** 3);
    expect(
      await sandbox.run(python.tests('def f():\n    return 1\n', 'assert f() == 1', 'f', judge)),
    ).toMatchObject({
      passed: true,
    });
  });
});

describe('calls', () => {
  test.each([
    ['None', { t: 'null' }],
    ['True', { t: 'bool', v: true }],
    ['2**100', { t: 'int', v: String(2n ** 100n) }],
    ['10**5000', { t: 'int', v: `1${'0'.repeat(5000)}` }],
    ['2.0', { t: 'float', v: 2 }],
    ['float("nan")', { t: 'float', v: 'nan' }],
    ['-float("inf")', { t: 'float', v: '-inf' }],
    ['1+2j', { t: 'complex', re: 1, im: 2 }],
    ['"ü\\U0001F600"', str('ü😀')],
    ['b"\\x00\\xff"', { t: 'bytes', v: '00ff' }],
    ['(1, [2])', { t: 'tuple', v: [int(1), list(int(2))] }],
    ['{1}', { t: 'set', v: [int(1)] }],
    ['frozenset()', { t: 'frozenset', v: [] }],
    ['{1: "a"}', { t: 'dict', v: [[int(1), str('a')]] }],
    ['__import__("collections").Counter("aa")', { t: 'dict', v: [[str('a'), int(2)]] }],
    ['object()', { t: 'opaque', type: 'object' }],
    ['(x for x in [1])', { t: 'opaque', type: 'generator' }],
  ])('returns %s', async (expression, expected) => {
    expect(await one(`def f():\n    return ${expression}\n`)).toMatchObject({
      kind: 'returned',
      value: expected,
    });
  });

  test('a value within itself and one too deep are opaque, not the end', async () => {
    const cyclic = await one('def f():\n    a = []\n    a.append(a)\n    return a\n');
    expect(JSON.stringify(cyclic)).toContain('opaque');
    const deep = await one(
      'def f():\n    a = []\n    for _ in range(5000):\n        a = [a]\n    return a\n',
    );
    expect(JSON.stringify(deep)).toContain('opaque');
    await expectHealthy();
  });

  test('arguments by position and name, what is printed, and arguments changed in place', async () => {
    const code = 'def f(a, b=0):\n    a.append(b)\n    print("hi")\n    return len(a)\n';
    const execution = await sandbox.run({
      kind: 'calls',
      language: 'python',
      code,
      calls: [{ entry: 'f', args: [list(int(1))], of: 'answer', keeps: false, kwargs: { b: int(5) } }],
      limits,
    });
    expect(execution).toMatchObject({
      results: [{ kind: 'returned', value: int(2), argsAfter: [list(int(1), int(5))], stdout: 'hi\n' }],
    });
  });

  test('exceptions say their class, its bases, their message and line', async () => {
    const code = 'class Mine(KeyError):\n    pass\n\ndef f():\n    raise Mine("k")\n';
    expect(await one(code)).toMatchObject({
      kind: 'raised',
      raised: { types: ['Mine', 'KeyError', 'LookupError', 'Exception', 'BaseException'], line: 5 },
    });
  });

  test('a syntax error and a raise at the top do not load', async () => {
    expect(await one('def f(:\n')).toMatchObject({
      kind: 'not_loaded',
      raised: { types: expect.arrayContaining(['SyntaxError']), line: 1 },
    });
    expect(await one('x = 1\n1 / 0\n')).toMatchObject({ kind: 'not_loaded', raised: { line: 2 } });
  });

  test('dataclasses, generators inside, recursion, async', async () => {
    const code = `
import asyncio
from dataclasses import dataclass
from functools import lru_cache

@dataclass
class Point:
    x: int

@lru_cache(None)
def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)

async def f(n):
    await asyncio.sleep(3600)
    return [fib(n), sum(x for x in range(n)), Point(n).x]
`;
    expect(await one(code, int(50))).toMatchObject({ value: list(int(12586269025), int(1225), int(50)) });
  });
});

describe('tests', () => {
  test('a function is judged apart from its tests', async () => {
    const code = 'def f(x):\n    return x + 1\n';
    expect(await passes(code, 'assert f(1) == 2\nassert f(2) == 3')).toEqual({
      passed: true,
      how: 'isolated',
    });
    expect(await passes(code, 'def check(g):\n    assert g(1) == 5\ncheck(f)', 'f')).toEqual({
      passed: false,
      how: 'isolated',
    });
    expect(await passes('def g():\n    pass', 'assert f(1) == 2', 'f')).toEqual({
      passed: false,
      how: 'isolated',
    });
  });

  test('exceptions, arguments changed in place and generators cross over', async () => {
    const code =
      'def f(x):\n    if x is None:\n        raise ValueError("none")\n    x.sort()\n    return (i for i in x)\n';
    const source = `
try:
    f(None)
    raise AssertionError("no error")
except ValueError as error:
    assert str(error) == "none"
given = [3, 1]
assert list(f(given)) == [1, 3]
assert given == [1, 3]
`;
    expect(await passes(code, source)).toEqual({ passed: true, how: 'isolated' });
  });

  test('test functions, unittest and pytest.raises are really run', async () => {
    const code = 'def f(x):\n    return 1 // x\n';
    expect(await passes(code, 'def test_a():\n    assert f(1) == 2\n')).toMatchObject({ passed: false });
    expect(
      await passes(
        code,
        'import pytest\ndef test_a():\n    with pytest.raises(ZeroDivisionError):\n        f(0)\n',
      ),
    ).toMatchObject({ passed: true });
    const cases =
      'import unittest\nclass T(unittest.TestCase):\n    def test_a(self):\n        self.assertEqual(f(1), ';
    expect(await passes(code, `${cases}1)\n`)).toMatchObject({ passed: true });
    expect(await passes(code, `${cases}2)\n`)).toMatchObject({ passed: false });
  });

  test('tests that touch nothing of the answer prove nothing', async () => {
    expect(await passes('def f():\n    return 1\n', 'assert 1 == 1', 'f')).toMatchObject({ passed: false });
  });

  test('tests that do not parse, or hang by themselves, are our fault', async () => {
    expect(await passes('def f():\n    return 1\n', 'assert f( == 1')).toMatchObject({ kind: 'broken' });
    const source = 'f()\nwhile True:\n    pass';
    const execution = await sandbox.run({
      ...python.tests('def f():\n    return 1\n', source),
      limits: { ...limits, timeMs: 700 },
    });
    expect(execution).toMatchObject({ kind: 'broken' });
    await expectHealthy();
  });
});

describe('one answer after the other', () => {
  test('nothing survives from one answer to the next', async () => {
    const dirty = `
import builtins, collections, json, sys, types
builtins.len = lambda x: 99
builtins.leak = 1
json.dumps = None
sys.modules["evil"] = types.ModuleType("evil")
collections.leak = 1
sys.path.insert(0, "/home/pyodide")
def f(x):
    return x
`;
    await one(dirty, int(1));
    const probe = `
import builtins, collections, sys
def f():
    return [hasattr(builtins, "leak"), hasattr(collections, "leak"), "evil" in sys.modules, len([1]), "/home/pyodide" in sys.path]
`;
    const no = { t: 'bool', v: false };
    expect(await one(probe)).toMatchObject({ value: { t: 'list', v: [no, no, no, int(1), no] } });
  });
});

const humanEval = join(import.meta.dirname, '../../../shared/data/HumanEval.jsonl.gz');

describe.skipIf(!existsSync(humanEval))('HumanEval (skipped where its file is not there)', () => {
  interface Task {
    readonly prompt: string;
    readonly entry_point: string;
    readonly canonical_solution: string;
    readonly test: string;
  }
  test('references pass and stubs fail, apart from their tests', async () => {
    const tasks = gunzipSync(readFileSync(humanEval))
      .toString('utf8')
      .trim()
      .split('\n')
      .map((line): Task => JSON.parse(line));
    const some = tasks.filter((_, index) => index % 8 === 0);
    const results = await Promise.all(
      some.map(async ({ prompt, entry_point, canonical_solution, test: source }) => {
        const helpers = prompt.slice(0, prompt.lastIndexOf(`def ${entry_point}`));
        const suite = `${helpers}\n${source}\ncheck(${entry_point})\n`;
        const right = await sandbox.run(python.tests(prompt + canonical_solution, suite, entry_point));
        const stub = await sandbox.run(
          python.tests(`def ${entry_point}(*args, **kwargs):\n    pass\n`, suite, entry_point),
        );
        return { right, stub };
      }),
    );
    expect(results).toHaveLength(21);
    for (const { right, stub } of results) {
      expect(right).toMatchObject({ kind: 'tested', passed: true, how: 'isolated' });
      expect(stub).toMatchObject({ kind: 'tested', passed: false });
    }
  });
});
