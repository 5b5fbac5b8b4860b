/** A run with a gate that failed, for reports. */
import { compare, defaultSettings } from '../../src/analysis/compare.js';
import { profile } from '../../src/analysis/profile.js';
import { summarize } from '../../src/analysis/summarize.js';
import type { JournalLine } from '../../src/domain/record.js';
import type { ReportedRun } from '../../src/reports/report.js';
import { runLine, streamed, trialLine } from '../analysis/run-lines.js';

/** Two candidates; of the first all cases pass before and none does after, for this reason. */
export async function reported(why: string, name = 'a'): Promise<ReportedRun> {
  const ids = Array.from({ length: 8 }, (_, index) => `c${index}`);
  const check = { name: 'tests', score: 0, passed: false, required: true, weight: 1, detail: why };
  const lines = (verdict: 'passed' | 'failed'): JournalLine[] => [
    runLine([name, 'b'], { simple: 9 }),
    ...ids.map((id) => trialLine(name, id, verdict, verdict === 'failed' ? { checks: [check] } : {})),
    ...ids.map((id) => trialLine('b', id, 'passed')),
    trialLine('b', 'gone', 'unanswered'),
  ];
  const [before, after] = await Promise.all([
    profile(streamed(lines('passed'))),
    profile(streamed(lines('failed'))),
  ]);
  const summary = await summarize(streamed(lines('failed')));
  if (before === null || after === null || summary === null) throw new Error('no run');
  const threshold = { text: 'pass_rate>=0.5', metric: 'pass_rate', compare: '>=', value: 0.5 } as const;
  return {
    summary,
    profile: after,
    comparison: compare(before, after, defaultSettings, 'main'),
    cases: null,
    before: null,
    places: new Map(),
    thresholds: [{ threshold, candidate: name, value: 0, holds: false }],
  };
}
