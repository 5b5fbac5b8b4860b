/** A run in parts: the same split everywhere, one part broken off and resumed, joined into what the whole gives. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { bench, journalIn, onlyRun, trialsIn } from './bench.js';
import { answer, serve } from './endpoint.js';
import { isOfItsJournal } from './of-its-journal.js';

const suite = (cases: number) => `name: prose
cases:
${Array.from({ length: cases }, (_, index) => `  - { id: c${index}, category: ${index % 2 === 0 ? 'docs' : 'simple'}, prompt: Describe ${index}., checks: [{ text_matches: "is ${index}\\\\b", required: true }] }\n`).join('')}`;

async function folder(cases = 10) {
  let nth = 0;
  const endpoint = await serve((asked, _, response) => {
    const [message] = (asked.body['messages'] as { readonly content: string }[]).slice(-1);
    // Some answers are wrong.
    answer(
      asked,
      response,
      nth++ % 4 === 0 ? 'I forgot.' : (message?.content.replace('Describe', 'This is') ?? ''),
    );
  });
  const cwd = folderWith({
    'suite.yaml': suite(cases),
    'bench.yaml': `providers: { here: { base_url: "${endpoint.baseUrl}", limits: { rpm: 6000 } } }
models:
  one: { provider: here, model: m-1, price: { input: 1, output: 2 } }
  two: { provider: here, model: m-2, price: { input: 1, output: 2 } }
`,
  });
  return { cwd, endpoint };
}

const plan = ['run', 'suite.yaml', '-m', 'one', '-m', 'two', '-n', '2'];

describe('--shard and bench merge', () => {
  it('seven shards, one of them broken off and resumed, join into the whole run, byte for byte', async () => {
    const { cwd, endpoint } = await folder();
    const whole = await bench(cwd, [...plan, '--seed', '1']);
    expect(whole.code, whole.stderr).toBe(0);
    const wholeRun = onlyRun(cwd);
    const replay = ['--replay', wholeRun.slice(cwd.length + 1), '-o', 'shards', '--quiet'];
    await Promise.all(
      [1, 2, 3, 4, 5, 6, 7].map(async (index) => {
        const { code, stderr } = await bench(cwd, [
          ...plan,
          '--shard',
          `${index}/7`,
          '--seed',
          String(index),
          ...replay,
        ]);
        expect(code, stderr).toBe(0);
      }),
    );
    const shards = readdirSync(join(cwd, 'shards')).map((name) => join('shards', name));
    expect(shards).toHaveLength(7);
    const third = shards.find((name) => name.endsWith('-3of7')) ?? '';
    // As a kill leaves it: some trials, half a line, no end.
    const journal = join(cwd, third, 'trials.jsonl');
    const lines = readFileSync(journal, 'utf8').split('\n');
    const trials = lines.flatMap((line, index) => (line.includes('"type":"trial"') ? [index] : []));
    writeFileSync(journal, `${lines.slice(0, trials[2]).join('\n')}\n${lines[trials[2] ?? 0]?.slice(0, 70)}`);
    const early = await bench(cwd, ['merge', ...shards, '-o', 'early']);
    expect(early.code).toBe(3);
    await isOfItsJournal(join(cwd, 'early', readdirSync(join(cwd, 'early'))[0] ?? ''));
    const resumed = await bench(cwd, ['run', '--resume', third, '-o', 'shards']);
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(resumed.stderr).toContain('resumed  2 of ');

    const merged = await bench(cwd, ['merge', ...shards, '-o', 'shards']);
    expect(merged.code, merged.stderr).toBe(0);
    const name = wholeRun.split('/').at(-1) ?? '';
    expect(merged.stdout).toBe(`${name}  40 of 40 trials of 7 runs\n`);
    // How busy this machine was while it asked is of one process, and not of the answers.
    const matrix = (path: string) =>
      readFileSync(join(path, 'matrix.md'), 'utf8').replace(/^- Warning: this process was too busy.*\n/m, '');
    expect(matrix(join(cwd, 'shards', name))).toBe(matrix(wholeRun));
    await isOfItsJournal(join(cwd, 'shards', name));
    const again = await bench(cwd, ['merge', join('shards', name), ...shards.slice(2), '-o', 'shards']);
    expect(again.stdout).toContain(name);
    expect(matrix(join(cwd, 'shards', name))).toBe(matrix(wholeRun));
    expect(endpoint.asked).toHaveLength(40);
  }, 90_000);

  it('splits alike on every machine, with its share of every candidate, and says what it does to limits', async () => {
    const { cwd } = await folder();
    const runs = await Promise.all(
      ['1', '2'].map(async (seed) =>
        bench(cwd, [...plan, '--shard', '2/3', '--seed', seed, '-o', `out-${seed}`]),
      ),
    );
    expect(runs[0]?.stderr).toContain(
      'shard    2/3: 14 trials, the same on every machine; limits are divided by 3',
    );
    const trials = ['1', '2'].map((seed) => {
      const [name = ''] = readdirSync(join(cwd, `out-${seed}`));
      expect(name).toMatch(/-[0-9a-f]{4}-2of3$/);
      return trialsIn(join(cwd, `out-${seed}`, name));
    });
    const ids = trials.map((own) => own.map(({ trial }) => trial).sort());
    expect(ids[1]).toEqual(ids[0]);
    const shares = ['one', 'two'].map(
      (wanted) => trials[0]?.filter(({ candidate }) => candidate === wanted).length ?? 0,
    );
    expect(Math.abs((shares[0] ?? 0) - (shares[1] ?? 9))).toBeLessThanOrEqual(1);
    const merged = await bench(cwd, ['merge', `out-1/${readdirSync(join(cwd, 'out-1'))[0]}`]);
    expect(merged.code).toBe(3);
    expect(merged.stdout).toContain('14 of 40 trials of 1 run; missing: 1/3, 3/3');
    // Where a merged run goes is where runs are looked for, but for those that are named by their paths.
    const elsewhere = await bench(cwd, ['merge', 'latest', '-o', 'joined']);
    expect(elsewhere.code).toBe(2);
    expect(elsewhere.stderr).toContain('help: runs are looked for where -o says; a path works too');
    const wrong = await bench(cwd, [...plan, '--shard', '4/3']);
    expect(wrong.stderr).toContain('--shard takes i/n with i from 1 to n, like 3/7, not "4/3"');
  });
});

describe('--only-failed', () => {
  it('asks again only what some candidate did not pass', async () => {
    const { cwd, endpoint } = await folder(6);
    await bench(cwd, ['run', 'suite.yaml', '-m', 'one', '--seed', '1', '-j', '1']);
    const failed = trialsIn(onlyRun(cwd))
      .filter(({ verdict }) => verdict === 'failed')
      .map((trial) => trial.case);
    expect(failed).toHaveLength(2);
    const before = endpoint.asked.length;
    const again = await bench(cwd, [
      'run',
      'suite.yaml',
      '-m',
      'two',
      '--only-failed',
      'latest',
      '-o',
      'results',
    ]);
    expect(again.code, again.stderr).toBe(0);
    expect(endpoint.asked.length - before).toBe(2);
    const second = readdirSync(join(cwd, 'results'))
      .map((name) => join(cwd, 'results', name))
      .find((path) => trialsIn(path).length === 2);
    expect(
      journalIn(second ?? '')
        .flatMap((line) => (line.type === 'trial' ? [line.case] : []))
        .sort(),
    ).toEqual(failed.sort());
    const good = await bench(cwd, ['run', 'suite.yaml', '-m', 'reference', '--only-failed', 'nope']);
    expect(good.code).toBe(2);
  });
});
