/** The lines of journals -> what is known of candidates and of the models behind them. */
import type { OutcomeKind } from '../../domain/outcome.js';
import type { JournalLine, RunLine, TrialRecord } from '../../domain/record.js';
import { textWord } from '../identical.js';
import { caseKey } from '../profile.js';

export interface CaseEvidence {
  readonly category: string;
  trials: number;
  answered: number;
  judged: number;
  passed: number;
  /** Of those judged. */
  score: number;
  /** Natural logarithms of the winning attempts' ms. */
  readonly logs: number[];
}

export interface CandidateEvidence {
  readonly candidate: string;
  readonly kind: 'model' | 'rotation';
  readonly simulated: boolean;
  /** Names, in their order. */
  readonly models: readonly string[];
  readonly cases: ReadonlyMap<string, CaseEvidence>;
  /** Planned trials that have not ended: not answered, whatever the reason. */
  readonly missing: number;
  readonly latenciesMs: readonly number[];
  readonly answers: number;
  /** An answer; null: not all of it is known. */
  readonly costUsd: number | null;
}

export interface AttemptAt {
  /** Since the model's first attempt in its run. */
  readonly atMs: number;
  /** Null: it was answered. */
  readonly failure: { readonly kind: OutcomeKind; readonly status: number | null } | null;
}

/** A model by itself, wherever it was asked: alone, or in a rotation. */
export interface ModelEvidence {
  readonly name: string;
  readonly provider: string;
  /** The provider's. */
  readonly id: string;
  readonly simulated: boolean;
  readonly attempts: number;
  /** Of the attempts that failed. */
  readonly failures: readonly {
    readonly kind: OutcomeKind;
    readonly status: number | null;
    readonly count: number;
  }[];
  /** Its attempts in time, those of each run by itself; empty where the journals do not say when. */
  readonly timelines: readonly (readonly AttemptAt[])[];
  /** Natural logarithms of the ms of attempts that were answered. */
  readonly logs: readonly number[];
  /** Its answers, by case. */
  readonly cases: ReadonlyMap<string, { readonly judged: number; readonly passed: number }>;
  /** An answer; null: not all of it is known. */
  readonly costUsd: number | null;
}

export interface Evidence {
  readonly runs: readonly RunLine[];
  readonly candidates: readonly CandidateEvidence[];
  readonly models: readonly ModelEvidence[];
}

/** Candidates that are there to pass or to fail: nobody chooses them. */
const BUILT_IN = new Set(['reference', 'stub']);

/** A candidate that several runs have is one: its trials are added up. */
export async function evidenceOf(journals: readonly AsyncIterable<JournalLine>[]): Promise<Evidence> {
  const runs: RunLine[] = [];
  const candidates = new Map<string, OpenCandidate>();
  const models = new Map<string, OpenModel>();
  for (const journal of journals) {
    for await (const line of journal) {
      if (line.type === 'run') {
        runs.push(line);
        for (const model of models.values()) model.timelines.push([]);
        for (const stamp of line.candidates) {
          if (BUILT_IN.has(stamp.candidate)) continue;
          const own = candidates.get(stamp.candidate) ?? openCandidate(stamp);
          candidates.set(stamp.candidate, own);
          own.missing += Object.values(stamp.planned).reduce((sum, planned) => sum + planned, 0);
          for (const model of stamp.models) {
            if (!models.has(model.name)) models.set(model.name, openModel(model, stamp.simulated));
            if (models.get(model.name)?.timelines.length === 0) models.get(model.name)?.timelines.push([]);
          }
        }
      }
      if (line.type !== 'trial') continue;
      const candidate = candidates.get(line.candidate);
      if (candidate === undefined) continue;
      candidate.missing -= 1;
      noteTrial(candidate, line);
      for (const attempt of line.attempts) {
        const model = models.get(attempt.model);
        if (model !== undefined) noteAttempt(model, attempt);
      }
      const winner = line.answered_by === null ? undefined : models.get(line.answered_by);
      if (winner !== undefined) noteAnswer(winner, line);
    }
  }
  return {
    runs,
    candidates: [...candidates.values()].map(({ unpriced, spentUsd, ...one }) => ({
      ...one,
      latenciesMs: ascending(one.latenciesMs),
      missing: Math.max(0, one.missing),
      cases: byKey([...one.cases].map(([key, own]) => [key, caseEvidence(own, one.simulated)])),
      costUsd: unpriced || one.answers === 0 ? null : spentUsd / one.answers,
    })),
    models: [...models.values()].map(({ unpriced, spentUsd, answers, failures, timelines, ...one }) => ({
      ...one,
      failures: [...byKey([...failures]).values()],
      timelines: timelines.map(inTime),
      logs: ascending(one.logs),
      cases: byKey([...one.cases]),
      costUsd: unpriced || answers === 0 ? null : spentUsd / answers,
    })),
  };
}

/** Trials finish in another order each time: what is made of them may not hang on that. */
function byKey<T>(entries: readonly (readonly [string, T])[]): Map<string, T> {
  return new Map([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** From its own first attempt on. */
function inTime(attempts: readonly AttemptAt[]): AttemptAt[] {
  const sorted = [...attempts].sort((a, b) => a.atMs - b.atMs);
  const first = sorted[0]?.atMs ?? 0;
  return sorted.map((one) => ({ ...one, atMs: one.atMs - first }));
}

function ascending(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

interface OpenCase extends CaseEvidence {
  /** Hashes of what its answers say. */
  readonly texts: Set<number>;
}

/** Samples that are all one text count once, but for what simulated models say. */
function caseEvidence({ texts, ...own }: OpenCase, isSimulated: boolean): CaseEvidence {
  const logs = ascending(own.logs);
  const isOne = !isSimulated && own.answered > 1 && texts.size === 1 && !texts.has(0);
  if (!isOne) return { ...own, logs };
  const once = (count: number) => (own.judged === 0 ? 0 : count / own.judged);
  return {
    ...own,
    logs,
    trials: own.trials - own.answered + 1,
    answered: 1,
    judged: Math.min(1, own.judged),
    passed: Math.round(once(own.passed)),
    score: once(own.score),
  };
}

type OpenCandidate = Omit<CandidateEvidence, 'cases' | 'answers' | 'latenciesMs' | 'costUsd' | 'missing'> & {
  readonly cases: Map<string, OpenCase>;
  missing: number;
  readonly latenciesMs: number[];
  answers: number;
  unpriced: boolean;
  spentUsd: number;
};

function openCandidate({ candidate, kind, simulated, models }: RunLine['candidates'][number]): OpenCandidate {
  return {
    candidate,
    kind,
    simulated,
    models: models.map(({ name }) => name),
    cases: new Map(),
    missing: 0,
    latenciesMs: [],
    answers: 0,
    unpriced: false,
    spentUsd: 0,
  };
}

type OpenModel = Omit<ModelEvidence, 'attempts' | 'failures' | 'timelines' | 'logs' | 'cases' | 'costUsd'> & {
  readonly timelines: AttemptAt[][];
  attempts: number;
  readonly failures: Map<
    string,
    { readonly kind: OutcomeKind; readonly status: number | null; count: number }
  >;
  readonly logs: number[];
  readonly cases: Map<string, { judged: number; passed: number }>;
  answers: number;
  unpriced: boolean;
  spentUsd: number;
};

function openModel(
  { name, provider, model }: RunLine['candidates'][number]['models'][number],
  simulated: boolean,
): OpenModel {
  return {
    name,
    provider,
    id: model,
    simulated,
    attempts: 0,
    failures: new Map(),
    timelines: [],
    logs: [],
    cases: new Map(),
    answers: 0,
    unpriced: false,
    spentUsd: 0,
  };
}

function noteTrial(candidate: OpenCandidate, line: TrialRecord): void {
  const key = caseKey(line.suite, line.case);
  const own = candidate.cases.get(key) ?? {
    category: line.category,
    trials: 0,
    answered: 0,
    judged: 0,
    passed: 0,
    score: 0,
    logs: [],
    texts: new Set<number>(),
  };
  candidate.cases.set(key, own);
  own.trials += 1;
  if (line.answered_by !== null) {
    own.answered += 1;
    own.texts.add(textWord(line));
    candidate.answers += 1;
    candidate.unpriced ||= line.cost_usd === null;
    candidate.spentUsd += line.cost_usd ?? 0;
  }
  if (line.latency_ms !== null && line.latency_ms > 0) {
    own.logs.push(Math.log(line.latency_ms));
    candidate.latenciesMs.push(line.latency_ms);
  }
  if (line.verdict !== 'passed' && line.verdict !== 'failed') return;
  own.judged += 1;
  own.score += line.score ?? 0;
  if (line.verdict === 'passed') own.passed += 1;
}

const answered = new Set<OutcomeKind>(['answered', 'refused', 'truncated', 'tool_call']);

function noteAttempt(
  model: OpenModel,
  { outcome, status, total_ms: ms, sent_at_ms: sentAtMs }: TrialRecord['attempts'][number],
): void {
  model.attempts += 1;
  const failure = answered.has(outcome) ? null : { kind: outcome, status };
  if (sentAtMs !== undefined) model.timelines.at(-1)?.push({ atMs: sentAtMs, failure });
  if (answered.has(outcome)) {
    if (ms > 0) model.logs.push(Math.log(ms));
    return;
  }
  const key = `${outcome} ${status}`;
  const counted = model.failures.get(key) ?? { kind: outcome, status, count: 0 };
  counted.count += 1;
  model.failures.set(key, counted);
}

function noteAnswer(model: OpenModel, line: TrialRecord): void {
  model.answers += 1;
  model.unpriced ||= line.cost_usd === null;
  model.spentUsd += line.cost_usd ?? 0;
  if (line.verdict !== 'passed' && line.verdict !== 'failed') return;
  const key = caseKey(line.suite, line.case);
  const own = model.cases.get(key) ?? { judged: 0, passed: 0 };
  own.judged += 1;
  if (line.verdict === 'passed') own.passed += 1;
  model.cases.set(key, own);
}
