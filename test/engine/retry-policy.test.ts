import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RetryPolicy } from '../../src/engine/retry-policy.js';
import { seededRandom } from '../../src/world/random.js';

test('waits 1, 2, 4, 8, 16, 32 s before jitter, then 60 s', () => {
  const policy = new RetryPolicy();
  const waits = [1, 2, 3, 4, 5, 6, 7, 8, 50].map((failures) => policy.ceilingMs(failures) / 1000);
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
});

test('without jitter the wait is the ceiling', () => {
  const policy = new RetryPolicy({ jitter: 'none' });
  expect(policy.delayMs(3, seededRandom('any'))).toBe(4000);
});

test('full jitter reaches from 0 to the ceiling, equal jitter over its upper half', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.string(), (failures, seed) => {
      const dice = seededRandom(seed);
      const full = new RetryPolicy({ jitter: 'full' });
      const equal = new RetryPolicy({ jitter: 'equal' });
      const ceilingMs = full.ceilingMs(failures);
      const drawnMs = full.delayMs(failures, dice);
      const halfMs = equal.delayMs(failures, dice);
      expect(drawnMs).toBeGreaterThanOrEqual(0);
      expect(drawnMs).toBeLessThanOrEqual(ceilingMs);
      expect(halfMs).toBeGreaterThanOrEqual(ceilingMs / 2);
      expect(halfMs).toBeLessThanOrEqual(ceilingMs);
    }),
  );
  const draws = Array.from({ length: 500 }, (_, index) =>
    new RetryPolicy().delayMs(1, seededRandom(`draw ${index}`)),
  );
  expect(Math.min(...draws)).toBeLessThan(50);
  expect(Math.max(...draws)).toBeGreaterThan(950);
});
