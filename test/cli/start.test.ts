/** The first minutes: `bench init` in an empty folder, and `bench models` to find out what can be asked. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { bench, program } from './bench.js';
import { answer, fail, serve } from './endpoint.js';

const hasScript = spawnSync('script', ['--version']).status === 0;

/** Writes to the terminal what each prompt is waited for with. */
async function inTerminal(
  cwd: string,
  args: readonly string[],
  typed: readonly (readonly [RegExp, string])[],
) {
  const command = [process.execPath, '--', program, ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qefc', `stty cols 100 rows 30; exec ${command}`, '/dev/null'], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: cwd, TERM: 'xterm' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let screen = '';
  let seen = 0;
  let next = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    screen += chunk.toString('utf8');
    const step = typed[next];
    if (step === undefined || !step[0].test(screen.slice(seen))) return;
    seen = screen.length;
    next += 1;
    child.stdin.write(step[1]);
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), 20_000);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearTimeout(timer);
  return { code, screen };
}

it('the help fits 80 columns, and `bench help run` is that of a command', async () => {
  const cwd = folderWith({});
  const all = await bench(cwd, ['--help']);
  expect(all.stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  expect(all.stdout).toMatch(/^ {2}recommend +Recommend a model/m);
  const [one, same] = [await bench(cwd, ['help', 'run']), await bench(cwd, ['run', '--help'])];
  expect([one.code, one.stdout]).toEqual([0, same.stdout]);
});

describe('bench init', () => {
  it.each(['python', 'typescript', 'javascript'])(
    'writes a suite of proved cases in %s that runs at once',
    async (language) => {
      const cwd = folderWith({});
      const init = await bench(cwd, ['init', '--yes', '--language', language]);
      expect(init.code, init.stderr).toBe(0);
      expect(init.stderr).toContain('wrote  suite.yaml');
      const valid = await bench(cwd, ['validate', 'suite.yaml']);
      expect(valid.code, valid.stdout + valid.stderr).toBe(0);
      expect(valid.stdout).toContain('3 of 3 cases hold');
      const run = await bench(cwd, ['run', 'suite.yaml', '--json']);
      expect(run.code, run.stderr).toBe(0);
      const { totals, candidates } = JSON.parse(run.stdout);
      expect(totals.trials).toBe(6);
      expect(candidates.every((one: { simulated: boolean }) => one.simulated)).toBe(true);
    },
  );

  it('writes real models with their key and a workflow, and overwrites nothing', async () => {
    const cwd = folderWith({ 'suite.yaml': 'mine\n', '.gitignore': 'node_modules\n.env' });
    const ids = ['mistralai/mistral-small:free', 'other/mistral-small:free', 'deepseek/deepseek-chat'];
    const line = ['init', '--yes', '--provider', 'openrouter', '--ci', ...ids.flatMap((id) => ['-m', id])];
    const { code, stdout, stderr } = await bench(cwd, [...line, '--json']);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      written: ['bench.yaml', '.env.example', '.github/workflows/bench.yml', '.gitignore'],
      kept: ['suite.yaml'],
    });
    expect(readFileSync(join(cwd, 'suite.yaml'), 'utf8')).toBe('mine\n');
    expect(readFileSync(join(cwd, '.gitignore'), 'utf8')).toBe(
      'node_modules\n.env\nresults/*\n!results/baselines/\n',
    );
    expect(readFileSync(join(cwd, '.env.example'), 'utf8')).toContain('OPENROUTER_API_KEY=\n');
    // Two that end alike keep their whole ids.
    expect(readFileSync(join(cwd, 'bench.yaml'), 'utf8')).toContain(
      'default: [mistralai-mistral-small-free, other-mistral-small-free, deepseek-chat]',
    );
    const dry = ['run', 'quickstart', '-r', 'default', '--dry-run'];
    const planned = await bench(cwd, dry, { OPENROUTER_API_KEY: 'k' });
    expect(planned.code, planned.stderr).toBe(0);
    const again = await bench(cwd, line);
    expect(again.code).toBe(0);
    expect(again.stderr.match(/^ {2}kept {3}/gm)).toHaveLength(5);
    expect(again.stderr).not.toContain('wrote');
  });

  it.each([
    [['--language', 'pyton'], 'did you mean "python"?'],
    [['--provider', 'openruter'], 'did you mean "openrouter"?'],
    [['--provider', 'ollama'], 'bench models ollama lists them'],
  ] as const)('%s is a mistake, and nothing is written', async (flags, help) => {
    const cwd = folderWith({});
    const { code, stderr } = await bench(cwd, ['init', '--yes', ...flags]);
    expect(code).toBe(2);
    expect(stderr).toContain(help);
    expect(existsSync(join(cwd, 'bench.yaml'))).toBe(false);
  });

  it.skipIf(!hasScript)('asks a few questions in a terminal (skipped without util-linux)', async () => {
    const cwd = folderWith({});
    const { code, screen } = await inTerminal(
      cwd,
      ['init'],
      [
        [/Where do your models run/, '\r'],
        [/Which language/, '\u001b[B\r'],
        [/GitHub workflow/, 'y'],
      ],
    );
    expect(code, screen).toBe(0);
    expect(readFileSync(join(cwd, 'suite.yaml'), 'utf8')).toContain('language: typescript');
    expect(existsSync(join(cwd, '.github/workflows/bench.yml'))).toBe(true);
  });

  it.skipIf(!hasScript)('writes nothing if it is left with Ctrl-C (skipped without util-linux)', async () => {
    const cwd = folderWith({});
    const { code, screen } = await inTerminal(cwd, ['init'], [[/Where do your models run/, '\u0003']]);
    expect(code, screen).toBe(130);
    expect(screen).toContain('Nothing was written.');
    expect(existsSync(join(cwd, 'bench.yaml'))).toBe(false);
  });
});

/** As OpenRouter lists them. */
const listed = [
  {
    id: 'a/coder:free',
    context_length: 131072,
    pricing: { prompt: '0', completion: '0' },
    supported_parameters: ['temperature', 'top_p', 'tools'],
  },
  { id: 'b/large', context_length: 200000, pricing: { prompt: '0.00000125', completion: '0.00001' } },
  { id: 'c/auto', pricing: { prompt: '-1', completion: '-1' } },
];

async function listing(data: unknown): Promise<string> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ data }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

describe('bench models', () => {
  it('lists what a provider offers: context, price, what is free', async () => {
    const cwd = folderWith({ 'bench.yaml': `providers: { here: { base_url: "${await listing(listed)}" } }` });
    const all = await bench(cwd, ['models', 'here']);
    expect(all.code, all.stderr).toBe(0);
    expect(all.stdout).toMatch(/^here {2}http:\/\/127\.0\.0\.1:\d+\/v1 {2}3 models$/m);
    expect(all.stdout).toMatch(/^ {2}a\/coder:free +131k +free +free +temperature tools$/m);
    expect(all.stdout).toMatch(/^ {2}b\/large +200k +1\.25 +10 +–$/m);
    expect(all.stdout).toMatch(/^ {2}c\/auto +– +– +– +–$/m);
    expect(all.stderr).toContain('bench run quickstart -m here:a/coder:free');
    const some = await bench(cwd, ['models', 'here', '--free', '--search', 'CODER', '--json']);
    expect(JSON.parse(some.stdout).providers).toMatchObject([
      {
        provider: 'here',
        problem: null,
        models: [{ id: 'a/coder:free', context_tokens: 131072, free: true, price: { input: 0, output: 0 } }],
      },
    ]);
  });

  it('says which key is missing, and which provider is unknown', async () => {
    const cwd = folderWith({});
    const keyless = await bench(cwd, ['models', 'openai']);
    expect(keyless.code).toBe(3);
    expect(keyless.stderr).toContain('openai: set OPENAI_API_KEY to list its models');
    const unknown = await bench(cwd, ['models', 'openia']);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain('no provider is named "openia" [config/unknown-provider]');
  });

  it('check sends each model of a suite one tiny request', async () => {
    const endpoint = await serve(
      (asked, _, response) =>
        asked.model === 'good' ? answer(asked, response, 'ok') : fail(response, 404, 'no such model'),
      ['good', 'great'],
    );
    const cwd = folderWith({
      'suite.yaml': 'name: s\ncases: [{ id: a, category: docs, prompt: x, checks: [{ text_matches: x }] }]',
    });
    writeFileSync(
      join(cwd, 'bench.yaml'),
      `providers: { here: { base_url: "${endpoint.baseUrl}" } }\nmodels: { one: { provider: here, model: good }, two: { provider: here, model: goood } }`,
    );
    const { code, stdout, stderr } = await bench(cwd, [
      'models',
      'check',
      'suite.yaml',
      '-m',
      'one',
      '-m',
      'two',
    ]);
    expect(code, stderr).toBe(3);
    expect(stdout).toMatch(/^one +answered +[\d.]+ s/m);
    expect(stdout).toMatch(/^two +unknown_model +[\d.]+ s +no such model; did you mean "good"\?$/m);
    expect(endpoint.asked.filter(({ model }) => model === 'good')).toMatchObject([
      { body: { max_tokens: 64 } },
    ]);
    const none = await bench(cwd, ['models', 'check']);
    expect(none.code).toBe(2);
    expect(none.stderr).toContain('bench models check needs a suite');
  });
});
