import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { withTimeLimits } from '../../src/suite/limit-writer.js';
import { limitSecondsFor } from '../../src/suite/validate-case.js';

const suite = `# The head.
name: mine   # its name
defaults: { limits: { time: 10s } }

cases:
  # The first.
  - id: none   # no limits yet
    prompt: |
      id: not this one
      limits: { time: 7s }
    entry: f
  - { id: flow, prompt: p, table: [{ args: [1], returns: 1 }] }
  - prompt: its id comes late

    limits: { time: 3s, memory: 64MB }   # both
    id: both
  - id: memory
    limits:
      # Only this.
      memory: 64MB
  - id: "quoted"
    limits: { memory: 1GB }
  - id: untouched
  - { file: more.jsonl }
`;

it('writes the limits of the named cases and leaves every other character', () => {
  const times = new Map(['none', 'flow', 'both', 'memory', 'quoted', 'elsewhere'].map((id) => [id, '2s']));
  const { text, written } = withTimeLimits(suite, times);
  expect(written).toEqual(['none', 'flow', 'both', 'memory', 'quoted']);
  expect(text).toBe(
    suite
      .replace('no limits yet\n', 'no limits yet\n    limits: { time: 2s }\n')
      .replace('{ id: flow,', '{ id: flow, limits: { time: 2s },')
      .replace('{ time: 3s, memory', '{ time: 2s, memory')
      .replace('      memory: 64MB\n  - id: "q', '      time: 2s\n      memory: 64MB\n  - id: "q')
      .replace('limits: { memory: 1GB }', 'limits: { time: 2s, memory: 1GB }'),
  );
  expect(withTimeLimits(text, times).text).toBe(text);
});

it('keeps the line ends of the file, and one without a last line end', () => {
  const windows = 'cases:\r\n  - id: a\r\n    prompt: p\r\n';
  expect(withTimeLimits(windows, new Map([['a', '1s']])).text).toBe(
    'cases:\r\n  - id: a\r\n    limits: { time: 1s }\r\n    prompt: p\r\n',
  );
  expect(withTimeLimits('cases:\n- id: a', new Map([['a', '1s']])).text).toBe(
    'cases:\n- id: a\n  limits: { time: 1s }',
  );
});

it('the limit of a reference is at least ten times it, and a round number', () => {
  expect([0, 20, 100, 101, 900, 5900, 6100, 61_000].map(limitSecondsFor)).toEqual([
    1, 1, 1, 2, 10, 60, 120, 660,
  ]);
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (ms) => {
      const seconds = limitSecondsFor(ms);
      expect(seconds).toBeGreaterThanOrEqual(Math.max(1, ms / 100));
      expect(Number.isInteger(seconds)).toBe(true);
    }),
  );
});

it('whatever stands in a case, only its limit changes', () => {
  const value = fc.oneof(fc.string({ maxLength: 12 }), fc.integer(), fc.boolean(), fc.constant(null));
  fc.assert(
    fc.property(
      fc.array(fc.dictionary(fc.constantFrom('prompt', 'entry', 'tags'), value), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.boolean(),
      (extras, flow) => {
        const cases = extras.map((extra, at) => ({ id: `c${at}`, ...extra }));
        const line = (one: object) => Object.entries(one).map(([key, of]) => `${key}: ${JSON.stringify(of)}`);
        const text = `cases:\n${cases
          .map((one) => (flow ? `  - { ${line(one).join(', ')} }\n` : `  - ${line(one).join('\n    ')}\n`))
          .join('')}`;
        const done = withTimeLimits(text, new Map([['c0', '5s']]));
        expect(parse(done.text)).toEqual({
          cases: cases.map((one, at) => (at === 0 ? { ...one, limits: { time: '5s' } } : one)),
        });
      },
    ),
  );
});
