// Runs inside the sandbox, before any answer: whatever it needs of the realm it takes now. Its value is a function from
// a request (JSON) to an answer (JSON), or to 'pending' while a promise is open. The host decides what is right.
//
// Values cross as {"t": type, "v": ...}; whatever is no plain value is "opaque" and equals nothing, or, between an answer
// and its tests, lent (`makeLending`).
(makeLending) => {
  const { parse, stringify } = JSON;
  const { ownKeys, getOwnPropertyDescriptor, getPrototypeOf, apply, construct, defineProperty } = Reflect;
  const { is } = Object;
  const { isArray } = Array;
  const { isSafeInteger } = Number;
  const evalGlobally = globalThis.eval;
  const ObjectProto = Object.prototype;
  const ArrayProto = Array.prototype;
  const [NativeMap, NativeSet, NativeDate, NativePromise, NativeError, NativeBigInt, NativeRegExp] = [
    Map,
    Set,
    Date,
    Promise,
    Error,
    BigInt,
    RegExp,
  ];
  const mapForEach = Map.prototype.forEach;
  const setForEach = Set.prototype.forEach;
  const dateTime = Date.prototype.getTime;
  const dateText = Date.prototype.toISOString;
  const regexpText = RegExp.prototype.toString;
  const functionText = Function.prototype.toString;
  const promiseThen = Promise.prototype.then;
  const push = (list, item) =>
    defineProperty(list, list.length, { value: item, writable: true, enumerable: true, configurable: true });
  const NativeBytes = Uint8Array;
  const asText = String;
  const MAX_NODES = 200000;
  const MAX_DEPTH = 100;

  // --- Values --------------------------------------------------------------------------------------------------------

  function opaque(x) {
    let name = typeof x;
    try {
      const proto = getPrototypeOf(x);
      const made = proto === null ? undefined : getOwnPropertyDescriptor(proto, 'constructor')?.value;
      if (typeof made === 'function') name = asText(getOwnPropertyDescriptor(made, 'name')?.value ?? name);
    } catch {}
    return { t: 'opaque', type: name, shown: '' };
  }

  const notAValue = (x, budget) => (budget.lend ? budget.lend(x) : opaque(x));

  function encode(x, budget, depth) {
    budget.left -= 1;
    switch (typeof x) {
      case 'undefined':
        return { t: 'undefined' };
      case 'boolean':
        return { t: 'bool', v: x };
      case 'number':
        return { t: 'float', v: x !== x ? 'nan' : x === 1 / 0 ? 'inf' : x === -1 / 0 ? '-inf' : x };
      case 'bigint':
        return { t: 'int', v: asText(x) };
      case 'string':
        return { t: 'str', v: x };
      case 'object':
        break;
      default:
        return notAValue(x, budget);
    }
    if (x === null) return { t: 'null' };
    if (budget.lend && lending.isTheirs(x)) return budget.lend(x);
    if (budget.left < 0 || depth > MAX_DEPTH) return notAValue(x, budget);
    const proto = getPrototypeOf(x);
    if (isArray(x)) return proto === ArrayProto ? encodeArray(x, budget, depth) : notAValue(x, budget);
    if (proto === ObjectProto || proto === null) return encodeObject(x, budget, depth);
    try {
      if (proto === NativeMap.prototype) {
        const entries = [];
        apply(mapForEach, x, [
          (value, key) => push(entries, [encode(key, budget, depth + 1), encode(value, budget, depth + 1)]),
        ]);
        return { t: budget.lend ? 'map' : 'dict', v: entries };
      }
      if (proto === NativeSet.prototype) {
        const items = [];
        apply(setForEach, x, [(item) => push(items, encode(item, budget, depth + 1))]);
        return { t: 'set', v: items };
      }
      if (proto === NativeDate.prototype) {
        const ms = apply(dateTime, x, []);
        return ms !== ms ? { t: 'date', v: 'invalid' } : { t: 'date', v: apply(dateText, x, []) };
      }
      if (budget.lend && proto === NativeRegExp.prototype) return { t: 'regexp', v: [x.source, x.flags] };
      if (proto === NativeBytes.prototype) {
        let hex = '';
        for (let at = 0; at < x.length; at++) hex += (x[at] < 16 ? '0' : '') + x[at].toString(16);
        return { t: 'bytes', v: hex };
      }
    } catch {}
    return notAValue(x, budget);
  }

  function encodeArray(x, budget, depth) {
    const length = getOwnPropertyDescriptor(x, 'length').value;
    if (length > budget.left) return notAValue(x, budget);
    const items = [];
    for (let at = 0; at < length; at++) {
      const own = getOwnPropertyDescriptor(x, asText(at));
      // A getter could give another value each time it is asked.
      if (own !== undefined && !('value' in own)) return notAValue(x, budget);
      push(items, encode(own?.value, budget, depth + 1));
    }
    return { t: 'list', v: items };
  }

  function encodeObject(x, budget, depth) {
    const entries = [];
    const keys = ownKeys(x);
    for (let at = 0; at < keys.length; at++) {
      const own = getOwnPropertyDescriptor(x, keys[at]);
      // A class's prototype is an object like that.
      if (budget.lend && !own?.enumerable) return notAValue(x, budget);
      if (!own?.enumerable || typeof keys[at] === 'symbol') continue;
      // Methods want their object.
      if (!('value' in own) || (budget.lend && typeof own.value === 'function')) return notAValue(x, budget);
      push(entries, [{ t: 'str', v: keys[at] }, encode(own.value, budget, depth + 1)]);
    }
    return { t: 'dict', v: entries };
  }

  const encoded = (x) => encode(x, { left: MAX_NODES }, 0);

  /** `fromSuite`: whole numbers of a suite are numbers here; between two interpreters `int` is a bigint. */
  function decode(value, fromSuite) {
    switch (value.t) {
      case 'null':
        return null;
      case 'undefined':
        return undefined;
      case 'int':
        return fromSuite && isSafeInteger(+value.v) ? +value.v : NativeBigInt(value.v);
      case 'float':
        return value.v === 'nan' ? 0 / 0 : value.v === 'inf' ? 1 / 0 : value.v === '-inf' ? -1 / 0 : value.v;
      case 'date':
        return new NativeDate(value.v);
      case 'bytes': {
        const bytes = new NativeBytes(value.v.length / 2);
        for (let at = 0; at < bytes.length; at++) bytes[at] = +`0x${value.v.slice(2 * at, 2 * at + 2)}`;
        return bytes;
      }
      case 'dict': {
        const plain = value.v.every(([key]) => key.t === 'str');
        if (!plain)
          return new NativeMap(
            value.v.map(([key, item]) => [decode(key, fromSuite), decode(item, fromSuite)]),
          );
        const object = {};
        for (const [key, item] of value.v) {
          defineProperty(object, key.v, {
            value: decode(item, fromSuite),
            writable: true,
            enumerable: true,
            configurable: true,
          });
        }
        return object;
      }
      case 'set':
      case 'frozenset':
        return new NativeSet(value.v.map((item) => decode(item, fromSuite)));
      case 'list':
      case 'tuple':
        return value.v.map((item) => decode(item, fromSuite));
      case 'map':
        return new NativeMap(value.v.map(([key, item]) => [decode(key, fromSuite), decode(item, fromSuite)]));
      case 'regexp':
        return new NativeRegExp(value.v[0], value.v[1]);
      case 'opaque':
        return Object.freeze(Object.create({ constructor: { name: value.type } }));
      case 'bool':
      case 'str':
        return value.v;
      default:
        return lending.received(value);
    }
  }

  // --- Errors ----------------------------------------------------------------------------------------------------------

  function raised(error, file) {
    const types = [];
    let message = '';
    let line = null;
    try {
      if (typeof error !== 'object' || error === null) {
        return {
          types: [error === null ? 'null' : typeof error],
          message: asText(error).slice(0, 500),
          line: null,
        };
      }
      for (
        let proto = getPrototypeOf(error);
        proto !== null && proto !== ObjectProto && types.length < 20;
        proto = getPrototypeOf(proto)
      ) {
        const name = getOwnPropertyDescriptor(proto, 'name')?.value;
        const made = getOwnPropertyDescriptor(proto, 'constructor')?.value;
        const own = typeof made === 'function' ? getOwnPropertyDescriptor(made, 'name')?.value : undefined;
        push(types, asText(own ?? name ?? 'Error'));
      }
      message = asText(error.message ?? '').slice(0, 500);
      const at = asText(error.stack ?? '').match(new NativeRegExp(`${file}:(\\d+)`));
      if (at !== null) line = +at[1];
    } catch {}
    return { types: types.length === 0 ? ['Error'] : types, message, line };
  }

  /** The nearest built-in error: classes of the answer's own do not exist on this side. */
  function asBuiltIn({ types, message }) {
    const builtIn = { Error, TypeError, RangeError, SyntaxError, ReferenceError, URIError, EvalError };
    const name = types.find((type) => type in builtIn);
    if (name === undefined) return new Error(message);
    const error = new builtIn[name](message);
    if (types[0] !== name) error.name = types[0];
    return error;
  }

  // --- Console and timers ----------------------------------------------------------------------------------------------

  let printed = '';
  let printedSize = 0;
  let outputLimit = 0;
  function show(x) {
    if (typeof x === 'string') return x;
    try {
      return typeof x === 'object' && x !== null ? stringify(x) : asText(x);
    } catch {
      return '[object]';
    }
  }
  function print(...items) {
    const line = `${items.map(show).join(' ')}\n`;
    printedSize += line.length;
    if (printedSize > outputLimit) throw new RangeError('too much output');
    printed += line;
  }
  const makeConsole = () => ({
    log: print,
    info: print,
    warn: print,
    error: print,
    debug: print,
    table: print,
    trace: print,
    group: print,
    groupEnd() {},
    time() {},
    timeEnd() {},
    assert: (holds, ...message) => assertion(holds, message.map(show).join(' ') || 'console.assert failed'),
  });

  // Time is a number that jumps: honest timer code works, and nobody waits for it.
  const timers = [];
  const clock = { nowMs: 0 };
  let timerIds = 0;
  function addTimer(callback, delay, args, every) {
    timerIds += 1;
    push(timers, { id: timerIds, at: clock.nowMs + Math.max(0, +delay || 0), callback, args, every });
    return timerIds;
  }
  function runTimer() {
    let next = -1;
    for (let at = 0; at < timers.length; at++) if (next < 0 || timers[at].at < timers[next].at) next = at;
    if (next < 0) return false;
    const [timer] = apply(ArrayProto.splice, timers, [next, 1]);
    clock.nowMs = timer.at;
    if (timer.every !== null) push(timers, { ...timer, at: clock.nowMs + Math.max(1, timer.every) });
    apply(timer.callback, undefined, timer.args);
    return true;
  }
  const drop = (id) => {
    const at = timers.findIndex((timer) => timer.id === id);
    if (at >= 0) timers.splice(at, 1);
  };

  // --- Assertions: node:assert/strict ----------------------------------------------------------------------------------

  let asserted = 0;
  class AssertionError extends NativeError {
    constructor(message) {
      super(message);
      this.name = 'AssertionError';
      this.code = 'ERR_ASSERTION';
    }
  }
  function assertion(holds, message) {
    if (!holds) throw message instanceof NativeError ? message : new AssertionError(asText(message));
    asserted += 1;
  }
  const brief = (x) => {
    const text = typeof x === 'string' ? stringify(x) : typeof x === 'bigint' ? `${x}n` : show(x);
    return text !== undefined && text.length > 120 ? `${text.slice(0, 119)}…` : asText(text);
  };
  const differ = (got, expected) => `expected ${brief(expected)}, got ${brief(got)}`;

  // By loops of their own: methods of lists may have been replaced, for the length of one call.
  function everyOf(list, holds) {
    for (let at = 0; at < list.length; at++) if (!holds(list[at])) return false;
    return true;
  }
  function placeOf(list, holds) {
    for (let at = 0; at < list.length; at++) if (holds(list[at])) return at;
    return -1;
  }
  function filtered(list, keeps) {
    const kept = [];
    for (let at = 0; at < list.length; at++) if (keeps(list[at])) push(kept, list[at]);
    return kept;
  }
  const isSeen = (seen, a, b) => placeOf(seen, (pair) => pair.a === a && pair.b === b) >= 0;
  function withPair(seen, a, b) {
    const more = filtered(seen, () => true);
    push(more, { a, b });
    return more;
  }
  /** Each has a partner of its own among the others. */
  function pairUp(some, others, areSame) {
    if (some.length !== others.length) return false;
    let left = others;
    return everyOf(some, (item) => {
      const place = placeOf(left, (other) => areSame(item, other));
      let at = -1;
      if (place >= 0)
        left = filtered(left, () => {
          at += 1;
          return at !== place;
        });
      return place >= 0;
    });
  }

  function deepSame(a, b, seen = []) {
    if (is(a, b)) return true;
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
    if (getPrototypeOf(a) !== getPrototypeOf(b)) return false;
    if (isSeen(seen, a, b)) return true;
    const deeper = withPair(seen, a, b);
    const areSame = (x, y) => deepSame(x, y, deeper);
    if (a instanceof NativeDate) return apply(dateTime, a, []) === apply(dateTime, b, []);
    if (a instanceof NativeRegExp) return apply(regexpText, a, []) === apply(regexpText, b, []);
    if (a instanceof NativeError && a.message !== b.message) return false;
    if (a instanceof NativeMap)
      return pairUp(entriesOf(a), entriesOf(b), (x, y) => areSame(x.key, y.key) && areSame(x.value, y.value));
    if (a instanceof NativeSet) return pairUp(itemsOf(a), itemsOf(b), areSame);
    const isShown = (x) => (key) => getOwnPropertyDescriptor(x, key).enumerable;
    const keys = filtered(ownKeys(a), isShown(a));
    if (isArray(a) && a.length !== b.length) return false;
    return (
      keys.length === filtered(ownKeys(b), isShown(b)).length &&
      everyOf(keys, (key) => getOwnPropertyDescriptor(b, key)?.enumerable && areSame(a[key], b[key]))
    );
  }

  /** What a map or a set itself holds: a size or an iterator of an answer's own is not asked. */
  function entriesOf(map) {
    const entries = [];
    apply(mapForEach, map, [(value, key) => push(entries, { key, value })]);
    return entries;
  }
  function itemsOf(set) {
    const items = [];
    apply(setForEach, set, [(item) => push(items, item)]);
    return items;
  }

  /** As `assert.equal` of Node. */
  // biome-ignore lint/suspicious/noDoubleEquals: this is what it means.
  const looselyEqual = (a, b) => a == b || (a !== a && b !== b);

  /** As `assert.deepEqual` of Node: primitives by ==, and no prototypes. */
  function looselySame(a, b, seen = []) {
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return looselyEqual(a, b);
    if (a instanceof NativeDate || a instanceof NativeRegExp || a instanceof NativeError)
      return deepSame(a, b);
    if (isArray(a) !== isArray(b)) return false;
    if (isSeen(seen, a, b)) return true;
    const deeper = withPair(seen, a, b);
    const areSame = (x, y) => looselySame(x, y, deeper);
    const isMap = a instanceof NativeMap;
    if (isMap || a instanceof NativeSet) {
      if (getPrototypeOf(a) !== getPrototypeOf(b)) return false;
      return isMap
        ? pairUp(entriesOf(a), entriesOf(b), (x, y) => areSame(x.key, y.key) && areSame(x.value, y.value))
        : pairUp(itemsOf(a), itemsOf(b), areSame);
    }
    const isKey = (x) => (key) => typeof key === 'string' && getOwnPropertyDescriptor(x, key).enumerable;
    const keys = filtered(ownKeys(a), isKey(a));
    return (
      keys.length === filtered(ownKeys(b), isKey(b)).length &&
      (!isArray(a) || a.length === b.length) &&
      everyOf(keys, (key) => getOwnPropertyDescriptor(b, key)?.enumerable && areSame(a[key], b[key]))
    );
  }

  function matches(error, expected) {
    if (expected === undefined || typeof expected === 'string') return true;
    if (expected instanceof NativeRegExp) return expected.test(asText(error));
    if (typeof expected === 'function') {
      if (expected.prototype !== undefined && error instanceof expected) return true;
      // An error class of the answer's own keeps only its name between the interpreters.
      if (NativeError.isPrototypeOf(expected) || expected === NativeError)
        return error?.name === expected.name;
      return expected(error) === true;
    }
    return everyOf(ownKeys(expected), (key) =>
      expected[key] instanceof NativeRegExp
        ? expected[key].test(error[key])
        : deepSame(error[key], expected[key]),
    );
  }

  function throws(work, expected, message) {
    let caught = null;
    try {
      work();
    } catch (error) {
      caught = { error };
    }
    if (caught === null) assertion(false, message ?? 'expected an exception');
    assertion(matches(caught.error, expected), message ?? `another exception: ${asText(caught.error)}`);
  }
  async function rejects(work, expected, message) {
    let caught = null;
    try {
      await (typeof work === 'function' ? work() : work);
    } catch (error) {
      caught = { error };
    }
    if (caught === null) assertion(false, message ?? 'expected a rejection');
    assertion(matches(caught.error, expected), message ?? `another rejection: ${asText(caught.error)}`);
  }

  function makeAssert() {
    const assert = (holds, message) =>
      assertion(holds, message ?? `expected a truthy value, got ${brief(holds)}`);
    const same = (a, b, message) => assertion(is(a, b), message ?? differ(a, b));
    const notSame = (a, b, message) =>
      assertion(!is(a, b), message ?? `expected another value than ${brief(b)}`);
    const deep = (a, b, message) => assertion(deepSame(a, b), message ?? differ(a, b));
    const notDeep = (a, b, message) =>
      assertion(!deepSame(a, b), message ?? `expected another value than ${brief(b)}`);
    Object.assign(assert, {
      ok: assert,
      equal: same,
      strictEqual: same,
      notEqual: notSame,
      notStrictEqual: notSame,
      deepEqual: deep,
      deepStrictEqual: deep,
      notDeepEqual: notDeep,
      notDeepStrictEqual: notDeep,
      throws,
      rejects,
      doesNotThrow: (work) => {
        work();
        asserted += 1;
      },
      doesNotReject: async (work) => {
        await (typeof work === 'function' ? work() : work);
        asserted += 1;
      },
      match: (text, pattern, message) =>
        assertion(pattern.test(text), message ?? `${brief(text)} does not match ${pattern}`),
      doesNotMatch: (text, pattern, message) =>
        assertion(!pattern.test(text), message ?? `${brief(text)} matches ${pattern}`),
      fail: (message) => assertion(false, message ?? 'failed'),
      ifError: (value) => assertion(value === null || value === undefined, value),
      AssertionError,
    });
    assert.strict = assert;
    assert.default = assert;
    return assert;
  }

  /** `assert` as a module is the loose one, as in Node; its `strict` is the one that needs no import. */
  function makeLooseAssert(strict) {
    const assert = (holds, message) => strict(holds, message);
    Object.assign(assert, strict, {
      ok: assert,
      equal: (a, b, message) => assertion(looselyEqual(a, b), message ?? differ(a, b)),
      notEqual: (a, b, message) =>
        assertion(!looselyEqual(a, b), message ?? `expected another value than ${brief(b)}`),
      deepEqual: (a, b, message) => assertion(looselySame(a, b), message ?? differ(a, b)),
      notDeepEqual: (a, b, message) =>
        assertion(!looselySame(a, b), message ?? `expected another value than ${brief(b)}`),
      strict,
    });
    assert.default = assert;
    return assert;
  }

  /** Gone over here: an object of the answer's own is not told what it should hold. */
  function contains(got, wanted) {
    if (typeof got === 'string') return got.includes(wanted);
    for (const item of got) if (is(item, wanted)) return true;
    return false;
  }

  function makeExpect() {
    const expect = (got) => {
      const check = (wanted) => {
        const say = (holds, text) => assertion(holds === wanted, `${wanted ? '' : 'not: '}${text}`);
        return {
          toBe: (x) => say(is(got, x), differ(got, x)),
          toEqual: (x) => say(deepSame(got, x), differ(got, x)),
          toStrictEqual: (x) => say(deepSame(got, x), differ(got, x)),
          toBeTruthy: () => say(!!got, `${brief(got)} is not truthy`),
          toBeFalsy: () => say(!got, `${brief(got)} is not falsy`),
          toBeNull: () => say(got === null, differ(got, null)),
          toBeUndefined: () => say(got === undefined, differ(got, undefined)),
          toBeDefined: () => say(got !== undefined, 'undefined'),
          toBeNaN: () => say(got !== got, differ(got, NaN)),
          toContain: (x) => say(contains(got, x), `${brief(got)} does not contain ${brief(x)}`),
          toHaveLength: (n) => say(got.length === n, `length ${got.length}, expected ${n}`),
          toMatch: (p) =>
            say(
              // The answer's own `includes` would receive the expected text.
              typeof p === 'string' ? typeof got === 'string' && got.includes(p) : p.test(got),
              `${brief(got)} does not match ${p}`,
            ),
          toBeGreaterThan: (x) => say(got > x, `${brief(got)} is not above ${x}`),
          toBeGreaterThanOrEqual: (x) => say(got >= x, `${brief(got)} is below ${x}`),
          toBeLessThan: (x) => say(got < x, `${brief(got)} is not below ${x}`),
          toBeLessThanOrEqual: (x) => say(got <= x, `${brief(got)} is above ${x}`),
          toBeCloseTo: (x, digits = 2) => say(Math.abs(got - x) < 10 ** -digits / 2, differ(got, x)),
          toBeInstanceOf: (C) => say(got instanceof C, `${brief(got)} is no ${C.name}`),
          toThrow: (x) => {
            let caught = null;
            try {
              got();
            } catch (error) {
              caught = { error };
            }
            const found =
              caught !== null &&
              (typeof x === 'string' ? asText(caught.error.message).includes(x) : matches(caught.error, x));
            say(found, 'expected an exception');
          },
        };
      };
      return { ...check(true), not: check(false) };
    };
    return expect;
  }

  // --- What the host asks for ------------------------------------------------------------------------------------------

  const assert = makeAssert();
  const looseAssert = makeLooseAssert(assert);
  // Whoever could change them for the length of one call would leave no trace.
  Object.freeze(assert);
  Object.freeze(looseAssert);
  const moduleOf = (exported) => (name) => {
    const known = asText(name).replace(/^node:/, '');
    if (known === 'assert') return looseAssert;
    if (known === 'assert/strict') return assert;
    if (known === 'test') return { test: bdd.test, it: bdd.it, describe: bdd.describe, default: bdd.test };
    if (known.startsWith('.') && exported !== null) return exported();
    throw new Error(`Cannot find module '${name}': only assert is here`);
  };

  // --- Text and numbers in English, as Node has them ------------------------------------------------------------------

  /** What is beyond it is lacking by its name, and never another value in silence. */
  const needsIntl = () => {
    throw new ReferenceError("'Intl' is not defined");
  };
  const isEnglish = (locales) =>
    locales === undefined ||
    locales === 'en' ||
    locales === 'en-US' ||
    (isArray(locales) && locales[0] === 'en-US');
  const ORDER = '_-,;:!?.\'"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz';
  const { normalize, toLowerCase, charCodeAt } = String.prototype;
  const textOf = (method, text, ...args) => apply(method, text, args);

  /** By letters first, then by accents, then small before capital: the root collation of ICU, for Latin letters. */
  function collate(a, b, { sensitivity = 'variant', numeric = false } = {}) {
    const left = lettersOf(a);
    const right = lettersOf(b);
    const first = compareLetters(left, right, numeric);
    if (first !== 0) return first;
    const compareBy = (key) => {
      for (let at = 0; at < Math.min(left.length, right.length); at++) {
        if (left[at][key] !== right[at][key]) return left[at][key] < right[at][key] ? -1 : 1;
      }
      return 0;
    };
    const byAccent = sensitivity === 'accent' || sensitivity === 'variant' ? compareBy('accents') : 0;
    if (byAccent !== 0) return byAccent;
    return sensitivity === 'case' || sensitivity === 'variant' ? compareBy('capital') : 0;
  }

  /** Each letter with its place, its accents and whether it is a capital. */
  function lettersOf(text) {
    const plain = textOf(normalize, text, 'NFD');
    const letters = [];
    for (let at = 0; at < plain.length; at++) {
      const code = textOf(charCodeAt, plain, at);
      const char = plain[at];
      if (code >= 0x300 && code <= 0x36f) {
        if (letters.length > 0) letters[letters.length - 1].accents += char;
        continue;
      }
      const small = textOf(toLowerCase, char);
      const place = ORDER.indexOf(small);
      const isSpace = code === 0x20 || (code >= 9 && code <= 13) || code === 0xa0;
      if (place < 0 && !isSpace) needsIntl();
      push(letters, {
        place: isSpace ? -1 : place,
        accents: '',
        capital: char === small ? 0 : 1,
        digit: +small,
      });
    }
    return letters;
  }

  function compareLetters(left, right, numeric) {
    let [i, j] = [0, 0];
    while (i < left.length && j < right.length) {
      if (numeric && left[i].digit >= 0 && right[j].digit >= 0) {
        let [m, n] = [0, 0];
        for (; i < left.length && left[i].digit >= 0; i++) m = m * 10 + left[i].digit;
        for (; j < right.length && right[j].digit >= 0; j++) n = n * 10 + right[j].digit;
        if (m !== n) return m < n ? -1 : 1;
        continue;
      }
      if (left[i].place !== right[j].place) return left[i].place < right[j].place ? -1 : 1;
      i += 1;
      j += 1;
    }
    return left.length - i === right.length - j ? 0 : left.length - i < right.length - j ? -1 : 1;
  }

  const nativeFixed = Number.prototype.toFixed;

  /** Groups of three, and at most three digits behind the point. */
  function numberText(x, locales, options = {}) {
    if (!isEnglish(locales)) needsIntl();
    const known = ['minimumFractionDigits', 'maximumFractionDigits', 'style', 'currency', 'useGrouping'];
    for (const key of ownKeys(options)) if (!known.includes(key)) needsIntl();
    const { style = 'decimal', currency, useGrouping = true } = options;
    if (!['decimal', 'percent', 'currency'].includes(style) || (style === 'currency' && currency !== 'USD'))
      needsIntl();
    const usual = style === 'currency' ? [2, 2] : style === 'percent' ? [0, 0] : [0, 3];
    const least =
      options.minimumFractionDigits ?? Math.min(usual[0], options.maximumFractionDigits ?? usual[0]);
    const most = options.maximumFractionDigits ?? Math.max(usual[1], least);
    if (x !== x) return 'NaN';
    const sign = x < 0 || is(x, -0) ? '-' : '';
    const size = Math.abs(style === 'percent' ? x * 100 : x);
    if (size >= 1e21) needsIntl();
    const [whole, digits = ''] = (size === 1 / 0 ? '∞' : halfUp(size, most)).split('.');
    let part = digits.padEnd(whole === '∞' ? 0 : least, '0');
    while (part.length > least && part.endsWith('0')) part = part.slice(0, -1);
    let grouped = whole;
    if (useGrouping)
      for (let at = whole.length - 3; at > 0 && whole !== '∞'; at -= 3)
        grouped = `${grouped.slice(0, at)},${grouped.slice(at)}`;
    return `${sign}${style === 'currency' ? '$' : ''}${grouped}${part === '' ? '' : `.${part}`}${style === 'percent' ? '%' : ''}`;
  }

  /** By the digits that a number is shown with: 1.005 is rounded to 1.01. */
  function halfUp(size, digits) {
    const shown = asText(size);
    if (shown.includes('e')) return apply(nativeFixed, size, [digits]);
    const [whole, rest = ''] = shown.split('.');
    if (rest.length <= digits) return rest === '' ? whole : `${whole}.${rest}`;
    const kept = NativeBigInt(whole + rest.slice(0, digits)) + (rest[digits] >= '5' ? 1n : 0n);
    const text = asText(kept).padStart(digits + 1, '0');
    return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
  }

  const method = (owner, name, value) =>
    defineProperty(owner, name, { value, writable: true, enumerable: false, configurable: true });
  method(String.prototype, 'localeCompare', function (other, locales, options) {
    if (!isEnglish(locales)) needsIntl();
    return collate(asText(this), asText(other), options);
  });
  method(Number.prototype, 'toLocaleString', function (locales, options) {
    return numberText(+this, locales, options);
  });
  const clockText = (date) => {
    const [hours, minutes, seconds] = [date.getHours(), date.getMinutes(), date.getSeconds()];
    const two = (n) => asText(n).padStart(2, '0');
    return `${hours % 12 === 0 ? 12 : hours % 12}:${two(minutes)}:${two(seconds)} ${hours < 12 ? 'AM' : 'PM'}`;
  };
  const dayText = (date) => `${date.getMonth() + 1}/${date.getDate()}/${date.getFullYear()}`;
  const ofDate = (text) =>
    function (locales, options) {
      if (!isEnglish(locales) || options !== undefined) needsIntl();
      return this.getTime() !== this.getTime() ? 'Invalid Date' : text(this);
    };
  method(NativeDate.prototype, 'toLocaleDateString', ofDate(dayText));
  method(NativeDate.prototype, 'toLocaleTimeString', ofDate(clockText));
  method(
    NativeDate.prototype,
    'toLocaleString',
    ofDate((date) => `${dayText(date)}, ${clockText(date)}`),
  );

  /** The time of day follows the timers. */
  const { now: dayNow } = NativeDate;
  const nowMs = () => dayNow() + clock.nowMs;
  defineProperty(NativeDate, 'now', { value: nowMs, writable: true, enumerable: false, configurable: true });
  const FollowingDate = new Proxy(NativeDate, {
    construct: (date, args, made) => construct(date, args.length === 0 ? [nowMs()] : args, made),
    apply: () => asText(new NativeDate(nowMs())),
  });
  NativeDate.prototype.constructor = FollowingDate;

  function define(name, value) {
    defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
  }
  define('Date', FollowingDate);
  define('console', makeConsole());
  define('assert', assert);
  define('setTimeout', (callback, delay, ...args) => addTimer(callback, delay, args, null));
  define('setInterval', (callback, delay, ...args) => addTimer(callback, delay, args, +delay || 1));
  define('setImmediate', (callback, ...args) => addTimer(callback, 0, args, null));
  define('clearTimeout', drop);
  define('clearInterval', drop);
  define('clearImmediate', drop);
  define(
    'queueMicrotask',
    (callback) => void apply(promiseThen, NativePromise.resolve(), [() => callback()]),
  );
  define('structuredClone', (x) => {
    const refuse = () => {
      throw new TypeError('this value cannot be cloned');
    };
    return decode(encode(x, { left: MAX_NODES, lend: refuse }, 0), false);
  });
  const commonJs = { exports: {} };
  define('module', commonJs);
  define('exports', commonJs.exports);
  define('require', moduleOf(null));
  define('global', globalThis);

  /** A name that the answer defines: also by `let`, `const` and `class`, and by what it exports. */
  function lookUp(name) {
    const found = evalGlobally(`typeof ${name} === 'undefined' ? undefined : ${name}`);
    if (found !== undefined) return found;
    const exported = commonJs.exports;
    if (
      (typeof exported === 'object' || typeof exported === 'function') &&
      exported !== null &&
      exported[name] !== undefined
    )
      return exported[name];
    return typeof exported === 'function' ? exported : undefined;
  }

  let pending = null;
  /** While the tests let the answer's jobs and timers run: until when, in ms of the time that jumps; null: for ever. */
  let running = null;
  let settled = null;
  function settle(promise, done) {
    pending = 'open';
    apply(promiseThen, promise, [
      (value) => {
        settled = () => done(value, null);
      },
      (error) => {
        settled = () => done(undefined, { error });
      },
    ]);
    return 'pending';
  }

  function begin({ outputBytes }) {
    outputLimit = outputBytes;
    return {};
  }

  /** The answer has run as a script, whose `let`, `const` and `class` later scripts see; an eval's they would not. */
  function loaded() {
    const exported = commonJs.exports;
    const names =
      typeof exported === 'object' && exported !== null
        ? ownKeys(exported).filter((key) => typeof key === 'string')
        : [];
    return { exported: names, output: printedSize };
  }

  /** What the last call that keeps its result has made. */
  let object;

  function call({ entry, args, of, keeps, fromSuite }) {
    printed = '';
    const given = args.map((value) => decode(value, fromSuite));
    const done = (value, failure) => {
      if (failure !== null)
        return { raised: raised(failure.error, 'answer.js'), stdout: printed, output: printedSize };
      if (keeps) object = value;
      const shown = keeps ? undefined : value;
      return { value: encoded(shown), argsAfter: given.map(encoded), stdout: printed, output: printedSize };
    };
    try {
      const target = of === 'object' ? object[entry] : lookUp(entry);
      if (of === 'object' && typeof target !== 'function' && given.length === 0 && entry in Object(object))
        return done(target, null);
      if (typeof target !== 'function')
        throw of === 'object'
          ? new TypeError(`${entry} is not a function of the object`)
          : new ReferenceError(`${entry} is not a function that the answer defines`);
      const result =
        keeps && isClass(target)
          ? construct(target, given)
          : apply(target, of === 'object' ? object : undefined, given);
      return result instanceof NativePromise ? settle(result, done) : done(result, null);
    } catch (error) {
      return done(undefined, { error });
    }
  }

  /** Also in the old style: a function whose prototype has methods. */
  function isClass(target) {
    return (
      asText(apply(functionText, target, [])).startsWith('class') ||
      (target.prototype !== undefined && ownKeys(target.prototype).length > 1)
    );
  }

  const registered = [];
  const bdd = {};
  // Beside an answer, arrays are not gone over by what it may have replaced.
  const lastFunction = (items) => {
    for (let at = items.length - 1; at >= 0; at--) if (typeof items[at] === 'function') return items[at];
    return undefined;
  };
  const test = (...given) => push(registered, { work: lastFunction(given) });
  bdd.test = test;
  bdd.it = test;
  bdd.describe = (...given) => lastFunction(given)?.();
  const hooks = { beforeEach: [], afterEach: [] };
  bdd.beforeEach = (work) => push(hooks.beforeEach, work);
  bdd.afterEach = (work) => push(hooks.afterEach, work);

  /** `source` becomes the body of an async function, whose parameters no answer can have replaced. */
  function runTests(source, answers) {
    const parameters = ['assert', 'require', 'test', 'it', 'describe', 'beforeEach', 'afterEach', 'expect'];
    const values = [
      assert,
      moduleOf(answers),
      bdd.test,
      bdd.it,
      bdd.describe,
      bdd.beforeEach,
      bdd.afterEach,
      makeExpect(),
    ];
    let body;
    try {
      // One line before the source, so that its lines keep their numbers by one.
      body = evalGlobally(`(async (${parameters.join(', ')}) => { {\n${source}\n} })`);
    } catch (error) {
      return { broken: `the tests do not parse: ${asText(error?.message)}` };
    }
    const all = async () => {
      await apply(body, undefined, values);
      const { beforeEach, afterEach } = hooks;
      for (let at = 0; at < registered.length; at++) {
        for (let hook = 0; hook < beforeEach.length; hook++) await apply(beforeEach[hook], undefined, []);
        await registered[at].work?.();
        for (let hook = 0; hook < afterEach.length; hook++) await apply(afterEach[hook], undefined, []);
      }
    };
    return settle(all(), (_, failure) => {
      if (watching) noteChanges();
      // Without a prototype: JSON finds no `toJSON` of an answer's there.
      return {
        __proto__: null,
        finished: failure === null,
        asserted,
        ran: registered.length,
        raised: failure === null ? null : raised(failure.error, '<eval>|<evalScript>|answer.js'),
        touched: lending.touched(),
        beside: null,
        marks,
        output: printedSize,
      };
    });
  }

  // All that is ever set on it is its own from the start: what an answer puts on every object catches nothing.
  const kit = {
    __proto__: null,
    encode,
    raised: (error) => raised(error, 'answer.js'),
    asBuiltIn,
    asText,
    lookUp,
    putBack,
    relay: null,
  };
  kit.decode = (value) => decode(value, false);
  kit.clock = clock;
  kit.side = 'answer';
  const lending = makeLending(kit);

  function apart({ source, names, outputBytes, relay }) {
    outputLimit = outputBytes;
    kit.side = 'tests';
    kit.relay = relay;
    const all = {};
    for (let at = 0; at < names.length; at++) {
      const value = lending.askFor({ ask: 'name', name: names[at] });
      if (value === undefined) continue;
      all[names[at]] = value;
      define(names[at], value);
      if (!lending.isTheirs(value)) lending.touch();
    }
    const whole = all[names[0]];
    const exported = () =>
      typeof whole === 'function' ? Object.assign((...args) => whole(...args), all, { default: whole }) : all;
    return runTests(source, exported);
  }

  /** Of the answer's side: a question of its tests. */
  function serve({ text, relay }) {
    kit.relay = relay;
    const message = parse(text);
    if (message.ask !== 'run') return lending.answered(message);
    lending.hear(message);
    running = { __proto__: null, untilMs: message.untilMs, ran: false };
    return 'pending';
  }

  /** What the answer did to its arguments in place. */
  function putBack(arg, after) {
    if (isArray(arg) && !lending.isTheirs(arg) && after?.t === 'list') {
      const items = decode(after, false);
      if (!deepSame(arg, items)) arg.splice(0, arg.length, ...items);
    } else if (
      typeof arg === 'object' &&
      arg !== null &&
      !lending.isTheirs(arg) &&
      getPrototypeOf(arg) === ObjectProto &&
      after?.t === 'dict'
    ) {
      const object = decode(after, false);
      if (deepSame(arg, object)) return;
      for (const key of Object.keys(arg)) delete arg[key];
      Object.assign(arg, object);
    }
  }

  /**
   * Tests in the realm of the answer. Its names are there already, but for those that it only exports. `watch`: what it
   * has changed of the realm is marked.
   */
  function shared({ source, names, outputBytes, watch }) {
    outputLimit = outputBytes;
    for (let at = 0; at < names.length; at++) {
      if (evalGlobally(`typeof ${names[at]}`) !== 'undefined') continue;
      const value = lookUp(names[at]);
      if (value !== undefined) define(names[at], value);
    }
    if (watch) noteChanges();
    watching = watch;
    return runTests(source, () => commonJs.exports);
  }

  // --- What an answer has changed --------------------------------------------------------------------------------------

  let watching = false;
  /** Marks as one text: JSON asks lists for a `toJSON`, which an answer may have put there. */
  let marks = '';
  /** Each object with its path, and its properties as they were made. */
  const intrinsics = [];

  function remember(object, path, depth) {
    if ((typeof object !== 'object' && typeof object !== 'function') || object === null || depth > 4) return;
    for (let at = 0; at < intrinsics.length; at++) if (intrinsics[at].object === object) return;
    const properties = [];
    push(intrinsics, { object, path, properties });
    const keys = ownKeys(object);
    for (let at = 0; at < keys.length; at++) {
      const { value, get, set } = getOwnPropertyDescriptor(object, keys[at]);
      push(properties, { __proto__: null, key: keys[at], value, get, set });
      if (object === globalThis && keys[at] === 'globalThis') continue;
      const name = typeof keys[at] === 'symbol' ? asText(keys[at]) : keys[at];
      remember(value, path === '' ? name : `${path}.${name}`, depth + 1);
    }
  }

  function noteChanges() {
    for (let at = 0; at < intrinsics.length; at++) {
      const { object, path, properties } = intrinsics[at];
      for (let nth = 0; nth < properties.length; nth++) {
        const { key, value, get, set } = properties[nth];
        const now = getOwnPropertyDescriptor(object, key);
        if (now !== undefined && is(now.value, value) && now.get === get && now.set === set) continue;
        // What an answer exports, it puts there.
        if (object === globalThis && (key === 'exports' || key === 'module')) continue;
        mark(`changes ${path === '' ? '' : `${path}.`}${asText(key)}`);
      }
      // Additions of an answer's own are found everywhere only on this one.
      if (object === ObjectProto && ownKeys(object).length > properties.length)
        mark('adds to Object.prototype');
    }
  }

  function mark(what) {
    if (marks.length < 2000) marks += `${what}\n`;
  }

  const nextTimerMs = () => {
    let nextMs = null;
    for (let at = 0; at < timers.length; at++)
      if (nextMs === null || timers[at].at < nextMs) nextMs = timers[at].at;
    return nextMs;
  };

  /** The tests wait: the answer goes on, up to the tests' own next timer. Whether anything came of it. */
  function letAnswerRun() {
    const before = nextTimerMs();
    const reply = parse(kit.relay(lending.said({ ask: 'run', untilMs: before })));
    lending.hear(reply);
    return reply.settled.length > 0 || reply.ran;
  }

  remember(globalThis, '', 0);
  // Reached by no name.
  remember(
    getPrototypeOf(function* () {}),
    'GeneratorFunction.prototype',
    2,
  );
  remember(
    getPrototypeOf(async () => {}),
    'AsyncFunction.prototype',
    2,
  );
  remember(getPrototypeOf([][Symbol.iterator]()), 'ArrayIterator.prototype', 2);
  remember(getPrototypeOf(new NativeMap().entries()), 'MapIterator.prototype', 2);
  remember(getPrototypeOf(new NativeSet().values()), 'SetIterator.prototype', 2);

  return {
    failed: (error) => stringify({ raised: raised(error, 'answer.js'), output: printedSize }),
    handle(text, relay) {
      const request = parse(text);
      if (request.op === 'serve') return serve({ text: request.text, relay });
      if (request.op === 'asked') return lending.answered(parse(request.text));
      const ops = { begin, loaded, call, apart, shared };
      const result = ops[request.op]({ ...request, relay });
      return result === 'pending' ? 'pending' : stringify(result);
    },
    /** After the job queue is empty: the answer, 'pending' where a timer moved on, or '' where nothing ever will. */
    proceed() {
      if (running !== null) {
        const nextMs = nextTimerMs();
        const isDue = nextMs !== null && (running.untilMs === null || nextMs <= running.untilMs);
        if (!lending.hasNotices() && isDue) {
          running.ran = true;
          runTimer();
          return 'pending';
        }
        const { ran } = running;
        running = null;
        return lending.said({ ran, output: printedSize });
      }
      if (settled !== null) {
        const done = settled;
        settled = null;
        pending = null;
        return stringify(done());
      }
      if (pending === null) return '';
      if (kit.side === 'tests' && letAnswerRun()) return 'pending';
      return runTimer() ? 'pending' : '';
    },
  };
};
