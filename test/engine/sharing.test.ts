/** Whose is a limit, whose is a complaint, and what is an answer: what several models and trials have to tell together. */
import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../src/domain/candidate.js';
import type { FailedOutcome } from '../../src/domain/outcome.js';
import { openOpening } from '../../src/engine/opening.js';
import { openPace } from '../../src/engine/pace.js';
import { openSharedLimit } from '../../src/engine/shared-limit.js';
import { limiterOf } from '../../src/providers/simulated-limits.js';
import { seededRandom } from '../../src/world/random.js';
import { alone, askAll, modelNamed, rotationOf, type Script, START_MS, upstream } from './asking.js';

type Limited = Extract<FailedOutcome, { kind: 'rate_limited' }>;

const unmarked = (retryAfterMs: number | null): Limited => ({
  kind: 'rate_limited',
  scope: 'unknown',
  isPool: false,
  retryAfterMs,
  message: 'slow down',
});

const ofOneAccount = (...names: string[]): Candidate[] =>
  names.map((name) => ({
    kind: 'model',
    name,
    model: modelNamed(name, { account: modelNamed('shared').account }),
  }));

describe('a refusal that does not say whose limit it was', () => {
  it('is the account’s where two models are refused together, and what the first was told goes along', () => {
    const limit = openSharedLimit<object>();
    const [a, b] = [{}, {}];
    const [first, second] = [limit.sent(), limit.sent()];
    expect(limit.refused(a, first, 1000)).toEqual({ of: 'model', became: false });
    expect(limit.refused(b, second, 1500)).toEqual({ of: 'account', became: true });
    expect(limit.refused(a, limit.sent(), 9000)).toEqual({ of: 'account', became: false });
  });

  it('is the model’s where another one was admitted in between, or the two are far apart', () => {
    const [a, b, c] = [{}, {}, {}];
    const limit = openSharedLimit<object>();
    const first = limit.sent();
    limit.refused(a, first, 1000);
    limit.accepted(c, limit.sent());
    expect(limit.refused(b, limit.sent(), 1500)).toEqual({ of: 'model', became: false });
    const apart = openSharedLimit<object>();
    apart.refused(a, apart.sent(), 1000);
    expect(apart.refused(b, apart.sent(), 3500)).toEqual({ of: 'model', became: false });
  });

  it('goes back to the model that is refused again and again while all others are admitted', () => {
    const limit = openSharedLimit<object>();
    const [sick, b] = [{}, {}];
    limit.refused(b, limit.sent(), 900);
    expect(limit.refused(sick, limit.sent(), 1000)).toMatchObject({ of: 'account', became: true });
    const ends = [];
    for (let nowMs = 5000; nowMs < 9000; nowMs += 1000) {
      limit.accepted(b, limit.sent());
      ends.push(limit.refused(sick, limit.sent(), nowMs));
    }
    expect(ends.slice(0, 2)).toEqual([
      { of: 'account', became: false },
      { of: 'model', became: true },
    ]);
  });

  it('never goes back where a model that was admitted was refused too', () => {
    const limit = openSharedLimit<object>();
    const [sick, b] = [{}, {}];
    limit.accepted(b, limit.sent());
    limit.refused(b, limit.sent(), 900);
    limit.refused(sick, limit.sent(), 1000);
    for (let nowMs = 5000; nowMs < 9000; nowMs += 1000) {
      limit.accepted(b, limit.sent());
      expect(limit.refused(sick, limit.sent(), nowMs).of).toBe('account');
    }
  });

  it('of an account costs no more than one that says so; of each model, no more than each alone', async () => {
    const enforcing = (each: boolean, scope: Limited['scope']): Script => {
      const limiters = new Map<string, ReturnType<typeof limiterOf>>();
      return (model, _, atMs) => {
        const key = each ? model : '';
        const limiter = limiters.get(key) ?? limiterOf({ kind: 'token_bucket', perMinute: 600, burst: 6 });
        limiters.set(key, limiter);
        const waitMs = limiter.take(atMs, atMs);
        if (waitMs === 0) return { latencyMs: 50 };
        return { ...unmarked((waitMs ?? 0) + 0.5), scope };
      };
    };
    const four = ofOneAccount('a', 'b', 'c', 'd');
    const marked = await askAll(four, 40, enforcing(false, 'account'));
    const found = await askAll(four, 40, enforcing(false, 'unknown'));
    expect(found.tookMs).toBeLessThan(1.1 * marked.tookMs);
    // (40 - 6) at ten a second.
    const each = await askAll(four, 40, enforcing(true, 'unknown'));
    expect(each.tookMs).toBeLessThan(1.6 * 3400);
  });
});

describe('what was learned under the other name', () => {
  it('goes along: what the first of two was told holds for the account', async () => {
    const asked = await askAll(ofOneAccount('a', 'b'), 4, (model, nth) =>
      nth > 0 ? 'answer' : unmarked(model === 'a' ? 20_000.5 : null),
    );
    const later = asked.sent.map(({ atMs }) => atMs - START_MS).filter((atMs) => atMs > 100);
    expect(Math.min(...later)).toBeGreaterThanOrEqual(20_000);
    expect(asked.replies.every(({ kind }) => kind === 'completion')).toBe(true);
  });

  it('is forgotten where it was learned: rate, wait and all', () => {
    const pace = openPace(
      { knownPerMs: null, rememberedPerMs: 0.01, slots: 8, alone: 1 },
      seededRandom('forget'),
    );
    const ticket = pace.sent(1000);
    pace.refused(ticket, 1010, { hintMs: 5000.5, isPool: false, queued: 3 });
    expect([pace.perMinute(), pace.closedUntilMs() > 6000]).toEqual([600, true]);
    const lesson = pace.handOver();
    expect(lesson).toMatchObject({ isExact: true, fromServerMs: 6010.5 });
    expect([pace.perMinute(), pace.closedUntilMs()]).toEqual([null, Number.NEGATIVE_INFINITY]);
  });
});

describe('opening without a limit', () => {
  it('goes one, then 16 in all, then eight at a time, and doubles from 20 on', () => {
    const opening = openOpening(1);
    const sent = (nowMs: number) => {
      let count = 0;
      for (let at = nowMs; count < 1000 && opening.hasRoom(at); at += 50) {
        opening.sent(at);
        count += 1;
      }
      return count;
    };
    expect(opening.isUntried(0)).toBe(true);
    const first = opening.sent(0);
    expect([opening.hasRoom(100), opening.roomAtMs(100)]).toEqual([false, 250]);
    opening.heard(first, true);
    expect(opening.hasRoom(100)).toBe(true);
    // Fifteen more; by the time the last is sent, the first of them have been silent for long enough.
    expect(sent(100)).toBeGreaterThanOrEqual(15);
  });

  it('takes silence for assent, and a late refusal back', () => {
    const opening = openOpening(2);
    const tickets = [opening.sent(0), opening.sent(25)];
    expect(opening.isUntried(249)).toBe(true);
    expect(opening.isUntried(250)).toBe(false);
    for (const ticket of tickets) opening.heard(ticket, false);
    expect(opening.isUntried(400)).toBe(true);
  });
});

describe('complaints about requests', () => {
  const complains = (message: string): FailedOutcome => ({ kind: 'bad_request', message });

  it('of the longest prompts disable nothing: the shortest goes next, alone, and is answered', async () => {
    const prompt = (nth: number) => 'x'.repeat(100 - nth);
    const { replies, sent } = await askAll(
      [alone('a')],
      10,
      (_, __, ___, text) => (text.length > 93 ? complains(`${text.length} is too much`) : 'answer'),
      { prompt },
    );
    expect(replies.map(({ kind }) => kind)).toEqual([
      ...Array(7).fill('unanswered'),
      ...Array(3).fill('completion'),
    ]);
    // Behind the first complaint the shortest prompt goes.
    expect(sent.slice(0, 2).map(({ outcome }) => outcome?.kind)).toEqual(['bad_request', 'answered']);
  });

  it('of all prompts disable the model with the third that is alike, digits aside', async () => {
    const prompt = (nth: number) => 'x'.repeat(100 + nth);
    const { replies, sent } = await askAll(
      [alone('a')],
      50,
      (_, __, ___, text) => complains(`field 17 of ${text.length} is not known`),
      { prompt },
    );
    expect(sent.length).toBeLessThanOrEqual(4);
    expect(replies.filter((reply) => reply.kind === 'held' && reply.reason === 'lane_down')).toHaveLength(
      50 - sent.length,
    );
  });

  it('of long prompts that are in flight together disable nothing while a shorter one waits', async () => {
    const prompt = (nth: number) => 'x'.repeat(nth < 12 ? 500 : 50);
    const { replies, events } = await askAll(
      [alone('a')],
      20,
      (_, __, ___, text) =>
        text.length > 100 ? { outcome: complains('this is too much'), afterMs: 600 } : 'answer',
      { prompt },
    );
    expect(events.filter(({ kind }) => kind === 'lane-down')).toEqual([]);
    expect(replies.slice(12).every(({ kind }) => kind === 'completion')).toBe(true);
  });

  it('after an answer never disable it', async () => {
    const { replies } = await askAll([alone('a')], 40, (_, nth) => (nth === 0 ? 'answer' : complains('no')), {
      concurrency: 1,
    });
    expect(replies.map(({ kind }) => kind).filter((kind) => kind === 'held')).toEqual([]);
  });
});

describe('an empty answer', () => {
  const empty = { kind: 'empty', message: 'an answer without content' } as const;

  it('is asked for once more; the second is the answer', async () => {
    const { replies, sent } = await askAll([alone('a')], 1, () => empty);
    expect(sent).toHaveLength(2);
    expect(replies[0]).toMatchObject({ kind: 'completion', outcome: { kind: 'empty' } });
  });

  it('never counts against the model: nothing is lost with a fifth of 400 empty, in either clock', async () => {
    for (const clock of ['still', 'moving'] as const) {
      const { replies, events } = await askAll(
        [alone('a')],
        400,
        (_, nth) => (nth % 5 === 0 ? empty : 'answer'),
        { clock },
      );
      expect(replies.every(({ kind }) => kind === 'completion')).toBe(true);
      expect(events.filter(({ kind }) => kind === 'lane-down' || kind === 'gate-closed')).toEqual([]);
    }
  });

  it('ends an outage: the model was reached', async () => {
    // Five failures break it; the probe's answer is empty, and what comes next is a batch again.
    const { sent } = await askAll([alone('a')], 30, (_, nth) =>
      nth < 5 ? upstream : nth === 5 || nth === 6 ? empty : { latencyMs: 3000 },
    );
    const [, , , , , probe, ...rest] = sent;
    const soon = rest.filter(({ atMs }) => atMs - (probe?.atMs ?? 0) < 2500);
    expect(soon.length).toBeGreaterThan(3);
  });

  it('of a rotation’s first model is asked for there again, and not handed to the next', async () => {
    const { replies, sent } = await askAll([rotationOf(['a', 'b'])], 1, (model) =>
      model === 'a' ? empty : 'answer',
    );
    expect(sent.map(({ model }) => model)).toEqual(['a', 'a']);
    expect(replies[0]).toMatchObject({ kind: 'completion', outcome: { kind: 'empty' } });
  });
});

it('many models without a limit open quickly, though their headers come late: silence is assent', async () => {
  const eight = ofOneAccount('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h');
  const { sent, tookMs } = await askAll(eight, 16, () => ({ latencyMs: 8000 }));
  // Two rounds of eight; the script's status comes after half of an answer.
  expect(tookMs).toBeLessThan(1.1 * 2 * 8000);
  expect(sent.filter(({ atMs }) => atMs - START_MS < 200)).toHaveLength(1);
});
