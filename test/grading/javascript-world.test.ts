/** What a JavaScript program finds around it: files, clock, modules, test tools. Each of it ends with the program. */
import { afterAll, describe, expect, it, test } from 'vitest';
import { quickjs } from '../../src/grading/sandboxes/javascript/quickjs.js';
import { openOne, tests } from './sandbox-edges.js';

const sandbox = openOne(quickjs);
afterAll(() => sandbox.close());

type Judge = 'shared' | 'isolated' | 'watched';

async function run(code: string, source: string, judge: Judge = 'shared') {
  const execution = await sandbox.run(tests('javascript', code, source, null, judge));
  if (execution.kind !== 'tested') throw new Error(JSON.stringify(execution));
  return execution;
}

const WITNESS = `
assert.equal(own(), 1);
const fs = require('fs'), path = require('path'), util = require('util'), { EventEmitter } = require('events');
const { expect, vi } = require('vitest');
assert.deepEqual(fs.readdirSync('/home/guest'), []);
assert.deepEqual(fs.readdirSync('/tmp'), []);
assert.equal(process.env.LEFT, undefined);
assert.equal(process.argv.length, 2);
assert.equal(path.join('a', 'b'), 'a/b');
assert.equal(Buffer.from('a').toString(), 'a');
assert.equal(new Intl.NumberFormat('en-US').format(1234), '1,234');
assert.equal('a'.localeCompare('b'), -1);
assert.equal(typeof left, 'undefined');
assert.equal(EventEmitter.defaultMaxListeners, 10);
assert.equal(vi.isFakeTimers(), false);
assert.ok(Math.abs(Date.now() - ${Date.now()}) < 3_600_000);
assert.ok(performance.now() < 60_000);
let order = '';
setTimeout(() => (order += 'b'), 2);
setTimeout(() => (order += 'a'), 1);
await new Promise((done) => setTimeout(done, 3));
assert.equal(order, 'ab');
expect(1).toBe(1);
fs.writeFileSync('mine', 'x');
`;

async function expectClean() {
  for (const judge of ['shared', 'isolated'] as const)
    expect(await run('function own() { return 1; } // Buffer process', WITNESS, judge)).toMatchObject({
      passed: true,
      raised: null,
    });
}

describe('what a program leaves is gone', () => {
  test.each([
    [
      'files',
      "require('fs').mkdirSync('/tmp/a/b', { recursive: true }); require('fs').writeFileSync('left', 'x');",
    ],
    ['environment and arguments', "process.env.LEFT = '1'; process.argv.push('left');"],
    ['globals', 'globalThis.left = 1; var left2 = 2;'],
    [
      'modules',
      "require('path').join = () => 'left'; require('events').EventEmitter.defaultMaxListeners = 1; require('util').format = null;",
    ],
    [
      'prototypes',
      "Buffer.prototype.toString = () => 'left'; String.prototype.localeCompare = () => 0; Intl.NumberFormat.prototype.formatToParts = null;",
    ],
    [
      'a clock that was stopped',
      "const { vi } = require('vitest'); vi.useFakeTimers({ now: 0 }); vi.setSystemTime(5);",
    ],
    ['timers', 'setInterval(() => { globalThis.left = 1; }, 10); setTimeout(() => {}, 1e9);'],
    ['time that has passed', 'let done = false; setTimeout(() => (done = true), 1e10);'],
    ['listeners', "process.on('exit', () => {}); process.on('uncaughtException', () => {});"],
    [
      'a broken expect',
      "const { expect } = require('vitest'); expect.extend({ toBe: () => ({ pass: false, message: () => 'left' }) });",
    ],
  ])('%s', async (_, code) => {
    expect(
      (
        await run(
          `${code} // Buffer process expect`,
          'assert.ok(true); await new Promise((done) => setTimeout(done, 50));',
        )
      ).death,
    ).toBeNull();
    await expectClean();
  });
});

describe('an answer cannot bend the tests by their own tools', () => {
  const wrong = 'function add(a, b) { return a - b; }';
  const source =
    "import { test, expect } from 'vitest';\ntest('adds', () => { expect(add(1, 2)).toBe(3); });";
  const judged = async (code: string) => {
    const shared = await run(code, source);
    if (!shared.passed) return 'failed';
    const isolated = await run(code, source, 'isolated');
    if (isolated.passed) return 'passed';
    const watched = await run(code, source, 'watched');
    return watched.marks?.reach.length === 0 ? 'passed' : 'tampered';
  };

  it('passes the right one, fails the wrong one', async () => {
    expect([await judged('function add(a, b) { return a + b; }'), await judged(wrong)]).toEqual([
      'passed',
      'failed',
    ]);
  });

  // `only` stands in the answers that are judged here: it is what they try, and focuses no test of ours.
  test.each([
    ['only', "const t = require('vitest'); t.it.only('mine', () => {});"],
    [
      'only within a suite',
      "const t = require('node:test'); t.describe.only('mine', () => { t.it('x', () => {}); });",
    ],
    ['a hook', "require('vitest').beforeEach(() => { globalThis.add = (a, b) => a + b; });"],
    ['a matcher', "require('vitest').expect.extend({ toBe: () => ({ pass: true, message: () => '' }) });"],
    ['chai', "const { Assertion } = require('chai'); Assertion.prototype.assert = function () {};"],
    [
      'chai by name',
      "require('chai').util.overwriteMethod(require('chai').Assertion.prototype, 'toBe', () => function () {});",
    ],
    [
      'state',
      "require('vitest').expect.setState({ isExpectingAssertions: false }); require('vitest').vi.useFakeTimers();",
    ],
    ['an object that equals all', 'Object.is = () => true; Array.prototype.every = () => true;'],
    ['a replaced function', 'Function.prototype.call = function () { return true; };'],
  ])('%s', async (_, code) => {
    expect(await judged(`${code}\n${wrong}`)).not.toBe('passed');
  });
});

it('an answer that is no program reads an empty stdin', async () => {
  const code = `let text = '';
process.stdin.setEncoding('utf8');
process.stdin.on('data', (chunk) => (text += chunk));
const ended = new Promise((resolve) => process.stdin.on('end', () => resolve('ended')));`;
  const source = "assert.equal(await ended, 'ended');\nassert.equal(text, '');";
  expect(await run(code, source)).toMatchObject({ passed: true, raised: null });
});

describe('Intl, by the host', () => {
  test.each([
    ['an unknown locale', "new Intl.NumberFormat('no_such_locale')", 'RangeError'],
    ['an unknown currency', "(1).toLocaleString('en', { style: 'currency' })", 'TypeError'],
    ['a method of another', 'Intl.NumberFormat.prototype.formatToParts.call({}, 1)', 'TypeError'],
    ['a huge text', "'a'.repeat(2_000_000).localeCompare('b')", 'RangeError'],
    ['a constructor as a function', "Intl.ListFormat('en')", 'TypeError'],
    ['an invalid date', "new Intl.DateTimeFormat('en').format(NaN)", 'RangeError'],
  ])('%s is an error of the guest', async (_, code, name) => {
    const source = `assert.throws(() => { ${code}; }, { name: '${name}' });`;
    expect(await run('', source)).toMatchObject({ passed: true, raised: null });
  });

  it('hands over nothing but values', async () => {
    const source = `
const parts = new Intl.NumberFormat('en').formatToParts(1234.5);
assert.equal(Object.getPrototypeOf(parts), Array.prototype);
assert.equal(Object.getPrototypeOf(parts[0]), Object.prototype);
assert.equal(parts.constructor.constructor('return typeof process.binding + typeof process.mainModule')(), 'undefinedundefined');
assert.equal(new Intl.NumberFormat().resolvedOptions().locale, 'en-US');
assert.equal(new Intl.DateTimeFormat().resolvedOptions().timeZone, 'UTC');
`;
    expect(await run('', source)).toMatchObject({ passed: true, raised: null });
  });
});
