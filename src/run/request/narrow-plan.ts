/** A plan, and the part of it that was asked for: failed cases, stored answers, a shard. */

import { caseKey } from '../../analysis/profile.js';
import { type Diagnostic, diagnosticOf, type Problem } from '../../domain/errors/diagnostic.js';
import type { ShardRecord } from '../../domain/record.js';
import type { Trial } from '../../domain/trial.js';
import { findRun } from '../../journal/run-folder.js';
import type { World } from '../../world/world.js';
import { readStored, type StoredRun } from '../execution/replay.js';
import type { Plan } from '../planning/plan.js';
import { trialsOf } from '../planning/shard.js';
import { findProfile } from '../stored/find-profile.js';
import type { RunOptions } from './run-options.js';

export interface NarrowedPlan {
  /** What this run measures. */
  readonly made: Plan;
  /** The same before it was cut into shards. */
  readonly known: Plan;
  /** Whose answers are taken; null: models are asked. */
  readonly stored: StoredRun | null;
  /** Trials that the stored run has no line of. */
  readonly leftOut: number;
}

export async function narrowPlan(
  planned: Plan,
  { replay = null, onlyFailed = null }: RunOptions,
  shard: ShardRecord | null,
  out: string,
  files: World['files'],
): Promise<NarrowedPlan | Diagnostic> {
  const stored = await storedOf(replay, out, files);
  if (stored !== null && 'problem' in stored) return diagnosticOf(stored);
  const failed = await failedIn(onlyFailed, out, files);
  if (failed !== null && 'problem' in failed) return diagnosticOf(failed);
  const wanted =
    failed === null ? planned : keeping(planned, (trial) => failed.has(caseKey(trial.suite, trial.case.id)));
  if (wanted.trials.length === 0 && planned.trials.length > 0)
    return {
      code: 'run/nothing-to-ask',
      message: `every case of ${onlyFailed} passed; nothing to ask`,
    };
  const known = stored === null ? wanted : keeping(wanted, ({ id }) => stored.trials.has(id));
  if (stored !== null && known.trials.length === 0 && wanted.trials.length > 0) {
    const names = stored.run.candidates.map(({ candidate }) => candidate).join(', ');
    return {
      code: 'run/no-stored-answers',
      message: `${stored.run.id} has no answers for this plan; its candidates are ${names}`,
      help: 'name its candidates with -m, and the same suite',
    };
  }
  const made = shard === null ? known : { ...known, trials: trialsOf(known, shard) };
  if (shard !== null && made.trials.length === 0 && known.trials.length > 0) {
    const message = `shard ${shard.index}/${shard.of} is empty: the plan has ${known.trials.length} trials`;
    return { code: 'run/nothing-to-ask', message, help: 'use fewer shards' };
  }
  return { made, known, stored, leftOut: wanted.trials.length - known.trials.length };
}

function keeping(made: Plan, isKept: (trial: Trial) => boolean): Plan {
  return { ...made, trials: made.trials.filter(isKept) };
}
/** Cases that some candidate has not passed in a run: failed, unanswered or in error. */
async function failedIn(
  word: string | null,
  out: string,
  files: World['files'],
): Promise<ReadonlySet<string> | Problem | null> {
  if (word === null) return null;
  const found = await findProfile(word, out, files);
  if ('problem' in found) return found;
  const tallies = found.profile.candidates.flatMap(({ cases }) => cases);
  return new Set(
    tallies.filter(({ trials, passed }) => passed < trials).map(({ suite, case: id }) => caseKey(suite, id)),
  );
}

async function storedOf(
  word: string | null,
  out: string,
  files: World['files'],
): Promise<StoredRun | Problem | null> {
  if (word === null) return null;
  const path = await findRun(word, out, files);
  return typeof path === 'string' ? readStored(path, files) : path;
}
