/** The composition root of a run: makes its folder, opens what it needs and nothing more, conducts, concludes, closes. */
import { dirname, join } from 'node:path';
import { compare } from '../analysis/compare.js';
import { checkThresholds, type ThresholdResult } from '../analysis/gates.js';
import { caseKey, profile } from '../analysis/profile.js';
import { settingsAtEnd } from '../analysis/stopping.js';
import { openSumming, summarize } from '../analysis/summarize.js';
import type { Comparison, RunProfile } from '../domain/comparison.js';
import type { RunEvent } from '../domain/event.js';
import type { RunSummary } from '../domain/record.js';
import { redactor } from '../domain/redact.js';
import type { Case } from '../domain/suite.js';
import { formatDuration } from '../domain/units.js';
import { BudgetSpent, openBudget } from '../engine/budget.js';
import { fileLedger, memoryLedger } from '../engine/ledger.js';
import { type Journal, openJournal, readAnswers, readJournal } from '../journal/journal.js';
import { type Lock, lockRun } from '../journal/lock.js';
import { createRunFolder, JOURNAL_FILE, type RunFolder, writeRunJson } from '../journal/run-folder.js';
import { markdown } from '../reports/markdown.js';
import type { ReportedRun } from '../reports/report.js';
import { simulatedClock } from '../world/clock.simulated.js';
import { NO_LONGER_WANTED } from '../world/deadline.js';
import { ReadError, WriteError } from '../world/files.js';
import { watchLag } from '../world/lag.js';
import type { Clock, Network, World } from '../world/world.js';
import { openAsking } from './asking.js';
import { ASKS_PER_SLOT, conduct } from './conduct.js';
import { type EarlyStop, type VerdictWatch, watchVerdict } from './early-stop.js';
import { type Grading, openGrading } from './grading.js';
import { askedLineOf, endLineOf, eventLineOf, runLineOf, stamp } from './lines.js';
import { cacheFolders, stateFolder } from './package-files.js';
import { type Plan, planHash } from './plan.js';
import { type Changed, replay } from './replay.js';
import type { Gate, RunRequest, WantedReport } from './request.js';
import { type Resumable, readResumable, rewriteJournal } from './resume.js';

const BACKLOG_PER_CORE = 16;
/** Stored answers come as fast as they are read: with fewer lines on their way, the disk is waited for between any two. */
const REPLAYED_LINES = 256;
const DAY_MS = 24 * 3_600_000;

/** A run whose folder is made, and to which nothing has been sent. */
export interface OpenedRun {
  readonly folder: RunFolder;
  /** In which the models are asked: waits and gates are told in its time. */
  readonly clock: Clock;
  /** Trials that have their line already. */
  readonly done: number;
  /**
   * Asks, grades and concludes; when it is done, all that is known of the run is in its folder. Where the folder takes no
   * more, nothing more is asked, and that is told: what was kept before can be gone on with.
   */
  carryOut(on: (event: RunEvent) => void): Promise<RunResult | { readonly unwritten: string }>;
}

export interface RunResult {
  readonly summary: RunSummary;
  readonly gates: readonly ThresholdResult[];
  /** With the baseline, where there is one. */
  readonly comparison: Comparison | null;
  /** The run ended when its verdict was certain: what was not asked then is not missing. */
  readonly stoppedEarly: boolean;
  /** Of a replay: verdicts that are not what they were. */
  readonly changed: readonly Changed[];
  /** Where the reports are that were asked for. */
  readonly reports: readonly string[];
}

/**
 * Nothing is sent before the folder is there: a bad path costs no request. `resumed`: the run to go on with. `grading` is
 * closed when the run ends.
 */
export async function openRun(
  request: RunRequest,
  world: World,
  resumed: Resumable | null = null,
  grading = openGrading(world, cacheFolders(world.env)),
): Promise<OpenedRun | { readonly problem: string }> {
  const redact = redactor(request.secrets);
  const { out, plan } = request;
  let folder: RunFolder;
  let journal: Journal;
  let lock: Lock | null = null;
  let done: ReadonlySet<string> = new Set();
  let asked: ReadonlyMap<string, string> = new Map();
  // Lines of a replay are in hand when they are written: to read them back would be a tenth of all its time.
  const summing = request.stored !== null && resumed === null ? openSumming() : null;
  try {
    folder =
      resumed?.folder ?? (await createRunFolder(out, plan.suites[0]?.name ?? '', world, tailOf(request)));
    const locked = await lockRun(folder.path, world);
    if ('problem' in locked) return locked;
    lock = locked;
    const path = join(folder.path, JOURNAL_FILE);
    if (resumed !== null) {
      // Until it was ours, another process may have written on: what it has finished since is finished.
      const now = await readResumable(folder.path, world.files);
      if ('problem' in now) throw new Error(now.problem);
      asked = now.asked;
      const isChanged = planHash(plan.trials) !== now.run.plan;
      if (isChanged) done = await rewriteJournal(now, request, redact, world);
      else {
        await world.files.endAt(path, now.end.bytes);
        done = now.done;
      }
    }
    for (const report of request.reports) await tryReport(report, world.files);
    journal = await openJournal(path, world.files, redact, summing?.take);
  } catch (error) {
    await lock?.release();
    return {
      problem: redact(
        `no run can be kept in ${resumed?.folder.path ?? out}: ${error instanceof Error ? error.message : String(error)}`,
      ),
    };
  }
  const time = request.simulatedTime ? virtualTime(world.clock) : realTime(world);
  return {
    folder,
    clock: time.clock,
    done: done.size,
    async carryOut(on) {
      try {
        const earlier = resumed === null ? null : { done, asked };
        const { changed, stop } = await measure(
          request,
          { folder, journal, earlier },
          time,
          on,
          grading,
          world,
        );
        const summary = await conclude(folder, redact, world, summing?.end());
        const gates = checkThresholds(summary.candidates, request.thresholds);
        const judged = await judge(request, { summary, thresholds: gates }, stop, folder, redact, world);
        return { summary, gates, changed, stoppedEarly: stop !== null, ...judged };
      } catch (error) {
        if (error instanceof WriteError) return { unwritten: error.message };
        throw withoutSecrets(error, redact);
      } finally {
        await lock?.release();
      }
    },
  };
}

/** The same plan on another machine has the same id, on the same day: a whole run, and the shards of it joined. */
function tailOf({ whole, shard }: RunRequest): string {
  const start = whole.slice(0, 4);
  return shard === null ? start : `${start}-${shard.index}of${shard.of}`;
}

/** A path that cannot be written is told before the first request, not after the last. */
async function tryReport({ path }: WantedReport, files: World['files']): Promise<void> {
  if (path === null) return;
  if ((await files.kind(path)) === 'folder') throw new Error(`${path} is a folder, and no report`);
  await files.makeFolder(dirname(path));
}

/** What needs the cases again: the comparison with a baseline, and reports. */
async function judge(
  request: RunRequest,
  concluded: Pick<ReportedRun, 'summary' | 'thresholds'>,
  stop: EarlyStop | null,
  folder: RunFolder,
  redact: (text: string) => string,
  world: World,
): Promise<Pick<RunResult, 'comparison' | 'reports'>> {
  const { gate, reports } = request;
  if (gate === null && reports.length === 0) return { comparison: null, reports: [] };
  const own = await profile(readJournal(join(folder.path, JOURNAL_FILE), world.files));
  if (own === null) throw new Error(`${folder.path} has no run in it`);
  const comparison = gate === null ? null : comparisonOf(gate, own, stop, request);
  const run = { ...concluded, profile: own, comparison };
  return { comparison, reports: await report(request, run, folder, redact, world) };
}

/** Looks that were taken have spent their part of alpha, whether they ended the run or not. */
function comparisonOf(
  { profile: baseline, settings, name, stopEarly }: Gate,
  own: RunProfile,
  stop: EarlyStop | null,
  { simulatedTime, stored }: RunRequest,
): Comparison {
  if (stop !== null) {
    const { trials, planned, why } = stop;
    return { ...stop.comparison, stopped_early: { trials, planned, why } };
  }
  const wasLookedAt = stopEarly && !simulatedTime && stored === null;
  return compare(baseline, own, wasLookedAt ? settingsAtEnd(settings) : settings, name);
}

/** GitHub's summary is a file that steps add to; all others are written whole. */
async function report(
  { reports }: RunRequest,
  run: ReportedRun,
  { path: folder }: RunFolder,
  redact: (text: string) => string,
  { files, env }: Pick<World, 'files' | 'env'>,
): Promise<string[]> {
  const written: string[] = [];
  for (const { report: wanted, path } of reports) {
    const text = redact(wanted.render(run));
    const summaryOfStep = env['GITHUB_STEP_SUMMARY'];
    if (wanted.kind === 'github' && path === null && summaryOfStep) {
      const appender = await files.appendTo(summaryOfStep);
      await appender.append(text).finally(() => appender.close());
      written.push(summaryOfStep);
      continue;
    }
    const file = path ?? join(folder, wanted.file);
    await files.makeFolder(dirname(file));
    await files.writeAtomic(file, text);
    written.push(file);
  }
  return written;
}

/** What stops a run is shown to people who paste it into reports: no key may be in it. */
function withoutSecrets(error: unknown, redact: (text: string) => string): Error {
  if (error instanceof ReadError) return new ReadError(redact(error.message));
  const clean = new Error(redact(error instanceof Error ? error.message : String(error)));
  clean.stack = redact(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return clean;
}

/** In which time, and over which network, the models are asked. */
interface AskingTime {
  readonly clock: Clock;
  readonly network: Network | null;
  readonly drive: <T>(asking: Promise<T>) => Promise<T>;
}

function realTime({ clock, network }: World): AskingTime {
  return { clock, network, drive: (asking) => asking };
}

/** From midnight, so that the windows of limits lie alike in every run. */
function virtualTime(clock: Clock): AskingTime {
  const wallMs = clock.wallMs();
  const virtual = simulatedClock(wallMs - (wallMs % DAY_MS));
  return { clock: virtual, network: null, drive: virtual.run };
}

/** What is written to: and what an earlier process has written there. */
interface Notebook {
  readonly folder: RunFolder;
  readonly journal: Journal;
  readonly earlier: {
    readonly done: ReadonlySet<string>;
    readonly asked: ReadonlyMap<string, string>;
  } | null;
}

async function measure(
  request: RunRequest,
  { folder, journal, earlier }: Notebook,
  time: AskingTime,
  tell: (event: RunEvent) => void,
  grading: Grading,
  world: World,
): Promise<{ readonly changed: readonly Changed[]; readonly stop: EarlyStop | null }> {
  const { plan, concurrency, simulatedTime, stored } = request;
  const warnings: string[] = [];
  const jump = watchJumps(world.clock);
  let watch: VerdictWatch | null = null;
  const ledger = await openLedger(request, time.clock, world);
  /** Events are written as they happen; the end of the run waits for the last of them. */
  let noted: Promise<unknown> = Promise.resolve();
  // Virtual time is never late.
  const lateness = simulatedTime || stored !== null ? null : watchLateness(world.clock);
  const questions = openQuestions(journal, plan, earlier?.asked ?? new Map());
  const on = (event: RunEvent) => {
    // Whoever looks for the case finds it, with the reason why nothing came of it.
    if (event.kind === 'held' && event.reason === 'lane_down') questions.note(event.suite, event.case);
    const line = eventLineOf(event, time.clock);
    // What a simulated model is asked costs nobody anything.
    if (line !== null && !(simulatedTime && line.type === 'attempt')) {
      const writing = journal.append(line);
      // Not all of them in one: that would keep a list as long as the run.
      noted = noted.then(() => writing);
      writing.catch(() => {});
      noted.catch(() => {});
    }
    if (event.kind === 'attempt-ended') lateness?.attemptEnded();
    if (event.kind === 'warned') warnings.push(event.message);
    if (event.kind === 'lane-down') warnings.push(`${event.model}: ${event.reason}`);
    if (event.kind === 'trial-ended') watch?.trialEnded();
    tell(event);
  };
  const { deadlineMs, ...limits } = request.budget;
  const budget = openBudget(limits);
  const ask = openAsking(time, plan, {
    budget,
    redact: redactor(request.secrets),
    ledger,
    timeouts: request.config.timeouts,
    concurrency,
    env: request.env,
    random: request.random,
    on,
  });
  const over = new AbortController();
  /** The verdict is. */
  const certain = new AbortController();
  grading.listen(on);
  try {
    if (stored === null) await time.network?.ready();
    await journal.append(
      earlier === null
        ? runLineOf(request, folder.id, world)
        : { type: 'event', kind: 'resumed', at: stamp(world.clock), done: earlier.done.size },
    );
    const pending = earlier === null ? plan.trials : plan.trials.where(({ id }) => !earlier.done.has(id));
    const { append } = questions;
    const backlog = world.processes.cores * BACKLOG_PER_CORE;
    for (const message of request.warnings) on({ kind: 'warned', message });
    if (request.leftOut > 0) {
      const [verb, is] = request.leftOut === 1 ? ['trial has', 'is'] : ['trials have', 'are'];
      on({
        kind: 'warned',
        message: `${request.leftOut} ${verb} no line in ${stored?.run.id} and ${is} left out`,
      });
    }
    if (stored !== null) {
      const lines = readAnswers(join(stored.path, JOURNAL_FILE), world.files);
      const parts = {
        lines,
        grade: grading.grade,
        append,
        on,
        clock: world.clock,
        signal: world.interrupted,
        judgedAtOnce: backlog,
        writtenAtOnce: REPLAYED_LINES,
      };
      const end = await replay(pending, parts);
      await journal.append(endLineOf(end, grading.sandboxes(), grading.sandboxUse(), warnings, world.clock));
      return { changed: end.changed, stop: null };
    }
    const done = earlier?.done.size ?? 0;
    const journalled = { path: join(folder.path, JOURNAL_FILE), done };
    watch = watchVerdict(request, journalled, world.files, (why) => certain.abort(new BudgetSpent(why)));
    const deadline = new AbortController();
    if (deadlineMs !== null) {
      const reached = new BudgetSpent(`stopped by --deadline after ${formatDuration(deadlineMs)}`);
      time.clock.sleep(deadlineMs, over.signal).then(
        () => deadline.abort(reached),
        () => {},
      );
    }
    const end = await conduct(pending, {
      ask,
      grade: grading.grade,
      append,
      on,
      clock: world.clock,
      signal: AbortSignal.any([world.interrupted, deadline.signal, certain.signal]),
      // In virtual time everything is asked from the start: what is asked may not hang on how fast answers are graded.
      asksPerCandidate: simulatedTime ? Number.POSITIVE_INFINITY : concurrency * ASKS_PER_SLOT,
      gradingBacklog: simulatedTime ? Number.POSITIVE_INFINITY : backlog,
      drive: time.drive,
    });
    over.abort(NO_LONGER_WANTED);
    const stop = (await watch?.ended()) ?? null;
    const spent = deadline.signal.aborted ? String(deadline.signal.reason.message) : budget.spent();
    if (spent !== null && !end.complete) {
      const left = Object.values(end.held)
        .flatMap((own) => Object.values(own))
        .reduce((sum, count) => sum + count, 0);
      const trials = left === 1 ? '1 trial is' : `${left} trials are`;
      on({
        kind: 'warned',
        message: `${spent}: ${trials} left; resume with bench run --resume ${folder.id}`,
      });
    }
    const late = lateness?.warning() ?? null;
    if (late !== null) on({ kind: 'warned', message: late });
    const jumped = jump();
    if (jumped !== null) on({ kind: 'warned', message: jumped });
    await noted;
    await journal.append(endLineOf(end, grading.sandboxes(), grading.sandboxUse(), warnings, world.clock));
    return { changed: [], stop };
  } finally {
    lateness?.stop();
    await grading.close();
    await journal.close();
    await ledger.save();
  }
}

/** Later than this, and a latency is not what the server took. */
const LATE_MS = 50;
/** So many requests of a run, and this share of them, before it is worth a word. */
const LATE_REQUESTS = 5;
const LATE_SHARE = 0.01;

/** Counts the requests that ended while this process was too busy to see it. */
function watchLateness(clock: Clock) {
  const lag = watchLag(clock);
  let ended = 0;
  let late = 0;
  let worstMs = 0;
  return {
    attemptEnded() {
      ended += 1;
      const lateMs = lag.lateMs();
      if (lateMs <= LATE_MS) return;
      late += 1;
      worstMs = Math.max(worstMs, lateMs);
    },
    stop: lag.stop,
    warning() {
      if (late < LATE_REQUESTS || late < LATE_SHARE * ended) return null;
      return `this process was too busy to time ${late} of ${ended} requests: their latencies may be up to ${formatDuration(worstMs)} too long. Use a smaller -j, or a machine that does less`;
    },
  };
}

/** So far the time of day may go from its own way without a word: clocks are set right all the time. */
const JUMP_MS = 60_000;

/** Latencies and waits are measured by a clock that nobody sets; days, and what limits tell of them, are not. */
function watchJumps(clock: Clock): () => string | null {
  const offsetMs = () => clock.wallMs() - clock.nowMs();
  const atFirst = offsetMs();
  return () => {
    const jumpMs = offsetMs() - atFirst;
    if (Math.abs(jumpMs) < JUMP_MS) return null;
    const way = jumpMs > 0 ? 'ahead' : 'back';
    return `the clock of this machine went ${way} by ${formatDuration(Math.abs(jumpMs))} during the run, or the machine slept: its dates are not to be relied on, its latencies are`;
  };
}

interface Questions {
  readonly append: Journal['append'];
  /** Writes down what is asked in a case, where that was not done yet. */
  note(suite: string, id: string): void;
}

/** What was asked goes before the first trial that asked it: the journal can be read without its suite. */
function openQuestions(journal: Journal, { suites }: Plan, asked: ReadonlyMap<string, string>): Questions {
  const unasked = new Map<string, Map<string, Case>>();
  for (const { name, cases } of suites) {
    const own = unasked.get(name) ?? new Map<string, Case>();
    unasked.set(name, own);
    for (const item of cases) if (asked.get(caseKey(name, item.id)) !== item.hash) own.set(item.id, item);
  }
  /** Null where it is written down. */
  const noted = (suite: string, id: string): Promise<void> | null => {
    const ofSuite = unasked.get(suite);
    const question = ofSuite?.get(id);
    if (question === undefined) return null;
    ofSuite?.delete(id);
    return journal.append(askedLineOf(suite, question));
  };
  return {
    note(suite, id) {
      // Where the disk takes no more, the next line that is waited for says so.
      noted(suite, id)?.catch(() => {});
    },
    append(line, text) {
      const question = line.type === 'trial' ? noted(line.suite, line.case) : null;
      if (question === null) return journal.append(line, text);
      return Promise.all([question, journal.append(line, text)]).then(() => {});
    },
  };
}

/** Quotas of a day are kept over runs, but for those of simulated models. */
export async function openLedger(
  { simulatedTime }: Pick<RunRequest, 'simulatedTime'>,
  clock: Clock,
  { env, files }: Pick<World, 'env' | 'files'>,
) {
  const folder = stateFolder(env);
  return simulatedTime || folder === null
    ? memoryLedger(clock)
    : fileLedger(
        { requests: join(folder, 'requests-today.json'), paces: join(folder, 'paces.json') },
        files,
        clock,
      );
}

/** run.json and matrix.md from the journal, as anyone else would make them from it. `summed`: of all its lines. */
export async function conclude(
  { path }: Pick<RunFolder, 'path'>,
  redact: (text: string) => string,
  { files }: World,
  summed: RunSummary | null = null,
): Promise<RunSummary> {
  const summary = summed ?? (await summarize(readJournal(join(path, JOURNAL_FILE), files)));
  if (summary === null) throw new Error(`${path} has no run in it`);
  await writeRunJson(path, summary, files);
  await files.writeAtomic(join(path, markdown.file), redact(markdown.render(summary)));
  return summary;
}
