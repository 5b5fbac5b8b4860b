/** A journal's lines -> what a comparison needs of them. Trials are added up in the order of their ids. */

import { BASELINE_VERSION, type CaseTally, type RunProfile } from '../domain/comparison.js';
import { whyUntrusted } from '../domain/kinds/judge-accuracy.js';
import type { AskedLine, EndLine, JournalLine, RunLine, TrialRecord } from '../domain/record.js';
import { rounded } from '../domain/units.js';
import { grouped } from './grouped.js';
import { countedOnce, repeatsOf, textWord } from './identical.js';
import { lackIn } from './slim-trials.js';

interface Slim {
  readonly trial: string;
  readonly suite: string;
  readonly case: string;
  readonly category: string;
  readonly candidate: string;
  readonly verdict: TrialRecord['verdict'];
  readonly score: number | null;
  readonly isAnswered: boolean;
  readonly isUnsupported: boolean;
  readonly latencyMs: number | null;
  readonly why: string | null;
  /** Of suite and case. */
  readonly caseKey: string;
  /** A hash of what the answer says; 0: nothing. */
  readonly text: number;
}

/** Null where the lines do not begin with the run's own. */
export async function profile(lines: AsyncIterable<JournalLine>): Promise<RunProfile | null> {
  let run: RunLine | null = null;
  let end: EndLine | null = null;
  const hashes = new Map<string, string>();
  const judgeOfCase = new Map<string, NonNullable<AskedLine['judge']>>();
  const slim = new Map<string, Slim>();
  for await (const line of lines) {
    if (line.type === 'run') run ??= line;
    if (line.type === 'end') end = line;
    if (line.type === 'asked') {
      hashes.set(caseKey(line.suite, line.id), line.hash);
      if (line.judge !== undefined) judgeOfCase.set(caseKey(line.suite, line.id), line.judge);
    }
    if (line.type === 'trial') slim.set(line.trial, slimOf(line));
  }
  if (run === null) return null;
  const untrusted = untrustedCases(judgeOfCase, run);
  const trials = [...slim.values()].sort((a, b) => (a.trial < b.trial ? -1 : 1));
  const byCandidate = grouped(trials, ({ candidate }) => candidate);
  return {
    schema_version: BASELINE_VERSION,
    id: run.id,
    started_at: run.started_at,
    tool: run.tool,
    suites: run.suites.map(({ name, hash, cases }) => ({ name, hash, cases })),
    extraction: run.environment.extraction,
    sandboxes: end?.sandboxes ?? {},
    ...partialOf(run, trials.length),
    candidates: run.candidates.map((stamp) => {
      const all = byCandidate.get(stamp.candidate) ?? [];
      // What simulated models say is made up: the same text again is another sample.
      const repeats = repeatsOf(stamp.simulated ? [] : all);
      const identical = repeats.get(stamp.candidate)?.cases.size ?? 0;
      const missing = sumOf(Object.values(stamp.planned)) - all.length;
      return {
        candidate: stamp.candidate,
        kind: stamp.kind,
        simulated: stamp.simulated,
        ...(missing > 0 ? { missing } : {}),
        ...(identical > 0 ? { identical } : {}),
        cases: talliesOf([...countedOnce(all, repeats)], hashes, untrusted),
      };
    }),
  };
}

/** The trials that ended, where they are not all of the run's; of a merged one, of all its shards. */
export function partialOf(run: RunLine, trials: number): Pick<RunProfile, 'partial'> {
  const planned = run.parts === undefined ? run.trials : (run.whole_trials ?? run.trials);
  return trials < planned ? { partial: { trials, planned } } : {};
}

export function caseKey(suite: string, id: string): string {
  return JSON.stringify([suite, id]);
}

function slimOf(line: TrialRecord): Slim {
  const failed = line.verdict === 'failed' ? line.checks.find((check) => !check.passed) : undefined;
  return {
    trial: line.trial,
    suite: line.suite,
    case: line.case,
    category: line.category,
    candidate: line.candidate,
    verdict: line.verdict,
    score: line.score,
    isAnswered: line.verdict !== 'unanswered',
    isUnsupported: lackIn(line) !== null,
    latencyMs: line.latency_ms,
    why: failed === undefined ? null : shortened(`${failed.name}: ${failed.detail ?? 'failed'}`),
    caseKey: caseKey(line.suite, line.case),
    text: textWord(line),
  };
}

const LONGEST_WHY = 160;

/** A baseline is committed, and a table has its width. */
function shortened(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > LONGEST_WHY ? `${line.slice(0, LONGEST_WHY - 1)}…` : line;
}

/** Why the judge of a case may decide no gate, by case. */
function untrustedCases(
  judgeOfCase: ReadonlyMap<string, NonNullable<AskedLine['judge']>>,
  { judges = [] }: RunLine,
): ReadonlyMap<string, string> {
  return new Map(
    [...judgeOfCase].flatMap(([key, { name, rubric }]) => {
      const known = judges.find((one) => one.judge === name && one.rubric === rubric) ?? null;
      const why = whyUntrusted(known);
      return why === null ? [] : [[key, `${name}: ${why}`] as const];
    }),
  );
}

function talliesOf(
  trials: readonly Slim[],
  hashes: ReadonlyMap<string, string>,
  untrusted: ReadonlyMap<string, string>,
): CaseTally[] {
  const cases = grouped(trials, (trial) => trial.caseKey);
  return [...cases]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([key, own]) => tallyOf(own, hashes.get(key), untrusted.get(key)));
}

function tallyOf(
  trials: readonly Slim[],
  hash: string | undefined,
  untrusted: string | undefined,
): CaseTally[] {
  const [first] = trials;
  if (first === undefined) return [];
  const judged = trials.filter(({ verdict }) => verdict === 'passed' || verdict === 'failed');
  const unsupported = trials.filter(({ isUnsupported }) => isUnsupported).length;
  const logs = trials.flatMap(({ latencyMs }) =>
    latencyMs === null || latencyMs <= 0 ? [] : Math.log(latencyMs),
  );
  return [
    {
      suite: first.suite,
      case: first.case,
      category: first.category,
      hash: hash ?? null,
      trials: trials.length,
      answered: trials.filter(({ isAnswered }) => isAnswered).length,
      judged: judged.length,
      ...(unsupported === 0 ? {} : { unsupported }),
      ...(untrusted === undefined ? {} : { untrusted }),
      passed: judged.filter(({ verdict }) => verdict === 'passed').length,
      score: rounded(sumOf(judged.map(({ score }) => score ?? 0))),
      ln_ms: logs.length === 0 ? null : rounded(sumOf(logs) / logs.length),
      why: trials.find(({ why }) => why !== null)?.why ?? null,
    },
  ];
}

function sumOf(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
