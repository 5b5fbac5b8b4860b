// JavaScript answers in the real sandbox: honest ones, and all the ways to cheat that we know.
import { afterAll, describe, expect, test } from 'vitest';
import { quickjs } from '../../src/grading/sandboxes/javascript/quickjs.js';
import { calls, int, limits, list, openOne, str, tests } from './sandbox-edges.js';

const sandbox = openOne(quickjs);
afterAll(() => sandbox.close());

const float = (v: number) => ({ t: 'float', v }) as const;

async function one(code: string, ...args: Parameters<typeof calls>[3][number][]) {
  const execution = await sandbox.run(calls('javascript', code, 'f', args));
  return execution.kind === 'called' ? (execution.results[0] ?? execution.death) : execution;
}

async function passes(code: string, source: string, entry: string | null = null) {
  const execution = await sandbox.run(tests('javascript', code, source, entry));
  return execution.kind === 'tested' ? { passed: execution.passed, how: execution.how } : execution;
}

async function expectHealthy() {
  expect(await one('function f(x) { return x * 2; }', int(21))).toMatchObject({
    kind: 'returned',
    value: float(42),
  });
}

describe('calls', () => {
  test.each([
    ['null', { t: 'null' }],
    ['undefined', { t: 'undefined' }],
    ['true', { t: 'bool', v: true }],
    ['1.5', float(1.5)],
    ['NaN', { t: 'float', v: 'nan' }],
    ['-Infinity', { t: 'float', v: '-inf' }],
    ['2n ** 70n', { t: 'int', v: String(2n ** 70n) }],
    ['"ü😀"', str('ü😀')],
    ['[1, [2]]', list(float(1), list(float(2)))],
    ['({ a: 1 })', { t: 'dict', v: [[str('a'), float(1)]] }],
    ['new Map([[1, 2]])', { t: 'dict', v: [[float(1), float(2)]] }],
    ['new Set([1])', { t: 'set', v: [float(1)] }],
    ['new Uint8Array([0, 255])', { t: 'bytes', v: '00ff' }],
    ['new Date(0)', { t: 'date', v: '1970-01-01T00:00:00.000Z' }],
    ['(() => 1)', { t: 'opaque' }],
    ['new (class Point {})()', { t: 'opaque', type: 'Point' }],
  ])('returns %s', async (expression, expected) => {
    expect(await one(`function f() { return ${expression}; }`)).toMatchObject({
      kind: 'returned',
      value: expected,
    });
  });

  test.each([
    ['a function', 'function f(x) { return x + 1; }'],
    ['an arrow', 'const f = (x) => x + 1;'],
    ['a module', 'export function f(x) { return x + 1; }'],
    ['a default export', 'export default function f(x) { return x + 1; }'],
    ['a list of exports', 'function g(x) { return x + 1; }\nexport { g as f };'],
    ['CommonJS', 'const f = (x) => x + 1;\nmodule.exports = { f };'],
    ['one exported function', 'module.exports = function (x) { return x + 1; };'],
    [
      'an import of assert',
      "import assert from 'node:assert';\nconst f = (x) => { assert.ok(true); return x + 1; };",
    ],
    [
      'async with a timer',
      'async function f(x) { await new Promise((r) => setTimeout(r, 3600000)); return x + 1; }',
    ],
  ])('%s is found', async (_, code) => {
    expect(await one(code, int(1))).toMatchObject({ kind: 'returned', value: float(2) });
  });

  test('errors say their class, message and line', async () => {
    expect(
      await one('class Mine extends RangeError {}\nfunction f() {\n  throw new Mine("no");\n}'),
    ).toMatchObject({
      kind: 'raised',
      raised: { types: ['Mine', 'RangeError', 'Error'], message: 'no' },
    });
    expect(await one('function f( {')).toMatchObject({
      kind: 'not_loaded',
      raised: { types: expect.arrayContaining(['SyntaxError']) },
    });
  });

  test('a promise that is never settled ends the call', async () => {
    expect(await one('function f() { return new Promise(() => {}); }')).toMatchObject({ how: 'exit' });
    await expectHealthy();
  });
});

describe('tests', () => {
  const plus = 'function f(x) { return x + 1; }';
  test('a function is judged apart', async () => {
    expect(await passes(plus, 'assert.equal(f(1), 2); assert(f(2) === 3);')).toEqual({
      passed: true,
      how: 'isolated',
    });
    expect(await passes(plus, 'assert.equal(f(1), 3);')).toEqual({ passed: false, how: 'isolated' });
    expect(await passes('const g = 1;', 'assert.equal(f(1), 2);', 'f')).toMatchObject({ passed: false });
    expect(
      await passes(plus, "const assert = require('node:assert');\nassert.deepStrictEqual([f(1)], [2]);"),
    ).toMatchObject({ passed: true });
    expect(await passes(plus, 'console.assert(f(1) === 3)')).toMatchObject({ passed: false });
  });

  test('errors, arguments changed in place and promises cross over', async () => {
    const code = 'function f(x) { if (x === null) throw new TypeError("null"); x.sort(); return x.length; }';
    const source =
      'assert.throws(() => f(null), TypeError); const xs = [3, 1]; assert.equal(f(xs), 2); assert.deepEqual(xs, [1, 3]);';
    expect(await passes(code, source)).toEqual({ passed: true, how: 'isolated' });
    expect(await passes('async function f(x) { return x + 1; }', 'assert.equal(await f(1), 2);')).toEqual({
      passed: true,
      how: 'isolated',
    });
    expect(await passes('async function f(x) { return x; }', 'assert.equal(await f(1), 2);')).toEqual({
      passed: false,
      how: 'isolated',
    });
  });

  test('describe, it and expect are really run', async () => {
    const suite = (n: number) =>
      `describe('f', () => { it('adds', async () => { expect(f(1)).toBe(${n}); }); });`;
    expect(await passes(plus, suite(2))).toMatchObject({ passed: true });
    expect(await passes(plus, suite(3))).toMatchObject({ passed: false });
  });

  test.each([
    ['iterators', 'Array.prototype[Symbol.iterator] = function* () {};'],
    ['promises', 'Promise.prototype.then = function () { return this; }; Promise.resolve = () => ({});'],
    ['calls', 'Function.prototype.call = Function.prototype.apply = Reflect.apply = () => undefined;'],
    [
      'lists',
      'Array.prototype.push = () => 0; Array.prototype.find = Array.prototype.map = () => undefined;',
    ],
    ['definitions', 'Object.defineProperty = (o) => o; Object.is = () => true; Object.keys = () => [];'],
    ['texts', 'String.prototype.includes = () => true; RegExp.prototype.test = () => true;'],
    ['numbers', 'Number.prototype.valueOf = () => 2; Number.isNaN = () => true; Math.abs = () => 0;'],
    ['errors', 'Error.prototype.constructor = null; globalThis.Error = function () {};'],
    [
      'assert',
      'assert.equal = assert.deepEqual = assert.strictEqual = () => {}; globalThis.assert = () => {};',
    ],
  ])('an answer that tampers with %s proves nothing', async (_, tampering) => {
    const code = `${tampering}\nclass Stack { push(x) {} pop() { return 7; } }`;
    const body = 's.push(1); assert.equal(s.pop(), 1); assert.deepEqual([s.pop()], [1]);';
    for (const source of [
      `const s = new Stack(); ${body}`,
      `describe('a', () => { it('b', () => { const s = new Stack(); ${body} }); });`,
      `let s; beforeEach(() => { s = new Stack(); }); test('b', async () => { expect(s.pop()).toBe(1); });`,
    ]) {
      expect(await passes(code, source)).toEqual({ passed: false, how: 'isolated' });
      const derived = `class Own extends Stack {}\n${source.replaceAll('new Stack', 'new Own')}`;
      const execution = await sandbox.run(tests('javascript', code, derived, null, 'watched'));
      // What bends them there is marked.
      const isCaught =
        execution.kind !== 'tested' || !execution.passed || (execution.marks?.reach.length ?? 0) > 0;
      expect(isCaught).toBe(true);
    }
  });

  test('tests that touch nothing prove nothing; tests that do not parse are our fault', async () => {
    expect(await passes(plus, 'assert.equal(1, 1);', 'f')).toMatchObject({ passed: false });
    expect(await passes(plus, 'assert.equal(f(1), ;')).toMatchObject({ kind: 'broken' });
  });
});

describe('one answer after the other', () => {
  test('the limit of memory is each program’s own', async () => {
    const code =
      'function f(n) { const b = []; for (let i = 0; i < n; i++) b.push(new ArrayBuffer(1e6)); return 1; }';
    const ends = async (megabytes: number, taken: number) => {
      const memoryBytes = megabytes * 1024 ** 2;
      const program = calls('javascript', code, 'f', [int(taken)]);
      const execution = await sandbox.run({ ...program, limits: { ...limits, memoryBytes } });
      return execution.kind === 'called' ? (execution.death?.how ?? 'returned') : execution;
    };
    expect(await ends(64, 50)).toBe('returned');
    expect(await ends(64, 100)).toBe('memory');
    expect(await ends(256, 100)).toBe('returned');
    expect(await ends(64, 100)).toBe('memory');
    expect(await ends(32, 20)).toBe('returned');
  });

  test('nothing survives from one answer to the next', async () => {
    await one('globalThis.leak = 1; Array.prototype.leak = 1; JSON.parse = null; function f() {}');
    expect(
      await one('function f() { return [typeof leak, [].leak === undefined, typeof JSON.parse]; }'),
    ).toMatchObject({
      value: list(str('undefined'), { t: 'bool', v: true }, str('function')),
    });
  });
});
