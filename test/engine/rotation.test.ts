/** The decision alone: every history of a rotation of three, over the kinds of failure that are decided alike. */
import { describe, expect, it } from 'vitest';
import { defaultRetry } from '../../src/domain/candidate.js';
import type { RetriedOutcome } from '../../src/domain/outcome.js';
import { type LaneView, ModelRotationManager, type PastAttempt } from '../../src/engine/rotation.js';
import { limited, modelNamed, upstream } from './asking.js';

const message = 'scripted';
const alike: readonly RetriedOutcome[] = [
  { kind: 'unknown_model', message },
  { kind: 'bad_request', message },
  upstream,
  { kind: 'malformed', message },
  limited(1000),
  { kind: 'loading', retryAfterMs: null, message },
];
const LENGTH = 6;
const chain = [modelNamed('a'), modelNamed('b'), modelNamed('c')];
const retry = { ...defaultRetry, maxAttempts: 3 };
const manager = new ModelRotationManager(chain, retry);

/** All lanes are open and up, but for what the history closed. */
function lanesAfter(history: readonly PastAttempt[], nowMs: number): Required<LaneView> {
  const closedMs = (name: string) => {
    const last = history.findLast((past) => past.model.name === name);
    return last?.outcome.kind === 'rate_limited' ? last.againAtMs : 0;
  };
  return {
    nowMs,
    startedMs: 0,
    opensAtMs: (model) => closedMs(model.name),
    closedUntilMs: (model) => closedMs(model.name),
    refusesSinceMs: () => null,
    downWhy: () => null,
  };
}

const isFree = ({ kind }: RetriedOutcome) => kind === 'loading';
const isFinal = ({ kind }: RetriedOutcome) => kind === 'unknown_model' || kind === 'bad_request';

describe('every history up to six attempts', () => {
  it('asks nobody who cannot succeed, nobody too often, nobody too early, and stops only when nobody is left', () => {
    let histories = 0;
    const walk = (history: readonly PastAttempt[], nowMs: number): void => {
      histories += 1;
      const decision = manager.decide(history, lanesAfter(history, nowMs));
      const of = (name: string) => history.filter((past) => past.model.name === name);
      const isSpent = (name: string) =>
        of(name).some(({ outcome }) => isFinal(outcome)) ||
        of(name).filter(({ outcome }) => !isFree(outcome)).length >= retry.maxAttempts;
      if (decision.do !== 'send') {
        expect(decision.do).toBe('stop');
        expect(chain.every(({ name }) => isSpent(name))).toBe(true);
        return;
      }
      const { model, notBeforeMs } = decision;
      expect(isSpent(model.name)).toBe(false);
      expect(notBeforeMs).toBeGreaterThanOrEqual(of(model.name).at(-1)?.againAtMs ?? 0);
      // A closed gate is not waited for while somebody whose gate is open has not failed this trial.
      const isClosed = (name: string) => lanesAfter(history, nowMs).closedUntilMs(modelNamed(name)) > nowMs;
      const fresh = chain.find(({ name }) => of(name).length === 0);
      if (fresh !== undefined) expect(isClosed(model.name)).toBe(false);
      if (history.length === 0) expect(model.name).toBe('a');
      if (history.length === LENGTH) return;
      for (const outcome of alike) {
        const endedMs = Math.max(nowMs, notBeforeMs) + 10;
        walk([...history, { model, outcome, againAtMs: endedMs + 1000 }], endedMs);
      }
    };
    walk([], 0);
    expect(histories).toBeGreaterThan(30_000);
  });

  it('returns to the primary when that is ready again', () => {
    const failed: PastAttempt = {
      model: chain[0] as (typeof chain)[0],
      outcome: limited(1000),
      againAtMs: 1000,
    };
    const other: PastAttempt = {
      model: chain[1] as (typeof chain)[0],
      outcome: limited(9000),
      againAtMs: 9500,
    };
    const history = [failed, other];
    expect(manager.decide(history, lanesAfter(history, 500))).toMatchObject({ model: { name: 'c' } });
    expect(manager.decide(history, lanesAfter(history, 1500))).toMatchObject({ model: { name: 'a' } });
  });
});
