/** The one definition of suites and bench.yaml: the types, the messages and the JSON Schemas come from it. */
import { z } from 'zod';
import { announcements } from '../domain/candidate.js';
import { parseDurationMs, parseSizeBytes } from '../domain/units.js';
import { scorers } from '../grading/scorers/index.js';

const name = z.string().min(1, 'a name').describe('A name, unique in its list.');
const duration = z
  .string({ error: 'a duration like 10s or 500ms' })
  .refine((text) => parseDurationMs(text) !== null, 'a duration like 10s, 500ms or 15m')
  .describe('A duration: 10s, 500ms, 15m.');
const size = z
  .string({ error: 'a size like 256MB' })
  .refine((text) => parseSizeBytes(text) !== null, 'a size like 256MB')
  .describe('A size: 256MB, 1GB.');
const count = z.number().int('a whole number').min(1, 'at least 1');
const share = z.number().min(0, 'from 0 to 1').max(1, 'from 0 to 1');
const params = z.record(z.string(), z.json()).describe('Sent with the request as they are.');

const limits = z
  .strictObject({ time: duration.optional(), memory: size.optional() })
  .describe('What one answer may use while it runs.');

const retry = z
  .strictObject({
    base_delay: duration.optional(),
    factor: z.number().min(1, 'at least 1').optional(),
    max_delay: duration.optional(),
    jitter: z.enum(['full', 'equal', 'none']).optional(),
    max_attempts: count.optional().describe('Requests per trial and model, the first one included.'),
    deadline: z.union([duration, z.literal('none')], { error: 'a duration like 2m, or none' }).optional(),
    max_wait: duration.optional(),
  })
  .describe('How one trial is asked again.');

const rateLimits = {
  rpm: z.number().positive('above 0').optional().describe('Requests a minute.'),
  rpd: z.number().positive('above 0').optional().describe('Requests a day.'),
  tpm: z.number().positive('above 0').optional().describe('Tokens a minute.'),
  concurrency: count.optional().describe('Requests in flight.'),
};

const modelEntry = {
  provider: z.string().min(1).describe('A provider of bench.yaml, a known one, or simulated.'),
  model: z.string().min(1).optional().describe("The provider's id of the model."),
  limits: z
    .strictObject({
      ...rateLimits,
      shape: z
        .enum(['token_bucket', 'fixed_window', 'sliding_window'])
        .optional()
        .describe('Simulated models: how their server counts (default token_bucket).'),
      burst: count.optional().describe('Simulated models: requests that may come at once.'),
      announce: z
        .enum(announcements)
        .optional()
        .describe('Simulated models: how their server tells when to come again.'),
    })
    .optional(),
  price: z
    .strictObject({ input: z.number().min(0), output: z.number().min(0) })
    .optional()
    .describe('USD a million tokens.'),
  params: params.optional(),
  body: params.optional().describe('Anything else that the request should hold.'),
  retry: retry.optional(),
  stream: z.boolean().optional().describe('false: ask for the answer in one piece.'),
  answers: z
    .string()
    .optional()
    .describe('Simulated models: a file of answers, case id to answer or list of answers.'),
  quality: share.optional().describe('Simulated models: share of cases answered with the reference.'),
  latency: z
    .strictObject({ median: duration, spread: z.number().min(0).optional(), ttft: duration.optional() })
    .optional()
    .describe('Simulated models: how long an answer takes.'),
  faults: z
    .array(z.strictObject({ status: z.number().int().min(400).max(599), share }))
    .optional()
    .describe('Simulated models: shares of requests that fail.'),
};

export const modelSchema = z.strictObject(modelEntry);
export type ModelEntry = z.infer<typeof modelSchema>;

const rotationModels = z.array(z.string().min(1)).min(1, 'at least one model');

export const retrySchema = retry;
export type RetryEntry = z.infer<typeof retry>;

const prompt = z.union([z.string().min(1), z.strictObject({ file: z.string().min(1) })], {
  error: 'the prompt as text, or { file: path }',
});

const caseDefaults = {
  category: z
    .string()
    .min(1)
    .optional()
    .describe('simple, moderate, complex, tests, refactor, docs, or one of the suite.'),
  language: z.string().min(1).optional().describe('The language of the answer: python, javascript.'),
  system: z.string().optional().describe('The system message.'),
  params: params.optional(),
  samples: count.optional().describe('Answers asked of each candidate.'),
  limits: limits.optional(),
};

const checkScorers = scorers.filter((scorer) => scorer.stands === 'checks');
const caseScorers = scorers.filter((scorer) => scorer.stands === 'case');
const optionsOf = (list: typeof scorers) =>
  Object.fromEntries(list.map((scorer) => [scorer.key, scorer.options.optional().describe(scorer.doc)]));

export const caseSchema = z.strictObject({
  id: name,
  ...caseDefaults,
  tags: z.array(z.string()).optional(),
  prompt,
  entry: z.string().min(1).optional().describe('The name that the answer must define.'),
  ...optionsOf(caseScorers),
  checks: z
    .array(
      z.strictObject({
        weight: z.number().positive().optional(),
        required: z.boolean().optional(),
        ...optionsOf(checkScorers),
      }),
    )
    .optional(),
  pass_score: share.optional().describe('The weighted mean score that passes (default 1).'),
  solution: z.string().optional().describe('A reference answer.'),
  wrong: z.array(z.string()).optional().describe('Answers that must fail.'),
});
export type CaseEntry = z.infer<typeof caseSchema>;

export const suiteSchema = z.strictObject({
  name,
  description: z.string().optional(),
  defaults: z.strictObject(caseDefaults).optional().describe('For every case that does not say otherwise.'),
  models: z
    .array(
      z.union([z.string().min(1), z.strictObject({ name, ...modelEntry })], {
        error: 'a name, provider:model, or a full entry',
      }),
    )
    .optional()
    .describe('Candidates.'),
  rotations: z
    .array(
      z.union(
        [z.string().min(1), z.strictObject({ name, models: rotationModels, retry: retry.optional() })],
        {
          error: 'a name, or { name, models }',
        },
      ),
    )
    .optional()
    .describe('Rotations as candidates.'),
  allow_unanswered: z
    .union([z.number().int().min(0), z.literal('all')], { error: 'a whole number, or all' })
    .optional(),
  seed: z
    .union([z.number().int().min(0), z.string().min(1)], { error: 'a whole number, or a word' })
    .optional()
    .describe('Default of --seed: of every random choice.'),
  categories: z.array(z.string().min(1)).optional().describe("The suite's own, beside the six."),
  include: z.array(z.string().min(1)).optional().describe("Other suites' files, for their cases."),
  cases: z
    .union([z.array(caseSchema), z.strictObject({ file: z.string().min(1) })], {
      error: 'a list of cases, or { file: cases.jsonl }',
    })
    .optional(),
});

/** The head alone: cases are read one by one, so that a mistake in one hides none in another. */
export const suiteHeadSchema = suiteSchema.omit({ cases: true, models: true, rotations: true }).extend({
  cases: z.unknown().optional(),
  models: z.array(z.unknown()).optional(),
  rotations: z.array(z.unknown()).optional(),
});
export type SuiteHead = z.infer<typeof suiteHeadSchema>;

export const namedModelSchema = z.strictObject({ name, ...modelEntry });
export const namedRotationSchema = z.strictObject({ name, models: rotationModels, retry: retry.optional() });

export const configSchema = z.strictObject({
  providers: z
    .record(
      z.string(),
      z.strictObject({
        base_url: z.url({ error: 'a URL like http://127.0.0.1:8080/v1' }).optional(),
        api_key_env: z
          .string()
          .min(1)
          .optional()
          .describe('The environment variable that holds the key; never the key.'),
        headers: z.record(z.string(), z.string()).optional(),
        limits: z.strictObject(rateLimits).optional().describe('Of the account.'),
      }),
    )
    .optional(),
  models: z.record(z.string(), modelSchema).optional(),
  rotations: z
    .record(
      z.string(),
      z.union([rotationModels, z.strictObject({ models: rotationModels, retry: retry.optional() })], {
        error: 'a list of models, or { models, retry }',
      }),
    )
    .optional(),
  retry: retry.optional(),
  timeouts: z
    .strictObject({ headers: duration.optional(), progress: duration.optional(), total: duration.optional() })
    .optional(),
});
export type ConfigEntry = z.infer<typeof configSchema>;

/** Keys below which 2 and 2.0 differ. */
export const exactKeys: ReadonlySet<string> = new Set(scorers.map((scorer) => scorer.key));

/** Keys of the format that no scorer of this version serves: told apart from slips. */
export const laterKeys: ReadonlySet<string> = new Set([
  'mutation',
  'document',
  'judge',
  'improve',
  'subject',
  'before',
  'type_hints',
  'docstring',
]);

/** What editors use; checked in under suites/schema. */
export function jsonSchemas(): { readonly suite: object; readonly config: object } {
  const of = (schema: z.ZodType, title: string) => ({
    title,
    ...z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }),
  });
  return { suite: of(suiteSchema, 'bench suite'), config: of(configSchema, 'bench.yaml') };
}
