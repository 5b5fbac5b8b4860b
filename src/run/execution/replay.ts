/** Answers of an earlier run through today's extraction and scorers: nothing is sent. */
import { join } from 'node:path';
import type { Problem } from '../../domain/errors/diagnostic.js';
import type { RunEvent } from '../../domain/event.js';
import type { Check, Verdict } from '../../domain/grade.js';
import type { RunLine, TrialRecord } from '../../domain/record.js';
import type { Completion, Trial } from '../../domain/trial.js';
import {
  type AnswerLine,
  damaged,
  glimpseJournal,
  type Journal,
  type LineText,
  type ReadLine,
} from '../../journal/journal.js';
import { JOURNAL_FILE } from '../../journal/run-folder.js';
import { extractionRecord } from '../../journal/trial-record.js';
import type { Clock, Files } from '../../world/world.js';
import type { Graded } from './conduct.js';
import { openGrace, openInFlight, openLeftovers, type RunEnd } from './in-flight.js';
import type { Grading } from './open-grading.js';

/** A run whose answers are taken. */
export interface StoredRun {
  /** Its folder. */
  readonly path: string;
  readonly run: RunLine;
  /** Ids of those that have a line. */
  readonly trials: ReadonlySet<string>;
}

export async function readStored(path: string, files: Files): Promise<StoredRun | Problem> {
  let run: RunLine | null = null;
  const trials = new Set<string>();
  try {
    for await (const { line } of glimpseJournal(join(path, JOURNAL_FILE), files)) {
      if (line.type === 'run') run ??= line;
      if (line.type === 'trial') trials.add(line.trial);
    }
  } catch (error) {
    return damaged(error);
  }
  return run === null
    ? { code: 'run/not-a-run', problem: `${path}: no run in there` }
    : { path, run, trials };
}

/** A verdict that is not what it was. */
export interface Changed {
  readonly candidate: string;
  readonly suite: string;
  readonly case: string;
  readonly category: string;
  readonly sample: number;
  readonly before: Verdict | null;
  readonly after: Verdict | null;
  /** What the one of them that did not pass failed by. */
  readonly why: string | null;
}

export interface ReplayParts {
  readonly lines: AsyncIterable<ReadLine<AnswerLine>>;
  readonly grade: Grading['grade'];
  readonly append: Journal['append'];
  readonly on: (event: RunEvent) => void;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Answers that are graded at a time, or wait for it. */
  readonly judgedAtOnce: number;
  /** Lines on their way to the disk. */
  readonly writtenAtOnce: number;
}

/**
 * Trials without a line stay without one. Streams: what is in memory at a time is bounded. After an interrupt no answer is
 * begun, and those that are being graded have as long as answers in flight have; the others can be rescored again.
 */
export async function replay(
  trials: readonly Trial[],
  { lines, grade, append, on, clock, signal, judgedAtOnce, writtenAtOnce }: ReplayParts,
): Promise<RunEnd & { readonly changed: readonly Changed[] }> {
  /** Trials whose line is still to come. */
  const waiting = new Map(trials.map((trial) => [trial.id, trial]));
  if (waiting.size < trials.length) throw new Error('two trials of the plan have one id');
  /** Trials whose line was read, and is not kept yet. */
  const judged = new Set<Trial>();
  const changed: Changed[] = [];
  const judging = openInFlight(judgedAtOnce, signal);
  const writing = openInFlight(writtenAtOnce, signal);
  const grace = openGrace(signal, clock);
  on({ kind: 'run-started', trials: trials.length });

  async function again(record: TrialRecord, text: LineText | null, trial: Trial): Promise<void> {
    const now = record.completion === null ? record : await judgedAgain(record, trial);
    if (grace.over.aborted) return;
    judged.delete(trial);
    await writing.begin(() => keep(record, now, text));
  }

  async function keep(record: TrialRecord, now: TrialRecord, text: LineText | null): Promise<void> {
    await append(now, now === record ? text : null);
    const change = changeOf(record, now);
    if (change !== null) changed.push(change);
    on({ kind: 'trial-ended', record: now });
  }

  /** The record itself where all that is said of the answer stays: most do, and their lines are there already. */
  async function judgedAgain(record: TrialRecord, trial: Trial): Promise<TrialRecord> {
    on({ kind: 'grading-started', trial });
    const startMs = clock.nowMs();
    const { judgements } = record;
    const graded = await grade(trial, {
      completion: completionOf(record),
      ...(judgements === undefined ? {} : { judgements }),
    });
    if (saysTheSame(record, trial, graded)) return record;
    const { category, language, tags } = trial.case;
    const { tags: _, ...rest } = record;
    return {
      ...rest,
      category,
      language,
      ...(tags.length > 0 ? { tags } : {}),
      verdict: graded.verdict,
      score: graded.score,
      extraction: extractionRecord(graded.answer),
      checks: graded.checks,
      grading_ms: Math.round((clock.nowMs() - startMs) * 10) / 10,
    };
  }

  for await (const { line, text } of lines) {
    if (signal.aborted || judging.failed.aborted || writing.failed.aborted) break;
    // What unfinished trials had cost is the other run's: this one spends nothing.
    if (line.type === 'event' && line.kind === 'rotation') await append(line);
    const trial = line.type === 'trial' ? waiting.get(line.trial) : undefined;
    if (line.type !== 'trial' || trial === undefined) continue;
    waiting.delete(trial.id);
    judged.add(trial);
    await judging.begin(() => again(line, text, trial));
  }
  try {
    await Promise.race([judging.settled(), grace.end]);
    await writing.settled();
  } finally {
    grace.cancel();
  }
  const leftovers = openLeftovers();
  for (const { candidate } of [...waiting.values(), ...judged]) leftovers.add(candidate.name, 'interrupted');
  return { ...leftovers.end(), changed: changed.sort(inOrder) };
}

function saysTheSame(record: TrialRecord, { case: asked }: Trial, graded: Graded): boolean {
  const { method, outcome } = extractionRecord(graded.answer);
  return (
    record.category === asked.category &&
    record.language === asked.language &&
    record.verdict === graded.verdict &&
    record.score === graded.score &&
    record.extraction?.method === method &&
    record.extraction.outcome === outcome &&
    allAlike(record.checks, graded.checks, isSameCheck) &&
    allAlike(record.tags ?? [], asked.tags, (one, other) => one === other)
  );
}

function allAlike<T>(some: readonly T[], others: readonly T[], alike: (one: T, other: T) => boolean) {
  return some.length === others.length && some.every((one, index) => alike(one, others[index] as T));
}

/** Written so that a field more is not forgotten here. */
const checkFields = Object.keys({
  evidence: true,
  name: true,
  score: true,
  passed: true,
  required: true,
  weight: true,
  detail: true,
  reason: true,
  lack: true,
} satisfies Record<Exclude<keyof Check, 'mutants' | 'votes'>, true>) as (keyof Check)[];

function isSameCheck(one: Check, other: Check): boolean {
  return (
    checkFields.every((field) => one[field] === other[field]) &&
    JSON.stringify([one.mutants, one.votes]) === JSON.stringify([other.mutants, other.votes])
  );
}

function inOrder(a: Changed, b: Changed): number {
  const key = ({ candidate, suite, case: id, sample }: Changed) =>
    JSON.stringify([candidate, suite, id, sample]);
  return key(a) < key(b) ? -1 : 1;
}

function changeOf(before: TrialRecord, after: TrialRecord): Changed | null {
  if (before.verdict === after.verdict) return null;
  const failed = after.verdict === 'passed' ? before : after;
  const check = failed.checks.find(({ passed }) => !passed);
  const { candidate, suite, case: id, category, sample } = after;
  return {
    candidate,
    suite,
    case: id,
    category,
    sample,
    before: before.verdict,
    after: after.verdict,
    why: check === undefined ? null : `${check.name}: ${check.detail ?? 'failed'}`,
  };
}

function completionOf({ completion, cost_usd }: TrialRecord): Completion {
  return {
    text: completion?.text ?? '',
    reasoning: completion?.reasoning ?? null,
    finishReason: completion?.finish_reason ?? null,
    servedModel: completion?.served_model ?? null,
    servedBy: completion?.served_by ?? null,
    usage: {
      promptTokens: completion?.usage.prompt_tokens ?? null,
      completionTokens: completion?.usage.completion_tokens ?? null,
      reasoningTokens: completion?.usage.reasoning_tokens ?? null,
    },
    costUsd: cost_usd,
  };
}
