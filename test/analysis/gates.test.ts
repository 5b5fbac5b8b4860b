import { describe, expect, it } from 'vitest';
import { checkThresholds, parseThreshold } from '../../src/analysis/gates.js';
import { summarize } from '../../src/analysis/summarize.js';
import { runLine, streamed, trialLine } from './run-lines.js';

describe('parseThreshold', () => {
  it('reads a metric, a side and a value', () => {
    expect(parseThreshold('pass_rate>=0.8')).toMatchObject({
      metric: 'pass_rate',
      compare: '>=',
      value: 0.8,
    });
    expect(parseThreshold(' p90_ms <= 20000 ')).toMatchObject({ compare: '<=', value: 20000 });
    expect(parseThreshold('success_rate>=95%')).toMatchObject({ value: 0.95 });
  });

  it.each(['pass_rate', 'pass_rate>0.8', 'pass_rate=1', 'speed>=1', ''])('refuses %j in words', (text) => {
    expect(parseThreshold(text)).toMatchObject({ problem: expect.stringMatching(/threshold|not a metric/) });
  });
});

describe('checkThresholds', () => {
  it('checks every candidate, and a figure that was not measured does not hold', async () => {
    const summary = await summarize(
      streamed([
        runLine(['a', 'b'], { simple: 2 }),
        trialLine('a', '1', 'passed'),
        trialLine('a', '2', 'failed'),
        trialLine('b', '1', 'unanswered'),
      ]),
    );
    const threshold = parseThreshold('pass_rate>=0.5');
    if ('problem' in threshold) throw new Error(threshold.problem);
    expect(
      checkThresholds(summary?.candidates ?? [], [threshold]).map(({ candidate, value, holds }) => ({
        candidate,
        value,
        holds,
      })),
    ).toEqual([
      { candidate: 'a', value: 0.5, holds: true },
      { candidate: 'b', value: null, holds: false },
    ]);
  });
});
