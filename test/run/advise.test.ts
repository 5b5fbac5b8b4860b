/** The rotation that `recommend` makes, of evidence whose truth is known. */
import { describe, expect, it } from 'vitest';
import type { Evidence, ModelEvidence } from '../../src/analysis/advice/evidence.js';
import { defaultRetry } from '../../src/domain/candidate.js';
import type { Objective } from '../../src/domain/recommendation.js';
import { advise, eligibleModels } from '../../src/run/advice/advise.js';
import { seededRandom } from '../../src/world/random.js';
import { modelNamed } from '../engine/asking.js';

const CASES = 20;

interface Truth {
  readonly passes: number;
  readonly latencyMs: number;
  /** Of ten attempts, those that a rate limit refuses. */
  readonly refused?: number;
  readonly costUsd?: number | null;
}

function modelOf(name: string, { passes, latencyMs, refused = 0, costUsd = 0 }: Truth): ModelEvidence {
  const cases = Array.from(
    { length: CASES },
    (_, index) =>
      [`case ${index}`, { judged: 1, passed: index < Math.round(passes * CASES) ? 1 : 0 }] as const,
  );
  const count = (CASES * refused) / 10;
  return {
    name,
    provider: name,
    id: name,
    simulated: false,
    attempts: CASES + count,
    failures: count === 0 ? [] : [{ kind: 'rate_limited', status: 429, count }],
    timelines: [],
    logs: Array.from({ length: CASES }, (_, index) => Math.log(latencyMs * (0.9 + index / 200))),
    cases: new Map(cases),
    costUsd,
  };
}

function evidenceOf(truths: Readonly<Record<string, Truth>>, rotations: readonly string[][] = []): Evidence {
  const models = Object.entries(truths).map(([name, truth]) => modelOf(name, truth));
  const alone = models.map((model) => ({
    kind: 'model' as const,
    candidate: model.name,
    models: [model.name],
  }));
  const rotating = rotations.map((names) => ({
    kind: 'rotation' as const,
    candidate: names.join('+'),
    models: names,
  }));
  return {
    runs: [],
    models,
    candidates: [...alone, ...rotating].map((one) => ({
      ...one,
      simulated: false,
      missing: 0,
      latenciesMs: [],
      answers: CASES,
      costUsd: 0,
      cases: new Map(
        [...(models[0]?.cases ?? [])].map(([key, own]) => [
          key,
          { ...own, category: 'simple', trials: 1, answered: 1, score: own.passed, logs: [] },
        ]),
      ),
    })),
  };
}

const advised = (evidence: Evidence, objective: Objective = 'balanced', names?: readonly string[]) =>
  advise(evidence, names ?? evidence.models.map(({ name }) => name), objective, {
    modelOf: ({ name }) => modelNamed(name),
    retry: defaultRetry,
    concurrency: 4,
    random: seededRandom('advise'),
    startWallMs: 0,
  });

describe('advise', () => {
  it('needs two models that were asked', async () => {
    const evidence = evidenceOf({ a: { passes: 1, latencyMs: 100 }, b: { passes: 1, latencyMs: 100 } });
    expect(await advised(evidence, 'balanced', ['a'])).toBeNull();
    const [a, b] = evidence.models;
    if (a === undefined || b === undefined) throw new Error('no models');
    expect(await advised({ ...evidence, models: [a, { ...b, attempts: 0 }] })).toBeNull();
  });

  it('puts first what the objective wants, and expects of it what is true', async () => {
    const evidence = evidenceOf({
      quick: { passes: 0.5, latencyMs: 200 },
      good: { passes: 0.95, latencyMs: 8_000 },
    });
    const quality = await advised(evidence, 'quality');
    const speed = await advised(evidence, 'speed');
    expect([quality?.models, speed?.models]).toEqual([
      ['good', 'quick'],
      ['quick', 'good'],
    ]);
    expect(quality?.instead.models).toEqual(['quick', 'good']);
    for (const [advice, passes, latencyMs] of [
      [quality, 0.95, 8_000],
      [speed, 0.5, 200],
    ] as const) {
      const { passed, p50_ms, success_rate, answered_by } = advice?.expected ?? {};
      // The 95% range of a run of this size holds the truth; nothing ever failed, so nearly all is answered.
      expect(passed?.low).toBeLessThan(passes);
      expect(passed?.high).toBeGreaterThan(passes);
      expect((passed?.high ?? 1) - (passed?.low ?? 0)).toBeLessThan(0.6);
      expect((p50_ms?.value ?? 0) / latencyMs).toBeGreaterThan(0.8);
      expect((p50_ms?.value ?? 0) / latencyMs).toBeLessThan(1.25);
      expect(success_rate?.value).toBeGreaterThan(0.99);
      expect(Object.keys(answered_by ?? {})[0]).toBe(advice?.models[0]);
    }
  });

  it('prefers the free one of two that are alike, where cost is the objective', async () => {
    const alike = { passes: 0.8, latencyMs: 1_000 };
    const evidence = evidenceOf({ paid: { ...alike, costUsd: 0.02 }, free: { ...alike, costUsd: 0 } });
    const advice = await advised(evidence, 'cost');
    expect(advice?.models).toEqual(['free', 'paid']);
    expect(advice?.expected.cost_usd).toBeLessThan(0.001);
  });

  it('names models that an unknown limit refused, and rotates past them', async () => {
    const evidence = evidenceOf(
      {
        limited: { passes: 0.9, latencyMs: 500, refused: 8 },
        steady: { passes: 0.6, latencyMs: 500 },
      },
      [['limited', 'steady']],
    );
    const advice = await advised(evidence, 'quality');
    expect(advice?.limits_unknown).toEqual(['limited']);
    expect(advice?.given.map(({ name }) => name)).toEqual(['limited+steady']);
    expect(advice?.expected.answered_by['steady']).toBeGreaterThan(0.1);
    expect(advice?.expected.success_rate.value).toBeGreaterThan(0.95);
  });

  it('says the same of the same evidence', async () => {
    const evidence = evidenceOf({
      a: { passes: 0.7, latencyMs: 900 },
      b: { passes: 0.6, latencyMs: 300 },
    });
    expect(await advised(evidence)).toEqual(await advised(evidence));
  });

  it('leaves out models that alone are not what is wanted, and keeps those seen in rotations only', () => {
    const evidence = evidenceOf({
      slow: { passes: 1, latencyMs: 9_000 },
      fast: { passes: 1, latencyMs: 100 },
    });
    const inRotation = {
      ...evidence,
      candidates: evidence.candidates.filter((one) => one.candidate !== 'fast'),
    };
    expect(eligibleModels(inRotation, () => 'too slow')).toEqual(['fast']);
    expect(eligibleModels(evidence, () => null)).toEqual(['slow', 'fast']);
  });
});
