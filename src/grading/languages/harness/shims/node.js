// What code for Node and the Web expects around it, by well-kept packages, bundled for a realm without modules. The value
// of the bundle is a function that the harness calls before any answer is loaded.
import { hmac } from '@noble/hashes/hmac.js';
import { md5, ripemd160, sha1 } from '@noble/hashes/legacy.js';
import { pbkdf2 } from '@noble/hashes/pbkdf2.js';
import { scrypt } from '@noble/hashes/scrypt.js';
import { sha224, sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { sha3_256, sha3_384, sha3_512 } from '@noble/hashes/sha3.js';
import { AbortController, AbortSignal } from 'abortcontroller-polyfill/dist/cjs-ponyfill.js';
import * as buffers from 'buffer';
import EventEmitter from 'events';
import { memfs } from 'memfs';
import * as inspecting from 'node-inspect-extracted';
import path from 'path-browserify';
import punycode from 'punycode/';
import querystring from 'querystring-es3';
import stream from 'readable-stream';
import { StringDecoder } from 'string_decoder';

const { Buffer } = buffers;

// The package has no base64url to write; it reads both.
const { toString: textOf, write } = Buffer.prototype;
const { from, isEncoding, byteLength } = Buffer;
const isUrlSafe = (encoding) => typeof encoding === 'string' && encoding.toLowerCase() === 'base64url';
const usual = (encoding) => (isUrlSafe(encoding) ? 'base64' : encoding);
Buffer.prototype.toString = function (encoding, ...range) {
  const text = textOf.call(this, usual(encoding), ...range);
  return isUrlSafe(encoding) ? text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '') : text;
};
Buffer.prototype.write = function (...args) {
  return write.apply(this, args.map(usual));
};
Buffer.from = (value, encoding, ...rest) => from(value, usual(encoding), ...rest);
Buffer.isEncoding = (encoding) => isUrlSafe(encoding) || isEncoding(encoding);
Buffer.byteLength = (value, encoding) => byteLength(value, usual(encoding));
delete globalThis.Atomics;

/** `now`: ms that follow the timers. `write`: takes what is printed. `lack`: throws, naming what is not here. */
export function makeNode({ now, write, writeError, halt, lack, isDeepEqual, assert, looseAssert }) {
  const performance = {
    now,
    timeOrigin: Date.now(),
    mark: () => undefined,
    measure: () => undefined,
    toJSON: () => ({}),
  };
  const crypto = makeCrypto(lack);
  const process = makeProcess({ now, write, writeError, halt });
  const util = makeUtil(isDeepEqual);
  const files = memfs({}, '/home/guest').fs;
  for (const folder of ['/home/guest', '/tmp']) files.mkdirSync(folder, { recursive: true });
  const url = {
    URL,
    URLSearchParams,
    fileURLToPath: (of) => decodeURIComponent(new URL(of).pathname),
    pathToFileURL: (of) => new URL(`file://${path.resolve(of).split('/').map(encodeURIComponent).join('/')}`),
    format: (of) => String(of),
    parse: () => lack('url.parse'),
  };
  const atob = (text) => {
    const plain = String(text).replace(/[\t\n\f\r ]/g, '');
    if (/[^A-Za-z0-9+/=]/.test(plain) || plain.replace(/={1,2}$/, '').length % 4 === 1)
      throw new DOMException('The string to be decoded is not correctly encoded.', 'InvalidCharacterError');
    return Buffer.from(plain, 'base64').toString('latin1');
  };
  const btoa = (text) => {
    if (/[^\0-\xff]/.test(String(text))) throw new DOMException('Invalid character', 'InvalidCharacterError');
    return Buffer.from(String(text), 'latin1').toString('base64');
  };
  class CustomEvent extends Event {
    constructor(type, options = {}) {
      super(type, options);
      this.detail = options.detail ?? null;
    }
  }
  const promised = {
    setTimeout: (ms, value) => new Promise((resolve) => setTimeout(() => resolve(value), ms)),
    setImmediate: (value) => new Promise((resolve) => setImmediate(() => resolve(value))),
    scheduler: {
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      yield: () => Promise.resolve(),
    },
  };
  EventEmitter.once ??= (emitter, name) =>
    new Promise((resolve) => emitter.once(name, (...args) => resolve(args)));
  stream.promises ??= {
    pipeline: util.promisify(stream.pipeline),
    finished: util.promisify(stream.finished),
  };
  const modules = {
    assert: looseAssert,
    'assert/strict': assert,
    buffer: { ...buffers, atob, btoa },
    console,
    crypto,
    events: EventEmitter,
    fs: files,
    'fs/promises': files.promises,
    os: makeOs(),
    path: withBoth(path),
    'path/posix': path,
    perf_hooks: { performance },
    process,
    punycode,
    querystring,
    readline: makeReadline(process),
    'readline/promises': makeReadline(process).promises,
    stream,
    'stream/promises': stream.promises,
    string_decoder: { StringDecoder },
    timers: { setTimeout, clearTimeout, setInterval, clearInterval, setImmediate, clearImmediate },
    'timers/promises': promised,
    url,
    util,
    'util/types': util.types,
  };
  const globals = {
    AbortController,
    AbortSignal,
    atob,
    btoa,
    Buffer,
    crypto: crypto.webcrypto,
    CustomEvent,
    Event,
    EventTarget,
    performance,
    process,
    TextDecoder,
    TextEncoder,
  };
  const program = {
    begin({ stdin, args, files: given }) {
      Object.defineProperty(process, 'isProgram', { value: true });
      process.argv.push(...args);
      process.stdin = streamOf(stdin);
      for (const [name, text] of Object.entries(given)) {
        files.mkdirSync(path.dirname(`/home/guest/${name}`), { recursive: true });
        files.writeFileSync(`/home/guest/${name}`, text);
      }
      const { readFileSync } = files;
      const isInput = (file) => file === 0 || file === '/dev/stdin';
      files.readFileSync = (file, options) =>
        isInput(file)
          ? typeof (options?.encoding ?? options) === 'string'
            ? stdin
            : Buffer.from(stdin, 'utf8')
          : readFileSync(file, options);
      const { writeSync } = files;
      files.writeSync = (file, data, ...rest) => {
        if (file !== 1 && file !== 2) return writeSync(file, data, ...rest);
        (file === 1 ? write : writeError)(String(data));
        return data.length;
      };
    },
    finish() {
      if (process.hasExited()) return;
      process.emit('beforeExit', process.exitCode ?? 0);
      process.emit('exit', process.exitCode ?? 0);
    },
    exitCode: () => (Number(process.exitCode ?? 0) || 0) & 0xff,
  };
  return { modules, globals, program };
}

function withBoth(posix) {
  posix.posix = posix;
  return posix;
}

// --- crypto ------------------------------------------------------------------------------------------------------------

const hashes = {
  md5,
  ripemd160,
  sha1,
  sha224,
  sha256,
  sha384,
  sha512,
  'sha3-256': sha3_256,
  'sha3-384': sha3_384,
  'sha3-512': sha3_512,
};

function hashNamed(name) {
  const found =
    hashes[
      String(name)
        .toLowerCase()
        .replace(/^(?:rsa-)?sha-(\d+)$/, 'sha$1')
    ];
  if (found === undefined) throw new Error('Digest method not supported');
  return found;
}

const bytesOf = (data, encoding) =>
  typeof data === 'string'
    ? Buffer.from(data, encoding ?? 'utf8')
    : new Uint8Array(data.buffer ?? data, data.byteOffset, data.byteLength);

function makeCrypto(lack) {
  class Hash {
    #state;
    #isDone = false;
    constructor(state) {
      this.#state = state;
    }
    update(data, encoding) {
      if (this.#isDone) throw new Error('Digest already called');
      this.#state.update(bytesOf(data, encoding));
      return this;
    }
    digest(encoding) {
      if (this.#isDone) throw new Error('Digest already called');
      this.#isDone = true;
      const digest = Buffer.from(this.#state.digest());
      return encoding === undefined || encoding === 'buffer' ? digest : digest.toString(encoding);
    }
  }
  const getRandomValues = (array) => {
    const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
    for (let at = 0; at < bytes.length; at++) bytes[at] = Math.floor(Math.random() * 256);
    return array;
  };
  const randomBytes = (size, done) => {
    const bytes = Buffer.from(getRandomValues(new Uint8Array(size)));
    if (typeof done !== 'function') return bytes;
    setTimeout(() => done(null, bytes), 0);
  };
  const randomUUID = () => {
    const bytes = randomBytes(16);
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  };
  const randomInt = (least, most, done) => {
    const [from, to] = most === undefined || typeof most === 'function' ? [0, least] : [least, most];
    const value = from + Math.floor(Math.random() * (to - from));
    const callback = typeof most === 'function' ? most : done;
    if (callback === undefined) return value;
    setTimeout(() => callback(null, value), 0);
  };
  const pbkdf2Sync = (password, salt, iterations, size, digest) =>
    Buffer.from(pbkdf2(hashNamed(digest), bytesOf(password), bytesOf(salt), { c: iterations, dkLen: size }));
  const scryptSync = (
    password,
    salt,
    size,
    { N = 16384, r = 8, p = 1, cost = N, blockSize = r, parallelization = p } = {},
  ) =>
    Buffer.from(
      scrypt(bytesOf(password), bytesOf(salt), { N: cost, r: blockSize, p: parallelization, dkLen: size }),
    );
  const later =
    (work) =>
    (...args) => {
      const done = args.pop();
      setTimeout(() => {
        let result;
        try {
          result = work(...args);
        } catch (error) {
          return done(error);
        }
        done(null, result);
      }, 0);
    };
  const timingSafeEqual = (a, b) => {
    if (a.byteLength !== b.byteLength) {
      throw Object.assign(new RangeError('Input buffers must have the same byte length'), {
        code: 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH',
      });
    }
    return Buffer.compare(Buffer.from(bytesOf(a)), Buffer.from(bytesOf(b))) === 0;
  };
  const digest = async (algorithm, data) => {
    const named = typeof algorithm === 'string' ? algorithm : algorithm.name;
    return new Uint8Array(hashNamed(named)(bytesOf(data))).buffer;
  };
  const subtle = new Proxy(
    { digest },
    { get: (own, key) => own[key] ?? (() => lack(`crypto.subtle.${String(key)}`)) },
  );
  const crypto = {
    createHash: (name) => new Hash(hashNamed(name).create()),
    createHmac: (name, key) => new Hash(hmac.create(hashNamed(name), bytesOf(key))),
    getHashes: () => Object.keys(hashes),
    hash: (name, data, encoding = 'hex') => Buffer.from(hashNamed(name)(bytesOf(data))).toString(encoding),
    getRandomValues,
    pbkdf2: later(pbkdf2Sync),
    pbkdf2Sync,
    randomBytes,
    randomFillSync: getRandomValues,
    randomInt,
    randomUUID,
    scrypt: later((password, salt, size, options) => scryptSync(password, salt, size, options)),
    scryptSync,
    timingSafeEqual,
    webcrypto: { getRandomValues, randomUUID, subtle },
  };
  for (const name of [
    'createCipheriv',
    'createDecipheriv',
    'createSign',
    'createVerify',
    'generateKeyPairSync',
    'generateKeyPair',
  ])
    crypto[name] = () => lack(`crypto.${name}`);
  return crypto;
}

// --- process, os, util -------------------------------------------------------------------------------------------------

/** A stream that gives the text, and ends. */
function streamOf(text) {
  const readable = new stream.Readable({
    read() {
      if (text !== '') this.push(Buffer.from(text, 'utf8'));
      this.push(null);
    },
  });
  return Object.assign(readable, { fd: 0, isTTY: false });
}

function makeProcess({ now, write, writeError, halt }) {
  const process = new EventEmitter();
  const hrtime = (before) => {
    const ms = now();
    const time = [Math.floor(ms / 1000), Math.floor((ms % 1000) * 1e6)];
    if (before === undefined) return time;
    const nanos = (time[0] - before[0]) * 1e9 + time[1] - before[1];
    return [Math.floor(nanos / 1e9), nanos % 1e9];
  };
  hrtime.bigint = () => BigInt(Math.floor(now() * 1e6));
  const printing = (fd, write) => ({
    fd,
    isTTY: false,
    columns: 80,
    write: (text) => {
      write(String(text));
      return true;
    },
  });
  let hasExited = false;
  /** Nothing runs after it: the host stops the interpreter where it stands. */
  const exit = (code) => {
    if (code !== undefined) process.exitCode = code;
    if (!process.isProgram) throw new Error('process.exit was called');
    hasExited = true;
    process.emit('exit', process.exitCode ?? 0);
    halt();
    for (;;);
  };
  return Object.assign(process, {
    arch: 'x64',
    argv: ['/usr/bin/node', '/home/guest/answer.js'],
    cwd: () => '/home/guest',
    emitWarning() {},
    env: { HOME: '/home/guest', PATH: '/usr/bin' },
    execArgv: [],
    exitCode: undefined,
    hrtime,
    memoryUsage: Object.assign(
      () => ({ rss: 5e7, heapTotal: 2e7, heapUsed: 1e7, external: 0, arrayBuffers: 0 }),
      {
        rss: () => 5e7,
      },
    ),
    cpuUsage: () => ({ user: Math.floor(now() * 1000), system: 0 }),
    nextTick: (work, ...args) => queueMicrotask(() => work(...args)),
    pid: 1,
    platform: 'linux',
    release: { name: 'node' },
    exit,
    hasExited: () => hasExited,
    stderr: printing(2, writeError),
    // Of an answer that is no program: nothing to read.
    stdin: streamOf(''),
    stdout: printing(1, write),
    title: 'node',
    uptime: () => now() / 1000,
    version: 'v22.0.0',
    versions: { node: '22.0.0' },
  });
}

const makeOs = () => ({
  EOL: '\n',
  arch: () => 'x64',
  availableParallelism: () => 1,
  cpus: () => [{ model: 'sandbox', speed: 0, times: { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 } }],
  freemem: () => 128 * 1024 ** 2,
  homedir: () => '/home/guest',
  hostname: () => 'sandbox',
  loadavg: () => [0, 0, 0],
  networkInterfaces: () => ({}),
  platform: () => 'linux',
  release: () => '6.0.0',
  tmpdir: () => '/tmp',
  totalmem: () => 256 * 1024 ** 2,
  type: () => 'Linux',
  uptime: () => 1,
  userInfo: () => ({ username: 'guest', uid: 1000, gid: 1000, shell: null, homedir: '/home/guest' }),
});

function makeUtil(isDeepEqual) {
  const custom = Symbol.for('nodejs.util.promisify.custom');
  const promisify = (work) => {
    if (typeof work !== 'function') throw new TypeError('The "original" argument must be of type function');
    if (work[custom] !== undefined) return work[custom];
    return function promised(...args) {
      return new Promise((resolve, reject) => {
        work.call(this, ...args, (error, value) => (error ? reject(error) : resolve(value)));
      });
    };
  };
  promisify.custom = custom;
  setTimeout[custom] = (ms, value) => new Promise((resolve) => setTimeout(() => resolve(value), ms));
  const callbackify =
    (work) =>
    (...args) => {
      const done = args.pop();
      work(...args).then(
        (value) => queueMicrotask(() => done(null, value)),
        (error) => queueMicrotask(() => done(error)),
      );
    };
  const tagOf = (x) => Object.prototype.toString.call(x).slice(8, -1);
  const isTagged = (tag) => (x) => typeof x === 'object' && x !== null && tagOf(x) === tag;
  const types = {
    isDate: (x) => x instanceof Date,
    isMap: isTagged('Map'),
    isSet: isTagged('Set'),
    isWeakMap: isTagged('WeakMap'),
    isWeakSet: isTagged('WeakSet'),
    isRegExp: (x) => x instanceof RegExp,
    isPromise: isTagged('Promise'),
    isNativeError: (x) => x instanceof Error,
    isTypedArray: (x) => ArrayBuffer.isView(x) && !(x instanceof DataView),
    isUint8Array: (x) => x instanceof Uint8Array,
    isArrayBuffer: isTagged('ArrayBuffer'),
    isAsyncFunction: (x) => typeof x === 'function' && tagOf(x) === 'AsyncFunction',
    isGeneratorFunction: (x) => typeof x === 'function' && tagOf(x) === 'GeneratorFunction',
    isGeneratorObject: isTagged('Generator'),
    isProxy: () => false,
  };
  return {
    ...inspecting,
    callbackify,
    debuglog: () => () => {},
    deprecate: (work) => work,
    inherits: (child, parent) => {
      child.super_ = parent;
      Object.setPrototypeOf(child.prototype, parent.prototype);
    },
    isDeepStrictEqual: isDeepEqual,
    isArray: Array.isArray,
    promisify,
    TextDecoder,
    TextEncoder,
    toUSVString: (text) => String(text).toWellFormed?.() ?? String(text),
    types,
  };
}

// --- readline ----------------------------------------------------------------------------------------------------------

/** Lines of a stream: events, a question at a time, or one after the other. */
function makeReadline(process) {
  class Interface extends EventEmitter {
    #lines = [];
    #waiting = [];
    #isDone = false;
    closed = false;
    constructor(input) {
      super();
      let rest = '';
      input.setEncoding?.('utf8');
      input.on('data', (chunk) => {
        const pieces = (rest + chunk).split(/\r?\n/);
        rest = pieces.pop();
        for (const line of pieces) this.#give(line);
      });
      input.on('end', () => {
        if (rest !== '') this.#give(rest);
        this.#isDone = true;
        for (const waiting of this.#waiting.splice(0)) waiting(null);
        this.close();
      });
    }
    #give(line) {
      if (this.closed) return;
      const waiting = this.#waiting.shift();
      if (waiting !== undefined) return waiting(line);
      if (this.listenerCount('line') > 0) this.emit('line', line);
      else this.#lines.push(line);
    }
    #next() {
      if (this.#lines.length > 0) return Promise.resolve(this.#lines.shift());
      if (this.#isDone || this.closed) return Promise.resolve(null);
      return new Promise((resolve) => this.#waiting.push(resolve));
    }
    on(name, listener) {
      super.on(name, listener);
      if (name === 'line')
        for (const line of this.#lines.splice(0)) queueMicrotask(() => this.emit('line', line));
      return this;
    }
    question(text, options, done = options) {
      process.stdout.write(text);
      const answer = this.#next().then((line) => line ?? '');
      if (typeof done !== 'function') return answer;
      answer.then(done);
    }
    setPrompt(text) {
      this.promptText = text;
    }
    prompt() {
      process.stdout.write(this.promptText ?? '> ');
    }
    pause() {
      return this;
    }
    resume() {
      return this;
    }
    close() {
      if (this.closed) return;
      this.closed = true;
      // After the lines that were given before.
      queueMicrotask(() => this.emit('close'));
    }
    async *[Symbol.asyncIterator]() {
      for (let line = await this.#next(); line !== null; line = await this.#next()) yield line;
    }
  }
  const createInterface = (first) => new Interface(first?.input ?? first);
  return { Interface, createInterface, promises: { Interface, createInterface } };
}
