/** One sick model beside three healthy ones, at one server and in real time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { onlyRun, start, trialsIn } from './bench.js';
import { answer, fail, type Respond, serve } from './endpoint.js';

const CASES = 16;
const LATENCY_MS = 150;
const healthy = ['a', 'b', 'c'];

/** Runs until the healthy ones are done; the time is the server's: from its first request to its last healthy answer. */
async function healthyRun(sick: Respond | null) {
  const done = { count: 0, lastMs: 0 };
  const endpoint = await serve((asked, index, response) => {
    if (asked.model === 'sick') return sick?.(asked, index, response);
    setTimeout(() => {
      answer(asked, response, 'It is fine.');
      done.count += 1;
      done.lastMs = performance.now();
    }, LATENCY_MS);
  });
  const cases = Array.from(
    { length: CASES },
    (_, index) =>
      `  - { id: c${index}, category: docs, prompt: Say it is fine., checks: [{ text_matches: fine }] }\n`,
  );
  const names = sick === null ? healthy : ['sick', ...healthy];
  const cwd = folderWith({
    'suite.yaml': `name: prose\nmodels: [${names.map((name) => `"here:${name}"`).join(', ')}]\ncases:\n${cases.join('')}`,
    'bench.yaml': `providers: { here: { base_url: "${endpoint.baseUrl}" } }\n`,
  });
  const run = start(cwd, ['run', 'suite.yaml', '-j', '4']);
  const timer = setTimeout(() => run.signal('SIGKILL'), 30_000);
  const wanted = healthy.length * CASES;
  const over = { is: false };
  void run.ended.then(() => {
    over.is = true;
  });
  while (done.count < wanted && !over.is) await sleep(20);
  run.signal('SIGINT');
  const { stderr } = await run.ended;
  clearTimeout(timer);
  const answered = trialsIn(onlyRun(cwd)).filter(({ verdict }) => verdict === 'passed');
  const [first] = endpoint.asked;
  return { answered: answered.length, tookMs: done.lastMs - (first?.atMs ?? 0), stderr };
}

const sicknesses: readonly (readonly [string, Respond])[] = [
  ['resets its connections', (_, __, response) => response.socket?.resetAndDestroy()],
  [
    'resets them in mid-answer',
    (_, __, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write('data: {"choices":[{"delta":{"content":"It is"}}]}\n\n');
      setTimeout(() => response.socket?.resetAndDestroy(), 30);
    },
  ],
  ['stalls before its headers', () => {}],
  ['answers 500', (_, __, response) => fail(response, 500, 'something broke')],
  ['answers 429', (_, __, response) => fail(response, 429, 'slow down')],
];

// All of them with `npm run test:long`; in virtual time they are tried in test/engine/neighbours.test.ts.
const tried = process.env['FC_RUNS'] === undefined ? sicknesses.slice(1, 2) : sicknesses;

it('costs them no answer and hardly any time', async () => {
  const { tookMs: aloneMs, answered: alone } = await healthyRun(null);
  expect(alone).toBe(healthy.length * CASES);
  for (const [what, sick] of tried) {
    const { answered, tookMs, stderr } = await healthyRun(sick);
    expect([what, answered, stderr.slice(-500)]).toEqual([what, healthy.length * CASES, expect.any(String)]);
    expect(tookMs, what).toBeLessThan(1.2 * aloneMs + 1000);
  }
});
