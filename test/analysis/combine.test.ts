import { expect, it } from 'vitest';
import { combined } from '../../src/analysis/combine.js';
import { summarize } from '../../src/analysis/summarize.js';
import type { JournalLine } from '../../src/domain/record.js';
import { runLine, streamed, trialLine } from './run-lines.js';

const monday: readonly JournalLine[] = [
  runLine(['a', 'b'], { simple: 2 }),
  trialLine('a', '1', 'passed'),
  trialLine('a', '2', 'failed'),
  trialLine('b', '1', 'passed'),
];
const tuesdayRun = {
  ...runLine(['b', 'c'], { simple: 2 }),
  id: '2031-04-06-demo-ffff',
  started_at: '2031-04-06T00:00:00.000Z',
};
const tuesdayTrials: readonly JournalLine[] = [
  trialLine('b', '1', 'failed'),
  trialLine('b', '2', 'failed'),
  trialLine('c', '1', 'passed'),
  trialLine('c', '2', 'passed'),
];

it('puts candidates of several runs side by side; one that several have stands once for each', async () => {
  const summary = await summarize(combined([streamed(monday), streamed([tuesdayRun, ...tuesdayTrials])]));
  expect(
    summary?.candidates.map((one) => [one.candidate, one.pass_rate.value, one.verdicts.unanswered]),
  ).toEqual([
    ['a', 0.5, 0],
    ['b @ 2031-04-05-demo-0a1b', 1, 1],
    ['b @ 2031-04-06-demo-ffff', 0, 0],
    ['c', 1, 0],
  ]);
  expect(summary).toMatchObject({
    id: '2031-04-05-demo-0a1b + 2031-04-06-demo-ffff',
    started_at: '2031-04-06T00:00:00.000Z',
    totals: { trials: 7, planned: 8 },
    warnings: [],
  });
});

it('leaves a single run as it is', async () => {
  expect(await summarize(combined([streamed(monday)]))).toEqual(await summarize(streamed(monday)));
  expect(await summarize(combined([]))).toBeNull();
});

it('says when a suite of one name is not the same in both', async () => {
  const changed = { ...tuesdayRun, suites: tuesdayRun.suites.map((suite) => ({ ...suite, hash: 'other' })) };
  const summary = await summarize(combined([streamed(monday), streamed([changed, ...tuesdayTrials])]));
  expect(summary?.warnings).toEqual([
    'the suite demo is not the same in these runs: their figures are of different cases',
  ]);
});
