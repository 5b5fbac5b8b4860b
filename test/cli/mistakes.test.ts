import { expect, it } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { bench, runsIn } from './bench.js';
import { serve } from './endpoint.js';

it('a suite with five mistakes shows all five with their places, and sends nothing', async () => {
  const endpoint = await serve((_, __, response) => response.end());
  const cwd = folderWith({
    'bench.yaml': `providers: { here: { base_url: "${endpoint.baseUrl}" } }\nmodels: { small: { provider: here, model: s } }\n`,
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
  expect(stderr).toBe(`mine.yaml:2:10  no model is named "smal"
    2 | models: [smal]
      |          ^^^^ did you mean "small"?
mine.yaml:5:15  category "modrate" is not known
    5 |     category: modrate
      |               ^^^^^^^ did you mean "moderate"? New categories are declared under \`categories:\`
mine.yaml:9:5  unknown key "tabel" in case "average"
    9 |     tabel:
      |     ^^^^^ did you mean "table"?
mine.yaml:11:5  case "readme" has nothing that scores it
   11 |   - id: readme
      |     ^^ add table or tests
mine.yaml:17:21  there is no file gone.md
   17 |     prompt: { file: gone.md }
      |                     ^^^^^^^

5 mistakes; nothing was sent.
`);
  expect(endpoint.asked).toEqual([]);
  expect(runsIn(cwd)).toEqual([]);
});

it.each([
  [
    'a missing key',
    ['run', 'quickstart', '-m', 'openrouter:a/b:free'],
    'error: No key for openrouter: set OPENROUTER_API_KEY (or put it into .env), or try simulated models: bench run quickstart\n',
  ],
  [
    'a missing suite',
    ['run', 'quikstart'],
    'error: there is no suite quikstart\n       did you mean "quickstart"?\n',
  ],
  [
    'a missing config',
    ['run', 'quickstart', '--config', 'no.yaml'],
    'error: there is no config file no.yaml\n',
  ],
  [
    'a missing env file',
    ['run', 'quickstart', '--env-file', 'no.env'],
    'error: there is no env file no.env\n',
  ],
  [
    'an unknown flag',
    ['run', 'quickstart', '--modle', 'x'],
    "error: unknown option '--modle'\n(Did you mean --model?)\n",
  ],
  ['an unknown command', ['rnu'], "error: unknown command 'rnu'\n(Did you mean run?)\n"],
  ['no suite', ['run'], "error: missing required argument 'suite'\n"],
  [
    'an unknown model',
    ['run', 'quickstart', '-m', 'mistral-smal'],
    'error: no model is named "mistral-smal"\n       did you mean "mistral-small"?\n',
  ],
  [
    'an unknown category',
    ['run', 'quickstart', '-c', 'simpel'],
    'error: no case matches -c simpel\n       did you mean "simple"?\n',
  ],
  [
    'a wrong number',
    ['run', 'quickstart', '-n', '0'],
    'error: --samples takes a whole number from 1, not "0"\n',
  ],
  [
    'a wrong threshold',
    ['run', 'quickstart', '--fail-under', 'speed>=1'],
    'error: --fail-under: "speed" is not measured; known are success_rate, pass_rate, quality, p50_ms, p90_ms, ttft_ms, tokens_per_second, cost_usd, rotations\n',
  ],
  [
    'a run that is not there',
    ['matrix', 'nope'],
    'error: there are no runs in results yet; try: bench run quickstart\n',
  ],
  [
    'an unknown format',
    ['matrix', 'latest', '--format', 'tabel'],
    'error: --format takes table, markdown, json, csv, not "tabel"\n       did you mean "table"?\n',
  ],
  [
    'an unknown importer',
    ['import', 'humanevil', 'x'],
    'error: no importer for "humanevil"\n       did you mean "humaneval"?\n',
  ],
  ['a missing file to import', ['import', 'humaneval', 'x.jsonl'], 'error: there is no file x.jsonl\n'],
])('%s is one clear sentence, exit 2', async (_, args, stderr) => {
  const cwd = folderWith({});
  expect(await bench(cwd, args)).toEqual({ code: 2, stdout: '', stderr });
  expect(runsIn(cwd)).toEqual([]);
});

it('a results folder that cannot be made is told before anything is sent', async () => {
  const cwd = folderWith({ taken: 'a file' });
  const { code, stderr } = await bench(cwd, ['run', 'quickstart', '-o', 'taken/deep']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^error: no run can be kept in taken\/deep: .*\n {7}name another folder with -o\n$/);
});
