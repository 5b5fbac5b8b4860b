import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { caseKey } from '../../src/analysis/profile.js';
import { junit } from '../../src/reports/junit.js';
import { reported } from './reported.js';

const schema = {
  fileName: 'junit.xsd',
  contents: readFileSync(new URL('junit.xsd', import.meta.url), 'utf8'),
};

async function problemsOf(xml: string): Promise<readonly string[]> {
  const { errors } = await validateXML({ xml: [{ fileName: 'junit.xml', contents: xml }], schema: [schema] });
  return errors.map(({ rawMessage }) => rawMessage);
}

describe('JUnit', () => {
  it('has the gates first, then the cases of each candidate', async () => {
    const xml = junit.render(await reported('it is <wrong> & "bad"'));
    expect(await problemsOf(xml)).toEqual([]);
    expect(xml).toContain(
      '<testsuites name="bench 2031-04-05-demo-0a1b" tests="20" failures="10" errors="0" skipped="1"',
    );
    expect(xml).toContain(
      '<failure message="100.0% → 0.0% (−100.0): worse">simple/c0 1/1 -&gt; 0/1 tests: it is',
    );
    expect(xml).toContain('<failure message="a: 0%"/>');
    expect(xml).toContain(
      '<failure message="1 of 1 answers failed">tests: it is &lt;wrong&gt; &amp; &quot;bad&quot;</failure>',
    );
    expect(xml).toContain('<skipped message="none of 1 answers was judged"/>');
  });

  it('has no failures where no gate failed: cases that failed say so in their output', async () => {
    const run = await reported('it is wrong');
    const ungated = { ...run, comparison: null, thresholds: [] };
    const xml = junit.render(ungated);
    expect(await problemsOf(xml)).toEqual([]);
    expect(xml).toContain('failures="0"');
    expect(xml).not.toContain('<failure');
    expect(xml).toContain('<system-out>1 of 1 answers failed\ntests: it is wrong</system-out>');
    const held = run.thresholds.map((one) => ({
      ...one,
      threshold: { ...one.threshold, value: 0 },
      holds: true,
    }));
    expect(junit.render({ ...ungated, thresholds: held })).not.toContain('<failure');
    // A gate on latency says nothing of a case.
    const late = run.thresholds.map((one) => ({
      ...one,
      threshold: { ...one.threshold, metric: 'p50_ms' as const },
    }));
    expect(junit.render({ ...ungated, thresholds: late }).match(/<failure/g)).toHaveLength(1);
    // A threshold counts every case, a comparison those that turned.
    expect(junit.render({ ...ungated, thresholds: run.thresholds }).match(/<failure/g)).toHaveLength(9);
    expect(junit.render({ ...run, thresholds: [] }).match(/<failure/g)).toHaveLength(9);
  });

  it('says where a case is written, for servers that link to it', async () => {
    const run = await reported('x');
    const places = new Map([[caseKey('demo', 'c3'), { file: 'suites/my <own>.yaml', line: 12 }]]);
    const xml = junit.render({ ...run, places });
    expect(await problemsOf(xml)).toEqual([]);
    const placed = xml.match(/<testcase name="c3" [^>]* file="suites\/my &lt;own&gt;\.yaml" line="12"/g);
    expect(placed).toHaveLength(2);
    expect(xml.match(/ file=/g)).toHaveLength(2);
  });

  it('is one that a schema would refuse if it were wrong', async () => {
    const xml = junit.render(await reported('x'));
    expect(await problemsOf(xml.replace(' classname="demo.simple"', ''))).not.toEqual([]);
  });

  it('stays well-formed whatever models write and whatever candidates are called', async () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(']]>', '\u0000\u001b[31m', '<!--', '&amp;', '\ud800', '\uffff'),
    );
    await fc.assert(
      fc.asyncProperty(text, text, async (why, name) => {
        expect(await problemsOf(junit.render(await reported(why, `m${name}`)))).toEqual([]);
      }),
      { numRuns: 12 },
    );
  }, 30_000);
});
