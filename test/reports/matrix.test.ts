import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { summarize } from '../../src/analysis/summarize.js';
import type { RunLine } from '../../src/domain/record.js';
import type { RunSummary } from '../../src/domain/summary.js';
import { csv } from '../../src/reports/csv.js';
import { markdown } from '../../src/reports/markdown.js';
import { renderTerminal } from '../../src/reports/terminal.js';
import { runLine, streamed, trialLine } from '../analysis/run-lines.js';

async function demo(change: (run: RunLine) => RunLine = (run) => run): Promise<RunSummary> {
  const summary = await summarize(
    streamed([
      change(runLine(['tiny|model', 'default'], { simple: 2, docs: 1 })),
      trialLine('tiny|model', '1', 'passed', { latency_ms: 2340, ttft_ms: 400 }),
      trialLine('tiny|model', '2', 'unanswered'),
      trialLine('tiny|model', '3', 'failed', { category: 'docs', cost_usd: null }),
      trialLine('default', '1', 'passed', { answered_by: 'tiny|model', cost_usd: 0 }),
      trialLine('default', '2', 'passed', { answered_by: 'other', cost_usd: 0, latency_ms: 15700 }),
      trialLine('default', '3', 'passed', { answered_by: 'other', cost_usd: 0, category: 'docs' }),
      {
        type: 'event',
        kind: 'rotation',
        at: '2031-04-05T06:07:09.000Z',
        candidate: 'default',
        from: 'tiny|model',
        to: 'other',
        reason: 'rate_limited',
      },
    ]),
  );
  if (summary === null) throw new Error('no run');
  return summary;
}

const simulated = (run: RunLine): RunLine => ({
  ...run,
  candidates: run.candidates.map((stamp) => ({ ...stamp, simulated: true })),
});

describe('matrix.md', () => {
  it('shows every rate with its interval and n, and names what may be concluded', async () => {
    expect(markdown.render(await demo())).toBe(`# Capability matrix

demo (3 cases, abcd) · run 2031-04-05-demo-0a1b · 2031-04-05 · codegen-bench 0.0.0

| candidate | success | pass rate | quality | p50 | p90 | TTFT | tok/s | cost | rotations |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| default (rotation: answered by other 2, tiny\\|model 1) | 100% (44–100, n=3) | 100% (44–100, n=3) | 5.0 (2.2–5.0) | 1.0 s | 12.8 s | 0.2 s | 100 | $0 | 1 |
| tiny\\|model | 67% (21–94, n=3) | 50% (9–91, n=2) | 2.5 (0.5–4.5) | 1.7 s | 2.2 s | 0.3 s | 71 | n/a | – |

In brackets: 95% intervals, and n, the trials a figure rests on. Success is availability, pass rate and quality (0 to 5) are those of the answers that came, latency is time on the wire without waits.

## Pass rate by category

| candidate | simple | docs |
| --- | ---: | ---: |
| default | 100% n=2 | 100% |
| tiny\\|model | 100% | 0% |

1 answer each unless it says otherwise: read with care.

## What may be concluded

- No significant differences in pass rate (2 cases answered by all: too few to detect any gap).
- Best two: default passes 50.0 points more than tiny|model (95% confidence interval −73.0 to +100.0, paired by case).
- tiny|model left 1 trial unanswered: rate limited (retries are off). default answered everything.
`);
  });

  it('labels simulated figures at their rows and in a sentence', async () => {
    const text = markdown.render(await demo(simulated));
    expect(text).toContain('| ~tiny\\|model | 67%');
    expect(text).toContain('**Simulated models: their answers');
  });
});

describe('the terminal', () => {
  it('reads the same without colour', async () => {
    const summary = await demo(simulated);
    const plain = renderTerminal(summary, { colour: false, columns: 100 });
    const coloured = renderTerminal(summary, { colour: true, columns: 100 });
    expect(stripVTControlCharacters(coloured)).toBe(plain);
    expect(coloured).not.toBe(plain);
    expect(plain).toContain('~default (rotation)');
    expect(plain).toContain('~ Simulated models');
    expect(plain).toMatch(/~tiny\|model\s+67% 21–94\s+50% 9–91 n=2\s+2\.5\s+1\.7 \/ 2\.2 s/);
    expect(plain).toMatch(/ {2}answered by +other 2, tiny\|model 1/);
  });

  it.each([60, 80, 100, 160])(
    'holds to %i columns, whatever the names, and says what it leaves out',
    async (columns) => {
      const long = 'openrouter:mistralai/mistral-small-3.2-24b-instruct-2506:free';
      const many = Array.from({ length: 14 }, (_, index) => `category-number-${index}`);
      const planned = Object.fromEntries(['simple', ...many].map((name) => [name, 1]));
      const run = runLine([long, 'default'], planned);
      const summary = await summarize(
        streamed([
          { ...run, suites: run.suites.map((suite) => ({ ...suite, categories: Object.keys(planned) })) },
          trialLine(long, '1', 'passed', { latency_ms: 12_340, ttft_ms: 400, cost_usd: 0.1234 }),
          trialLine('default', '1', 'passed', { answered_by: long, cost_usd: 0.5 }),
          trialLine('default', '2', 'failed', { answered_by: `${long}-2`, cost_usd: 0.5 }),
        ]),
      );
      if (summary === null) throw new Error('no run');
      for (const shown of [summary, await demo(simulated)]) {
        const text = renderTerminal(shown, { colour: false, columns });
        for (const line of text.split('\n')) expect([...line].length, line).toBeLessThanOrEqual(columns);
        // A figure has its column, or it is named below as one that has none.
        for (const title of [
          'success n=',
          'pass rate',
          'quality',
          'p50 / p90',
          'TTFT',
          'tok/s',
          'cost',
          'rotations',
        ])
          expect(text).toContain(title);
      }
      const text = renderTerminal(summary, { colour: false, columns });
      for (const category of many) expect(text).toContain(category);
      expect(/Hidden columns: .*intervals/.test(text.replaceAll(/\n\s+/g, ' '))).toBe(columns <= 80);
      expect(text).toMatch(columns < 160 ? /openrou\S*…\S*:free/ : /2506:free/);
    },
  );
});

describe('csv', () => {
  it('has a line for each candidate and each of its categories, and quotes what it must', async () => {
    const summary = await demo();
    const [first] = summary.candidates;
    if (first === undefined) throw new Error('no candidate');
    const lines = csv
      .render({ ...summary, candidates: [{ ...first, candidate: 'a,"b"' }, ...summary.candidates.slice(1)] })
      .split('\n');
    expect(lines).toHaveLength(8);
    expect(lines[0]).toMatch(/^candidate,kind,simulated,category,trials,success_rate,success_rate_low,/);
    expect(lines[1]).toMatch(/^"a,""b""",model,false,,3,0\.666667,/);
    expect(lines[2]).toMatch(/^"a,""b""",model,false,simple,2,0\.5,/);
    const columns = lines[0]?.split(',').length ?? 0;
    for (const line of lines.slice(4, 7)) expect(line.split(',')).toHaveLength(columns);
  });
});

describe('twenty models and eight categories', () => {
  const groups = ['simple', 'moderate', 'complex', 'tests', 'refactor', 'docs', 'sql', 'shell'];
  const wide = async () => {
    const names = Array.from({ length: 20 }, (_, index) =>
      index % 4 === 0 ? `openrouter:somebody/a-rather-long-name-${index}b-instruct:free` : `model-${index}`,
    );
    const planned = Object.fromEntries(groups.map((group) => [group, 5]));
    const trials = names.flatMap((name, model) =>
      groups.flatMap((category, group) =>
        Array.from({ length: 5 }, (_, sample) =>
          trialLine(
            name,
            `${group}-${sample}`,
            (model * 7 + group * 3 + sample * 5) % 11 < 8 ? 'passed' : 'failed',
            {
              category,
              latency_ms: 700 + 130 * model + 10 * sample,
              cost_usd: 0.0004 * (model + 1),
            },
          ),
        ),
      ),
    );
    const run = runLine(names, planned);
    const suites = run.suites.map((stamp) => ({ ...stamp, categories: groups }));
    const summary = await summarize(streamed([{ ...run, suites }, ...trials]));
    if (summary === null) throw new Error('no run');
    return summary;
  };

  it.each([100, 160])('is legible at %i columns, and says what it leaves out', async (columns) => {
    const text = renderTerminal(await wide(), { colour: false, columns });
    expect(Math.max(...text.split('\n').map((line) => [...line].length))).toBeLessThanOrEqual(columns);
    await expect(text).toMatchFileSnapshot(`matrix-20x8-${columns}.golden.txt`);
  });
});
