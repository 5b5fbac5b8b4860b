// Runs inside the sandbox, before any answer: whatever it needs of the realm it takes now. Its value is a function from
// a request (JSON) to an answer (JSON), or to 'pending' while a promise is open. The host decides what is right.
//
// Values cross as {"t": type, "v": ...}; whatever is no plain value is "opaque" and equals nothing, or, between an answer
// and its tests, lent (`makeLending`).
(makeLending, hostIntl, native) => {
  /** A process of Node's own: its timers, its modules and its console are the real ones. */
  const isNative = native !== undefined;
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
      // Vitest's colours are for a terminal.
      message = asText(error.message ?? '')
        .replace(new NativeRegExp('\\u001b\\[\\d*m', 'g'), '')
        .slice(0, 500);
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
  function write(text) {
    printedSize += text.length;
    if (printedSize > outputLimit) throw new RangeError('too much output');
    printed += text;
  }
  const print = (line) => write(`${line}\n`);
  let errors = '';
  function writeError(text) {
    printedSize += text.length;
    if (printedSize > outputLimit) throw new RangeError('too much output');
    errors += text;
  }
  /** A line as the console makes it: replaced where Node's own way to show objects is there. */
  let lineOf = (items) => items.map(show).join(' ');
  let indent = '';
  const log = (...items) => print(indent + lineOf(items).replaceAll('\n', `\n${indent}`));
  const counts = {};
  const makeConsole = () => ({
    log,
    info: log,
    warn: log,
    error: log,
    debug: log,
    dir: (x) => log(x),
    table: log,
    trace: log,
    group: (...items) => {
      if (items.length > 0) log(...items);
      indent += '  ';
    },
    groupEnd() {
      indent = indent.slice(2);
    },
    count: (label = 'default') => {
      counts[label] = (counts[label] ?? 0) + 1;
      log(`${label}: ${counts[label]}`);
    },
    countReset: (label = 'default') => {
      counts[label] = 0;
    },
    time() {},
    timeEnd() {},
    timeLog() {},
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
    held();
  }
  /** An assertion has held. What is replaced for the length of one call is seen here. */
  function held() {
    asserted += 1;
    if (watching) noteChanges();
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

  // --- What the host asks for ------------------------------------------------------------------------------------------

  const assert = makeAssert();
  const looseAssert = makeLooseAssert(assert);
  // Whoever could change them for the length of one call would leave no trace.
  Object.freeze(assert);
  Object.freeze(looseAssert);
  /** What is bundled, where code or tests name any of it: modules of Node, and what vitest, jest and chai have. */
  let bundled = { modules: {}, expect: undefined, vi: undefined, chai: undefined };
  /** Throws what the host knows as ours. */
  const lack = (name) => {
    throw new NativeError(`this sandbox has no ${name}`);
  };
  /** What a test is called with: vitest's context, and not a `done` to call. */
  let givesContext = false;
  const testApi = () => ({ ...bdd, expect: bundled.expect, vi: bundled.vi, jest: bundled.vi });
  /** `exported`: what the answer exports, for its tests; null: it is the answer that asks, and no test of its own counts. */
  const moduleOf =
    (exported, foreign = null) =>
    (name) => {
      const known = asText(name).replace(/^node:/, '');
      const isOfTests = exported !== null;
      switch (known) {
        case 'assert':
          return looseAssert;
        case 'assert/strict':
          return assert;
        case 'test':
          return isOfTests ? nodeTest : nothing;
        case 'vitest':
          if (isOfTests) givesContext = true;
          return isOfTests ? testApi() : nothing;
        case '@jest/globals':
        case 'mocha':
        case 'bun:test':
          return isOfTests ? testApi() : nothing;
        case 'chai':
          if (!isOfTests) return nothing;
          if (bundled.chai !== undefined) return bundled.chai;
          break;
        default:
          if (getOwnPropertyDescriptor(bundled.modules, known) !== undefined) return bundled.modules[known];
      }
      const isSubject =
        foreign !== null && placeOf(foreign, (one) => one === known || known.startsWith(`${one}/`)) < 0;
      if (isOfTests && (known.startsWith('.') || isSubject)) return exported();
      if (isNative) return native.require(name);
      throw new Error(`Cannot find module '${name}'`);
    };

  // --- Intl, by the host's own ------------------------------------------------------------------------------------------

  // As in Node, where too deep a recursion is a RangeError.
  if (!isNative) {
    Object.setPrototypeOf(InternalError.prototype, RangeError.prototype);
    defineProperty(InternalError.prototype, 'name', {
      value: 'RangeError',
      writable: true,
      configurable: true,
    });
  }

  const method = (owner, name, value) =>
    defineProperty(owner, name, { value, writable: true, enumerable: false, configurable: true });

  /** As JSON has it: numbers that it lacks and big ones are marked by a key; dates are their ms. */
  function plain(x) {
    if (typeof x === 'bigint') return { __proto__: null, big: asText(x) };
    if (typeof x === 'number' && (x !== x || x === 1 / 0 || x === -1 / 0 || is(x, -0)))
      return { __proto__: null, number: is(x, -0) ? '-0' : asText(x) };
    if (x instanceof NativeDate) return plain(apply(dateTime, x, []));
    return x;
  }
  /** Asks Node, outside: a locale, options and numbers or texts go there, a text or parts come back. */
  function askIntl(kind, locales, options, name, args) {
    const given = [];
    for (let at = 0; at < args.length; at++) push(given, plain(args[at]));
    const reply = parse(hostIntl(stringify({ kind, locales, options, method: name, args: given })));
    if (reply.error === undefined) return reply.value;
    throw new { RangeError, TypeError, Error }[reply.error.name](reply.error.message);
  }

  const METHODS = {
    Collator: ['compare', 'resolvedOptions'],
    DateTimeFormat: ['format', 'formatToParts', 'formatRange', 'formatRangeToParts', 'resolvedOptions'],
    DisplayNames: ['of', 'resolvedOptions'],
    ListFormat: ['format', 'formatToParts', 'resolvedOptions'],
    NumberFormat: ['format', 'formatToParts', 'formatRange', 'formatRangeToParts', 'resolvedOptions'],
    PluralRules: ['select', 'selectRange', 'resolvedOptions'],
    RelativeTimeFormat: ['format', 'formatToParts', 'resolvedOptions'],
    Segmenter: ['segment', 'resolvedOptions'],
  };
  /** Getters that give a function of its own, as the specification has it. */
  const BOUND = ['Collator.compare', 'DateTimeFormat.format', 'NumberFormat.format'];
  const CALLABLE = ['Collator', 'DateTimeFormat', 'NumberFormat'];

  function intlClass(kind) {
    const made = new WeakMap();
    const { get, set, has } = WeakMap.prototype;
    const ask = (self, name, args) => {
      const own = apply(get, made, [self]);
      if (own === undefined)
        throw new TypeError(`Method Intl.${kind}.${name} called on incompatible receiver`);
      // Of a date that is not given, the time of now, which follows the timers.
      const given =
        kind === 'DateTimeFormat' && name.startsWith('format') && args[0] === undefined ? [nowMs()] : args;
      return askIntl(
        kind,
        own.locales,
        own.options,
        name,
        kind === 'ListFormat' && name !== 'resolvedOptions' ? [[...given[0]]] : given,
      );
    };
    const Class = {
      [kind]: function (locales, options) {
        if (new.target === undefined) {
          if (!CALLABLE.includes(kind)) throw new TypeError(`Constructor Intl.${kind} requires 'new'`);
          return new Class(locales, options);
        }
        askIntl(kind, locales, options, 'resolvedOptions', []);
        apply(set, made, [this, { locales, options: options === undefined ? undefined : { ...options } }]);
      },
    }[kind];
    for (const name of METHODS[kind]) {
      if (BOUND.includes(`${kind}.${name}`)) {
        defineProperty(Class.prototype, name, {
          configurable: true,
          get() {
            if (!apply(has, made, [this])) throw new TypeError(`not an Intl.${kind}`);
            return (...args) => ask(this, name, args);
          },
        });
      } else {
        method(Class.prototype, name, function (...args) {
          return ask(this, name, args);
        });
      }
    }
    defineProperty(Class.prototype, Symbol.toStringTag, { value: `Intl.${kind}`, configurable: true });
    method(Class, 'supportedLocalesOf', (locales, options) =>
      askIntl('Static', locales, options, `${kind}.supportedLocalesOf`, []),
    );
    return Class;
  }
  const intl = { __proto__: ObjectProto };
  for (const kind of ownKeys(METHODS)) method(intl, kind, intlClass(kind));
  method(intl, 'getCanonicalLocales', (locales) =>
    askIntl('Static', locales, undefined, 'getCanonicalLocales', []),
  );
  method(intl, 'supportedValuesOf', (key) =>
    askIntl('Static', undefined, undefined, 'supportedValuesOf', [key]),
  );
  defineProperty(intl, Symbol.toStringTag, { value: 'Intl', configurable: true });

  if (!isNative) {
    method(String.prototype, 'localeCompare', function (other, locales, options) {
      return askIntl('Collator', locales, options, 'compare', [asText(this), asText(other)]);
    });
    method(Number.prototype, 'toLocaleString', function (locales, options) {
      return askIntl('NumberFormat', locales, options, 'format', [+this]);
    });
    method(BigInt.prototype, 'toLocaleString', function (locales, options) {
      return askIntl('NumberFormat', locales, options, 'format', [NativeBigInt(this)]);
    });
    for (const name of ['toLocaleString', 'toLocaleDateString', 'toLocaleTimeString'])
      method(NativeDate.prototype, name, function (locales, options) {
        return askIntl('Date', locales, options, name, [apply(dateTime, this, [])]);
      });
    for (const name of ['toLocaleUpperCase', 'toLocaleLowerCase'])
      method(String.prototype, name, function (locales) {
        return askIntl('String', locales, undefined, name, [asText(this)]);
      });
  }

  /** The time of day follows the timers. */
  const { now: dayNow } = NativeDate;
  const nowMs = () => dayNow() + clock.nowMs;
  const startMs = dayNow();
  if (!isNative)
    defineProperty(NativeDate, 'now', {
      value: nowMs,
      writable: true,
      enumerable: false,
      configurable: true,
    });
  const FollowingDate = new Proxy(NativeDate, {
    construct: (date, args, made) => construct(date, args.length === 0 ? [nowMs()] : args, made),
    apply: () => asText(new NativeDate(nowMs())),
  });
  if (!isNative) NativeDate.prototype.constructor = FollowingDate;

  function define(name, value) {
    defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
  }
  define('assert', assert);
  if (!isNative) {
    define('Date', FollowingDate);
    define('Intl', intl);
    define('console', makeConsole());
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
  }
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

  // --- Whole programs ----------------------------------------------------------------------------------------------------

  /** Of a whole program: once its top level is done, it goes on as long as there are timers. */
  let drains = false;
  let crash = null;

  /** As `node answer.js` runs it: a module that is run, on streams and files of its own. */
  function script({ source, stdin, args, files, outputBytes }) {
    outputLimit = outputBytes;
    drains = true;
    for (const name of ['error', 'warn', 'trace'])
      console[name] = (...items) => writeError(`${lineOf(items)}\n`);
    const program = bundled.program;
    program.begin({ stdin, args, files });
    const load = moduleOf(null);
    load.main = commonJs;
    let main;
    try {
      const strict = source.startsWith("'use strict';") ? "'use strict';" : '';
      // On one line with the source's first one, so that lines keep their numbers.
      main = evalGlobally(
        `(async function (exports, require, module, __filename, __dirname) { ${strict} ${source}\n})`,
      );
    } catch (error) {
      crash = { error };
      return end();
    }
    const ran = apply(main, commonJs.exports, [
      commonJs.exports,
      load,
      commonJs,
      '/home/guest/answer.js',
      '/home/guest',
    ]);
    return settle(ran, (_, failure) => {
      crash ??= failure;
      return end();
    });
  }

  function end() {
    const program = bundled.program;
    if (crash === null) program.finish();
    else writeError(`Uncaught ${show(crash.error)}\n`);
    return {
      __proto__: null,
      exit: crash === null ? program.exitCode() : 1,
      raised: crash === null ? null : raised(crash.error, '<eval>|<evalScript>|answer.js'),
      stdout: printed,
      stderr: errors,
      output: printedSize,
    };
  }

  /** Also in the old style: a function whose prototype has methods. */
  function isClass(target) {
    return (
      asText(apply(functionText, target, [])).startsWith('class') ||
      (target.prototype !== undefined && ownKeys(target.prototype).length > 1)
    );
  }

  // --- Tests as mocha, jest, vitest and node:test declare them ---------------------------------------------------------

  /** Suites within suites; the outermost one is the file. */
  const suite = (name, parent, mode) => ({
    name,
    parent,
    mode,
    items: [],
    hooks: { beforeAll: [], beforeEach: [], afterEach: [], afterAll: [] },
  });
  const file = suite('', null, 'run');
  let current = file;
  let ran = 0;
  let hasOnly = false;
  // Beside an answer, arrays are not gone over by what it may have replaced.
  const lastFunction = (items) => {
    for (let at = items.length - 1; at >= 0; at--) if (typeof items[at] === 'function') return items[at];
    return undefined;
  };
  const optionsIn = (items) =>
    items[placeOf(items, (item) => typeof item === 'object' && item !== null)] ?? {};

  function declareTest(mode, given, isOfNode) {
    const own = optionsIn(given);
    const how = own.skip || own.todo ? 'skip' : own.only ? 'only' : mode;
    if (how === 'only') hasOnly = true;
    const work = lastFunction(given);
    push(current.items, {
      name: asText(given[0]),
      mode: work === undefined ? 'skip' : how,
      work,
      isOfNode,
      fails: own.fails === true,
    });
  }
  function declareSuite(mode, given) {
    const inner = suite(asText(given[0]), current, mode);
    if (mode === 'only') hasOnly = true;
    push(current.items, inner);
    current = inner;
    let result;
    try {
      result = lastFunction(given)?.();
    } finally {
      current = inner.parent;
    }
    return result;
  }
  const hook = (kind) => (work) => void push(current.hooks[kind], work);

  /** `%s`, `%i`, `$name` in the names of tests that are declared for each of several values. */
  const titled = (name, values, at) => {
    let nth = 0;
    return asText(name)
      .replace(/%[sdifjo#%]/g, (mark) =>
        mark === '%%' ? '%' : mark === '%#' ? asText(at) : show(values[nth++]),
      )
      .replace(/\$([\w.]+)/g, (mark, key) =>
        values[0] === null || typeof values[0] !== 'object'
          ? mark
          : show(key.split('.').reduce((x, part) => x?.[part], values[0])),
      );
  };
  /** A list of cases, or a tagged template with a table of them. */
  function casesOf(given, values) {
    if (!isArray(given) || given.raw === undefined) return given;
    const names = given[0]
      .trim()
      .split('|')
      .map((name) => name.trim());
    const rows = [];
    for (let at = 0; at < values.length; at += names.length)
      push(rows, Object.fromEntries(names.map((name, nth) => [name, values[at + nth]])));
    return rows;
  }
  const each =
    (declare) =>
    (given, ...values) =>
    (name, work, ...rest) =>
      casesOf(given, values).forEach((one, at) => {
        const args = isArray(one) ? one : [one];
        // Without a done callback: all its parameters are the case's.
        declare([titled(name, args, at), () => work(...args), ...rest]);
      });

  function makeDeclare(declare) {
    const made = (...given) => declare('run', given);
    for (const mode of ['skip', 'only', 'todo']) {
      made[mode] = (...given) => declare(mode === 'todo' ? 'skip' : mode, given);
      made[mode].each = each((given) => declare(mode === 'todo' ? 'skip' : mode, given));
    }
    made.each = each((given) => declare('run', given));
    made.skipIf = (condition) => (condition ? made.skip : made);
    made.runIf = (condition) => (condition ? made : made.skip);
    made.concurrent = made.sequential = made;
    made.fails = made.failing = (...given) => declare('run', [...given, { fails: true }]);
    return made;
  }
  const makeTest = (isOfNode) => makeDeclare((mode, given) => declareTest(mode, given, isOfNode));
  const test = makeTest(false);
  const describe = makeDeclare(declareSuite);
  const bdd = {
    test,
    it: test,
    specify: test,
    // Jest's and mocha's own names for these, in what the tests of a case may call: no test of ours is skipped by them.
    xit: test.skip,
    xtest: test.skip,
    fit: test.only,
    xdescribe: describe.skip,
    describe,
    suite: describe,
    context: describe,
    beforeAll: hook('beforeAll'),
    afterAll: hook('afterAll'),
    beforeEach: hook('beforeEach'),
    afterEach: hook('afterEach'),
    before: hook('beforeAll'),
    after: hook('afterAll'),
    setup: hook('beforeEach'),
    teardown: hook('afterEach'),
  };

  // --- node:test ---

  function mockFunction(original = () => undefined, implementation = original) {
    let now = implementation;
    const once = [];
    const calls = [];
    const mock = {
      calls,
      callCount: () => calls.length,
      mockImplementation: (work) => {
        now = work;
      },
      mockImplementationOnce: (work, at = calls.length) => {
        once[at] = work;
      },
      resetCalls: () => void calls.splice(0),
      restore: () => {
        now = original;
      },
    };
    const fn = function (...args) {
      const call = { arguments: args, this: this, target: new.target, result: undefined, error: undefined };
      push(calls, call);
      const work = once[calls.length - 1] ?? now;
      try {
        call.result = new.target === undefined ? apply(work, this, args) : construct(work, args);
        return call.result;
      } catch (error) {
        call.error = error;
        throw error;
      }
    };
    fn.mock = mock;
    return fn;
  }
  function makeMock() {
    const restores = [];
    const mock = {
      fn: (original, implementation) =>
        mockFunction(original, typeof implementation === 'function' ? implementation : original),
      method(owner, name, implementation) {
        const original = owner[name];
        const own = getOwnPropertyDescriptor(owner, name);
        const fn = mockFunction(original, typeof implementation === 'function' ? implementation : original);
        const restore = () => (own === undefined ? delete owner[name] : defineProperty(owner, name, own));
        fn.mock.restore = restore;
        push(restores, restore);
        byTests(() =>
          defineProperty(owner, name, {
            value: fn,
            writable: true,
            configurable: true,
            enumerable: own?.enumerable ?? true,
          }),
        );
        return fn;
      },
      restoreAll: () => {
        for (const restore of restores.splice(0)) restore();
      },
      reset: () => mock.restoreAll(),
      timers: {
        enable: (options) =>
          void (bundled.vi ?? lack('mock.timers')).useFakeTimers({ now: options?.now ?? 0 }),
        tick: (ms = 1) => void bundled.vi.advanceTimersByTime(ms),
        runAll: () => void bundled.vi.runAllTimers(),
        setTime: (ms) => void bundled.vi.setSystemTime(ms),
        reset: () => void bundled.vi.useRealTimers(),
      },
    };
    return mock;
  }
  const mock = makeMock();
  const nodeTest = makeTest(true);
  Object.assign(nodeTest, bdd, { test: nodeTest, it: nodeTest, mock, default: nodeTest });

  /**
   * What an answer finds of a test runner, as some bring tests of their own: whatever is declared, asserted or mocked with it
   * is nowhere. The tests' own tools are out of its reach.
   */
  const nothing = new Proxy(() => {}, {
    get: (_, key) => (key === 'then' ? undefined : key === Symbol.toPrimitive ? () => '' : nothing),
    apply: () => nothing,
    construct: () => nothing,
    set: () => true,
    defineProperty: () => true,
  });

  // --- Running them ---

  class Skipped extends NativeError {}

  /** What a test is given: node:test's context, vitest's fixtures, and where it is called, mocha's and jest's `done`. */
  function contextOf(item, undo) {
    let finish;
    const done = (error) => finish(error);
    const waits = new NativePromise((resolve, reject) => {
      finish = (error) => (error === undefined || error === null ? resolve() : reject(error));
    });
    apply(promiseThen, waits, [undefined, () => {}]);
    done.fail = (error) => finish(error ?? new AssertionError('done.fail'));
    const context = Object.assign(done, {
      expect: bundled.expect,
      assert,
      mock: makeMock(),
      task: { name: item.name },
      skip: (message) => {
        throw new Skipped(message ?? '');
      },
      todo: () => {},
      diagnostic: () => {},
      plan: () => {},
      before: (work) => work(),
      after: (work) => push(undo, work),
      onTestFinished: (work) => push(undo, work),
      async test(name, ...given) {
        await runTest({ name: asText(name), mode: 'run', work: lastFunction(given), isOfNode: true });
      },
    });
    return { context, waits };
  }

  /** A test whose one parameter is taken apart wants fixtures; another one is called when the test is over. */
  const wantsDone = (item) =>
    !item.isOfNode &&
    !givesContext &&
    item.work.length > 0 &&
    !/^(?:async\s+)?(?:function\s*\w*\s*)?\(\s*\{/.test(asText(apply(functionText, item.work, [])));

  async function runTest(item) {
    ran += 1;
    const undo = [];
    const { context, waits } = contextOf(item, undo);
    let failure = null;
    bundled.beginTest?.();
    try {
      const result = apply(item.work, {}, [context]);
      await result;
      if (wantsDone(item) && !(result instanceof NativePromise)) await waits;
      bundled.checkCount?.();
    } catch (error) {
      if (!(error instanceof Skipped)) failure = { error };
    }
    context.mock.restoreAll();
    for (let at = undo.length - 1; at >= 0; at--) await undo[at]();
    if (item.fails && failure === null) throw new AssertionError('expected the test to fail');
    if (!item.fails && failure !== null) throw failure.error;
  }

  const isSuite = (item) => item.items !== undefined;
  const holdsOnly = (item) =>
    isSuite(item)
      ? item.mode === 'only' || !everyOf(item.items, (one) => !holdsOnly(one))
      : item.mode === 'only';

  async function runHooks(hooks) {
    for (let at = 0; at < hooks.length; at++) await callHook(hooks[at]);
  }
  async function callHook(work) {
    const { context, waits } = contextOf({ name: 'hook' }, []);
    const result = apply(work, {}, [context]);
    await result;
    if (wantsDone({ work }) && !(result instanceof NativePromise)) await waits;
  }

  /** The last test comes first. */
  let isReversed = false;

  async function runSuite(one, isChosen, before, after) {
    const mine = filtered(
      one.items,
      (item) => item.mode !== 'skip' && (isChosen || !hasOnly || holdsOnly(item)),
    );
    if (mine.length === 0) return;
    if (isReversed) mine.reverse();
    await runHooks(one.hooks.beforeAll);
    const beforeEach = [...before, ...one.hooks.beforeEach];
    const afterEach = [...one.hooks.afterEach, ...after];
    for (let at = 0; at < mine.length; at++) {
      const item = mine[at];
      if (isSuite(item)) {
        await runSuite(
          item,
          isChosen || (item.mode === 'only' && everyOf(item.items, (inner) => !holdsOnly(inner))),
          beforeEach,
          afterEach,
        );
        continue;
      }
      await runHooks(beforeEach);
      await runTest(item);
      await runHooks(afterEach);
    }
    await runHooks(one.hooks.afterAll);
  }

  /** `source` becomes the body of an async function, whose parameters no answer can have replaced. */
  function runTests(source, answers, foreign = null) {
    const api = { assert, require: moduleOf(answers, foreign), ...testApi(), chai: bundled.chai };
    const parameters = filtered(ownKeys(api), (name) => api[name] !== undefined);
    const values = [];
    for (let at = 0; at < parameters.length; at++) push(values, api[parameters[at]]);
    let body;
    try {
      // One line before the source, so that its lines keep their numbers by one.
      const strict = source.startsWith("'use strict';") ? "'use strict';" : '';
      body = evalGlobally(`(async (${parameters.join(', ')}) => { ${strict} {\n${source}\n} })`);
    } catch (error) {
      return { broken: `the tests do not parse: ${asText(error?.message)}` };
    }
    const all = async () => {
      await apply(body, undefined, values);
      await runSuite(file, false, [], []);
    };
    return settle(all(), (_, failure) => {
      if (watching) noteChanges();
      // Without a prototype: JSON finds no `toJSON` of an answer's there.
      return {
        __proto__: null,
        finished: failure === null,
        asserted,
        ran,
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
    testSource = source;
    watching = watch;
    return runTests(source, () => commonJs.exports);
  }

  /** The tests are the answer, and what has been loaded is given: whatever unknown module they ask for is it. */
  function subject({ source, names, foreign, reversed, outputBytes }) {
    outputLimit = outputBytes;
    isReversed = reversed;
    const all = {};
    for (let at = 0; at < names.length; at++) all[names[at]] = lookUp(names[at]);
    const exported = () => {
      const own = commonJs.exports;
      if (typeof own === 'function' || ownKeys(own).length > 0) return own;
      return { ...all, default: all[names[0]] };
    };
    return runTests(source, exported, foreign);
  }

  // --- What an answer has changed --------------------------------------------------------------------------------------

  let watching = false;
  /** Marks as one text: JSON asks lists for a `toJSON`, which an answer may have put there. */
  let marks = '';
  /** Each object with its path, and its properties as they were made. */
  const intrinsics = [];

  /** In a process of Node's own there is more, and some of it changes by itself. */
  const DEEPEST = isNative ? 2 : 4;
  const CHANGES = isNative ? [native.process] : [];

  function remember(object, path, depth) {
    if (CHANGES.includes(object)) return;
    if ((typeof object !== 'object' && typeof object !== 'function') || object === null || depth > DEEPEST)
      return;
    for (let at = 0; at < intrinsics.length; at++) if (intrinsics[at].object === object) return;
    const properties = [];
    push(intrinsics, { object, path, properties });
    const keys = ownKeys(object);
    for (let at = 0; at < keys.length; at++) {
      const { value, get, set } = getOwnPropertyDescriptor(object, keys[at]);
      push(properties, { __proto__: null, key: keys[at], accepted: [{ value, get, set }] });
      if (object === globalThis && keys[at] === 'globalThis') continue;
      const name = typeof keys[at] === 'symbol' ? asText(keys[at]) : keys[at];
      remember(value, path === '' ? name : `${path}.${name}`, depth + 1);
    }
  }

  const { includes } = String.prototype;
  let testSource = '';
  /** Tests may set a property themselves: `Math.random = () => 0.5`. */
  const isSetByTests = (key) =>
    typeof key === 'string' &&
    (apply(includes, testSource, [`.${key} = `]) || apply(includes, testSource, [`.${key}=`]));
  const isAccepted = (now, accepted) =>
    now !== undefined &&
    placeOf(accepted, ({ value, get, set }) => is(now.value, value) && now.get === get && now.set === set) >=
      0;

  /** A tool of the tests that replaces things, as fake timers and spies do: what it puts there is no answer's doing. */
  function byTests(work) {
    if (!watching) return work();
    noteChanges();
    try {
      return work();
    } finally {
      for (let at = 0; at < intrinsics.length; at++) {
        const { object, properties } = intrinsics[at];
        for (let nth = 0; nth < properties.length; nth++) {
          const now = getOwnPropertyDescriptor(object, properties[nth].key);
          if (now !== undefined && !isAccepted(now, properties[nth].accepted))
            push(properties[nth].accepted, now);
        }
      }
    }
  }

  function noteChanges() {
    for (let at = 0; at < intrinsics.length; at++) {
      const { object, path, properties } = intrinsics[at];
      for (let nth = 0; nth < properties.length; nth++) {
        const { key, accepted } = properties[nth];
        if (isAccepted(getOwnPropertyDescriptor(object, key), accepted) || isSetByTests(key)) continue;
        // What an answer exports, it puts there.
        if (object === commonJs || (object === globalThis && (key === 'exports' || key === 'module')))
          continue;
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

  /** Bundles, before any answer: `node` and `expect` are what they evaluate to, or undefined. */
  function equip(node, expecting, halt) {
    if (node !== undefined) {
      const made = node.makeNode({
        now: () => nowMs() - startMs,
        write,
        lack,
        isDeepEqual: (a, b) => deepSame(a, b),
        writeError,
        halt,
        assert,
        looseAssert,
      });
      for (const name of ownKeys(made.globals)) define(name, made.globals[name]);
      bundled = { ...bundled, modules: made.modules, program: made.program };
      lineOf = (items) => made.modules.util.format(...items);
    }
    if (expecting !== undefined) {
      const made = expecting.makeExpect({ onHeld: held, lack, byTests });
      bundled = { ...bundled, ...made };
    }
  }

  function seal() {
    // Globals that are made when they are asked for are made now.
    if (isNative) for (const key of ownKeys(globalThis)) void globalThis[key];
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
  }

  if (isNative) native.connect(write, writeError);

  return {
    equip,
    seal,
    /** Of a program that has called `process.exit`: being stopped is no crash. */
    ended() {
      crash = null;
      return stringify(end());
    },
    failed: (error) => stringify({ raised: raised(error, 'answer.js'), output: printedSize }),
    handle(text, relay) {
      const request = parse(text);
      if (request.op === 'serve') return serve({ text: request.text, relay });
      if (request.op === 'asked') return lending.answered(parse(request.text));
      const ops = { begin, loaded, call, apart, shared, subject, script };
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
      if (settled !== null && drains && crash === null) {
        try {
          if (runTimer()) return 'pending';
        } catch (error) {
          crash = { error };
        }
      }
      if (settled !== null) {
        const done = settled;
        settled = null;
        pending = null;
        return stringify(done());
      }
      if (pending === null) return '';
      if (kit.side === 'tests' && letAnswerRun()) return 'pending';
      if (!drains) return runTimer() ? 'pending' : '';
      try {
        if (runTimer()) return 'pending';
      } catch (error) {
        crash = { error };
      }
      // The top level waits for what never comes.
      const ended = end();
      return stringify(crash === null ? { ...ended, exit: 13 } : ended);
    },
  };
};
