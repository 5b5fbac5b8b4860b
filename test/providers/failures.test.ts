/** What servers have been seen to answer when they do not answer, over real HTTP: one line each. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { defaultRetry } from '../../src/domain/candidate.js';
import { sendChat } from '../../src/providers/openai-compatible.js';
import { realClock } from '../../src/world/clock.js';
import { realNetwork } from '../../src/world/network.js';

type Row = readonly [
  what: string,
  status: number,
  headers: Record<string, string>,
  body: unknown,
  outcome: { readonly [field: string]: unknown; readonly untilHourUtc?: number },
];

const json = { 'content-type': 'application/json' };
const error = (message: string, more: object = {}) => ({ error: { message, ...more } });
const meta = (metadata: object, message = 'Provider returned error', code = 429) => ({
  error: { message, code, metadata },
});

const rows: readonly Row[] = [
  // --- limits: whose, and how long
  ['429, no word', 429, json, '', { kind: 'rate_limited', scope: 'unknown', retryAfterMs: null }],
  [
    '429, Retry-After in seconds',
    429,
    { ...json, 'retry-after': '7' },
    error('slow'),
    { kind: 'rate_limited', retryAfterMs: 7000 },
  ],
  [
    '429, Retry-After of two hours',
    429,
    { ...json, 'retry-after': '7200' },
    error('slow'),
    { kind: 'rate_limited', retryAfterMs: 7_200_000 },
  ],
  [
    '429, retry-after-ms',
    429,
    { ...json, 'retry-after-ms': '120.5' },
    error('slow'),
    { kind: 'rate_limited', retryAfterMs: 120.5 },
  ],
  [
    '429, x-ratelimit-reset of seconds',
    429,
    { ...json, 'x-ratelimit-reset': '3' },
    error('slow'),
    { kind: 'rate_limited', retryAfterMs: 3000 },
  ],
  [
    '429, reset of a spent limit (OpenAI)',
    429,
    { ...json, 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '6m0s' },
    error('Rate limit reached', { code: 'rate_limit_exceeded' }),
    { kind: 'rate_limited', retryAfterMs: 360_000 },
  ],
  [
    '429, the draft header',
    429,
    { ...json, ratelimit: '"default";r=0;t=5' },
    error('slow'),
    { kind: 'rate_limited', retryAfterMs: 5000 },
  ],
  [
    '429, a hint in prose (Groq)',
    429,
    json,
    error('Rate limit reached for model in organization. Please try again in 2.5s.', {
      code: 'rate_limit_exceeded',
    }),
    { kind: 'rate_limited', scope: 'account', retryAfterMs: 2500 },
  ],
  [
    '429, headers inside the error (OpenRouter)',
    429,
    json,
    meta({ headers: { 'Retry-After': '4' } }, 'Rate limit exceeded: free-models-per-min'),
    { kind: 'rate_limited', scope: 'account', retryAfterMs: 4000 },
  ],
  [
    '429, RetryInfo (Gemini)',
    429,
    json,
    [
      {
        error: {
          code: 429,
          message: 'Resource exhausted',
          status: 'RESOURCE_EXHAUSTED',
          details: [{ retryDelay: '31s' }],
        },
      },
    ],
    { kind: 'rate_limited', retryAfterMs: 31_000 },
  ],
  [
    '429, per minute of a key (OpenRouter)',
    429,
    json,
    meta({ limit_source: 'openrouter_free_tier_per_minute' }),
    { kind: 'rate_limited', scope: 'account' },
  ],
  [
    '429, upstream pool (OpenRouter)',
    429,
    json,
    meta({ limit_source: 'upstream_provider_shared_pool', provider_name: 'X' }),
    { kind: 'rate_limited', scope: 'model' },
  ],
  [
    '429, upstream in prose (OpenRouter)',
    429,
    json,
    meta({ provider_name: 'X', raw: 'mistral-small is temporarily rate-limited upstream' }),
    { kind: 'rate_limited', scope: 'model' },
  ],
  [
    '429, capacity of a tier (Mistral)',
    429,
    json,
    {
      object: 'error',
      message: 'Service tier capacity exceeded for this model.',
      type: 'service_tier_capacity_exceeded',
      code: '3505',
    },
    { kind: 'rate_limited', scope: 'model' },
  ],
  [
    '429, code 1300 (Mistral)',
    429,
    json,
    { object: 'error', message: 'Rate limit exceeded', code: '1300' },
    { kind: 'rate_limited', scope: 'account' },
  ],
  ['429, a 429 inside a 200', 200, json, error('slow', { code: 429 }), { kind: 'rate_limited' }],
  ['429, only a type', 400, json, error('slow', { type: 'rate_limit_error' }), { kind: 'rate_limited' }],
  [
    'concurrency in prose',
    429,
    json,
    error('Too many concurrent requests for this account'),
    { kind: 'concurrency' },
  ],
  [
    'concurrency by its code',
    429,
    json,
    error('limit', { code: 'max_parallel_requests' }),
    { kind: 'concurrency' },
  ],
  [
    'concurrency as a 402 (OpenRouter)',
    402,
    json,
    meta({ error_type: 'in_flight_budget_exhausted' }, 'busy', 402),
    { kind: 'concurrency' },
  ],
  // --- quotas and money
  [
    'today’s quota (OpenRouter)',
    429,
    { ...json, 'retry-after': '3' },
    error('Rate limit exceeded: free-models-per-day. Add credits'),
    { kind: 'quota', scope: 'account', retryAfterMs: null },
  ],
  [
    'today’s quota by its id (Gemini)',
    429,
    json,
    [
      {
        error: {
          code: 429,
          message: 'You exceeded your current quota',
          details: [{ violations: [{ quotaId: 'GenerateRequestsPerDayPerProjectPerModel-FreeTier' }] }],
        },
      },
    ],
    // Midnight in California, in winter.
    { kind: 'quota', scope: 'model', retryAfterMs: expect.any(Number), untilHourUtc: 8 },
  ],
  [
    'a day in prose beats a general code',
    429,
    json,
    error('Rate limit reached: requests per day', { code: 'rate_limit_exceeded' }),
    { kind: 'quota', scope: 'account' },
  ],
  [
    'a code that says what it is beats a day in prose',
    429,
    json,
    meta(
      { limit_source: 'upstream_provider_shared_pool' },
      'temporarily limited; daily users see this often',
    ),
    { kind: 'rate_limited', scope: 'model' },
  ],
  [
    'requests per day (Groq)',
    429,
    json,
    error('Rate limit reached on requests per day (RPD): Limit 1000. Please try again in 1h2m3s.'),
    { kind: 'quota', retryAfterMs: 3_723_000 },
  ],
  ['no credits', 402, json, error('Insufficient credits'), { kind: 'credits' }],
  [
    'no quota left to pay with (OpenAI)',
    429,
    json,
    error('You exceeded your current quota, please check your plan and billing details.', {
      code: 'insufficient_quota',
      type: 'insufficient_quota',
    }),
    { kind: 'credits' },
  ],
  [
    'a hint beats the word billing',
    429,
    { ...json, 'retry-after': '9' },
    error('Quota exceeded, check billing'),
    { kind: 'rate_limited', retryAfterMs: 9000 },
  ],
  // --- keys, models, requests
  ['a wrong key', 401, json, error('No auth credentials found', { code: 401 }), { kind: 'auth' }],
  ['a key that may not', 403, json, error('Your key has no access'), { kind: 'auth' }],
  [
    'a wrong key as a 400',
    400,
    json,
    error('Incorrect API key', { code: 'invalid_api_key' }),
    { kind: 'auth' },
  ],
  [
    'forbidden by the provider behind',
    403,
    json,
    meta({ provider_name: 'X', raw: 'denied' }, 'Provider returned error', 403),
    { kind: 'forbidden' },
  ],
  [
    'a key of the router’s that its provider refused',
    401,
    json,
    meta({ provider_name: 'X', raw: 'invalid x-api-key' }, 'Provider returned error', 401),
    { kind: 'forbidden' },
  ],
  [
    'too large a request',
    413,
    json,
    error('Request too large', { code: 'rate_limit_exceeded' }),
    { kind: 'context' },
  ],
  [
    'moderated',
    403,
    json,
    meta({ reasons: ['violence'], flagged_input: 'x' }, 'flagged', 403),
    { kind: 'refused', message: 'flagged' },
  ],
  [
    'refused by policy',
    400,
    json,
    error('Your request was rejected', { code: 'content_policy_violation' }),
    { kind: 'refused' },
  ],
  [
    'no such model',
    404,
    json,
    error('The model `x` does not exist', { code: 'model_not_found' }),
    { kind: 'unknown_model' },
  ],
  [
    'no such model as a 400',
    400,
    json,
    error('x is not a valid model ID', { code: 400 }),
    { kind: 'unknown_model' },
  ],
  [
    'no such model (Ollama)',
    404,
    json,
    { error: "model 'x' not found" },
    { kind: 'unknown_model', message: "model 'x' not found" },
  ],
  [
    'a free variant that ended',
    400,
    json,
    meta({ error_type: 'free_variant_ended' }, 'ended', 400),
    { kind: 'unknown_model' },
  ],
  ['nobody serves it (OpenRouter)', 404, json, error('No endpoints found for x.'), { kind: 'unknown_model' }],
  [
    'a parameter it does not take (Mistral)',
    422,
    json,
    { detail: [{ loc: ['body', 'stream_options'], msg: 'Extra inputs are not permitted' }] },
    { kind: 'bad_request', message: 'body.stream_options: Extra inputs are not permitted' },
  ],
  ['another 400', 400, json, error('temperature must be at most 2'), { kind: 'bad_request' }],
  [
    'too long (OpenAI)',
    400,
    json,
    error('This model has a context window', { code: 'context_length_exceeded' }),
    { kind: 'context' },
  ],
  [
    'too long (llama.cpp)',
    400,
    json,
    error('the request exceeds the available context size', { type: 'exceed_context_size_error' }),
    { kind: 'context' },
  ],
  [
    'too long (vLLM)',
    400,
    json,
    { object: 'error', message: "This model's maximum context length is 4096 tokens.", code: 400 },
    { kind: 'context' },
  ],
  [
    'too long inside a 200',
    200,
    json,
    error('x', { type: 'exceed_context_size_error' }),
    { kind: 'context' },
  ],
  // --- servers that fail
  ['500', 500, json, error('internal'), { kind: 'upstream' }],
  [
    '502 with a page',
    502,
    { 'content-type': 'text/html' },
    '<!doctype html><title>502 Bad Gateway</title><h1>x</h1>',
    { kind: 'upstream', message: '502 Bad Gateway' },
  ],
  [
    '503 overloaded',
    503,
    { ...json, 'retry-after': '5' },
    error('overloaded'),
    { kind: 'upstream', retryAfterMs: 5000 },
  ],
  [
    '503 loading (llama.cpp)',
    503,
    json,
    { error: { code: 503, message: 'Loading model', type: 'unavailable_error' } },
    { kind: 'loading' },
  ],
  ['524 of a proxy', 524, {}, '', { kind: 'upstream' }],
  ['529', 529, json, error('Overloaded', { type: 'overloaded_error' }), { kind: 'upstream' }],
  [
    'an error inside a 200 (OpenRouter)',
    200,
    json,
    error('Provider returned error', { code: 502 }),
    { kind: 'upstream' },
  ],
  [
    'an error inside a 200 without a code',
    200,
    json,
    { error: 'something went wrong' },
    { kind: 'upstream' },
  ],
  [
    'a flat error inside a 200',
    200,
    json,
    { object: 'error', message: 'overloaded', code: 503 },
    { kind: 'upstream' },
  ],
  [
    'a page with 200',
    200,
    { 'content-type': 'text/html' },
    '<html><title>Sign in</title></html>',
    { kind: 'upstream', message: 'Sign in' },
  ],
  ['no choices', 200, json, { choices: [] }, { kind: 'empty' }],
  [
    'null content and no tokens',
    200,
    json,
    { choices: [{ message: { content: null }, finish_reason: 'stop' }], usage: { completion_tokens: 0 } },
    { kind: 'empty' },
  ],
];

it('knows more than forty ways to fail', () => {
  expect(rows.length).toBeGreaterThan(45);
  expect(new Set(rows.map(([what]) => what)).size).toBe(rows.length);
});

it.each(rows)('%s', async (_, status, headers, body, { untilHourUtc, ...outcome }) => {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () =>
      response.writeHead(status, headers).end(typeof body === 'string' ? body : JSON.stringify(body)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const network = realNetwork({});
  onTestFinished(async () => {
    await network.close();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  const baseUrl = `http://127.0.0.1:${port}/v1`;
  const sent = await sendChat(
    { clock: realClock, network },
    { baseUrl, key: null, own: false },
    {
      name: 'm',
      account: { provider: 'p', baseUrl, apiKeyEnv: null, headers: {}, limits: {} },
      id: 'm',
      limits: {},
      price: null,
      params: {},
      body: {},
      retry: defaultRetry,
      stream: true,
      simulation: null,
    },
    { system: null, prompt: 'hello', params: {}, label: { suite: 's', case: 'c', sample: 0 } },
    { headersMs: 5000, progressMs: 5000, totalMs: 5000 },
    new AbortController().signal,
  );
  expect(sent.outcome).toMatchObject(outcome);
  if (untilHourUtc === undefined) return;
  const { retryAfterMs } = sent.outcome as { retryAfterMs: number };
  const end = new Date(realClock.wallMs() + retryAfterMs + 30_000);
  expect([end.getUTCHours(), end.getUTCMinutes()]).toEqual([untilHourUtc, 0]);
});
