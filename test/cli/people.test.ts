/** What a person meets who types a command: a terminal, a slow model, a wrong address, a key that goes nowhere. */
import { spawn, spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { bench, onlyRun, program, start, summaryIn, trialsIn } from './bench.js';
import { answer, fail, type Respond, serve } from './endpoint.js';

const cases = Array.from(
  { length: 6 },
  (_, index) =>
    `  - { id: c${index}, category: docs, prompt: Say it is fine., checks: [{ text_matches: fine }] }\n`,
).join('');

const folder = (providers: string, models = '') =>
  folderWith({
    'suite.yaml': `name: prose\ncases:\n${cases}`,
    'bench.yaml': `providers: { ${providers} }\n${models}`,
  });

const fine: Respond = (asked, _, response) => answer(asked, response, 'It is fine.');

/** util-linux's: a command in a pseudo-terminal of its own. */
const hasScript = spawnSync('script', ['--version']).status === 0;

describe.skipIf(!hasScript)('in a real terminal (skipped where util-linux has no `script`)', () => {
  /** `typed`: what is typed once that many answers have been sent, and how long after each other. */
  async function inTerminal(cwd: string, args: readonly string[], typeWhen: Promise<unknown>, keys: number) {
    const command = [process.execPath, '--', program, ...args].map((word) => `'${word}'`).join(' ');
    // A pseudo-terminal begins without a size, and no live line is drawn there.
    const child = spawn('script', ['-qefc', `stty cols 100 rows 30; exec ${command}`, '/dev/null'], {
      cwd,
      env: { PATH: process.env['PATH'] ?? '', HOME: cwd, TERM: 'xterm', COLUMNS: '100' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let screen = '';
    child.stdout.on('data', (chunk: Buffer) => {
      screen += chunk.toString('utf8');
    });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
    await typeWhen;
    await sleep(300);
    const typedMs = performance.now();
    for (let key = 0; key < keys; key++) {
      child.stdin.write('\u0003');
      await sleep(400);
    }
    const code = await ended;
    clearTimeout(timer);
    return { code, screen, tookMs: performance.now() - typedMs };
  }

  /** Answers the first three, and is silent then. */
  async function stalling() {
    let third = () => {};
    const answered = new Promise<void>((resolve) => {
      third = resolve;
    });
    const endpoint = await serve((asked, index, response) => {
      if (index < 3) fine(asked, index, response);
      if (index === 3) third();
    });
    return { cwd: folder(`here: { base_url: "${endpoint.baseUrl}" }`), answered };
  }

  it('the first Ctrl-C ends the run with its table, a way to go on, and 130', async () => {
    const { cwd, answered } = await stalling();
    const { code, screen } = await inTerminal(
      cwd,
      ['run', 'suite.yaml', '-m', 'here:m', '-j', '1'],
      answered,
      1,
    );
    expect(code, screen).toBe(130);
    expect(screen).toContain('m 1 in flight');
    expect(screen).toContain('candidate');
    expect(screen).toContain('bench run --resume');
    expect(trialsIn(onlyRun(cwd))).toHaveLength(3);
    const endpoint = await serve(fine);
    expect(endpoint.asked).toHaveLength(0);
  });

  it('the second one stops at once', async () => {
    const { cwd, answered } = await stalling();
    const { code, screen, tookMs } = await inTerminal(
      cwd,
      ['run', 'suite.yaml', '-m', 'here:m', '-j', '1'],
      answered,
      2,
    );
    // Ended by the signal itself, before what is in flight was waited for.
    expect([130, null], screen).toContain(code);
    expect(screen).not.toContain('bench run --resume');
    expect(tookMs).toBeLessThan(2900);
  });
});

describe('a model that is slow to begin', () => {
  // It waits for 13 s and does nothing meanwhile: with `npm run test:long`.
  it.skipIf(process.env['FC_RUNS'] === undefined)(
    'is named with how long it waits, also where no line is live',
    async () => {
      const endpoint = await serve((asked, index, response) => {
        if (index === 0) setTimeout(() => fine(asked, index, response), 13_000);
        else fine(asked, index, response);
      });
      const cwd = folder(`home: { base_url: "${endpoint.baseUrl}" }`);
      const { code, stderr } = await bench(cwd, ['run', 'suite.yaml', '-m', 'home:m', '--case', 'c0']);
      expect(code).toBe(0);
      expect(stderr).toMatch(/home:m 1 in flight, waiting for the first token, \d+\.\d s/);
    },
    60_000,
  );

  it('is given up by timeouts.headers, which is named', async () => {
    const endpoint = await serve(() => {});
    const cwd = folder(
      `home: { base_url: "${endpoint.baseUrl}" }`,
      'timeouts: { headers: 200ms }\nretry: { max_attempts: 1 }\n',
    );
    const { code, stdout } = await bench(cwd, ['run', 'suite.yaml', '-m', 'home:m', '--case', 'c0']);
    expect(code).toBe(3);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      'unanswered: timeout ("no response within 0.2 s (timeouts.headers in bench.yaml)")',
    );
  });
});

describe('an address or a key that is wrong is told in one sentence with the address', () => {
  it('a base_url without /v1 says where the API is', async () => {
    const endpoint = await serve(
      (asked, index, response) =>
        asked.path === '/v1/chat/completions'
          ? fine(asked, index, response)
          : fail(response, 404, 'Not Found'),
      ['m'],
      '/v1/models',
    );
    const base = endpoint.baseUrl.replace('/v1', '');
    const cwd = folder(`home: { base_url: "${base}" }`);
    const { code, stderr } = await bench(cwd, ['run', 'suite.yaml', '-m', 'home:m']);
    expect(code).toBe(3);
    expect(endpoint.asked.length).toBeLessThanOrEqual(5);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(
      `! home:m: home: no OpenAI-compatible API at ${base}/chat/completions (Not Found): set base_url to ${base}/v1`,
    );
  });

  it('a server without any API is asked a few times, and /v1 is suggested', async () => {
    const endpoint = await serve((_, __, response) => fail(response, 404, 'Not Found'), [], '/none');
    const base = endpoint.baseUrl.replace('/v1', '/api');
    const cwd = folder(`home: { base_url: "${base}" }`);
    const { stderr } = await bench(cwd, ['run', 'suite.yaml', '-m', 'home:m', '-m', 'home:n']);
    // The list of models is asked for meanwhile.
    expect(endpoint.asked.length).toBeLessThanOrEqual(5);
    expect(stderr).toContain('is /v1 missing in base_url?');
  });

  it.each(['mistral', 'groq'])(
    'the same of %s, but of no provider whose own variable is named',
    async (name) => {
      const endpoint = await serve(fine);
      const env = { [`${name.toUpperCase()}_API_KEY`]: 'a-key-of-ours' };
      const run = (entry: string) => {
        const cwd = folder(`${name}: { base_url: "${endpoint.baseUrl}"${entry} }`);
        return bench(cwd, ['run', 'suite.yaml', '-m', `${name}:m`, '--case', 'c0'], env);
      };
      expect((await run('')).stderr).toContain('! no key is sent to 127.0.0.1');
      expect((await run(`, api_key_env: ${name.toUpperCase()}_API_KEY`)).stderr).not.toContain(
        'no key is sent',
      );
    },
  );

  it('a key that goes nowhere is told before the first request and behind the 401', async () => {
    const endpoint = await serve((_, __, response) => fail(response, 401, 'Incorrect API key'));
    const cwd = folder(`openrouter: { base_url: "${endpoint.baseUrl}" }`);
    const run = start(cwd, ['run', 'suite.yaml', '-m', 'openrouter:m'], {
      OPENROUTER_API_KEY: 'sk-or-of-ours',
    });
    const { stderr, stdout } = await run.ended;
    const { host } = new URL(endpoint.baseUrl);
    const said = stderr.replaceAll(/\s+/g, ' ');
    expect(said).toContain(
      `! no key is sent to ${host}: OPENROUTER_API_KEY is for https://openrouter.ai/api/v1; add api_key_env to the provider "openrouter" in bench.yaml`,
    );
    expect(said).toContain(`openrouter: no key is sent to ${host}: add api_key_env`);
    expect(endpoint.asked.map(({ headers }) => headers.authorization)).toEqual([undefined]);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      '6 trials of openrouter:m deferred: openrouter: no key is sent',
    );
  });
});

it('what a wrong key left is deferred, and asked by --resume once the key is right', async () => {
  const endpoint = await serve((asked, index, response) =>
    asked.headers.authorization === 'Bearer right-key-of-ours'
      ? fine(asked, index, response)
      : fail(response, 401, 'Incorrect API key'),
  );
  const cwd = folder(`here: { base_url: "${endpoint.baseUrl}", api_key_env: K }`);
  const wrong = await bench(cwd, ['run', 'suite.yaml', '-m', 'here:m'], { K: 'wrong-key-of-ours' });
  expect([wrong.code, endpoint.asked.length]).toEqual([3, 1]);
  const right = await bench(cwd, ['run', '--resume'], { K: 'right-key-of-ours' });
  expect(right.code, right.stderr).toBe(0);
  expect(trialsIn(onlyRun(cwd)).map(({ verdict }) => verdict)).toEqual(Array(6).fill('passed'));
  expect(endpoint.asked).toHaveLength(7);
});

it('what the server said stands in the table’s reasons, and show is offered though nothing was answered', async () => {
  const endpoint = await serve((_, __, response) =>
    fail(response, 422, 'the field "stop" is not known here'),
  );
  const cwd = folder(`here: { base_url: "${endpoint.baseUrl}" }`);
  const { code, stdout, stderr } = await bench(cwd, [
    'run',
    'suite.yaml',
    '-m',
    'here:m',
    '--case',
    'c[01]',
    '--case',
    'c0',
    '--case',
    'c1',
  ]);
  expect(code).toBe(3);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
    'here:m left 2 trials unanswered: bad request ("the field "stop" is not known here").',
  );
  expect(summaryIn(onlyRun(cwd)).candidates[0]).toMatchObject({
    server_said: { bad_request: 'the field "stop" is not known here' },
  });
  expect(stderr).toContain('bench show latest docs/c0');
  const shown = await bench(cwd, ['show', 'latest', 'docs/c0']);
  expect([shown.code, shown.stdout]).toEqual([
    0,
    expect.stringContaining('the field "stop" is not known here'),
  ]);
});
