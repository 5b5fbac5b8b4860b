/** Whatever a file says, a loader ends with a suite or with its mistakes: it never throws. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { languages } from '../../src/grading/languages/index.js';
import { knownProviders } from '../../src/providers/index.js';
import { loadConfig } from '../../src/suite/config.js';
import { loadSuite } from '../../src/suite/load.js';
import type { Files } from '../../src/world/world.js';

/** A share of them in each `npm test`; `npm run test:long` draws twenty thousand. */
const RUNS = process.env['FC_RUNS'] === undefined ? 400 : 20 * Number(process.env['FC_RUNS']);

const suite = `name: mine
defaults: { language: python, category: simple, samples: 2, system: Be brief., params: { temperature: 0.2 } }
categories: [simple, ours]
models: [a, { name: own, provider: simulated, quality: 0.5, latency: { median: 1s }, limits: { rpm: 20, burst: 5 }, faults: [{ status: 502, share: 0.1 }] }]
rotations: [{ name: both, models: [own, reference], retry: { max_attempts: 3, deadline: 10s } }]
include: [more.yaml]
cases:
  - id: average
    category: ours
    tags: [numbers]
    prompt: |
      Write average(numbers).
    entry: average
    table: [{ args: [[1, 2.5]], returns: 1.75, tolerance: 0.1 }, { args: [[]], raises: ValueError }, { args: [{ $tuple: [1] }], returns: { $set: [1] } }]
    checks: [{ type_hints: true, weight: 0.5 }, { forbids: { calls: [eval] }, required: true }, { matches: { pattern: "a+", flags: i, absent: true } }]
    limits: { time: 5s, memory: 64MB }
    solution: "def average(n): return sum(n) / len(n)"
    wrong: ["def average(n): return 0"]
  - { id: tested, prompt: { file: p.md }, tests: "assert f(1) == 2" }
`;
const lines = `{"id":"one","category":"simple","prompt":"Say x.","checks":[{"text_matches":"x"}]}
{"id":"two","category":"simple","language":"python","prompt":"Write f.","entry":"f","table":[{"args":[1],"returns":2}]}
`;
const config = `providers: { here: { base_url: "http://127.0.0.1:1/v1", api_key_env: K, headers: { X: y }, limits: { rpm: 20, rpd: 50 } } }
models: { a: { provider: here, model: m, price: { input: 1, output: 2 }, retry: { max_attempts: 2 } }, b: { provider: here, model: n, stream: false } }
rotations: { r: [a, b], s: { models: [a], retry: { base_delay: 1s, max_wait: 1m } } }
retry: { base_delay: 1s, factor: 2, jitter: full }
timeouts: { headers: 60s, total: 10m }
`;

/** Files in memory. */
function filesOf(texts: Readonly<Record<string, string>>): Files {
  const text = (path: string) => texts[path.replace(/^\.\//, '')];
  const none = () => Promise.reject(new Error('not in this test'));
  return {
    readText: async (path) => text(path) ?? none(),
    readBytes: async (path) => Buffer.from(text(path) ?? ''),
    async *lines(path) {
      yield* (text(path) ?? '').split('\n');
    },
    async *bytes(path) {
      yield Buffer.from(text(path) ?? '');
    },
    openToRead: () => {
      throw new Error('not in this test');
    },
    kind: async (path) => (text(path) === undefined ? 'none' : 'file'),
    realPath: async (path) => path,
    list: async () => Object.keys(texts),
    makeFolder: none,
    writeAtomic: none,
    appendTo: none,
    endAt: none,
    rename: none,
    createNew: none,
    remove: none,
  };
}

const pieces = fc.constantFrom(
  '*a',
  '&a ',
  '<<: *a',
  '[',
  ']',
  '{',
  '}',
  ': ',
  '- ',
  '\n',
  '\t',
  '|',
  '>',
  '"',
  "'",
  '#',
  '? ',
  '!!binary ',
  '!!js ',
  '...',
  '---\n',
  '~',
  'null',
  'true',
  '-1',
  '1e999',
  '.nan',
  '0x10',
  '1_000',
  '{ $int: "x" }',
  '{ $tuple: 1 }',
  '{ $dict: [[1]] }',
  '{ file: cases.jsonl }',
  '{ file: suite.yaml }',
  '__proto__: 1',
  'constructor',
  'id: average',
  'id: 7',
  'table: {}',
  'tests: []',
  'models: 3',
  'include: suite.yaml',
  '\u0000',
  '\u202e',
  '\ufeff',
  'é',
  '💥',
);
const edits = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    drop: fc.integer({ min: 0, max: 40 }),
    add: pieces,
  }),
  { minLength: 1, maxLength: 6 },
);

function mutated(
  text: string,
  changes: readonly { readonly at: number; readonly drop: number; readonly add: string }[],
) {
  return changes.reduce((now, { at, drop, add }) => {
    const from = Math.floor(at * now.length);
    return now.slice(0, from) + add + now.slice(from + drop);
  }, text);
}

it('ends with a suite or its mistakes, whatever is changed in suite, cases, include or config', async () => {
  await fc.assert(
    fc.asyncProperty(
      edits,
      fc.constantFrom('suite.yaml', 'cases.jsonl', 'more.yaml', 'bench.yaml'),
      fc.boolean(),
      async (changes, which, fromLines) => {
        const whole: Record<string, string> = {
          'suite.yaml': fromLines ? 'name: lines\ncases: { file: cases.jsonl }\n' : suite,
          'cases.jsonl': lines,
          'more.yaml':
            'name: more\ncases: [{ id: more, category: simple, prompt: Say x., checks: [{ text_matches: x }] }]\n',
          'bench.yaml': config,
          'p.md': 'Write f.',
        };
        const files = filesOf({ ...whole, [which]: mutated(whole[which] ?? '', changes) });
        const read = await loadConfig(null, { files, providers: knownProviders });
        if (!read.ok) {
          expect(read.diagnostics.length).toBeGreaterThan(0);
          return;
        }
        const loaded = await loadSuite('suite.yaml', {
          files,
          shippedFolder: 'none',
          config: read.value,
          languages: languages.map(({ name }) => name),
        });
        if (!loaded.ok) expect(loaded.diagnostics.length).toBeGreaterThan(0);
      },
    ),
    { numRuns: RUNS },
  );
});
