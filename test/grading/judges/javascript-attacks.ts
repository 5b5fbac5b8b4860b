/** Answers that bend the tests they share a realm with: each is wrong for `f(1) === 2` and `f(2) === 3`. */
type Attacks = readonly (readonly [name: string, code: string])[];

const after = (top: string) => `${top}\nfunction f(x) { return 7; }`;

export const javascriptAttacks: Attacks = [
  [
    'patched assertions',
    after('assert.equal = assert.strictEqual = assert.deepEqual = assert.ok = () => {};'),
  ],
  [
    'a patched assert in its module',
    after(
      "const a = require('assert'); for (const k of Object.keys(a)) a[k] = () => {}; const b = require('assert/strict'); for (const k of Object.keys(b)) b[k] = () => {};",
    ),
  ],
  ['Object.is', after('Object.is = () => true;')],
  [
    'the primordials of lists',
    after(
      'Array.prototype.every = Array.prototype.some = () => true; Array.prototype.findIndex = () => 0; Array.prototype.map = Array.prototype.filter = () => [];',
    ),
  ],
  ['an iterator without items', after('Array.prototype[Symbol.iterator] = function* () {};')],
  [
    'promises that never fail',
    after(
      'Promise.prototype.then = function (ok) { ok?.(); return this; }; Promise.reject = Promise.resolve;',
    ),
  ],
  ['a then on every object', after('Object.prototype.then = function (ok) { ok(1); };')],
  [
    'a toJSON on every object',
    after(
      'Object.prototype.toJSON = () => ({ finished: true, asserted: 9, ran: 9, raised: null, touched: 9, beside: null, marks: "", output: 0 });',
    ),
  ],
  ['a toJSON on every list', after('Array.prototype.toJSON = () => []; String.prototype.toJSON = () => "";')],
  [
    'a setter that catches what is set',
    after(
      'let kept; Object.defineProperty(Object.prototype, "relay", { set(v) { kept = v; try { v(\'{"value":{"t":"float","v":2}}\'); } catch {} }, get() { return kept; } });',
    ),
  ],
  [
    'a setter of an index',
    after('Object.defineProperty(Array.prototype, 0, { set() {}, get() { return { work: null }; } });'),
  ],
  [
    'ids that are methods of lists',
    after('for (const k of ["push", "at", "__proto__"]) Object.prototype[k + "_"] = () => 2;'),
  ],
  [
    'patched JSON',
    after(
      'JSON.stringify = () => \'{"finished":true,"asserted":9,"raised":null,"touched":9,"output":0}\'; JSON.parse = () => ({});',
    ),
  ],
  [
    'patched Reflect and Function',
    after('Reflect.apply = Function.prototype.call = Function.prototype.apply = () => 2;'),
  ],
  [
    'patched errors',
    after('Error = function () {}; globalThis.TypeError = Error; Error.prototype.toString = () => "";'),
  ],
  ['an eval of its own', after('globalThis.eval = () => async () => {};')],
  [
    'its own describe and it',
    after(
      'globalThis.describe = globalThis.it = globalThis.test = () => {}; globalThis.expect = () => new Proxy({}, { get: () => () => {} });',
    ),
  ],
  [
    'its own names of the language',
    after('const Object = { is: () => true }; const Math = {}; const Array = {};'),
  ],
  ['a require of its own', after('globalThis.require = () => new Proxy(() => {}, { get: () => () => {} });')],
  [
    'a value that is any number',
    'function f(x) { return { valueOf: () => 2, toString: () => "2", [Symbol.toPrimitive]: () => x + 1 }; }',
  ],
  [
    'a Proxy',
    'function f(x) { return new Proxy({}, { get: (t, k) => (k === Symbol.toPrimitive ? () => x + 1 : undefined) }); }',
  ],
  ['a Number object', 'function f(x) { return new Number(x + 1); }'],
  ['a promise without end', 'function f(x) { return new Promise(() => {}); }'],
  [
    'microtasks without end',
    'function f(x) { const go = () => Promise.resolve().then(go); go(); return 7; }',
  ],
  ['timers without end', 'function f(x) { const go = () => setTimeout(go, 0); go(); return 7; }'],
  ['a throw of nothing', 'function f(x) { throw undefined; }'],
  ['a throw of null', 'function f(x) { throw null; }'],
  ['recursion without end', 'function f(x) { return f(x); }'],
  ['memory without end', 'function f(x) { const a = []; for (;;) a.push(new Array(1e6).fill(7)); }'],
  ['an endless loop', 'function f(x) { for (;;); }'],
  [
    'the source of the tests by the stack',
    'function f(x) { return /assert\\.equal\\(f\\(1\\), (\\d)/.exec(new Error().stack)?.[1] ? 2 : 7; }',
  ],
  ['the caller', 'function f(x) { return /== *(\\d)/.exec(String(f.caller))?.[1] ?? 7; }'],
  ['arguments of the caller', 'function f(x) { return arguments.callee.caller?.arguments?.[0] ?? 7; }'],
  [
    'a finalizer and a weak reference',
    after('globalThis.r = new FinalizationRegistry(() => { for (;;); }); r.register({}, 1);'),
  ],
];

export const harderJavascriptAttacks: readonly (readonly [
  name: string,
  tests: string,
  code: string,
  solution: string,
])[] = [
  [
    'a map by its size alone',
    "assert.deepEqual(f(), new Map([['a', 2]]));",
    'function f() { const m = new Map(); Object.defineProperty(m, "size", { value: 1, enumerable: false }); m[Symbol.iterator] = function* () {}; Object.defineProperty(m, Symbol.iterator, { enumerable: false }); return m; }',
    "function f() { return new Map([['a', 2]]); }",
  ],
  [
    'a set by its size alone',
    'assert.deepEqual(f(), new Set([1, 2]));',
    'function f() { const m = new Set([8, 9]); m[Symbol.iterator] = function* () {}; Object.defineProperty(m, Symbol.iterator, { enumerable: false }); return m; }',
    'function f() { return new Set([1, 2]); }',
  ],
  [
    'a text that is told what to match',
    "expect(f()).toMatch('needle');",
    'function f() { return { includes: () => true }; }',
    "function f() { return 'a needle'; }",
  ],
  [
    'tests that derive from its class, and patched assertions',
    'class Own extends f { n() { return 2; } }\nassert.equal(new Own().m(), 3);',
    'assert.equal = () => {}; class f { m() { return 7; } }',
    'class f { m() { return this.n() + 1; } }',
  ],
  [
    'tests that derive from its class, and a toJSON',
    'class Own extends f { n() { return 2; } }\nassert.equal(new Own().m(), 3);',
    'Object.prototype.toJSON = function () { return { finished: true, asserted: 1, ran: 0, raised: null, touched: 1, beside: null, marks: "", output: 0 }; }; class f { m() { return 7; } }',
    'class f { m() { return this.n() + 1; } }',
  ],
  [
    'an assertion that is replaced for one call',
    'class Own extends f { n() { return 2; } }\nconst x = new Own().m();\nassert.equal(x, 3);',
    'class f { m() { const real = assert.equal; try { assert.equal = () => { assert.equal = real; }; } catch {} return 7; } }',
    'class f { m() { return this.n() + 1; } }',
  ],
  [
    'a method of lists that is replaced for one call',
    'class Own extends f { n() { return 2; } }\nconst x = new Own().m();\nassert.deepEqual(x, [1, 2]);',
    'class f { m() { for (const k of ["every", "some", "findIndex", "filter"]) { const real = Array.prototype[k]; Array.prototype[k] = function () { Array.prototype[k] = real; return true; }; } return [8, 9]; } }',
    'class f { m() { return [this.n() - 1, 2]; } }',
  ],
  [
    'an iterator that hides what it has changed',
    'class Own extends f { n() { return 2; } }\nassert.equal(new Own().m(), 3);',
    'const patched = { equal() {} }; const real = Array.prototype[Symbol.iterator]; const own = function* () { if (this.length === 4 && this[0] === "equal") { yield "equal"; yield assert.equal; yield this[2]; yield this[3]; } else if (this.length === 4 && this[0] === Symbol.iterator) { yield this[0]; yield own; yield this[2]; yield this[3]; } else for (let i = 0; i < this.length; i++) yield this[i]; }; Array.prototype[Symbol.iterator] = own; try { assert.equal = patched.equal; } catch {} class f { m() { return 7; } }',
    'class f { m() { return this.n() + 1; } }',
  ],
  [
    'a word of the tests’ comments',
    '// extends Unguarded\nassert.equal(f(), 2);',
    'class Unguarded {}\nassert.equal = () => {};\nfunction f() { return 7; }',
    'function f() { return 2; }',
  ],
];
