// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are programs.
/** Ordinary tests of JavaScript, each with an answer that Node passes, and with answers that it fails. */
import type { Probe } from './python-probes.js';

const node = (text: string) => `import assert from 'node:assert/strict';\n${text}`;

export const javascriptProbes: readonly Probe[] = [
  {
    name: 'output that is captured',
    tests: node(
      "const lines = [];\nconst log = console.log;\nconsole.log = (...a) => lines.push(a.join(' '));\ngreet('Ada');\nconsole.log = log;\nassert.deepEqual(lines, ['Hello, Ada!']);",
    ),
    right: [
      'function greet(n) { console.log(`Hello, ${n}!`); }',
      'function greet(n) { console.log("Hello,", n + "!"); }',
    ],
    wrong: ['function greet(n) { return `Hello, ${n}!`; }', 'function greet(n) { console.log("Hello", n); }'],
  },
  {
    name: 'a patched random',
    tests: node(
      'const real = Math.random;\nMath.random = () => 0.5;\nassert.equal(roll(), 4);\nMath.random = real;',
    ),
    right: ['function roll() { return 1 + Math.floor(6 * Math.random()); }'],
    wrong: ['function roll() { return 1 + (Date.now() % 3); }', 'function roll() { return 6; }'],
  },
  {
    name: 'state of the module',
    tests: node("add('a', 2); add('a', 1);\nassert.deepEqual(inventory, { a: 3 });"),
    right: ['const inventory = {};\nfunction add(k, n) { inventory[k] = (inventory[k] ?? 0) + n; }'],
    wrong: ['const inventory = {};\nfunction add(k, n) { inventory[k] = n; }'],
  },
  {
    name: 'a let that is bound anew',
    tests: node('assert.equal(count, 0);\ntick(); tick();\nassert.equal(count, 2);'),
    right: ['let count = 0;\nconst tick = () => { count += 1; };'],
    wrong: ['let count = 0;\nconst tick = () => { let count = 1; count += 1; };'],
  },
  {
    name: 'the same object',
    tests: node(
      'const xs = [3, 1, 2];\nassert.equal(sortInPlace(xs), xs);\nassert.deepEqual(xs, [1, 2, 3]);',
    ),
    right: ['const sortInPlace = (xs) => xs.sort((a, b) => a - b);'],
    wrong: ['const sortInPlace = (xs) => [...xs].sort((a, b) => a - b);'],
  },
  {
    name: 'another object',
    tests: node(
      'const x = { a: [1] };\nconst y = clone(x);\nassert.deepEqual(y, x);\nassert.notEqual(y, x);\ny.a.push(2);\nassert.deepEqual(x, { a: [1] });',
    ),
    right: [
      'const clone = (x) => JSON.parse(JSON.stringify(x));',
      'function clone(x) { return Array.isArray(x) ? x.map(clone) : x && typeof x === "object" ? Object.fromEntries(Object.entries(x).map(([k, v]) => [k, clone(v)])) : x; }',
    ],
    wrong: ['const clone = (x) => x;', 'const clone = (x) => ({ ...x });'],
  },
  {
    name: 'an inner list that is changed',
    tests: node(
      'const grid = [[0, 0], [0, 0]];\nconst row = grid[1];\nfill(grid, 1, 0, 7);\nassert.deepEqual(row, [7, 0]);\nassert.equal(grid[1], row);',
    ),
    right: ['function fill(g, r, c, v) { g[r][c] = v; }'],
    wrong: ['function fill(g, r, c, v) { g[r] = g[r].map((x, i) => (i === c ? v : x)); }'],
  },
  {
    name: 'callbacks that reject, and are tried again',
    tests: node(
      "let n = 0;\nassert.equal(await retry(async () => { if (++n < 3) throw new Error('x'); return n; }, 5), 3);\nawait assert.rejects(retry(async () => { throw new TypeError('no'); }, 2), TypeError);",
    ),
    right: [
      'async function retry(f, times) { for (let i = 1; ; i++) { try { return await f(); } catch (e) { if (i >= times) throw e; } } }',
    ],
    wrong: [
      'async function retry(f) { try { return await f(); } catch { return f(); } }',
      'function retry(f, times) { return f().catch(() => retry(f, times)); }'.replace(
        'retry(f, times)); }',
        'f().then(() => 0)); }',
      ),
    ],
  },
  {
    name: 'a cache with a time to live',
    tests: node(
      "const c = new Cache(50);\nc.set('a', 1);\nassert.equal(c.get('a'), 1);\nawait new Promise((done) => setTimeout(done, 80));\nassert.equal(c.get('a'), undefined);",
    ),
    right: [
      'class Cache { #m = new Map(); constructor(ms) { this.ms = ms; } set(k, v) { this.#m.set(k, [v, Date.now() + this.ms]); } get(k) { const e = this.#m.get(k); return e && e[1] > Date.now() ? e[0] : undefined; } }',
      'class Cache { constructor(ms) { this.ms = ms; this.m = {}; } set(k, v) { this.m[k] = v; setTimeout(() => delete this.m[k], this.ms); } get(k) { return this.m[k]; } }',
      'class Cache { constructor(ms) { this.ms = ms; this.m = {}; } set(k, v) { this.m[k] = { v, at: new Date() }; } get(k) { const e = this.m[k]; return e && new Date() - e.at < this.ms ? e.v : undefined; } }',
    ],
    wrong: [
      'class Cache { constructor() { this.m = {}; } set(k, v) { this.m[k] = v; } get(k) { return this.m[k]; } }',
    ],
  },
  {
    name: 'a debounce',
    tests: node(
      'const seen = [];\nconst d = debounce((x) => seen.push(x), 30);\nd(1); d(2);\nawait new Promise((r) => setTimeout(r, 60));\nd(3);\nawait new Promise((r) => setTimeout(r, 60));\nassert.deepEqual(seen, [2, 3]);',
    ),
    right: [
      'function debounce(f, ms) { let t; return (...a) => { clearTimeout(t); t = setTimeout(() => f(...a), ms); }; }',
    ],
    wrong: ['function debounce(f, ms) { return (...a) => { setTimeout(() => f(...a), ms); }; }'],
  },
  {
    name: 'an interval',
    tests: node(
      'let n = 0;\nconst stop = every(10, () => { n += 1; });\nawait new Promise((r) => setTimeout(r, 100));\nstop();\nconst then = n;\nawait new Promise((r) => setTimeout(r, 50));\nassert.equal(n, then);\nassert.ok(n >= 2);',
    ),
    right: ['function every(ms, f) { const t = setInterval(f, ms); return () => clearInterval(t); }'],
    wrong: [
      'function every(ms, f) { const t = setInterval(f, ms); setTimeout(() => clearInterval(t), 1000); return () => {}; }',
      'function every(ms, f) { setTimeout(f, ms); return () => {}; }',
    ],
  },
  {
    name: 'promises in parallel, at most so many',
    tests: node(
      'let now = 0, most = 0;\nconst job = (i) => async () => { now++; most = Math.max(most, now); await new Promise((r) => setTimeout(r, 5)); now--; return i; };\nassert.deepEqual(await pool([0, 1, 2, 3].map(job), 2), [0, 1, 2, 3]);\nassert.equal(most, 2);',
    ),
    right: [
      'async function pool(jobs, n) { const out = []; let at = 0; await Promise.all(Array.from({ length: n }, async () => { while (at < jobs.length) { const i = at++; out[i] = await jobs[i](); } })); return out; }',
    ],
    wrong: ['const pool = (jobs) => Promise.all(jobs.map((j) => j()));'],
  },
  {
    name: 'a timeout',
    tests: node(
      'await assert.rejects(withTimeout(new Promise((r) => setTimeout(r, 500)), 10), /timed out/);\nassert.equal(await withTimeout(Promise.resolve(3), 10), 3);',
    ),
    right: [
      "function withTimeout(p, ms) { return Promise.race([p, new Promise((_, no) => setTimeout(() => no(new Error('timed out')), ms))]); }",
    ],
    wrong: ['const withTimeout = (p) => p;'],
  },
  {
    name: 'a class and its errors',
    tests: node(
      "const s = new Stack();\ns.push(1);\nassert.equal(s.pop(), 1);\nassert.throws(() => s.pop(), EmptyError);\nassert.throws(() => s.pop(), { name: 'EmptyError', message: 'empty' });\nassert.ok(new EmptyError() instanceof RangeError);",
    ),
    right: [
      "class EmptyError extends RangeError { constructor() { super('empty'); this.name = 'EmptyError'; } }\nclass Stack { #xs = []; push(x) { this.#xs.push(x); } pop() { if (this.#xs.length === 0) throw new EmptyError(); return this.#xs.pop(); } }",
    ],
    wrong: [
      "class EmptyError extends RangeError { constructor() { super('empty'); this.name = 'EmptyError'; } }\nclass Stack { #xs = []; push(x) { this.#xs.push(x); } pop() { return this.#xs.pop(); } }",
    ],
  },
  {
    name: 'a class that tests derive from',
    tests: node(
      "class Own extends Base { name() { return 'own'; } }\nassert.equal(new Own().greet(), 'hi own');\nassert.ok(new Own() instanceof Base);",
    ),
    right: ["class Base { greet() { return `hi ${this.name()}`; } name() { return 'base'; } }"],
    wrong: ["class Base { greet() { return 'hi base'; } name() { return 'base'; } }"],
  },
  {
    name: 'what a function says of itself',
    tests: node(
      "assert.equal(connect.length, 2);\nassert.equal(connect.name, 'connect');\nassert.ok(!/\\.sort\\(/.test(connect.toString()));",
    ),
    right: ['function connect(host, port, timeout = 1) { return host; }'],
    wrong: [
      'function connect(host, port = 80, timeout = 1) { return host; }',
      'function connect(host, port) { return [host].sort(); }',
    ],
  },
  {
    name: 'deep equality with undefined and odd numbers',
    tests: node(
      'assert.deepEqual(tidy({ a: 1, b: undefined }), { a: 1 });\nassert.deepEqual(tidy({ a: NaN }), { a: NaN });\nassert.deepEqual(tidy({ a: [1, , 3].length }), { a: 3 });',
    ),
    right: ['const tidy = (o) => Object.fromEntries(Object.entries(o).filter(([, v]) => v !== undefined));'],
    wrong: ['const tidy = (o) => o;', 'const tidy = (o) => JSON.parse(JSON.stringify(o));'],
  },
  {
    name: 'maps and sets',
    tests: node(
      "assert.deepEqual(count('aab'), new Map([['a', 2], ['b', 1]]));\nassert.deepEqual(letters('aab'), new Set(['b', 'a']));",
    ),
    right: [
      'const count = (t) => [...t].reduce((m, c) => m.set(c, (m.get(c) ?? 0) + 1), new Map());\nconst letters = (t) => new Set(t);',
    ],
    wrong: [
      'const count = (t) => [...t].reduce((m, c) => m.set(c, 1), new Map());\nconst letters = (t) => new Set(t);',
      'const count = (t) => Object.fromEntries([...t].map((c) => [c, 2]));\nconst letters = (t) => new Set(t);',
    ],
  },
  {
    name: 'the loose assert',
    tests:
      "import * as assert from 'assert';\nassert.equal(first(['1']), 1);\nassert.deepEqual(firsts(['1', 2]), ['1', '2']);\nassert.strictEqual(typeof first(['1']), 'string');",
    right: [
      'const first = (xs) => xs[0];\nconst firsts = (xs) => xs.map(String);',
      'const first = (xs) => xs[0];\nconst firsts = (xs) => xs;',
    ],
    wrong: [
      'const first = (xs) => +xs[0];\nconst firsts = (xs) => xs;',
      'const first = (xs) => xs[1];\nconst firsts = (xs) => xs;',
    ],
  },
  {
    name: 'the loose assert, required',
    tests:
      "const assert = require('node:assert');\nassert.deepEqual([1, { a: '2' }], f());\nassert.notDeepEqual(f(), [1]);",
    right: ['const f = () => ["1", { a: 2 }];'],
    wrong: ['const f = () => ["1", { a: 3 }];', 'const f = () => ["1", { a: 2, b: 1 }];'],
  },
  {
    name: 'getters and setters',
    tests: node(
      'const t = new Temp(0);\nassert.equal(t.f, 32);\nt.f = 212;\nassert.equal(t.c, 100);\nassert.deepEqual(Object.keys(t), ["c"]);',
    ),
    right: [
      'class Temp { constructor(c) { this.c = c; } get f() { return this.c * 1.8 + 32; } set f(x) { this.c = (x - 32) / 1.8; } }',
    ],
    wrong: ['class Temp { constructor(c) { this.c = c; this.f = c * 1.8 + 32; } }'],
  },
  {
    name: 'iterators',
    tests: node(
      'assert.deepEqual([...range(1, 4)], [1, 2, 3]);\nconst it = range(0, 2)[Symbol.iterator]();\nassert.deepEqual([it.next().value, it.next().value, it.next().done], [0, 1, true]);',
    ),
    right: [
      'function* range(a, b) { for (let i = a; i < b; i++) yield i; }',
      'const range = (a, b) => Array.from({ length: b - a }, (_, i) => a + i);',
    ],
    wrong: ['function* range(a, b) { for (let i = a; i <= b; i++) yield i; }'],
  },
  {
    name: 'an async iterator',
    tests: node(
      'const out = [];\nfor await (const x of countdown(3)) out.push(x);\nassert.deepEqual(out, [3, 2, 1]);',
    ),
    right: ['async function* countdown(n) { while (n > 0) { await null; yield n--; } }'],
    wrong: ['async function* countdown(n) { while (n >= 0) { await null; yield n--; } }'],
  },
  {
    name: 'an event emitter',
    tests: node(
      "const seen = [];\nconst e = new Emitter();\nconst off = e.on('a', (x) => seen.push(x));\ne.emit('a', 1);\noff();\ne.emit('a', 2);\nassert.deepEqual(seen, [1]);\nassert.equal(e.emit('none'), false);",
    ),
    right: [
      'class Emitter { #h = {}; on(k, f) { (this.#h[k] ??= new Set()).add(f); return () => this.#h[k].delete(f); } emit(k, ...a) { const h = this.#h[k]; if (!h || h.size === 0) return false; for (const f of h) f(...a); return true; } }',
    ],
    wrong: [
      'class Emitter { #h = {}; on(k, f) { (this.#h[k] ??= []).push(f); return () => {}; } emit(k, ...a) { return !!this.#h[k]?.map((f) => f(...a)); } }',
    ],
  },
  {
    name: 'memoization',
    tests: node(
      'let calls = 0;\nconst slow = (n) => { calls++; return { n }; };\nconst m = memo(slow);\nassert.equal(m(1), m(1));\nassert.equal(calls, 1);\nassert.notEqual(m(2), m(1));',
    ),
    right: [
      'const memo = (f) => { const c = new Map(); return (x) => (c.has(x) ? c.get(x) : (c.set(x, f(x)), c.get(x))); };',
    ],
    wrong: ['const memo = (f) => (x) => f(x);'],
  },
  {
    name: 'frozen objects and property descriptors',
    tests: node(
      "const p = point(1, 2);\nassert.ok(Object.isFrozen(p));\nassert.throws(() => { 'use strict'; p.x = 5; }, TypeError);\nassert.equal(p.x, 1);",
    ),
    right: ['const point = (x, y) => Object.freeze({ x, y });'],
    wrong: ['const point = (x, y) => ({ x, y });'],
  },
  {
    name: 'proxies of the answer',
    tests: node(
      'const o = strict({ a: 1 });\nassert.equal(o.a, 1);\nassert.throws(() => o.b, ReferenceError);',
    ),
    right: [
      'const strict = (o) => new Proxy(o, { get(t, k) { if (!(k in t)) throw new ReferenceError(String(k)); return t[k]; } });',
    ],
    wrong: ['const strict = (o) => o;'],
  },
  {
    name: 'a promise that is handed out',
    tests: node(
      "const order = [];\nconst l = lock();\nconst a = l(async () => { await null; await null; order.push('a'); });\nconst b = l(async () => { order.push('b'); });\nawait Promise.all([a, b]);\nassert.deepEqual(order, ['a', 'b']);",
    ),
    right: ['const lock = () => { let last = Promise.resolve(); return (f) => (last = last.then(f, f)); };'],
    wrong: ['const lock = () => (f) => f();'],
  },
  {
    name: 'thenables',
    tests: node(
      'assert.equal(await lazy(() => 3), 3);\nlet ran = 0;\nconst l = lazy(() => { ran++; return 1; });\nassert.equal(ran, 0);\nawait l;\nassert.equal(ran, 1);',
    ),
    right: ['const lazy = (f) => ({ then(ok, no) { return Promise.resolve().then(f).then(ok, no); } });'],
    wrong: ['const lazy = (f) => { const x = f(); return Promise.resolve(x); };'],
  },
  {
    name: 'describe and it of node:test',
    tests:
      "import { describe, it } from 'node:test';\nimport assert from 'node:assert/strict';\ndescribe('sum', () => {\n  it('adds', () => { assert.equal(sum([1, 2]), 3); });\n  it('is 0 for nothing', async () => { assert.equal(sum([]), 0); });\n});",
    right: ['const sum = (xs) => xs.reduce((a, b) => a + b, 0);'],
    wrong: ['const sum = (xs) => xs.reduce((a, b) => a + b, 1);'],
  },
  {
    name: 'symbols and tags',
    tests: node(
      "const m = new Money(3);\nassert.equal(`${m}`, '$3');\nassert.equal(m + 1, 4);\nassert.equal(Object.prototype.toString.call(m), '[object Money]');",
    ),
    right: [
      "class Money { constructor(n) { this.n = n; } [Symbol.toPrimitive](hint) { return hint === 'string' ? `$${this.n}` : this.n; } get [Symbol.toStringTag]() { return 'Money'; } }",
    ],
    wrong: [
      "class Money { constructor(n) { this.n = n; } valueOf() { return this.n; } toString() { return '$' + this.n; } }",
    ],
  },
  {
    name: 'errors with a cause',
    tests: node(
      "try { load(); assert.fail('no error'); } catch (e) { assert.equal(e.message, 'cannot load'); assert.ok(e.cause instanceof SyntaxError); }",
    ),
    right: [
      "function load() { try { JSON.parse('{'); } catch (cause) { throw new Error('cannot load', { cause }); } }",
    ],
    wrong: ["function load() { try { JSON.parse('{'); } catch { throw new Error('cannot load'); } }"],
  },
];
