/** A run that another process began: what it has, whether the plan is still the same, and the journal to go on with. */
import { join } from 'node:path';
import { caseKey } from '../../analysis/profile.js';
import type { Problem } from '../../domain/errors/diagnostic.js';
import { candidateIdentity } from '../../domain/ids.js';
import type { JournalLine, JudgementLine, ReplyLine, RunLine } from '../../domain/record.js';
import { damaged, glimpseJournal, type JournalEnd, openJournal, readJournal } from '../../journal/journal.js';
import { JOURNAL_FILE, listRuns, RUN_FILE, type RunFolder } from '../../journal/run-folder.js';
import type { Files, World } from '../../world/world.js';
import { runLineOf } from '../execution/run-lines.js';
import type { UnfinishedTrials } from '../execution/with-judges.js';
import { planHash } from '../planning/plan.js';
import type { RunRequest } from '../request/read-request.js';

export interface Resumable {
  readonly folder: RunFolder;
  readonly run: RunLine;
  /** Ids of trials that have their line. */
  readonly done: ReadonlySet<string>;
  /** Case to the hash that it was asked with. */
  readonly asked: ReadonlyMap<string, string>;
  readonly unfinished: UnfinishedTrials;
  readonly end: JournalEnd;
}

export async function readResumable(path: string, files: Files): Promise<Resumable | Problem> {
  let run: RunLine | null = null;
  let end: JournalEnd = { bytes: 0, torn: null };
  const done = new Set<string>();
  const asked = new Map<string, string>();
  const replies = new Map<string, ReplyLine>();
  const judgements = new Map<string, readonly JudgementLine[]>();
  const journal = glimpseJournal(join(path, JOURNAL_FILE), files, (found) => {
    end = found;
  });
  try {
    for await (const { line } of journal) {
      if (line.type === 'run') run ??= line;
      if (line.type === 'trial') {
        done.add(line.trial);
        replies.delete(line.trial);
        judgements.delete(line.trial);
      }
      if (line.type === 'asked') asked.set(caseKey(line.suite, line.id), line.hash);
      if (line.type === 'reply') replies.set(line.trial, line);
      if (line.type === 'judgement')
        judgements.set(line.trial, [...(judgements.get(line.trial) ?? []), line]);
    }
  } catch (error) {
    return damaged(error);
  }
  if (run === null) return { code: 'run/not-a-run', problem: `${path}: no run in there` };
  if (run.parts !== undefined) {
    return {
      code: 'run/cannot-resume',
      problem: `${run.id} was merged; resume its shards, then merge again`,
    };
  }
  if (run.command === undefined || run.plan === undefined) {
    return {
      code: 'run/too-old',
      problem: `${run.id} was started by an older bench and cannot be resumed`,
    };
  }
  return { folder: { id: run.id, path }, run, done, asked, unfinished: { replies, judgements }, end };
}

/** The newest run that has not come to its end; null where all have. */
export async function newestUnfinished(out: string, files: Files): Promise<string | null> {
  for (const { path } of await listRuns(out, files)) {
    const summary = join(path, RUN_FILE);
    if ((await files.kind(summary)) !== 'file') return path;
    try {
      const { complete } = JSON.parse(await files.readText(summary)) as { complete?: unknown };
      if (complete !== true) return path;
    } catch {
      return path;
    }
  }
  return null;
}

/** What is not as it was when the run began, a sentence each. */
export function changesSince({ run, asked }: Resumable, request: RunRequest): string[] {
  const { plan } = request;
  if (planHash(plan.trials) === run.plan) return [];
  const changes: string[] = [];
  for (const suite of plan.suites) {
    const before = run.suites.find(({ name }) => name === suite.name);
    if (before === undefined) changes.push(`the suite ${suite.name} is new`);
    else if (before.hash !== suite.hash) {
      const changed = suite.cases.filter((item) => {
        const hash = asked.get(caseKey(suite.name, item.id));
        return hash !== undefined && hash !== item.hash;
      });
      const names = changed.slice(0, 5).map(({ id }) => id);
      const more = changed.length > names.length ? ` and ${changed.length - names.length} more` : '';
      const which = names.length === 0 ? '' : `, in cases already asked: ${names.join(', ')}${more}`;
      changes.push(`the suite ${suite.name} has changed${which}`);
    }
  }
  for (const { name } of run.suites) {
    if (!plan.suites.some((suite) => suite.name === name)) changes.push(`the suite ${name} is gone`);
  }
  for (const candidate of plan.candidates) {
    const before = run.candidates.find((stamp) => stamp.candidate === candidate.name);
    if (before === undefined) changes.push(`the candidate ${candidate.name} is new`);
    else if (before.hash !== undefined && before.hash !== candidateIdentity(candidate)) {
      changes.push(`the candidate ${candidate.name} has a different model, parameters or address`);
    }
  }
  for (const { candidate: name } of run.candidates) {
    if (!plan.candidates.some((candidate) => candidate.name === name))
      changes.push(`the candidate ${name} is gone`);
  }
  if (changes.length === 0)
    changes.push(`${plan.trials.length} trials are planned, not the same ones as before`);
  return changes;
}

/**
 * The journal for a plan that has changed: what still matches is kept, under a first line of its own. The journal as it
 * was stays beside it, whole.
 */
export async function rewriteJournal(
  { folder, run, asked }: Resumable,
  request: RunRequest,
  redact: (text: string) => string,
  world: World,
): Promise<ReadonlySet<string>> {
  const { files } = world;
  const path = join(folder.path, JOURNAL_FILE);
  const hashes = new Map(
    request.plan.suites.flatMap(({ name, cases }) =>
      cases.map((item) => [caseKey(name, item.id), item.hash] as const),
    ),
  );
  const planned = new Set(Array.from(request.plan.trials, ({ id }) => id));
  const isSame = (key: string) => hashes.get(key) === asked.get(key);
  const keeps = (line: JournalLine): boolean => {
    switch (line.type) {
      case 'trial':
        return planned.has(line.trial) && isSame(caseKey(line.suite, line.case));
      case 'attempt':
      case 'reply':
      case 'judgement':
        return planned.has(line.trial);
      case 'asked':
        return isSame(caseKey(line.suite, line.id));
      case 'event':
        return line.kind !== 'parked';
      case 'run':
      case 'end':
        return false;
      default:
        return line satisfies never;
    }
  };
  let number = 1;
  while ((await files.kind(join(folder.path, `trials.${number}.jsonl`))) !== 'none') number += 1;
  await files.writeAtomic(join(folder.path, `trials.${number}.jsonl`), await files.readBytes(path));
  const partial = `${path}.partial`;
  await files.remove(partial);
  const done = new Set<string>();
  const journal = await openJournal(partial, files, redact);
  try {
    await journal.append({ ...runLineOf(request, folder.id, world), started_at: run.started_at });
    for await (const line of readJournal(path, files)) {
      if (!keeps(line)) continue;
      if (line.type === 'trial') done.add(line.trial);
      await journal.append(line);
    }
  } finally {
    await journal.close();
  }
  await files.rename(partial, path);
  return done;
}
