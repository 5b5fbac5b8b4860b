// What the engine keeps account of: throttled time, tokens, and refusals that do not count our requests.
import { describe, expect, it } from 'vitest';
import type { Candidate, RateLimits } from '../../src/domain/candidate.js';
import { seededRandom } from '../../src/world/random.js';
import { alone, askAll, limited, modelNamed, START_MS } from './asking.js';

const knowing = (limits: RateLimits): Candidate => ({
  kind: 'model',
  name: 'a',
  model: modelNamed('a', { limits }),
});

describe('the wait before a request', () => {
  it('is throttled time where a limit made it, all of it, and queued where a slot was not free', async () => {
    const throttled = await askAll([knowing({ rpm: 2 })], 6, () => 'answer');
    const waits = throttled.replies.flatMap(({ attempts }) => attempts);
    const sentMs = throttled.sent.map(({ atMs }) => atMs - START_MS).sort((a, b) => a - b);
    expect(sentMs.at(-1)).toBeGreaterThan(100_000);
    // Until the first answer begins, an unknown server is sent one request at a time.
    for (const { queuedMs } of waits) expect(queuedMs).toBeLessThanOrEqual(100);
    const waitedMs = waits.map(({ pacedMs, queuedMs }) => Math.round(pacedMs + queuedMs));
    expect(waitedMs.sort((a, b) => a - b)).toEqual(sentMs.map((ms) => Math.round(ms)));

    const queued = await askAll([knowing({ rpm: 100_000, concurrency: 1 })], 4, () => 'answer', {
      concurrency: 1,
    });
    const own = queued.replies.flatMap(({ attempts }) => attempts);
    expect(Math.max(...own.map(({ queuedMs }) => queuedMs))).toBeGreaterThan(250);
    for (const { pacedMs } of own) expect(pacedMs).toBeLessThan(5);
  });

  it('that a pause made is throttled time, for those that were queued before it', async () => {
    const { replies, sent } = await askAll(
      [alone('a')],
      3,
      (_, nth) => (nth === 0 ? limited(10_000) : 'answer'),
      { concurrency: 1 },
    );
    const last = Math.max(...sent.map(({ atMs }) => atMs)) - START_MS;
    expect(last).toBeGreaterThan(10_000);
    const paced = replies.map(({ attempts }) => attempts.reduce((sum, one) => sum + one.pacedMs, 0));
    expect(paced.filter((ms) => ms > 9_900).length).toBeGreaterThanOrEqual(2);
  });
});

it('tokens that an answer may take are guessed from those before, a fifth from the latest', async () => {
  // One token a ms. Until the first answer each request is taken for 1,000 tokens; it has 2.
  const { sent } = await askAll([knowing({ tpm: 60_000, rpm: 6_000 })], 12, () => ({ latencyMs: 5000 }), {
    concurrency: 12,
  });
  const atMs = sent.map((one) => Math.round(one.atMs - START_MS));
  expect(atMs.slice(0, 7)).toEqual([0, 1000, 2000, 3000, 4000, 5000, 5800]);
});

it('a server that refuses at random, and not for our rate, does not make the rate die', async () => {
  const dice = seededRandom('noise').next;
  const { tookMs, replies } = await askAll([alone('a', { maxAttempts: 7 })], 300, () =>
    dice() < 0.5 ? limited(null) : { latencyMs: 1000 },
  );
  expect(replies.filter(({ kind }) => kind === 'completion').length).toBeGreaterThan(290);
  expect(tookMs).toBeLessThan(3_600_000);
});
