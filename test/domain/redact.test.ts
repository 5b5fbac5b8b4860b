/** Keys in texts that come in pieces. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openRedaction } from '../../src/domain/redact.js';

const cut = (text: string, places: readonly number[]): string[] => {
  const ends = [...new Set(places.map((place) => place % (text.length + 1)))].sort(
    (one, other) => one - other,
  );
  return [...ends, text.length].map((end, at) => text.slice(ends[at - 1] ?? 0, end));
};

function inPieces(pieces: readonly string[], secrets: readonly string[]): string {
  const stream = openRedaction(secrets).stream();
  return pieces.map((piece) => stream.add(piece)).join('') + stream.rest();
}

it('a key is found wherever it is cut', () => {
  const secret = 'sk-abcdefgh-0123';
  const text = `The key is ${secret}, and sk-abc is none.`;
  for (let at = 0; at <= text.length; at += 1)
    expect(inPieces([text.slice(0, at), text.slice(at)], [secret])).toBe(
      'The key is [redacted], and sk-abc is none.',
    );
  expect(inPieces([...text], [secret])).toBe('The key is [redacted], and sk-abc is none.');
});

it('nothing is held back that cannot be the beginning of a key, and at the end everything comes', () => {
  const stream = openRedaction(['sk-abcdefgh']).stream();
  expect(stream.add('All of it. ')).toBe('All of it. ');
  expect(stream.add('Then sk-abc')).toBe('Then ');
  expect(stream.rest()).toBe('sk-abc');
});

it('pieces never hold a key that the whole text would not, however keys and texts are alike', () => {
  // Few letters, so that keys overlap each other and themselves.
  const word = fc.string({ unit: fc.constantFrom('a', 'b', '-'), minLength: 8, maxLength: 12 });
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 1, maxLength: 3 }),
      fc.array(
        fc.oneof(word, fc.constantFrom(0, 1, 2), fc.string({ unit: fc.constantFrom('a', 'b', '-', ' ') })),
        { maxLength: 8 },
      ),
      fc.array(fc.nat(), { maxLength: 8 }),
      (secrets, parts, places) => {
        const text = parts.map((part) => (typeof part === 'number' ? (secrets[part] ?? '') : part)).join('');
        const shown = inPieces(cut(text, places), secrets);
        for (const secret of secrets) expect(shown).not.toContain(secret);
        expect(inPieces([text], secrets).includes('[redacted]')).toBe(
          openRedaction(secrets).redact(text).includes('[redacted]'),
        );
      },
    ),
  );
});
