/** What providers say before the first trial: ids that they do not have, and what is left of a quota. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { bench, onlyRun, runsIn, summaryIn } from './bench.js';
import { answer, serve } from './endpoint.js';

const cases = (count: number) =>
  Array.from(
    { length: count },
    (_, index) =>
      `  - { id: c${index}, category: docs, prompt: Say it is fine., checks: [{ text_matches: fine }] }\n`,
  ).join('');
const suite = (count: number) => `name: prose\ncases:\n${cases(count)}`;

describe('an id that the provider does not list', () => {
  it('is refused before the first request, with the one that is near', async () => {
    const endpoint = await serve(
      (asked, _, response) => answer(asked, response, 'fine'),
      ['qwen2.5-coder:7b', 'llama3:latest'],
    );
    const cwd = folderWith({
      'suite.yaml': suite(2),
      'bench.yaml': `providers: { ollama: { base_url: "${endpoint.baseUrl}" } }`,
    });
    const { code, stdout, stderr } = await bench(cwd, ['run', 'suite.yaml', '-m', 'ollama:qwen2.5-coder:8b']);
    expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(
      'error: ollama does not list "qwen2.5-coder:8b" [provider/unknown-model]\nhelp: did you mean "qwen2.5-coder:7b"?',
    );
    expect(endpoint.asked).toEqual([]);
    expect(runsIn(cwd)).toEqual([]);
    // Ollama's own short form.
    const short = await bench(cwd, ['run', 'suite.yaml', '-m', 'ollama:llama3']);
    expect(short.code, short.stderr).toBe(0);
  });

  it('is refused for a judge as for a candidate', async () => {
    const endpoint = await serve(
      (asked, _, response) => answer(asked, response, 'fine'),
      ['writer', 'judge:7b'],
    );
    const judged =
      '  - { id: why, category: docs, prompt: Why?, judge: { rubric: [It says.], model: "ollama:judge:8b" } }\n';
    const cwd = folderWith({
      'suite.yaml': `name: prose\ncases:\n${judged}`,
      'bench.yaml': `providers: { ollama: { base_url: "${endpoint.baseUrl}" } }`,
    });
    const { code, stderr } = await bench(cwd, ['run', 'suite.yaml', '-m', 'ollama:writer']);
    expect(code, stderr).toBe(2);
    expect(stderr).toContain('ollama does not list "judge:8b" [provider/unknown-model]');
    expect(endpoint.asked).toEqual([]);
  });

  it('is a warning where the list may not be all', async () => {
    const endpoint = await serve((asked, _, response) => answer(asked, response, 'fine'), ['large']);
    const cwd = folderWith({
      'suite.yaml': suite(2),
      'bench.yaml': `providers: { proxy: { base_url: "${endpoint.baseUrl}" } }`,
    });
    const { code, stderr } = await bench(cwd, ['run', 'suite.yaml', '-m', 'proxy:larger']);
    expect(code, stderr).toBe(0);
    expect(endpoint.asked).toHaveLength(2);
    expect(summaryIn(onlyRun(cwd)).warnings).toEqual([
      expect.stringMatching(/^proxy does not list "larger": did you mean "large"\?$/),
    ]);
  });

  it('is not looked for in --dry-run, and a list that never comes does not stop a run', async () => {
    const silent = createServer((request, response) => {
      if (request.method === 'GET') return;
      request.resume();
      response.setHeader('content-type', 'application/json');
      const choices = [{ message: { role: 'assistant', content: 'fine' }, finish_reason: 'stop' }];
      response.end(JSON.stringify({ model: 'm', choices }));
    });
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      silent.closeAllConnections();
      silent.close();
    });
    const { port } = silent.address() as AddressInfo;
    const cwd = folderWith({
      'suite.yaml': suite(1),
      'bench.yaml': `providers: { ollama: { base_url: "http://127.0.0.1:${port}/v1" } }`,
    });
    const line = ['run', 'suite.yaml', '-m', 'ollama:m'];
    expect((await bench(cwd, [...line, '--dry-run'])).code).toBe(0);
    const { code, stderr } = await bench(cwd, line);
    expect(code, stderr).toBe(0);
  });
});

describe('a quota that is known', () => {
  it('is compared with what the run needs', async () => {
    const router = createServer(async (request, response) => {
      let text = '';
      for await (const chunk of request) text += String(chunk);
      response.setHeader('content-type', 'application/json');
      if (request.url === '/v1/key')
        response.end(JSON.stringify({ data: { label: 'k', is_free_tier: true, limit_remaining: 1.5 } }));
      else if (request.url === '/v1/models')
        response.end(JSON.stringify({ data: [{ id: 'a/m:free' }, { id: 'b/n' }] }));
      else {
        const { model } = JSON.parse(text);
        const choices = [{ message: { role: 'assistant', content: 'fine' }, finish_reason: 'stop' }];
        response.end(JSON.stringify({ model, choices }));
      }
    });
    await new Promise<void>((resolve) => router.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void router.close());
    const { port } = router.address() as AddressInfo;
    const cwd = folderWith({
      'suite.yaml': suite(30),
      'bench.yaml': `providers: { openrouter: { base_url: "http://127.0.0.1:${port}/v1", api_key_env: OPENROUTER_API_KEY } }
models:
  m: { provider: openrouter, model: "a/m:free", stream: false, price: { input: 0, output: 0 } }
  n: { provider: openrouter, model: "b/n:nitro", stream: false, price: { input: 1000, output: 1000 } }`,
    });
    const key = { OPENROUTER_API_KEY: 'sk-or-v1-0123456789' };
    const line = ['run', 'suite.yaml', '-m', 'm', '-m', 'n', '-n', '2', '--max-requests', '4'];
    const { code, stderr } = await bench(cwd, line, key);
    expect(code, stderr).toBe(3);
    expect(summaryIn(onlyRun(cwd)).warnings.join('\n')).toMatch(
      /^openrouter: 50 requests a day to free models; this run needs about 60, so the rest is deferred and can be resumed tomorrow; \$1\.50 of credit left on this key; this run may cost \$\d+/m,
    );
  });
});
