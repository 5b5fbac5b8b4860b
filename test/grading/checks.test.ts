// The checks that read an answer's code: what each finds, what it says, and that words in the text are nothing to it.

import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import type { Answer } from '../../src/domain/grade.js';
import { readHere } from '../../src/grading/reader.js';
import { scorers } from '../../src/grading/scorers/index.js';

const limits = { timeMs: 1000, memoryBytes: 1e8, outputBytes: 1e6 };
const tools = {
  ...readHere,
  runOnce: () => {
    throw new Error('no code is run');
  },
  run: () => {
    throw new Error('no check runs code');
  },
  runTimed: () => {
    throw new Error('no check runs code');
  },
};

/** `[score, detail]` of one check, written as in a suite. */
async function judged(yaml: string, code: string, language = 'python', text = code) {
  const [key = '', options] = Object.entries(parse(yaml))[0] ?? [];
  const scorer = scorers.find((known) => known.key === key);
  const answer: Answer = { kind: 'code', code, method: 'fence', text };
  const scoring = scorer?.bind(options, { weight: 1, required: false });
  const [check] =
    (await scoring?.judge(
      answer,
      { language, entry: null, solution: null, forbidden: [], limits, task: '', judgements: [] },
      tools,
    )) ?? [];
  expect(check).toMatchObject({ name: key, passed: check?.score === 1, weight: 1, required: false });
  return [check?.score, check?.detail];
}

const typed = 'def f(a: int, *rest: str, b: int = 1, **more) -> int:\n    return a\n';

describe('python', () => {
  it.each([
    ['type_hints: true', 'def f(a: int, /, *, b: str = "x") -> int:\n    return a\n', 1, null],
    ['type_hints: true', typed, 0.8, 'without a type hint: f(more) (line 1)'],
    [
      'type_hints: true',
      '# def f(a: int) -> int\ndef f(a):\n    return a\n',
      0,
      "without a type hint: f(a) (line 2), f's return value (line 2)",
    ],
    [
      'type_hints: true',
      'class A:\n    def __init__(self, a: int):\n        self.a = a\n    @classmethod\n    def of(cls, a: int) -> "A":\n        return cls(a)\n',
      1,
      null,
    ],
    ['type_hints: true', 'x = 1\n', 0, 'nothing is defined that could have a type hint'],
    ['docstring: true', 'def f():\n    """Says it."""\n\ndef _g():\n    pass\n', 1, null],
    [
      'docstring: true',
      'def f():\n    # """Says it."""\n    x = "docstring"\n',
      0,
      'without documentation: f (line 1)',
    ],
    [
      'docstring: true',
      'class A:\n    "Says it."\n    def f(self): pass\n    def __len__(self): return 1\n',
      0.5,
      'without documentation: A.f (line 3)',
    ],
    ['max_complexity: 1', 'def f(a):\n    return a\n', 1, null],
    [
      'max_complexity: 10',
      'def f(a):\n    if a and b or c:\n        pass\n    elif [x for x in a if x]:\n        pass\n    return 1 if a else 2\n',
      1,
      null,
    ],
    [
      'max_complexity: 6',
      'def g(): pass\ndef f(a):\n    if a and b or c:\n        pass\n    elif [x for x in a if x]:\n        pass\n    return 1 if a else 2\n',
      0,
      'expected a complexity of at most 6, got 8: f (line 2)',
    ],
    [
      'max_complexity: 3',
      'def f(a):\n    match a:\n        case 1:\n            return 1\n        case [b, *_] if b:\n            return 2\n        case _:\n            return 3\n',
      0,
      'expected a complexity of at most 3, got 4: f (line 1)',
    ],
    [
      'max_complexity: 4',
      'def f(a):\n    try:\n        assert a\n    except (A, B):\n        pass\n    except C:\n        pass\n    finally:\n        pass\n',
      1,
      null,
    ],
    [
      'max_nesting: 2',
      'def f(a):\n    for x in a:\n        if x:\n            pass\n        elif y:\n            pass\n',
      1,
      null,
    ],
    [
      'max_nesting: 2',
      'def f(a):\n    for x in a:\n        with x:\n            while y:\n                pass\n',
      0,
      'expected a nesting of at most 2, got 3: f (line 1)',
    ],
    [
      'max_lines: 3',
      '"""One.\n\nTwo."""\n\n# note\ndef f():\n    """Doc\n    string."""\n    x = """a\nb"""\n',
      1,
      null,
    ],
    ['max_lines: 2', 'def f():\n    x = """a\nb"""\n', 0, 'expected a length in lines of at most 2, got 3'],
    ['forbids: { calls: [eval] }', '# eval(1)\ndef f(eval_):\n    return "eval(1)"\n', 1, null],
    [
      'forbids: { calls: [eval] }',
      'def f(a):\n    g = eval\n    return g(a)\n',
      0,
      'forbidden: eval() (line 2)',
    ],
    ['forbids: { calls: [sort] }', 'def f(a):\n    a.sort()\n', 0, 'forbidden: sort() (line 2)'],
    ['forbids: { calls: [sorted] }', 'def f(sorted):\n    return sorted\n', 1, null],
    [
      'forbids: { calls: [os.system], imports: [re] }',
      'import os\ndef f():\n    os . system("re")\n',
      0,
      'forbidden: os.system() (line 3)',
    ],
    [
      'forbids: { imports: [re, os, json] }',
      'import json as j, sys\nfrom os.path import join\n__import__("re")\n',
      0,
      'forbidden: import re (line 3), import os (line 2), import json (line 1)',
    ],
    ['requires: { imports: [collections] }', 'from collections import Counter\n', 1, null],
    ['requires: { calls: [f] }', 'def f(n):\n    return 1 if n < 2 else n * f(n - 1)\n', 1, null],
    ['requires: { calls: [f] }', 'def f(n):\n    return 1\n', 0, 'missing: f()'],
    ['requires: { calls: [part] }', 'def part(x):\n    return x\ndef f(x):\n    return part(x)\n', 1, null],
    ['forbids: { calls: [f] }', 'def f(n):\n    return n and f(n - 1)\n', 0, 'forbidden: f() (line 2)'],
    [
      'requires: { calls: [sum, map], imports: [math] }',
      'import math\nx = sum([])\n',
      2 / 3,
      'missing: map()',
    ],
    ['matches: "yield\\\\s"', 'def f():\n    yield 1\n', 1, null],
    [
      'matches: { pattern: PRINT, flags: i, absent: true }',
      'print(1)\n',
      0,
      '/PRINT/i is found, and must not be',
    ],
    ['matches: while', 'for x in y: pass\n', 0, '/while/ is not found'],
    ['text_matches: "O\\\\(n\\\\)"', 'x = 1\n', 0, '/O\\(n\\)/ is not found'],
  ] as const)('%s', async (yaml, code, score, detail) => {
    const found = await judged(yaml, code);
    expect(found).toEqual([expect.closeTo(score, 9), detail]);
  });
});

describe('javascript', () => {
  it.each([
    [
      'docstring: true',
      '/** Says it. */\nexport function f() {}\n/** And this. */\nconst g = () => 1;\n',
      1,
      null,
    ],
    [
      'docstring: true',
      '// Says it.\nfunction f() {}\nclass A { /** Does. */ m() {} #p() {} }\n',
      1 / 3,
      'without documentation: f (line 2), A (line 3)',
    ],
    [
      'max_complexity: 7',
      'const f = (a) => {\n  for (const b of a) if (b && a || c) {} else if (d) {}\n  return a ? b : c ?? d;\n};\n',
      0,
      'expected a complexity of at most 7, got 8: f (line 1)',
    ],
    [
      'max_complexity: 5',
      'function f(a) {\n  switch (a) { case 1: case 2: break; default: }\n  try { do {} while (a); } catch {}\n}\n',
      1,
      null,
    ],
    ['max_nesting: 1', 'function f(a) {\n  if (a) {} else if (b) {} else if (c) {}\n}\n', 1, null],
    [
      'max_nesting: 1',
      'exports.f = function (a) {\n  while (a) { try { } catch { } }\n};\n',
      0,
      'expected a nesting of at most 1, got 2: f (line 1)',
    ],
    ['max_lines: 2', '/* one\n two */\nfunction f() {\n  // three\n}\n', 1, null],
    ['forbids: { calls: [eval] }', 'const f = (a) => (0, eval)(a);\n', 0, 'forbidden: eval() (line 1)'],
    [
      'forbids: { calls: [sort, Function] }',
      'const f = (a) => a?.sort();\nnew Function("1");\n',
      0,
      'forbidden: sort() (line 1), Function() (line 2)',
    ],
    [
      'forbids: { imports: [fs, path, os] }',
      'import x from "node:fs";\nconst y = require("path");\nawait import("os");\n',
      0,
      'forbidden: import fs (line 1), import path (line 2), import os (line 3)',
    ],
    ['requires: { calls: [f] }', 'const f = (n) => (n < 2 ? 1 : n * f(n - 1));\n', 1, null],
    ['requires: { calls: [f] }', 'function f(n) { return n; }\n', 0, 'missing: f()'],
    ['requires: { calls: [reduce] }', 'const f = (a) => a.reduce((x, y) => x + y);\n', 1, null],
  ] as const)('%s', async (yaml, code, score, detail) => {
    const found = await judged(yaml, code, 'javascript');
    expect(found).toEqual([expect.closeTo(score, 9), detail]);
  });
});

describe('typescript', () => {
  it.each([
    [
      'type_hints: true',
      'function f(x: number, y?: string, ...z: T[]): void {}\nconst g = (x: unknown): x is number => true;\n',
      1,
      null,
    ],
    [
      'type_hints: true',
      'class A {\n  constructor(private n: number) {}\n  m(a, b: number) {}\n}\n',
      2 / 4,
      "without a type hint: A.m(a) (line 3), A.m's return value (line 3)",
    ],
    ['docstring: true', '/** Says it. */\nexport const f = <T>(x: T): T => x;\n', 1, null],
    [
      'max_complexity: 2',
      'export function f(x: A | B): x is A {\n  return x?.a! ? true : x.b && (x as any).c;\n}\n',
      0,
      'expected a complexity of at most 2, got 3: f (line 1)',
    ],
    [
      'forbids: { imports: [fs] }',
      "import type { Stats } from 'node:fs';\n",
      0,
      'forbidden: import fs (line 1)',
    ],
  ] as const)('%s', async (yaml, code, score, detail) => {
    const found = await judged(yaml, code, 'typescript');
    expect(found).toEqual([expect.closeTo(score, 9), detail]);
  });
});

test('a pattern that an answer was made to be slow for is given up', async () => {
  const [score, detail] = await judged('matches: "^(a+)+$"', `${'a'.repeat(40)}b`);
  expect([score, detail]).toEqual([0, '/^(a+)+$/ timed out after 1 s']);
});

test('the text is the answer as it came, and code is not asked of it', async () => {
  const text = 'It is O(n).\n```python\nx = 1\n```';
  expect(
    await judged('text_matches: { pattern: "o\\\\(n\\\\)", flags: i }', 'x = 1\n', 'python', text),
  ).toEqual([1, null]);
});

test('code that was not found, or not whole, fails each check of code', async () => {
  for (const [kind, detail] of [
    ['no_code', 'no code in the answer'],
    ['truncated', 'the answer was cut off'],
  ] as const) {
    const scoring = scorers.find(({ key }) => key === 'max_lines')?.bind(5, { weight: 0.5, required: true });
    const checks = await scoring?.judge(
      { kind, text: '' },
      { language: 'python', entry: null, solution: null, forbidden: [], limits, task: '', judgements: [] },
      tools,
    );
    expect(checks).toEqual([
      { name: 'max_lines', score: 0, passed: false, required: true, weight: 0.5, detail },
    ]);
  }
});
