import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, caseHashes, hashOf } from '../../src/domain/ids.js';
import { redactor } from '../../src/domain/redact.js';
import {
  formatDuration,
  formatShare,
  formatUsd,
  parseDurationMs,
  parseSizeBytes,
} from '../../src/domain/units.js';

describe('durations and sizes', () => {
  it.each([
    ['10s', 10_000],
    ['2.34s', 2340],
    ['500ms', 500],
    ['15m', 900_000],
    ['1h30m', 5_400_000],
    ['1h 30m', 5_400_000],
    ['1d', 86_400_000],
    ['10', null],
    ['s', null],
    ['-1s', null],
    ['10 seconds', null],
    ['10s and more', null],
    ['', null],
  ])('%s', (text, ms) => expect(parseDurationMs(text)).toBe(ms));

  it.each([
    ['256MB', 256 * 1024 ** 2],
    ['1.5 GB', 1.5 * 1024 ** 3],
    ['64kb', 65_536],
    ['10', null],
    ['MB', null],
  ])('%s', (text, bytes) => expect(parseSizeBytes(text)).toBe(bytes));

  it.each([
    [0.2, '0 s'],
    [80, '80 ms'],
    [2340, '2.3 s'],
    [15_700, '15.7 s'],
    [125_000, '2 min 05 s'],
    [18_720_000, '5 h 12 min'],
  ])('%i ms is shown as %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
});

describe('figures', () => {
  it.each([
    [1, '100%'],
    [0.9999, '99.9%'],
    [0.834, '83%'],
    [0.0004, '0.1%'],
    [0, '0%'],
  ])('%d never rounds to a whole that it is not: %s', (share, text) => expect(formatShare(share)).toBe(text));

  it.each([
    [0, '$0'],
    [0.0000001, '<$0.0001'],
    [0.00042, '$0.0004'],
    [1.267, '$1.27'],
  ])('%d is %s', (usd, text) => expect(formatUsd(usd)).toBe(text));
});

describe('hashOf', () => {
  it('does not depend on the order of keys, and depends on everything else', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (raw) => {
        const value = JSON.parse(JSON.stringify(raw));
        const turned = Object.fromEntries(Object.entries(value).reverse()) as typeof value;
        expect(hashOf(turned)).toBe(hashOf(value));
        expect(JSON.parse(canonicalJson(value))).toEqual(value);
      }),
    );
    expect(hashOf({ a: 1 })).not.toBe(hashOf({ a: '1' }));
    expect(hashOf([])).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe('caseHashes', () => {
  it('are what hashOf makes of the same fields', () => {
    const text = fc.string({ unit: 'binary' });
    const maybe = fc.option(text);
    const params = fc.dictionary(text, fc.jsonValue()).map((raw) => JSON.parse(JSON.stringify(raw)));
    fc.assert(
      fc.property(
        fc.record({
          id: text,
          category: text,
          language: maybe,
          system: maybe,
          prompt: text,
          params,
          entry: maybe,
          limits: fc.record({ timeMs: fc.nat(), memoryBytes: fc.nat(), outputBytes: fc.nat() }),
          prelude: fc.constantFrom(null, 'import math'),
          passScore: fc.double({ min: 0, max: 1, noNaN: true }),
          scorings: fc.array(params),
        }),
        (asked) => {
          const { prelude, ...rest } = asked;
          const { id, system, prompt, params } = asked;
          expect(caseHashes(asked)).toEqual({
            hash: hashOf({
              ...rest,
              ...(prelude === null ? {} : { prelude }),
              limits: { ...asked.limits },
            }),
            questionHash: hashOf({ case: id, system, prompt, params }),
          });
        },
      ),
    );
  });
});

describe('redactor', () => {
  it('replaces a key as it is and as JSON writes it, the longest first', () => {
    const clean = redactor(['secret-key', 'secret-key-long"er', 'short']);
    expect(clean('secret-key and secret-key-long"er')).toBe('[redacted] and [redacted]');
    expect(clean(JSON.stringify({ a: 'secret-key-long"er' }))).toBe('{"a":"[redacted]"}');
    expect(clean('short stays: it is a placeholder')).toBe('short stays: it is a placeholder');
  });
});
