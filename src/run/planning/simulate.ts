/**
 * A run in virtual time: the same engine, provider code and conductor, over pretend servers that keep the limits that
 * are described. Nothing is sent, nothing is run, minutes take milliseconds, and a seed gives the same run again.
 */
import { type Candidate, type Model, modelsOf } from '../../domain/candidate.js';
import type { RunEvent } from '../../domain/event.js';
import { isAnswered } from '../../domain/outcome.js';
import type { TrialRecord } from '../../domain/record.js';
import type { Completion, Trial } from '../../domain/trial.js';
import { accountKey } from '../../engine/identity.js';
import { memoryLedger } from '../../engine/ledger.js';
import { twinOf } from '../../providers/simulated.js';
import { simulatedClock } from '../../world/clock.simulated.js';
import { seededRandom } from '../../world/random.js';
import { conduct } from '../execution/conduct.js';
import { type AskingOptions, openAsking } from '../execution/open-asking.js';
import { judgeOfSuites, withJudges } from '../execution/with-judges.js';
import { judgesOf, type Plan } from './plan.js';

/** What happened to one candidate in one simulated run. */
export interface SimulatedCandidate {
  readonly candidate: string;
  readonly trials: number;
  readonly answered: number;
  /** Parked for a quota that lasts longer than a run should. */
  readonly held: number;
  readonly requests: number;
  /** Requests that brought no answer. */
  readonly wasted: number;
  readonly rotations: number;
  readonly tokens: number;
  readonly answeredBy: Readonly<Record<string, number>>;
  /** Every answer that came, for those who want to grade them. */
  readonly answers: readonly SimulatedAnswer[];
  /** When the last of its trials ended, in ms from the start. */
  readonly endedMs: number;
}

export interface SimulatedAnswer {
  readonly trial: Trial;
  readonly completion: Completion;
  /** The model's name. */
  readonly answeredBy: string;
  /** Of the attempt that was answered. */
  readonly latencyMs: number;
}

export interface SimulatedRun {
  readonly seed: string;
  readonly durationMs: number;
  readonly candidates: readonly SimulatedCandidate[];
}

export type SimulateOptions = Pick<AskingOptions, 'timeouts' | 'concurrency'> & {
  readonly asksPerSlot: number;
  /** The wall clock at the start: what a day's quota and a fixed window go by. */
  readonly startWallMs: number;
};

/** Real models become pretend ones that keep the limits they are known to have; the engine knows those limits too. */
export function pretended(plan: Plan): Plan {
  // Names are distinct in a plan, and two suites may give one model two objects.
  const models = new Map<string, Model>();
  const pretend = (model: Model): Model => {
    const known = models.get(model.name);
    if (known !== undefined) return known;
    const made: Model = { ...model, simulation: twinOf(model) };
    models.set(model.name, made);
    return made;
  };
  const candidateOf = (candidate: Candidate): Candidate =>
    candidate.kind === 'model'
      ? { ...candidate, model: pretend(candidate.model) }
      : { ...candidate, chain: candidate.chain.map(pretend) };
  const candidates = plan.candidates.map(candidateOf);
  const byName = new Map(candidates.map((candidate) => [candidate.name, candidate]));
  const trials = plan.trials.map((trial) => ({
    ...trial,
    candidate: byName.get(trial.candidate.name) ?? trial.candidate,
  }));
  // Two suites may mean two judges by one name.
  const suites = plan.suites.map((suite) => ({ ...suite, judges: suite.judges.map(pretend) }));
  return { ...plan, suites, candidates, trials };
}

interface Tally {
  trials: number;
  answered: number;
  held: number;
  requests: number;
  wasted: number;
  rotations: number;
  tokens: number;
  readonly answeredBy: Record<string, number>;
  readonly answers: SimulatedAnswer[];
  endedMs: number;
}

/** `plan` as `pretended` made it. */
export async function simulate(plan: Plan, seed: string, options: SimulateOptions): Promise<SimulatedRun> {
  const clock = simulatedClock(options.startWallMs);
  const startMs = clock.nowMs();
  const tallies = new Map(plan.candidates.map(({ name }) => [name, emptyTally()]));
  const tallyOf = (name: string) => tallies.get(name) ?? emptyTally();
  const judges = judgesOf(plan).length > 0;
  const askerOf = new Map(judges ? plan.trials.map(({ id, candidate }) => [id, candidate.name]) : []);
  const on = (event: RunEvent) => {
    if (event.kind === 'attempt-ended') {
      // A judge's requests are those of the candidate that it judges.
      const tally = tallyOf(askerOf.get(event.trial.split('/', 1)[0] ?? '') ?? event.candidate);
      tally.requests += 1;
      const { outcome } = event.attempt;
      if (!isAnswered(outcome) || outcome.kind === 'empty') tally.wasted += 1;
    }
    if (event.kind === 'rotated') tallyOf(event.rotation.candidate).rotations += 1;
    if (event.kind === 'trial-ended')
      noteEnd(tallyOf(event.record.candidate), event.record, clock.nowMs() - startMs);
  };
  for (const trial of plan.trials) tallyOf(trial.candidate.name).trials += 1;

  const random = seededRandom(seed);
  const work = async () => {
    const asking = openAsking({ clock, network: null }, plan, {
      timeouts: options.timeouts,
      concurrency: options.concurrency,
      env: {},
      ledger: memoryLedger(clock),
      random,
      on,
    });
    const ask = withJudges({
      ...asking,
      judgeOf: judges ? judgeOfSuites(plan) : null,
      keep: async () => {},
      unfinished: { replies: new Map(), judgements: new Map() },
    });
    return conduct(plan.trials, {
      ask,
      grade: async (trial, { completion, answeredBy, attempts }) => {
        const latencyMs = attempts.at(-1)?.totalMs ?? 0;
        tallyOf(trial.candidate.name).answers.push({
          trial,
          completion,
          answeredBy: answeredBy.name,
          latencyMs,
        });
        return { answer: { kind: 'text', text: '' }, checks: [], verdict: 'passed', score: 1 };
      },
      append: async () => {},
      on,
      clock,
      signal: new AbortController().signal,
      asksPerCandidate: options.concurrency * options.asksPerSlot,
      gradingBacklog: Number.POSITIVE_INFINITY,
      drive: (asking) => asking,
    });
  };
  const { held } = await clock.run(work());
  for (const [name, reasons] of Object.entries(held)) {
    tallyOf(name).held = Object.values(reasons).reduce((sum, count) => sum + (count ?? 0), 0);
  }
  return {
    seed,
    durationMs: Math.max(0, ...[...tallies.values()].map((tally) => tally.endedMs)),
    candidates: [...tallies].map(([candidate, tally]) => ({ candidate, ...tally })),
  };
}

function emptyTally(): Tally {
  return {
    trials: 0,
    answered: 0,
    held: 0,
    requests: 0,
    wasted: 0,
    rotations: 0,
    tokens: 0,
    answeredBy: {},
    answers: [],
    endedMs: 0,
  };
}

function noteEnd(tally: Tally, record: TrialRecord, atMs: number): void {
  tally.endedMs = Math.max(tally.endedMs, atMs);
  if (record.answered_by === null) return;
  tally.answered += 1;
  tally.answeredBy[record.answered_by] = (tally.answeredBy[record.answered_by] ?? 0) + 1;
  const { prompt_tokens: prompt, completion_tokens: completion } = record.completion?.usage ?? {};
  tally.tokens += (prompt ?? 0) + (completion ?? 0);
}

/** Names of models that share an account's limits with another of the plan: one candidate's requests slow the other's. */
export function sharedAccounts(
  candidates: readonly Candidate[],
  env: Readonly<Record<string, string | undefined>>,
): string[][] {
  const byAccount = new Map<string, Set<string>>();
  for (const model of candidates.flatMap(modelsOf)) {
    const { account, simulation } = model;
    // A server at home without limits slows nobody down that is known of.
    const isLimited = account.apiKeyEnv !== null || Object.keys(account.limits).length > 0;
    if (simulation !== null || !isLimited) continue;
    const key = accountKey(account, env);
    byAccount.set(key, (byAccount.get(key) ?? new Set()).add(model.name));
  }
  return [...byAccount.values()].filter((names) => names.size > 1).map((names) => [...names]);
}
