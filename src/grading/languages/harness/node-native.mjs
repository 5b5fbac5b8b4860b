// A process of the user's own Node, in a native sandbox, for one program: the harness in its realm, real timers, real modules.
//
//   node node-native.mjs <file of swc, which takes the types out of TypeScript>
//
// Frames on descriptor 0 (in) and 3 (out), as in channel.mjs. What it answers at last carries the word of the request, which
// stands in a variable of this module alone; whatever could read it there is taken away before anything of the answer's runs.
import { Buffer } from 'node:buffer';
import { readFileSync, readSync, writeSync } from 'node:fs';
import inspector from 'node:inspector';
import promises from 'node:inspector/promises';
import { createRequire, syncBuiltinESMExports } from 'node:module';
import v8 from 'node:v8';
import vm from 'node:vm';
import { withoutTypes } from './types.mjs';

const refuse = () => {
  throw new Error('not here');
};
for (const [owner, names] of [
  [inspector, ['Session', 'open', 'close', 'url', 'waitForDebugger']],
  [promises, ['Session', 'open', 'close', 'url', 'waitForDebugger']],
  [v8, ['getHeapSnapshot', 'writeHeapSnapshot', 'setFlagsFromString', 'setHeapSnapshotNearHeapLimit']],
  [process, ['binding', '_linkedBinding', 'dlopen', '_debugProcess']],
])
  for (const name of names) if (name in owner) owner[name] = refuse;
syncBuiltinESMExports();

const [, , swcFile] = process.argv;
process.argv.length = 1;

// --- The channel: taken now, for an answer may put other functions in their place ----------------------------------------

const { parse, stringify } = JSON;
const { alloc, concat, from } = Buffer;
const read = readSync;
const write = writeSync;
const exit = process.reallyExit.bind(process);

function readFully(buffer) {
  let at = 0;
  while (at < buffer.length) {
    try {
      const count = read(0, buffer, at, buffer.length - at, null);
      if (count === 0) exit(0);
      at += count;
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
  return buffer;
}

function receive() {
  const length = readFully(alloc(4)).readUInt32LE(0);
  return parse(readFully(alloc(length)).toString('utf8'));
}

function send(text) {
  const body = from(text, 'utf8');
  const head = alloc(4);
  head.writeUInt32LE(body.length, 0);
  const bytes = concat([head, body]);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += write(3, bytes, at, bytes.length - at);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
    }
  }
}

// --- The harness -----------------------------------------------------------------------------------------------------

const textOf = (file) => readFileSync(new URL(file, import.meta.url), 'utf8');
const evaluate = (text, name) => new vm.Script(text, { filename: name }).runInThisContext();
const EXPECTS = /\bexpect\b|\bvi\s*\.|\bjest\s*\.|\bchai\b|\bmock\s*\.\s*timers\b/;

function openRealm(request) {
  const native = {
    process,
    require: createRequire(`${process.env.HOME}/answer.js`),
    connect(out, err) {
      const streamed = (take) => (chunk, encoding, done) => {
        take(typeof chunk === 'string' ? chunk : from(chunk).toString('utf8'));
        const call = typeof encoding === 'function' ? encoding : done;
        if (typeof call === 'function') queueMicrotask(call);
        return true;
      };
      process.stdout.write = streamed(out);
      process.stderr.write = streamed(err);
    },
  };
  const api = evaluate(textOf('./javascript-harness.js'), 'harness.js')(
    evaluate(textOf('./javascript-lending.js'), 'lending.js'),
    undefined,
    native,
  );
  const needsExpect = EXPECTS.test(`${request.code}\n${request.source ?? ''}`);
  const bundle = needsExpect ? textOf('./shims/bundled/expect.js').replace(/^var shims\s*=\s*/, '') : null;
  api.equip(undefined, bundle === null ? undefined : evaluate(bundle, 'expect.js'), refuse);
  api.seal();
  return api;
}

const later = setTimeout;
const tick = () => new Promise((done) => later(done, 1));

/** What the harness answers, as its own text: whatever an answer puts on every object changes nothing in it. */
async function settled(api, message) {
  let answer = api.handle(stringify(message), refuse);
  while (answer === 'pending' || answer === '') {
    // Jobs first; then what the system has to say.
    await null;
    answer = api.proceed();
    if (answer === 'pending' || answer === '') await tick();
  }
  return answer;
}

/** The top level as a script of its own, whose `let`, `const` and `class` later scripts see. */
function load(api, code, outputBytes) {
  api.handle(stringify({ op: 'begin', outputBytes }), refuse);
  try {
    evaluate(code, 'answer.js');
  } catch (error) {
    return api.failed(error);
  }
  return api.handle('{"op":"loaded"}', refuse);
}

/** As text; `null`: none. */
function deathAfter(text, { outputBytes }) {
  const { output, raised } = parse(text);
  if (output > outputBytes) return '{"how":"output","detail":""}';
  const message = typeof raised?.message === 'string' ? raised.message : '';
  return /heap out of memory|Array buffer allocation failed/.test(message)
    ? '{"how":"memory","detail":""}'
    : 'null';
}

/** The reply, as text. */
async function judge(request) {
  const api = openRealm(request);
  const loaded = load(api, request.code, request.outputBytes);
  const loadDeath = deathAfter(loaded, request);
  const isLoaded = parse(loaded).raised === undefined;
  if (!isLoaded || loadDeath !== 'null')
    return `{"loaded":${loaded},"results":[],"tested":null,"how":"shared","death":${loadDeath}}`;
  await tick();
  const { outputBytes, source, names, watch, foreign, reversed } = request;
  if (request.op === 'calls') {
    let results = '';
    let death = 'null';
    for (const { entry, args, of, keeps } of request.calls) {
      const called = await settled(api, { op: 'call', entry, args, of, keeps, fromSuite: true });
      death = deathAfter(called, request);
      if (death !== 'null') break;
      results += `${results === '' ? '' : ','}${called}`;
    }
    return `{"loaded":${loaded},"results":[${results}],"death":${death}}`;
  }
  const asked = foreign === undefined ? { op: 'shared', watch } : { op: 'subject', foreign, reversed };
  const tested = await settled(api, { ...asked, source, names, outputBytes });
  const broken = parse(tested).broken;
  if (typeof broken === 'string') return `{"broken":${stringify(broken)}}`;
  return `{"loaded":${loaded},"how":"shared","tested":${tested},"death":${deathAfter(tested, request)}}`;
}

send(`{"ready":true,"description":"Node ${process.versions.node}"}`);
for (;;) {
  const request = receive();
  if (request.op === 'strip') {
    send(stringify(withoutTypes(request.code, swcFile)));
    continue;
  }
  const { word, ...rest } = request;
  send(`{"word":"${word}","reply":${await judge(rest)}}`);
  exit(0);
}
