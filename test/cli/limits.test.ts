/** What limits, quotas and failing servers look like from the command line. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { limiterOf } from '../../src/providers/simulated-limits.js';
import { folderWith } from '../suite/folder.js';
import { bench, journalIn, onlyRun, summaryIn, trialsIn } from './bench.js';
import { answer, fail, serve } from './endpoint.js';

const right = '```js\nconst f = (x) => x + 1;\n```\n';

function folder(providers: string, models: string, more = '') {
  return folderWith({
    'suite.yaml': `name: small
defaults: { language: javascript, category: simple, samples: 50 }
cases:
  - { id: one, prompt: Write f., entry: f, table: [{ args: [1], returns: 2 }] }
  - { id: two, prompt: Write f again., entry: f, table: [{ args: [2], returns: 3 }] }
`,
    'bench.yaml': `providers: { ${providers} }\nmodels: { ${models} }\n${more}`,
  });
}

it('a 401 with a hundred trials queued costs at most two requests', async () => {
  const endpoint = await serve((_, __, response) => fail(response, 401, 'no such key'));
  const cwd = folder(
    `p: { base_url: "${endpoint.baseUrl}", api_key_env: K }`,
    'm: { provider: p, model: m }',
  );
  const { code, stderr } = await bench(cwd, ['run', 'suite.yaml', '-m', 'm'], { K: 'sk-no-such-key' });
  expect(code).toBe(3);
  expect(endpoint.asked.length).toBeLessThanOrEqual(2);
  expect(stderr).toContain('! m: p: no such key');
});

it('a model that is not known costs one request, and the nearest that is served is suggested', async () => {
  const unknown = { error: { message: "model 'qwen-codr' not found", code: 'model_not_found' } };
  const endpoint = await serve(
    (_, __, response) => {
      response.writeHead(404, { 'content-type': 'application/json' });
      response.end(JSON.stringify(unknown));
    },
    ['qwen-chat', 'qwen-coder', 'phi'],
  );
  const cwd = folder(
    `p: { base_url: "${endpoint.baseUrl}" }`,
    'm: { provider: p, model: qwen-codr }, far: { provider: p, model: something-else }',
  );
  const { code, stderr } = await bench(cwd, ['run', 'suite.yaml', '-m', 'm', '-m', 'far']);
  expect(code).toBe(3);
  expect(endpoint.asked.map(({ model }) => model).sort()).toEqual(['qwen-codr', 'something-else']);
  expect(stderr).toContain(
    `! m: p does not know the model "qwen-codr" at ${endpoint.baseUrl}: model 'qwen-codr' not found; did you mean "qwen-coder"?`,
  );
  expect(stderr.replaceAll(/\s+/g, ' ')).toContain('it serves qwen-chat, qwen-coder, phi');
});

/** So close to the end of a day, which providers' days have in common, a run waits for it instead. */
const DAY_MS = 24 * 3_600_000;
const isLate = DAY_MS - (Date.now() % DAY_MS) < 20 * 60_000;

it.skipIf(isLate)(
  'a daily quota is asked once, says until when, parks its trials, and lets the others go on',
  async () => {
    const endpoint = await serve((asked, _, response) => {
      if (asked.model === 'spent') fail(response, 429, 'Rate limit exceeded: free-models-per-day');
      else answer(asked, response, right);
    });
    const cwd = folder(
      `p: { base_url: "${endpoint.baseUrl}" }, q: { base_url: "${endpoint.baseUrl}", api_key_env: Q }`,
      'spent: { provider: p, model: spent }, other: { provider: q, model: other }',
    );
    const { code, stderr, stdout } = await bench(
      cwd,
      ['run', 'suite.yaml', '-m', 'spent', '-m', 'other', '-n', '5'],
      { Q: 'another-key-of-ours' },
    );
    expect(code).toBe(3);
    expect(endpoint.asked.filter(({ model }) => model === 'spent')).toHaveLength(1);
    expect(stderr).toMatch(
      /! p account: daily quota; paused until 00:00 UTC \(.*\)\. Its trials may be deferred/,
    );
    expect(stdout).toContain('spent left 10 trials unanswered: quota.');
    const run = onlyRun(cwd);
    expect(trialsIn(run).filter(({ candidate }) => candidate === 'other')).toHaveLength(10);
    expect(trialsIn(run).filter(({ candidate }) => candidate === 'spent')).toHaveLength(0);
    const { complete, parked } = summaryIn(run);
    expect(complete).toBe(false);
    expect(parked).toEqual([
      {
        candidate: 'spent',
        reason: 'spent is paused longer than max_wait',
        trials: 10,
        until: expect.stringMatching(/T00:00:00\.\d{3}Z$|T23:59:59\.\d{3}Z$/),
      },
    ]);
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /10 trials of spent deferred: spent is paused longer than max_wait\. They can be resumed at \d{4}-/,
    );
    const lines = journalIn(run).filter((line) => line.type === 'event');
    expect(lines).toHaveLength(10);
    expect(lines[0]).toMatchObject({ kind: 'parked', candidate: 'spent' });
  },
);

it('a Retry-After of two hours parks the model, and the others go on', async () => {
  const endpoint = await serve((asked, _, response) => {
    if (asked.model === 'long') fail(response, 429, 'come later', { 'retry-after': '7200' });
    else answer(asked, response, right);
  });
  const cwd = folder(
    `p: { base_url: "${endpoint.baseUrl}" }`,
    'long: { provider: p, model: long }, other: { provider: p, model: other }',
  );
  const { code, stdout } = await bench(cwd, ['run', 'suite.yaml', '-m', 'long', '-m', 'other', '-n', '3']);
  expect(code).toBe(3);
  // A model's second request may be on its way before the first one's status is here.
  expect(endpoint.asked.filter(({ model }) => model === 'long').length).toBeLessThanOrEqual(2);
  expect(stdout).toContain('long left 6 trials unanswered: quota.');
  expect(stdout).toMatch(/other +100%/);
});

it('a quota of the day that bench.yaml knows is kept over runs', async () => {
  const endpoint = await serve((asked, _, response) => answer(asked, response, right));
  const cwd = folder(
    `p: { base_url: "${endpoint.baseUrl}", limits: { rpd: 5 } }`,
    'm: { provider: p, model: m }',
    // Close to midnight the day's end is no long wait.
    'retry: { max_wait: 1s }\n',
  );
  const run = (...more: string[]) => bench(cwd, ['run', 'suite.yaml', '-m', 'm', '-n', '2', ...more]);
  expect((await run()).code).toBe(0);
  const dry = await run('--dry-run');
  expect(dry.stdout).toContain(
    "p: 4 of today's 5 requests are used, this run wants 4: 3 of its requests would wait",
  );
  const second = await run();
  expect(second.code).toBe(3);
  expect(endpoint.asked).toHaveLength(5);
  expect((await run()).code).toBe(3);
  expect(endpoint.asked).toHaveLength(5);
});

it('another model than the one that was asked for is told once', async () => {
  const endpoint = await serve((asked, _, response) =>
    answer({ ...asked, model: 'cheaper' }, response, right),
  );
  const cwd = folder(`p: { base_url: "${endpoint.baseUrl}" }`, 'm: { provider: p, model: dear }');
  const { code, stderr } = await bench(cwd, ['run', 'suite.yaml', '-m', 'm', '-n', '2']);
  expect(code).toBe(0);
  expect(stderr.match(/! m: asked for "dear", the server says it used "cheaper-served"/g)).toHaveLength(1);
  expect(summaryIn(onlyRun(cwd)).warnings).toEqual([
    'm: asked for "dear", the server says it used "cheaper-served"',
  ]);
});

it('candidates that share an account are warned of, and -v logs each attempt as text or JSON', async () => {
  const endpoint = await serve((asked, _, response) => answer(asked, response, right));
  const cwd = folder(
    `p: { base_url: "${endpoint.baseUrl}", limits: { rpm: 600 } }`,
    'a: { provider: p, model: a }, b: { provider: p, model: b }',
    'rotations: { r: [a, b] }',
  );
  const run = (...more: string[]) =>
    bench(cwd, ['run', 'suite.yaml', '-m', 'a', '-r', 'r', '-n', '1', '-v', ...more]);
  const text = await run();
  expect(text.stderr).toContain('! a, b share one account and its limits: they slow each other down');
  expect(text.stderr).toMatch(/^[0-9a-f]{8} {2}a {2}a 200 answered in /m);
  const json = await run('--log-format', 'json', '-o', join('other'));
  const lines = json.stderr
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line));
  expect(lines.filter(({ event }) => event === 'attempt-ended')).toHaveLength(4);
  expect(lines[0]).toMatchObject({ trial: expect.stringMatching(/^[0-9a-f]{16}$/), model: 'a', status: 200 });
});

it('a dry run sends nothing and tells trials, requests, tokens, time and cost', async () => {
  const endpoint = await serve((_, __, response) => response.end());
  const cwd = folder(
    `p: { base_url: "${endpoint.baseUrl}", api_key_env: NOT_SET, limits: { rpm: 60 } }`,
    'm: { provider: p, model: m, price: { input: 1, output: 1 } }',
  );
  const { code, stdout } = await bench(cwd, ['run', 'suite.yaml', '-m', 'm', '--dry-run', '--seed', '1']);
  expect([code, endpoint.asked]).toEqual([0, []]);
  expect(stdout).toMatch(/would send 100 trials, about 100 requests and \d+ tokens; cost at most \$0\.10/);
  // 60 a minute: the last 40 a minute after the first 40.
  expect(stdout).toMatch(/would take about 9\d\.\d s/);
});

// With `npm run test:long`: it waits for a limit in real time, twice.
it.skipIf(process.env['FC_RUNS'] === undefined)(
  'remembers from run to run what it has learned of a limit that nobody told, and says so',
  async () => {
    const limiter = limiterOf({ kind: 'token_bucket', perMinute: 1200, burst: 5 });
    const endpoint = await serve((asked, _, response) => {
      if (limiter.take(performance.now(), Date.now()) === 0) return answer(asked, response, 'It is fine.');
      response.writeHead(429, { 'content-type': 'application/json' });
      response.end('{"error":{"message":"slow down"}}');
    });
    const cases = Array.from(
      { length: 40 },
      (_, index) =>
        `  - { id: c${index}, category: docs, prompt: Number ${index}., checks: [{ text_matches: fine }] }\n`,
    );
    const cwd = folderWith({
      'suite.yaml': `name: prose\ncases:\n${cases.join('')}`,
      'bench.yaml': `providers: { here: { base_url: "${endpoint.baseUrl}" } }\nmodels: { m: { provider: here, model: m, stream: false } }\n`,
    });
    const run = ['run', 'suite.yaml', '-m', 'm', '-v'];
    const first = await bench(cwd, run);
    expect(first.code, first.stderr).toBe(0);
    expect(first.stderr).toMatch(/limit +m about \d/);
    expect(first.stderr).not.toContain('as learned');
    const second = await bench(cwd, run);
    expect(second.code, second.stderr).toBe(0);
    expect(second.stderr).toMatch(/limit +m about \d+ requests\/min \(learned [\d.]+ m?s ago\)/);
    const state = readFileSync(join(cwd, '.local/state/codegen-bench/paces.json'), 'utf8');
    expect(state).toContain('per_minute');
    const json = await bench(cwd, [...run, '--case', 'c1', '--log-format', 'json']);
    expect(json.stderr).toMatch(
      /"event":"pace-changed","model":"m","per_minute":[\d.]+,"learned_ms_ago":\d+/,
    );
  },
  60_000,
);

it('a limit of tokens holds where a server counts none: the texts are estimated', async () => {
  const text = `It is fine. ${'And so on. '.repeat(40)}`;
  const endpoint = await serve((_, __, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ choices: [{ message: { content: text }, finish_reason: 'stop' }] }));
  });
  const cwd = folderWith({
    'suite.yaml': `name: prose
defaults: { samples: 6 }
cases: [{ id: one, category: docs, prompt: Say it is fine., checks: [{ text_matches: fine }] }]
models: [{ name: m, provider: here, model: m, limits: { tpm: 100 } }]
`,
    'bench.yaml': `providers: { here: { base_url: "${endpoint.baseUrl}" } }\n`,
  });
  // Each takes more than a minute of its limit.
  const { code } = await bench(cwd, ['run', 'suite.yaml', '--deadline', '1s', '-j', '1']);
  expect([code, endpoint.asked.length]).toEqual([3, 1]);
}, 60_000);

it('a model that waits for its turn is told by name, with the reason and for how long', async () => {
  const endpoint = await serve((asked, _, response) => answer(asked, response, 'It is fine.'));
  const cwd = folderWith({
    'suite.yaml': `name: prose
defaults: { samples: 3 }
cases: [{ id: one, category: docs, prompt: Say it is fine., checks: [{ text_matches: fine }] }]
models:
  - { name: few, provider: here, model: few, limits: { rpm: 2 } }
  - { name: short, provider: here, model: short, limits: { tpm: 500 } }
  - { name: one, provider: shared, model: one }
  - { name: other, provider: shared, model: other }
`,
    'bench.yaml': `providers:
  here: { base_url: "${endpoint.baseUrl}" }
  shared: { base_url: "${endpoint.baseUrl}", api_key_env: K, limits: { rpm: 2 } }
`,
  });
  const run = ['run', 'suite.yaml', '--deadline', '2s', '-v'];
  const { stderr } = await bench(cwd, run, { K: 'another-key-of-ours' });
  // Of an account, once for all its models.
  expect(stderr.match(/^limit .*(one|other|shared).*$/gm)).toEqual([
    expect.stringMatching(/^limit {5}shared account waits (59|60)\.\d s \(limit of 2 a minute\)$/),
  ]);
  const waits = stderr.match(/^limit .*few.*$/gm) ?? [];
  expect(waits).toHaveLength(1);
  expect(waits[0]).toMatch(/^limit {5}few waits (59|60)\.\d s \(limit of 2 a minute\)$/);
  // The answer took less than was feared: the next turn is sooner, and is told as well.
  expect(stderr.match(/^limit .*short.*$/gm)).toEqual([
    expect.stringMatching(/^limit {5}short waits (2 min 00|1 min 59) s \(limit of 500 tokens a minute\)$/),
    expect.stringMatching(/^limit {5}short waits [345]\.\d s \(limit of 500 tokens a minute\)$/),
  ]);
  const json = await bench(cwd, [...run, '--log-format', 'json'], { K: 'another-key-of-ours' });
  expect(json.stderr).toMatch(
    /"event":"paced","model":"few","reason":"limit of 2 a minute","for_ms":(59|60)\d{3}\}/,
  );
}, 60_000);

it('a pace that was learned is told as one, once for each turn that takes a second or more', async () => {
  const cwd = folderWith({
    'suite.yaml': `name: prose
defaults: { samples: 20 }
cases: [{ id: one, category: docs, prompt: Say it is fine., checks: [{ text_matches: "." }] }]
models: [{ name: few, provider: simulated, limits: { rpm: 10, burst: 2 } }]
`,
  });
  const { stderr } = await bench(cwd, ['run', 'suite.yaml', '-v', '--allow-unanswered', 'all']);
  const waits = stderr.match(/^limit {5}few waits [\d.]+ s \(about [\d.]+ a minute, learned\)$/gm) ?? [];
  expect(waits.length, stderr).toBeGreaterThan(5);
  expect(waits.length).toBeLessThanOrEqual(stderr.match(/ few 200 | few 429 /g)?.length ?? 0);
  expect(stderr).toMatch(/^limit {5}few paused [\d.]+ m?s \(rate limited(; from the server)?\)$/m);
}, 60_000);
