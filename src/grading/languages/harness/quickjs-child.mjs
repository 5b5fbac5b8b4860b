// A process that runs JavaScript answers in QuickJS, compiled to WebAssembly: each program finds the realm as it was made,
// since the whole memory of its instance is put back after it; a realm made anew took ten times as long. Tests have a
// second one in an instance of its own, so that an answer cannot read what it is tested with.
//
// It works in a thread of its own, whose stack is large enough for recursion as deep as Node's; the process only waits.
//
//   node [permission flags] quickjs-child.mjs <quickjs core entry> <variant entry> <variant wasm>
//     <file of swc, which takes the types out of TypeScript> <pid of the host>
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { receive, send } from './channel.mjs';
import { watchHostHere } from './host-watch.mjs';
import { withoutTypes } from './types.mjs';

/** The host's own stack under the guest's. */
const STACK_MB = 16;
/** 9,000 calls deep and more. */
const GUEST_STACK_BYTES = 2 * 1024 * 1024;

if (isMainThread) {
  watchHostHere(Number(process.argv.at(-1)));
  const worker = new Worker(fileURLToPath(import.meta.url), {
    workerData: process.argv.slice(2),
    // Its own JavaScript makes little garbage: more room for young objects would be held for nothing.
    resourceLimits: { stackSizeMb: STACK_MB, maxYoungGenerationSizeMb: 2 },
  });
  worker.on('error', (error) => {
    process.stderr.write(`${error?.stack ?? error}\n`);
    process.exit(1);
  });
  worker.on('exit', (code) => process.exit(code));
  // Nothing else is to happen here.
  await new Promise(() => {});
}
const [coreFile, variantFile, wasmFile, swcFile] = workerData;
const PAGE_BYTES = 65536;
// What the variant's memory starts with, and the most that any limit can allow.
const LEAST_BYTES = 16 * 1024 * 1024;
const MOST_BYTES = 2048 * 1024 * 1024;

net.Socket.prototype.connect = () => {
  throw new Error('not here');
};
delete globalThis.fetch;
delete globalThis.WebSocket;

const { newQuickJSWASMModuleFromVariant, newVariant } = await import(pathToFileURL(coreFile).href);
const { default: variant } = await import(pathToFileURL(variantFile).href);
const wasmModule = await WebAssembly.compile(readFileSync(wasmFile));
const textOf = (file) => readFileSync(new URL(file, import.meta.url), 'utf8');
const harness = textOf('./javascript-harness.js');
const lending = textOf('./javascript-lending.js');
const bundles = new Map();
function bundle(name) {
  // A bundle is the statement `var shims = …`: what it says of itself is no global here.
  const text = bundles.get(name) ?? textOf(`./shims/bundled/${name}.js`).replace(/^var shims\s*=\s*/, '');
  bundles.set(name, text);
  return text;
}

/**
 * What a realm has beside the language, by what code and tests name: to load it takes a while, and most need nothing.
 * `web` goes before `node`.
 */
const BUNDLES = {
  web: /\b(?:Buffer|URL|URLSearchParams|TextEncoder|TextDecoder|atob|btoa|performance|AbortController|AbortSignal|structuredClone|EventTarget|Event|CustomEvent|DOMException)\b|\b(?:process|crypto)\s*[.[]|console\s*\.\s*(?:table|dir)|\brequire\s*\(\s*['"`](?!\.|(?:node:)?(?:assert|test)(?:\/strict)?['"`]|vitest|@jest|chai|mocha)/,
  expect: /\bexpect\b|\bvi\s*\.|\bjest\s*\.|\bchai\b|\bmock\s*\.\s*timers\b/,
};
const NODE = 'node';
const kitFor = (text) =>
  Object.keys(BUNDLES)
    .filter((name) => BUNDLES[name].test(text))
    .flatMap((name) => (name === 'web' ? ['web', NODE] : [name]))
    .join('+');

/** Interrupts of the engine, each after some thousand operations, that code under test may always take. */
const LEAST_STEPS = 50;

/** Instances by their role and kit; kept until one dies or its memory grows, which never shrinks. */
const instances = new Map();
const MOST_INSTANCES = 8;

async function instanceFor(role, memoryBytes, kit = '') {
  const key = `${role} ${kit}`;
  const known = instances.get(key);
  const limit = Math.min(Math.max(memoryBytes, LEAST_BYTES), MOST_BYTES);
  if (known !== undefined && known.memory.buffer.byteLength <= 2 * LEAST_BYTES) {
    known.limit = limit;
    return known;
  }
  const memory = new WebAssembly.Memory({
    initial: LEAST_BYTES / PAGE_BYTES,
    maximum: MOST_BYTES / PAGE_BYTES,
  });
  const quickjs = await newQuickJSWASMModuleFromVariant(
    newVariant(variant, { wasmModule, wasmMemory: memory }),
  );
  const made = {
    quickjs,
    memory,
    limit,
    isFull: () => memory.buffer.byteLength + 4 * 1024 * 1024 > made.limit,
  };
  // The limit is each program's own; a maximum would be the instance's for ever.
  memory.grow = (pages) => {
    if (memory.buffer.byteLength + pages * PAGE_BYTES > made.limit) throw new RangeError('memory limit');
    return WebAssembly.Memory.prototype.grow.call(memory, pages);
  };
  made.key = key;
  made.realm = new Realm(made, kit === '' ? [] : kit.split('+'));
  made.restore = memoryAsItIs(memory);
  // Those of one program are the newest.
  for (const old of [...instances.keys()].slice(0, Math.max(0, instances.size - MOST_INSTANCES + 1)))
    instances.delete(old);
  instances.set(key, made);
  return made;
}

const EMPTY_PAGE = new Uint8Array(PAGE_BYTES);

/** Call it where no guest code is under way: the engine's own stack and pointers are then those of now. */
function memoryAsItIs(memory) {
  const now = new Uint8Array(memory.buffer);
  let used = now.length;
  while (used > 0 && now[used - 1] === 0) used -= 1;
  const kept = now.slice(0, used);
  return () => {
    const heap = Buffer.from(memory.buffer);
    heap.set(kept);
    // Most of it was never touched; writing zeros there would make the system give it to us.
    for (let from = used; from < heap.length; from += PAGE_BYTES) {
      const to = Math.min(from + PAGE_BYTES, heap.length);
      if (heap.compare(EMPTY_PAGE, 0, to - from, from, to) !== 0) heap.fill(0, from, to);
    }
  };
}

/** The program did not end by itself. */
class Died extends Error {
  constructor(how, detail) {
    super(how);
    this.how = how;
    this.detail = detail;
  }
}

/** The program has called `process.exit`. */
class Halted extends Error {}

class Realm {
  constructor(instance, kit) {
    this.instance = instance;
    this.deadline = Number.POSITIVE_INFINITY;
    this.interrupted = false;
    this.runtime = instance.quickjs.newRuntime();
    this.runtime.setMaxStackSize(GUEST_STACK_BYTES);
    this.runtime.setInterruptHandler(() => {
      if (this.halted) return true;
      this.steps += 1;
      if (this.steps > this.mostSteps) {
        this.interrupted = true;
        return true;
      }
      if (Date.now() < this.deadline) return false;
      this.interrupted = true;
      return true;
    });
    this.context = this.runtime.newContext();
    const makeLending = this.unwrap(this.context.evalCode(lending, 'lending.js'));
    const make = this.unwrap(this.context.evalCode(harness, 'harness.js'));
    const hostIntl = this.context.newFunction('intl', (text) =>
      this.context.newString(intl(this.context.getString(text))),
    );
    const api = this.unwrap(this.context.callFunction(make, this.context.undefined, makeLending, hostIntl));
    const halt = this.context.newFunction('halt', () => {
      this.halted = true;
    });
    const evaluated = {};
    for (const name of kit) evaluated[name] = this.unwrap(this.context.evalCode(bundle(name), `${name}.js`));
    const equip = this.context.getProp(api, 'equip');
    this.unwrap(
      this.context.callFunction(
        equip,
        this.context.undefined,
        evaluated.node ?? this.context.undefined,
        evaluated.expect ?? this.context.undefined,
        halt,
      ),
    );
    this.unwrap(this.context.callFunction(this.context.getProp(api, 'seal'), this.context.undefined));
    this.handle = this.context.getProp(api, 'handle');
    this.proceed = this.context.getProp(api, 'proceed');
    this.failed = this.context.getProp(api, 'failed');
    this.ended = this.context.getProp(api, 'ended');
    /** What the other realm says to a question. */
    this.answer = () => '';
    this.relay = this.context.newFunction('relay', (text) =>
      this.context.newString(this.answer(this.context.getString(text))),
    );
  }

  begin(deadline, usualSteps) {
    this.deadline = deadline;
    this.steps = 0;
    this.mostSteps =
      usualSteps === undefined ? Number.POSITIVE_INFINITY : Math.max(LEAST_STEPS, 20 * usualSteps);
    this.interrupted = false;
    this.halted = false;
  }

  unwrap(result) {
    if (!result.error) return result.value;
    const shown = this.context.dump(result.error);
    result.error.dispose();
    const text = shown === null ? 'null' : `${shown?.name ?? ''}: ${shown?.message ?? shown}`;
    if (this.halted) throw new Halted();
    if (this.interrupted) throw new Died('timeout', '');
    if (/out of memory/i.test(text) || this.instance.isFull()) throw new Died('memory', '');
    throw new Died('exit', text.slice(0, 120));
  }

  onRelay(answer) {
    this.answer = answer;
  }

  /** Runs the answer's top level as a script of its own. */
  load(code, outputBytes) {
    this.request({ op: 'begin', outputBytes });
    const result = this.context.evalCode(code, 'answer.js', { type: 'global' });
    if (result.error) {
      if (this.interrupted) throw new Died('timeout', '');
      const text = this.text(this.context.callFunction(this.failed, this.context.undefined, result.error));
      result.error.dispose();
      return JSON.parse(text);
    }
    result.value.dispose();
    const ran = this.runtime.executePendingJobs();
    if (ran.error) ran.error.dispose();
    return this.request({ op: 'loaded' });
  }

  /** A question of the other realm's; it answers as text. */
  ask(op, text) {
    return this.textOf({ op, text });
  }

  /** Asks the harness, and lets jobs and timers run until it has its answer. */
  request(message) {
    return JSON.parse(this.textOf(message));
  }

  textOf(message) {
    const text = this.context.newString(JSON.stringify(message));
    let answer = this.text(this.context.callFunction(this.handle, this.context.undefined, text, this.relay));
    text.dispose();
    while (answer === 'pending') {
      const ran = this.runtime.executePendingJobs();
      if (ran.error) this.unwrap(ran);
      if (this.interrupted || Date.now() > this.deadline) throw new Died('timeout', '');
      answer = this.text(this.context.callFunction(this.proceed, this.context.undefined));
      if (answer === '') throw new Died('exit', 'a promise that is never settled');
    }
    if (this.interrupted) throw new Died('timeout', '');
    return answer;
  }

  text(result) {
    const handle = this.unwrap(result);
    const text = this.context.getString(handle);
    handle.dispose();
    return text;
  }
}

async function openRealm(role, request) {
  const kit = kitFor(`${request.code}\n${request.source ?? ''}`);
  const { realm } = await instanceFor(role, request.memoryBytes, kit);
  realm.begin(request.deadline, request.usualSteps);
  return realm;
}

/** After a death its instance is left behind as a whole. */
function closeRealm({ instance }) {
  if (instances.get(instance.key) === instance) instance.restore();
}
const leave = (realm) => instances.delete(realm.instance.key);

const deathOf = (error, realm) => {
  if (error instanceof Died) return { how: error.how, detail: error.detail };
  if (realm?.instance.isFull()) return { how: 'memory', detail: '' };
  return { how: 'exit', detail: String(error?.message ?? error).slice(0, 120) };
};

async function runCalls(request) {
  const results = [];
  const realm = await openRealm('answer', request);
  try {
    const loaded = realm.load(request.code, request.outputBytes);
    if (loaded.raised) return { loaded, results, death: deathAfter(loaded, realm, request) };
    for (const { entry, args, of, keeps } of request.calls) {
      const called = realm.request({ op: 'call', entry, args, of, keeps, fromSuite: true });
      const death = deathAfter(called, realm, request);
      if (death !== null) return { loaded, results, death };
      results.push(called);
    }
    return { loaded, results, death: null };
  } catch (error) {
    leave(realm);
    return { loaded: null, results, death: deathOf(error, realm) };
  } finally {
    closeRealm(realm);
  }
}

/** A whole program: all that Node has for it is there, and it goes on as long as a timer does. */
async function runScript(request) {
  const { realm } = await instanceFor('answer', request.memoryBytes, `web+${NODE}`);
  realm.begin(request.deadline);
  const { code, stdin, args, files, outputBytes } = request;
  try {
    const ended = endOf(realm, { op: 'script', source: code, stdin, args, files, outputBytes });
    return { ended, death: deathAfter({ ...ended, raised: ended.raised ?? undefined }, realm, request) };
  } catch (error) {
    leave(realm);
    return { ended: null, death: deathOf(error, realm) };
  } finally {
    closeRealm(realm);
  }
}

function endOf(realm, request) {
  let ended;
  try {
    ended = realm.request(request);
  } catch (error) {
    if (!(error instanceof Halted)) throw error;
  }
  if (!realm.halted) return ended;
  realm.halted = false;
  return JSON.parse(realm.text(realm.context.callFunction(realm.ended, realm.context.undefined)));
}

/** An answer may catch what it cannot survive: it dies of it all the same. */
function deathAfter(message, realm, request) {
  if (realm.interrupted) return { how: 'timeout', detail: '' };
  if (message.output > request.outputBytes) return { how: 'output', detail: '' };
  const name = message.raised?.types[0];
  if (/out of memory/.test(message.raised?.message ?? '') || (name === 'null' && realm.instance.isFull()))
    return { how: 'memory', detail: '' };
  return null;
}

async function runTests(request) {
  const answers = await openRealm('answer', request);
  let tests = null;
  let spentMs = 0;
  let inAnswer = false;
  const timed = (work) => {
    const startMs = Date.now();
    inAnswer = true;
    try {
      return work();
    } finally {
      spentMs += Date.now() - startMs;
      // A death leaves it set: whose fault it was.
      inAnswer = answers.interrupted;
    }
  };
  const { source, outputBytes } = request;
  const how = request.how;
  try {
    const loaded = timed(() => answers.load(request.code, outputBytes));
    const loadDeath = deathAfter(loaded, answers, request);
    if (loaded.raised || loadDeath !== null) return { loaded, how, death: loadDeath };
    if (how === 'isolated') {
      tests = await openRealm('tests', request);
      let death = null;
      tests.onRelay((text) => {
        try {
          return timed(() => answers.ask('serve', text));
        } catch (error) {
          death ??= deathOf(error, answers);
          leave(answers);
          return JSON.stringify({
            settled: [],
            raised: { types: ['Error'], message: 'the answer died', line: null },
          });
        }
      });
      // What the tests lent is called in their realm, while they wait.
      answers.onRelay((text) => tests.ask('asked', text));
      const tested = tests.request({ op: 'apart', source, names: request.names, outputBytes });
      if (tested.broken) return { broken: tested.broken };
      if (death === null && answers.interrupted) death = { how: 'timeout', detail: '' };
      return {
        loaded,
        how,
        tested,
        death: death ?? deathAfter(answers.request({ op: 'loaded' }), answers, request),
      };
    }
    const { names, watch, foreign, reversed } = request;
    const asked = foreign === undefined ? { op: 'shared', watch } : { op: 'subject', foreign, reversed };
    const tested = timed(() => answers.request({ ...asked, source, names, outputBytes }));
    if (tested.broken) return { broken: tested.broken };
    return {
      loaded,
      how,
      tested,
      steps: answers.steps,
      death: deathAfter({ output: tested.output, raised: tested.raised ?? undefined }, answers, request),
    };
  } catch (error) {
    leave(answers);
    if (tests !== null) leave(tests);
    const death = deathOf(error, inAnswer ? answers : tests);
    const limitMs = request.timeMs;
    if (death.how === 'timeout' && tests?.interrupted && spentMs < limitMs / 2) {
      return { broken: `the tests themselves took longer than ${limitMs} ms` };
    }
    return { loaded: { exported: [], output: 0 }, how, tested: null, death };
  } finally {
    closeRealm(answers);
    if (tests !== null) closeRealm(tests);
  }
}

// --- Intl -------------------------------------------------------------------------------------------------------------

/** What may be asked of Node's own Intl: nothing but plain values goes there and comes back. */
const formatters = new Map();
const MOST_FORMATTERS = 200;
const LONGEST_ASKED = 1024 * 1024;

function intl(text) {
  try {
    if (text.length > LONGEST_ASKED) throw new RangeError('too long');
    const { kind, locales, options, method, args } = JSON.parse(text);
    return JSON.stringify({
      value: answerOf(kind, locales ?? undefined, options ?? undefined, method, args.map(plainOf)),
    });
  } catch (error) {
    const name = ['RangeError', 'TypeError'].includes(error?.name) ? error.name : 'Error';
    return JSON.stringify({ error: { name, message: String(error?.message ?? error).slice(0, 200) } });
  }
}

const plainOf = (x) =>
  typeof x === 'object' && x !== null && !Array.isArray(x)
    ? 'big' in x
      ? BigInt(x.big)
      : Number(x.number)
    : x;

/** The zone of the sandbox, as `Date` has it there. */
const inZone = (options) => ({ ...options, timeZone: options?.timeZone ?? 'UTC' });

function answerOf(kind, locales, options, method, args) {
  const known = locales ?? 'en-US';
  switch (kind) {
    case 'Date':
      return new Date(args[0])[method](known, inZone(options));
    case 'String':
      return args[0][method](known);
    case 'Static':
      if (method === 'getCanonicalLocales') return Intl.getCanonicalLocales(locales);
      if (method === 'supportedValuesOf') return Intl.supportedValuesOf(args[0]);
      return Intl[method.split('.')[0]].supportedLocalesOf(locales, options);
    default: {
      const key = JSON.stringify([kind, known, options]);
      if (formatters.size > MOST_FORMATTERS) formatters.clear();
      const made =
        formatters.get(key) ?? new Intl[kind](known, kind === 'DateTimeFormat' ? inZone(options) : options);
      formatters.set(key, made);
      const result = made[method](...args);
      return kind === 'Segmenter' && method === 'segment' ? [...result] : result;
    }
  }
}

const { quickjs } = await instanceFor('answer', 256 * 1024 * 1024);
send({ ready: true, description: `QuickJS ${quickjs ? '2025-09' : ''} (quickjs-emscripten)` });
while (true) {
  const request = receive();
  if (request.op === 'strip') {
    send(withoutTypes(request.code, swcFile));
    continue;
  }
  request.deadline = Date.now() + request.timeMs;
  try {
    const run = { calls: runCalls, script: runScript, tests: runTests }[request.op];
    send(await run(request));
  } catch (error) {
    send({ loaded: null, results: [], how: request.how, tested: null, death: deathOf(error, null) });
  }
}
