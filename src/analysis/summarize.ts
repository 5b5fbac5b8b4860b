/**
 * A journal's lines -> the figures of its run. Trials are sorted by their ids before anything is added up, so the order
 * in which they finished leaves no trace, not even in a last digit.
 */

import type { Verdict } from '../domain/grade.js';
import { passAtKs } from '../domain/metric.js';
import {
  type CandidateStamp,
  type EndLine,
  type JournalLine,
  type ParkedRecord,
  type RotationRecord,
  RUN_VERSION,
  type RunLine,
  type TrialRecord,
} from '../domain/record.js';
import type { CandidateSummary, Grouping, Parked, RunSummary } from '../domain/summary.js';
import { rounded, tenths } from '../domain/units.js';
import { alarmsOf } from './alarms.js';
import { grouped } from './grouped.js';
import { countedOnce, repeatsOf } from './identical.js';
import { type JudgeOfCase, judgedShares } from './judged.js';
import { caseKey } from './profile.js';
import { rank } from './rank.js';
import { type SlimTrial, slimming } from './slim-trials.js';
import { figuresOf, hasCompletion, passAtKOf, quantileOf, sumsByCase } from './summary-figures.js';

/** Requests of trials that have no line, or had them before the process that wrote it. */
interface Spent {
  readonly candidate: string;
  requests: number;
  costUsd: number;
}

/** The figures of a run of which line after line comes. */
export interface Summing {
  take(line: JournalLine): void;
  /** Null where no line was the run's own. Nothing is to be taken after. */
  end(): RunSummary | null;
}

/** Null where the lines do not begin with the run's own. */
export async function summarize(
  lines: AsyncIterable<JournalLine>,
  by: Grouping = 'category',
): Promise<RunSummary | null> {
  const summing = openSumming(by);
  for await (const line of lines) summing.take(line);
  return summing.end();
}

export function openSumming(by: Grouping = 'category'): Summing {
  let run: RunLine | null = null;
  let end: EndLine | null = null;
  const judgeOfCase = new Map<string, JudgeOfCase>();
  const slimOf = slimming(by, (key) => judgeOfCase.get(key));
  const slim = new Map<string, SlimTrial>();
  const rotations: RotationRecord[] = [];
  const parked = new Map<string, ParkedRecord>();
  const spent = new Map<string, Spent>();
  const subjects = new Map<string, { readonly suite: string; readonly case: string }>();
  return {
    take(line) {
      switch (line.type) {
        case 'run':
          run ??= line;
          break;
        case 'trial':
          slim.set(line.trial, slimOf(line));
          settle(spent, line);
          break;
        case 'asked':
          if (line.judge !== undefined) judgeOfCase.set(caseKey(line.suite, line.id), line.judge);
          if (line.subject !== undefined)
            subjects.set(caseKey(line.suite, line.id), { suite: line.suite, case: line.id });
          break;
        case 'reply':
        case 'judgement':
          break;
        case 'event':
          if (line.kind === 'rotation') rotations.push(line);
          if (line.kind === 'parked') parked.set(line.trial, line);
          break;
        case 'attempt': {
          const before = spent.get(line.trial) ?? { candidate: line.candidate, requests: 0, costUsd: 0 };
          before.requests += 1;
          before.costUsd += line.cost_usd ?? 0;
          spent.set(line.trial, before);
          break;
        }
        case 'end':
          end = line;
          break;
        default:
          line satisfies never;
      }
    },
    end() {
      if (run === null) return null;
      // What was parked and asked later is parked no more.
      for (const trial of parked.keys()) if (slim.has(trial)) parked.delete(trial);
      return {
        ...build(run, end, byId(slim), rotations, [...spent.values()], by),
        parked: parkedOf([...parked.values()]),
        ...(subjects.size === 0 ? {} : { mutation: [...subjects.values()] }),
      };
    },
  };
}

function byId(slim: ReadonlyMap<string, SlimTrial>): SlimTrial[] {
  return [...slim].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, trial]) => trial);
}

/** In the order of the groups' first trials; one trial may be in several groups, or in none. */
function byGroup(trials: readonly SlimTrial[]): Map<string, SlimTrial[]> {
  const all = trials.flatMap((trial) => trial.groups.map((group) => ({ group, trial })));
  return new Map(
    [...grouped(all, ({ group }) => group)].map(([group, own]) => [group, own.map(({ trial }) => trial)]),
  );
}

/** What a killed process had spent on a trial that another one finished is in no trial's line. */
function settle(spent: Map<string, Spent>, { trial, attempts, cost_usd }: TrialRecord): void {
  const before = spent.get(trial);
  if (before === undefined) return;
  before.requests = Math.max(0, before.requests - attempts.length);
  before.costUsd = Math.max(0, before.costUsd - (cost_usd ?? 0));
  if (before.requests === 0 && before.costUsd === 0) spent.delete(trial);
}

function build(
  run: RunLine,
  end: EndLine | null,
  trials: readonly SlimTrial[],
  rotations: readonly RotationRecord[],
  spent: readonly Spent[],
  by: Grouping,
): Omit<RunSummary, 'parked'> {
  const groups =
    by === 'category'
      ? [...new Set(run.suites.flatMap((suite) => suite.categories))]
      : [...byGroup(trials).keys()].sort(inOrder);
  const candidates = run.candidates.map((stamp) => {
    const own = trials.filter((trial) => trial.candidate === stamp.candidate);
    const beside = spent.filter(({ candidate }) => candidate === stamp.candidate);
    return {
      ...candidateSummary(stamp, own, end, { by, groups }, rotations, beside),
      ...judgedOf(own, run),
    };
  });
  const planned = run.candidates.reduce((sum, stamp) => sum + plannedOf(stamp), 0);
  const made = new Set(run.candidates.filter(({ simulated }) => simulated).map(({ candidate }) => candidate));
  const repeats = repeatsOf(trials.filter(({ candidate }) => !made.has(candidate)));
  return {
    schema_version: RUN_VERSION,
    id: run.id,
    started_at: run.started_at,
    ended_at: end?.ended_at ?? null,
    complete: trials.length >= planned,
    simulated: run.candidates.some((stamp) => stamp.simulated),
    tool: run.tool,
    suites: run.suites,
    settings: run.settings,
    environment: { ...run.environment, sandboxes: end?.sandboxes ?? {} },
    totals: {
      trials: trials.length,
      planned,
      verdicts: verdictsOf(trials, planned),
      requests:
        total(trials, (trial) => trial.attempts) + spent.reduce((sum, { requests }) => sum + requests, 0),
      rotations: rotations.length,
      cost_usd: withSpent(costOf(trials), spent),
    },
    by,
    candidates,
    ranking: rank(
      candidates.map(({ candidate }) => candidate),
      countedOnce(trials, repeats),
    ),
    events: [...rotations]
      .sort((a, b) => (a.at === b.at ? (a.candidate < b.candidate ? -1 : 1) : a.at < b.at ? -1 : 1))
      .map(({ type: _, ...event }) => event),
    alarms: alarmsOf(
      trials.filter(({ candidate }) => candidate !== 'stub'),
      end?.sandbox_use ?? {},
      repeats,
    ),
    warnings: end?.warnings ?? [],
  };
}

function judgedOf(trials: readonly SlimTrial[], { judges = [] }: RunLine): Pick<CandidateSummary, 'judged'> {
  const counts = trials.flatMap(({ judged }) => judged ?? []);
  return counts.length === 0 ? {} : { judged: judgedShares(counts, judges) };
}

function parkedOf(lines: readonly ParkedRecord[]): Parked[] {
  const groups = new Map<string, Parked>();
  for (const { candidate, reason, until } of lines) {
    const key = JSON.stringify([candidate, reason]);
    const before = groups.get(key);
    const latest =
      [before?.until ?? null, until]
        .filter((stamp) => stamp !== null)
        .sort()
        .at(-1) ?? null;
    groups.set(key, { candidate, reason, trials: (before?.trials ?? 0) + 1, until: latest });
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

/** By code unit, and numbers within names by their value: c2 before c10. */
function inOrder(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split(/(\d+)/));
  for (const [index, part] of (left ?? []).entries()) {
    const other = right?.[index];
    if (other === undefined) return 1;
    if (part === other) continue;
    const difference = index % 2 === 1 ? Number(part) - Number(other) : 0;
    return difference !== 0 ? difference : part < other ? -1 : 1;
  }
  return -1;
}

/** Less time than this between the first token and the last is a buffer's that was emptied, and no writing. */
const SHORTEST_WRITING_MS = 50;

/** From the first token on; null where the answer came at once: nobody saw how fast it was written. */
function tokensPerSecond({ latencyMs, ttftMs, completionTokens }: SlimTrial): number | null {
  if (completionTokens === null || latencyMs === null || ttftMs === null) return null;
  const writingMs = latencyMs - ttftMs;
  return writingMs < SHORTEST_WRITING_MS ? null : (completionTokens * 1000) / writingMs;
}

function candidateSummary(
  stamp: CandidateStamp,
  trials: readonly SlimTrial[],
  end: EndLine | null,
  { by, groups }: { readonly by: Grouping; readonly groups: readonly string[] },
  rotations: readonly RotationRecord[],
  spent: readonly Spent[],
): CandidateSummary {
  const planned = plannedOf(stamp);
  const sums = sumsByCase(trials);
  const { latencies, firstTokens, speeds, words, serverSaid, totals } = walked(trials);
  const cost = withSpent(costOf(trials), spent);
  const { passed } = sums.verdicts;
  const lacks = words.lacks.counts();
  const held = heldOf(stamp, end, planned - trials.length);
  return {
    candidate: stamp.candidate,
    kind: stamp.kind,
    simulated: stamp.simulated,
    ...figuresOf(sums, planned),
    pass_at_k: passAtKs.map((k) => ({ k, ...passAtKOf(sums.passes, k) })),
    latency_ms: {
      p50: quantileOf(latencies, 0.5),
      p90: quantileOf(latencies, 0.9),
      p99: quantileOf(latencies, 0.99),
    },
    ttft_ms: { p50: quantileOf(firstTokens, 0.5), p90: quantileOf(firstTokens, 0.9) },
    tokens_per_second: {
      p50: quantileOf(speeds, 0.5),
    },
    cost_usd: cost,
    cost_per_pass_usd: cost === null || passed === 0 ? null : nanos(cost / passed),
    tokens: { prompt: totals.promptTokens, completion: totals.completionTokens, answers: totals.counted },
    rotations: rotations.filter((rotation) => rotation.candidate === stamp.candidate).length,
    answered_by: words.answeredBy.counts(),
    outcomes: words.outcomes.counts(held),
    ...(Object.keys(serverSaid).length === 0 ? {} : { server_said: serverSaid }),
    extraction: words.extraction.counts(),
    ...(Object.keys(lacks).length === 0 ? {} : { unsupported: lacks }),
    attempts: totals.attempts + spent.reduce((sum, { requests }) => sum + requests, 0),
    waits_ms: {
      queue: tenths(totals.queueMs),
      pace: tenths(totals.paceMs),
      backoff: tenths(totals.backoffMs),
    },
    categories: breakdown(stamp, trials, by, groups),
  };
}

/** All figures of a candidate's trials but their verdicts, in one walk. */
function walked(trials: readonly SlimTrial[]) {
  const latencies = figures();
  const firstTokens = figures();
  const speeds = figures();
  const words = { answeredBy: tally(), outcomes: tally(), extraction: tally(), lacks: tally() };
  /** By outcome, what a server said first. */
  const serverSaid = new Map<string, string>();
  const totals = {
    attempts: 0,
    queueMs: 0,
    paceMs: 0,
    backoffMs: 0,
    promptTokens: 0,
    completionTokens: 0,
    /** Answers whose tokens are known. */
    counted: 0,
  };
  for (const trial of trials) {
    latencies.add(trial.latencyMs);
    firstTokens.add(trial.ttftMs);
    speeds.add(tokensPerSecond(trial));
    words.answeredBy.add(trial.answeredBy);
    words.outcomes.add(trial.outcome);
    if (trial.serverSaid !== null && !serverSaid.has(trial.outcome))
      serverSaid.set(trial.outcome, trial.serverSaid);
    words.extraction.add(trial.extraction);
    words.lacks.add(trial.lack);
    totals.attempts += trial.attempts;
    totals.queueMs += trial.queueMs;
    totals.paceMs += trial.paceMs;
    totals.backoffMs += trial.backoffMs;
    if (trial.completionTokens === null) continue;
    totals.completionTokens += trial.completionTokens;
    totals.promptTokens += trial.promptTokens ?? 0;
    totals.counted += 1;
  }
  return {
    latencies: latencies.ascending(),
    firstTokens: firstTokens.ascending(),
    speeds: speeds.ascending(),
    words,
    serverSaid: Object.fromEntries([...serverSaid].sort(([a], [b]) => (a < b ? -1 : 1))),
    totals,
  };
}

function figures() {
  const all: number[] = [];
  return {
    add(value: number | null) {
      if (value !== null) all.push(value);
    },
    ascending: () => all.sort((a, b) => a - b),
  };
}

/** Only by category does the plan say how many there should be: a trial that is missing has no tag. */
function breakdown(
  stamp: CandidateStamp,
  trials: readonly SlimTrial[],
  by: Grouping,
  groups: readonly string[],
): CandidateSummary['categories'] {
  const members = byGroup(trials);
  const planned = (group: string) => (by === 'category' ? stamp.planned[group] : members.get(group)?.length);
  return groups
    .filter((group) => planned(group) !== undefined)
    .map((group) => {
      const own = members.get(group) ?? [];
      return { category: group, ...figuresOf(sumsByCase(own), planned(group) ?? 0) };
    });
}

function verdictsOf(trials: readonly SlimTrial[], planned: number): Record<Verdict, number> {
  const counts = { passed: 0, failed: 0, error: 0, unanswered: Math.max(0, planned - trials.length) };
  for (const { verdict } of trials) if (verdict !== null) counts[verdict] += 1;
  return counts;
}

function withSpent(cost: number | null, spent: readonly Spent[]): number | null {
  return cost === null ? null : rounded(cost + spent.reduce((sum, { costUsd }) => sum + costUsd, 0));
}

/** Null when an answer's cost is not known: a part is no total. */
function costOf(trials: readonly SlimTrial[]): number | null {
  let sum = 0;
  for (const trial of trials) {
    if (!hasCompletion(trial)) continue;
    if (trial.costUsd === null) return null;
    sum += trial.costUsd;
  }
  return rounded(sum);
}

/** Why trials have no line: as the end of the run says; a run without an end was killed. */
function heldOf(stamp: CandidateStamp, end: EndLine | null, missing: number): string[] {
  const known = Object.entries(end?.held[stamp.candidate] ?? {}).flatMap(([reason, count]) =>
    Array.from({ length: count ?? 0 }, () => reason),
  );
  const rest = Math.max(0, missing - known.length);
  return [...known.slice(0, Math.max(0, missing)), ...Array.from({ length: rest }, () => 'interrupted')];
}

function plannedOf(stamp: CandidateStamp): number {
  return Object.values(stamp.planned).reduce((sum, count) => sum + count, 0);
}

/** How often there was which word. */
function tally() {
  const counts = new Map<string, number>();
  const add = (word: string | null) => {
    if (word !== null) counts.set(word, (counts.get(word) ?? 0) + 1);
  };
  return {
    add,
    /** With `more` words counted too, sorted by word. */
    counts(more: readonly string[] = []): Record<string, number> {
      for (const word of more) add(word);
      return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
    },
  };
}

function total(trials: readonly SlimTrial[], read: (trial: SlimTrial) => number): number {
  return trials.reduce((sum, trial) => sum + read(trial), 0);
}

/** A pass may cost less than a millionth of a dollar. */
function nanos(usd: number): number {
  return Math.round(usd * 1e9) / 1e9;
}
