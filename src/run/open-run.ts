/** The composition root of a run: makes its folder, opens what it needs and nothing more, conducts, concludes, closes. */
import { join } from 'node:path';
import { checkThresholds } from '../analysis/gates.js';
import { openSumming } from '../analysis/summarize.js';
import type { Problem } from '../domain/errors/diagnostic.js';
import type { RunEvent } from '../domain/event.js';
import { redactor } from '../domain/redact.js';
import { type Journal, openJournal } from '../journal/journal.js';
import { type Lock, lockRun } from '../journal/lock.js';
import { createRunFolder, JOURNAL_FILE, type RunFolder } from '../journal/run-folder.js';
import { ReadError, WriteError } from '../world/files.js';
import type { Clock, World } from '../world/world.js';
import { realTime, virtualTime } from './execution/asking-time.js';
import { measure } from './execution/measure.js';
import type { Grading } from './execution/open-grading.js';
import type { UnfinishedTrials } from './execution/with-judges.js';
import { planHash } from './planning/plan.js';
import type { RunRequest } from './request/read-request.js';
import { type Resumable, readResumable, rewriteJournal } from './stored/resume.js';
import { conclude, judge, type RunResult, tryReport } from './write-reports.js';

/** A run whose folder is made, and to which nothing has been sent. */
export interface OpenedRun {
  readonly folder: RunFolder;
  /** In which the models are asked: waits and pauses are shown in its time. */
  readonly clock: Clock;
  /** Trials that have their line already. */
  readonly done: number;
  /**
   * Asks, grades and concludes; when it is done, all that is known of the run is in its folder. Where the folder takes no
   * more, nothing more is asked, and that is reported: what was saved before can be resumed.
   */
  carryOut(on: (event: RunEvent) => void): Promise<RunResult | { readonly unwritten: string }>;
}

/**
 * Nothing is sent before the folder is there: a bad path costs no request. `resumed`: the run to go on with. `grading` is
 * closed when the run ends.
 */
export async function openRun(
  request: RunRequest,
  world: World,
  resumed: Resumable | null,
  grading: Grading,
): Promise<OpenedRun | Problem> {
  const redact = redactor(request.secrets);
  const { out, plan } = request;
  let folder: RunFolder;
  let journal: Journal;
  let lock: Lock | null = null;
  let done: ReadonlySet<string> = new Set();
  let asked: ReadonlyMap<string, string> = new Map();
  let unfinished: UnfinishedTrials = { replies: new Map(), judgements: new Map() };
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
      unfinished = now.unfinished;
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
      code: 'run/cannot-write',
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
        const earlier = resumed === null ? null : { done, asked, unfinished };
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

/** What stops a run is shown to people who paste it into reports: no key may be in it. */
function withoutSecrets(error: unknown, redact: (text: string) => string): Error {
  if (error instanceof ReadError) return new ReadError(redact(error.message));
  const clean = new Error(redact(error instanceof Error ? error.message : String(error)));
  clean.stack = redact(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return clean;
}
