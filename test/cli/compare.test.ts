/** Baselines and comparisons as a user has them: real runs of simulated models, the real command. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { bench, runsIn } from './bench.js';

const CASES = 24;
const categories = ['simple', 'moderate', 'complex'];
const cases = (offset: number) =>
  Array.from({ length: CASES }, (_, index) =>
    JSON.stringify({
      id: `add-${index}`,
      category: categories[index % categories.length],
      prompt: `Write add, which adds ${index}.`,
      entry: 'add',
      solution: `const add = (x) => x + ${index + offset};`,
      wrong: [`const add = (x) => x - ${index + 1};`],
      table: [{ args: [1], returns: 1 + index + offset }],
    }),
  ).join('\n');
const suite = (alpha: number, beta: number, file = 'cases.jsonl') => `name: sums
defaults: { language: javascript }
models:
  - { name: alpha, provider: simulated, quality: ${alpha}, latency: { median: 1s } }
  - { name: beta, provider: simulated, quality: ${beta}, latency: { median: ${beta < 1 ? 2 : 1}s } }
cases: { file: ${file} }
`;

let cwd = '';
let first = '';
let second = '';

beforeAll(async () => {
  cwd = folderWith(
    {
      'before.yaml': suite(0.9, 1),
      'after.yaml': suite(0.45, 0.999),
      'cases.jsonl': cases(0),
      'changed.yaml': suite(0, 1, 'changed.jsonl'),
      'changed.jsonl': cases(1),
    },
    afterAll,
  );
  const before = await bench(cwd, ['run', 'before.yaml', '-n', '2', '--seed', '1']);
  expect(before.code, before.stderr).toBe(0);
  const set = await bench(cwd, ['baseline', 'set', 'main']);
  expect(set.code, set.stderr).toBe(0);
  const after = await bench(cwd, ['run', 'after.yaml', '-n', '2', '--seed', '1']);
  expect(after.code, after.stderr).toBe(0);
  const runs = runsIn(cwd).filter((path) => !path.endsWith('baselines'));
  const read = (path: string) => readFileSync(join(path, 'trials.jsonl'), 'utf8').split('\n')[0] ?? '';
  const ids = runs.map(read).map((line) => JSON.parse(line) as { id: string; started_at: string });
  ids.sort((a, b) => (a.started_at < b.started_at ? -1 : 1));
  first = ids[0]?.id ?? '';
  second = ids[1]?.id ?? '';
}, 60_000);

const plain = (text: string) =>
  text
    .replaceAll(first, 'RUN-1')
    .replaceAll(second, 'RUN-2')
    .replaceAll(/\d{4}-\d\d-\d\d(?=\))/g, 'DAY');

describe('bench compare', () => {
  it('shows who got worse, by how much, and by which cases', async () => {
    const { code, stdout } = await bench(cwd, [
      'compare',
      'main',
      '--max-drop',
      '5',
      '--max-drop',
      'latency=20%',
    ]);
    expect(code).toBe(1);
    await expect(plain(stdout)).toMatchFileSnapshot('compare.golden.txt');
  });

  it('fails, holds, or cannot tell: by its exit code', async () => {
    const code = async (...args: readonly string[]) => (await bench(cwd, ['compare', ...args])).code;
    expect(await code('main', 'latest')).toBe(1);
    expect(await code('main', first)).toBe(0);
    expect(await code('main', first, '--max-drop', '1')).toBe(3);
    expect(await code('main', first, '--max-drop', '1', '--allow-inconclusive')).toBe(0);
    expect(await code(first, 'latest', '--alpha', '0.0001')).toBe(0);
    expect(await code('main', 'latest', '--min-effect', '80')).toBe(0);
  });

  it('is one JSON document for scripts, without what JSON has not', async () => {
    const { stdout } = await bench(cwd, ['compare', 'main', '--json']);
    const comparison = JSON.parse(stdout) as { verdict: string; candidates: { figures: unknown[] }[] };
    expect(comparison).toMatchObject({
      verdict: 'fail',
      baseline: { id: first, name: 'main' },
      run: { id: second },
      candidates: [{ candidate: 'alpha', simulated: true }, { candidate: 'beta' }],
    });
    expect(comparison.candidates[0]?.figures).toHaveLength(4);
  });

  it('refuses another measure by name', async () => {
    const changed = await bench(cwd, [
      'run',
      'changed.yaml',
      '-m',
      'alpha',
      '--seed',
      '1',
      '-o',
      'elsewhere',
    ]);
    expect(changed.code, changed.stderr).toBe(0);
    const [id = ''] =
      (await bench(cwd, ['list', '-o', 'elsewhere', '--json'])).stdout.match(/\d{4}[\w-]+-sums-\w+/) ?? [];
    const refused = await bench(cwd, ['compare', 'main', `elsewhere/${id}`]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(
      '24 cases are not what the baseline was asked, or scored by: sums/add-0,',
    );
    expect(refused.stderr).toContain('compare anyway with --allow-mismatch');
    const allowed = await bench(cwd, ['compare', 'main', `elsewhere/${id}`, '--allow-mismatch']);
    expect(allowed.code).toBe(1);
    expect(allowed.stdout).toContain('! not the same measure: 24 cases are not');
    expect(allowed.stdout).toContain('In the baseline only, and not compared: beta.');
  });

  it('says what is wrong with what was typed', async () => {
    const wrong = await bench(cwd, ['compare', 'mainn', '--max-drop', 'latency=3', '--alpha', '5']);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain(
      '--max-drop takes points, or success=, quality= or latency=, not "latency=3"',
    );
    expect(wrong.stderr).toContain('--alpha takes a number from 0.0001 to 0.5, not "5"');
    const unknown = await bench(cwd, ['compare', 'mainn']);
    expect(unknown.stderr).toContain(
      'there is no run mainn in results [run/not-found]\nhelp: baselines are main',
    );
  });
});

describe('bench run --baseline', () => {
  it('says before the first request what it can see, compares at the end, and fails', async () => {
    const gated = await bench(cwd, [
      'run',
      'after.yaml',
      '-n',
      '2',
      '--seed',
      '1',
      '--baseline',
      'main',
      '-o',
      'gated',
    ]);
    expect(gated.code).toBe(2);
    expect(gated.stderr).toContain('there are no runs in gated yet');
    const ran = await bench(cwd, ['run', 'after.yaml', '--seed', '1', '--baseline', 'main', '--json']);
    expect(ran.code).toBe(1);
    const document = JSON.parse(ran.stdout) as { id: string; comparison: { verdict: string } };
    expect(document.comparison).toMatchObject({
      verdict: 'fail',
      baseline: { name: 'main' },
      run: { id: document.id },
    });
    const text = await bench(cwd, [
      'run',
      'before.yaml',
      '--seed',
      '1',
      '--baseline',
      'main',
      '--case',
      'add-1*',
    ]);
    expect(text.stderr).toMatch(
      /gate {5}main \(\S+\), alpha 0.05; drops of the pass rate that this plan detects/,
    );
    expect(text.stderr).toMatch(/alpha {2}[\d.]+ points \(11 of the baseline's 24 cases\); 5 points need /);
    // Too few of the baseline's cases: what was measured decides nothing.
    expect(text.stdout).toContain("13 of the baseline's 24 cases are not judged");
    expect(text.code).toBe(3);
    const part = ['run', 'before.yaml', '--seed', '1', '--baseline', 'main', '--case', 'add-1*', '--quiet'];
    expect((await bench(cwd, [...part, '--min-coverage', '0.4'])).code).toBe(0);
  });

  it('refuses what cannot be compared before anything is asked', async () => {
    const before = runsIn(cwd).length;
    const changed = await bench(cwd, ['run', 'changed.yaml', '--baseline', 'main']);
    expect(changed.code).toBe(2);
    expect(changed.stderr).toContain('24 cases are not what the baseline was asked');
    const others = await bench(cwd, [
      'run',
      'before.yaml',
      '-m',
      'reference',
      '-m',
      'stub',
      '--baseline',
      'main',
    ]);
    expect(others.stderr).toContain(
      'no candidate in common: the baseline has alpha, beta, the run reference, stub',
    );
    expect(runsIn(cwd)).toHaveLength(before);
  });

  it('--dry-run tells what the gate could see', async () => {
    const { stdout } = await bench(cwd, ['run', 'after.yaml', '--baseline', 'main', '--dry-run', '--json']);
    const { gate } = JSON.parse(stdout) as { gate: { candidate: string; sees: number }[] };
    expect(gate.map(({ candidate }) => candidate)).toEqual(['alpha', 'beta']);
    expect(gate[0]?.sees).toBeGreaterThan(0.05);
  });
});

describe('bench baseline', () => {
  it('writes one case a line, and the same bytes again', async () => {
    const path = join(cwd, 'results', 'baselines', 'main.json');
    const text = readFileSync(path, 'utf8');
    expect(text.split('\n').filter((line) => line.includes('"case":"add-'))).toHaveLength(2 * CASES);
    const again = await bench(cwd, ['baseline', 'set', 'again', 'main']);
    expect(again.code).toBe(0);
    expect(readFileSync(join(cwd, 'results', 'baselines', 'again.json'), 'utf8')).toBe(text);
  });

  it('lists and shows them, and says what a broken one lacks', async () => {
    const list = await bench(cwd, ['baseline', 'list']);
    expect(list.stdout).toContain(`${first}  sums (24 cases)  ~alpha, ~beta`);
    const show = await bench(cwd, ['baseline', 'show', 'main']);
    expect(show.stdout).toContain('~beta  pass rate 100% over 24 cases');
    writeFileSync(join(cwd, 'results', 'baselines', 'broken.json'), '{"schema_version":1,"id":"x"}');
    const broken = await bench(cwd, ['compare', 'broken']);
    expect(broken.code).toBe(2);
    expect(broken.stderr).toContain('broken.json is not a baseline file: started_at:');
    const missing = await bench(cwd, ['baseline', 'show', 'mian']);
    expect(missing.stderr).toContain('there is no baseline mian in results');
    const odd = await bench(cwd, ['baseline', 'set', '../up']);
    expect(odd.code).toBe(2);
    expect((await bench(cwd, ['baseline', 'sett', 'x'])).stderr).toContain('did you mean "set"?');
  });
});
