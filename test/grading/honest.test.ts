// Honest answers that are odd in one way each: every one passes, with tests and with a table.
import { afterAll, describe, expect, test } from 'vitest';
import { quickjs } from '../../src/grading/sandboxes/javascript/quickjs.js';
import { pyodide } from '../../src/grading/sandboxes/python/pyodide.js';
import { calls, int, openOne, tests } from './sandbox-edges.js';

type Programs = readonly (readonly [name: string, code: string])[];

const python: Programs = [
  [
    'prints of a debugger',
    'import sys\ndef f(x):\n    print("f called with", x)\n    print("warn", file=sys.stderr)\n    return x + 1\n',
  ],
  [
    'recursion 900 deep',
    'def deep(n):\n    return 0 if n == 0 else 1 + deep(n - 1)\ndef f(x):\n    return deep(900) - 899 + x\n',
  ],
  [
    'its own limit of recursion',
    'import sys\nsys.setrecursionlimit(3000)\ndef deep(n):\n    return 0 if n == 0 else 1 + deep(n - 1)\ndef f(x):\n    return deep(1500) - 1499 + x\n',
  ],
  [
    'two seconds of work',
    'import time\ndef f(x):\n    end = time.perf_counter() + 2\n    n = 0\n    while time.perf_counter() < end:\n        n += 1\n    return x + 1 if n > 0 else 0\n',
  ],
  [
    'decorators',
    'import functools\ndef traced(g):\n    @functools.wraps(g)\n    def inner(*args, **kwargs):\n        return g(*args, **kwargs)\n    return inner\n@functools.lru_cache(maxsize=None)\n@traced\ndef f(x):\n    return x + 1\n',
  ],
  [
    'generators',
    'def count(n):\n    yield from range(n)\ndef f(x):\n    return sum(1 for _ in count(x + 1))\n',
  ],
  [
    'if __name__ == "__main__"',
    'def f(x):\n    return x + 1\n\nif __name__ == "__main__":\n    print(f(int(input())))\n    raise SystemExit(1)\n',
  ],
  [
    'helper classes',
    'from dataclasses import dataclass, field\n@dataclass\nclass Box:\n    n: int\n    seen: list = field(default_factory=list)\n    def next(self):\n        self.seen.append(self.n)\n        return self.n + len(self.seen)\ndef f(x):\n    return Box(x).next()\n',
  ],
  [
    'from __future__ first',
    '"""A module."""\nfrom __future__ import annotations\ndef f(x: int | Missing) -> int:\n    return x + 1\n',
  ],
  ['CRLF', 'def f(x):\r\n    y = """a\r\nb"""\r\n    return x + len(y) - 2\r\n'],
  ['a byte order mark', '\uFEFFdef f(x):\n    return x + 1\n'],
  ['tabs', 'def f(x):\n\tif x:\n\t\treturn x + 1\n'],
  [
    'a coroutine',
    'import asyncio\nasync def later(x):\n    await asyncio.sleep(3600)\n    return x + 1\nasync def f(x):\n    a, b = await asyncio.gather(later(x), later(x))\n    return a if a == b else 0\n',
  ],
  ['a sleep', 'import time\ndef f(x):\n    time.sleep(0.05)\n    return x + 1\n'],
  [
    'match, walrus and nested f-strings',
    'def f(x):\n    match {"n": x}:\n        case {"n": int(n)} if (m := n + 1):\n            return int(f"{f\'{m}\'}")\n',
  ],
  [
    'enums, abstract classes and protocols',
    'from abc import ABC, abstractmethod\nfrom enum import IntEnum\nfrom typing import Protocol\nclass Step(IntEnum):\n    ONE = 1\nclass Adds(Protocol):\n    def add(self, x: int) -> int: ...\nclass Base(ABC):\n    @abstractmethod\n    def add(self, x): ...\nclass Own(Base):\n    def add(self, x):\n        return int(x + Step.ONE)\ndef f(x):\n    return Own().add(x)\n',
  ],
  ['state between calls', 'calls = 0\ndef f(x):\n    global calls\n    calls += 1\n    return x + calls\n'],
  [
    'the library',
    'import bisect, collections, contextlib, datetime, decimal, fractions, hashlib, heapq, io, itertools, json, logging, math, operator, os, pathlib, random, re, statistics, string, textwrap, typing, unittest, uuid\ndef f(x):\n    logging.warning("x")\n    return int(decimal.Decimal(x) + fractions.Fraction(1).numerator)\n',
  ],
  ['names that are not ASCII', 'def größe(ä):\n    return ä + 1\ndef f(x):\n    return größe(x)\n'],
  [
    'its own doctests, run',
    'def f(x):\n    """\n    >>> f(1)\n    2\n    """\n    return x + 1\nimport doctest\ndoctest.testmod()\n',
  ],
  [
    'a temporary file in memory',
    'import io\ndef f(x):\n    with io.StringIO() as file:\n        file.write(str(x + 1))\n        return int(file.getvalue())\n',
  ],
];

const javascript: Programs = [
  [
    'prints of a debugger',
    'function f(x) { console.log("f", { x }); console.error(new Error("e")); console.table([1]); return x + 1; }',
  ],
  [
    'recursion 900 deep',
    'const deep = (n) => (n === 0 ? 0 : 1 + deep(n - 1)); const f = (x) => deep(900) - 899 + x;',
  ],
  [
    'two seconds of work',
    'function f(x) { const end = Date.now() + 2000; let n = 0; while (Date.now() < end) n++; return n > 0 ? x + 1 : 0; }',
  ],
  [
    'async, with timers',
    'async function f(x) { const wait = (ms) => new Promise((done) => setTimeout(done, ms)); await Promise.all([wait(10), wait(3600000)]); return x + 1; }',
  ],
  [
    'an ES module',
    "import { strict as check } from 'node:assert';\ncheck.equal(1, 1);\nexport const helper = (x) => x;\nexport default async function f(x) {\n  return helper(x) + 1;\n}\n",
  ],
  [
    'CommonJS, and its main',
    "'use strict';\nfunction f(x) { return x + 1; }\nmodule.exports = { f };\nif (require.main === module) { console.log(f(1)); process.exit(1); }\n",
  ],
  [
    'classes with private fields',
    'class Box { #n; static #made = 0; constructor(n) { this.#n = n; Box.#made++; } get next() { return this.#n + Box.#made; } } function f(x) { return new Box(x).next; }',
  ],
  [
    'generators and iterators',
    'function* count(n) { for (let i = 0; i < n; i++) yield i; } const f = (x) => [...count(x + 1)].length;',
  ],
  [
    'new syntax',
    'const f = (x) => { const o = { a: { b: x } }; let y = null; y ??= o?.a?.b; y ||= 1; return [y, 1].at(-1) + Object.fromEntries(Object.entries({ y })).y; };',
  ],
  ['big integers', 'const f = (x) => Number(BigInt(x) + 1n);'],
  ['CRLF', 'function f(x) {\r\n  return x + `a\r\n`.length - 1;\r\n}\r\n'],
  ['a byte order mark', '\uFEFFfunction f(x) { return x + 1; }'],
  [
    'maps, sets, dates and regular expressions',
    'function f(x) { const m = new Map([[x, new Set([x])]]); return m.get(x).size + Number(/(?<n>\\d+)/.exec(String(x)).groups.n) + (new Date(0).getTime()); }',
  ],
];

const typescript: Programs = [
  [
    'generics and conditional types',
    'type Item<T> = T extends Array<infer U> ? U : T;\nfunction first<T extends unknown[]>(xs: [...T]): Item<T> { return xs[0] as Item<T>; }\nexport function f(x: number): number { return first([x]) + 1; }',
  ],
  [
    'enums',
    'enum Step { One = 1, Two = One << 1 }\nconst enum Flag { On = "on" }\nfunction f(x: number): number { return Flag.On === "on" ? x + Step.One : Step.Two; }',
  ],
  [
    'namespaces',
    'namespace Sums { const one = 1; export namespace Deep { export function add(x: number) { return x + one; } } }\nfunction f(x: number): number { return Sums.Deep.add(x); }',
  ],
  [
    'decorated by hand',
    'function traced<A extends unknown[], R>(g: (...args: A) => R): (...args: A) => R { return (...args) => g(...args); }\nexport const f = traced((x: number): number => x + 1);',
  ],
  [
    'declarations only',
    'declare global { interface Window { x: number } }\ndeclare function missing(): void;\nexport type { X } from "./x";\nexport interface Y { y: number }\nexport const f = (x: number): number => x + 1;',
  ],
  [
    'accessors and overrides',
    'abstract class A { protected constructor(readonly n: number) {} abstract get next(): number }\nclass B extends A { static of(n: number) { return new B(n); } override get next(): number { return this.n + 1; } }\nfunction f(x: number) { return B.of(x).next; }',
  ],
];

describe.each([
  ['python', pyodide, python, 'assert f(1) == 2'],
  ['javascript', quickjs, javascript, 'assert.equal(await f(1), 2);'],
  ['typescript', quickjs, typescript, 'assert.equal(await f(1), 2);'],
] as const)('%s', (language, backend, programs, source) => {
  const sandbox = openOne(backend);
  afterAll(() => sandbox.close());

  test.each(programs)('%s', async (name, code) => {
    const called = await sandbox.run(calls(language, code, 'f', [int(1)]));
    const two = language === 'python' ? int(2) : { t: 'float', v: 2 };
    expect(called).toMatchObject({
      kind: 'called',
      results: [{ kind: 'returned', value: two }],
      death: null,
    });
    const asked =
      name === 'a coroutine' ? `import asyncio\n${source.replace('f(1)', 'asyncio.run(f(1))')}` : source;
    expect(await sandbox.run(tests(language, code, asked, 'f'))).toMatchObject({
      kind: 'tested',
      passed: true,
    });
  });
});
