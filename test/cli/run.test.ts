import { readdirSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { bench, journalIn, onlyRun, start, summaryIn, trialsIn } from './bench.js';
import { answer, fail, serve } from './endpoint.js';

const right = '```js\nconst f = (x) => x + 1;\n```\n';
const wrong = '```js\nconst f = (x) => x;\n```\n';

const suite = `name: small
defaults: { language: javascript, category: simple, system: Be brief., params: { temperature: 0.2 } }
cases:
  - { id: one, prompt: Write f., entry: f, table: [{ args: [1], returns: 2 }] }
  - { id: two, prompt: Write f again., entry: f, tests: "assert.equal(f(2), 3)" }
`;

function folder(baseUrl: string, more = '') {
  return folderWith({
    'suite.yaml': suite,
    'bench.yaml': `providers:
  here: { base_url: "${baseUrl}", headers: { X-Team: bench } }
  keyed: { base_url: "${baseUrl}", api_key_env: HERE_KEY }
models:
  streams: { provider: here, model: s-1, price: { input: 1, output: 10 }, params: { top_p: 0.5 }, body: { route: fast } }
  plain: { provider: here, model: p-1, stream: false }
  paid: { provider: keyed, model: k-1 }
rotations: { chain: { models: [streams, plain], retry: { base_delay: 50ms } } }
${more}`,
  });
}

it('streamed and plain answers come with usage, times, served model, and cost where the price is known', async () => {
  const endpoint = await serve((asked, _, response) => answer(asked, response, right));
  const cwd = folder(endpoint.baseUrl);
  const { code, stdout } = await bench(cwd, ['run', 'suite.yaml', '-m', 'streams', '-m', 'plain', '-n', '2']);
  expect(code).toBe(0);
  expect(stdout).not.toContain('simulated');
  const trials = trialsIn(onlyRun(cwd));
  expect(trials).toHaveLength(8);
  for (const trial of trials) {
    expect(trial).toMatchObject({
      verdict: 'passed',
      score: 1,
      outcome: 'answered',
      completion: {
        text: right,
        finish_reason: 'stop',
        served_model: trial.candidate === 'streams' ? 's-1-served' : 'p-1-served',
        usage: { prompt_tokens: 12, completion_tokens: 34 },
      },
    });
    if (trial.candidate === 'streams') {
      // Small writes may come as one.
      expect(trial.ttft_ms ?? 0).toBeLessThanOrEqual(trial.latency_ms ?? 0);
      expect(trial.cost_usd).toBeCloseTo((12 + 340) / 1e6, 12);
    } else expect([trial.ttft_ms, trial.cost_usd]).toEqual([null, null]);
  }
  const sent = endpoint.asked.find(
    (asked) => asked.model === 's-1' && JSON.stringify(asked.body).includes('again'),
  );
  expect(sent?.path).toBe('/v1/chat/completions');
  expect(sent?.headers).toMatchObject({ 'x-team': 'bench' });
  expect(sent?.headers.authorization).toBeUndefined();
  expect(sent?.body).toMatchObject({
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Write f again.' },
    ],
    temperature: 0.2,
    top_p: 0.5,
    route: 'fast',
    stream: true,
  });
  const [streams, plain] = summaryIn(onlyRun(cwd)).candidates;
  expect(streams?.cost_usd).toBeCloseTo((4 * 352) / 1e6, 5);
  expect(plain?.cost_usd).toBeNull();
  expect(stdout).toMatch(/plain .* n\/a +–/);
});

it('a 429 with Retry-After is obeyed, and costs a wait, not an answer', async () => {
  const endpoint = await serve((asked, index, response) => {
    if (index === 0) fail(response, 429, 'slow down', { 'retry-after': '1' });
    else answer(asked, response, right);
  });
  const cwd = folder(endpoint.baseUrl);
  expect(await bench(cwd, ['run', 'suite.yaml', '-m', 'streams'])).toMatchObject({ code: 0 });
  const [first, second] = endpoint.asked;
  expect(endpoint.asked).toHaveLength(3);
  expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThanOrEqual(1000);
  const limited = trialsIn(onlyRun(cwd)).find((trial) => trial.attempts.length === 2);
  expect(limited).toMatchObject({
    verdict: 'passed',
    attempts: [
      { outcome: 'rate_limited', status: 429 },
      { outcome: 'answered', status: 200 },
    ],
  });
  expect((limited?.backoff_ms ?? 0) + (limited?.pace_ms ?? 0)).toBeGreaterThanOrEqual(1000);
  expect(limited?.latency_ms).toBeLessThan(1000);
});

it('a 401 stops after the first request, says so once, and exits 3', async () => {
  const endpoint = await serve((_, __, response) => fail(response, 401, 'this key is not known'));
  const cwd = folder(endpoint.baseUrl);
  const { code, stderr } = await bench(cwd, ['run', 'suite.yaml', '-m', 'paid', '-n', '5'], {
    HERE_KEY: 'sk-not-known-1',
  });
  expect(code).toBe(3);
  expect(endpoint.asked).toHaveLength(1);
  expect(stderr.match(/^! /gm)).toHaveLength(1);
  expect(stderr).toContain('! paid: keyed: this key is not known');
  // A key can be mended: nothing is final, and the run can be resumed.
  expect(trialsIn(onlyRun(cwd))).toEqual([]);
  const summary = summaryIn(onlyRun(cwd));
  expect(summary.candidates[0]).toMatchObject({
    verdicts: { unanswered: 10 },
    outcomes: { lane_down: 10 },
  });
  expect(summary.parked).toMatchObject([{ candidate: 'paid', trials: 10, until: null }]);
  const shown = await bench(cwd, ['show', 'latest', 'one']);
  expect([shown.code, shown.stdout]).toEqual([0, expect.stringContaining('keyed: this key is not known')]);
});

it('a rotation says who answered each trial, and every change is in the journal and in run.json', async () => {
  const endpoint = await serve((asked, _, response) => {
    if (asked.model === 's-1') fail(response, 429, 'limited', { 'retry-after': '600' });
    else answer(asked, response, right);
  });
  const cwd = folder(endpoint.baseUrl);
  const { code, stdout } = await bench(cwd, ['run', 'suite.yaml', '-r', 'chain', '-n', '3']);
  expect(code).toBe(0);
  expect(stdout).toContain('answered by');
  expect(stdout).toMatch(/answered by +plain 6/);
  const run = onlyRun(cwd);
  const trials = trialsIn(run);
  expect(trials.map(({ candidate, answered_by }) => [candidate, answered_by])).toEqual(
    Array.from({ length: 6 }, () => ['chain', 'plain']),
  );
  const rotations = journalIn(run).filter((line) => line.type === 'event');
  expect(rotations).toHaveLength(6);
  expect(rotations[0]).toMatchObject({ kind: 'rotation', candidate: 'chain', from: 'streams', to: 'plain' });
  expect(summaryIn(run)).toMatchObject({
    totals: { rotations: 6 },
    candidates: [{ candidate: 'chain', rotations: 6, answered_by: { plain: 6 } }],
  });
  expect(summaryIn(run).events).toHaveLength(6);
  // One request was enough to learn of the limit, and nobody waited for it.
  expect(endpoint.asked.filter(({ model }) => model === 's-1')).toHaveLength(1);
});

it('a port that nobody listens on is one clear sentence, exit 3', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const cwd = folder(`http://127.0.0.1:${port}/v1`);
  const { code, stderr } = await bench(cwd, ['run', 'suite.yaml', '-m', 'streams']);
  expect(code).toBe(3);
  const told = stderr.split('\n').filter((line) => line.startsWith('!'));
  expect(told).toEqual([
    `! streams: nobody answers at http://127.0.0.1:${port}/v1 (connect ECONNREFUSED 127.0.0.1:${port}): is the server running?`,
  ]);
  expect(stderr).not.toMatch(/^ +at /m);
});

it('a key comes from the environment or .env, is sent, and is never written or shown', async () => {
  const key = 'sk-very/secret"key-123456';
  const endpoint = await serve((asked, index, response) => {
    if (index === 0) fail(response, 500, `broken for ${key}`);
    else answer(asked, response, `${right}\nYour key is ${key}.`);
  });
  const cwd = folder(endpoint.baseUrl, 'retry: { base_delay: 20ms }');
  const options = ['run', 'suite.yaml', '-m', 'paid', '-v', '--env-file', 'keys.env'];
  const { writeFileSync } = await import('node:fs');
  writeFileSync(join(cwd, 'keys.env'), `OTHER=1\nHERE_KEY='${key}'\n`);
  const { code, stdout, stderr } = await bench(cwd, options);
  expect(code).toBe(0);
  expect(endpoint.asked.every(({ headers }) => headers.authorization === `Bearer ${key}`)).toBe(true);
  const run = onlyRun(cwd);
  const written = readdirSync(run).map((file) => readFileSync(join(run, file), 'utf8'));
  for (const text of [stdout, stderr, ...written]) {
    expect(text).not.toContain('secret');
    expect(text).not.toContain(key);
  }
  expect(written.join()).toContain('Your key is [redacted].');
  expect(stderr).toContain('broken for [redacted]');
  // The environment wins over the file.
  await bench(cwd, [...options, '-o', 'again'], { HERE_KEY: 'sk-from-the-environment' });
  expect(endpoint.asked.at(-1)?.headers.authorization).toBe('Bearer sk-from-the-environment');
});

it('thresholds gate, a figure at a time: exit 1 when one is missed', async () => {
  const endpoint = await serve((asked, _, response) =>
    answer(asked, response, asked.model === 's-1' ? right : wrong),
  );
  const cwd = folder(endpoint.baseUrl);
  const gate = ['--fail-under', 'pass_rate>=0.5', '--fail-under', 'p90_ms<=60000'];
  expect(await bench(cwd, ['run', 'suite.yaml', '-m', 'streams', ...gate])).toMatchObject({ code: 0 });
  const missed = await bench(cwd, ['run', 'suite.yaml', '-m', 'streams', '-m', 'plain', ...gate]);
  expect(missed.code).toBe(1);
  expect(missed.stderr).toContain('MISSED  pass_rate>=0.5  plain: 0%');
});

it('--json gives one JSON document on stdout and nothing on stderr', async () => {
  const endpoint = await serve((asked, _, response) => answer(asked, response, right));
  const cwd = folder(endpoint.baseUrl);
  const { code, stdout, stderr } = await bench(cwd, ['run', 'suite.yaml', '-m', 'streams', '--json']);
  expect([code, stderr]).toEqual([0, '']);
  expect(JSON.parse(stdout)).toEqual(summaryIn(onlyRun(cwd)));
});

it('filters choose cases, and -m replaces the candidates of the suite', async () => {
  const cwd = folderWith({});
  const run = ['run', 'quickstart', '-m', 'reference', '-m', 'stub', '--quiet'];
  expect(await bench(cwd, [...run, '-c', 'simple', '--case', 'simple/title*'])).toMatchObject({
    code: 0,
    stderr: '',
  });
  expect(
    trialsIn(onlyRun(cwd))
      .map(({ case: id, candidate, verdict }) => `${id} ${candidate} ${verdict}`)
      .sort(),
  ).toEqual(['title-to-slug reference passed', 'title-to-slug stub failed']);
});

it('unanswered trials exit 3 unless they are allowed', async () => {
  const endpoint = await serve((asked, index, response) => {
    if (index === 0) fail(response, 400, 'no such thing');
    else answer(asked, response, right);
  });
  const cwd = folder(endpoint.baseUrl);
  expect(await bench(cwd, ['run', 'suite.yaml', '-m', 'streams'])).toMatchObject({ code: 3 });
  const second = await serve((asked, index, response) => {
    if (index === 0) fail(response, 400, 'no such thing');
    else answer(asked, response, right);
  });
  const other = folder(second.baseUrl);
  expect(await bench(other, ['run', 'suite.yaml', '-m', 'streams', '--allow-unanswered', '1'])).toMatchObject(
    { code: 0 },
  );
  expect(
    trialsIn(onlyRun(other))
      .map(({ verdict }) => verdict)
      .sort(),
  ).toEqual(['passed', 'unanswered']);
});

it('an interrupt ends the run with 130, and what finished is on disk', async () => {
  const endpoint = await serve((asked, index, response) => {
    if (index === 0) answer(asked, response, right);
    else onTestFinished(() => void response.end());
    if (index === 1) running.signal('SIGINT');
  });
  const cwd = folder(endpoint.baseUrl);
  const running = start(cwd, ['run', 'suite.yaml', '-m', 'streams', '-j', '1']);
  const { code, stderr } = await running.ended;
  expect(code, stderr).toBe(130);
  expect(stderr).toMatch(
    /^! interrupted: no more requests are sent; .*interrupt again to stop immediately$/m,
  );
  const run = onlyRun(cwd);
  expect(trialsIn(run)).toHaveLength(1);
  expect(summaryIn(run)).toMatchObject({
    complete: false,
    totals: { trials: 1, planned: 2 },
    candidates: [{ outcomes: { answered: 1, interrupted: 1 } }],
  });
});

it('endpoints are reached through a proxy of the environment', async () => {
  const tunnels: string[] = [];
  const { createServer: createHttp } = await import('node:http');
  const proxy = createHttp((request, response) => {
    tunnels.push(`${request.method} ${request.url}`);
    response.writeHead(502).end();
  });
  proxy.on('connect', (request, socket) => {
    tunnels.push(`CONNECT ${request.url}`);
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void proxy.close());
  const { port } = proxy.address() as AddressInfo;
  const cwd = folder('http://models.invalid:8080/v1', 'retry: { max_attempts: 1 }');
  const { code } = await bench(cwd, ['run', 'suite.yaml', '-m', 'streams'], {
    HTTP_PROXY: `http://127.0.0.1:${port}`,
  });
  expect(code).toBe(3);
  expect(tunnels[0]).toMatch(/models\.invalid:8080/);
});

it('says loudly what looks broken: a case that nobody passes, a candidate whose answers hold no code', async () => {
  const cwd = folderWith({
    'bench.yaml': `models:
  weak: { provider: simulated, quality: 0 }
  prose: { provider: simulated, answers: prose.yaml }
`,
    'prose.yaml': 'one: [I cannot, I will not, I shall not, No]\n',
    'suite.yaml': `name: s
cases:
  - { id: one, category: simple, language: javascript, prompt: p, entry: one, samples: 4, table: [{ returns: 1 }], solution: "const one = () => 1;" }
`,
  });
  const { code, stdout, stderr } = await bench(cwd, ['run', 'suite.yaml', '-m', 'weak', '-m', 'prose']);
  expect(code, stderr).toBe(0);
  const text = stdout.replaceAll(/\s+/g, ' ');
  expect(text).toContain('Nobody passed one: hard, or broken? Check with bench validate.');
  expect(text).toContain('100% of the answers of prose contained no code');
  expect(summaryIn(onlyRun(cwd)).alarms).toMatchObject([
    { kind: 'nobody_passes', cases: ['one'] },
    { kind: 'mostly_no_code', candidate: 'prose', share: 1 },
  ]);
});
