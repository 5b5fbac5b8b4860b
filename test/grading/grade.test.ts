/** From a completion to a verdict, through the real sandboxes. */
import { afterAll, describe, expect, it } from 'vitest';
import { type Check, verdictOf } from '../../src/domain/grade.js';
import type { Execution } from '../../src/domain/program.js';
import type { Case } from '../../src/domain/suite.js';
import { grade } from '../../src/grading/grade.js';
import { backends } from '../../src/grading/sandboxes/index.js';
import { openSandboxes } from '../../src/grading/sandboxes/sandbox.js';
import { suiteOf } from '../suite/folder.js';
import { edges } from './sandbox-edges.js';

const sandboxes = openSandboxes(backends, 2, edges, () => {});
afterAll(() => sandboxes.close());

/** A sandbox that says of each program what it is told to. */
function scriptedSandboxes(next: () => Execution) {
  const worker = { description: 'scripted', run: async () => ({ execution: next(), fit: true }), close() {} };
  const backend = {
    tier: 'wasm' as const,
    probe: async () => '',
    languages: ['python'],
    selfTests: [],
    start: async () => worker,
  };
  return openSandboxes([backend], 2, edges, () => {});
}

async function caseOf(yaml: string): Promise<Case> {
  const { suite } = await suiteOf({
    'suite.yaml': `name: s\ncases:\n  - id: c\n    category: simple\n${yaml}`,
  });
  const [only] = suite.cases;
  if (only === undefined) throw new Error('no case');
  return only;
}

function completion(text: string, finishReason = 'stop') {
  const usage = { promptTokens: null, completionTokens: null, reasoningTokens: null };
  return { text, reasoning: null, finishReason, servedModel: null, servedBy: null, usage, costUsd: null };
}

const average = `    language: python
    prompt: Write average.
    entry: average
    table:
      - { args: [[1, 2, 3]], returns: 2.0 }
      - { args: [[1, 2]], returns: 1.5 }
      - { args: [[]], raises: ValueError }
      - { args: [[4]], kwargs: { scale: 2 }, returns: 8 }
`;

describe('a table in Python', () => {
  it('passes when every row holds', async () => {
    const code =
      'def average(n, scale=1):\n    if not n:\n        raise ValueError("none")\n    return scale * sum(n) / len(n)\n';
    const graded = await grade(await caseOf(average), completion(`\`\`\`python\n${code}\`\`\``), sandboxes);
    expect(graded).toMatchObject({
      verdict: 'passed',
      score: 1,
      answer: { kind: 'code', code, method: 'fence' },
    });
    expect(graded.checks.map(({ name, passed }) => [name, passed])).toEqual([
      ['table[1]', true],
      ['table[2]', true],
      ['table[3]', true],
      ['table[4]', true],
    ]);
  });

  it('says of each row what was expected and what came', async () => {
    const code = 'def average(n):\n    return sum(n) // len(n)\n';
    const graded = await grade(await caseOf(average), completion(`\`\`\`python\n${code}\`\`\``), sandboxes);
    expect(graded).toMatchObject({ verdict: 'failed', score: 0.25 });
    expect(graded.checks.map(({ detail }) => detail)).toEqual([
      null,
      'expected 1.5, got 1',
      'expected ValueError, got ZeroDivisionError: integer division or modulo by zero (line 2)',
      expect.stringMatching(/^expected 8, raised TypeError: .*unexpected keyword argument 'scale'/),
    ]);
  });

  it.each([
    ['prose', 'I would divide the sum by the count.', 'stop', 'no_code', 'no code in the answer'],
    [
      'a cut answer',
      '```python\ndef average(n):\n    return (',
      'length',
      'truncated',
      'the answer was cut off before its code was whole',
    ],
  ])('fails %s, and names what it was', async (_, text, finish, kind, detail) => {
    const graded = await grade(await caseOf(average), completion(text, finish), sandboxes);
    expect(graded).toMatchObject({ verdict: 'failed', score: 0, answer: { kind }, checks: [{ detail }] });
  });
});

describe('a table in JavaScript', () => {
  it('takes what comes back in any order where the row says so, and looks at what was printed', async () => {
    const asked = await caseOf(`    language: javascript
    prompt: Write names.
    entry: names
    table:
      - { args: [[[b, 1], [a, 2]]], returns: [a, b], unordered: true }
      - { args: [[[b, 1], [a, 2]]], returns: [a, b] }
      - { args: [[[a, 1], [a, 2]]], returns: [a, b], unordered: true }
      - { args: [[]], returns: [], stdout: none }
`);
    const code =
      'function names(pairs) {\n  if (pairs.length === 0) console.log("none");\n  return pairs.map(([name]) => name);\n}\n';
    const graded = await grade(asked, completion(`\`\`\`js\n${code}\`\`\``), sandboxes);
    expect(graded.checks.map(({ passed }) => passed)).toEqual([true, false, false, true]);
    const silent = code.replace('console.log("none")', 'null');
    const again = await grade(asked, completion(`\`\`\`js\n${silent}\`\`\``), sandboxes);
    expect(again.checks[3]?.detail).toBe('expected "none" to be printed, got ""');
  });

  it('compares objects, undefined, thrown errors, and arguments that were changed', async () => {
    const asked = await caseOf(`    language: javascript
    prompt: Write take.
    entry: take
    table:
      - { args: [{ a: [1, 2] }, a], returns: [1, 2] }
      - { args: [{}, b], returns: { $undefined: null } }
      - { args: [null, b], raises: TypeError }
      - { args: [{ a: 1 }, a], returns: 1, leaves: [{}, a] }
`);
    const code =
      'function take(data, key) {\n  const value = data[key];\n  delete data[key];\n  return value;\n}\n';
    expect(await grade(asked, completion(`\`\`\`js\n${code}\`\`\``), sandboxes)).toMatchObject({
      verdict: 'passed',
    });
    const keeps = code.replace('  delete data[key];\n', '');
    const graded = await grade(asked, completion(`\`\`\`js\n${keeps}\`\`\``), sandboxes);
    expect(graded.checks[3]?.detail).toBe(
      'arguments after the call: expected [{}, "a"], got [{"a": 1}, "a"]: [0]["a"] should be nothing, is 1',
    );
  });
});

describe('tests', () => {
  it.each([
    ['python', 'def twice(x):\n    return 2 * x\n', 'assert twice(2) == 4\nassert twice("a") == "aa"\n'],
    ['javascript', 'const twice = (x) => 2 * x;\n', 'assert.equal(twice(2), 4);\nassert(twice(0) === 0);\n'],
  ])('in %s pass on right code and fail on wrong', async (language, code, source) => {
    const tests = source.replaceAll('\n', '\n      ').trimEnd();
    const asked = await caseOf(`    language: ${language}\n    prompt: p\n    tests: |\n      ${tests}\n`);
    expect(await grade(asked, completion(`\`\`\`${language}\n${code}\`\`\``), sandboxes)).toMatchObject({
      verdict: 'passed',
    });
    const wrong = code.replace('2 * x', '3 * x');
    const graded = await grade(asked, completion(`\`\`\`${language}\n${wrong}\`\`\``), sandboxes);
    expect(graded).toMatchObject({ verdict: 'failed', score: 0 });
    expect(graded.checks[0]?.detail).toMatch(/AssertionError/);
  });
});

describe('a timeout, or an interpreter that was killed from outside,', () => {
  const died: Execution = { kind: 'called', results: [], death: { how: 'timeout', limitMs: 10 } };
  const diedBy = (detail: string): Execution => ({
    kind: 'called',
    results: [],
    death: { how: 'exit', detail },
  });
  const killed = diedBy('was ended by SIGKILL');
  const fine: Execution = {
    kind: 'called',
    results: [{ kind: 'returned', value: { t: 'int', v: '1' }, argsAfter: [], stdout: '' }],
    death: null,
  };
  const one = `    language: python\n    prompt: p\n    entry: f\n    table: [{ args: [], returns: 1 }]\n`;

  it.each([
    ['is believed only after a second run alone', [died, died], 'failed'],
    ['of a busy machine costs no points', [died, fine], 'passed'],
    ['by a system without memory costs none either', [killed, fine], 'passed'],
    ['twice is the answer’s doing', [killed, killed], 'failed'],
    ['is not an end of its own', [diedBy('ended with status 0')], 'failed'],
  ])('%s', async (_, outcomes, verdict) => {
    const left = [...outcomes];
    const scripted = scriptedSandboxes(() => left.shift() ?? fine);
    const graded = await grade(await caseOf(one), completion('def f():\n    return 1\n'), scripted);
    expect(graded.verdict).toBe(verdict);
    expect(left).toEqual([]);
  });

  it('on our side is an error and never the model’s', async () => {
    const scripted = scriptedSandboxes(() => ({ kind: 'broken', why: 'no memory' }));
    const graded = await grade(await caseOf(one), completion('def f():\n    return 1\n'), scripted);
    expect(graded).toMatchObject({
      verdict: 'error',
      score: null,
      checks: [{ detail: 'no memory', score: null }],
    });
  });
});

describe('verdictOf', () => {
  const check = (score: number | null, required: boolean, weight = 1): Check => ({
    name: 'c',
    score,
    passed: score === 1,
    required,
    weight,
    detail: null,
  });

  it.each([
    ['all pass', [check(1, true), check(1, false)], 1, 'passed', 1],
    ['a required one fails', [check(0, true), check(1, false, 9)], 0.5, 'failed', 0.9],
    [
      'an optional one fails, and the mean is enough',
      [check(1, true, 9), check(0, false)],
      0.8,
      'passed',
      0.9,
    ],
    [
      'an optional one fails, and the mean is not enough',
      [check(1, true), check(0, false)],
      0.8,
      'failed',
      0.5,
    ],
    ['one could not be judged', [check(1, true), check(null, false)], 0.8, 'error', null],
    [
      'one could not be judged, and a required one failed',
      [check(0, true), check(null, true)],
      1,
      'failed',
      0,
    ],
    ['nothing was checked', [], 1, 'error', null],
    ['thirds add up', [check(1, true, 1 / 3), check(1, true, 1 / 3), check(1, true, 1 / 3)], 1, 'passed', 1],
  ])('%s', (_, checks, passScore, verdict, score) => {
    const got = verdictOf(checks, passScore);
    expect(got.verdict).toBe(verdict);
    if (score === null) expect(got.score).toBeNull();
    else expect(got.score).toBeCloseTo(score, 12);
  });
});

describe('steps on one object', () => {
  const stack = (language: string, made: string) => `    language: ${language}
    prompt: Write a stack.
    entry: ${made}
    table:
      - args: [2]
        steps:
          - { call: push, args: [1] }
          - { call: push, args: [2] }
          - { call: push, args: [3], raises: true }
          - { call: size, returns: 2 }
          - { call: pop, returns: 2 }
          - { call: items, returns: [1] }
      - { args: [1], steps: [{ call: size, returns: 0 }] }
`;
  const python = (size: string) =>
    `class Stack:\n    def __init__(self, limit):\n        self.limit, self.items = limit, []\n    def push(self, x):\n        if len(self.items) == self.limit:\n            raise OverflowError("full")\n        self.items.append(x)\n    def pop(self):\n        return self.items.pop()\n    ${size}\n`;
  const javascript =
    'class Stack { #limit; items = []; constructor(limit) { this.#limit = limit; } push(x) { if (this.items.length === this.#limit) throw new RangeError("full"); this.items.push(x); } pop() { return this.items.pop(); } get size() { return this.items.length; } }';
  const factory =
    'const makeStack = (limit) => { const items = []; return { items, push(x) { if (items.length === limit) throw new Error("full"); items.push(x); }, pop: () => items.pop(), size: () => items.length }; };';
  const oldStyle =
    'function Stack(limit) { this.limit = limit; this.items = []; }\nStack.prototype.push = function (x) { if (this.size() === this.limit) throw new Error("full"); this.items.push(x); };\nStack.prototype.pop = function () { return this.items.pop(); };\nStack.prototype.size = function () { return this.items.length; };';
  it.each([
    ['python', 'Stack', python('def size(self):\n        return len(self.items)')],
    ['python', 'Stack', python('@property\n    def size(self):\n        return len(self.items)')],
    ['javascript', 'Stack', javascript],
    ['javascript', 'makeStack', factory],
    ['javascript', 'Stack', oldStyle],
    ['typescript', 'Stack', javascript.replace('(limit)', '(limit: number)')],
  ])('hold in %s: %s', async (language, entry, code) => {
    const graded = await grade(
      await caseOf(stack(language, entry)),
      completion(`\`\`\`${language}\n${code}\n\`\`\``),
      sandboxes,
    );
    expect(graded.checks.map(({ detail }) => detail)).toEqual([null, null]);
    expect(graded).toMatchObject({ verdict: 'passed' });
  });

  it.each([
    [
      'a wrong value',
      python('size = 2'),
      ['step 6, items: expected [1], got [1, 2]', 'step 1, size: expected 0, got 2'],
    ],
    [
      'a method that is not there',
      'class Stack:\n    def __init__(self, limit):\n        pass\n',
      [
        expect.stringMatching(/^step 1, push: raised AttributeError/),
        expect.stringMatching(/^step 1, size: expected 0, raised AttributeError/),
      ],
    ],
    [
      'no object',
      'def Stack(*args):\n    raise KeyError("x")\n',
      [expect.stringMatching(/^raised KeyError/), expect.stringMatching(/^raised KeyError/)],
    ],
    [
      'an end in the middle',
      'import os\nclass Stack:\n    def __init__(self, limit):\n        pass\n    def push(self, x):\n        os._exit(0)\n',
      [expect.stringMatching(/^step 1, push: /), expect.stringMatching(/^not reached: an earlier row/)],
    ],
  ])('tell %s', async (name, code, details) => {
    const sound = name === 'a wrong value' ? code.replace('.pop()', '[-1]') : code;
    const graded = await grade(
      await caseOf(stack('python', 'Stack')),
      completion(`\`\`\`python\n${sound}\`\`\``),
      sandboxes,
    );
    expect(graded).toMatchObject({ verdict: 'failed' });
    expect(graded.checks.map(({ detail }) => detail)).toEqual(details);
  });

  it.each([
    ['{ args: [1], steps: [{ call: push }] }', 'no step has an expected result'],
    ['{ args: [1], returns: 1, steps: [{ call: push, returns: 1 }] }', 'the steps say what must come'],
    ['{ steps: [] }', 'at least one step'],
    ['{ steps: [{ call: pop, returns: 1, raises: E }] }', 'either raises or returns'],
    ['{ steps: [{ args: [1], returns: 1 }] }', 'call'],
  ])('%s is a mistake', async (row, says) => {
    const files = {
      'suite.yaml': `name: s\ncases:\n  - { id: c, category: simple, language: python, prompt: p, entry: f, table: [${row}] }\n`,
    };
    await expect(suiteOf(files)).rejects.toThrow(says);
  });
});

describe('tests that derive from a class of the answer', () => {
  const python = `    language: python
    prompt: Write Base.
    entry: Base
    solution: |
      class Base:
          def words(self):
              return ["a", "b"]
          def greet(self):
              return f"hi {self.name()}"
    tests: |
      class Own(Base):
          def name(self):
              return "own"
      for word in Own().words():
          assert word
      assert Own().greet() == "hi own"
`;
  const javascript = `    language: javascript
    prompt: Write Base.
    entry: Base
    solution: |
      class Base { words() { return ['a', 'b']; } greet() { return 'hi ' + this.name(); } }
    tests: |
      class Own extends Base { name() { return 'own'; } }
      for (const word of new Own().words()) assert.ok(word);
      assert.equal(new Own().greet(), 'hi own');
`;
  it.each([
    ['python', python, '["a", "b"]', '[]'],
    ['javascript', javascript, "['a', 'b']", '[]'],
  ])('%s: as many assertions hold as for the reference, or none does', async (_, yaml, words, fewer) => {
    const asked = await caseOf(yaml);
    const right = asked.solution ?? '';
    const fenced = (code: string) => completion(`\`\`\`\n${code}\`\`\``);
    expect(await grade(asked, fenced(right), sandboxes)).toMatchObject({
      verdict: 'passed',
      checks: [{ name: 'tests', score: 1, detail: null, evidence: 'shared' }],
    });
    expect(await grade(asked, fenced(right.replace(words, fewer)), sandboxes)).toMatchObject({
      verdict: 'failed',
      checks: [{ detail: '1 of 3 assertions were made' }],
    });
  });
});
