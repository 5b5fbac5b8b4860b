/**
 * JUnit XML, as Jenkins, GitLab and the rest read it: a suite of gates, and one of cases for each candidate. A case is
 * a failure only if a gate that failed counts it, so a run that exits 0 has none. Cases that mostly failed otherwise say
 * so in system-out; cases that were never judged are skipped.
 */

import { caseKey } from '../analysis/profile.js';
import type {
  CaseTally,
  ComparedCandidate,
  ComparedFigure,
  ProfiledCandidate,
} from '../domain/comparison.js';
import { type Gated, gatedCases, hasMostlyFailed } from './gated-cases.js';
import type { CasePlace, ReportedRun, RunReport } from './report.js';
import { comparedBy, comparedText, thresholdText } from './wording.js';

export const junit: RunReport = { kind: 'junit', file: 'junit.xml', render };

interface TestCase {
  readonly name: string;
  readonly classname: string;
  readonly seconds: number;
  readonly end: null | {
    readonly tag: 'failure' | 'skipped';
    readonly message: string;
    readonly text: string;
  };
  /** Output of the case, shown with it; null: none. */
  readonly output: string | null;
  /** In the suite's file, for servers that link to it; null: it lies in no file of the user's. */
  readonly place: CasePlace | null;
}

interface TestSuite {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly cases: readonly TestCase[];
}

function render(run: ReportedRun): string {
  const { summary, profile, places } = run;
  const gated = gatedCases(run);
  const suites = [
    gatesOf(run),
    ...profile.candidates.map((candidate) => casesOf(candidate, gated, places)),
  ].filter(({ cases }) => cases.length > 0);
  const stamp = summary.started_at.replace(/\.\d+Z$/, '');
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    element(
      'testsuites',
      { name: `bench ${summary.id}`, ...countsOf(suites.flatMap(({ cases }) => cases)) },
      [...suites.map((suite) => suiteElement(suite, stamp))],
    ),
    '',
  ].join('\n');
}

function gatesOf({ comparison, thresholds }: ReportedRun): TestSuite {
  const compared = (comparison?.candidates ?? []).flatMap((candidate) =>
    candidate.figures.filter(({ gated }) => gated).map((figure) => gateCase(candidate, figure)),
  );
  const held = thresholds.map(({ threshold, candidate, value, holds }): TestCase => {
    const shown = thresholdText(threshold, value);
    return {
      name: `${candidate}: ${threshold.text}`,
      classname: 'gate.threshold',
      seconds: 0,
      end: holds
        ? null
        : { tag: value === null ? 'skipped' : 'failure', message: `${candidate}: ${shown}`, text: '' },
      output: null,
      place: null,
    };
  });
  const against = comparison === null ? {} : { baseline: comparison.baseline.name ?? comparison.baseline.id };
  return { name: 'gate', properties: against, cases: [...compared, ...held] };
}

function gateCase(candidate: ComparedCandidate, figure: ComparedFigure): TestCase {
  const { title } = comparedBy[figure.metric];
  const text = comparedText(figure);
  const message = `${text}${figure.reason === null ? '' : `: ${figure.reason}`}`;
  const broken = figure.metric === 'pass_rate' ? candidate.broken : [];
  const flips = broken.map(
    ({ category, case: id, before, after, why }) =>
      `${category}/${id} ${before.passed}/${before.judged} -> ${after.passed}/${after.judged} ${why ?? ''}`,
  );
  return {
    name: `${candidate.candidate}: ${title}`,
    classname: 'gate.baseline',
    seconds: 0,
    end:
      figure.verdict === 'fail'
        ? { tag: 'failure', message, text: flips.join('\n') }
        : figure.verdict === 'inconclusive'
          ? { tag: 'skipped', message, text: '' }
          : null,
    output: null,
    place: null,
  };
}

function casesOf(
  { candidate, simulated, kind, cases }: ProfiledCandidate,
  gated: Gated,
  places: ReportedRun['places'],
): TestSuite {
  return {
    name: candidate,
    properties: { kind, simulated: String(simulated) },
    cases: cases.map((tally) => ({
      ...caseOf(tally, gated(candidate, tally)),
      place: places.get(caseKey(tally.suite, tally.case)) ?? null,
    })),
  };
}

function caseOf(tally: CaseTally, isGated: boolean): Omit<TestCase, 'place'> {
  const { suite, category, case: id, trials, judged, passed, ln_ms: lnMs, why } = tally;
  const failed = judged - passed;
  const message = `${failed} of ${judged} answers failed`;
  const hasFailed = hasMostlyFailed(tally);
  return {
    name: id,
    classname: `${suite}.${category}`,
    seconds: lnMs === null ? 0 : Math.exp(lnMs) / 1000,
    end:
      judged === 0
        ? { tag: 'skipped', message: `none of ${trials} answers was judged`, text: '' }
        : hasFailed && isGated
          ? { tag: 'failure', message, text: why ?? '' }
          : null,
    output: hasFailed && !isGated ? [message, ...(why === null ? [] : [why])].join('\n') : null,
  };
}

type Attributes = Readonly<Record<string, string | number>>;

function countsOf(cases: readonly TestCase[]): Attributes {
  const ended = (tag: string) => cases.filter(({ end }) => end?.tag === tag).length;
  const seconds = cases.reduce((sum, one) => sum + one.seconds, 0);
  return {
    tests: cases.length,
    failures: ended('failure'),
    errors: 0,
    skipped: ended('skipped'),
    time: seconds.toFixed(3),
  };
}

function suiteElement({ name, properties, cases }: TestSuite, timestamp: string): string {
  const written = Object.entries(properties).map(([key, value]) =>
    element('property', { name: key, value }, []),
  );
  return element('testsuite', { name, ...countsOf(cases), timestamp }, [
    ...(written.length === 0 ? [] : [element('properties', {}, written)]),
    ...cases.map(({ name: own, classname, seconds, end, output, place }) =>
      element('testcase', { name: own, classname, time: seconds.toFixed(3), ...place }, [
        ...(end === null
          ? []
          : [leaf(end.tag, { message: end.message }, end.tag === 'failure' ? end.text : '')]),
        ...(output === null ? [] : [leaf('system-out', {}, output)]),
      ]),
    ),
  ]);
}

function element(tag: string, attributes: Attributes, children: readonly string[]): string {
  const open = `<${tag}${attributesText(attributes)}`;
  if (children.length === 0) return `${open}/>`;
  const inside = children.map((child) => child.replaceAll(/^(?= *<)/gm, '  ')).join('\n');
  return `${open}>\n${inside}\n</${tag}>`;
}

/** Text is kept as it is, so nothing is set in around it. */
function leaf(tag: string, attributes: Attributes, text: string): string {
  const open = `<${tag}${attributesText(attributes)}`;
  return text === '' ? `${open}/>` : `${open}>${escaped(text.trimEnd())}</${tag}>`;
}

function attributesText(attributes: Attributes): string {
  return Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escaped(String(value)).replaceAll('\n', '&#10;')}"`)
    .join('');
}

/** What XML 1.0 cannot hold at all (section 2.2) is replaced: models write anything. */
function escaped(text: string): string {
  return [...text]
    .map((char) => (isXmlChar(char.codePointAt(0) ?? 0) ? char : '\ufffd'))
    .join('')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function isXmlChar(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa;
  return (
    !(code >= 0x7f && code <= 0x9f) &&
    !(code >= 0xd800 && code <= 0xdfff) &&
    code !== 0xfffe &&
    code !== 0xffff
  );
}
