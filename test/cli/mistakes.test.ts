/** What a stranger gets wrong: each mistake is placed, says its help, ends with 2, and nothing is sent. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { bench, runsIn } from './bench.js';
import { countingServer } from './endpoint.js';

let server: Awaited<ReturnType<typeof countingServer>>;
beforeAll(async () => {
  server = await countingServer();
});
afterAll(async () => {
  await server.close();
  expect(server.requests()).toBe(0);
});

const config = () => `providers: { here: { base_url: "${server.baseUrl}" } }
models: { small: { provider: here, model: s } }
rotations: { default: [small] }
`;
const good =
  '{ id: a, category: simple, language: python, prompt: p, entry: f, table: [{ args: [1], returns: 2 }] }';
const oneCase = (more: string) =>
  `name: s\ncases: [{ id: a, category: simple, language: python, prompt: p, ${more} }]\n`;

/** The code that every mistake ends with. */
const CODE = / \[[a-z]+\/[a-z-]+\]$/;

interface Row {
  readonly suite?: string;
  readonly config?: string;
  readonly args?: readonly string[];
  /** The first line of stderr. */
  readonly says: string;
  /** Somewhere behind it. */
  readonly help: string;
}

const inSuite: Readonly<Record<string, Row>> = {
  'an empty suite': {
    suite: '',
    says: 'm.yaml:1:1  a suite is a mapping of keys',
    help: 'begin with name: and cases:',
  },
  'no name': {
    suite: `cases: [${good}]\n`,
    says: 'm.yaml:1:1  the suite needs "name"',
    help: 'add name: everyday, say',
  },
  'no cases': {
    suite: 'name: s\n',
    says: 'm.yaml:1:1  the suite has no cases',
    help: 'add some under cases:',
  },
  'an empty list of cases': {
    suite: 'name: s\ncases: []\n',
    says: 'm.yaml:1:1  the suite has no cases',
    help: 'add some under cases:',
  },
  'no id': {
    suite: 'name: s\ncases: [{ category: simple, language: python, prompt: p, tests: x }]\n',
    says: 'm.yaml:2:9  case 1 needs "id"',
    help: 'add id: average, say',
  },
  'an id twice': {
    suite: `name: s\ncases:\n  - ${good}\n  - ${good}\n`,
    says: 'm.yaml:4:11  the case id "a" is taken',
    help: 'first used at m.yaml:3',
  },
  'broken indentation': {
    suite: 'name: s\ncases:\n  - id: a\n    category: simple\n   prompt: p\n',
    says: 'm.yaml:5:1  no YAML: Sequence item without - indicator',
    help: 'look at the indentation and the quotes here and just above',
  },
  'a key twice': {
    suite: `name: s\nname: t\ncases: [${good}]\n`,
    says: 'm.yaml:2:1  this key is listed twice',
    help: 'keep one of them',
  },
  'an open bracket': {
    suite: 'name: s\ncases: [\n',
    says: 'm.yaml:3:1  a [ or { above this line is not closed',
    help: 'close it with ] or }',
  },
  'an unknown key': {
    suite: oneCase('entry: f, tabel: []'),
    says: 'm.yaml:2:75  unknown key "tabel" in case "a"',
    help: 'did you mean "table"?',
  },
  'a check that is written beside the table': {
    suite: oneCase('entry: f, table: [{ args: [], returns: 1 }], type_hints: true'),
    says: 'm.yaml:2:110  "type_hints" in case "a" belongs under checks',
    help: 'write checks: - { type_hints: true }',
  },
  'an unknown key of the suite': {
    suite: `name: s\nmodel: [small]\ncases: [${good}]\n`,
    says: 'm.yaml:2:1  unknown key "model" in the suite',
    help: 'did you mean "models"?',
  },
  'tests that are no text': {
    suite: oneCase('tests: 5'),
    says: 'm.yaml:2:72  "tests" of case "a" takes a text',
    help: 'takes a text',
  },
  'an unknown language': {
    suite: 'name: s\ncases: [{ id: a, category: simple, language: pyton, prompt: p, tests: x }]\n',
    says: 'm.yaml:2:46  case "a": no sandbox runs "pyton"',
    help: 'did you mean "python"?',
  },
  'no language': {
    suite: 'name: s\ncases: [{ id: a, category: simple, prompt: p, tests: x }]\n',
    says: 'm.yaml:2:11  case "a" runs code and has no language',
    help: 'add language: to it or to defaults:',
  },
  'an unknown category': {
    suite: 'name: s\ncases: [{ id: a, category: simpel, language: python, prompt: p, tests: x }]\n',
    says: 'm.yaml:2:28  category "simpel" is not known',
    help: 'did you mean "simple"? New categories are declared under `categories:`',
  },
  'no category': {
    suite: 'name: s\ncases: [{ id: a, language: python, prompt: p, tests: x }]\n',
    says: 'm.yaml:2:11  case "a" has no category',
    help: 'one of simple, moderate, complex, tests, refactor, docs',
  },
  'no prompt': {
    suite: 'name: s\ncases: [{ id: a, category: simple, language: python, tests: x }]\n',
    says: 'm.yaml:2:9  case "a" needs "prompt"',
    help: 'add prompt: Write a Python function',
  },
  'nothing that scores': {
    suite: 'name: s\ncases: [{ id: a, category: docs, prompt: p }]\n',
    says: 'm.yaml:2:11  case "a" has nothing that scores it',
    help: 'add table, tests, program, sql, mutation, improve, document, judge or checks',
  },
  'a table without an entry': {
    suite: oneCase('table: [{ args: [1], returns: 1 }]'),
    says: 'm.yaml:2:11  case "a" has a table and no entry',
    help: 'add entry: the name to call',
  },
  'a row that expects nothing': {
    suite: oneCase('entry: f, table: [{ args: [1] }]'),
    says: 'm.yaml:2:83  "table.0" of case "a": a row says what must come: returns, raises, leaves, stdout or steps',
    help: 'returns, raises, leaves, stdout or steps',
  },
  'an unknown key of a row': {
    suite: oneCase('entry: f, table: [{ args: [1], retuns: 1 }]'),
    says: 'm.yaml:2:96  unknown key "retuns" in "table.0" of case "a"',
    help: 'did you mean "returns"?',
  },
  'a row that raises and returns': {
    suite: oneCase('entry: f, table: [{ args: [1], returns: 1, raises: X }]'),
    says: 'm.yaml:2:83  "table.0" of case "a": a call either raises or returns',
    help: 'either raises or returns',
  },
  'an empty table': {
    suite: oneCase('entry: f, table: []'),
    says: 'm.yaml:2:82  "table" of case "a": at least one row',
    help: 'at least one row',
  },
  'a check that checks nothing': {
    suite: oneCase('tests: x, checks: [{ weight: 1 }]'),
    says: 'm.yaml:2:84  check 1 of case "a" names nothing to check',
    help: 'one of type_hints, docstring,',
  },
  'a duration without its unit': {
    suite: oneCase('tests: x, limits: { time: 10 }'),
    says: 'm.yaml:2:91  "limits.time" of case "a" takes a duration like 10s or 500ms',
    help: 'like 10s or 500ms',
  },
  'no samples': {
    suite: oneCase('tests: x, samples: 0'),
    says: 'm.yaml:2:84  "samples" of case "a": at least 1',
    help: 'at least 1',
  },
  'a score beyond 1': {
    suite: oneCase('tests: x, pass_score: 2'),
    says: 'm.yaml:2:87  "pass_score" of case "a": from 0 to 1',
    help: 'from 0 to 1',
  },
  'a prompt that is not there': {
    suite:
      'name: s\ncases: [{ id: a, category: simple, language: python, prompt: { file: gone.md }, tests: x }]\n',
    says: 'm.yaml:2:70  there is no file gone.md',
    help: 'paths are relative to m.yaml',
  },
  'an include with a slip': {
    suite: `name: s\ninclude: [benhc.yaml]\ncases: [${good}]\n`,
    says: 'm.yaml:2:11  there is no file benhc.yaml',
    help: 'did you mean "bench.yaml"?',
  },
  'JSON lines that are not there': {
    suite: 'name: s\ncases: { file: gone.jsonl }\n',
    says: 'm.yaml:2:16  there is no file gone.jsonl',
    help: 'paths are relative to m.yaml',
  },
  'an unknown model': {
    suite: `name: s\nmodels: [smal]\ncases: [${good}]\n`,
    args: [],
    says: 'm.yaml:2:10  no model is named "smal"',
    help: 'did you mean "small"?',
  },
  'an unknown rotation': {
    suite: `name: s\nrotations: [defalt]\ncases: [${good}]\n`,
    args: [],
    says: 'm.yaml:2:13  no rotation is named "defalt"',
    help: 'did you mean "default"?',
  },
  'answers that are not there': {
    suite: `name: s\nmodels: [{ name: x, provider: simulated, answers: gone.yaml }]\ncases: [${good}]\n`,
    says: 'm.yaml:2:51  there is no file gone.yaml',
    help: 'paths are relative to m.yaml',
  },
  'an allowance that is none': {
    suite: `name: s\nallow_unanswered: some\ncases: [${good}]\n`,
    says: 'm.yaml:2:19  "allow_unanswered" of the suite takes a whole number, or all',
    help: 'a whole number, or all',
  },
  'a reference without a solution': {
    suite: oneCase('tests: x'),
    args: ['-m', 'reference'],
    says: 'm.yaml:2:11  case "a" has no solution for the model "reference" to answer with',
    help: 'add solution: to it, or leave it out with --case',
  },
};

const inConfig: Readonly<Record<string, Row>> = {
  'an unknown key': {
    config: 'provider: {}\n',
    says: 'bench.yaml:1:1  unknown key "provider" in the config',
    help: 'did you mean "providers"?',
  },
  'a base_url that is none': {
    config: 'providers: { here: { base_url: nowhere } }\n',
    says: 'bench.yaml:1:32  "providers.here.base_url" of the config: a URL like http://127.0.0.1:8080/v1',
    help: 'a URL like',
  },
  'a provider without a base_url': {
    config: 'providers: { mine: { limits: { rpm: 1 } } }\n',
    says: 'bench.yaml:1:14  provider "mine" is unknown and needs a base_url',
    help: 'add base_url: http://127.0.0.1:8080/v1, say',
  },
  'a model without an id': {
    config: 'models: { small: { provider: ollama } }\n',
    says: 'bench.yaml:1:18  model "small" needs "model", the provider\'s id of it',
    help: 'add model:',
  },
  'an unknown provider': {
    config: 'models: { small: { provider: olama, model: x } }\n',
    says: 'bench.yaml:1:30  model "small": no provider is named "olama"',
    help: 'did you mean "ollama"?',
  },
  'a fault of no kind': {
    config: 'models: { m: { provider: simulated, faults: [{ share: 0.1 }] } }\n',
    says: 'bench.yaml:1:46  model "m": a fault has either a status or a kind',
    help: 'write { status: 502, share: 0.1 } or { kind: cut, share: 0.1 }',
  },
  'a fault with a status and a kind': {
    config: 'models: { m: { provider: simulated, faults: [{ kind: cut }, { status: 500, kind: cut }] } }\n',
    says: 'bench.yaml:1:61  model "m": a fault has either a status or a kind',
    help: 'write',
  },
  'a fault of an unknown kind': {
    config: 'models: { m: { provider: simulated, faults: [{ kind: cuts }] } }\n',
    says: 'bench.yaml:1:54  "models.m.faults.0.kind" of the config takes one of reset, hang, silent, cut, stream_error, empty, garbage',
    help: 'did you mean "cut"?',
  },
  'a fault of a kind that tells no wait': {
    config: 'models: { m: { provider: simulated, faults: [{ kind: cut, retry_after: 2s }] } }\n',
    says: 'bench.yaml:1:46  model "m": a fault of kind "cut" takes no retry_after',
    help: 'remove it',
  },
  'a fault of no request': {
    config: 'models: { m: { provider: simulated, faults: [{ kind: cut, requests: [5, 2] }] } }\n',
    says: 'bench.yaml:1:46  model "m": a fault of no request: requests 5 to 2',
    help: 'the first comes first',
  },
  'a fault of one number': {
    config: 'models: { m: { provider: simulated, faults: [{ kind: cut, requests: 5 }] } }\n',
    says: 'bench.yaml:1:69  "models.m.faults.0.requests" of the config takes two numbers, the first and the last',
    help: 'two numbers, the first and the last',
  },
  'a fault at no time': {
    config: 'models: { m: { provider: simulated, faults: [{ kind: cut, between: [30s, 30s] }] } }\n',
    says: 'bench.yaml:1:46  model "m": a fault at no time: between 30s and 30s',
    help: 'the earlier comes first',
  },
  'an unknown key of a model': {
    config: 'models: { small: { provider: ollama, model: x, limit: { rpm: 1 } } }\n',
    says: 'bench.yaml:1:48  unknown key "limit" in "models.small" of the config',
    help: 'did you mean "limits"?',
  },
  'a key where its variable belongs': {
    config: 'providers: { groq: { api_key: sk-1234567890 } }\n',
    says: 'bench.yaml:1:22  unknown key "api_key" in "providers.groq" of the config',
    help: 'did you mean "api_key_env"?',
  },
  'an empty rotation': {
    config: 'rotations: { r: [] }\n',
    says: 'bench.yaml:1:17  "rotations.r" of the config: at least one model',
    help: 'at least one model',
  },
  'an unknown jitter': {
    config: 'retry: { jitter: ful }\n',
    says: 'bench.yaml:1:18  "retry.jitter" of the config takes one of full, equal, none',
    help: 'did you mean "full"?',
  },
  'a timeout that is no duration': {
    config: 'timeouts: { total: soon }\n',
    says: 'bench.yaml:1:20  "timeouts.total" of the config: a duration like 10s, 500ms or 15m',
    help: 'like 10s, 500ms or 15m',
  },
};

const commandLines: Readonly<Record<string, Row>> = {
  'a missing key': {
    args: ['run', 'm.yaml', '-m', 'openrouter:a/b:free'],
    says: 'error: No key for openrouter: set OPENROUTER_API_KEY (or put it into .env), or try simulated models: bench run quickstart',
    help: 'set OPENROUTER_API_KEY',
  },
  'a missing suite': {
    args: ['run', 'quikstart'],
    says: 'error: there is no suite quikstart',
    help: 'did you mean "quickstart"?',
  },
  'a folder': { args: ['run', '.'], says: 'error: . is a folder, not a suite', help: 'name a file in it' },
  'no suite': {
    args: ['run'],
    says: 'error: which suite?',
    help: 'bench run quickstart, or a path; bench list shows what there is',
  },
  'nobody to ask': {
    args: ['run', 'm.yaml'],
    says: 'error: no candidates: the suite names no models',
    help: 'name some with -m provider:model or -r rotation, or try -m reference',
  },
  'a missing config': {
    args: ['run', 'm.yaml', '--config', 'no.yaml'],
    says: 'error: there is no config file no.yaml',
    help: 'leave --config out, or name a file that is there',
  },
  'a missing env file': {
    args: ['run', 'm.yaml', '--env-file', 'no.env'],
    says: 'error: there is no env file no.env',
    help: 'leave --env-file out, or name a file that is there',
  },
  'an unknown flag': {
    args: ['run', 'm.yaml', '--modle', 'x'],
    says: "error: unknown option '--modle'",
    help: 'help: did you mean --model?',
  },
  'a flag without its value': {
    args: ['run', 'm.yaml', '-m'],
    says: "error: option '-m, --model <name>' argument missing",
    help: 'bench run --help lists',
  },
  'an unknown command': {
    args: ['rnu'],
    says: "error: unknown command 'rnu'",
    help: 'help: did you mean run?',
  },
  'an unknown model': {
    args: ['run', 'm.yaml', '-m', 'smal'],
    says: 'error: no model is named "smal"',
    help: 'did you mean "small"?',
  },
  'an unknown provider': {
    args: ['run', 'm.yaml', '-m', 'openruter:x'],
    says: 'error: no provider is named "openruter" (of "openruter:x")',
    help: 'did you mean "openrouter"?',
  },
  'an unknown rotation': {
    args: ['run', 'm.yaml', '-r', 'nope'],
    says: 'error: no rotation is named "nope"',
    help: 'known are default',
  },
  'a category that no case has': {
    args: ['run', 'm.yaml', '-m', 'small', '-c', 'simpel'],
    says: 'error: no case matches -c simpel',
    help: 'did you mean "simple"?',
  },
  'a case that is not there': {
    args: ['run', 'm.yaml', '-m', 'small', '--case', 'zz*'],
    says: 'error: no case matches --case zz*',
    help: 'the cases are a',
  },
  'a wrong number': {
    args: ['run', 'm.yaml', '-m', 'small', '-n', '0'],
    says: 'error: --samples takes a whole number from 1, not "0"',
    help: 'from 1',
  },
  'a wrong allowance': {
    args: ['run', 'm.yaml', '-m', 'small', '--allow-unanswered', 'few'],
    says: 'error: --allow-unanswered takes a whole number, or all, not "few"',
    help: 'a whole number, or all',
  },
  'a wrong threshold': {
    args: ['run', 'm.yaml', '-m', 'small', '--fail-under', 'speed>=1'],
    says: 'error: --fail-under: "speed" is not a metric; metrics are success_rate, pass_rate, pass_at_5, pass_at_10, quality, p50_ms, p90_ms, p99_ms, ttft_ms, tokens_per_second, cost_usd, cost_per_pass_usd, rotations',
    help: 'metrics are',
  },
  'a threshold above all': {
    args: ['run', 'm.yaml', '-m', 'small', '--fail-under', 'pass_rate>=80'],
    says: 'error: --fail-under: "pass_rate>=80" asks for more than 100%; write pass_rate>=80% or pass_rate>=0.8',
    help: 'pass_rate>=80%',
  },
  'a wrong log format': {
    args: ['run', 'm.yaml', '-m', 'small', '--log-format', 'xml'],
    says: 'error: --log-format takes text or json, not "xml"',
    help: 'text or json',
  },
  'a run that is not there': {
    args: ['matrix', 'nope'],
    says: 'error: there are no runs in results yet',
    help: 'try:',
  },
  'an unknown format': {
    args: ['matrix', 'latest', '--format', 'tabel'],
    says: 'error: --format takes table, markdown, json, csv, not "tabel"',
    help: 'did you mean "table"?',
  },
  'an unknown importer': {
    args: ['import', 'humanevil', 'x'],
    says: 'error: no importer for "humanevil"',
    help: 'did you mean "humaneval"?',
  },
  'a missing file to import': {
    args: ['import', 'humaneval', 'x.jsonl'],
    says: 'error: there is no file x.jsonl',
    help: 'paths are relative to this folder',
  },
  'an unknown schema': {
    args: ['schema', 'suit'],
    says: 'error: no schema is named "suit"',
    help: 'did you mean "suite"?',
  },
  'an unknown shell': {
    args: ['completion', 'fish'],
    says: 'error: no completion for "fish"',
    help: 'there are scripts for bash and zsh',
  },
};

async function refused(
  { suite, config: own, args, says, help }: Row,
  line: readonly string[],
  whenFinished: (clean: () => void) => void,
): Promise<void> {
  const files = { 'bench.yaml': own ?? config(), 'm.yaml': suite ?? `name: s\ncases: [${good}]\n` };
  const cwd = folderWith(files, whenFinished);
  const { code, stdout, stderr } = await bench(cwd, [...line, ...(args ?? ['-m', 'small'])]);
  expect({ code, stdout, says: stderr.split('\n')[0]?.replace(CODE, '') }, stderr).toEqual({
    code: 2,
    stdout: '',
    says,
  });
  expect(stderr.split('\n')[0]).toMatch(CODE);
  expect(stderr).toContain(help);
  expect(runsIn(cwd)).toEqual([]);
}

/** Every third one; all of them with `npm run test:long`. */
const some = (rows: Readonly<Record<string, Row>>) =>
  Object.entries(rows).filter((_, at) => process.env['FC_RUNS'] !== undefined || at % 3 === 0);

describe('a mistake in a suite', () => {
  it.concurrent.for(some(inSuite))('%s', ([, row], { onTestFinished }) =>
    refused(row, ['run', 'm.yaml'], onTestFinished),
  );
});
describe('a mistake in bench.yaml', () => {
  it.concurrent.for(some(inConfig))('%s', ([, row], { onTestFinished }) =>
    refused(row, ['run', 'm.yaml'], onTestFinished),
  );
});
describe('a mistake on the command line', () => {
  it.concurrent.for(Object.entries(commandLines))('%s', ([, row], { onTestFinished }) =>
    refused(row, [], onTestFinished),
  );
});

it('a suite with five mistakes shows all five with their places', async () => {
  const cwd = folderWith({
    'bench.yaml': config(),
    'mine.yaml': `name: mine
models: [smal]
cases:
  - id: average
    category: modrate
    language: python
    prompt: p
    entry: average
    tabel:
      - { args: [1], returns: 2 }
  - id: readme
    category: docs
    prompt: p
  - id: last
    category: simple
    language: javascript
    prompt: { file: gone.md }
    tests: assert(true)
`,
  });
  const { code, stdout, stderr } = await bench(cwd, ['run', 'mine.yaml']);
  expect(code).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toBe(`mine.yaml:2:10  no model is named "smal" [config/unknown-model]
    2 | models: [smal]
      |          ^^^^ did you mean "small"?
mine.yaml:5:15  category "modrate" is not known [suite/unknown-category]
    5 |     category: modrate
      |               ^^^^^^^ did you mean "moderate"? New categories are declared under \`categories:\`
mine.yaml:9:5  unknown key "tabel" in case "average" [file/unknown-key]
    9 |     tabel:
      |     ^^^^^ did you mean "table"?
mine.yaml:11:5  case "readme" has nothing that scores it [suite/invalid-case]
   11 |   - id: readme
      |     ^^ add table, tests, program, sql, mutation, improve, document, judge or checks
mine.yaml:17:21  there is no file gone.md [suite/file-not-found]
   17 |     prompt: { file: gone.md }
      |                     ^^^^^^^ paths are relative to mine.yaml

5 mistakes; nothing was sent.
`);
  expect(runsIn(cwd)).toEqual([]);
});

it('with --json the mistakes are one document, and people still see them', async () => {
  const cwd = folderWith({ 'bench.yaml': config(), 'm.yaml': oneCase('tests: 5') });
  const { code, stdout, stderr } = await bench(cwd, ['run', 'm.yaml', '-m', 'smal', '--json']);
  expect(code).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({
    mistakes: [
      { place: { file: 'm.yaml', line: 2, column: 72 }, message: '"tests" of case "a" takes a text' },
    ],
  });
  expect(stderr).toContain('"tests" of case "a" takes a text');
});

it('a results folder that cannot be made is told before anything is sent', async () => {
  const cwd = folderWith({ taken: 'a file' });
  const { code, stderr } = await bench(cwd, ['run', 'quickstart', '-o', 'taken/deep']);
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /(?:^|\n)error: no run can be kept in taken\/deep: .*\nhelp: name another folder with -o\n$/,
  );
});
