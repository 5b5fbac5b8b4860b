/** The commands, in the order of `bench --help`. What they do is loaded when they are called. */
import type { CommandSpec } from '../command.js';
import { common, type Flag } from '../flags.js';

/** Which cases are asked of whom: the same words wherever a run is planned. */
const planning: readonly Flag[] = [
  {
    name: '-m, --model <name>',
    doc: 'a name, provider:model, reference or stub',
    repeats: true,
  },
  { name: '-r, --rotation <name>', doc: 'a rotation as a candidate', repeats: true },
  { name: '-n, --samples <n>', doc: 'answers per case and candidate' },
  {
    name: '-c, --category <name>',
    doc: 'only cases of this category',
    repeats: true,
    values: ['simple', 'moderate', 'complex', 'tests', 'refactor', 'docs'],
  },
  { name: '--case <glob>', doc: 'only cases whose id matches', repeats: true },
  { name: '-j, --concurrency <n>', doc: 'requests in flight per lane (default 8)' },
  { name: '--config <file>', doc: 'default: bench.yaml, when there' },
  { name: '--env-file <file>', doc: 'default: .env; the environment wins' },
  { name: '--seed <n>', doc: 'of order, jitter and simulated models' },
];

/** What a comparison allows: of `compare`, and of `run --baseline`. */
const comparing: readonly Flag[] = [
  { name: '--alpha <share>', doc: 'false alarms of the whole gate (default: 0.05)' },
  {
    name: '--max-drop <points>',
    doc: 'what may be lost: 6, success=3, quality=0.3, latency=20%',
    repeats: true,
  },
  { name: '--min-effect <points>', doc: 'a drop of the pass rate up to this is none (default: 0)' },
  { name: '--min-coverage <share>', doc: "of the baseline's cases (default: 0.9)" },
  { name: '--allow-mismatch', doc: 'compare over other suites, scorers or sandboxes too' },
  { name: '--allow-inconclusive', doc: 'too little data to tell is no failure' },
];

export const commands: readonly CommandSpec[] = [
  {
    name: 'run',
    args: '<suite...>',
    completes: 'suites',
    summary: 'ask all candidates, run and score the answers, write the matrix',
    flags: [
      ...planning,
      { name: '-o, --out <dir>', doc: 'where runs go (default: results)' },
      { name: '--dry-run', doc: 'how much, how long, what cost; nothing is sent' },
      { name: '--allow-unanswered <n or all>', doc: 'so many trials may lack a verdict' },
      { name: '--fail-under <expr>', doc: 'a threshold, like pass_rate>=0.8', repeats: true },
      { name: '--baseline <run>', doc: 'compare at the end, and fail where a candidate got worse' },
      ...comparing,
      { name: '-v, --verbose', doc: 'each attempt, rotation, gate and pace change' },
      { name: '--log-format <kind>', doc: 'of -v: text or json (default: text)', values: ['text', 'json'] },
      ...common,
    ],
    examples: ['bench run quickstart', 'bench run suite.yaml -m openrouter:mistralai/mistral-small -n 3'],
    load: () => import('./run.js'),
  },
  {
    name: 'matrix',
    args: '<run...>',
    completes: 'runs',
    summary: 'the matrix again, of one run or several',
    flags: [
      {
        name: '--format <kind>',
        doc: 'table, markdown, json or csv (default: table)',
        values: ['table', 'markdown', 'json', 'csv'],
      },
      { name: '-o, --out <dir>', doc: 'where runs are (default: results)' },
      ...common,
    ],
    examples: ['bench matrix latest', 'bench matrix latest --format markdown'],
    load: () => import('./matrix.js'),
  },
  {
    name: 'compare',
    args: '<baseline> [run]',
    completes: 'runs',
    summary: 'whether a candidate got worse, as far as the cases tell',
    flags: [...comparing, { name: '-o, --out <dir>', doc: 'where runs are (default: results)' }, ...common],
    examples: ['bench compare main latest', 'bench compare main latest --max-drop 6 --max-drop latency=20%'],
    load: () => import('./compare.js'),
  },
  {
    name: 'baseline',
    args: '<set|list|show> [name] [run]',
    completes: { words: ['set', 'list', 'show'], files: false },
    summary: 'runs to compare with, by name',
    flags: [{ name: '-o, --out <dir>', doc: 'where runs are (default: results)' }, ...common],
    examples: ['bench baseline set main latest', 'bench baseline list', 'bench baseline show main'],
    load: () => import('./baseline.js'),
  },
  {
    name: 'show',
    args: '<run> [case]',
    completes: 'runs',
    summary: "a run's cases at a glance, or one in full",
    flags: [{ name: '-o, --out <dir>', doc: 'where runs are (default: results)' }, ...common],
    examples: ['bench show latest', 'bench show latest moderate/average'],
    load: () => import('./show.js'),
  },
  {
    name: 'validate',
    args: '<suite...>',
    completes: 'suites',
    summary: 'whether references pass, and stubs, garbage and wrong answers fail',
    flags: [
      ...planning.filter(({ name }) => /--(category|case|config) /.test(name)),
      { name: '--fix', doc: "write limits.time of each case that holds: ten times its reference's time" },
      ...common,
    ],
    examples: ['bench validate quickstart', 'bench validate suites/*.yaml --case average'],
    load: () => import('./validate.js'),
  },
  {
    name: 'simulate',
    args: '<suite...>',
    completes: 'suites',
    summary: 'predict duration, success and waste of a run',
    flags: [
      ...planning,
      { name: '--seeds <n>', doc: 'simulated runs (default 5): ranges hold 95% of them' },
      { name: '--ungraded', doc: 'leave the answers ungraded: no sandbox is started' },
      ...common,
    ],
    examples: ['bench simulate quickstart', 'bench simulate suite.yaml -r default --seeds 20'],
    load: () => import('./simulate.js'),
  },
  {
    name: 'list',
    args: '',
    completes: 'nothing',
    summary: 'shipped suites and the runs there are',
    flags: [{ name: '-o, --out <dir>', doc: 'where runs are (default: results)' }, ...common],
    examples: ['bench list'],
    load: () => import('./list.js'),
  },
  {
    name: 'import',
    args: '<format> <file>',
    completes: { words: ['humaneval'], files: true },
    summary: 'a foreign benchmark as a suite (humaneval)',
    flags: [{ name: '-o, --out <file>', doc: 'the suite to write (default: stdout)' }, ...common],
    examples: ['bench import humaneval HumanEval.jsonl.gz -o humaneval.yaml'],
    load: () => import('./import.js'),
  },
  {
    name: 'schema',
    args: '<suite|config>',
    completes: { words: ['suite', 'config'], files: false },
    summary: 'the JSON Schema of suites or of bench.yaml',
    flags: [...common],
    examples: ['bench schema suite > suite.schema.json'],
    load: () => import('./schema.js'),
  },
  {
    name: 'completion',
    args: '<bash|zsh>',
    completes: { words: ['bash', 'zsh'], files: false },
    summary: 'a script that completes what you type',
    flags: [...common],
    examples: ['source <(bench completion bash)', 'bench completion zsh > ~/.zfunc/_bench'],
    load: () => import('./completion.js'),
  },
];
