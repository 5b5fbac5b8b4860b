/** The verdicts of a comparison, rule by rule, on runs whose every count is chosen. */
import { describe, expect, it } from 'vitest';
import { compare, defaultSettings, mismatchesOf } from '../../src/analysis/compare.js';
import type { CompareSettings } from '../../src/domain/compare-settings.js';
import type { CaseTally, RunProfile } from '../../src/domain/comparison.js';

function run(
  candidates: Readonly<Record<string, readonly CaseTally[]>>,
  facts: Partial<RunProfile> = {},
): RunProfile {
  return {
    schema_version: 1,
    id: 'a-run',
    started_at: '2026-01-01T00:00:00.000Z',
    tool: { name: 'codegen-bench', version: '0' },
    suites: [{ name: 's', hash: 'h', cases: 0 }],
    extraction: 'bench-extract/2',
    sandboxes: { python: 'wasm: 1' },
    candidates: Object.entries(candidates).map(([candidate, cases]) => ({
      candidate,
      kind: 'model',
      simulated: false,
      cases,
    })),
    ...facts,
  };
}

/** `passed[i]` of `samples` answers to case i pass. */
function cases(passed: readonly number[], samples = 1, change: Partial<CaseTally> = {}): CaseTally[] {
  return passed.map((count, index) => ({
    suite: 's',
    case: `c${index}`,
    category: 'simple',
    hash: 'x',
    trials: samples,
    answered: samples,
    judged: samples,
    passed: count,
    score: count,
    ln_ms: Math.log(1000),
    why: count < samples ? 'tests: it is wrong' : null,
    ...change,
  }));
}

const ones = (passing: number, of: number) =>
  Array.from({ length: of }, (_, index) => (index < passing ? 1 : 0));

function verdictOf(
  before: readonly CaseTally[],
  after: readonly CaseTally[],
  settings: Partial<CompareSettings> = {},
) {
  const comparison = compare(run({ m: before }), run({ m: after }), { ...defaultSettings, ...settings });
  const [candidate] = comparison.candidates;
  const figures = candidate?.figures.filter(({ gated }) => gated) ?? [];
  return { verdict: comparison.verdict, reasons: figures.map(({ reason }) => reason) };
}

describe('the gate on the pass rate', () => {
  it('without a drop that matters: pass, warn, fail', () => {
    expect(verdictOf(cases(ones(40, 50)), cases(ones(40, 50))).verdict).toBe('pass');
    expect(verdictOf(cases(ones(40, 50)), cases(ones(45, 50))).verdict).toBe('pass');
    expect(verdictOf(cases(ones(40, 50)), cases(ones(37, 50)))).toEqual({
      verdict: 'warn',
      reasons: ['worse, not significantly'],
    });
    // Five lost and none won: p = 1/32.
    expect(verdictOf(cases(ones(40, 50)), cases(ones(35, 50)))).toEqual({
      verdict: 'fail',
      reasons: ['worse'],
    });
    expect(verdictOf(cases(ones(40, 50)), cases(ones(36, 50))).verdict).toBe('warn');
  });

  it('a significant drop up to min-effect or max-drop is borne', () => {
    const [before, after] = [cases(ones(40, 50)), cases(ones(34, 50))];
    // 6 lost of 50: 12 points, at least 3 of them for certain.
    expect(verdictOf(before, after, { min_effect: 0.02 }).verdict).toBe('fail');
    expect(verdictOf(before, after, { min_effect: 0.05 })).toEqual({
      verdict: 'warn',
      reasons: ['worse, by no more than allowed'],
    });
    expect(verdictOf(before, after, { max_drop: { pass_rate: 0.02 } }).verdict).toBe('fail');
    expect(verdictOf(before, after, { max_drop: { pass_rate: 0.11 } })).toEqual({
      verdict: 'inconclusive',
      reasons: ['too few answers to distinguish the drop from the acceptable one'],
    });
    expect(verdictOf(before, after, { max_drop: { pass_rate: 0.3 } }).verdict).toBe('pass');
  });

  it('with a drop that matters, a run that could not have seen it is inconclusive', () => {
    const few = cases(ones(8, 10));
    expect(verdictOf(few, few, { max_drop: { pass_rate: 0.06 } })).toEqual({
      verdict: 'inconclusive',
      reasons: ['too few answers to distinguish the drop from the acceptable one'],
    });
    const many = cases(ones(800, 1000));
    expect(verdictOf(many, many, { max_drop: { pass_rate: 0.06 } }).verdict).toBe('pass');
  });

  it('says how many samples would do, on one side or on both', () => {
    const before = cases(
      Array.from({ length: 72 }, (_, index) => index % 6),
      5,
    );
    const comparison = compare(run({ m: before }), run({ m: cases(ones(36, 72)) }), {
      ...defaultSettings,
      max_drop: { pass_rate: 0.08 },
    });
    const figure = comparison.candidates[0]?.figures[0];
    const { sees, samples_needed: after, samples_needed_both: both } = figure ?? {};
    expect(sees).toBeGreaterThan(0.08);
    expect(after).toBeGreaterThan(1);
    expect(both).toBeGreaterThan(1);
  });

  it('answers that are missing are no failures; too many of them are inconclusive', () => {
    const before = cases(ones(40, 50));
    const missing = (from: number) =>
      cases(ones(40, 50)).map((tally, index) =>
        index < from ? tally : { ...tally, answered: 0, judged: 0, passed: 0, score: 0, ln_ms: null },
      );
    expect(verdictOf(before, missing(48)).verdict).toBe('pass');
    expect(verdictOf(before, missing(44))).toEqual({
      verdict: 'inconclusive',
      reasons: ["6 of the baseline's 50 cases are not judged"],
    });
    // Which ones are missing may be no chance.
    expect(verdictOf(before, missing(44), { min_coverage: 0.8 })).toEqual({
      verdict: 'inconclusive',
      reasons: ['answers are missing on one side more than on the other'],
    });
    const thrice = cases(
      ones(40, 50).map((one) => 3 * one),
      3,
    );
    const oneEach = thrice.map((tally) => ({
      ...tally,
      answered: 2,
      judged: 2,
      passed: Math.min(2, tally.passed),
    }));
    expect(verdictOf(thrice, oneEach)).toEqual({
      verdict: 'inconclusive',
      reasons: ['only 100 of 150 answers are judged, of the baseline 150 of 150'],
    });
    // Even if all that is missing had passed, it would be worse.
    const lost = thrice.map((tally, index) =>
      index < 45 ? { ...tally, passed: 0 } : { ...tally, answered: 2, judged: 2, passed: 0 },
    );
    expect(verdictOf(thrice, lost).verdict).toBe('fail');
  });
});

describe('counts that are no counts', () => {
  it('never pass, and leave the other candidates alone', () => {
    const good = cases(ones(40, 50));
    for (const passed of [Number.NaN, Number.POSITIVE_INFINITY]) {
      const bad = good.map((tally, index) => (index === 0 ? { ...tally, passed } : tally));
      for (const [before, after] of [
        [bad, good],
        [good, bad],
      ] as const) {
        const comparison = compare(
          run({ m: before, other: good }),
          run({ m: after, other: cases(ones(20, 50)) }),
          defaultSettings,
        );
        expect(comparison.candidates.map(({ verdict }) => verdict)).toEqual(['inconclusive', 'fail']);
      }
    }
  });
});

describe('other gates', () => {
  it('are there when they are asked for', () => {
    const before = cases(ones(50, 50));
    const slow = cases(ones(50, 50), 1, { ln_ms: Math.log(1500) });
    expect(verdictOf(before, slow).verdict).toBe('pass');
    expect(verdictOf(before, slow, { max_drop: { latency: 0.2 } })).toEqual({
      verdict: 'fail',
      reasons: [null, 'slower than allowed'],
    });
    expect(verdictOf(before, slow, { max_drop: { latency: 0.6 } }).verdict).toBe('pass');
    expect(
      verdictOf(before, slow.slice(0, 3), { max_drop: { latency: 0.2 }, min_coverage: 0 }),
    ).toMatchObject({
      reasons: [null, 'too few cases to see anything'],
    });
    const away = before.map((tally, index) =>
      index < 8 ? { ...tally, answered: 0, judged: 0, passed: 0, score: 0, ln_ms: null } : tally,
    );
    const loose = { min_coverage: 0.5 };
    expect(verdictOf(before, away, { ...loose, max_drop: { success_rate: 0.02 } })).toEqual({
      verdict: 'fail',
      reasons: ['answers are missing on one side more than on the other', 'worse, by more than allowed'],
    });
    const worse = before.map((tally, index) => ({ ...tally, score: index % 2 === 0 ? 0.5 : 1 }));
    expect(verdictOf(before, worse, { max_drop: { quality: 0.5 } }).verdict).toBe('fail');
    expect(verdictOf(before, worse, { max_drop: { quality: 2 } }).verdict).toBe('pass');
    expect(verdictOf(before, worse, { max_drop: { quality: 1.2 } }).verdict).toBe('inconclusive');
  });

  it('over several candidates the bar is higher, by Holm', () => {
    const before = cases(ones(40, 50));
    const after = cases(ones(35, 50));
    const many = compare(run({ a: before, b: before }), run({ a: after, b: before }), defaultSettings);
    expect(many.candidates.map(({ verdict }) => verdict)).toEqual(['warn', 'pass']);
    expect(many.candidates[0]?.figures[0]).toMatchObject({ p: 1 / 32, p_adjusted: 2 / 32 });
  });
});

describe('whom and what is compared', () => {
  it('candidates by name; the only ones of both sides whatever their names', () => {
    const own = cases([1, 0]);
    const paired = compare(run({ old: own }), run({ new: own }), defaultSettings);
    expect(paired.candidates).toMatchObject([{ candidate: 'new', baseline_candidate: 'old' }]);
    const none = compare(run({ old: own, other: own }), run({ new: own }), defaultSettings);
    expect(none).toMatchObject({
      candidates: [],
      missing: ['old', 'other'],
      added: ['new'],
      verdict: 'inconclusive',
    });
  });

  it('flips by their depth', () => {
    const comparison = compare(
      run({ m: cases([5, 5, 0, 3], 5) }),
      run({ m: cases([1, 0, 4, 3], 5) }),
      defaultSettings,
    );
    expect(comparison.candidates[0]?.broken.map((flip) => [flip.case, flip.after.passed, flip.why])).toEqual([
      ['c1', 0, 'tests: it is wrong'],
      ['c0', 1, 'tests: it is wrong'],
    ]);
    expect(comparison.candidates[0]?.mended.map((flip) => flip.case)).toEqual(['c2']);
  });

  it('what was not measured by the same measure is named', () => {
    const own = cases([1, 1]);
    expect(mismatchesOf(run({ m: own }), run({ m: own }))).toEqual([]);
    const other = run(
      { m: own.map((tally, index) => ({ ...tally, hash: index === 0 ? 'y' : 'x' })) },
      { extraction: 'bench-extract/3', sandboxes: { python: 'wasm: 2', javascript: 'wasm: 1' } },
    );
    expect(mismatchesOf(run({ m: own }), other)).toEqual([
      'a case is not what the baseline was asked, or scored by: s/c0',
      'code was taken out of answers by bench-extract/2, now by bench-extract/3',
      'python ran in wasm: 1, now in wasm: 2',
    ]);
    const elsewhere = run(
      { m: own.map((tally) => ({ ...tally, suite: 't' })) },
      { suites: [{ name: 't', hash: 'h', cases: 2 }] },
    );
    expect(mismatchesOf(run({ m: own }), elsewhere)).toEqual([
      'they have no case in common: the baseline is of s, the run of t',
    ]);
  });
});
