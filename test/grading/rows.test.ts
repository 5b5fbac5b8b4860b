/** Tables and tests that mean in the sandbox what they mean elsewhere: small inputs, each for a kind. */
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { grade } from '../../src/grading/grade.js';
import { backends } from '../../src/grading/sandboxes/index.js';
import { openSandboxes } from '../../src/grading/sandboxes/sandbox.js';
import { mistakesIn, suiteOf } from '../suite/folder.js';
import { calls, edges, str } from './sandbox-edges.js';

const sandboxes = openSandboxes(backends, 2, edges, () => {});
afterAll(() => sandboxes.close());

/** One case of a suite, and an answer to it. */
async function judged(yaml: string, code: string, language = 'python') {
  const { suite } = await suiteOf({
    'suite.yaml': `name: s\ndefaults: { language: ${language}, category: simple }\ncases:\n  - id: a\n    prompt: p\n    entry: f\n${yaml.replace(/^/gm, '    ')}\n`,
  });
  const [asked] = suite.cases;
  if (asked === undefined) throw new Error('no case');
  const graded = await grade(asked, { text: `\`\`\`\n${code}\n\`\`\``, finishReason: 'stop' }, sandboxes);
  return [graded.verdict, graded.checks.find(({ passed }) => !passed)?.detail ?? null];
}

describe('what a table is given back', () => {
  it.each([
    [
      'namedtuple',
      'from collections import namedtuple\nP = namedtuple("P", "a b")\ndef f():\n    return P(1, 2)',
      '[1, 2]',
      '[1, 3]',
    ],
    [
      'typing.NamedTuple',
      'from typing import NamedTuple\nclass P(NamedTuple):\n    a: int\n    b: list\ndef f():\n    return [P(1, [P(2, [])])]',
      '[[1, [[2, []]]]]',
      '[[1, [2]]]',
    ],
    [
      'IntEnum',
      'from enum import IntEnum\nclass C(IntEnum):\n    A = 3\ndef f():\n    return {"a": C.A}',
      '{ a: 3 }',
      '{ a: 4 }',
    ],
    [
      'str Enum',
      'from enum import Enum\nclass C(str, Enum):\n    A = "x"\ndef f():\n    return C.A',
      'x',
      'C.A',
    ],
    [
      'deque',
      'from collections import deque\ndef f():\n    return deque([1, [2]], maxlen=2)',
      '[1, [2]]',
      '[1]',
    ],
    [
      'defaultdict',
      'from collections import defaultdict\ndef f():\n    d = defaultdict(list)\n    d["a"].append(1)\n    return d',
      '{ a: [1] }',
      '{ a: [] }',
    ],
    [
      'dict of one’s own',
      'class D(dict):\n    def items(self):\n        return []\ndef f():\n    return D(a=1)',
      '{ a: 1 }',
      '{}',
    ],
    [
      'a lying int',
      'class E(int):\n    def __eq__(self, o):\n        return True\n    def __int__(self):\n        return 2\n    __hash__ = int.__hash__\ndef f():\n    return E(7)',
      '7',
      '2',
    ],
    [
      'a lying list',
      'class L(list):\n    def __iter__(self):\n        return iter([1, 2])\n    def __len__(self):\n        return 2\ndef f():\n    return L([9])',
      '[9]',
      '[1, 2]',
    ],
    [
      'a lying str',
      'class S(str):\n    def __str__(self):\n        return "right"\n    __repr__ = __str__\ndef f():\n    return S("wrong")',
      'wrong',
      'right',
    ],
  ])('%s is its base value', async (_, code, right, wrong) => {
    expect(await judged(`table: [{ returns: ${right} }]`, code)).toEqual(['passed', null]);
    expect((await judged(`table: [{ returns: ${wrong} }]`, code))[0]).toBe('failed');
  });

  it.each([
    ['python', '{ 1: 2 }', 'def f():\n    return {1: 2}', 'passed'],
    ['python', '{ 1: 2 }', 'def f():\n    return {"1": 2}', 'failed'],
    ['python', '{ "1": 2 }', 'def f():\n    return {"1": 2}', 'passed'],
    ['python', '[{ 1: { 2.5: x, true: y } }]', 'def f():\n    return [{1: {2.5: "x", True: "y"}}]', 'passed'],
    ['javascript', '{ 1: 2 }', 'const f = () => ({ 1: 2 });', 'passed'],
    ['javascript', '{ 1: 2 }', 'const f = () => new Map([[1, 2]]);', 'passed'],
    ['javascript', '{ 1: 2 }', 'const f = () => ({ 1: 3 });', 'failed'],
  ])('%s: keys of %s keep their type: %s', async (language, returns, code, verdict) => {
    expect((await judged(`table: [{ returns: ${returns} }]`, code, language))[0]).toBe(verdict);
  });

  it('keys that are numbers are given as the language has them', async () => {
    const row = 'table: [{ args: [{ 1: a, 2: b }], returns: a }]';
    expect(await judged(row, 'def f(d):\n    return d[1]')).toEqual(['passed', null]);
    expect(await judged(row, 'const f = (o) => (o instanceof Map ? "map" : o[1]);', 'javascript')).toEqual([
      'passed',
      null,
    ]);
    const map = 'table: [{ args: [{ $dict: [[1, a]] }], returns: a }]';
    expect(await judged(map, 'const f = (m) => m.get(1);', 'javascript')).toEqual(['passed', null]);
  });

  it.each([
    ['1e23', 'def f():\n    return 10**23', 'passed'],
    ['1.0e+16', 'def f():\n    return 10**16 + 1', 'passed'],
    ['2.0', 'def f():\n    return 2', 'passed'],
    ['2.0', 'def f():\n    return 3', 'failed'],
    ['100000000000000000000001', 'def f():\n    return 10**23', 'failed'],
    ['100000000000000000000000', 'def f():\n    return 1e23', 'failed'],
    ['9007199254740993', 'def f():\n    return 9007199254740992.0', 'failed'],
  ])('a float is near enough at any size, a whole number exact: %s', async (returns, code, verdict) => {
    expect((await judged(`table: [{ returns: ${returns} }]`, code))[0]).toBe(verdict);
  });

  it('a message shows what differs', async () => {
    const long = 'x'.repeat(150);
    const [, detail] = await judged(`table: [{ returns: "${long}a" }]`, `def f():\n    return "${long}b"`);
    expect(detail).toContain('they differ at character 151: "xxxxxxxxxxa" and "xxxxxxxxxxb"');
    const [, types] = await judged('table: [{ returns: [2] }]', 'def f():\n    return {2}');
    expect(types).toBe('expected [2], got {2}');
    const [, alike] = await judged(
      'table: [{ returns: 9007199254740993 }]',
      'def f():\n    return 9007199254740992.0',
    );
    expect(alike).toMatch(/^expected 9007199254740993, got 9007199254740992/);
  });
});

describe('TypeScript', () => {
  it.each([
    [
      'a type of a package',
      "import { Request } from 'express';\nfunction f(r?: Request): number { return 2; }",
    ],
    [
      'an import type',
      "import type { X } from './x';\nimport { type Y, type Z } from './y';\nfunction f(): number { return 2; }",
    ],
    [
      'an import that is not used',
      "import fs, { readFile as read } from 'fs';\nimport * as path from 'path';\nfunction f(): number { return 2; }",
    ],
  ])('%s is left out', async (_, code) => {
    expect(await judged('table: [{ returns: 2 }]', code, 'typescript')).toEqual(['passed', null]);
  });
  it('an import that is used is needed', async () => {
    const code = "import express from 'express';\nfunction f(): number { return express ? 2 : 3; }";
    expect((await judged('table: [{ returns: 2 }]', code, 'typescript'))[0]).toBe('error');
    const asserted = "import 'missing';\nfunction f(): number { return 2; }";
    expect((await judged('table: [{ returns: 2 }]', asserted, 'typescript'))[0]).toBe('failed');
  });
});

describe('English, as Node has it', () => {
  const js = async (code: string, ...args: string[]) => {
    const execution = await sandboxes.run(calls('javascript', code, 'f', args.map(str)));
    if (execution.kind !== 'called') throw new Error(JSON.stringify(execution));
    const [result] = execution.results;
    return result?.kind === 'returned' ? JSON.parse((result.value as { v: string }).v) : result;
  };

  it('sorts texts', async () => {
    const char = fc.constantFrom(
      ...' _-,;:!?.\'"()[]{}@*/\\&#%`^+<=>|~$0123456789abcxyzABCXYZéÉèàäÄöüßñçÅ'.replace('ß', ''),
    );
    const texts = fc.sample(fc.string({ unit: char, maxLength: 6 }), { numRuns: 600, seed: 7 });
    const pairs = texts.slice(1).map((text, at) => [texts[at] ?? '', text]);
    const options = [
      undefined,
      { sensitivity: 'base' },
      { sensitivity: 'accent' },
      { numeric: true },
    ] as const;
    const code = `const f = (t) => JSON.stringify(JSON.parse(t).map(([[a, b], o]) => Math.sign(a.localeCompare(b, 'en-US', o ?? undefined))));`;
    for (const option of options) {
      const got = await js(code, JSON.stringify(pairs.map((pair) => [pair, option ?? null])));
      const wanted = pairs.map(([a = '', b = '']) => Math.sign(a.localeCompare(b, 'en-US', option)));
      const wrong = pairs.filter((_, at) => got[at] !== wanted[at]);
      expect([JSON.stringify(option), wrong]).toEqual([JSON.stringify(option), []]);
    }
    expect(['b', 'a', 'C'].sort((p, q) => p.localeCompare(q))).toEqual(
      await js("const f = () => JSON.stringify(['b', 'a', 'C'].sort((p, q) => p.localeCompare(q)));"),
    );
  });

  it('writes numbers', async () => {
    const numbers = [
      0,
      -0,
      1,
      -1,
      12,
      999,
      1000,
      1234567.5,
      0.1 + 0.2,
      1.005,
      2.5,
      1e6,
      123456789.987654,
      -9876.54321,
      1e-7,
      1e20,
    ];
    const all = [
      ...numbers.map((x) => [x, {}]),
      ...numbers.map((x) => [x, { minimumFractionDigits: 2, maximumFractionDigits: 2 }]),
      ...numbers.map((x) => [x, { style: 'currency', currency: 'USD' }]),
      ...numbers.map((x) => [x, { maximumFractionDigits: 0 }]),
      ...[0.256, 1, 0.5].map((x) => [x, { style: 'percent' }]),
    ] as const;
    const code =
      'const f = (t) => JSON.stringify(JSON.parse(t).map(([x, o]) => x.toLocaleString("en-US", o)));';
    const got = await js(code, JSON.stringify(all));
    const wanted = all.map(([x, options]) =>
      (JSON.parse(JSON.stringify(x)) as number).toLocaleString('en-US', options as Intl.NumberFormatOptions),
    );
    expect(got).toEqual(wanted);
  });

  it('writes dates, and other languages too', async () => {
    const code = `const f = () => { const d = new Date(Date.UTC(2024, 0, 2, 15, 4, 5)); return JSON.stringify([
      d.toLocaleDateString(), d.toLocaleTimeString('en-US'), d.toLocaleString(), d.getHours(),
      (1234.5).toLocaleString('de-DE'), 'ж'.localeCompare('я'), d.toLocaleDateString('en-US', { month: 'long' }),
      (1e6).toLocaleString('en-US', { notation: 'compact' }), 12n.toLocaleString(), 'i'.toLocaleUpperCase('tr')]); };`;
    const d = new Date(Date.UTC(2024, 0, 2, 15, 4, 5));
    const timeZone = 'UTC';
    expect(await js(code)).toEqual([
      d.toLocaleDateString('en-US', { timeZone }),
      d.toLocaleTimeString('en-US', { timeZone }),
      d.toLocaleString('en-US', { timeZone }),
      15,
      '1.234,5',
      -1,
      'January',
      '1M',
      '12',
      'İ',
    ]);
  });
});

describe('one mistake is reported once', () => {
  const cases = Array.from(
    { length: 3 },
    (_, at) => `  - { id: c${at}, prompt: p, entry: f, table: [{ returns: 1 }] }\n`,
  ).join('');
  it.each([
    [
      'a misspelt key of the defaults',
      `name: s\ndefaults: { langauge: python, category: simple }\ncases:\n${cases}`,
      /^suite\.yaml:2:13 unknown key "langauge" in "defaults" of the suite/,
    ],
    [
      'a wrong limit in the defaults',
      `name: s\ndefaults: { language: python, category: simple, limits: { time: soon } }\ncases:\n${cases}`,
      /^suite\.yaml:2:\d+ .*time/,
    ],
    [
      'an unknown category in the defaults',
      `name: s\ndefaults: { language: python, category: 7 }\ncases:\n${cases}`,
      /^suite\.yaml:2:\d+ .*category/,
    ],
    [
      'tabs',
      'name: s\ncases:\n\t- id: a\n\t  prompt: x\n\t  entry: f\n',
      /^suite\.yaml:3:1 a tab indents this line/,
    ],
    [
      'a colon in a text',
      'name: s\ncases:\n  - id: a\n    prompt: Write this: a function\n    entry: f\n',
      /^suite\.yaml:4:13 this text holds a colon and a space.*\| quote the text, or write it below after a \|/,
    ],
    [
      'a list that is indented otherwise',
      'name: s\ncases:\n  - id: a\n - id: b\n',
      /^suite\.yaml:\d:\d+ the indentation of this line/,
    ],
    [
      'a key that is a number',
      'name: s\nmodels: []\ncases:\n  - id: a\n    prompt: p\n    params: { 4.10: x }\n    category: docs\n    checks: [{ text_matches: x }]\n',
      /^suite\.yaml:6:15 the key 4\.10 is read as 4\.1 \| quote it: "4\.10"/,
    ],
  ])('%s', async (_, text, says) => {
    const mistakes = await mistakesIn({ 'suite.yaml': text });
    expect([mistakes.length, mistakes[0]]).toEqual([1, expect.stringMatching(says)]);
  });

  it('keys of models that are numbers are mistakes, unless they are quoted', async () => {
    const suite = `name: s\ndefaults: { language: python, category: simple }\ncases:\n${cases}`;
    const { configOf, folderWith, shown } = await import('../suite/folder.js');
    for (const key of ['4.10', '1e3', '0x10', '007']) {
      const config = await configOf(
        folderWith({ 'suite.yaml': suite, 'bench.yaml': `models:\n  ${key}: { provider: simulated }\n` }),
      );
      expect([key, config.ok ? [] : shown(config.diagnostics)]).toEqual([
        key,
        [expect.stringContaining(`quote it: "${key}"`)],
      ]);
    }
    const quoted = await configOf(
      folderWith({
        'bench.yaml': 'models:\n  "4.10": { provider: simulated }\n  5: { provider: simulated }\n',
      }),
    );
    expect(quoted.ok && [...quoted.value.models.keys()]).toEqual(['5', '4.10']);
  });
});

it('a prompt file is the same text, and has the same ids, whatever its line ends', async () => {
  const hashes = await Promise.all(
    ['Write f.\nIt adds.\n', '\uFEFFWrite f.\r\nIt adds.\r\n', 'Write f.\rIt adds.\r'].map(async (text) => {
      const { suite } = await suiteOf({
        'suite.yaml':
          'name: s\ncases: [{ id: a, category: docs, prompt: { file: p.md }, checks: [{ text_matches: x }] }]\n',
        'p.md': text,
      });
      return [suite.cases[0]?.prompt, suite.cases[0]?.questionHash];
    }),
  );
  expect(hashes[0]?.[0]).toBe('Write f.\nIt adds.\n');
  expect(new Set(hashes.map(String)).size).toBe(1);
});
