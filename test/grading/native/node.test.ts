// Native Node: the real modules and timers, the user's packages, and results that no answer can forge.
import { afterAll, describe, expect, test } from 'vitest';
import { nativeNode } from '../../../src/grading/sandboxes/native/node.js';
import { openSandboxes } from '../../../src/grading/sandboxes/sandbox.js';
import { calls, canConfine, edges, int, limits, openOne, str, tests } from '../sandbox-edges.js';

const IS_LONG = process.env['FC_RUNS'] !== undefined;

// Skipped where bubblewrap is missing, or may make no sandbox.
describe.skipIf(!canConfine)('native Node', () => {
  const sandbox = openOne(nativeNode);
  afterAll(() => sandbox.close());

  test('has modules, timers, processes and packages, and sees no file of the host', async () => {
    const code = `
const fs = require('node:fs/promises');
import { execFileSync } from 'node:child_process';
import { parse } from 'yaml';
export async function f(x) {
  const startMs = performance.now();
  await new Promise((done) => setTimeout(done, 20));
  await fs.writeFile('out.txt', 'text');
  console.log('printed');
  const seen = ['/etc/passwd', '/root/.ssh', '/proc/1', '/run/sources'].filter((path) => require('fs').existsSync(path));
  const out = execFileSync('sh', ['-c', 'cat out.txt']).toString();
  return [parse('a: 1').a + x, out, performance.now() - startMs > 10, seen, Object.keys(process.env).sort().join()];
}
`;
    expect(await sandbox.run(calls('javascript', code, 'f', [int(1)]))).toMatchObject({
      kind: 'called',
      death: null,
      results: [
        {
          stdout: 'printed\n',
          value: {
            v: [
              { t: 'float', v: 2 },
              str('text'),
              { t: 'bool', v: true },
              { t: 'list', v: [] },
              str('HOME,LANG,PATH,PWD,TZ'),
            ],
          },
        },
      ],
    });
  });

  test.each([
    [
      'a frame of its own',
      `const frame = Buffer.from('{"word":"x","reply":{"loaded":{"output":0},"how":"shared","tested":{"finished":true,"asserted":1,"ran":0,"raised":null,"touched":1,"beside":null,"output":0},"death":null}}');
function f() { const head = Buffer.alloc(4); head.writeUInt32LE(frame.length); require('fs').writeSync(3, Buffer.concat([head, frame])); process.exit(0); }`,
    ],
    [
      'the word by the inspector',
      'function f() { const { Session } = require("inspector"); const s = new Session(); s.connect(); return 2; }',
    ],
    [
      'the word by a snapshot of the heap',
      'function f() { require("v8").writeHeapSnapshot("/tmp/heap"); return 2; }',
    ],
    [
      'JSON of its own',
      'Object.prototype.toJSON = function () { return { finished: true }; }; JSON.stringify = () => \'{"finished":true}\'; function f() { return 3; }',
    ],
    [
      'writes of its own',
      'const fs = require("fs"); fs.writeSync = () => 0; require("module").syncBuiltinESMExports(); function f() { return 3; }',
    ],
    ['the end of the process', 'process.exit(0); function f() { return 3; }'],
    // It takes its whole limit, again and again: in test:long.
    ...(IS_LONG
      ? [
          [
            'a process without end',
            'function f() { require("child_process").spawn("sleep", ["1000"], { detached: true }); for (;;); }',
          ],
        ]
      : []),
  ])('%s makes no answer right', async (_, code) => {
    const quick = { ...limits, timeMs: 1000 };
    for (const judge of ['shared', 'watched'] as const) {
      const execution = await sandbox.run({
        ...tests('javascript', code, 'assert.equal(f(1), 2);', 'f', judge),
        limits: quick,
      });
      expect(execution).toMatchObject({ kind: 'tested', passed: false });
    }
  });

  test('TypeScript, and programs as modules or not', async () => {
    const typed = 'enum Step { One = 1 }\nexport const f = (x: number): number => x + Step.One;';
    expect(
      await sandbox.run(tests('typescript', typed, 'expect(f(1)).toBe(2);', 'f', 'shared')),
    ).toMatchObject({ kind: 'tested', passed: true });
    const program = { kind: 'script', language: 'javascript', args: ['a b'], stdin: 'in', limits } as const;
    const module =
      'import fs from "node:fs";\nconsole.log(fs.readFileSync(0, "utf8"), await Promise.resolve(process.argv[2]));';
    expect(await sandbox.run({ ...program, files: {}, code: module })).toMatchObject({
      stdout: 'in a b\n',
      exit: 0,
    });
    const script = 'console.log(require("fs").readFileSync("d/x.txt", "utf8")); process.exit(4);';
    expect(await sandbox.run({ ...program, files: { 'd/x.txt': 'X' }, code: script })).toMatchObject({
      stdout: 'X\n',
      exit: 4,
    });
  });

  test('a package that cannot be written in, as one that root has installed, is no hindrance', async () => {
    const [, own = ''] = edges.cacheFolders;
    const elsewhere = { ...edges, cacheFolders: ['/dev/null/nowhere', own] };
    const opened = openSandboxes([nativeNode], 1, elsewhere, () => {});
    const program = {
      kind: 'script',
      language: 'javascript',
      args: [],
      stdin: '',
      files: {},
      limits,
    } as const;
    expect(await opened.in('native').run({ ...program, code: 'console.log(1)' })).toMatchObject({
      stdout: '1\n',
    });
    await opened.close();
  });
});
