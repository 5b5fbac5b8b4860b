import { describe, expect, it } from 'vitest';
import { missingKeys, resolveCandidates } from '../../src/suite/candidates.js';
import { configOf, folderWith, shown } from './folder.js';

async function config(text: string, more: Readonly<Record<string, string>> = {}) {
  return configOf(folderWith({ 'bench.yaml': text, ...more }));
}

async function read(text: string) {
  const checked = await config(text);
  if (!checked.ok) throw new Error(shown(checked.diagnostics).join('\n'));
  return checked.value;
}

describe('bench.yaml', () => {
  it('makes models with their account, limits, price, params, body and retry', async () => {
    const { models, timeouts } = await read(`
providers:
  openrouter: { headers: { X-Title: t }, limits: { rpm: 20, rpd: 50 } }
  mine: { base_url: "http://127.0.0.1:9/v1", api_key_env: MINE }
models:
  small: { provider: openrouter, model: "a/b:free", limits: { tpm: 60000 }, price: { input: 1, output: 2.5 }, params: { temperature: 0 }, body: { provider: { sort: price } }, retry: { max_attempts: 3 } }
  local: { provider: mine, model: q, stream: false }
retry: { base_delay: 500ms, jitter: equal, deadline: 2m }
timeouts: { headers: 5s }
`);
    expect(models.get('small')).toEqual({
      name: 'small',
      account: {
        provider: 'openrouter',
        baseUrl: 'https://openrouter.ai/api/v1',
        apiKeyEnv: 'OPENROUTER_API_KEY',
        headers: { 'X-Title': 't' },
        limits: { rpm: 20, rpd: 50 },
      },
      id: 'a/b:free',
      limits: { tpm: 60000 },
      price: { inputUsd: 1, outputUsd: 2.5 },
      params: { temperature: 0 },
      body: { provider: { sort: 'price' } },
      retry: {
        baseDelayMs: 500,
        factor: 2,
        maxDelayMs: 60_000,
        jitter: 'equal',
        maxAttempts: 3,
        deadlineMs: 120_000,
        maxWaitMs: 900_000,
      },
      stream: true,
      simulation: null,
    });
    expect(models.get('local')).toMatchObject({ stream: false, price: null, account: { apiKeyEnv: 'MINE' } });
    expect(timeouts).toEqual({ headersMs: 5000, localHeadersMs: 5000, progressMs: 60_000, totalMs: 600_000 });
  });

  it('does not hand a known key to another address', async () => {
    const { accounts } = await read('providers: { openai: { base_url: "http://127.0.0.1:9/v1" } }');
    expect(accounts.get('openai')).toMatchObject({ apiKeyEnv: null, baseUrl: 'http://127.0.0.1:9/v1' });
  });

  it('tells the engine nothing of what a simulated server enforces', async () => {
    const { models } = await read(
      'models: { m: { provider: simulated, quality: 0.4, limits: { rpm: 20, burst: 6 }, latency: { median: 2s } } }',
    );
    expect(models.get('m')).toMatchObject({
      limits: {},
      simulation: {
        quality: 0.4,
        limits: [{ kind: 'token_bucket', perMinute: 20, burst: 6 }],
        announce: 'retry_after',
        latency: { medianMs: 2000, spread: 0, ttftMs: 2000 },
      },
    });
  });

  it('tells all of its mistakes with their places', async () => {
    const checked = await config(`providers:
  openruter: { limits: { rpm: 1 } }
models:
  a: { provider: openroter, model: x }
  b: { provider: openai }
  c: { provider: openai, model: y, quality: 1 }
  d: { provider: simulated, answers: no.yaml }
rotations:
  r: [a, d, e]
`);
    expect(checked.ok ? [] : shown(checked.diagnostics)).toEqual([
      'bench.yaml:2:3 provider "openruter" is unknown and needs a base_url | did you mean "openrouter"?',
      'bench.yaml:4:18 model "a": no provider is named "openroter" | did you mean "openrouter"?',
      'bench.yaml:5:6 model "b" needs "model", the provider\'s id of it | add model: mistralai/mistral-small-3.2-24b-instruct:free, say',
      'bench.yaml:6:36 model "c": "quality" is for simulated models only',
      'bench.yaml:7:38 there is no file no.yaml | paths are relative to HERE',
      expect.stringContaining('bench.yaml:9:13 no model is named "e"'),
    ]);
  });

  it('has no place for a key', async () => {
    const checked = await config('providers: { openai: { api_key: sk-secret } }');
    expect(checked.ok ? [] : shown(checked.diagnostics)).toEqual([
      'bench.yaml:1:24 unknown key "api_key" in "providers.openai" of the config | did you mean "api_key_env"?',
    ]);
  });
});

describe('resolveCandidates', () => {
  const text = `
models: { m: { provider: simulated } }
rotations: { r: [m, reference], one: { models: [m], retry: { max_attempts: 2 } } }
`;

  it('knows names, built-in models, provider:model and rotations', async () => {
    const names = await read(text);
    const found = resolveCandidates(
      [
        { kind: 'model', name: 'm' },
        { kind: 'model', name: 'm' },
        { kind: 'model', name: 'stub' },
        { kind: 'model', name: 'openrouter:v/x:free' },
        { kind: 'rotation', name: 'one' },
      ],
      names,
    );
    expect(found.ok && found.value.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'model m',
      'model stub',
      'model openrouter:v/x:free',
      'rotation one',
    ]);
    expect(found.ok && missingKeys(found.value, { OPENROUTER_API_KEY: ' ' })).toMatchObject([
      { message: expect.stringContaining('No key for openrouter: set OPENROUTER_API_KEY') },
    ]);
    expect(found.ok && missingKeys(found.value, { OPENROUTER_API_KEY: 'k' })).toEqual([]);
  });

  it.each([
    ['model', 'stubb', 'did you mean "stub"?'],
    ['model', 'opnrouter:x', 'did you mean "openrouter"?'],
    ['rotation', 'onne', 'did you mean "one"?'],
    ['rotation', 'm', 'known are r, one'],
  ] as const)('%s %s is a mistake with a help', async (kind, name, help) => {
    const found = resolveCandidates([{ kind, name }], await read(text));
    expect(found.ok ? [] : found.diagnostics).toMatchObject([{ help }]);
  });
});
