/** The one definition of suites and bench.yaml: the types, the messages and the JSON Schemas come from it. */
import { parse } from 'yaml';
import { z } from 'zod';
import { announcements, faultKinds } from '../domain/candidate.js';
import { sandboxTiers } from '../domain/program.js';
import { categories } from '../domain/suite.js';
import { parseDurationMs, parseSizeBytes } from '../domain/units.js';
import { described, describedLater } from '../grading/scorers/described.js';
import { scorers } from '../grading/scorers/index.js';

const text = z.string().min(1, 'a text with something in it');
const duration = z
  .string({ error: 'a duration like 10s or 500ms' })
  .refine((value) => parseDurationMs(value) !== null, 'a duration like 10s, 500ms or 15m');
const size = z
  .string({ error: 'a size like 256MB' })
  .refine((value) => parseSizeBytes(value) !== null, 'a size like 256MB');
const count = z.number().int('a whole number').min(1, 'at least 1');
const positive = z.number().positive('above 0');
const share = z.number().min(0, 'from 0 to 1').max(1, 'from 0 to 1');
const params = z.record(z.string(), z.json());

const retry = z.strictObject({
  base_delay: described(duration.optional(), 'The wait after the first failure, before jitter.', '1s'),
  factor: described(z.number().min(1, 'at least 1').optional(), 'What each further wait is longer by.', 2),
  max_delay: described(
    duration.optional(),
    'No wait of our own is longer; what a server asks for may be.',
    '60s',
  ),
  jitter: described(
    z.enum(['full', 'equal', 'none']).optional(),
    'How much of a wait is drawn by chance.',
    'full',
  ),
  max_attempts: described(count.optional(), 'Requests per trial and model, the first one included.', 7),
  deadline: described(
    z.union([duration, z.literal('none')], { error: 'a duration like 2m, or none' }).optional(),
    'How long a trial may take in all.',
    '5m',
  ),
  max_wait: described(
    duration.optional(),
    'Trials are deferred if a rate limit lasts longer than this.',
    '15m',
  ),
});
const toldRetry = described(retry.optional(), 'How one trial is asked again.', {
  base_delay: '1s',
  max_attempts: 7,
});

const rateLimits = {
  rpm: described(positive.optional(), 'Requests a minute.', 20),
  rpd: described(positive.optional(), 'Requests a day (UTC).', 50),
  tpm: described(positive.optional(), 'Tokens a minute.', 60_000),
  concurrency: described(count.optional(), 'Requests in flight at a time.', 4),
};

const modelEntry = {
  provider: described(text, 'A provider of bench.yaml, a known one, or simulated.', 'openrouter'),
  model: described(
    text.optional(),
    "The provider's id of the model.",
    'mistralai/mistral-small-3.2-24b-instruct:free',
  ),
  limits: described(
    z
      .strictObject({
        ...rateLimits,
        shape: described(
          z.enum(['token_bucket', 'fixed_window', 'sliding_window']).optional(),
          'Simulated models: how their server counts (default token_bucket).',
          'fixed_window',
        ),
        burst: described(count.optional(), 'Simulated models: requests that may come at once.', 6),
        announce: described(
          z.enum(announcements).optional(),
          'Simulated models: how their server says when to retry.',
          'retry_after',
        ),
      })
      .optional(),
    'Limits of this model alone.',
    { tpm: 60_000 },
  ),
  price: described(
    z
      .strictObject({
        input: described(z.number().min(0), 'USD a million tokens of the prompt.', 0.1),
        cached_input: described(
          z.number().min(0).optional(),
          'USD a million prompt tokens that come from a cache (default: as input).',
          0.025,
        ),
        output: described(z.number().min(0), 'USD a million tokens of the answer.', 0.3),
      })
      .optional(),
    'USD a million tokens; where it is not known, costs are n/a and never $0.',
    { input: 0.1, output: 0.3 },
  ),
  params: described(params.optional(), "Request parameters of this model; they win over the suite's.", {
    temperature: 0,
  }),
  body: described(params.optional(), 'Anything else that the request should hold.', {
    provider: { allow_fallbacks: false },
  }),
  retry: toldRetry,
  stream: described(z.boolean().optional(), 'false: ask for the answer in one piece.', false),
  answers: described(
    text.optional(),
    'Simulated models: a file of answers, case id to answer or list of answers.',
    'answers/pretend.yaml',
  ),
  quality: described(share.optional(), 'Simulated models: share of cases answered with the reference.', 0.8),
  latency: described(
    z
      .strictObject({
        median: described(duration, 'The median time of an answer.', '2.34s'),
        spread: described(
          z.number().min(0).optional(),
          "The standard deviation of the time's logarithm (log-normal).",
          0.3,
        ),
        ttft: described(duration.optional(), 'The median time to the first token.', '0.4s'),
      })
      .optional(),
    'Simulated models: how long an answer takes.',
    { median: '2.34s', spread: 0.3, ttft: '0.4s' },
  ),
  faults: described(
    z
      .array(
        z.strictObject({
          status: described(z.number().int().min(400).max(599).optional(), 'The status it fails with.', 502),
          kind: described(
            z.enum(faultKinds).optional(),
            'Instead of a status: the connection is reset or hangs, the stream is silent, cut or reports an error, the answer is empty or garbage.',
            'cut',
          ),
          retry_after: described(duration.optional(), 'With a status: when to come again.', '30s'),
          share: described(share.optional(), 'The share of the requests that do (default 1).', 0.02),
          requests: described(
            z.tuple([count, count], { error: 'two numbers, the first and the last' }).optional(),
            'Only of these of its requests, counted from 1: the first and the last.',
            [1, 5],
          ),
          between: described(
            z.tuple([duration, duration], { error: 'two durations, from and to' }).optional(),
            'Only at this time, counted from its first request: from and to.',
            ['30s', '90s'],
          ),
        }),
      )
      .optional(),
    'Simulated models: what goes wrong, and when.',
    [
      { status: 502, share: 0.02 },
      { kind: 'cut', requests: [3, 3] },
      { status: 503, between: ['30s', '90s'] },
    ],
  ),
};

export const modelSchema = z.strictObject(modelEntry);
export type ModelEntry = z.infer<typeof modelSchema>;

const rotationModels = described(
  z.array(text).min(1, 'at least one model'),
  'Names of models: the primary, then its fallbacks.',
  ['mistral-small', 'deepseek-chat'],
);

export type RetryEntry = z.infer<typeof retry>;

const prompt = z.union(
  [text, z.strictObject({ file: described(text, 'A path, relative to this file.', 'prompts/average.md') })],
  { error: 'the prompt as text, or { file: path }' },
);

const sandbox = z.enum(sandboxTiers, { error: `one of ${sandboxTiers.join(', ')}` });

const caseDefaults = {
  category: described(text.optional(), `${categories.join(', ')}, or one of the suite's own.`, 'moderate'),
  language: described(
    text.optional(),
    'The language of the answer: python, javascript or typescript.',
    'python',
  ),
  system: described(z.string().optional(), 'The system message.', 'You are a helpful coding assistant.'),
  params: described(params.optional(), 'Request parameters, sent as they are.', {
    temperature: 0.2,
    max_tokens: 1024,
  }),
  samples: described(count.optional(), 'Answers asked of each candidate.', 3),
  limits: described(
    z
      .strictObject({
        time: described(duration.optional(), 'How long its program may run.', '10s'),
        memory: described(size.optional(), 'How much memory it may take.', '256MB'),
      })
      .optional(),
    'What one answer may use while it runs.',
    { time: '10s', memory: '256MB' },
  ),
};

const checkScorers = scorers.filter((scorer) => scorer.stands === 'checks');
const caseScorers = scorers.filter((scorer) => scorer.stands === 'case');
const optionsOf = (list: typeof scorers) =>
  Object.fromEntries(
    list.map((scorer) => {
      const example = () => {
        const parsed: Readonly<Record<string, unknown>> = parse(scorer.example);
        const { checks } = parsed;
        const owner = scorer.stands === 'checks' && Array.isArray(checks) ? checks[0] : parsed;
        return owner[scorer.key];
      };
      return [scorer.key, describedLater(scorer.options.optional(), scorer.doc, example)];
    }),
  );

/** Code that an answer is about, beside the key of the scorer that needs it. */
const companions = Object.fromEntries(
  caseScorers.flatMap(({ companion }) =>
    companion === undefined
      ? []
      : [[companion.key, described(text.optional(), companion.doc, companion.example)]],
  ),
);

export const caseSchema = z.strictObject({
  id: described(text, 'A name, unique in the suite.', 'average'),
  ...caseDefaults,
  tags: described(z.array(text).optional(), 'Words to group cases by.', ['numbers']),
  prompt: described(
    prompt,
    'What is asked, as text or as a file.',
    'Write a Python function average(numbers) …',
  ),
  entry: described(text.optional(), 'The name that the answer must define.', 'average'),
  signature: described(
    text.optional(),
    'The signature of the entry, for a table in a language with types.',
    'func Average(numbers []float64) float64',
  ),
  prelude: described(
    text.optional(),
    'Code that runs before the answer, for imports and helpers that the prompt already gives.',
    'from typing import List',
  ),
  sandbox: described(
    sandbox.optional(),
    "Where its answers run: wasm, or native for the user's own interpreter and packages.",
    'native',
  ),
  ...optionsOf(caseScorers),
  ...companions,
  checks: described(
    z
      .array(
        z.strictObject({
          weight: described(positive.optional(), 'How much it counts in the score (default 1).', 0.5),
          required: described(z.boolean().optional(), 'Whether the case fails without it.', false),
          ...optionsOf(checkScorers),
        }),
      )
      .optional(),
    'More that the answer is judged by.',
    [],
  ),
  pass_score: described(share.optional(), 'The weighted mean score that passes (default 1).', 0.8),
  solution: described(
    z.string().optional(),
    'A reference answer: the model `reference` answers with it.',
    'def average(numbers): …',
  ),
  wrong: described(z.array(z.string()).optional(), 'Answers that must fail.', [
    'def average(numbers): return 0',
  ]),
});
export type CaseEntry = z.infer<typeof caseSchema>;

const modelName = described(text, 'What tables show; unique among the candidates.', 'mistral-small');
const namedModel = z.strictObject({ name: modelName, ...modelEntry });
const rotationEntry = { models: rotationModels, retry: toldRetry };
const namedRotation = z.strictObject({
  name: described(text, 'What tables show; unique among the candidates.', 'default'),
  ...rotationEntry,
});

/** Requirements on Python packages: names, with versions or without. */
const packages = z.array(
  z
    .string()
    .regex(
      /^[A-Za-z0-9][\w.-]*(?:\s*(?:==|>=|<=|<|>|~=|!=)\s*[\w.*]+(?:\s*,\s*(?:==|>=|<=|<|>|~=|!=)\s*[\w.*]+)*)?$/,
      { error: 'a package is a name, or a name with a version: sympy, attrs==25.1.0' },
    ),
);

export const suiteSchema = z.strictObject({
  name: described(text, 'A name: runs and results are called by it.', 'everyday'),
  description: described(z.string().optional(), 'What the suite is for.', 'Everyday development tasks.'),
  defaults: described(
    z.strictObject(caseDefaults).optional(),
    'For every case that does not say otherwise.',
    {
      language: 'python',
    },
  ),
  models: described(
    z.array(z.union([text, namedModel], { error: 'a name, provider:model, or a full entry' })).optional(),
    'Candidates: names of bench.yaml, provider:model, or full entries as in bench.yaml.',
    ['mistral-small', 'openrouter:deepseek/deepseek-chat-v3.1:free'],
  ),
  rotations: described(
    z.array(z.union([text, namedRotation], { error: 'a name, or { name, models }' })).optional(),
    'Rotations as candidates: names of bench.yaml, or { name, models, retry }.',
    ['default'],
  ),
  allow_unanswered: described(
    z.union([z.number().int().min(0), z.literal('all')], { error: 'a whole number, or all' }).optional(),
    'Trials that may be unanswered or in error; with more, the exit code is 3.',
    0,
  ),
  seed: described(
    z.union([z.number().int().min(0), text], { error: 'a whole number, or a word' }).optional(),
    'Default of --seed: of every random choice.',
    7,
  ),
  packages: described(
    packages.optional(),
    'Python packages from the package index, for answers and tests; pinned by hash in packages.lock.json beside the suite.',
    ['sympy', 'python-dateutil==2.9.0'],
  ),
  sandbox: described(
    sandbox.optional(),
    'Where answers run, where the case does not say: wasm (default) or native.',
    'native',
  ),
  categories: described(z.array(text).optional(), "The suite's own categories, in addition to the six.", [
    'sql',
  ]),
  include: described(z.array(text).optional(), "Other suites' files, for their cases.", [
    'more/refactor.yaml',
  ]),
  calibration: described(
    z
      .array(
        z.strictObject({
          case: described(text.optional(), 'The case that it answers; its judge is measured.', 'average'),
          prompt: described(
            text.optional(),
            'What it answers, if that is no case of the suite.',
            'Explain …',
          ),
          answer: described(z.string(), 'The answer.', 'Because …'),
          labels: described(
            z.array(z.union([z.boolean(), z.number().int()])).min(1, 'at least one'),
            'Whether each statement of the rubric is true of it; with a scale, one rating.',
            [true, false],
          ),
          by: described(text.optional(), 'Who says so.', 'ada'),
        }),
      )
      .optional(),
    'Answers with the verdicts of people: `bench judge check` measures the judges by them.',
    [{ case: 'average', answer: 'Because …', labels: [true], by: 'ada' }],
  ),
  cases: described(
    z
      .union(
        [
          z.array(caseSchema),
          z.strictObject({ file: described(text, 'JSON lines, one case each.', 'cases.jsonl') }),
        ],
        { error: 'a list of cases, or { file: cases.jsonl }' },
      )
      .optional(),
    'The cases, or a file of them.',
    { file: 'cases.jsonl' },
  ),
});

/** The head alone: cases are read one by one, so that a mistake in one hides none in another. */
export const suiteHeadSchema = suiteSchema.omit({ cases: true, models: true, rotations: true }).extend({
  cases: z.unknown().optional(),
  models: z.array(z.unknown()).optional(),
  rotations: z.array(z.unknown()).optional(),
});
export type SuiteHead = z.infer<typeof suiteHeadSchema>;

export const namedModelSchema = namedModel;
export const namedRotationSchema = namedRotation;

export const configSchema = z.strictObject({
  providers: described(
    z
      .record(
        z.string(),
        z.strictObject({
          base_url: described(
            z.url({ error: 'a URL like http://127.0.0.1:8080/v1' }).optional(),
            'Where it is; known providers need none.',
            'http://127.0.0.1:8080/v1',
          ),
          api_key_env: described(
            text.optional(),
            'The environment variable that holds the key; never the key itself.',
            'OPENROUTER_API_KEY',
          ),
          headers: described(z.record(z.string(), z.string()).optional(), 'More headers of each request.', {
            'X-Title': 'bench',
          }),
          limits: described(z.strictObject(rateLimits).optional(), 'Limits of the account.', {
            rpm: 20,
            rpd: 50,
          }),
        }),
      )
      .optional(),
    'Endpoints by name; known ones need an entry only for what is different.',
    { workstation: { base_url: 'http://127.0.0.1:8080/v1' } },
  ),
  models: described(z.record(z.string(), modelSchema).optional(), 'Models by name.', {
    'local-qwen': { provider: 'workstation', model: 'qwen3-8b' },
  }),
  rotations: described(
    z
      .record(
        z.string(),
        z.union([rotationModels, z.strictObject(rotationEntry)], {
          error: 'a list of models, or { models, retry }',
        }),
      )
      .optional(),
    'Ordered fallback chains by name.',
    { default: ['mistral-small', 'deepseek-chat'] },
  ),
  routes: described(
    z
      .record(
        z.string(),
        z.strictObject({
          to: described(
            z.union([text, rotationModels], { error: 'a rotation, a model, or a list of models' }),
            'Who answers: a rotation, a model, or models in the order of their turns.',
            ['deepseek-chat', 'mistral-small'],
          ),
          because: described(
            text.optional(),
            'Why it is they, which `bench serve` says with each answer.',
            'run 2026-11-20-everyday-a91c; pass rate 91% (84–95)',
          ),
        }),
      )
      .optional(),
    'Who answers `bench/<category>` in `bench serve`; `bench recommend` writes them.',
    { moderate: { to: ['deepseek-chat', 'mistral-small'] } },
  ),
  retry: toldRetry,
  timeouts: described(
    z
      .strictObject({
        headers: described(duration.optional(), 'Until a status comes.', '60s'),
        progress: described(duration.optional(), 'Between two pieces of an answer.', '60s'),
        total: described(duration.optional(), 'Until the answer is whole.', '10m'),
      })
      .optional(),
    'When a request is given up.',
    { headers: '60s', progress: '60s', total: '10m' },
  ),
  packages: described(packages.optional(), 'Python packages for the answers to every suite.', ['sympy']),
  sandbox: described(
    sandbox.optional(),
    'Where answers run, where the suite does not say: wasm (default) or native.',
    'native',
  ),
  toolchains: described(
    z
      .strictObject({
        python: described(text.optional(), 'A Python: its path, or its name on PATH.', './venv/bin/python'),
        javascript: described(text.optional(), 'A Node; absent, the one that runs bench.', 'node'),
        go: described(text.optional(), 'A Go: its path, or its name on PATH.', '/usr/local/go/bin/go'),
        rust: described(text.optional(), 'A rustc.', 'rustc'),
        java: described(text.optional(), 'A javac, beside its java.', 'javac'),
        cpp: described(text.optional(), 'A compiler for C++.', 'clang++'),
      })
      .optional(),
    'What native sandboxes run, where it is not the usual name on PATH.',
    { python: './venv/bin/python' },
  ),
});
export type ConfigEntry = z.infer<typeof configSchema>;

/** Keys below which 2 and 2.0 differ. */
export const exactKeys: ReadonlySet<string> = new Set(
  caseScorers.filter(({ isExact }) => isExact === true).map(({ key }) => key),
);

/** Scorers that are written as an item of `checks`, with how. */
export const checkExamples: ReadonlyMap<string, string> = new Map(
  checkScorers.map(({ key, example }) => [key, example]),
);

/** What editors use; checked in under suites/schema. */
export function jsonSchemas(): { readonly suite: object; readonly config: object } {
  const of = (schema: z.ZodType, title: string) => ({
    title,
    ...z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }),
  });
  return { suite: of(suiteSchema, 'bench suite'), config: of(configSchema, 'bench.yaml') };
}
