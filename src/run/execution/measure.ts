/** The part of a run that takes time: asks or replays, grades, and writes each line of the journal. */
import { join } from 'node:path';
import type { RunEvent } from '../../domain/event.js';
import { redactor } from '../../domain/redact.js';
import type { Trial } from '../../domain/trial.js';
import { formatDuration } from '../../domain/units.js';
import { BudgetSpent, openBudget } from '../../engine/budget.js';
import type { DailyLedger } from '../../engine/ledger.js';
import { type Journal, readAnswers } from '../../journal/journal.js';
import { JOURNAL_FILE, type RunFolder } from '../../journal/run-folder.js';
import { NO_LONGER_WANTED } from '../../world/deadline.js';
import type { Clock, World } from '../../world/world.js';
import { judgesOf } from '../planning/plan.js';
import type { RunRequest } from '../request/read-request.js';
import type { AskingTime } from './asking-time.js';
import { watchJumps } from './clock-jumps.js';
import { ASKS_PER_SLOT, conduct } from './conduct.js';
import { type EarlyStop, watchVerdict } from './early-stop.js';
import type { RunEnd } from './in-flight.js';
import { watchLateness } from './lateness.js';
import { openAsking } from './open-asking.js';
import type { Grading } from './open-grading.js';
import { openLedger } from './open-ledger.js';
import { openQuestions } from './questions.js';
import { type Changed, replay, type StoredRun } from './replay.js';
import { endLineOf, eventLineOf, runLineOf, stamp } from './run-lines.js';
import { judgeOfSuites, type UnfinishedTrials, withJudges } from './with-judges.js';

/** Answers that may wait for a sandbox, for each core of the machine. */
const BACKLOG_PER_CORE = 16;
/** Stored answers come as fast as they are read: with fewer lines on their way, the disk is waited for between any two. */
const REPLAYED_LINES = 256;

/** What is written to, and what an earlier process has written there. */
export interface Notebook {
  readonly folder: RunFolder;
  readonly journal: Journal;
  readonly earlier: {
    readonly done: ReadonlySet<string>;
    readonly asked: ReadonlyMap<string, string>;
    readonly unfinished: UnfinishedTrials;
  } | null;
}

export interface Measurement {
  /** Of a replay: verdicts that are not what they were. */
  readonly changed: readonly Changed[];
  /** Null: the run was not stopped early. */
  readonly stop: EarlyStop | null;
}

/** All that the parts of a measurement share. */
interface Measuring {
  readonly request: RunRequest;
  readonly notebook: Notebook;
  readonly time: AskingTime;
  readonly grading: Grading;
  readonly world: World;
  readonly recorder: Recorder;
}

export async function measure(
  request: RunRequest,
  notebook: Notebook,
  time: AskingTime,
  listener: (event: RunEvent) => void,
  grading: Grading,
  world: World,
): Promise<Measurement> {
  const { plan, stored } = request;
  const { journal, earlier, folder } = notebook;
  const ledger = await openLedger(request, time.clock, world);
  const recorder = openRecorder(request, notebook, time, listener);
  const measuring: Measuring = { request, notebook, time, grading, world, recorder };
  grading.listen(recorder.on);
  try {
    if (stored === null) await time.network?.ready();
    await journal.append(
      earlier === null
        ? runLineOf(request, folder.id, world)
        : { type: 'event', kind: 'resumed', at: stamp(world.clock), done: earlier.done.size },
    );
    for (const message of request.warnings) recorder.warn(message);
    const pending = earlier === null ? plan.trials : plan.trials.filter(({ id }) => !earlier.done.has(id));
    return await (stored === null
      ? askAndGrade(pending, measuring, ledger)
      : replayAnswers(pending, stored, measuring));
  } finally {
    await grading.close();
    await journal.close();
    await ledger.save();
  }
}

/** Turns events into lines of the journal and warnings of the run, and passes them on. */
interface Recorder {
  readonly on: (event: RunEvent) => void;
  readonly warn: (message: string) => void;
  readonly append: Journal['append'];
  /** Waits for the last event's line, and writes the end of the run. */
  end(end: RunEnd, grading: Grading, clock: Clock): Promise<void>;
}

function openRecorder(
  { plan, simulatedTime }: RunRequest,
  { journal, earlier }: Notebook,
  { clock }: AskingTime,
  listener: (event: RunEvent) => void,
): Recorder {
  const warnings: string[] = [];
  const questions = openQuestions(journal, plan, earlier?.asked ?? new Map());
  /** Events are written as they happen; the end of the run waits for the last of them. */
  let noted: Promise<unknown> = Promise.resolve();
  const on = (event: RunEvent) => {
    // Whoever looks for the case finds it, with the reason why nothing came of it.
    if (event.kind === 'held' && event.reason === 'lane_down') questions.note(event.suite, event.case);
    const line = eventLineOf(event, clock);
    // What a simulated model is asked costs nobody anything.
    if (line !== null && !(simulatedTime && line.type === 'attempt')) {
      const writing = journal.append(line);
      // Not all of them in one: that would keep a list as long as the run.
      noted = noted.then(() => writing);
      writing.catch(() => {});
      noted.catch(() => {});
    }
    if (event.kind === 'warned') warnings.push(event.message);
    if (event.kind === 'lane-down') warnings.push(`${event.model}: ${event.reason}`);
    listener(event);
  };
  return {
    on,
    warn: (message) => on({ kind: 'warned', message }),
    append: questions.append,
    async end(end, grading, wall) {
      await noted;
      await journal.append(endLineOf(end, grading.sandboxes(), grading.sandboxUse(), warnings, wall));
    },
  };
}

async function replayAnswers(
  pending: readonly Trial[],
  stored: StoredRun,
  { request, grading, world, recorder }: Measuring,
): Promise<Measurement> {
  if (request.leftOut > 0) {
    const [verb, is] = request.leftOut === 1 ? ['trial has', 'is'] : ['trials have', 'are'];
    recorder.warn(`${request.leftOut} ${verb} no line in ${stored.run.id} and ${is} left out`);
  }
  const end = await replay(pending, {
    lines: readAnswers(join(stored.path, JOURNAL_FILE), world.files),
    grade: grading.grade,
    append: recorder.append,
    on: recorder.on,
    clock: world.clock,
    signal: world.interrupted,
    judgedAtOnce: world.processes.cores * BACKLOG_PER_CORE,
    writtenAtOnce: REPLAYED_LINES,
  });
  await recorder.end(end, grading, world.clock);
  return { changed: end.changed, stop: null };
}

async function askAndGrade(
  pending: readonly Trial[],
  measuring: Measuring,
  ledger: DailyLedger,
): Promise<Measurement> {
  const { request, notebook, time, grading, world, recorder } = measuring;
  const { plan, concurrency, simulatedTime } = request;
  const jump = watchJumps(world.clock);
  // Virtual time is never late.
  const lateness = simulatedTime ? null : watchLateness(world.clock);
  const certain = new AbortController();
  const journalled = {
    path: join(notebook.folder.path, JOURNAL_FILE),
    done: notebook.earlier?.done.size ?? 0,
  };
  const watch = watchVerdict(request, journalled, world.files, (why) => certain.abort(new BudgetSpent(why)));
  const on = (event: RunEvent) => {
    if (event.kind === 'attempt-ended') lateness?.attemptEnded();
    recorder.on(event);
    if (event.kind === 'trial-ended') watch?.trialEnded();
  };
  const { deadlineMs, ...limits } = request.budget;
  const budget = openBudget(limits);
  const deadline = openDeadline(deadlineMs, time.clock);
  const asking = openAsking(time, plan, {
    budget,
    redact: redactor(request.secrets),
    ledger,
    timeouts: request.config.timeouts,
    concurrency,
    env: request.env,
    random: request.random,
    on,
  });
  const ask = withJudges({
    ...asking,
    judgeOf: judgesOf(plan).length === 0 ? null : judgeOfSuites(plan),
    async keep(line) {
      const writing = recorder.append(line);
      // Virtual time waits for no disk, and what is simulated can be asked again.
      if (simulatedTime) writing.catch(() => {});
      else await writing;
    },
    unfinished: notebook.earlier?.unfinished ?? { replies: new Map(), judgements: new Map() },
  });
  try {
    const end = await conduct(pending, {
      ask,
      grade: grading.grade,
      append: recorder.append,
      on,
      clock: world.clock,
      signal: AbortSignal.any([world.interrupted, deadline.signal, certain.signal]),
      // In virtual time everything is asked from the start: what is asked may not hang on how fast answers are graded.
      asksPerCandidate: simulatedTime ? Number.POSITIVE_INFINITY : concurrency * ASKS_PER_SLOT,
      gradingBacklog: simulatedTime ? Number.POSITIVE_INFINITY : world.processes.cores * BACKLOG_PER_CORE,
      drive: time.drive,
    });
    deadline.cancel();
    const stop = (await watch?.ended()) ?? null;
    const spent = deadline.signal.aborted ? String(deadline.signal.reason.message) : budget.spent();
    if (spent !== null && !end.complete) recorder.warn(leftText(spent, end, notebook.folder.id));
    for (const warning of [lateness?.warning() ?? null, jump()]) if (warning !== null) recorder.warn(warning);
    await recorder.end(end, grading, world.clock);
    return { changed: [], stop };
  } finally {
    deadline.cancel();
    lateness?.stop();
  }
}

/** Aborts after `deadlineMs` on the clock of the asking; never if null. */
function openDeadline(deadlineMs: number | null, clock: Clock) {
  const deadline = new AbortController();
  const over = new AbortController();
  if (deadlineMs !== null) {
    const reached = new BudgetSpent(`stopped by --deadline after ${formatDuration(deadlineMs)}`);
    clock.sleep(deadlineMs, over.signal).then(
      () => deadline.abort(reached),
      () => {},
    );
  }
  return { signal: deadline.signal, cancel: () => over.abort(NO_LONGER_WANTED) };
}

function leftText(spent: string, { held }: RunEnd, id: string): string {
  const left = Object.values(held)
    .flatMap((own) => Object.values(own))
    .reduce((sum, count) => sum + count, 0);
  const trials = left === 1 ? '1 trial is' : `${left} trials are`;
  return `${spent}: ${trials} left; resume with bench run --resume ${id}`;
}
