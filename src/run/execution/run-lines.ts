/** Lines of a run's journal beside its trials: what the run is, what was asked, how it ended. */
import { type Candidate, isSimulated, modelsOf } from '../../domain/candidate.js';
import type { RunEvent } from '../../domain/event.js';
import { candidateIdentity } from '../../domain/ids.js';
import { judgeSpecOf } from '../../domain/kinds/judge.js';
import {
  type AskedLine,
  type AttemptLine,
  type EndLine,
  JOURNAL_VERSION,
  type ParkedRecord,
  type RotationRecord,
  type RunLine,
} from '../../domain/record.js';
import { type Case, subjectOf } from '../../domain/suite.js';
import type { Trial } from '../../domain/trial.js';
import { isoTime } from '../../domain/units.js';
import { EXTRACTION } from '../../grading/extract.js';
import { judgeNameOf, rubricHash } from '../../grading/judging/judge-question.js';
import { attemptRecord } from '../../journal/trial-record.js';
import type { Clock, World } from '../../world/world.js';
import { packageVersion } from '../package-files.js';
import { planHash } from '../planning/plan.js';
import { commandRecord } from '../request/command-record.js';
import type { RunRequest } from '../request/read-request.js';
import type { RunEnd } from './in-flight.js';

export function runLineOf(request: RunRequest, id: string, world: World): RunLine {
  const { plan } = request;
  return {
    type: 'run',
    schema_version: JOURNAL_VERSION,
    id,
    started_at: stamp(world.clock),
    tool: { name: 'codegen-bench', version: packageVersion() },
    suites: plan.suites.map(({ name, file, hash, cases, categories }) => ({
      name,
      // The name that was typed, not where it lies on this machine.
      file: file.replaceAll('\\', '/').split('/').at(-1) ?? file,
      hash,
      cases: cases.length,
      categories,
    })),
    candidates: plan.candidates.map((candidate) => ({
      candidate: candidate.name,
      kind: candidate.kind,
      simulated: isSimulated(candidate),
      models: modelsOf(candidate).map(({ name, account, id: model }) => ({
        name,
        provider: account.provider,
        model,
      })),
      planned: plannedOf(candidate, plan.trials),
      hash: candidateIdentity(candidate),
    })),
    settings: {
      samples: request.samples,
      concurrency: request.concurrency,
      seed: request.seed,
      sandbox: request.tiers,
      simulated_time: request.simulatedTime,
      allow_unanswered: request.allowUnanswered,
      fail_under: request.thresholds.map(({ text }) => text),
      filter: request.filter,
    },
    environment: {
      node: process.versions.node,
      platform: process.platform,
      arch: process.arch,
      cores: world.processes.cores,
      extraction: EXTRACTION,
    },
    ...(request.judges.length === 0 ? {} : { judges: request.judges }),
    trials: plan.trials.length,
    plan: request.shard === null ? request.whole : planHash(plan.trials),
    whole: request.whole,
    ...(request.shard === null ? {} : { whole_trials: request.wholeTrials }),
    ...(request.shard === null ? {} : { shard: request.shard }),
    ...(request.stored === null ? {} : { replayed_from: request.stored.run.id }),
    command: commandRecord(request.options, world.cwd),
  };
}

export function askedLineOf(
  suite: string,
  { id, category, language, hash, system, prompt, entry, prelude, scorings }: Case,
): AskedLine {
  const subject = subjectOf(scorings);
  const judge = judgeSpecOf(scorings);
  return {
    type: 'asked',
    suite,
    id,
    category,
    language,
    hash,
    system,
    prompt,
    entry,
    ...(prelude === null ? {} : { prelude }),
    ...(subject === null ? {} : { subject }),
    ...(judge === null ? {} : { judge: { name: judgeNameOf(judge), rubric: rubricHash(judge) } }),
  };
}

/** What the journal keeps of what happens; null for all else. */
export function eventLineOf(
  event: RunEvent,
  clock: Clock,
): RotationRecord | ParkedRecord | AttemptLine | null {
  if (event.kind === 'rotated') return event.rotation;
  if (event.kind === 'attempt-ended') {
    const { trial, candidate, attempt, costUsd } = event;
    return { type: 'attempt', trial, candidate, attempt: attemptRecord(attempt), cost_usd: costUsd };
  }
  if (event.kind !== 'held' || (event.reason !== 'quota' && event.reason !== 'lane_down')) return null;
  const { candidate, trial, message, untilMs } = event;
  const until = untilMs === null ? null : isoTime(clock.wallMs() + untilMs - clock.nowMs());
  return { type: 'event', kind: 'parked', at: stamp(clock), candidate, trial, reason: message, until };
}

export function endLineOf(
  { complete, held }: RunEnd,
  sandboxes: EndLine['sandboxes'],
  use: EndLine['sandbox_use'],
  warnings: readonly string[],
  clock: Clock,
): EndLine {
  return { type: 'end', ended_at: stamp(clock), complete, held, sandboxes, sandbox_use: use, warnings };
}

function plannedOf(candidate: Candidate, trials: readonly Trial[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const trial of trials) {
    if (trial.candidate.name !== candidate.name) continue;
    counts.set(trial.case.category, (counts.get(trial.case.category) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}

export function stamp(clock: Clock): string {
  return isoTime(clock.wallMs());
}
