/** What `import { … } from 'codegen-bench'` gives, from the built package. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { program, summaryIn } from './cli/bench.js';
import { folderWith } from './suite/folder.js';

const library: typeof import('../src/index.js') = await import(
  new URL('../dist/index.js', `file://${program}`).href
);

it('holds the classes of the beginning and the run', () => {
  expect(Object.keys(library).sort()).toEqual(['ModelRotationManager', 'RetryPolicy', 'defaultRetry', 'run']);
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
    diagnostics: [{ message: expect.stringContaining('nosuch') }],
  });
});
