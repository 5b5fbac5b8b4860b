/** What servers send that is not quite what the documents show, through the command and over real HTTP. */
import type { ServerResponse } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import type { TrialRecord } from '../../src/domain/record.js';
import { folderWith } from '../suite/folder.js';
import { bench, onlyRun, summaryIn, trialsIn } from './bench.js';
import { answer, fail, type Respond, serve } from './endpoint.js';

const code = '```python\ndef f(x):\n    return x + 1\n```\n';
const half = '```python\ndef f(x):\n    ret';
const json = { 'content-type': 'application/json' };
const sse = { 'content-type': 'text/event-stream' };

const send = (response: ServerResponse, headers: Record<string, string>, body: unknown, status = 200) => {
  response.writeHead(status, headers);
  response.end(typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body));
};
const choice = (message: object, more: object = {}) => ({
  choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason: 'stop', ...more }],
});
const event = (value: unknown) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`;
const delta = (content: string | null, finish: string | null = null, more: object = {}) =>
  event({ choices: [{ index: 0, delta: { content }, finish_reason: finish, ...more }] });
const done = event('[DONE]');
const stream =
  (...events: readonly string[]): Respond =>
  (_, __, response) =>
    send(response, sse, events.join(''));
const whole =
  (body: unknown, headers: Record<string, string> = json): Respond =>
  (_, __, response) =>
    send(response, headers, body);
const refusal =
  (status: number, error: object, headers: Record<string, string> = {}): Respond =>
  (_, __, response) =>
    send(response, { ...json, ...headers }, { error }, status);
const priced = (usage: object): Respond => whole({ ...choice({ content: code }), usage });

/** `asked`: requests at the server; each trial may be asked twice. */
interface Wanted {
  readonly outcome?: TrialRecord['outcome'] | 'deferred';
  readonly verdict?: TrialRecord['verdict'];
  readonly asked?: number;
  readonly cost?: number | null;
  readonly ttft?: null;
  readonly detail?: string;
  readonly usage?: object;
}

const passed: Wanted = { outcome: 'answered', verdict: 'passed', asked: 1 };
const lost = (outcome: NonNullable<Wanted['outcome']>, asked = 2): Wanted => ({
  outcome,
  verdict: 'unanswered',
  asked,
});
const inFiveHoursS = () => Math.floor(Date.now() / 1000) + 5 * 3600;

const rows: Readonly<Record<string, readonly [Respond, Wanted]>> = {
  // An error on the choice.
  'choice error': [
    whole(choice({ content: code }, { finish_reason: 'error', error: { code: 503, message: 'gone' } })),
    lost('upstream'),
  ],
  'choice error in a chunk': [
    stream(delta(half), delta('', null, { error: { code: 502, message: 'gone' } }), done),
    lost('upstream'),
  ],
  'finish reason error': [stream(delta(code), delta(null, 'error'), done), lost('upstream')],
  // Snapshots.
  'a message after the deltas': [
    stream(delta(code.slice(0, 20)), delta(code.slice(20)), event(choice({ content: code })), done),
    passed,
  ],
  'a message each time': [
    stream(...[9, 20, code.length].map((end) => event(choice({ content: code.slice(0, end) }))), done),
    passed,
  ],
  'an empty message at the end': [stream(delta(code), event(choice({ content: null })), done), passed],
  // Finish reasons.
  'finish reason of nothing': [stream(delta(code, ''), delta('', '')), lost('broken_stream')],
  'finish reason of nothing, then DONE': [stream(delta(code, ''), done), passed],
  'finish reason in capitals': [stream(delta(code), delta('', 'STOP')), passed],
  'cut off: LENGTH': [
    stream(delta(half), delta('', 'LENGTH'), done),
    { outcome: 'truncated', verdict: 'failed', asked: 1 },
  ],
  'cut off: max_output_tokens': [
    stream(delta(half), delta('', 'max_output_tokens'), done),
    { outcome: 'truncated', verdict: 'failed', asked: 1 },
  ],
  'cut off: MAX_TOKENS': [
    whole(choice({ content: half }, { finish_reason: 'MAX_TOKENS' })),
    { outcome: 'truncated', asked: 1 },
  ],
  'refused: SAFETY': [
    stream(delta(null, 'SAFETY'), done),
    { outcome: 'refused', verdict: 'failed', asked: 1 },
  ],
  'refused: prohibited_content': [
    whole(choice({ content: null }, { finish_reason: 'prohibited_content' })),
    { outcome: 'refused', asked: 1 },
  ],
  'no resources': [stream(delta(half), delta('', 'insufficient_system_resource'), done), lost('upstream')],
  // Events named error.
  'event error in prose': [
    stream(delta(half), 'event: error\ndata: upstream died\n\n', done),
    lost('upstream'),
  ],
  'event error in JSON': [
    stream(delta(half), 'event: error\ndata: {"message":"overloaded"}\n\n'),
    lost('upstream'),
  ],
  'event error with a status': [
    stream('event: error\ndata: {"error":{"code":401,"message":"bad key"}}\n\n'),
    lost('deferred', 1),
  ],
  // Bodies that are announced as something else.
  'an error under event-stream': [
    whole({ error: { code: 401, message: 'bad key' } }, sse),
    lost('deferred', 1),
  ],
  'an answer under event-stream': [whole(choice({ content: code }), sse), passed],
  'a stream under JSON': [
    (_, __, response) => send(response, json, delta(code) + delta('', 'stop') + done),
    passed,
  ],
  'a stream under nothing': [
    (_, __, response) => send(response, {}, `: hello\n\n${delta(code)}${delta('', 'stop')}`),
    passed,
  ],
  'a page under JSON': [whole('<html><title>Bad Gateway</title></html>'), lost('upstream')],
  'JSON lines': [
    whole(
      [code.slice(0, 15), code.slice(15)]
        .map((content) => JSON.stringify({ choices: [{ delta: { content }, finish_reason: null }] }))
        .join('\n'),
    ),
    passed,
  ],
  // Compression.
  gzip: [
    whole(gzipSync(JSON.stringify(choice({ content: code }))), { ...json, 'content-encoding': 'gzip' }),
    passed,
  ],
  deflate: [
    whole(deflateSync(JSON.stringify(choice({ content: code }))), { ...json, 'content-encoding': 'deflate' }),
    passed,
  ],
  brotli: [
    whole(brotliCompressSync(delta(code) + delta('', 'stop') + done), { ...sse, 'content-encoding': 'br' }),
    passed,
  ],
  'gzip that breaks off': [
    whole(gzipSync(JSON.stringify(choice({ content: code }))).subarray(0, 40), {
      ...json,
      'content-encoding': 'gzip',
    }),
    lost('broken_stream'),
  ],
  // Redirects.
  'a redirect on the host': [
    (asked, _, response) => send(response, { location: asked.path.replace('/v1/', '/v2/') }, '', 308),
    lost('deferred', 1),
  ],
  'a redirect elsewhere': [
    (_, __, response) => send(response, { location: 'https://other.example/v1/chat/completions' }, '', 301),
    lost('deferred', 1),
  ],
  'a redirect to a login': [
    (_, __, response) => send(response, { location: '/login' }, '<html>', 302),
    lost('deferred', 1),
  ],
  // Moderation and the model's own slips.
  invalid_prompt: [
    refusal(400, { message: 'no', code: 'invalid_prompt' }),
    { outcome: 'refused', verdict: 'failed', asked: 1 },
  ],
  data_inspection_failed: [
    refusal(400, {
      message: 'Input data may contain inappropriate content.',
      code: 'data_inspection_failed',
    }),
    { outcome: 'refused', asked: 1 },
  ],
  moderation_blocked: [
    refusal(400, { message: 'blocked', type: 'moderation_blocked' }),
    { outcome: 'refused', asked: 1 },
  ],
  tool_use_failed: [
    refusal(400, { message: 'Failed to call a function.', code: 'tool_use_failed' }),
    { outcome: 'tool_call', verdict: 'failed', asked: 1, detail: 'called a tool instead of answering' },
  ],
  invalid_tool_call: [
    refusal(400, { message: 'bad arguments', type: 'invalid_tool_call' }),
    { outcome: 'tool_call', verdict: 'failed', asked: 1 },
  ],
  MALFORMED_FUNCTION_CALL: [
    stream(delta(null, 'MALFORMED_FUNCTION_CALL'), done),
    { outcome: 'tool_call', verdict: 'failed', asked: 1, detail: 'called a tool instead of answering' },
  ],
  'a tool call, stop': [
    whole(choice({ content: null, tool_calls: [{ id: '1', function: { name: 'run', arguments: '{}' } }] })),
    { outcome: 'tool_call', verdict: 'failed', asked: 1, detail: 'called a tool instead of answering' },
  ],
  'a tool call, tool_calls': [
    stream(
      delta(null, null, { delta: { tool_calls: [{ index: 0, function: { name: 'run' } }] } }),
      delta(null, 'tool_calls'),
      done,
    ),
    { outcome: 'tool_call', verdict: 'failed', asked: 1 },
  ],
  'a tool call beside an answer': [
    whole(choice({ content: code, tool_calls: [{ id: '1' }] }, { finish_reason: 'tool_calls' })),
    passed,
  ],
  // Token counts.
  'reasoning beside the completion': [
    priced({
      prompt_tokens: 10,
      completion_tokens: 4,
      total_tokens: 20,
      completion_tokens_details: { reasoning_tokens: 6 },
    }),
    { cost: 0.00011 },
  ],
  'reasoning in the completion': [
    priced({
      prompt_tokens: 10,
      completion_tokens: 10,
      total_tokens: 20,
      completion_tokens_details: { reasoning_tokens: 6 },
    }),
    { cost: 0.00011 },
  ],
  'no total': [priced({ prompt_tokens: 10, completion_tokens: 10 }), { cost: 0.00011 }],
  'tokens below zero': [
    priced({ prompt_tokens: 10, completion_tokens: -1 }),
    { cost: null, usage: { completion_tokens: null } },
  ],
  'tokens beyond all': [
    priced({ prompt_tokens: 10, completion_tokens: 1e300 }),
    { cost: null, usage: { completion_tokens: null } },
  ],
  'tokens as text': [
    priced({ prompt_tokens: '10', completion_tokens: '12' }),
    { cost: 0.00013, usage: { prompt_tokens: 10, completion_tokens: 12 } },
  ],
  'tokens of nothing': [priced({ prompt_tokens: null, completion_tokens: null }), { cost: null }],
  // Answers that were held back.
  'one chunk': [
    stream(
      delta(code),
      delta('', 'stop', {}),
      event({ choices: [], usage: { prompt_tokens: 9, completion_tokens: 5000 } }),
      done,
    ),
    { ...passed, ttft: null },
  ],
  'all chunks at once': [
    stream(...Array.from(code, (letter) => delta(letter)), delta('', 'stop'), done),
    { ...passed, ttft: null },
  ],
  'not streamed': [whole(choice({ content: code })), { ...passed, ttft: null }],
  // Dates as hints.
  'resets at a date': [
    (_, __, response) =>
      fail(response, 429, `usage limit reached, resets at ${new Date(1000 * inFiveHoursS()).toISOString()}`),
    lost('deferred', 1),
  ],
  resets_at: [
    (_, __, response) =>
      send(response, json, { error: { message: 'limit', resets_at: inFiveHoursS() } }, 429),
    lost('deferred', 1),
  ],
  'in three days': [
    (_, __, response) => fail(response, 429, 'The limit resets in 3 days.'),
    lost('deferred', 1),
  ],
  reset_time: [
    (_, __, response) =>
      send(
        response,
        json,
        { error: { message: 'limit' }, reset_time: new Date(1000 * inFiveHoursS()).toISOString() },
        429,
      ),
    lost('deferred', 1),
  ],
  // Nothing at all.
  'empty, twice': [
    whole(choice({ content: '' })),
    { outcome: 'empty', verdict: 'failed', asked: 2, detail: 'the answer is empty' },
  ],
  'no choices': [whole({ choices: [] }), { outcome: 'empty', verdict: 'failed', asked: 2 }],
  'empty, then an answer': [
    (asked, index, response) =>
      index === 0 ? send(response, json, choice({ content: null })) : answer(asked, response, code),
    { ...passed, asked: 2 },
  ],
  // Thoughts in other fields.
  thinking: [
    stream(event({ choices: [{ delta: { thinking: 'hm' } }] }), delta(code), delta('', 'stop')),
    passed,
  ],
  parts: [
    whole(
      choice({
        content: [
          { type: 'thinking', text: 'def f' },
          { type: 'text', text: code },
        ],
      }),
    ),
    passed,
  ],
};

const names = Object.keys(rows);
const slug = (name: string) => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');

/** Each row is a model of a provider of its own: what one server says is no news of another. */
it('every row of the table ends as it should, and is asked as often', async () => {
  const asked = new Map<string, number>();
  const endpoint = await serve((one, _, response) => {
    const name = names.find((known) => one.path.startsWith(`/${slug(known)}/`)) ?? '';
    const count = asked.get(name) ?? 0;
    asked.set(name, count + 1);
    rows[name]?.[0](one, count, response);
  });
  const origin = endpoint.baseUrl.replace('/v1', '');
  const providers = names.map((name) => `  ${slug(name)}: { base_url: "${origin}/${slug(name)}/v1" }`);
  const models = names.map(
    (name) => `  "${name}": { provider: ${slug(name)}, model: m, price: { input: 1, output: 10 } }`,
  );
  const cwd = folderWith({
    'suite.yaml': `name: wire
models: [${names.map((name) => `"${name}"`).join(', ')}]
cases: [{ id: one, category: simple, language: python, prompt: "Write f.", entry: f, table: [{ args: [1], returns: 2 }] }]
`,
    'bench.yaml': `providers:\n${providers.join('\n')}\nmodels:\n${models.join('\n')}\nretry: { base_delay: 10ms, max_attempts: 2 }\n`,
  });
  const { code: exit, stderr } = await bench(cwd, ['run', 'suite.yaml']);
  expect(exit, stderr).toBe(3);
  const trials = new Map(trialsIn(onlyRun(cwd)).map((trial) => [trial.candidate, trial]));
  const got = names.map((name) => {
    const wanted = rows[name]?.[1] ?? {};
    const trial = trials.get(name);
    const all: Required<Wanted> = {
      outcome: trial?.outcome ?? 'deferred',
      verdict: trial?.verdict ?? 'unanswered',
      asked: asked.get(name) ?? 0,
      cost: trial?.cost_usd ?? null,
      ttft: (trial?.ttft_ms ?? null) as null,
      detail: trial?.checks.map(({ detail }) => detail).join() ?? '',
      usage: trial?.completion?.usage ?? {},
    };
    const keys = Object.keys(wanted) as (keyof Wanted)[];
    return [name, Object.fromEntries(keys.map((key) => [key, all[key]]))];
  });
  const wanted = names.map((name) => {
    const { cost, usage, ...rest } = rows[name]?.[1] ?? {};
    return [
      name,
      {
        ...rest,
        ...(cost === undefined ? {} : { cost: cost === null ? null : expect.closeTo(cost, 9) }),
        ...(usage === undefined ? {} : { usage: expect.objectContaining(usage) }),
      },
    ];
  });
  expect(got).toEqual(wanted);
  // A redirect names its target, and what to write.
  const said = stderr.replaceAll(/\s+/g, ' ');
  expect(said).toContain(
    `redirects to ${origin}/a-redirect-on-the-host/v2/chat/completions (HTTP 308): set base_url to ${origin}/a-redirect-on-the-host/v2`,
  );
  expect(said).toContain(
    'redirects to https://other.example/v1/chat/completions (HTTP 301): set base_url to https://other.example/v1',
  );
  const { parked } = summaryIn(onlyRun(cwd));
  const until = parked.find(({ candidate }) => candidate === 'resets_at')?.until ?? '';
  expect(Math.abs(Date.parse(until) / 1000 - inFiveHoursS())).toBeLessThan(1900);
});

const manySuite = (count: number, promptOf: (index: number) => string) => `name: many
cases:
${Array.from(
  { length: count },
  (_, index) =>
    `  - { id: c${index}, category: docs, prompt: "${promptOf(index)}", checks: [{ text_matches: fine, required: true }] }`,
).join('\n')}
`;

/** What each model does with its n-th case. */
async function manyCases(
  count: number,
  promptOf: (index: number) => string,
  models: Readonly<Record<string, Respond>>,
) {
  const seen = new Map<string, number>();
  const endpoint = await serve((asked, _, response) => {
    const nth = seen.get(asked.model) ?? 0;
    seen.set(asked.model, nth + 1);
    models[asked.model]?.(asked, nth, response);
  });
  const cwd = folderWith({
    'suite.yaml': manySuite(count, promptOf),
    'bench.yaml': `providers: { here: { base_url: "${endpoint.baseUrl}" } }\nretry: { base_delay: 10ms }\n`,
  });
  const chosen = Object.keys(models).flatMap((name) => ['-m', `here:${name}`]);
  const { stderr } = await bench(cwd, ['run', 'suite.yaml', ...chosen]);
  const trials = trialsIn(onlyRun(cwd));
  const of = (model: string) => {
    const own = trials.filter(({ candidate }) => candidate === `here:${model}`);
    const count = (verdict: string) => own.filter((trial) => trial.verdict === verdict).length;
    return {
      passed: count('passed'),
      failed: count('failed'),
      unanswered: count('unanswered'),
      asked: seen.get(model),
    };
  };
  return { of, stderr, trials };
}

it('slips of the model cost their own cases only: tool_use_failed, long prompts, answers that are empty', async () => {
  const fine: Respond = (asked, _, response) => answer(asked, response, 'It is fine.');
  const isLong = (asked: Parameters<Respond>[0]) => JSON.stringify(asked.body).includes('long long');
  const tooLong =
    (message: string): Respond =>
    (asked, nth, response) =>
      isLong(asked) ? fail(response, 400, message) : fine(asked, nth, response);
  const { of, stderr, trials } = await manyCases(
    10,
    (index) => (index < 2 ? 'long '.repeat(50) : `Number ${index}.`),
    {
      slips: (asked, nth, response) =>
        nth < 2
          ? send(
              response,
              json,
              { error: { message: 'Failed to call a function.', code: 'tool_use_failed' } },
              400,
            )
          : fine(asked, nth, response),
      tgi: tooLong('`inputs` tokens + `max_new_tokens` must be <= 4096. Given: 9000 and 1024'),
      other: tooLong("input length 9000 exceeds the model's limit"),
      third: tooLong('The input token count (9000) exceeds the maximum number of tokens allowed (4096).'),
    },
  );
  expect(of('slips'), stderr).toEqual({ passed: 8, failed: 2, unanswered: 0, asked: 10 });
  for (const name of ['tgi', 'other', 'third']) {
    expect([name, of(name)]).toEqual([name, { passed: 8, failed: 0, unanswered: 2, asked: 10 }]);
  }
  const contexts = trials.filter(({ outcome }) => outcome === 'context');
  expect(contexts).toHaveLength(6);
});

it('400 cases of which every eighth answer is empty, and 400 of which a tenth is tool_use_failed: nothing is lost', async () => {
  const fine: Respond = (asked, _, response) => answer(asked, response, 'It is fine.');
  const { of, stderr } = await manyCases(400, (index) => `Number ${index}.`, {
    // By its prompt, so that the second answer is empty too.
    empties: (asked, nth, response) =>
      Number(/Number (\d+)/.exec(JSON.stringify(asked.body))?.[1]) % 8 === 0
        ? send(response, json, choice({ content: '' }))
        : fine(asked, nth, response),
    slips: (asked, nth, response) =>
      nth % 10 === 5
        ? send(response, json, { error: { message: 'no', code: 'tool_use_failed' } }, 400)
        : fine(asked, nth, response),
  });
  expect(of('empties'), stderr.slice(-800)).toEqual({ passed: 350, failed: 50, unanswered: 0, asked: 450 });
  expect(of('slips')).toEqual({ passed: 360, failed: 40, unanswered: 0, asked: 400 });
});
