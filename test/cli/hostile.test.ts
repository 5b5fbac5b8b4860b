/** Answers that cheat or do harm, through the whole command: they fail, and the run goes on. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { stringify } from 'yaml';
import { folderWith } from '../suite/folder.js';
import { bench, onlyRun, start, trialsIn } from './bench.js';

const hostile = (port: number): Record<string, Record<string, string>> => ({
  python: {
    'endless-loop': 'while True:\n    pass\n\ndef f(x):\n    return x + 1\n',
    'exit-zero': 'import os\n\ndef f(x):\n    os._exit(0)\n',
    'reads-files':
      'def f(x):\n    import os\n    text = open("/etc/passwd").read()\n    return x + 1 if "root" in text or os.environ["PLANTED"] else 0\n',
    'opens-socket': `def f(x):\n    import socket\n    socket.create_connection(("127.0.0.1", ${port}), 1)\n    return x + 1\n`,
    allocates: 'def f(x):\n    held = []\n    while True:\n        held.append(bytearray(10_000_000))\n',
    'always-equal':
      'class Always(int):\n    def __eq__(self, other):\n        return True\n    __hash__ = int.__hash__\n\ndef f(x):\n    return Always(0)\n',
  },
  javascript: {
    'endless-loop': 'while (true) {}\nfunction f(x) { return x + 1; }\n',
    'exit-zero': 'function f(x) { process.exit(0); }\n',
    'reads-files':
      'function f(x) {\n  const text = require("fs").readFileSync("/etc/passwd", "utf8");\n  return text.includes("root") || process.env.PLANTED ? x + 1 : 0;\n}\n',
    'opens-socket': `function f(x) {\n  require("net").connect(${port}, "127.0.0.1");\n  fetch("http://127.0.0.1:${port}");\n  return x + 1;\n}\n`,
    allocates: 'function f(x) { const held = []; for (;;) held.push("x".repeat(1e6) + held.length); }\n',
    'always-equal':
      'function f(x) {\n  return { valueOf: () => x + 1, equals: () => true, toString: () => String(x + 1), [Symbol.toPrimitive]: () => x + 1 };\n}\n',
  },
});

it.each(['python', 'javascript'])(
  'six hostile answers in %s harm nothing, and the honest one still passes',
  async (language) => {
    let connections = 0;
    const server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const answers = hostile((server.address() as AddressInfo).port)[language] ?? {};
    const honest = language === 'python' ? 'def f(x):\n    return x + 1\n' : 'const f = (x) => x + 1;\n';
    const all = { ...answers, honest };
    const cwd = folderWith({
      'suite.yaml': stringify({
        name: 'hostile',
        defaults: { language, category: 'simple', limits: { time: '2s', memory: '128MB' } },
        models: [{ name: 'cheat', provider: 'simulated', answers: 'answers.yaml' }],
        cases: Object.keys(all).map((id) => ({
          id,
          prompt: 'Write f, which adds one.',
          entry: 'f',
          table: [
            { args: [1], returns: 2 },
            { args: [41], returns: 42 },
          ],
          solution: honest,
        })),
      }),
      'answers.yaml': stringify(
        Object.fromEntries(
          Object.entries(all).map(([id, code]) => [id, `\`\`\`${language}\n${code}\`\`\`\n`]),
        ),
      ),
    });
    const { code, stderr } = await bench(cwd, ['run', 'suite.yaml'], { PLANTED: 'never-seen-inside' });
    expect(code, stderr).toBe(0);
    const verdicts = Object.fromEntries(trialsIn(onlyRun(cwd)).map((trial) => [trial.case, trial.verdict]));
    expect(verdicts).toEqual({
      ...Object.fromEntries(Object.keys(answers).map((id) => [id, 'failed'])),
      honest: 'passed',
    });
    expect(connections).toBe(0);
    const journal = readFileSync(join(onlyRun(cwd), 'trials.jsonl'), 'utf8')
      .trim()
      .split('\n');
    const { programs, replaced } = JSON.parse(journal.at(-1) ?? '').sandbox_use[language];
    expect(programs).toBeGreaterThanOrEqual(Object.keys(all).length);
    // Loops and bombs in Python take their interpreter with them.
    if (language === 'python') expect(replaced).toBeGreaterThanOrEqual(3);
    expect(replaced).toBeLessThan(programs);
  },
);

/** Living processes whose command line names the text; a zombie has ended. */
function living(text: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        const state = /^State:\s*(\S)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
        return command.includes(text) && state !== 'Z' && state !== 'X';
      } catch {
        return false;
      }
    });
}

// Looking at other processes takes Linux' /proc.
it.skipIf(!existsSync('/proc/self/status')).each([
  ['python', 'pyodide-child.mjs', 'def f(x):\n    return 9 ** 9 ** 9\n'],
  ['javascript', 'quickjs-child.mjs', 'function f(x) { for (;;) {} }\n'],
])('an endless %s answer ends when its host is killed', async (language, script, code) => {
  const cwd = folderWith({
    'suite.yaml': stringify({
      name: 'killed',
      defaults: { language, category: 'simple', limits: { time: '5m' } },
      models: [{ name: 'endless', provider: 'simulated', answers: 'answers.yaml' }],
      cases: [
        { id: 'a', prompt: 'p', entry: 'f', table: [{ args: [1], returns: 2 }] },
        { id: 'b', prompt: 'q', entry: 'f', table: [{ args: [1], returns: 2 }] },
      ],
    }),
    'answers.yaml': stringify({ a: `\`\`\`\n${code}\`\`\``, b: `\`\`\`\n${code}\`\`\`` }),
  });
  const host = start(cwd, ['run', 'suite.yaml', '-v']);
  // A child is given its host's pid.
  const children = () => living(script).filter((pid) => hostOf(pid) === host.pid);
  const hostOf = (pid: number) =>
    Number(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean).at(-1));
  await vi.waitFor(() => expect(host.stderr()).toContain('sandbox   wasm'), { timeout: 20_000 });
  const pids = children();
  expect(pids.length).toBeGreaterThan(0);
  host.signal('SIGKILL');
  await host.ended;
  await vi.waitFor(() => expect(living(script).filter((pid) => pids.includes(pid))).toEqual([]), {
    timeout: 10_000,
  });
});
