/** What `import { … } from 'codegen-bench'` gives, from the built package. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bench, program, summaryIn } from './cli/bench.js';
import { folderWith } from './suite/folder.js';

const library: typeof import('../src/index.js') = await import(
  new URL('../dist/index.js', `file://${program}`).href
);

it('holds what the commands do, and the classes of the beginning', () => {
  expect(Object.keys(library).sort()).toEqual([
    'ModelRotationManager',
    'RetryPolicy',
    'compare',
    'defaultRetry',
    'importers',
    'loadSuite',
    'matrix',
    'merge',
    'readRun',
    'recommend',
    'rescore',
    'run',
    'simulate',
    'trend',
    'validate',
  ]);
});

it('RetryPolicy waits 1, 2, 4, 8, 16, 32 s and no longer than 60 s', () => {
  const policy = new library.RetryPolicy();
  expect([1, 2, 3, 4, 5, 6, 7, 99].map((failures) => policy.ceilingMs(failures))).toEqual([
    1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000,
  ]);
});

it('run does what the command does, and gives mistakes back as values', async () => {
  const cwd = folderWith({});
  const events: string[] = [];
  const ended = await library.run(
    { suites: ['quickstart'], models: ['reference'], cases: ['parse-duration'], out: join(cwd, 'results') },
    { on: (event) => events.push(event.kind) },
  );
  if (!ended.ok) throw new Error(JSON.stringify(ended.diagnostics));
  expect(ended.value.summary.candidates[0]).toMatchObject({
    candidate: 'reference',
    verdicts: { passed: 1 },
  });
  expect(summaryIn(ended.value.folder)).toEqual(ended.value.summary);
  expect(events).toEqual(expect.arrayContaining(['run-started', 'attempt-ended', 'trial-ended']));
  expect(await library.run({ suites: ['nosuch'] })).toMatchObject({
    ok: false,
    diagnostics: [{ code: 'suite/not-found', message: expect.stringContaining('nosuch') }],
  });
});

it('names an option as the library has it, and the command as it was typed', async () => {
  const ended = await library.run({ suites: ['quickstart'], shard: '9/3', failUnder: ['speed'] });
  expect(ended.ok ? [] : ended.diagnostics).toMatchObject([
    {
      code: 'cli/invalid-option',
      option: 'failUnder',
      message: expect.stringMatching(/^failUnder: "speed"/),
    },
    { code: 'cli/invalid-option', option: 'shard', message: expect.stringMatching(/^shard takes i\/n/) },
  ]);
  const cwd = folderWith({});
  const { stderr } = await bench(cwd, ['run', 'quickstart', '--shard', '9/3', '--fail-under', 'speed']);
  expect(stderr).toMatch(/^error: --fail-under: "speed" is not a threshold/m);
  expect(stderr).toMatch(/^error: --shard takes i\/n/m);
});

describe('stored runs', () => {
  let cwd = '';
  let out = '';
  beforeAll(async () => {
    cwd = folderWith({}, afterAll);
    out = join(cwd, 'results');
    const asked = { suites: ['quickstart'], categories: ['simple'], out };
    for (const shard of ['1/2', '2/2']) {
      const ended = await library.run({ ...asked, seed: '1', shard });
      if (!ended.ok) throw new Error(JSON.stringify(ended.diagnostics));
    }
    const whole = await library.run({ ...asked, seed: '2' });
    if (!whole.ok) throw new Error(JSON.stringify(whole.diagnostics));
  });

  const had = <T>(checked: { ok: true; value: T } | { ok: false; diagnostics: readonly unknown[] }): T => {
    if (!checked.ok) throw new Error(JSON.stringify(checked.diagnostics));
    return checked.value;
  };

  it('are read, tabled, joined, rescored, compared and recommended from', async () => {
    const { summary, cases } = had(await library.readRun('latest', { out }));
    expect(cases.map(({ id }) => id).sort()).toEqual(['parse-duration', 'title-to-slug']);
    const tabled = had(await library.matrix({ runs: [summary.id], by: 'case', out }));
    expect(tabled.candidates[0]?.categories.map(({ category }) => category).sort()).toEqual(
      cases.map(({ id, category }) => `${category}/${id}`).sort(),
    );
    const shards = (await bench(cwd, ['list', '--json'])).stdout;
    const ids = (JSON.parse(shards).runs as { id: string }[]).map(({ id }) => id);
    const parts = ids.filter((id) => /-[12]of2$/.test(id));
    const merged = had(await library.merge({ runs: parts, out }));
    expect(merged).toMatchObject({ complete: true, missing: [], runs: 2 });
    const rescored = had(await library.rescore({ run: summary.id, out }));
    expect(rescored.changed).toEqual([]);
    const compared = had(await library.compare({ baseline: merged.id, run: summary.id, out }));
    expect(['pass', 'warn', 'inconclusive']).toContain(compared.verdict);
    const advice = had(await library.recommend({ runs: [summary.id], out }));
    expect(advice.champions.map(({ use }) => use)).toContain('quality');
    const history = had(await library.trend({ runs: [merged.id, summary.id], out }));
    expect(history.candidates.length).toBeGreaterThan(0);
    expect(await library.compare({ baseline: 'none', out })).toMatchObject({
      ok: false,
      diagnostics: [{ code: 'run/not-found' }],
    });
  });
});

it('suites are loaded, validated and simulated', async () => {
  const suite = await library.loadSuite('quickstart');
  expect(suite.ok && suite.value.cases).toHaveLength(12);
  const validated = await library.validate({ suites: ['quickstart'], cases: ['parse-duration'] });
  expect(validated.ok && validated.value[0]?.proofs.map(({ problems }) => problems)).toEqual([[]]);
  const simulated = await library.simulate({
    run: { suites: ['quickstart'], cases: ['parse-duration'], seed: '1' },
    seeds: 2,
  });
  expect(simulated.ok && simulated.value).toMatchObject({ seed: '1', seeds: 2 });
  expect(library.importers.map(({ format }) => format)).toEqual([
    'humaneval',
    'bigcodebench',
    'multipl-e',
    'traffic',
  ]);
});
