// Limits that the engine knows beforehand: from bench.yaml, or from the headers of good answers. Against real limiters.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Candidate, defaultRetry, type LimitShape } from '../../src/domain/candidate.js';
import type { Allowance } from '../../src/domain/trial.js';
import { openAllowances } from '../../src/engine/allowance.js';
import { openMinuteLog } from '../../src/engine/minute-log.js';
import { limiterOf } from '../../src/providers/simulated-limits.js';
import { alone, askAll, limited, modelNamed, rotationOf, type Script } from './asking.js';

const MINUTE_MS = 60_000;

/** A server of that shape, which tells what is left with every good answer if it is told to. */
function enforcing(shape: LimitShape, tells = false): Script {
  const limiters = new Map<string, ReturnType<typeof limiterOf>>();
  return (model, _, atMs) => {
    const limiter = limiters.get(model) ?? limiterOf(shape);
    limiters.set(model, limiter);
    const waitMs = limiter.take(atMs, atMs);
    if (waitMs !== 0) return limited(waitMs === null ? null : Math.max(1, waitMs));
    const state = tells ? limiter.state(atMs, atMs) : null;
    if (state === null) return { latencyMs: 100 };
    const { limit, remaining, resetMs, counts } = state;
    const allowance: Allowance =
      counts === 'window'
        ? { remaining, refillMs: resetMs, refills: 'all' }
        : { remaining, refillMs: resetMs / (limit - remaining), refills: 'one' };
    return { latencyMs: 100, allowance };
  };
}

const knowing = (rpm: number): Candidate => ({
  kind: 'model',
  name: 'a',
  model: modelNamed('a', { limits: { rpm } }),
});
const refusedOf = (asked: Awaited<ReturnType<typeof askAll>>) =>
  asked.sent.filter(({ outcome }) => outcome?.kind === 'rate_limited').length;
const answeredOf = (asked: Awaited<ReturnType<typeof askAll>>) =>
  asked.replies.filter(({ kind }) => kind === 'completion').length;

describe('a known limit of requests a minute', () => {
  it('is spent at once where the server counts by windows, and nothing is refused', async () => {
    for (const kind of ['fixed_window', 'sliding_window'] as const) {
      const server = () => enforcing({ kind, limit: 20, windowMs: MINUTE_MS });
      const few = await askAll([knowing(20)], 15, server());
      expect([answeredOf(few), refusedOf(few)]).toEqual([15, 0]);
      expect(few.tookMs).toBeLessThan(2000);
      const many = await askAll([knowing(20)], 60, server());
      expect([answeredOf(many), refusedOf(many)]).toEqual([60, 0]);
      expect(many.tookMs).toBeLessThan(2.1 * MINUTE_MS);
    }
  });

  it('costs a few refusals of a bucket with a small burst, and is 1/R apart from then on', async () => {
    const asked = await askAll(
      [knowing(20)],
      40,
      enforcing({ kind: 'token_bucket', perMinute: 20, burst: 3 }),
    );
    expect(answeredOf(asked)).toBe(40);
    expect(refusedOf(asked)).toBeGreaterThan(0);
    expect(refusedOf(asked)).toBeLessThanOrEqual(4);
    const atMs = asked.sent.map((one) => one.atMs);
    const gapsMs = atMs.slice(1).map((at, index) => at - (atMs[index] ?? 0));
    expect(Math.min(...gapsMs.slice(8))).toBeGreaterThanOrEqual(3000 - 1e-6);
    expect(asked.tookMs).toBeLessThan(((40 - 3) / 20) * MINUTE_MS * 1.06);
  });

  it('of any minute, never admits more', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 80 }),
        (perMinute, pausesMs) => {
          const log = openMinuteLog(perMinute);
          let nowMs = 5e6;
          const sentMs: number[] = [];
          for (const pauseMs of pausesMs) {
            const told = log.opensAtMs(0, nowMs);
            nowMs = Math.max(nowMs + pauseMs, log.nextAtMs());
            expect(told).toBeLessThanOrEqual(nowMs);
            log.sent(nowMs);
            sentMs.push(nowMs);
          }
          for (const [index, atMs] of sentMs.entries()) {
            expect(atMs - (sentMs[index - perMinute] ?? Number.NEGATIVE_INFINITY)).toBeGreaterThan(MINUTE_MS);
          }
        },
      ),
    );
  });

  it('tells when those at the end of the line will go, as they then do', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 40 }), (perMinute, ahead) => {
        const log = openMinuteLog(perMinute);
        let nowMs = 1e6;
        const told = log.opensAtMs(ahead, nowMs);
        for (let index = 0; index <= ahead; index++) {
          nowMs = Math.max(nowMs, log.nextAtMs());
          log.sent(nowMs);
        }
        expect(nowMs).toBe(told);
      }),
    );
  });
});

describe('a limit that good answers tell', () => {
  it.each([
    ['a bucket', { kind: 'token_bucket', perMinute: 60, burst: 5 }, (45 - 5) * 1000],
    ['a fixed window', { kind: 'fixed_window', limit: 10, windowMs: MINUTE_MS }, 4 * MINUTE_MS],
    ['a sliding window', { kind: 'sliding_window', limit: 10, windowMs: MINUTE_MS }, 4 * MINUTE_MS],
  ] as const)('%s: is kept to, so that nothing is refused and no time is lost', async (_, shape, boundMs) => {
    const asked = await askAll([alone('a')], 45, enforcing(shape, true));
    expect([answeredOf(asked), refusedOf(asked)]).toEqual([45, 0]);
    expect(asked.tookMs).toBeLessThan(boundMs * 1.05 + 200);
    // The same without a word costs refusals.
    expect(refusedOf(await askAll([alone('a')], 45, enforcing(shape)))).toBeGreaterThan(0);
  });

  it('sends a rotation on to the next model until it is full again', async () => {
    const script: Script = (model) =>
      model === 'a'
        ? { latencyMs: 100, allowance: { remaining: 0, refillMs: 30_000, refills: 'all' } }
        : 'answer';
    const asked = await askAll([rotationOf(['a', 'b'])], 6, script);
    expect(answeredOf(asked)).toBe(6);
    expect(asked.sent.filter(({ model }) => model === 'a')).toHaveLength(1);
    expect(asked.tookMs).toBeLessThan(2000);
  });

  it('for hours parks what is left, without a request that would be refused', async () => {
    const asked = await askAll([alone('a')], 5, () => ({
      latencyMs: 100,
      allowance: { remaining: 0, refillMs: 5 * 3_600_000, refills: 'all' },
    }));
    expect(asked.replies.map(({ kind }) => kind).sort()).toEqual([
      'completion',
      'held',
      'held',
      'held',
      'held',
    ]);
    expect(asked.sent).toHaveLength(1);
  });

  it('opens again by one a second where the next answer is long in coming', async () => {
    const asked = await askAll([alone('a', { ...defaultRetry })], 4, (_, nth) => ({
      latencyMs: nth === 0 ? 100 : 20_000,
      allowance: { remaining: 0, refillMs: 10_000, refills: 'all' },
    }));
    const gapsMs = asked.sent.slice(1).map(({ atMs }, index) => atMs - (asked.sent[index]?.atMs ?? 0));
    expect(gapsMs).toEqual([10_050, 1000, 1000]);
  });

  it('holds no more once a later answer tells nothing', async () => {
    const asked = await askAll([alone('a')], 40, (_, nth) => ({
      latencyMs: 100,
      ...(nth === 0 ? { allowance: { remaining: 0, refillMs: 10_000, refills: 'all' as const } } : {}),
    }));
    expect(asked.tookMs).toBeLessThan(13_000);
  });

  it('is the word of the latest request, though an earlier one’s answer overtakes it', () => {
    const allowances = openAllowances();
    const first = allowances.sent();
    const second = allowances.sent();
    allowances.told(second, 1000, { remaining: 1, refillMs: 500, refills: 'one' });
    allowances.told(first, 1010, { remaining: 9, refillMs: 500, refills: 'one' });
    expect(allowances.nextAtMs()).toBeLessThan(0);
    allowances.sent();
    expect(allowances.nextAtMs()).toBe(1500);
    allowances.sent();
    expect(allowances.nextAtMs()).toBe(2000);
  });
});
