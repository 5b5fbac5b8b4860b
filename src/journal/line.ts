/** What a line of the journal may be. More fields may be added by later versions; these stay. */
import { z } from 'zod';
import { comparedMetrics } from '../domain/compare-settings.js';
import { errorReasons } from '../domain/grade.js';
import { mutantStatuses } from '../domain/kinds/mutation.js';
import { outcomeKinds } from '../domain/outcome.js';
import { sandboxWords } from '../domain/program.js';
import {
  type AskedLine,
  type AttemptLine,
  extractionOutcomes,
  JOURNAL_VERSION,
  type JournalLine,
  type TrialRecord,
} from '../domain/record.js';
import { heldReasons } from '../domain/trial.js';
import { judgeAccuracySchema } from './judge-accuracy.js';

const count = z.number().int().min(0);
const ms = z.number().min(0);
const maybe = <T extends z.ZodType>(schema: T) => schema.nullable();
const held = z.enum(heldReasons);

const runLine = z.looseObject({
  type: z.literal('run'),
  schema_version: z.number(),
  // They become names of folders: a run from elsewhere may not choose where it is written.
  id: z.string().regex(/^[A-Za-z0-9][\w.-]{0,127}$/),
  started_at: z.string().regex(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
  tool: z.looseObject({ name: z.string(), version: z.string() }),
  suites: z.array(
    z.looseObject({
      name: z.string(),
      file: z.string(),
      hash: z.string(),
      cases: count,
      categories: z.array(z.string()),
    }),
  ),
  candidates: z.array(
    z.looseObject({
      candidate: z.string(),
      kind: z.enum(['model', 'rotation']),
      simulated: z.boolean(),
      models: z.array(z.looseObject({ name: z.string(), provider: z.string(), model: z.string() })),
      planned: z.record(z.string(), count),
      hash: z.string().exactOptional(),
    }),
  ),
  settings: z.looseObject({
    samples: maybe(count),
    concurrency: count,
    seed: z.string(),
    sandbox: z.string(),
    simulated_time: z.boolean(),
    allow_unanswered: z.union([count, z.literal('all')]),
    fail_under: z.array(z.string()),
    filter: z.looseObject({ categories: z.array(z.string()), cases: z.array(z.string()) }),
  }),
  environment: z.looseObject({
    node: z.string(),
    platform: z.string(),
    arch: z.string(),
    cores: count,
    extraction: z.string(),
  }),
  trials: count,
  plan: z.string().exactOptional(),
  whole: z.string().exactOptional(),
  whole_trials: count.exactOptional(),
  shard: z.looseObject({ index: count, of: count }).exactOptional(),
  parts: z
    .array(
      z.looseObject({
        index: count,
        of: count,
        id: z.string(),
        started_at: z.string(),
        ended_at: maybe(z.string()),
        trials: count,
        planned: z.record(z.string(), z.record(z.string(), count)),
        held: z.record(z.string(), z.partialRecord(held, count)),
        sandbox_use: z.record(z.string(), z.object({ programs: count, replaced: count })),
      }),
    )
    .exactOptional(),
  judges: z.array(judgeAccuracySchema).exactOptional(),
  replayed_from: z.string().exactOptional(),
  command: z
    .looseObject({
      suites: z.array(z.string()),
      models: z.array(z.string()),
      rotations: z.array(z.string()),
      samples: maybe(count),
      categories: z.array(z.string()),
      cases: z.array(z.string()),
      concurrency: maybe(count),
      config: maybe(z.string()),
      env_file: maybe(z.string()),
      allow_unanswered: maybe(z.union([count, z.literal('all')])),
      fail_under: z.array(z.string()),
      reports: z.array(z.string()),
      replay: maybe(z.string()).default(null),
      shard: maybe(z.string()).default(null),
      only_failed: maybe(z.string()).default(null),
      skip_unsupported: z.boolean().default(false),
      sandbox: z.enum(sandboxWords).nullable().optional(),
      baseline: maybe(z.string()),
      gate: maybe(
        z.looseObject({
          alpha: z.number(),
          max_drop: z.partialRecord(z.enum(comparedMetrics), z.number()),
          min_effect: z.number(),
          min_coverage: z.number(),
          allow_mismatch: z.boolean(),
          allow_inconclusive: z.boolean(),
          stop_early: z.boolean().default(false),
        }),
      ),
    })
    .exactOptional(),
});

const attempt = z.looseObject({
  model: z.string(),
  outcome: z.enum(outcomeKinds),
  status: maybe(z.number()),
  wait_ms: ms,
  ttft_ms: ms.exactOptional(),
  total_ms: ms,
  sent_at_ms: z.number().exactOptional(),
  message: z.string().exactOptional(),
});

const attemptLine = z.looseObject({
  type: z.literal('attempt'),
  trial: z.string(),
  candidate: z.string(),
  attempt,
  cost_usd: maybe(z.number()),
});

const judgement = {
  judge: z.string(),
  question: z.string(),
  text: maybe(z.string()),
  failure: z.string().exactOptional(),
  cost_usd: maybe(z.number()),
  attempts: z.array(attempt),
};

const completion = z.looseObject({
  text: z.string(),
  reasoning: z.string().exactOptional(),
  finish_reason: maybe(z.string()),
  served_model: maybe(z.string()),
  served_by: maybe(z.string()),
  usage: z.looseObject({
    prompt_tokens: maybe(z.number()),
    completion_tokens: maybe(z.number()),
    reasoning_tokens: maybe(z.number()),
  }),
});

const trialLine = z.looseObject({
  type: z.literal('trial'),
  trial: z.string(),
  case: z.string(),
  suite: z.string(),
  category: z.string(),
  language: maybe(z.string()),
  tags: z.array(z.string()).exactOptional(),
  candidate: z.string(),
  answered_by: maybe(z.string()),
  sample: count,
  verdict: maybe(z.enum(['passed', 'failed', 'error', 'unanswered'])),
  score: maybe(z.number()),
  outcome: z.enum([...outcomeKinds, 'deadline', 'budget', 'lane_down']),
  latency_ms: maybe(ms),
  ttft_ms: maybe(ms),
  queue_ms: ms,
  pace_ms: ms,
  backoff_ms: ms,
  cost_usd: maybe(z.number()),
  completion: maybe(completion),
  extraction: maybe(z.looseObject({ method: maybe(z.string()), outcome: z.enum(extractionOutcomes) })),
  checks: z.array(
    z.looseObject({
      name: z.string(),
      score: maybe(z.number()),
      passed: z.boolean(),
      required: z.boolean(),
      weight: z.number(),
      detail: maybe(z.string()),
      evidence: z.enum(['shared', 'isolated']).exactOptional(),
      reason: z.enum(errorReasons).exactOptional(),
      lack: z.string().exactOptional(),
      votes: z
        .array(z.looseObject({ judge: z.string(), said: maybe(z.union([z.boolean(), z.number()])) }))
        .exactOptional(),
      mutants: z
        .array(
          z.looseObject({
            operator: z.string(),
            from: count,
            to: count,
            replacement: z.string(),
            status: z.enum(mutantStatuses),
          }),
        )
        .exactOptional(),
    }),
  ),
  attempts: z.array(attempt),
  judgements: z.array(z.looseObject(judgement)).exactOptional(),
  grading_ms: ms,
});

const replyLine = z.looseObject({
  type: z.literal('reply'),
  trial: z.string(),
  candidate: z.string(),
  answered_by: z.string(),
  outcome: z.enum(['answered', 'refused', 'truncated', 'tool_call', 'empty']),
  latency_ms: maybe(ms),
  queue_ms: ms,
  pace_ms: ms,
  backoff_ms: ms,
  cost_usd: maybe(z.number()),
  completion,
  attempts: z.array(attempt),
});

const judgementLine = z.looseObject({ type: z.literal('judgement'), trial: z.string(), ...judgement });

const askedLine = z.looseObject({
  type: z.literal('asked'),
  suite: z.string(),
  id: z.string(),
  category: z.string(),
  language: maybe(z.string()),
  hash: z.string(),
  system: maybe(z.string()),
  prompt: z.string(),
  entry: maybe(z.string()),
  prelude: z.string().exactOptional(),
  subject: z.string().exactOptional(),
  judge: z.looseObject({ name: z.string(), rubric: z.string() }).exactOptional(),
  turns: count.exactOptional(),
});

const rotationLine = z.looseObject({
  type: z.literal('event'),
  kind: z.literal('rotation'),
  at: z.string(),
  candidate: z.string(),
  from: z.string(),
  to: z.string(),
  reason: z.string(),
});

const parkedLine = z.looseObject({
  type: z.literal('event'),
  kind: z.literal('parked'),
  at: z.string(),
  candidate: z.string(),
  trial: z.string(),
  reason: z.string(),
  until: maybe(z.string()),
});

const resumedLine = z.looseObject({
  type: z.literal('event'),
  kind: z.literal('resumed'),
  at: z.string(),
  done: count,
});

const endLine = z.looseObject({
  type: z.literal('end'),
  ended_at: z.string(),
  complete: z.boolean(),
  held: z.record(z.string(), z.partialRecord(held, count)),
  sandboxes: z.record(z.string(), z.string()),
  sandbox_use: z.record(z.string(), z.object({ programs: count, replaced: count })).default({}),
  warnings: z.array(z.string()),
});

const journalLine = z.discriminatedUnion('type', [
  runLine,
  askedLine,
  trialLine,
  attemptLine,
  replyLine,
  judgementLine,
  z.discriminatedUnion('kind', [rotationLine, parkedLine, resumedLine]),
  endLine,
]);

/**
 * The line, or what is wrong with it in a few words. One whose checksum holds is as a bench wrote it, by the version that
 * its first line names: of those, only lines that have defaults are looked at again, for trials are many.
 */
export function parseLine(text: string, isSealed: boolean): JournalLine | { readonly problem: string } {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return { problem: 'invalid JSON' };
  }
  if (isSealed && isAsWritten(raw)) return raw;
  if (isOfLaterVersion(raw)) {
    return { problem: `a newer bench wrote it (journal version ${raw.schema_version})` };
  }
  const parsed = journalLine.safeParse(raw);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  return { problem: `${first?.path.join('.') || 'it'}: ${first?.message ?? 'not a journal line'}` };
}

function isAsWritten(raw: unknown): raw is TrialRecord | AskedLine | AttemptLine {
  if (typeof raw !== 'object' || raw === null || !('type' in raw)) return false;
  return raw.type === 'trial' || raw.type === 'asked' || raw.type === 'attempt';
}

function isOfLaterVersion(raw: unknown): raw is { schema_version: number } {
  return (
    typeof raw === 'object' &&
    raw !== null &&
    'schema_version' in raw &&
    typeof raw.schema_version === 'number' &&
    raw.schema_version > JOURNAL_VERSION
  );
}
