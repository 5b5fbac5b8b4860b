// Compiled languages in the native sandbox, through the command: honest programs pass, empty and hostile ones fail, and nothing of them is left.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { bench } from '../../cli/bench.js';
import { folderWith } from '../../suite/folder.js';
import { canConfine } from '../sandbox-edges.js';

/** One case of one language in each `npm test`, all of all in `npm run test:long`: each is compiled three times and more. */
const IS_LONG = process.env['FC_RUNS'] !== undefined;

const SHARE = ['cpp'];

const toolchains = {
  go: ['go', 'version'],
  rust: ['rustc', '--version'],
  java: ['javac', '-version'],
  cpp: ['g++', '--version'],
};
const isHere = ([program = '', ...args]: readonly string[]) => spawnSync(program, args).status === 0;

let connections = 0;
const server = createServer(() => {
  connections += 1;
});
beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)));
afterAll(() => {
  server.close();
});

/** Programs of sandboxes that are still there. */
const leftOver = () =>
  readdirSync('/proc').filter((pid) => {
    try {
      return (
        /^\d+$/.test(pid) &&
        /^(?:\/run\/out\/program|sleep\0)/.test(readFileSync(`/proc/${pid}/cmdline`, 'latin1'))
      );
    } catch {
      return false;
    }
  });

describe.each(Object.entries(toolchains))('%s', (language, version) => {
  const why = [
    ...(canConfine ? [] : ['no bubblewrap here']),
    ...(isHere(version) ? [] : [`no ${version[0]} here`]),
    ...(IS_LONG || SHARE.includes(language) ? [] : ['in test:long']),
  ];

  // Skipped where the sandbox or the toolchain is missing; its name says which.
  test.skipIf(why.length > 0)(`answers are judged rightly ${why.join(', ')}`, async () => {
    const { port } = server.address() as AddressInfo;
    const suite = readFileSync(join(import.meta.dirname, `suites/${language}.yaml`), 'utf8');
    const folder = folderWith({ 'suite.yaml': suite.replaceAll('PORT', String(port)) });
    const planted = { HOME: process.env['HOME'] ?? folder, PLANTED: 'planted' };
    const { code, stdout, stderr } = await bench(
      folder,
      ['validate', 'suite.yaml', ...(IS_LONG ? [] : ['--case', 'prints'])],
      planted,
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^(\d+) of \1 cases? holds?$/m);
    expect(connections).toBe(0);
    if (IS_LONG) expect(leftOver()).toEqual([]);
  });
});

// Skipped where C++ cannot be tested: no bubblewrap, or no g++.
describe.skipIf(!canConfine || !isHere(toolchains.cpp))('mistakes are told', () => {
  const head =
    'name: s\nsandbox: native\ncases:\n  - id: c\n    category: simple\n    language: cpp\n    prompt: p\n    entry: f\n';
  const judged = async (body: string) => {
    const folder = folderWith({ 'suite.yaml': head + body });
    const { code, stdout, stderr } = await bench(folder, ['validate', 'suite.yaml'], {
      HOME: process.env['HOME'] ?? '',
    });
    return `${code}\n${stdout}${stderr}`;
  };

  it('a compiler’s with its line, a type’s that no table has, arguments that do not fit', async () => {
    const table = '    table: [{ args: [1], returns: 2 }]\n';
    const solution = (code: string) => `    solution: ${JSON.stringify(code)}\n`;
    const signature = (text: string) => `    signature: ${JSON.stringify(text)}\n`;
    const plain = signature('int f(int x)');
    expect(await judged(plain + table + solution('int f(int x) {\n  return y;\n}'))).toMatch(
      /CompileError.*not declared.*line 2/,
    );
    expect(await judged(table + solution('int f(int x) { return 2; }'))).toMatch(
      /needs? (?:a |the )?signature/,
    );
    expect(
      await judged(signature('Thing f(int x)') + table + solution('int f(int x) { return 2; }')),
    ).toMatch(/no values of the type Thing/);
    const wrong = '    table: [{ args: [x], returns: 2 }]\n';
    expect(await judged(plain + wrong + solution('int f(int x) { return 2; }'))).toMatch(
      /type str is no int/,
    );
  });
});

it('a compiled language is refused outside of the native sandbox, before anything is asked', async () => {
  const folder = folderWith({
    'suite.yaml':
      'name: s\ncases:\n  - { id: c, category: simple, language: go, prompt: p, program: [{ stdout: x }] }\n',
  });
  const { code, stderr } = await bench(folder, ['run', 'suite.yaml', '-m', 'stub']);
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/suite\.yaml:3.*go runs in the native sandbox alone[\s\S]*sandbox: native/),
  ]);
});
