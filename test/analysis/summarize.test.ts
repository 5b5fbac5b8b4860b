import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { summarize } from '../../src/analysis/summarize.js';
import type { JournalLine } from '../../src/domain/record.js';
import { runLine, streamed, trialLine } from './run-lines.js';

async function summaryOf(...lines: JournalLine[]) {
  const summary = await summarize(streamed(lines));
  if (summary === null) throw new Error('no run');
  return summary;
}

describe('the three figures', () => {
  it('are never mixed: unanswered is no failure, an error is in no rate, a refusal is an answer that failed', async () => {
    const { candidates, totals } = await summaryOf(
      runLine(['a'], { simple: 6 }),
      trialLine('a', '1', 'passed'),
      trialLine('a', '2', 'passed'),
      trialLine('a', '3', 'failed'),
      trialLine('a', '4', 'failed', { outcome: 'refused' }),
      trialLine('a', '5', 'error'),
      trialLine('a', '6', 'unanswered'),
    );
    const [a] = candidates;
    expect(a?.success_rate).toMatchObject({ value: 0.833333, n: 6 });
    expect(a?.pass_rate).toMatchObject({ value: 0.5, n: 4 });
    expect(a?.quality).toMatchObject({ value: 2.5, n: 4 });
    expect(a?.verdicts).toEqual({ passed: 2, failed: 2, error: 1, unanswered: 1 });
    expect(a?.outcomes).toEqual({ answered: 4, rate_limited: 1, refused: 1 });
    expect(totals).toMatchObject({ trials: 6, planned: 6, requests: 6 });
  });

  it('leave out an answer that nobody has judged, but for its coming', async () => {
    const { candidates } = await summaryOf(
      runLine(['a'], { simple: 2 }),
      trialLine('a', '1', 'passed'),
      trialLine('a', '2', null),
    );
    expect(candidates[0]).toMatchObject({ success_rate: { n: 2 }, pass_rate: { n: 1 }, quality: { n: 1 } });
    expect(candidates[0]?.verdicts).toEqual({ passed: 1, failed: 0, error: 0, unanswered: 0 });
  });

  it('show their doubt: 3 of 3 is 44 to 100%', async () => {
    const { candidates } = await summaryOf(
      runLine(['a'], { simple: 3 }),
      ...['1', '2', '3'].map((id) => trialLine('a', id, 'passed')),
    );
    expect(candidates[0]?.pass_rate).toEqual({ value: 1, n: 3, low: 0.438503, high: 1 });
  });

  it('count tokens from the first one on', async () => {
    const { candidates } = await summaryOf(runLine(['a'], { simple: 1 }), trialLine('a', '1', 'passed'));
    expect(candidates[0]?.tokens_per_second.p50.value).toBe(100);
  });
});

describe('what is told beside them', () => {
  it('is added up over all trials, tokens over those answers alone that tell them', async () => {
    const answerOf = (prompt: number | null, completion: number | null) => ({
      text: 'x',
      finish_reason: 'stop',
      served_model: null,
      served_by: null,
      usage: { prompt_tokens: prompt, completion_tokens: completion, reasoning_tokens: null },
    });
    const [attempt] = trialLine('a', '1', 'passed').attempts;
    if (attempt === undefined) throw new Error('no attempt');
    const { candidates } = await summaryOf(
      runLine(['a'], { simple: 5 }),
      trialLine('a', '1', 'passed', {
        completion: answerOf(1000, 1),
        queue_ms: 1,
        attempts: [attempt, attempt],
      }),
      trialLine('a', '2', 'failed', { completion: answerOf(200, 20), pace_ms: 20.04, answered_by: 'b' }),
      trialLine('a', '3', 'failed', { completion: answerOf(30, null), backoff_ms: 300 }),
      trialLine('a', '4', 'failed', {
        completion: answerOf(null, 4000),
        queue_ms: 1,
        pace_ms: 20,
        backoff_ms: 300,
        extraction: { method: null, outcome: 'no_code' },
      }),
      trialLine('a', '5', 'unanswered'),
    );
    expect(candidates[0]).toMatchObject({
      tokens: { prompt: 1200, completion: 4021, answers: 3 },
      waits_ms: { queue: 2, pace: 40, backoff: 600 },
      attempts: 6,
      answered_by: { a: 3, b: 1 },
      extraction: { code: 3, no_code: 1 },
      outcomes: { answered: 4, rate_limited: 1 },
    });
    expect(candidates[0]?.latency_ms.p50).toMatchObject({ value: 1000, n: 4 });
    expect(candidates[0]?.ttft_ms.p50).toMatchObject({ value: 200, n: 4 });
    expect(candidates[0]?.tokens_per_second.p50.n).toBe(3);
  });

  it('is told of each tag, and a tag is not what looks like two of them', async () => {
    const lines = [['x'], ['x', 'y'], ['x,y'], ['["x","y"]'], []].map((tags, index) =>
      trialLine('a', String(index), 'passed', { tags }),
    );
    const summary = await summarize(streamed<JournalLine>([runLine(['a'], { simple: 5 }), ...lines]), 'tag');
    const told = summary?.candidates[0]?.categories.map(({ category, trials }) => [category, trials]);
    expect(Object.fromEntries(told ?? [])).toEqual({ x: 2, y: 1, 'x,y': 1, '["x","y"]': 1 });
  });
});

describe('trials without a line', () => {
  it('are unanswered, for the reason that the end of the run tells', async () => {
    const { candidates, totals, complete } = await summaryOf(
      runLine(['a'], { simple: 2, docs: 2 }),
      trialLine('a', '1', 'passed'),
      {
        type: 'end',
        ended_at: '2031-04-05T07:00:00.000Z',
        complete: false,
        held: { a: { quota: 2 } },
        sandboxes: {},
        sandbox_use: {},
        warnings: ['told'],
      },
    );
    expect(complete).toBe(false);
    expect(candidates[0]?.verdicts.unanswered).toBe(3);
    expect(candidates[0]?.outcomes).toEqual({ answered: 1, interrupted: 1, quota: 2 });
    expect(candidates[0]?.success_rate).toMatchObject({ value: 0.25, n: 4 });
    expect(candidates[0]?.categories.map(({ category, trials }) => [category, trials])).toEqual([
      ['simple', 2],
      ['docs', 2],
    ]);
    expect(totals).toMatchObject({ trials: 1, planned: 4 });
  });

  it('of a run that was killed are interrupted', async () => {
    const { candidates, ended_at } = await summaryOf(runLine(['a'], { simple: 2 }));
    expect(ended_at).toBeNull();
    expect(candidates[0]?.outcomes).toEqual({ interrupted: 2 });
    expect(candidates[0]?.pass_rate).toEqual({ value: null, n: 0, low: null, high: null });
  });
});

describe('cost', () => {
  it('is unknown as a whole when one answer has an unknown one', async () => {
    const known = [trialLine('a', '1', 'passed'), trialLine('a', '2', 'unanswered')];
    const run = runLine(['a'], { simple: 3 });
    expect((await summaryOf(run, ...known)).totals.cost_usd).toBe(0.1);
    const unknown = trialLine('a', '3', 'passed', { cost_usd: null });
    expect((await summaryOf(run, ...known, unknown)).totals.cost_usd).toBeNull();
  });
});

describe('ranking', () => {
  const ids = Array.from({ length: 20 }, (_, index) => String(index));
  const both = (passesB: (index: number) => boolean) => [
    runLine(['a', 'b'], { simple: 20 }),
    ...ids.map((id) => trialLine('a', id, 'passed')),
    ...ids.map((id, index) => trialLine('b', id, passesB(index) ? 'passed' : 'failed')),
  ];

  it('separates only what the cases separate', async () => {
    expect((await summaryOf(...both((index) => index > 4))).ranking.separated).toEqual([]);
    expect((await summaryOf(...both((index) => index > 5))).ranking.separated).toEqual([
      { better: 'a', worse: 'b', p: 0.03125 },
    ]);
  });

  it('names the gap that so many cases show', async () => {
    const { cases, smallest_gap: gap } = (await summaryOf(...both(() => true))).ranking;
    expect(cases).toBe(20);
    // 5 of 20 are told apart (2 x 2^-6 < 0.05 needs 6), but not four times out of five.
    expect(gap).toBeGreaterThan(0.3);
    expect(gap).toBeLessThan(0.5);
    const few = [
      runLine(['a', 'b'], { simple: 1 }),
      trialLine('a', '1', 'passed'),
      trialLine('b', '1', 'failed'),
    ];
    const { best_two: two, ...rest } = (await summaryOf(...few)).ranking;
    expect(rest).toEqual({ separated: [], smallest_gap: null, cases: 1 });
    expect(two?.difference).toEqual({ value: 1, n: 1, low: -1, high: 1 });
  });
});

describe('the order in which trials finished', () => {
  it('leaves no trace', async () => {
    const verdict = fc.constantFrom('passed' as const, 'failed' as const, 'unanswered' as const);
    const trial = fc.record({
      verdict,
      score: fc.double({ min: 0, max: 1, noNaN: true }),
      ms: fc.double({ min: 0, max: 1e5, noNaN: true }),
      cost: fc.double({ min: 0, max: 1, noNaN: true }),
      key: fc.nat(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(trial, { minLength: 1, maxLength: 20 }), async (trials) => {
        const run = runLine(['a'], { simple: trials.length });
        const lines = trials.map(({ verdict, score, ms, cost }, index) =>
          trialLine('a', String(index), verdict, {
            ...(verdict === 'unanswered' ? {} : { score, latency_ms: ms, cost_usd: cost }),
          }),
        );
        const order = trials.map(({ key }, index) => ({ key, index })).sort((x, y) => x.key - y.key);
        const mixed = order.flatMap(({ index }) => lines[index] ?? []);
        expect(await summaryOf(run, ...mixed)).toEqual(await summaryOf(run, ...lines));
      }),
    );
  });
});

it('says nothing of lines without a run', async () => {
  expect(await summarize(streamed([]))).toBeNull();
});

describe('trials with several lines', () => {
  const hashed = { trial: '00000000a1b2c3d4' };

  it.each([
    ['a hash', hashed],
    ['another id', {}],
  ])('count once, by the last of them: %s', async (_, id) => {
    const { candidates, totals } = await summaryOf(
      runLine(['a'], { simple: 2 }),
      trialLine('a', '1', 'failed', id),
      trialLine('a', '2', 'passed', { trial: '00000000a1b2c3d5' }),
      trialLine('a', '1', 'passed', id),
    );
    expect(totals).toMatchObject({ trials: 2, verdicts: { passed: 2, failed: 0 } });
    expect(candidates[0]?.pass_rate).toMatchObject({ value: 1, n: 2 });
  });

  it('are parked no more when they have one', async () => {
    const parked = (trial: string): JournalLine => ({
      type: 'event',
      kind: 'parked',
      at: '2031-04-05T06:07:09.000Z',
      candidate: 'a',
      trial,
      reason: 'closed',
      until: null,
    });
    const summary = await summaryOf(
      runLine(['a'], { simple: 3 }),
      parked(hashed.trial),
      parked('a/2/0'),
      parked('00000000a1b2c3d5'),
      trialLine('a', '1', 'passed', hashed),
      trialLine('a', '2', 'passed'),
    );
    expect(summary.parked).toMatchObject([{ candidate: 'a', trials: 1 }]);
  });
});
