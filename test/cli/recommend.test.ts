/** `bench recommend` as a person reads it, and as `bench run` reads back what it writes. */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { folderWith } from '../suite/folder.js';
import { bench, runsIn, summaryIn } from './bench.js';
import { type Asked, answer, type Endpoint, serve } from './endpoint.js';

const CASES = 36;
const suite = `name: everyday
cases:
${Array.from(
  { length: CASES },
  (_, index) =>
    `  - { id: c${index}, category: ${index % 3 === 0 ? 'complex' : 'simple'}, prompt: Describe number ${index}., checks: [{ text_matches: fine, required: true }] }\n`,
).join('')}`;

/** `good` knows all and is slow, `quick` knows two of three, `lost` knows nothing. */
function serveModels(): Promise<Endpoint> {
  return serve((asked: Asked, _, response) => {
    const model = String(asked.body['model']);
    const [{ content = '' } = {}] = (asked.body['messages'] as readonly { content: string }[]).slice(-1);
    const number = Number(/\d+/.exec(content)?.[0] ?? 0);
    const passes = model === 'good' || (model === 'quick' && number % 3 !== 0);
    setTimeout(() => answer(asked, response, passes ? 'It is fine.' : 'No.'), model === 'good' ? 250 : 2);
  });
}

const configOf = ({ baseUrl }: Endpoint) => `# ours
providers:
  one: { base_url: "${baseUrl}" }
  other: { base_url: "${baseUrl.replace('/v1', '/other/v1')}" }
models:
  good: { provider: one, model: good, stream: false, price: { input: 1, output: 10 } } # the slow one
  quick: { provider: one, model: quick, stream: false, price: { input: 0, output: 0 } }
  lost: { provider: other, model: lost, stream: false, price: { input: 0, output: 0 } }
rotations:
  default: [lost, quick]
`;

const run = [
  'run',
  'suite.yaml',
  '-m',
  'good',
  '-m',
  'quick',
  '-m',
  'lost',
  '-r',
  'default',
  '--seed',
  '1',
  '--quiet',
  '-j',
  '8',
];

describe('bench recommend', () => {
  // With `npm run test:long`; the golden text below has a table of it in every run.
  it.skipIf(process.env['FC_RUNS'] === undefined)(
    'names champions that the data tells apart, a model for each category, and a rotation that run reads back',
    async () => {
      const endpoint = await serveModels();
      const cwd = folderWith({ 'suite.yaml': suite, 'bench.yaml': configOf(endpoint) });
      expect((await bench(cwd, run)).code).toBe(0);
      // Who does not fulfil the wishes is left out, and it is said why.
      const free = await bench(cwd, ['recommend', 'latest', '--free-only', '--min-quality', '1', '--json']);
      const advice = JSON.parse(free.stdout);
      expect(advice.left_out).toEqual([
        { candidate: 'good', why: 'it is not free' },
        { candidate: 'lost', why: 'quality 0.0' },
        { candidate: 'default', why: 'quality 0.0' },
      ]);
      expect(advice.rotation).toBeNull();
      expect(existsSync(join(cwd, 'recommended.yaml'))).toBe(false);
      const slow = await bench(cwd, ['recommend', 'latest', '--max-latency', '125ms', '--json']);
      expect(JSON.parse(slow.stdout).left_out).toEqual([
        { candidate: 'good', why: expect.stringMatching(/^\d+ ms at p50$/) },
      ]);

      const { code, stdout, stderr } = await bench(cwd, ['recommend', 'latest', '--objective', 'quality']);
      expect(code, stderr).toBe(0);
      expect(stdout).toMatch(/^quality +good +100% of 36 answers judged, next (quick|default) 67%$/m);
      expect(stdout).toMatch(
        /^speed +good +\d+ ms at p50, and a pass rate that is not separably below the best$/m,
      );
      expect(stdout).toMatch(/^reasoning +good +100% of 12 complex cases/m);
      expect(stdout).toMatch(/^reliability +tied: /m);
      expect(stdout).toMatch(
        /^fallback +lost +100% of 36 trials answered, .* on another account\s+than good$/m,
      );
      // 24 simple cases that both pass do not show that quick, which fails all others, is as good there.
      for (const category of ['simple', 'complex'])
        expect(stdout).toMatch(
          new RegExp(`^${category} +good +quick → lost +33 points ahead over all cases$`, 'm'),
        );
      expect(stdout).toMatch(/^behind +quick: 33 points below good over all cases$/m);
      expect(stdout).toMatch(/^rotation +good → quick → lost$/m);
      expect(stdout).toMatch(/expected of 36 trials: (100|99)% answered/);
      expect(stdout).toMatch(/why good first: with (quick|lost) first it is \d+% answered/);
      expect(stdout).toContain('(quality: the pass rate decides)');
      expect(stdout).toContain('default as it is:');
      const written = readFileSync(join(cwd, 'recommended.yaml'), 'utf8');
      expect(written).toMatch(/^# Written by `bench recommend`/);
      expect(written).toContain('# the slow one');
      expect(written).toMatch(/recommended:\s*(\[ ?good, quick, lost ?\]|\n *- good\n *- quick\n *- lost)/);

      const { routes } = parse(written);
      expect(Object.keys(routes)).toEqual(['simple', 'complex']);
      expect(routes.simple.to).toEqual(['good', 'quick', 'lost']);
      expect(routes.simple.because).toMatch(
        /^run \d{4}-\d\d-\d\d-\S+; pass rate 100% \(\d+–100, n=24\); 33 points ahead over all cases$/,
      );

      expect(stderr).toContain('bench run suite.yaml --config recommended.yaml -r recommended');
      const again = [
        'run',
        'suite.yaml',
        '--config',
        'recommended.yaml',
        '-r',
        'recommended',
        '--quiet',
        '-o',
        'again',
      ];
      expect((await bench(cwd, again)).code).toBe(0);
      // What it wrote itself is written over; what somebody else wrote is not.
      expect((await bench(cwd, ['recommend', 'latest', '--seed', '2'])).code).toBe(0);
      writeFileSync(join(cwd, 'recommended.yaml'), 'mine: true\n');
      const refused = await bench(cwd, ['recommend', 'latest']);
      expect(refused.code).toBe(2);
      expect(refused.stderr).toContain('was not written by bench recommend and is not overwritten');
      expect(readFileSync(join(cwd, 'recommended.yaml'), 'utf8')).toBe('mine: true\n');
    },
    60_000,
  );

  it('says of the simulated that they are, and of small samples that they tie: the golden text', async () => {
    const cwd = folderWith({});
    await bench(cwd, ['run', 'quickstart', '--seed', '10', '--quiet']);
    const [path = ''] = runsIn(cwd);
    expect(summaryIn(path).simulated).toBe(true);
    const { code, stdout, stderr } = await bench(cwd, ['recommend', 'latest']);
    expect(code, stderr).toBe(0);
    await expect(stdout).toMatchFileSnapshot('recommend.golden.txt');
    expect(stderr).toContain('rotations: [{ name: recommended, models: [');
    // Trials finish in another order each time, and that changes nothing.
    const journal = join(path, 'trials.jsonl');
    const [head = '', ...lines] = readFileSync(journal, 'utf8').trimEnd().split('\n');
    writeFileSync(journal, `${[head, ...lines.slice(0, -1).reverse(), lines.at(-1)].join('\n')}\n`);
    // A line that a kill has torn is left out, and that is told: here, and where runs are joined.
    appendFileSync(journal, '{"type":"trial","trial":"half');
    const told = /! .*trials\.jsonl:\d+ is not a valid journal line: .*: skipped/;
    const again = await bench(cwd, ['recommend', 'latest']);
    expect(again.stdout).toBe(stdout);
    expect(again.stderr).toMatch(told);
    expect((await bench(cwd, ['merge', path, '-o', 'joined'])).stderr).toMatch(told);
  }, 60_000);

  it('refuses what it cannot find or read, in a sentence', async () => {
    const cwd = folderWith({});
    const none = await bench(cwd, ['recommend', 'latest']);
    expect(none.code).toBe(2);
    expect(none.stderr).toContain('there are no runs in results yet');
    const wrong = await bench(cwd, ['recommend', 'latest', '--objective', 'sped', '--max-latency', 'soon']);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain(
      '--objective takes balanced, quality, speed, reliability, cost, not "sped"',
    );
    expect(wrong.stderr).toContain('--max-latency takes a duration like 5s or 800ms, not "soon"');
  });
});
