/** /metrics: what was asked, who answered, what went elsewhere, who is paused. */
import { expect, it } from 'vitest';
import { clients } from './clients.js';
import { chunk, configFor, events, json, says, served, upstreams } from './serving.js';

it('counts requests, fallbacks and pauses, in the format of Prometheus', async () => {
  const behind = await upstreams({
    limited: (response) => json(response, 429, { error: { message: 'slow down' } }, { 'retry-after': '90' }),
    good: says('Good.'),
    cut: (response) => {
      events(response).write(chunk({ content: 'Half' }), () => response.destroy());
    },
  });
  const config = configFor(behind).replace('model: good }', 'model: good, limits: { rpd: 50 } }');
  const { url } = await served(config);
  const [chat, responses] = clients;
  await chat?.ask(url, 'bench');
  await chat?.ask(url, 'bench', { stream: true });
  await responses?.ask(url, 'cut', { stream: true });
  await chat?.ask(url, 'nobody');
  const text = await (await fetch(`${url}/metrics`)).text();
  const value = (name: string) =>
    text
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.slice(name.length + 1);
  const asked = (labels: string) => value(`bench_requests_total{${labels}}`);
  expect(asked('wire="chat",asked="bench",answered="good",category="",outcome="answered"')).toBe('2');
  expect(asked('wire="responses",asked="cut",answered="",category="",outcome="broken"')).toBe('1');
  expect(value('bench_fallbacks_total{from="limited",to="good",reason="rate_limited"}')).toBe('1');
  expect(value('bench_paused{model="limited"}')).toBe('1');
  expect(value('bench_paused{model="good"}')).toBe('0');
  const until = Number(value('bench_paused_until_seconds{model="limited"}'));
  expect(until - Date.now() / 1000).toBeGreaterThan(60);
  expect(value('bench_quota_remaining{model="good"}')).toBe('48');
  expect(value('bench_in_flight')).toBe('0');
  expect(value('bench_first_token_seconds_count{wire="chat",answered="good"}')).toBe('2');
  expect(value('bench_overhead_seconds_bucket{wire="chat",le="+Inf"}')).toBe('2');
  // Every line is a comment or a sample.
  for (const line of text.trimEnd().split('\n'))
    expect(line).toMatch(/^# (HELP|TYPE) bench_\w+ .+$|^bench_\w+(\{(\w+="[^"]*",?)+\})? \S+$/);
});
