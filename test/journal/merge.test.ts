/** The laws of merging, on shards of one plan cut at random. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EndLine, JournalLine, RunLine } from '../../src/domain/record.js';
import { type Merging, merge } from '../../src/journal/merge.js';
import { runLine, streamed, trialLine } from '../analysis/run-lines.js';

const SHARDS = 5;
const ids = Array.from({ length: 12 }, (_, index) => `c${index}`);

function shard(index: number, dropped: number, attempt: boolean): JournalLine[] {
  const own = ids.filter((_, place) => place % SHARDS === index - 1);
  const kept = own.slice(0, own.length - dropped);
  const run: RunLine = {
    ...runLine(['a', 'b'], { simple: own.length }),
    id: `2031-04-05-demo-abcd-${index}of${SHARDS}`,
    started_at: `2031-04-05T06:0${9 - index}:00.000Z`,
    whole: 'abcdef',
    plan: `p${index}`,
    shard: { index, of: SHARDS },
  };
  const end: EndLine = {
    type: 'end',
    ended_at: `2031-04-05T07:0${index}:00.000Z`,
    complete: dropped === 0,
    held: dropped === 0 ? {} : { a: { quota: dropped }, b: { interrupted: dropped } },
    sandboxes: index % 2 === 0 ? { python: 'wasm: 1' } : {},
    sandbox_use: index % 2 === 0 ? { python: { programs: index, replaced: 0 } } : {},
    warnings: [`from ${index}`, 'from all'],
  };
  const failed: JournalLine = {
    type: 'attempt',
    trial: 'x',
    candidate: 'a',
    attempt: { model: 'a', outcome: 'upstream', status: 502, wait_ms: 0, total_ms: 1 },
    cost_usd: null,
  };
  return [
    run,
    ...(attempt ? [failed, failed] : []),
    ...kept.flatMap((id) => [
      trialLine('a', id, 'passed'),
      trialLine('b', id, index % 2 === 0 ? 'failed' : 'passed'),
    ]),
    end,
  ];
}

/** As a file would be read whose lines are a byte each. */
function merging(lines: readonly JournalLine[], index: number): Merging {
  return {
    path: `in/${index}`,
    lines: streamed(lines.map((line, from) => ({ line, from, bytes: 1 }))),
    textAt: (from) => ({ text: JSON.stringify(lines[from]), sum: '' }),
  };
}

async function joined(...inputs: readonly (readonly JournalLine[])[]): Promise<JournalLine[]> {
  const merged = await merge(inputs.map(merging), (_, started) => `${started.slice(0, 10)}-demo`);
  if ('problem' in merged) throw new Error(merged.problem);
  const lines: JournalLine[] = [];
  for await (const line of merged.lines) lines.push(line.type === 'copied' ? JSON.parse(line.text) : line);
  return lines;
}

const shards = fc.tuple(
  ...Array.from({ length: SHARDS }, (_, index) =>
    fc
      .record({ dropped: fc.integer({ min: 0, max: 2 }), attempt: fc.boolean() })
      .map(({ dropped, attempt }) => shard(index + 1, dropped, attempt)),
  ),
);

describe('merging', () => {
  it('is commutative, associative and idempotent, byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(
        shards,
        fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 3 }),
        fc.nat(10),
        async (all, order, cut) => {
          const some = order.map((index) => all[index] ?? []);
          const at = 1 + (cut % (some.length - 1));
          const whole = await joined(...some);
          expect(await joined(...some.toReversed())).toEqual(whole);
          expect(await joined(await joined(...some.slice(0, at)), ...some.slice(at))).toEqual(whole);
          expect(await joined(...some.slice(0, at), await joined(...some.slice(at)))).toEqual(whole);
          expect(await joined(whole)).toEqual(whole);
          expect(await joined(whole, whole, ...some)).toEqual(whole);
          expect(JSON.stringify(await joined(whole, ...some))).toBe(JSON.stringify(whole));
        },
      ),
      { numRuns: 60 },
    );
  });

  const merged = async (...inputs: readonly (readonly JournalLine[])[]) =>
    merge(inputs.map(merging), () => 'id');

  it('names the shards that are missing, and plans for all that are there', async () => {
    const found = await merged(shard(1, 0, false), shard(4, 0, false));
    expect(found).toMatchObject({ complete: false, missing: [2, 3, 5], of: 5 });
    const all = await merged(...[1, 2, 3, 4, 5].map((index) => shard(index, 0, false)));
    expect(all).toMatchObject({ complete: true, missing: [], run: { trials: 24 } });
    expect((all as { run: RunLine }).run.candidates[0]?.planned).toEqual({ simple: 12 });
  });

  it('refuses answers that disagree, other plans and other measures', async () => {
    const [first, ...rest] = shard(1, 0, false);
    const other = rest.map((line) =>
      line.type === 'trial' && line.case === 'c0' ? { ...line, score: 0.5 } : line,
    );
    const again = { ...(first as RunLine), id: 'again' };
    expect(await merged(shard(1, 0, false), [again, ...other])).toMatchObject({
      problem: expect.stringMatching(
        /in\/0 and in\/1 have different answers of a to simple\/c0 \(sample 0\)/,
      ),
    });
    const run = shard(2, 0, false)[0] as RunLine;
    const lines = shard(2, 0, false).slice(1);
    expect(await merged(shard(1, 0, false), [{ ...run, whole: 'other' }, ...lines])).toMatchObject({
      problem: 'in/0 and in/1 are not parts of one plan: other samples, or other cases',
    });
    const suites = run.suites.map((suite) => ({ ...suite, hash: 'new' }));
    expect(await merged(shard(1, 0, false), [{ ...run, whole: 'other', suites }, ...lines])).toMatchObject({
      problem: expect.stringContaining('are not of the same suites: demo (abcd); demo (new)'),
    });
    expect(
      await merged(shard(1, 0, false), [{ ...run, shard: { index: 2, of: 6 } }, ...lines]),
    ).toMatchObject({
      problem: expect.stringContaining('is one of 5 shards, and'),
    });
    const boxes = lines.map((line) =>
      line.type === 'end' ? { ...line, sandboxes: { python: 'wasm: 2' } } : line,
    );
    expect(await merged(shard(4, 0, false), [run, ...boxes])).toMatchObject({
      problem:
        'python ran in wasm: 1 and, in in/1, in wasm: 2: results of different sandboxes cannot be merged',
    });
  });
});
