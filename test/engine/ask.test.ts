import { describe, expect, it, test } from 'vitest';
import { type Candidate, defaultRetry } from '../../src/domain/candidate.js';
import type { FailedOutcome } from '../../src/domain/outcome.js';
import { alone, askAll, limited, modelNamed, rotationOf, type Script, START_MS, upstream } from './asking.js';

const kinds = (asked: Awaited<ReturnType<typeof askAll>>) => asked.replies.map((reply) => reply.kind);
const answeredBy = (asked: Awaited<ReturnType<typeof askAll>>) =>
  asked.replies.map((reply) => (reply.kind === 'completion' ? reply.answeredBy.name : reply.kind));

test('a told wait is obeyed to the millisecond and stretched by a tenth at most', async () => {
  const asked = await askAll([alone('a')], 1, (_, nth) => (nth === 0 ? limited(7000) : 'answer'));
  const [first, second] = asked.sent;
  expect(kinds(asked)).toEqual(['completion']);
  const waitedMs = (second?.atMs ?? 0) - (first?.atMs ?? 0) - 10;
  expect(waitedMs).toBeGreaterThanOrEqual(7000);
  expect(waitedMs).toBeLessThanOrEqual(7700);
});

test('a told wait above the cap of the backoff is not cut down', async () => {
  const asked = await askAll([alone('a')], 1, (_, nth) => (nth === 0 ? limited(600_000) : 'answer'));
  expect(asked.tookMs).toBeGreaterThanOrEqual(600_000);
  expect(kinds(asked)).toEqual(['completion']);
});

test('a wait beyond max_wait holds the trial back instead of waiting', async () => {
  const asked = await askAll([alone('a')], 3, () => limited(2 * 3_600_000));
  expect(kinds(asked)).toEqual(['held', 'held', 'held']);
  expect(asked.sent).toHaveLength(1);
});

test('a quota of the day that its last request spends parks those who had decided before', async () => {
  const account = { ...modelNamed('shared').account, limits: { rpd: 1 } };
  const candidate: Candidate = { kind: 'model', name: 'a', model: modelNamed('a', { account }) };
  const asked = await askAll([candidate], 4, () => 'answer');
  expect(kinds(asked).sort()).toEqual(['completion', 'held', 'held', 'held']);
  expect(asked.tookMs).toBeLessThan(5000);
});

test('a closed gate admits nothing, whoever asks', async () => {
  const asked = await askAll([alone('a')], 40, (_, __, atMs) =>
    atMs < 5000 ? limited(5000 - atMs) : 'answer',
  );
  const early = asked.sent.filter(({ atMs }) => atMs > 10 && atMs < 5000);
  expect(early).toEqual([]);
  expect(new Set(kinds(asked))).toEqual(new Set(['completion']));
});

test('max_attempts counts requests: with one, a limit loses the answer', async () => {
  const asked = await askAll([alone('a', { maxAttempts: 1 })], 1, () => limited(100));
  expect(asked.replies[0]).toMatchObject({ kind: 'unanswered', reason: 'rate_limited' });
  expect(asked.sent).toHaveLength(1);
});

test('without a hint a lone probe waits 1, 2, 4 … s, the upper half drawn, and seven requests are the end', async () => {
  const asked = await askAll([alone('a')], 1, () => limited(null));
  const gapsMs = asked.sent.slice(1).map(({ atMs }, index) => atMs - (asked.sent[index]?.atMs ?? 0) - 10);
  expect(gapsMs).toHaveLength(6);
  for (const [index, gapMs] of gapsMs.entries()) {
    expect(gapMs).toBeGreaterThanOrEqual(500 * 2 ** index);
    expect(gapMs).toBeLessThanOrEqual(1000 * 2 ** index);
  }
  expect(asked.replies[0]).toMatchObject({ kind: 'unanswered', reason: 'rate_limited' });
});

test('a rotation leaves a limited model at once, says so, and says who answered', async () => {
  const asked = await askAll([rotationOf(['a', 'b'])], 1, (model) =>
    model === 'a' ? limited(30_000) : 'answer',
  );
  expect(answeredBy(asked)).toEqual(['b']);
  expect(asked.tookMs).toBeLessThan(1200);
  const rotations = asked.events.flatMap((event) => (event.kind === 'rotated' ? [event.rotation] : []));
  expect(rotations).toMatchObject([{ candidate: 'default', from: 'a', to: 'b', reason: 'rate_limited' }]);
});

test('a rotation returns to its primary when that recovers', async () => {
  const script = (model: string, nth: number) =>
    model === 'a' && nth === 0 ? limited(2000) : ('answer' as const);
  const asked = await askAll([rotationOf(['a', 'b'])], 60, script, { concurrency: 1, latencyMs: 500 });
  const last = asked.sent.slice(-5).map(({ model }) => model);
  expect(asked.sent.filter(({ model }) => model === 'b').length).toBeGreaterThan(0);
  expect(last).toContain('a');
});

test('a failing upstream is tried once more, then left', async () => {
  const asked = await askAll([rotationOf(['a', 'b'])], 1, (model) => (model === 'a' ? upstream : 'answer'));
  expect(asked.sent.map(({ model }) => model)).toEqual(['a', 'a', 'b']);
  expect(answeredBy(asked)).toEqual(['b']);
});

test('with nobody to rotate to the trial goes on to max_attempts', async () => {
  const asked = await askAll([alone('a')], 1, () => upstream);
  expect(asked.sent).toHaveLength(7);
  expect(asked.replies[0]).toMatchObject({ kind: 'unanswered', reason: 'upstream' });
});

test('a wrong key costs one request, and every lane of the account is down', async () => {
  const account = modelNamed('shared').account;
  const candidates = ['a', 'b'].map((name) => ({
    kind: 'model' as const,
    name,
    model: modelNamed(name, { account }),
  }));
  const asked = await askAll(candidates, 20, () => ({ kind: 'auth', message: 'no such key' }));
  expect(asked.sent.length).toBe(1);
  // The key can be mended: what was not answered is deferred, and not lost.
  expect(new Set(kinds(asked))).toEqual(new Set(['held']));
  expect(asked.replies[0]).toMatchObject({ reason: 'lane_down', message: 'shared: no such key' });
});

test('a dead port costs one request and is told with its address', async () => {
  const asked = await askAll([alone('a')], 20, () => ({
    kind: 'network',
    refused: true,
    message: 'ECONNREFUSED',
  }));
  expect(asked.sent).toHaveLength(1);
  const down = asked.events.find((event) => event.kind === 'lane-down');
  expect(down).toMatchObject({ model: 'a', reason: expect.stringContaining('http://a') });
});

describe('a provider whose line is cut', () => {
  const gone = (refused: boolean): FailedOutcome => ({ kind: 'network', refused, message: 'cut' });
  const ofOneServer = ['a', 'b', 'c'].map((name) => {
    const account = { ...modelNamed(name).account, baseUrl: 'http://one', apiKeyEnv: `KEY_OF_${name}` };
    return { kind: 'model' as const, name, model: modelNamed(name, { account }) };
  });

  it('costs one request where nobody has answered yet, whatever the models and accounts', async () => {
    const asked = await askAll(ofOneServer, 30, () => gone(true));
    expect(asked.sent).toHaveLength(1);
    expect(asked.events.filter(({ kind }) => kind === 'lane-down')).toHaveLength(1);
    expect(new Set(kinds(asked))).toEqual(new Set(['held']));
  });

  it('is probed by one request at a time for all its models, and everything is answered in the end', async () => {
    const isCut = (atMs: number) => atMs > 3000 && atMs < 30_000;
    const asked = await askAll(
      ofOneServer,
      100,
      (_, __, atMs) => (isCut(atMs) ? gone(false) : { latencyMs: 400 }),
      { concurrency: 4 },
    );
    expect(new Set(kinds(asked))).toEqual(new Set(['completion']));
    const cut = asked.sent.filter(({ atMs }) => isCut(atMs - START_MS));
    // What was in flight, and then probes after 1, 2, 4, 8 and 16 s.
    expect(cut.length).toBeLessThanOrEqual(12 + 6);
    const probes = cut.filter(({ atMs }) => atMs - START_MS > 4000).map(({ atMs }) => atMs);
    expect(probes.length).toBeGreaterThanOrEqual(3);
    expect(probes.every((atMs, index) => index === 0 || atMs - (probes[index - 1] ?? 0) >= 500)).toBe(true);
  });

  it('is not taken for cut by a single connection that is reset', async () => {
    const once = await askAll(ofOneServer, 10, (model, nth) =>
      model === 'a' && nth === 3 ? gone(false) : 'answer',
    );
    expect(once.events.filter(({ kind }) => kind === 'gate-closed')).toEqual([]);
    expect(new Set(kinds(once))).toEqual(new Set(['completion']));
  });
});

test('the first request of a lane goes alone until its status is here', async () => {
  const asked = await askAll([alone('a')], 10, () => 'answer', { latencyMs: 400 });
  expect(asked.sent.map(({ atMs }) => atMs - START_MS).slice(0, 2)).toEqual([0, 200]);
});

test('no more than -j are in flight', async () => {
  const asked = await askAll([alone('a')], 30, () => 'answer', { concurrency: 3, latencyMs: 100 });
  for (const { atMs } of asked.sent) {
    const together = asked.sent.filter((other) => other.atMs <= atMs && other.atMs + 100 > atMs);
    expect(together.length).toBeLessThanOrEqual(3);
  }
});

test('a deadline ends a trial that would wait past it', async () => {
  const asked = await askAll([alone('a', { deadlineMs: 10_000 })], 1, () => limited(20_000));
  expect(asked.replies[0]).toMatchObject({ kind: 'unanswered', reason: 'deadline' });
  // What cannot come in time is not waited for.
  expect(asked.tookMs).toBeLessThan(1000);
});

test('a deadline cuts a request short that is on its way', async () => {
  const asked = await askAll([alone('a', { deadlineMs: 3000 })], 1, () => ({ latencyMs: 60_000 }));
  expect(asked.replies[0]).toMatchObject({ kind: 'unanswered', reason: 'deadline' });
  expect(asked.tookMs).toBe(3000);
  expect(asked.timersLeft).toBe(0);
});

const sharing = (...names: string[]) => {
  const account = modelNamed('shared').account;
  return names.map((name) => modelNamed(name, { account }));
};

test('a wrong key of one model is a wrong key for its account: nothing is sent to the next', async () => {
  const candidate = {
    ...rotationOf(['x']),
    kind: 'rotation' as const,
    chain: sharing('a', 'b'),
    retry: defaultRetry,
  };
  const asked = await askAll([candidate], 3, () => ({ kind: 'auth', message: 'no such key' }));
  expect(asked.sent).toHaveLength(1);
  expect(asked.replies.every(({ kind }) => kind === 'held')).toBe(true);
});

test('two models of an account that are refused together, without a word on whose limit it is, close the account', async () => {
  const unmarked: FailedOutcome = {
    kind: 'rate_limited',
    scope: 'unknown',
    isPool: false,
    retryAfterMs: 20_000,
    message: 'slow down',
  };
  const candidate = {
    kind: 'rotation' as const,
    name: 'r',
    chain: sharing('a', 'b', 'c'),
    retry: defaultRetry,
  };
  const asked = await askAll([candidate], 1, (_, __, atMs) => (atMs < 15_000 ? unmarked : 'answer'));
  const [first, second, third] = asked.sent;
  expect([first?.model, second?.model]).toEqual(['a', 'b']);
  expect(third?.atMs).toBeGreaterThanOrEqual(20_000);
});

test('after a closed gate a single probe goes, and the rest behind its status', async () => {
  const asked = await askAll(
    [alone('a')],
    30,
    (_, nth, atMs) => (nth >= 8 && atMs < 5000 ? limited(5000 - atMs) : { latencyMs: 2000 }),
    { concurrency: 8 },
  );
  const opened = asked.sent.filter(({ atMs }) => atMs - START_MS >= 5000);
  const [probe, next] = opened;
  expect(asked.sent.some(({ outcome }) => outcome?.kind === 'rate_limited')).toBe(true);
  expect((next?.atMs ?? 0) - (probe?.atMs ?? 0)).toBeGreaterThanOrEqual(1000);
});

test('candidates take turns at a lane, however many trials one of them has', async () => {
  const model = modelNamed('m');
  const many: Candidate = { kind: 'model', name: 'many', model };
  const few: Candidate = { kind: 'model', name: 'few', model };
  const order: string[] = [];
  await askAll([many, few], 20, () => 'answer', {
    concurrency: 1,
    watch: (event) => {
      if (event.kind === 'attempt-started') order.push(event.candidate);
    },
  });
  expect(order.slice(1, 21).filter((name) => name === 'few')).toHaveLength(10);
});

test('retries beyond their budget go in single file', async () => {
  const seen = new Set<string>();
  let sends = 0;
  let retries = 0;
  const inFlight = new Set<string>();
  let worst = 0;
  await askAll([alone('a')], 300, (_, nth) => (nth % 2 === 0 ? upstream : 'answer'), {
    watch(event) {
      if (event.kind === 'attempt-ended') inFlight.delete(event.trial);
      if (event.kind !== 'attempt-started') return;
      sends += 1;
      if (!seen.has(event.trial)) {
        seen.add(event.trial);
        return;
      }
      retries += 1;
      inFlight.add(event.trial);
      if (retries > Math.max(10, sends / 10) + 1) worst = Math.max(worst, inFlight.size);
    },
  });
  expect(retries).toBeGreaterThan(100);
  expect(worst).toBe(1);
});

test('an interrupt holds back what is not finished', async () => {
  const controller = new AbortController();
  const script = (_: string, nth: number) => {
    if (nth === 3) controller.abort(new Error('stop'));
    return 'answer' as const;
  };
  const asked = await askAll([alone('a')], 10, script, { concurrency: 1, signal: controller.signal });
  expect(kinds(asked).filter((kind) => kind === 'completion')).toHaveLength(3);
  expect(kinds(asked).filter((kind) => kind === 'held')).toHaveLength(7);
});

test('the same seed gives the same run, another one another', async () => {
  const script = (model: string, nth: number) =>
    model === 'a' && nth % 3 === 1 ? upstream : nth % 5 === 2 ? limited(1500) : ('answer' as const);
  const once = await askAll([rotationOf(['a', 'b'])], 20, script, { seed: 'x' });
  const again = await askAll([rotationOf(['a', 'b'])], 20, script, { seed: 'x' });
  const other = await askAll([rotationOf(['a', 'b'])], 20, script, { seed: 'y' });
  expect(again.sent).toEqual(once.sent);
  expect(other.sent).not.toEqual(once.sent);
});

describe('what is no attempt', () => {
  const ofAccount: FailedOutcome = {
    kind: 'rate_limited',
    scope: 'account',
    isPool: false,
    retryAfterMs: 1000,
    message: 'the key is limited',
  };

  it('an account that is limited, crowded or a model that loads uses up none of the seven', async () => {
    const kinds: readonly FailedOutcome[] = [
      ofAccount,
      { kind: 'concurrency', message: 'busy' },
      { kind: 'loading', retryAfterMs: 1000, message: 'Loading model' },
    ];
    for (const outcome of kinds) {
      const { replies, sent } = await askAll([alone('a')], 1, (_, nth) => (nth < 20 ? outcome : 'answer'));
      expect([outcome.kind, replies[0]?.kind, sent.length]).toEqual([outcome.kind, 'completion', 21]);
    }
  });

  it('but who refuses for longer than max_wait is waited for no more: the trials are parked, others go on', async () => {
    const patient = { maxWaitMs: 60_000 };
    const forever = await askAll([alone('a', patient)], 5, () => ofAccount);
    expect(forever.replies.map((reply) => reply.kind)).toEqual(Array(5).fill('held'));
    expect(forever.tookMs).toBeGreaterThan(60_000);
    expect(forever.tookMs).toBeLessThan(80_000);
    expect(forever.replies[0]).toMatchObject({ message: 'a has refused for longer than max_wait' });
    const rotation = await askAll([rotationOf(['a', 'b'], patient)], 5, (model) =>
      model === 'a' ? ofAccount : 'answer',
    );
    expect(rotation.replies.map((reply) => reply.kind)).toEqual(Array(5).fill('completion'));
  });
});

describe('a request that the server does not take', () => {
  it('with the same complaint three times disables the model: a hundred trials cost a handful of requests', async () => {
    const complaint: FailedOutcome = { kind: 'bad_request', message: 'stream_options is not permitted' };
    const { replies, sent, events } = await askAll([alone('a')], 100, () => complaint);
    // Whose request was refused has its answer; the others are asked when the model takes requests again.
    expect(replies.filter((reply) => reply.kind === 'unanswered')).toHaveLength(sent.length);
    expect(replies.filter((reply) => reply.kind === 'held')).toHaveLength(100 - sent.length);
    expect(sent.length).toBeLessThanOrEqual(4);
    expect(events.find((event) => event.kind === 'lane-down')).toMatchObject({
      reason: 'a refuses our requests: stream_options is not permitted',
    });
  });

  it('after a success is that request’s own fault, and so is another complaint', async () => {
    const script: Script = (_, nth) =>
      nth % 2 === 0 ? 'answer' : { kind: 'bad_request', message: 'this prompt is not taken' };
    const mixed = await askAll([alone('a')], 20, script, { concurrency: 1 });
    expect(mixed.replies.filter((reply) => reply.kind === 'completion')).toHaveLength(10);
    const others = await askAll([alone('a')], 6, (_, nth) => ({
      kind: 'bad_request',
      message: `the case ${'abcdef'[nth]} is not taken`,
    }));
    expect(others.sent).toHaveLength(6);
  });
});

test('two models of an account that are refused together, without a word on whose limit it was, close it for its others', async () => {
  const account = modelNamed('shared').account;
  const unmarked: FailedOutcome = {
    kind: 'rate_limited',
    scope: 'unknown',
    isPool: false,
    retryAfterMs: 10_000,
    message: 'slow down',
  };
  const sharing = (name: string): Candidate => ({
    kind: 'model',
    name,
    model: modelNamed(name, { account }),
  });
  const script: Script = (model, _, atMs) => (model !== 'c' && atMs < 10_000 ? unmarked : 'answer');
  const asked = await askAll([sharing('a'), sharing('b'), sharing('c')], 30, script);
  const early = asked.sent.filter(
    ({ model, atMs }) => model === 'c' && atMs - START_MS > 20 && atMs - START_MS < 10_000,
  );
  expect(early).toEqual([]);
  expect(new Set(kinds(asked))).toEqual(new Set(['completion']));
  // One alone that is refused is that model's own.
  const apart = await askAll([sharing('a'), sharing('c')], 30, script);
  expect(apart.sent.filter(({ model, atMs }) => model === 'c' && atMs - START_MS < 10_000)).toHaveLength(30);
});

test('an answer to what was sent before a refusal does not open the gate that closed since', async () => {
  const asked = await askAll([alone('a')], 60, (_, nth, atMs) => {
    if (nth < 30) return { latencyMs: 20 };
    if (nth === 30) return { latencyMs: 8000 };
    return atMs < 6000 ? limited(3000) : { latencyMs: 2000 };
  });
  // Probes go alone, and wait a second or two for an answer that is still on its way, not for its end at eight.
  const probes = asked.sent.slice(35).map(({ atMs }) => atMs - START_MS);
  expect(probes[0]).toBeLessThan(5500);
  expect((probes[1] ?? 0) - (probes[0] ?? 0)).toBeGreaterThanOrEqual(3000);
  expect((probes[2] ?? 0) - (probes[1] ?? 0)).toBeGreaterThanOrEqual(1000);
  expect(new Set(kinds(asked))).toEqual(new Set(['completion']));
});

test('a quota of the day without a hint ends at midnight UTC', async () => {
  const quota: FailedOutcome = { kind: 'quota', scope: 'account', retryAfterMs: null, message: 'per day' };
  const asked = await askAll([alone('a')], 2, () => quota);
  expect(asked.sent).toHaveLength(1);
  // The wall clock of these tests starts at midnight.
  const untilMs = START_MS + 24 * 3_600_000;
  expect(asked.replies).toMatchObject([
    { kind: 'held', reason: 'quota', untilMs },
    { kind: 'held', reason: 'quota', untilMs },
  ]);
});

test('a broken model is probed while a slow answer of it is still on its way', async () => {
  const asked = await askAll([alone('a')], 12, (_, nth, atMs) => {
    if (nth === 0) return 'answer';
    if (nth === 1) return { latencyMs: 200_000 };
    return atMs < 2000 ? upstream : 'answer';
  });
  expect(kinds(asked).filter((kind) => kind === 'completion')).toHaveLength(12);
  expect(asked.sent.filter(({ endedMs }) => (endedMs ?? 0) - START_MS < 100_000).length).toBeGreaterThan(11);
});
