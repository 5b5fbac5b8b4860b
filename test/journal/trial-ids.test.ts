import fc from 'fast-check';
import { expect, it } from 'vitest';
import { trialIds } from '../../src/journal/trial-ids.js';

const digit = fc.constantFrom(...'0123456789abcdef');
/** Many of them end alike, and want the same slot. */
const hash = fc
  .array(digit, { minLength: 8, maxLength: 8 })
  .chain((high) =>
    fc
      .constantFrom('00000000', '00000001', '00000800', '00000fff', 'ffffffff')
      .map((low) => high.join('') + low),
  );
const id = fc.oneof(hash, hash, fc.constant('0000000000000000'), fc.string());

it('numbers ids as a map would, whatever they end with and however many there are', () => {
  fc.assert(
    fc.property(fc.array(id, { maxLength: 3_000, size: 'max' }), fc.array(id), (some, others) => {
      const ids = trialIds();
      const numbers = new Map<string, number>();
      for (const one of some) {
        if (!numbers.has(one)) numbers.set(one, numbers.size);
        expect(ids.add(one)).toBe(numbers.get(one));
      }
      for (const one of [...some, ...others]) expect(ids.numberOf(one)).toBe(numbers.get(one));
    }),
    { numRuns: 30 },
  );
});
