// `expect`, `vi`, `jest` and `chai` as vitest has them: its own packages, bundled for a realm without modules. The value of
// the bundle is a function that the harness calls before any answer is loaded.
import './events-first.js';
import { install as installClock } from '@sinonjs/fake-timers';
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  addCustomEqualityTesters,
  customMatchers,
  getState,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from '@vitest/expect';
import { clearAllMocks, fn, isMockFunction, resetAllMocks, restoreAllMocks, spyOn } from '@vitest/spy';
import * as chai from 'chai';

/**
 * `onHeld`: called with every assertion that holds. `lack`: throws, naming what is not here. `byTests`: around whatever
 * replaces globals or methods.
 */
export function makeExpect({ onHeld, lack, byTests }) {
  chai.use(JestExtend);
  chai.use(JestChaiExpect);
  chai.use(JestAsymmetricMatchers);
  const { assert } = chai.Assertion.prototype;
  let held = 0;
  const count = () => {
    held += 1;
    onHeld();
  };
  chai.Assertion.prototype.assert = function counted(...args) {
    assert.apply(this, args);
    count();
  };
  // Some matchers throw by themselves: `toHaveBeenCalledWith`.
  for (const [name, { value: matcher }] of Object.entries(
    Object.getOwnPropertyDescriptors(chai.Assertion.prototype),
  )) {
    if (typeof matcher !== 'function' || !/^to[A-Z]/.test(name)) continue;
    chai.Assertion.prototype[name] = function counted(...args) {
      const before = held;
      const result = matcher.apply(this, args);
      if (held === before) count();
      return result;
    };
  }
  const test = { type: 'test', name: 'test', promises: [], context: {} };
  const callsNow = () => getState(expect).assertionCalls ?? 0;
  const expect = (value, message) => {
    setState({ assertionCalls: callsNow() + 1 }, expect);
    return chai.expect(value, message).withTest(test);
  };
  Object.assign(expect, chai.expect);
  Object.assign(expect, globalThis[ASYMMETRIC_MATCHERS_OBJECT]);
  expect.getState = () => getState(expect);
  expect.setState = (state) => setState(state, expect);
  expect.extend = (matchers) => chai.expect.extend(expect, matchers);
  expect.addEqualityTesters = addCustomEqualityTesters;
  expect.soft = expect;
  expect.unreachable = (message) => chai.assert.fail(message ?? 'expected to be unreachable');
  let wanted = null;
  let before = 0;
  expect.assertions = (count) => {
    wanted = { least: count, most: count };
  };
  expect.hasAssertions = () => {
    wanted = { least: 1, most: Number.POSITIVE_INFINITY };
  };
  const beginTest = () => {
    wanted = null;
    before = callsNow();
  };
  setState(
    { assertionCalls: 0, isExpectingAssertions: false, expectedAssertionsNumber: null, testPath: 'tests.js' },
    expect,
  );
  expect.extend(customMatchers);
  for (const name of [
    'toMatchSnapshot',
    'toMatchInlineSnapshot',
    'toThrowErrorMatchingSnapshot',
    'toThrowErrorMatchingInlineSnapshot',
  ])
    chai.Assertion.addMethod(name, () => lack(`snapshots: ${name}`));
  /** After a test: as many assertions as it said. */
  const checkCount = () => {
    const calls = callsNow() - before;
    if (wanted !== null && (calls < wanted.least || calls > wanted.most))
      throw new chai.AssertionError(`expected ${wanted.least} assertions, ${calls} were made`);
  };
  return { expect, beginTest, checkCount, vi: makeVi(lack, byTests), chai: chaiOf() };
}

const chaiOf = () => ({ ...chai, default: chai });

function makeVi(lack, byTests) {
  let clock = null;
  const stubs = [];
  const need = () => {
    if (clock === null) throw new Error('Timers are not mocked. Try calling "vi.useFakeTimers()" first.');
    return clock;
  };
  const release = () => {
    clock?.uninstall();
    clock = null;
  };
  const chained =
    (work) =>
    (...args) => {
      work(...args);
      return vi;
    };
  const chainedLater =
    (work) =>
    async (...args) => {
      await work(...args);
      return vi;
    };
  const vi = {
    fn,
    spyOn: (...args) => byTests(() => spyOn(...args)),
    isMockFunction,
    mocked: (item) => item,
    clearAllMocks: chained(() => clearAllMocks()),
    resetAllMocks: chained(() => resetAllMocks()),
    restoreAllMocks: chained(() => restoreAllMocks()),
    useFakeTimers: ({ now, toFake } = {}) => {
      release();
      byTests(() => {
        clock = installClock({
          now: now ?? Date.now(),
          shouldAdvanceTime: false,
          ...(toFake ? { toFake } : {}),
        });
      });
      return vi;
    },
    useRealTimers: chained(() => release()),
    isFakeTimers: () => clock !== null,
    setSystemTime: (time) => {
      if (clock === null) vi.useFakeTimers();
      clock.setSystemTime(time);
      return vi;
    },
    getMockedSystemTime: () => (clock === null ? null : new Date(clock.now)),
    getRealSystemTime: () => Date.now(),
    advanceTimersByTime: chained((ms) => need().tick(ms)),
    advanceTimersByTimeAsync: chainedLater((ms) => need().tickAsync(ms)),
    advanceTimersToNextTimer: chained(() => need().next()),
    advanceTimersToNextTimerAsync: chainedLater(() => need().nextAsync()),
    runAllTimers: chained(() => need().runAll()),
    runAllTimersAsync: chainedLater(() => need().runAllAsync()),
    runOnlyPendingTimers: chained(() => need().runToLast()),
    runOnlyPendingTimersAsync: chainedLater(() => need().runToLastAsync()),
    runAllTicks: chained(() => need().runMicrotasks()),
    clearAllTimers: chained(() => need().reset()),
    getTimerCount: () => need().countTimers(),
    stubGlobal: (name, value) => {
      stubs.push([name, Object.getOwnPropertyDescriptor(globalThis, name)]);
      Object.defineProperty(globalThis, name, {
        value,
        writable: true,
        enumerable: true,
        configurable: true,
      });
      return vi;
    },
    unstubAllGlobals: () => {
      for (const [name, before] of stubs.splice(0).reverse()) {
        if (before === undefined) delete globalThis[name];
        else Object.defineProperty(globalThis, name, before);
      }
      return vi;
    },
    waitFor: async (check, { timeout = 1000, interval = 50 } = {}) => {
      for (let waited = 0; ; waited += interval) {
        try {
          return await check();
        } catch (error) {
          if (waited >= timeout) throw error;
          await new Promise((resolve) => setTimeout(resolve, interval));
        }
      }
    },
    hoisted: (make) => make(),
  };
  for (const name of [
    'mock',
    'doMock',
    'unmock',
    'importActual',
    'importMock',
    'resetModules',
    'requireActual',
  ])
    vi[name] = () => lack(`vi.${name}`);
  vi.setTimeout = () => vi;
  vi.setConfig = () => vi;
  vi.getRandomSeed = () => 1;
  return vi;
}
