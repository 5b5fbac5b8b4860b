// Every hostile program in the real sandboxes, with tests and with a table; after each the next answer finds all as before.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Marks, Program } from '../../src/domain/program.js';
import { quickjs } from '../../src/grading/sandboxes/javascript/quickjs.js';
import { nativeNode } from '../../src/grading/sandboxes/native/node.js';
import { nativePython } from '../../src/grading/sandboxes/native/python.js';
import { pyodide } from '../../src/grading/sandboxes/python/pyodide.js';
import { javascript, python, SECRET, typescript } from './hostile-programs.js';
import { caseWith, gradeIn } from './judges/graded.js';
import { calls, canConfine, int, limits, noNativePython, openOne, tests } from './sandbox-edges.js';

/** An eighteenth of them in each `npm test`, all in `npm run test:long`. */
const IS_LONG = process.env['FC_RUNS'] !== undefined;
const HONEST = IS_LONG ? 100 : 20;
const TIME_MS = IS_LONG ? 700 : 400;
/** In CI only that it ends: other tests share the machine. By hand, alone: its limit and a second. */
const SLACK_MS = IS_LONG ? 1000 : 20_000;

const noMarks = (marks: Marks | null) => marks === null || marks.lies.length + marks.reach.length === 0;

let port = 0;
let connections = 0;
const server = createServer((_, response) => response.end('in'));
server.on('connection', () => {
  connections += 1;
});
beforeAll(async () => {
  process.env['BENCH_TEST_PLANTED'] = SECRET;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.close();
});

/** What an answer can see of the world that others could have changed. */
const PYTHON_WITNESS = `
import asyncio, builtins, collections, gc, json, os, random, re, signal, sys, threading, time
def f(x):
    time.sleep(0.01)
    async def later():
        await asyncio.sleep(0.01)
        return 1
    os.write(1, b"x")
    return [
        os.getcwd(), sorted(os.listdir("/tmp")), sorted(os.listdir("/home")), sorted(os.listdir("/dev/shm")),
        sorted(os.listdir("/")), os.listdir("/lib/python3.13"), sys.path[:], len(sys.meta_path), len(sys.modules),
        sorted(dir(builtins)) == sorted(set(dir(builtins))), len(dir(builtins)), 3 + 4, "%d" % 7, hash("a"), random.random(),
        len(gc.callbacks), len(sys.path_hooks), str(signal.getsignal(signal.SIGINT)), json.loads(json.dumps([1, None])),
        asyncio.run(later()), sys.getrecursionlimit(), sys.argv, dict(os.environ), re.sub("a", "b", "aa"), os.umask(0o22),
        os.path.getsize("/lib/python313.zip"), threading.active_count(), len(os.listdir("/proc/self/fd")),
    ]
`;
/** What a native program may do: it is undone afterwards, and so they may pass. */
const ALLOWED_NATIVELY = new Set([
  'a thread',
  'a file',
  'a folder',
  'a process',
  'a fork',
  'os.system',
  'a pool of processes',
  'a file in shared memory',
  'a mask of files and limits',
  'a signal to the parent',
  'the C runtime’s system()',
]);

/** What a program of Node has natively, and no harm in it. */
const ALLOWED_IN_NODE = new Set([
  'the environment',
  'a constructor of a constructor',
  'a constructor of the console',
  'a constructor of require',
  'WebAssembly',
  'a socket',
]);

/** The same, of what stays alike in each fork. */
const NATIVE_WITNESS = PYTHON_WITNESS.replace(/random\.random\(\), ?/, '')
  .replace('os.listdir("/lib/python3.13")', 'os.listdir(os.path.dirname(os.__file__))')
  .replace('os.path.getsize("/lib/python313.zip"), ', '')
  .replace(', len(os.listdir("/proc/self/fd"))', '');
const NODE_WITNESS = `
async function f(x) {
  await new Promise((done) => setTimeout(done, 1));
  return [require('fs').readdirSync('/tmp'), Object.keys(process.env).sort(), [3, 1].sort()];
}
`;
const JAVASCRIPT_WITNESS = `
const names = (o) => Object.getOwnPropertyNames(o).sort().join();
async function f(x) {
  await new Promise((done) => setTimeout(done, 10));
  return [
    names(globalThis), names(Object.prototype), names(Array.prototype), names(Promise.prototype), names(assert),
    JSON.stringify({ a: [1] }), typeof process, Object.isFrozen(Array.prototype), [3, 1].sort(),
  ];
}
`;

describe.each([
  ['python', pyodide, python, 'assert f(1) == 2', PYTHON_WITNESS],
  // Natively in test:long: `native/` has a share of its own.
  ...(noNativePython === '' && IS_LONG
    ? ([['python', nativePython, python, 'assert f(1) == 2', NATIVE_WITNESS]] as const)
    : []),
  ...(canConfine && IS_LONG
    ? ([['javascript', nativeNode, javascript, 'assert.equal(f(1), 2);', NODE_WITNESS]] as const)
    : []),
  ['javascript', quickjs, javascript, 'assert.equal(f(1), 2);', JAVASCRIPT_WITNESS],
  ['typescript', quickjs, typescript, 'assert.equal(f(1), 2);', JAVASCRIPT_WITNESS],
] as const)('%s %#', (language, backend, programs, source, witness) => {
  const sandbox = openOne(backend);
  // Node of the user's own has no second interpreter.
  const apart = backend === nativeNode ? 'shared' : 'isolated';
  afterAll(() => sandbox.close());
  const seen = () => sandbox.run(calls(language, witness, 'f', [int(1)]));
  let before: unknown = null;
  beforeAll(async () => {
    before = await seen();
    expect(before).toMatchObject({ kind: 'called', results: [{ kind: 'returned' }] });
    expect(JSON.stringify(before)).not.toContain(SECRET);
  });

  test.each(programs.filter((_, at) => IS_LONG || at % 18 === 0))('%s', async (name, text) => {
    const allowed = backend === nativeNode ? ALLOWED_IN_NODE : ALLOWED_NATIVELY;
    const mayPass = backend.tier === 'native' && allowed.has(name);
    const code = text.replaceAll('PORT', String(port)).replaceAll('SECRET', SECRET);
    // By the scorer: none passes, and none is an error of ours.
    const asked = caseWith(language, source, null);
    const graded = await gradeIn(sandbox, language)(
      { ...asked, limits: { ...limits, timeMs: TIME_MS } },
      code,
    );
    if (!mayPass)
      expect([graded.verdict, graded.checks]).toEqual(['failed', [expect.objectContaining({ score: 0 })]]);
    // Its own text may name what it looks for.
    expect(JSON.stringify(graded.checks)).not.toContain(SECRET);
    expect(await seen()).toEqual(before);
    const each: Program[] = [
      tests(language, code, source, 'f', apart),
      tests(language, code, source, 'f', 'watched'),
    ];
    const programs = [...(IS_LONG ? each : []), calls(language, code, 'f', [int(1)])];
    for (const program of programs) {
      const startMs = performance.now();
      const execution = await sandbox.run({ ...program, limits: { ...limits, timeMs: TIME_MS } });
      const tookMs = performance.now() - startMs;
      expect(execution.kind).not.toBe('broken');
      // Alone with the tests it may pass, if what it did is marked: the other interpreter then decides.
      if (!mayPass && execution.kind === 'tested' && noMarks(execution.marks))
        expect(execution.passed).toBe(false);
      if (!mayPass && execution.kind === 'called') {
        const [result] = execution.results;
        if (result?.kind === 'returned') {
          expect(result.value).not.toEqual({ t: 'int', v: '2' });
          expect(result.value).not.toEqual({ t: 'float', v: 2 });
        }
      }
      expect(JSON.stringify(execution)).not.toContain(SECRET);
      expect(await seen()).toEqual(before);
      expect(tookMs).toBeLessThan(TIME_MS + SLACK_MS);
    }
    expect(connections).toBe(0);
  });

  test('and after all of them honest programs pass, and wrong ones fail', async () => {
    const add = (n: number) =>
      language === 'python' ? `def f(x):\n    return x + ${n}\n` : `function f(x) { return x + ${n}; }\n`;
    for (let n = 0; n < HONEST; n++) {
      const execution = await sandbox.run(tests(language, add(n % 3), source, 'f', apart));
      expect(execution).toMatchObject({ kind: 'tested', passed: n % 3 === 1, death: null });
    }
  });
});
