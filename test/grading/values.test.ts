import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Value } from '../../src/domain/value.js';
import { readValue, showValue } from '../../src/grading/value-text.js';
import { difference, sameValue } from '../../src/grading/values.js';

function value(raw: unknown): Value {
  const read = readValue(raw);
  if ('problem' in read) throw new Error(read.problem);
  return read;
}

const strict = { tolerance: null };

describe('sameValue', () => {
  it.each([
    ['1 and 1.0', 1n, 1, true],
    ['1 and true', 1n, true, false],
    ['0.1 + 0.2 and 0.3', 0.1 + 0.2, 0.3, true],
    ['0.3 and 0.30001', 0.3, 0.30001, false],
    ['NaN and NaN', Number.NaN, Number.NaN, true],
    ['-0.0 and 0', -0, 0n, true],
    ['infinities', Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, false],
    ['a tuple and a list', { $tuple: [1n, 2n] }, [1n, 2n], true],
    ['a set and a list', { $set: [1n] }, [1n], false],
    ['sets in any order', { $set: [1n, 'a', [2n]] }, { $set: [[2n], 1n, 'a'] }, true],
    ['dicts in any order', { a: 1n, b: 2n }, { b: 2n, a: 1n }, true],
    ['a dict with one key more', { a: 1n }, { a: 1n, b: 2n }, false],
    ['a key 1 and a key "1"', { $dict: [[1n, 'x']] }, { 1: 'x' }, false],
    ['null and undefined', null, { $undefined: null }, false],
    ['bytes', { $bytes: 'FF00' }, { $bytes: 'ff00' }, true],
    ['2^53 and 2^53 + 1', { $int: '9007199254740992' }, { $int: '9007199254740993' }, false],
    ['10^20 and its float', { $int: '100000000000000000000' }, 1e20, true],
    ['a text and its number', '1', 1n, false],
  ])('%s', (_, a, b, same) => {
    expect(sameValue(value(a), value(b), strict)).toBe(same);
    expect(sameValue(value(b), value(a), strict)).toBe(same);
  });

  it('a float that is wanted is near enough to a whole number, and a whole number that is wanted is exact', () => {
    const whole = value({ $int: '100000000000000000001' });
    expect(sameValue(value(1e20), whole, strict)).toBe(true);
    expect(sameValue(whole, value(1e20), strict)).toBe(false);
  });

  it('takes a tolerance that is absolute', () => {
    expect(sameValue(value(100n), value(100.4), { tolerance: 0.5 })).toBe(true);
    expect(sameValue(value(100n), value(101n), { tolerance: 0.5 })).toBe(false);
  });

  it('knows nothing that equals an opaque value, itself included', () => {
    const opaque: Value = { t: 'opaque', type: 'Always', shown: 'Always()' };
    expect(sameValue(opaque, opaque, strict)).toBe(false);
    expect(sameValue(value([1n]), { t: 'list', v: [opaque] }, strict)).toBe(false);
  });

  const { any } = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      fc.constant(null),
      fc.boolean(),
      fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }),
      fc.double({ noNaN: false }),
      fc.string(),
      fc.array(tie('any'), { maxLength: 4 }),
      fc.dictionary(
        fc.string().filter((key) => !key.startsWith('$')),
        tie('any'),
        { maxKeys: 4 },
      ),
    ),
  }));

  it('is reflexive and symmetric, and shows any value in one line', () => {
    fc.assert(
      fc.property(any, any, (a, b) => {
        const [x, y] = [value(a), value(b)];
        expect(sameValue(x, x, strict)).toBe(true);
        expect(sameValue(x, y, strict)).toBe(sameValue(y, x, strict));
        expect(showValue(x, 'python')).not.toContain('\n');
        expect(showValue(x, 'javascript').length).toBeLessThanOrEqual(120);
      }),
    );
  });
});

describe('difference', () => {
  it('names the first place', () => {
    const found = difference(value({ a: [1n, { b: 2n }] }), value({ a: [1n, { b: 3n }] }), strict);
    expect(found).toMatchObject({ path: '["a"][1]["b"]', expected: value(2n), got: value(3n) });
    expect(difference(value({ a: 1n }), value({}), strict)).toMatchObject({ path: '["a"]', got: null });
  });
});

describe('readValue', () => {
  it.each([
    [{ $tuple: 1n }, '$tuple takes a list'],
    [{ $set: [], more: 1n }, '$set must be the only key'],
    [{ $bytes: 'xyz' }, '$bytes takes hex digits'],
    [{ $nope: 1n }, '$nope is unknown'],
    [{ $int: '1.5' }, '$int takes a whole number'],
    [{ $dict: [[1n]] }, '$dict takes a list of [key, value]'],
  ])('%o is refused in words', (raw, problem) => {
    expect(readValue(raw)).toEqual({ problem: expect.stringContaining(problem) });
  });
});
