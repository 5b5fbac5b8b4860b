import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { caseKey } from '../../src/analysis/profile.js';
import { annotations } from '../../src/reports/annotations.js';
import { github } from '../../src/reports/github.js';
import { reported } from './reported.js';

describe('the step summary of GitHub', () => {
  it('says the verdict first, then what was missed, who turned, and the matrix with bars', async () => {
    const text = github.render(await reported('it <b>is</b> | wrong'));
    expect(text).toMatch(/^### The gate fails\n\nAgainst main \(2031-04-05\), alpha 0\.05 over 2 tests\.\n/);
    expect(text).toContain(
      '| a | pass rate: 100.0% → 0.0% (−100.0) | −100.0 to −24.5 | 0.0078 | fail: worse |',
    );
    expect(text).toContain('<details><summary>a: 8 of 8 cases turned from passing to failing</summary>');
    expect(text).toContain('- simple/c0 1/1 → 0/1: tests: it \\<b\\>is\\</b\\> \\| wrong');
    expect(text).toContain('- missed: `pass_rate>=0.5`, a: 0%');
    expect(text).toContain('### Capability matrix\n\ndemo (9 cases');
  });

  it('draws intervals: solid is certain, shaded is possible, and nothing is drawn where nothing was measured', async () => {
    const text = github.render(await reported('x'));
    // 0 of 8, and 8 of 8: Wilson's intervals are 0 to 32 and 68 to 100.
    expect(text).toContain('| ▒▒▒▒░░░░░░ 0% (0–32, n=8)');
    expect(text).toContain('| ██████▒▒▒▒ 100% (68–100, n=8)');
    expect(text).toMatch(/^\| a \| ▒▒▒▒░░░░░░ 0% \|$/m);
    expect(text).toContain('Bars: solid up to the lower end of the interval');
  });

  it('stays below what GitHub shows, with the verdict and the matrix, however much there is to say', async () => {
    const run = await reported('x'.repeat(1_000_000));
    const { comparison } = run;
    if (comparison === null) throw new Error('nothing is compared');
    const [worse] = comparison.candidates;
    if (worse === undefined) throw new Error('nobody is compared');
    const flip = worse.broken[0];
    if (flip === undefined) throw new Error('nothing turned');
    const broken = Array.from({ length: 5000 }, (_, index) => ({ ...flip, case: `c${index}` }));
    const candidates = Array.from({ length: 200 }, (_, index) => ({
      ...worse,
      candidate: `m${index}`,
      broken,
    }));
    const text = github.render({ ...run, comparison: { ...comparison, candidates } });
    expect(Buffer.byteLength(text)).toBeLessThan(2 ** 20);
    expect(text).toMatch(/^### The gate fails\n/);
    expect(text).toContain('- and 4950 more');
    expect(text).toContain('parts are left out here: the page of a job holds 1 MB.');
    expect(text).toContain('### What may be concluded'.slice(4));
    expect(text).toContain('▒▒▒▒░░░░░░ 0%');
    expect(github.render(run)).not.toContain('left out');
  });
});

describe('annotations of GitHub', () => {
  const places = new Map(
    ['c0', 'c1'].map((id, index) => [caseKey('demo', id), { file: 'suites/mine.yaml', line: 10 + index }]),
  );

  it('are the gates that failed, then the cases behind them at their lines', async () => {
    const lines = annotations({ ...(await reported('it is wrong')), places });
    expect(lines[0]).toBe(
      '::error title=a%3A pass rate is worse than in main::100.0%25 → 0.0%25 (−100.0) (worse)',
    );
    expect(lines).toContain('::error title=a misses pass_rate>=0.5::0%25');
    expect(lines).toContain(
      '::error file=suites/mine.yaml,line=11,title=simple/c1%3A a candidate fails it::a 1/1 → 0/1: tests: it is wrong',
    );
    // Without a place where a case lies in no file of the user's.
    expect(lines).toContain(
      '::error title=simple/c2%3A a candidate fails it::a 1/1 → 0/1: tests: it is wrong',
    );
    expect(lines).toHaveLength(10);
  });

  it('are none where no gate failed and nothing turned', async () => {
    const run = await reported('x');
    expect(annotations({ ...run, comparison: null, thresholds: [], places })).toEqual([]);
  });

  it('stay one order a line, whatever models, suites and files say', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('\n::error::mine', '\r\n::add-mask::a', '%0A::stop-commands::x', 'a,line=1::b'),
    );
    await fc.assert(
      fc.asyncProperty(text, text, text, async (why, name, file) => {
        const own = new Map([[caseKey('demo', 'c0'), { file, line: 3 }]]);
        for (const line of annotations({ ...(await reported(why, `m${name}`)), places: own }))
          expect(line).toMatch(
            /^::(?:error|warning) (?:file=[^,:\r\n]*,line=3,)?title=[^,:\r\n]*::[^\r\n]*$/,
          );
      }),
      { numRuns: 20 },
    );
  });
});
