import { expect, it } from 'vitest';
import { type AlarmingTrial, alarmsOf } from '../../src/analysis/alarms.js';

const trial = (
  id: string,
  candidate: string,
  verdict: AlarmingTrial['verdict'],
  extraction: string | null = 'code',
  suite = 's',
  lack: string | null = null,
): AlarmingTrial => ({ caseKey: `${suite}/${id}`, case: id, candidate, verdict, extraction, lack });

it('a case that nobody passes is told where two were judged on it, and only then', () => {
  const trials = [
    trial('hard', 'a', 'failed'),
    trial('hard', 'b', 'failed'),
    trial('fine', 'a', 'failed'),
    trial('fine', 'b', 'passed'),
    trial('once', 'a', 'failed'),
    trial('once', 'b', 'unanswered', null),
  ];
  expect(alarmsOf(trials, {})).toEqual([
    { kind: 'nobody_passes', cases: ['hard'], candidate: null, language: null, share: null },
  ]);
});

it('a case is that of its suite: another of the same name may be passed', () => {
  const trials = [
    trial('one', 'a', 'failed'),
    trial('one', 'b', 'failed'),
    trial('one', 'a', 'passed', 'code', 'other'),
    trial('one', 'b', 'passed', 'code', 'other'),
  ];
  expect(alarmsOf(trials, {})).toMatchObject([{ kind: 'nobody_passes', cases: ['one'] }]);
});

it('a case that could be judged for nobody is the machine’s', () => {
  const trials = [
    trial('x', 'a', 'error'),
    trial('x', 'b', 'error'),
    trial('y', 'a', 'error'),
    trial('y', 'b', 'passed'),
    trial('z', 'a', 'failed'),
    trial('z', 'b', 'error'),
  ];
  expect(alarmsOf(trials, {})).toEqual([
    { kind: 'never_judged', cases: ['x'], candidate: null, language: null, share: null },
  ]);
});

it('a candidate most of whose answers hold no code, or are cut off, is told with its share', () => {
  const answers = (extractions: readonly (string | null)[]) =>
    extractions.map((extraction, index) => trial(`c${index}`, 'a', 'failed', extraction));
  expect(alarmsOf(answers(['truncated', 'truncated', 'truncated', 'code', null]), {})).toEqual([
    { kind: 'mostly_truncated', cases: [], candidate: 'a', language: null, share: 0.75 },
  ]);
  expect(alarmsOf(answers(['no_code', 'no_code', 'no_code', 'no_code']), {})).toMatchObject([
    { kind: 'mostly_no_code', share: 1 },
  ]);
  expect(alarmsOf(answers(['no_code', 'no_code', 'code', 'code']), {})).toEqual([]);
  expect(alarmsOf(answers(['no_code', 'no_code', 'no_code']), {})).toEqual([]);
});

it('a sandbox that is replaced after every fifth program and more is told, of ten programs or more', () => {
  const share = (programs: number, replaced: number) => alarmsOf([], { python: { programs, replaced } });
  expect(share(10, 3)).toEqual([
    { kind: 'sandbox_replaced', cases: [], candidate: null, language: 'python', share: 0.3 },
  ]);
  expect(share(10, 2)).toEqual([]);
  expect(share(9, 9)).toEqual([]);
});

it('a candidate of whose answers more than a twentieth need what the sandbox lacks is told', () => {
  const answers = (lacking: number) =>
    Array.from({ length: 40 }, (_, at) =>
      at < lacking ? trial(`c${at}`, 'a', 'error', 'code', 's', 'numpy') : trial(`c${at}`, 'a', 'passed'),
    );
  const told = (lacking: number) =>
    alarmsOf(answers(lacking), {}).filter(({ kind }) => kind === 'unsupported');
  expect(told(2)).toEqual([]);
  expect(told(3)).toEqual([{ kind: 'unsupported', cases: [], candidate: 'a', language: null, share: 0.075 }]);
});
