// Between the realm of an answer and that of its tests: values cross, and whatever is no value is lent. What is lent stays
// where it is; the other side holds a Proxy, and each use of it is asked for. Either side may ask while it is asked. Of
// the tests an answer sees what they hand over: public properties of their own objects, and calls of their functions.
//
// Evaluated before any answer, in both realms. `kit` has the harness's own; `kit.relay` is the host's, set for a test.
(kit) => {
  const { ownKeys, getOwnPropertyDescriptor, getPrototypeOf, apply, construct, defineProperty } = Reflect;
  const { parse, stringify } = JSON;
  const { then: promiseThen } = Promise.prototype;
  const [NativePromise, NativeProxy, NativeMap, NativeError] = [Promise, Proxy, Map, Error];
  const [FunctionProto, ObjectProto] = [Function.prototype, Object.prototype];
  const push = (list, item) =>
    defineProperty(list, list.length, { value: item, writable: true, enumerable: true, configurable: true });
  const bind = FunctionProto.bind;

  // --- What both sides have ------------------------------------------------------------------------------------------

  const SYMBOLS = {};
  for (const name of ['iterator', 'asyncIterator', 'toPrimitive', 'toStringTag', 'hasInstance'])
    SYMBOLS[name] = Symbol[name];
  const byName = new NativeMap();
  const nameOf = new NativeMap();
  const ERRORS = [
    'Error',
    'TypeError',
    'RangeError',
    'SyntaxError',
    'ReferenceError',
    'URIError',
    'EvalError',
  ];
  const share = (name, x) => {
    byName.set(name, x);
    nameOf.set(x, name);
  };
  for (const name of [
    ...ERRORS,
    'Number',
    'String',
    'Boolean',
    'BigInt',
    'Array',
    'Map',
    'Set',
    'Date',
    'RegExp',
    'Promise',
  ]) {
    share(name, globalThis[name]);
    share(`${name}.prototype`, globalThis[name].prototype);
  }
  for (const name of ['Object', 'Function', 'Symbol']) share(`${name}.prototype`, globalThis[name].prototype);
  for (const name of [
    'parseInt',
    'parseFloat',
    'isNaN',
    'isFinite',
    'encodeURIComponent',
    'decodeURIComponent',
  ])
    share(name, globalThis[name]);
  for (const name of Object.getOwnPropertyNames(Math))
    if (typeof Math[name] === 'function') share(`Math.${name}`, Math[name]);
  for (const name of ['stringify', 'parse']) share(`JSON.${name}`, JSON[name]);

  // --- What this side has lent ---------------------------------------------------------------------------------------

  const mine = [];
  const numbers = new NativeMap();
  let notices = [];

  function hand(x) {
    const known = numbers.get(x);
    if (known !== undefined) return known;
    const number = mine.length;
    push(mine, x);
    numbers.set(x, number);
    return number;
  }

  function own(number) {
    // A list has more names than its places.
    const isPlace = typeof number === 'number' && number >= 0 && number < mine.length && number % 1 === 0;
    if (!isPlace) throw new TypeError('not here');
    return mine[number];
  }

  /** What is no value. */
  function lend(x) {
    const theirs = theirNumber.get(x);
    if (theirs !== undefined) return { t: 'yours', id: theirs };
    const name = nameOf.get(x);
    if (name !== undefined) return { t: 'named', name };
    if (typeof x === 'symbol') return { t: 'opaque', type: 'symbol', shown: '' };
    if (typeof x === 'object' && getPrototypeOf(x) === NativePromise.prototype) return lendPromise(x);
    const error = typeof x === 'object' ? errorName(x) : null;
    if (error !== null) return lendError(x, error);
    const isCallable = typeof x === 'function';
    return { t: 'lent', id: hand(x), callable: isCallable, name: isCallable ? kit.asText(x.name) : '' };
  }

  function errorName(x) {
    // The prototype of a class of errors is none itself.
    if (getOwnPropertyDescriptor(x, 'constructor') !== undefined) return null;
    for (const name of ERRORS) if (getPrototypeOf(x) === byName.get(`${name}.prototype`)) return name;
    return null;
  }

  function lendError(x, name) {
    const own = [];
    for (const key of ownKeys(x)) {
      const { value, enumerable } = getOwnPropertyDescriptor(x, key);
      if (typeof key === 'string' && (enumerable || key === 'cause' || key === 'name'))
        push(own, [key, there(value)]);
    }
    return { t: 'error', name, message: kit.asText(x.message), own };
  }

  function lendPromise(promise) {
    const isNew = numbers.get(promise) === undefined;
    const id = hand(promise);
    if (isNew) {
      apply(promiseThen, promise, [
        (value) => push(notices, { id, value: there(value) }),
        (error) => push(notices, { id, raised: raisedThere(error) }),
      ]);
    }
    return { t: 'promise', id };
  }

  const there = (x) => kit.encode(x, { left: 200000, lend }, 0);
  const raisedThere = (error) => ({ ...kit.raised(error), error: there(error) });

  // --- Answering the other side --------------------------------------------------------------------------------------

  const HIDDEN = ['constructor', '__proto__', 'prototype', 'caller', 'arguments'];

  /** The tests' own objects show what their authors wrote; nothing that leads to the realm they live in. */
  function shows(x, key) {
    if (kit.side === 'answer') return true;
    if (HIDDEN.includes(key) || (typeof key === 'string' && key.startsWith('__'))) return false;
    for (let at = x; at !== null && !nameOf.has(at); at = getPrototypeOf(at))
      if (getOwnPropertyDescriptor(at, key) !== undefined)
        return typeof x !== 'function' || key === 'name' || key === 'length';
    return false;
  }

  const keyHere = ({ s, y }) => (s === undefined ? SYMBOLS[y] : s);
  function keyThere(key) {
    if (typeof key === 'string') return { s: key };
    for (const name of ownKeys(SYMBOLS)) if (SYMBOLS[name] === key) return { y: name };
    return null;
  }

  const asked = {
    __proto__: null,
    // Never of the tests: it looks up whatever is named.
    name: ({ name }) => ({ value: there(kit.side === 'answer' ? kit.lookUp(name) : undefined) }),
    call({ id, self, args }) {
      const given = args.map(here);
      const value = apply(own(id), here(self), given);
      return { value: there(value), after: given.map(afterwards) };
    },
    new({ id, args }) {
      const given = args.map(here);
      return { value: there(construct(own(id), given)), after: given.map(afterwards) };
    },
    get({ id, key }) {
      const [x, at] = [own(id), keyHere(key)];
      return { value: there(shows(x, at) ? x[at] : undefined) };
    },
    set({ id, key, to }) {
      const [x, at] = [own(id), keyHere(key)];
      const may = kit.side === 'answer' || (typeof x !== 'function' && !HIDDEN.includes(at));
      return { value: there(may && Reflect.set(x, at, here(to))) };
    },
    has({ id, key }) {
      const [x, at] = [own(id), keyHere(key)];
      return { value: there(shows(x, at) && at in x) };
    },
    delete({ id, key }) {
      const [x, at] = [own(id), keyHere(key)];
      return { value: there(shows(x, at) && Reflect.deleteProperty(x, at)) };
    },
    keys({ id }) {
      const x = own(id);
      const keys = ownKeys(x).filter((key) => shows(x, key));
      return { value: there(null), keys: keys.map(keyThere).filter((key) => key !== null) };
    },
    describe({ id, key }) {
      const [x, at] = [own(id), keyHere(key)];
      const found = shows(x, at) ? getOwnPropertyDescriptor(x, at) : undefined;
      if (found === undefined) return { value: there(undefined), enumerable: null };
      return { value: there(x[at]), enumerable: found.enumerable === true };
    },
    proto({ id }) {
      const proto = getPrototypeOf(own(id));
      return { value: there(kit.side === 'answer' || nameOf.has(proto) ? proto : ObjectProto) };
    },
  };

  function afterwards(x) {
    return typeof x === 'object' && x !== null ? there(x) : { t: 'null' };
  }

  /** A question's reply, as text; `run` is the harness's own affair. */
  function answered(message) {
    hear(message);
    try {
      return said(asked[message.ask](message));
    } catch (error) {
      return said({ raised: raisedThere(error) });
    }
  }

  /** Promises that were settled meanwhile are told with whatever is said next. */
  function said(message) {
    const settled = notices;
    notices = [];
    return stringify({ ...message, settled, nowMs: kit.clock.nowMs });
  }

  function hear({ settled, nowMs }) {
    // One time for both sides' timers.
    if (nowMs > kit.clock.nowMs) kit.clock.nowMs = nowMs;
    for (const { id, value, raised } of settled ?? []) {
      const open = promises.get(id);
      promises.delete(id);
      if (raised === undefined) open?.resolve(here(value));
      else open?.reject(here(raised.error));
    }
  }

  // --- What the other side has lent ----------------------------------------------------------------------------------

  const theirs = new NativeMap();
  const theirNumber = new NativeMap();
  const promises = new NativeMap();
  let touched = 0;

  function keep(id, standIn) {
    theirs.set(id, standIn);
    theirNumber.set(standIn, id);
    return standIn;
  }

  function ask(message, given = []) {
    if (message.ask !== 'name') touched += 1;
    const reply = parse(kit.relay(said(message)));
    hear(reply);
    if (reply.raised !== undefined)
      throw reply.raised.error === undefined ? kit.asBuiltIn(reply.raised) : here(reply.raised.error);
    for (let at = 0; at < given.length; at++) kit.putBack(given[at], reply.after?.[at]);
    return reply;
  }
  const askFor = (message, given) => here(ask(message, given).value);

  const here = (value) => kit.decode(value);

  /** What `decode` does not know of itself. */
  function received(value) {
    switch (value.t) {
      case 'yours':
        return own(value.id);
      case 'named':
        return byName.get(value.name);
      case 'error': {
        const error = new (byName.get(value.name) ?? NativeError)(value.message);
        for (const [key, item] of value.own)
          defineProperty(error, key, {
            value: here(item),
            writable: true,
            enumerable: key !== 'cause' && key !== 'name',
            configurable: true,
          });
        return error;
      }
      case 'promise':
        return theirs.get(value.id) ?? keep(value.id, promiseOf(value.id));
      case 'lent':
        return theirs.get(value.id) ?? keep(value.id, standInFor(value));
      default:
        throw new TypeError('nonsense');
    }
  }

  function promiseOf(id) {
    return new NativePromise((resolve, reject) => promises.set(id, { resolve, reject }));
  }

  function nothing() {}

  /** A bound function has no `prototype` of its own, so that the Proxy may tell theirs. */
  function standInFor({ id, callable, name }) {
    const target = callable ? apply(bind, nothing, [null]) : {};
    if (callable) {
      delete target.length;
      delete target.name;
    }
    const told = (key, question) => {
      const there = keyThere(key);
      return there === null ? undefined : question(there);
    };
    return new NativeProxy(target, {
      get(_, key) {
        if (callable && key === 'name') return name;
        // Their functions are called, bound and shown here.
        if (callable && getOwnPropertyDescriptor(FunctionProto, key) !== undefined && key !== 'length')
          return FunctionProto[key];
        return told(key, (k) => askFor({ ask: 'get', id, key: k }));
      },
      set: (_, key, to) => told(key, (k) => askFor({ ask: 'set', id, key: k, to: there(to) })) === true,
      has: (_, key) => told(key, (k) => askFor({ ask: 'has', id, key: k })) === true,
      deleteProperty: (_, key) => told(key, (k) => askFor({ ask: 'delete', id, key: k })) === true,
      ownKeys: () => ask({ ask: 'keys', id }).keys.map(keyHere),
      getOwnPropertyDescriptor: (_, key) =>
        told(key, (k) => {
          const reply = ask({ ask: 'describe', id, key: k });
          if (reply.enumerable === null) return undefined;
          return {
            value: here(reply.value),
            writable: true,
            enumerable: reply.enumerable,
            configurable: true,
          };
        }),
      getPrototypeOf: () => askFor({ ask: 'proto', id }),
      defineProperty: (_, key, { value }) =>
        told(key, (k) => askFor({ ask: 'set', id, key: k, to: there(value) })) === true,
      apply: (_, self, args) => askFor({ ask: 'call', id, self: there(self), args: args.map(there) }, args),
      construct: (_, args) => askFor({ ask: 'new', id, args: args.map(there) }, args),
    });
  }

  return {
    ask,
    askFor,
    answered,
    received,
    hear,
    said,
    isTheirs: (x) => theirNumber.has(x),
    hasNotices: () => notices.length > 0,
    touched: () => touched,
    touch: () => {
      touched += 1;
    },
  };
};
