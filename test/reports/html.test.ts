/** report.html: what it says, that texts stay texts, and that one run gives one page. What a browser makes of it: test/browser. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { profile } from '../../src/analysis/profile.js';
import { summarize } from '../../src/analysis/summarize.js';
import type { AttemptRecord } from '../../src/domain/attempt-record.js';
import type { JournalLine, TrialRecord } from '../../src/domain/record.js';
import type { ShownCase } from '../../src/reports/case-view.js';
import { el } from '../../src/reports/html/markup.js';
import { pack, squeezed } from '../../src/reports/html/pack.js';
import { html } from '../../src/reports/html/page.js';
import { linear, logarithmic } from '../../src/reports/html/scale.js';
import { strips } from '../../src/reports/html/strips.js';
import { timelines } from '../../src/reports/html/timeline.js';
import { visible } from '../../src/reports/html/visible.js';
import { runLine, streamed, trialLine } from '../analysis/run-lines.js';
import { hostileTexts } from './hostile-texts.js';
import { reported } from './reported.js';

async function pageOf(lines: readonly JournalLine[]): Promise<string> {
  const [summary, cases] = await Promise.all([
    summarize(streamed([...lines])),
    profile(streamed([...lines])),
  ]);
  if (summary === null || cases === null) throw new Error('no run');
  return html.render({
    summary,
    profile: cases,
    comparison: null,
    thresholds: [],
    cases: null,
    before: null,
    places: new Map(),
  });
}

const leadIn = (page: string) => /<p class="lead">(.*?)<\/p>/.exec(page)?.[1];
const many = (candidate: string, verdict: (at: number) => 'passed' | 'failed') =>
  Array.from({ length: 40 }, (_, at) => trialLine(candidate, `c${at}`, verdict(at), { latency_ms: 1000 }));

describe('the sentence at the top', () => {
  it('names the candidate that is ahead, by how much and how sure that is', async () => {
    const page = await pageOf([
      runLine(['good', 'bad'], { simple: 40 }),
      ...many('good', (at) => (at < 36 ? 'passed' : 'failed')),
      ...many('bad', (at) => (at < 12 ? 'passed' : 'failed')),
    ]);
    expect(leadIn(page)).toMatch(
      /^good passes most: 90% \(77–96\), 60\.0 points more than bad \(95% confidence interval \+\d+\.\d to \+\d+\.\d, 40 cases answered by all\)\.$/,
    );
  });

  it('names no best one if that may be chance', async () => {
    const page = await pageOf([
      runLine(['one', 'two'], { simple: 40 }),
      ...many('one', (at) => (at < 30 ? 'passed' : 'failed')),
      ...many('two', (at) => (at < 28 ? 'passed' : 'failed')),
    ]);
    expect(leadIn(page)).toMatch(
      /^No single candidate is best\. one passes 5\.0 points more than two .* that may be chance\.$/,
    );
  });

  it('has one candidate alone, none that was judged, and none that can be compared', async () => {
    const alone = await pageOf([runLine(['one'], { simple: 40 }), ...many('one', () => 'passed')]);
    expect(leadIn(alone)).toBe('one passes 100% (91–100) of 40 cases.');
    const silent = await pageOf([runLine(['one'], { simple: 1 }), trialLine('one', 'c', 'unanswered')]);
    expect(leadIn(silent)).toBe('No answer of one was judged.');
    const apart = await pageOf([
      runLine(['one', 'two'], { simple: 2 }),
      trialLine('one', 'a', 'passed'),
      trialLine('two', 'b', 'passed'),
    ]);
    expect(leadIn(apart)).toContain('cannot be compared');
  });
});

describe('the page', () => {
  it('shows what was not measured as that, and draws no point for it', async () => {
    const page = await pageOf([
      runLine(['here', 'gone'], { simple: 2 }),
      trialLine('here', 'a', 'passed', { latency_ms: 900 }),
      trialLine('gone', 'a', 'unanswered'),
      trialLine('here', 'b', 'error'),
    ]);
    expect(page).toContain('<span class="missing">not measured</span>');
    expect(page).toContain('Not measured, and not drawn: gone.');
    expect(page).toContain('<td class="missing">·</td>');
    expect(page).toContain('<td class="missing">–</td>');
    expect(page).not.toContain('NaN');
  });

  it('has the gate, its misses and the cases that turned', async () => {
    const page = html.render(await reported('expected 3'));
    expect(page).toContain('Compared with main: fail');
    expect(page).toContain('Missed: pass_rate&gt;=0.5, a: 0%');
    expect(page).toContain('turned from passing to failing (8)');
    expect(page).toContain('expected 3');
  });

  it('is the same bytes for the same run, and needs nothing from elsewhere', async () => {
    const run = await reported('it is wrong');
    const page = html.render(run);
    expect(html.render(await reported('it is wrong'))).toBe(page);
    expect(page).not.toMatch(/(?:src|href)=|url\(|@import|https?:/);
    expect(page).toContain('default-src &#39;none&#39;; style-src &#39;sha256-');
  });

  it.each(hostileTexts.map((text) => [text.slice(0, 60), text]))('shows %j as text', async (_, text) => {
    const tame = html.render(await reported('it is wrong'));
    const page = html.render(await reported(text, text));
    const tags = (source: string) =>
      [...source.matchAll(/<(\/?[a-z0-9]+)/gi)].map(([, tag]) => tag).join(' ');
    expect(tags(page)).toBe(tags(tame));
    expect(page).not.toMatch(/\p{Cf}|\p{Surrogate}|(?![\t\n])\p{Cc}/u);
  });
});

describe('times and rotations', () => {
  const attempt = (model: string, outcome: 'answered' | 'rate_limited', sentAtMs: number): AttemptRecord => ({
    model,
    outcome,
    status: outcome === 'answered' ? 200 : 429,
    wait_ms: 0,
    total_ms: 1000,
    sent_at_ms: 1_000_000 + sentAtMs,
  });
  const shown = (candidate: string, at: number, change: Partial<TrialRecord>): ShownCase => ({
    suite: 'demo',
    id: `c${at}`,
    category: 'simple',
    asked: null,
    deferred: [],
    trials: [
      { record: { ...trialLine(candidate, `c${at}`, 'passed'), ...change }, simulated: false, code: null },
    ],
  });

  async function partsOf(cases: readonly ShownCase[], candidate: string): Promise<string> {
    const lines = [
      runLine([candidate], { simple: cases.length }),
      ...cases.flatMap(({ trials }) => trials.map(({ record }) => record)),
    ];
    const summary = await summarize(streamed(lines));
    const rows = (summary?.candidates ?? []).map((row) => ({ ...row, kind: 'rotation' as const }));
    return `${strips(rows, cases).html}${timelines(rows, cases).html}`;
  }

  it('keep waits apart from the time on the wire', async () => {
    const cases = [100, 200, 400].map((ms, at) =>
      shown('one', at, {
        latency_ms: ms,
        queue_ms: 0,
        pace_ms: at === 2 ? 5000 : 0,
        backoff_ms: at === 2 ? 1000 : 0.2,
        attempts: [],
      }),
    );
    const page = await partsOf(cases, 'one');
    expect(page).toContain('one: 3 answers, 1 of 3 trials waited');
    expect(page).toContain('<td>200 ms</td>');
    expect(page).toContain('<td>1 of 3</td><td>6.0 s</td><td>6.0 s</td>');
    expect(page.match(/class="wire"/g)).toHaveLength(3);
    expect(page.match(/class="wait"/g)).toHaveLength(1);
  });

  it('show who answered when, and what was refused', async () => {
    const cases = [
      shown('one', 0, { attempts: [attempt('small', 'answered', 0)] }),
      shown('one', 1, {
        attempts: [attempt('small', 'rate_limited', 4000), attempt('large', 'answered', 5000)],
      }),
      shown('one', 2, { attempts: [attempt('small', 'answered', 9000), attempt('small', 'answered', 9000)] }),
    ];
    const page = await partsOf(cases, 'one');
    expect(page).toContain('one: 5 requests over 10.0 s, 1 not answered');
    expect(page.match(/class="answered"/g)).toHaveLength(3);
    expect(page.match(/class="refused"/g)).toHaveLength(1);
    expect(page).toContain('<th scope="row">small</th><td>4</td><td>3</td><td>rate limited 1</td>');
  });
});

describe('its parts', () => {
  it('escape every text', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, (value, child) => {
        const { html: made } = el('td', { title: value }, child);
        expect(made).toMatch(/^<td title="[^"<>]*">[^<>]*<\/td>$/);
      }),
    );
    expect(visible('a\u202eb\u{e0041}c\td\n')).toBe('a⟨U+202E⟩b⟨U+E0041⟩c\td\n');
    expect(el('br', { hidden: true, id: null, class: false }).html).toBe('<br hidden>');
  });

  it('keep every point within the chart, and ticks between its ends', () => {
    const value = fc.double({ min: 1e-6, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 9 }), (values) => {
        const { at, ticks } = logarithmic(values, 50, 500);
        for (const one of [...values, ...ticks]) {
          expect(at(one)).toBeGreaterThanOrEqual(50);
          expect(at(one)).toBeLessThanOrEqual(500);
        }
        expect(ticks.length).toBeLessThanOrEqual(16);
      }),
    );
    expect(linear(0, 1, 300, 100, [0, 1]).at(0.25)).toBe(250);
  });
});

describe('what is packed', () => {
  const shown = (candidate: string, code: string): ShownCase => ({
    suite: 'demo',
    id: 'c0',
    category: 'simple',
    asked: null,
    deferred: [],
    trials: [{ record: trialLine(candidate, 'c0', 'passed'), simulated: false, code }],
  });

  it('finds what a candidate gave before, also under the name that it had then', () => {
    const before = { name: 'main', cases: [shown('old', 'then')], candidates: new Map([['new', 'old']]) };
    const { texts, trials } = pack([shown('new', 'now')], before);
    expect(texts[trials.code_before[0] ?? -1]).toBe('then');
    expect(texts[trials.verdict_before[0] ?? -1]).toBe('passed');
    const same = pack([shown('new', 'then')], before).trials;
    expect(same.code_before).toEqual(same.code);
    const other = pack([shown('another', 'now')], before).trials;
    expect([other.code_before, other.verdict_before]).toEqual([[-1], [-1]]);
  });

  it('has each text once, and is the same for the same run', () => {
    const cases = [shown('a', 'f()'), shown('b', 'f()')];
    const { texts } = pack(cases);
    expect(new Set(texts).size).toBe(texts.length);
    expect(squeezed(pack(cases))).toBe(squeezed(pack(cases)));
  });
});
