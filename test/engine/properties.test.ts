/** What holds of the engine whatever servers do, in virtual time, over random fault schedules. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Candidate, defaultRetry, type RateLimits } from '../../src/domain/candidate.js';
import type { RunEvent } from '../../src/domain/event.js';
import type { FailedOutcome, RetriedOutcome } from '../../src/domain/outcome.js';
import { isAnswered } from '../../src/domain/outcome.js';
import { type Asked, alone, askAll, type ClockMode, clockModes, modelNamed, type Script } from './asking.js';

/** A share of them in each `npm test`; `npm run test:long` draws thousands. */
const RUNS = Number(process.env['FC_RUNS'] ?? 60);
const message = 'scripted';

/** A fault, or an answer of some length. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 5000 }).map((latencyMs) => ({ latencyMs })) },
  {
    weight: 1,
    arbitrary: fc.record({
      latencyMs: fc.integer({ min: 1, max: 5000 }),
      allowance: fc.record({
        remaining: fc.integer({ min: 0, max: 3 }),
        refillMs: fc.integer({ min: 0, max: 60_000 }),
        refills: fc.constantFrom('one' as const, 'all' as const),
      }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('rate_limited' as const),
      scope: fc.constantFrom('model' as const, 'account' as const, 'unknown' as const),
      isPool: fc.boolean(),
      retryAfterMs: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 30_000 })),
      message: fc.constant(message),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<RetriedOutcome>(
      { kind: 'upstream', retryAfterMs: null, message },
      { kind: 'timeout', timer: 'headers', message },
      { kind: 'network', refused: false, message },
      { kind: 'broken_stream', message },
      { kind: 'malformed', message },
      { kind: 'empty', message },
      { kind: 'concurrency', message },
      { kind: 'loading', retryAfterMs: null, message },
      { kind: 'bad_request', message },
      { kind: 'context', message },
    ),
  },
);

/** Each model walks through its own steps, and answers when they are over. */
const schedule = fc.record({
  a: fc.array(step, { maxLength: 25 }),
  b: fc.array(step, { maxLength: 25 }),
  c: fc.array(step, { maxLength: 25 }),
});
type Schedule = typeof schedule extends fc.Arbitrary<infer T> ? T : never;

function scriptOf(steps: Schedule): Script {
  return (model, nth) => steps[model as keyof Schedule]?.[nth] ?? 'answer';
}

/** What bench.yaml knows of a model or an account; mostly nothing. */
const limits = fc.oneof(
  { weight: 2, arbitrary: fc.constant<RateLimits>({}) },
  {
    weight: 1,
    arbitrary: fc
      .record(
        { rpm: fc.integer({ min: 1, max: 200 }), concurrency: fc.integer({ min: 1, max: 4 }) },
        { requiredKeys: [] },
      )
      .map((given): RateLimits => given),
  },
  { weight: 1, arbitrary: fc.integer({ min: 100, max: 10_000 }).map((tpm): RateLimits => ({ tpm })) },
);

interface Known {
  readonly model: RateLimits;
  readonly account: RateLimits;
}

const candidatesOf = (shares: boolean, known: Known): Candidate[] => {
  const account = { ...modelNamed('shared').account, limits: known.account };
  const named = (name: string) =>
    modelNamed(name, { limits: known.model, ...(shares && name !== 'c' ? { account } : {}) });
  return [
    { kind: 'model', name: 'a', model: named('a') },
    { kind: 'rotation', name: 'default', chain: ['a', 'b', 'c'].map(named), retry: defaultRetry },
  ];
};

const setting = fc.record({
  steps: schedule,
  shares: fc.boolean(),
  known: fc.record({ model: limits, account: limits }),
  concurrency: fc.integer({ min: 1, max: 8 }),
  seed: fc.string({ maxLength: 4 }),
});

const TRIALS = 8;
/** Time that passes while one thing is done. */
const toleranceMs: Readonly<Record<ClockMode, number>> = { still: 0, moving: 1, slow: 50 };
type Given = typeof setting extends fc.Arbitrary<infer T> ? T : never;
const asked = (
  { steps, shares, known, concurrency, seed }: Given,
  clock: ClockMode,
  watch?: (event: RunEvent, nowMs: number) => void,
) =>
  askAll(candidatesOf(shares, known), TRIALS, scriptOf(steps), {
    seed,
    concurrency,
    clock,
    ...(watch ? { watch } : {}),
  });

const kindsOf = ({ sent }: Asked) => sent.map(({ outcome }) => outcome?.kind ?? 'in flight');

describe.each(clockModes)('whatever servers do, with a clock that is %s', (clock) => {
  it('every trial ends once, nothing stalls, and no timer is left', async () => {
    await fc.assert(
      fc.asyncProperty(setting, async (given) => {
        const { replies, sent, events, timersLeft } = await asked(given, clock);
        expect(replies).toHaveLength(2 * TRIALS);
        expect(timersLeft).toBe(0);
        // Every request is an attempt of one reply, began once and ended once.
        const attempts = replies.flatMap((reply) => reply.attempts);
        expect(attempts).toHaveLength(sent.length);
        expect(new Set(attempts).size).toBe(sent.length);
        for (const kind of ['attempt-started', 'attempt-ended'])
          expect(events.filter((event) => event.kind === kind)).toHaveLength(sent.length);
        for (const { endedMs } of sent) expect(endedMs).not.toBeNull();
      }),
      { numRuns: RUNS },
    );
  });

  it('nothing is sent into a closed gate, and no wait is shorter than a hint', async () => {
    await fc.assert(
      fc.asyncProperty(setting, async (given) => {
        const closedUntil = new Map<string, number>();
        const accountOf = (model: string) =>
          given.shares && model !== 'c' ? 'shared account' : `${model} account`;
        const { sent } = await asked(given, clock, (event, nowMs) => {
          if (event.kind === 'gate-closed')
            closedUntil.set(event.model, Math.max(event.untilMs, closedUntil.get(event.model) ?? 0));
          if (event.kind === 'attempt-started') {
            expect(nowMs).toBeGreaterThanOrEqual(closedUntil.get(event.model) ?? 0);
            expect(nowMs).toBeGreaterThanOrEqual(closedUntil.get(accountOf(event.model)) ?? 0);
          }
        });
        for (const { model, outcome, endedMs } of sent) {
          if (outcome?.kind !== 'rate_limited' || outcome.retryAfterMs === null || endedMs === null) continue;
          const opensMs = endedMs + outcome.retryAfterMs;
          const early = sent.filter(
            (later) =>
              later.atMs > endedMs &&
              later.atMs < opensMs - 1e-6 &&
              (later.model === model ||
                (outcome.scope === 'account' && accountOf(later.model) === accountOf(model))),
          );
          expect(early).toEqual([]);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('the books balance: sent = answered + refused for a limit + failed + cancelled, and each in one trial', async () => {
    await fc.assert(
      fc.asyncProperty(setting, async (given) => {
        const run = await asked(given, clock);
        const attempts = run.replies.flatMap((reply) => reply.attempts);
        expect(attempts).toHaveLength(run.sent.length);
        expect(attempts.map(({ outcome }) => outcome.kind).sort()).toEqual(kindsOf(run).sort());
        // An empty answer is asked for once more, and the second one is the answer.
        const empties = run.replies.filter(
          (reply) => reply.kind === 'completion' && reply.outcome.kind === 'empty',
        );
        const answered =
          empties.length +
          attempts.filter(({ outcome }) => isAnswered(outcome) && outcome.kind !== 'empty').length;
        expect(answered).toBe(run.replies.filter(({ kind }) => kind === 'completion').length);
      }),
      { numRuns: RUNS },
    );
  });

  it('a latency is the wire time of the attempt that won, and the waits add up to the rest', async () => {
    await fc.assert(
      fc.asyncProperty(setting, async (given) => {
        const { replies, repliedMs, sent, tookMs } = await asked(given, clock);
        const wire = new Set(sent.map(({ atMs, endedMs }) => (endedMs ?? 0) - atMs));
        for (const [index, { kind, attempts }] of replies.entries()) {
          let allMs = 0;
          for (const attempt of attempts) {
            expect(wire.has(attempt.totalMs)).toBe(true);
            for (const ms of [attempt.queuedMs, attempt.pacedMs, attempt.backoffMs])
              expect(ms).toBeGreaterThanOrEqual(0);
            allMs += attempt.queuedMs + attempt.pacedMs + attempt.backoffMs + attempt.totalMs;
          }
          expect(allMs).toBeLessThanOrEqual(tookMs + 1e-6);
          // All are asked at the start: what an answer took is its waits and its requests, and nothing besides.
          // (A clock that moves with each reading moves with those of other trials, too.)
          if (kind === 'completion' && clock === 'still') expect(repliedMs[index]).toBeCloseTo(allMs, 5);
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('the same seed gives the same trace', async () => {
    await fc.assert(
      fc.asyncProperty(setting, async (given) => {
        const [once, again] = [await asked(given, clock), await asked(given, clock)];
        expect(again.sent).toEqual(once.sent);
        expect(again.events).toEqual(once.events);
      }),
      { numRuns: Math.ceil(RUNS / 3) },
    );
  });

  it('where faults are only limits and pass, everything is answered', async () => {
    const refusals = fc.array(
      fc.record({
        kind: fc.constant('rate_limited' as const),
        scope: fc.constantFrom('model' as const, 'account' as const, 'unknown' as const),
        isPool: fc.boolean(),
        retryAfterMs: fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 20_000 })),
        message: fc.constant(message),
      }),
      { maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(refusals, fc.integer({ min: 1, max: 8 }), async (steps, concurrency) => {
        const { replies } = await askAll([alone('a')], 20, (_, nth) => steps[nth] ?? 'answer', {
          concurrency,
          clock,
        });
        expect(replies.map(({ kind }) => kind)).toEqual(Array.from({ length: 20 }, () => 'completion'));
      }),
      { numRuns: RUNS },
    );
  });

  it('after an interrupt nothing is sent, and no timer is left', async () => {
    await fc.assert(
      fc.asyncProperty(
        setting,
        fc.integer({ min: 0, max: 30 }),
        async ({ steps, concurrency, seed }, stopAt) => {
          const controller = new AbortController();
          let stoppedMs = Number.POSITIVE_INFINITY;
          const { sent, timersLeft, replies } = await askAll([alone('a'), alone('b')], 12, scriptOf(steps), {
            seed,
            concurrency,
            clock,
            signal: controller.signal,
            watch(event, nowMs) {
              if (event.kind !== 'attempt-started' || --stopAt >= 0) return;
              stoppedMs = Math.min(stoppedMs, nowMs);
              controller.abort(new Error('the user'));
            },
          });
          // The request that was being started as the user stopped may be seen a reading later.
          expect(sent.filter(({ atMs }) => atMs > stoppedMs + toleranceMs[clock])).toEqual([]);
          expect(timersLeft).toBe(0);
          expect(replies).toHaveLength(24);
        },
      ),
      { numRuns: RUNS },
    );
  });
});

describe('an outage of 400 trials', () => {
  const outage: FailedOutcome = { kind: 'upstream', retryAfterMs: null, message: 'bad gateway' };

  it.each([1, 8, 16, 32])(
    'is amplified by at most 1.1 with %i in flight, and the lane is down in the end',
    async (concurrency) => {
      const { sent, replies, events } = await askAll([alone('a')], 400, () => outage, { concurrency });
      expect(sent.length).toBeLessThanOrEqual(1.1 * 400);
      expect(replies.every(({ kind }) => kind === 'unanswered' || kind === 'held')).toBe(true);
      expect(events.filter(({ kind }) => kind === 'lane-down')).toHaveLength(1);
    },
  );

  it('that ends after a minute loses no trial', async () => {
    const { sent, replies } = await askAll([alone('a')], 400, (_, __, atMs) =>
      atMs > 2000 && atMs < 50_000 ? outage : 'answer',
    );
    expect(replies.every(({ kind }) => kind === 'completion')).toBe(true);
    expect(sent.length).toBeLessThanOrEqual(1.1 * 400);
  });

  it('of half of the requests costs retries, and loses only what fails seven times', async () => {
    const { sent, replies } = await askAll([alone('a')], 400, (_, nth) =>
      nth % 2 === 0 ? outage : 'answer',
    );
    const lost = replies.filter(({ kind }) => kind !== 'completion').length;
    // One in 2^7 of 400 is 3.
    expect(lost).toBeLessThanOrEqual(12);
    expect(sent.length).toBeLessThanOrEqual(2.1 * 400);
  });
});
