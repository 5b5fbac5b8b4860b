/** Inputs that nobody means: a sentence and exit 2, never an internal error, and never a wait without an end. */
import { spawnSync } from 'node:child_process';
import { readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { bench, benchBehind, onlyRun, start } from './bench.js';

const caseOf = (prompt: string) =>
  `cases: [{ id: a, category: docs, prompt: ${prompt}, checks: [{ text_matches: x }] }]\n`;

const suites: Readonly<Record<string, readonly [text: string, says: string]>> = {
  'an alias inside of its anchor': [
    'name: &a [*a]\n',
    'an alias (*) refers to an anchor (&) that contains it',
  ],
  'an alias inside of its prompt': [
    'name: x\ncases:\n  - { id: a, category: docs, prompt: &p { file: *p } }\n',
    'an alias (*) refers to an anchor (&) that contains it',
  ],
  'a bomb of aliases': [
    `a: &a [1]\n${Array.from({ length: 9 }, (_, at) => `b${at}: &b${at} [${`*${at === 0 ? 'a' : `b${at - 1}`}, `.repeat(10)}]`).join('\n')}\nname: x\n`,
    'alias',
  ],
  'lists without an end': [`name: x\ncases: ${'['.repeat(20_000)}`, 'nested too deeply'],
  'mappings without an end': [`name: x\ncases: ${'{a: '.repeat(5000)}`, 'nested too deeply'],
  'three thousand mistakes': [
    `name: s\ncases:\n${'  - { idd: x, foo: 1 }\n'.repeat(3000)}`,
    'mistakes (first 20 shown); nothing was sent',
  ],
  'a prompt from a device': [
    `name: x\n${caseOf('{ file: ../../../../../../../../dev/zero }')}`,
    'is no regular file',
  ],
  'a prompt from a pipe': [`name: x\n${caseOf('{ file: pipe }')}`, 'pipe is no regular file'],
  'a prompt that is a folder': [`name: x\n${caseOf('{ file: . }')}`, '. is a folder'],
  'a prompt with a long name': [`name: x\n${caseOf(`{ file: ${'n'.repeat(5000)} }`)}`, 'there is no file'],
  'a prompt with a zero in its name': [`name: x\n${caseOf('{ file: "a\\0b" }')}`, 'there is no file'],
  'cases from a pipe': ['name: x\ncases: { file: pipe }\n', 'pipe is no regular file'],
  'an include that is itself': ['name: x\ninclude: [suite.yaml]\n', 'suite.yaml includes itself'],
  'an include that is a pipe': ['name: x\ninclude: [pipe]\n', 'pipe is no regular file'],
  'bytes of all kinds': [
    String.fromCharCode(...Array.from({ length: 3000 }, (_, at) => (at * 7919) % 256)),
    '',
  ],
  nothing: ['', 'a suite is a mapping of keys'],
  'one word': ['suite\n', 'a suite is a mapping of keys'],
};

it.each(Object.entries(suites))('%s', async (_, [text, says]) => {
  const cwd = folderWith({ 'suite.yaml': text });
  spawnSync('mkfifo', [join(cwd, 'pipe')]);
  const run = start(cwd, ['validate', 'suite.yaml']);
  const timer = setTimeout(() => run.signal('SIGKILL'), 20_000);
  const { code, stderr, stdout } = await run.ended;
  clearTimeout(timer);
  expect([code, (stderr + stdout).slice(0, 400)]).toEqual([2, expect.not.stringContaining('internal error')]);
  expect(stderr).toContain(says);
  expect(stderr.length).toBeLessThan(20_000);
});

it('links that lead to themselves, and files that double, end in a sentence or are read once each', async () => {
  const loop = folderWith({});
  symlinkSync('loop.yaml', join(loop, 'loop.yaml'));
  expect((await bench(loop, ['validate', 'loop.yaml'])).code).toBe(2);
  // Thirty levels of two includes each: a billion files, were they read as often as they are named.
  const level = (at: number) => `name: l${at}\ninclude: [l${at + 1}.yaml, l${at + 1}.yaml]\n`;
  const files = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`l${at}.yaml`, level(at)]));
  const last = `name: end\n${caseOf('Say x.')}`;
  const cwd = folderWith({ ...files, 'l30.yaml': last });
  expect((await bench(cwd, ['validate', 'l0.yaml'])).code).toBe(0);
});

it('few open files end in a sentence, or do', async () => {
  const cwd = folderWith({ 'suite.yaml': `name: x\n${caseOf('Say x.')}` });
  const { code, stderr } = await benchBehind('ulimit -n 24', cwd, ['run', 'suite.yaml', '-m', 'stub']);
  expect([0, 2, 3]).toContain(code);
  expect(stderr).not.toContain('    at ');
});

describe('a signal is heard', () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('while a large suite is read: %s', async (name) => {
    const cases = Array.from(
      { length: 60_000 },
      (_, at) =>
        `  - { id: c${at}, category: docs, prompt: "Number ${at}.", checks: [{ text_matches: x }] }\n`,
    );
    const cwd = folderWith({ 'suite.yaml': `name: large\ncases:\n${cases.join('')}` });
    const run = start(cwd, ['validate', 'suite.yaml']);
    await new Promise((resolve) => setTimeout(resolve, 700));
    const atMs = performance.now();
    run.signal(name);
    await run.ended;
    expect(performance.now() - atMs).toBeLessThan(1500);
  });
});

describe('runs from elsewhere', () => {
  async function runIn(cwd: string) {
    writeFileSync(
      join(cwd, 'suite.yaml'),
      `name: s\n${caseOf('Say x.').replace('prompt', 'solution: x, prompt')}`,
    );
    expect((await bench(cwd, ['run', 'suite.yaml', '-m', 'reference'])).code).toBe(0);
    return onlyRun(cwd);
  }

  it.each([
    ['started_at', '../../../../../tmp/evil', 'started_at'],
    ['started_at', 'yesterday', 'started_at'],
    ['id', '../../evil', 'id'],
    ['id', '', 'id'],
  ])('a %s of "%s" names no folder', async (field, value, says) => {
    const cwd = folderWith({});
    const run = await runIn(cwd);
    const { readFileSync } = await import('node:fs');
    const path = join(run, 'trials.jsonl');
    const [first = '', ...rest] = readFileSync(path, 'utf8').split('\n');
    const { sum: _, ...line } = JSON.parse(first);
    writeFileSync(path, [JSON.stringify({ ...line, [field]: value }), ...rest].join('\n'));
    const { code, stderr } = await bench(cwd, ['merge', run]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(says)]);
    expect(readdirSync(cwd)).toEqual(['results', 'suite.yaml']);
  });

  it('a merge of fewer shards replaces no merge of more', async () => {
    const cwd = folderWith({});
    const many = Array.from(
      { length: 8 },
      (_, at) =>
        `{ id: c${at}, category: docs, prompt: Say ${at}., solution: x, checks: [{ text_matches: x }] }`,
    );
    writeFileSync(join(cwd, 'suite.yaml'), `name: s\ncases: [${many.join(', ')}]\n`);
    for (const shard of ['1/4', '2/4', '3/4', '4/4'])
      await bench(cwd, ['run', 'suite.yaml', '-m', 'reference', '--shard', shard, '--seed', '1']);
    const shards = readdirSync(join(cwd, 'results')).map((name) => join('results', name));
    const whole = await bench(cwd, ['merge', ...shards]);
    const part = await bench(cwd, ['merge', ...shards.slice(0, 1)]);
    const [id] = whole.stdout.split(' ');
    expect(whole.stdout).toContain('8 of 8 trials');
    expect(part.stdout).toMatch(/^\S+-merged {2}2 of 8 trials of 1 run; missing: /);
    expect((await bench(cwd, ['matrix', String(id)])).stdout).toContain('reference');
    // The same parts again are made anew, under their own name.
    expect((await bench(cwd, ['merge', ...shards])).stdout).toContain(`${id} `);
  });
});

describe("files outside the suite's folder", () => {
  const named = (path: string) => `name: x\n${caseOf(`{ file: ${JSON.stringify(path)} }`)}`;
  const secret = folderWith.bind(null, { 'secret.txt': 'a secret' });
  const line = '{"id":"a","category":"docs","prompt":"Say x.","checks":[{"text_matches":"x"}]}\n';

  it.each([
    [
      'a path upwards',
      (cwd: string, there: string) => named(relative(join(cwd, 'in'), join(there, 'secret.txt'))),
    ],
    [
      'a link',
      (cwd: string, there: string) => {
        symlinkSync(join(there, 'secret.txt'), join(cwd, 'in', 'link.txt'));
        return named('link.txt');
      },
    ],
    [
      'a link to its folder',
      (cwd: string, there: string) => {
        symlinkSync(there, join(cwd, 'in', 'folder'));
        return named('folder/secret.txt');
      },
    ],
    [
      'cases',
      (cwd: string) => {
        writeFileSync(join(cwd, 'cases.jsonl'), line);
        return 'name: x\ncases: { file: ../cases.jsonl }\n';
      },
    ],
  ])('%s: refused, unless allowed', async (_, suiteFor) => {
    const cwd = folderWith({ 'in/keep.txt': '' });
    writeFileSync(join(cwd, 'in', 'suite.yaml'), suiteFor(cwd, secret()));
    const refused = await bench(cwd, ['validate', 'in/suite.yaml']);
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining("is outside the suite's folder"),
    ]);
    expect(refused.stderr).toContain('--allow-outside');
    expect((await bench(cwd, ['validate', 'in/suite.yaml', '--allow-outside'])).code).toBe(0);
    const dry = ['run', 'in/suite.yaml', '-m', 'stub', '--dry-run'];
    expect([(await bench(cwd, dry)).code, (await bench(cwd, [...dry, '--allow-outside'])).code]).toEqual([
      2, 0,
    ]);
  });

  it('files below it, and files of the suite that includes it, are read', async () => {
    const cwd = folderWith({
      'prompts/a.md': 'Say x.',
      'more/own.md': 'Say y.',
      'more/more.yaml': `name: more\ncases:\n${['../prompts/a.md', 'own.md'].map((path, at) => `  - { id: m${at}, category: docs, prompt: { file: ${path} }, checks: [{ text_matches: x }] }\n`).join('')}`,
      'suite.yaml': `name: x\ninclude: [more/more.yaml]\n${caseOf('{ file: prompts/../prompts/a.md }')}`,
    });
    expect((await bench(cwd, ['validate', 'suite.yaml'])).code).toBe(0);
  });
});
