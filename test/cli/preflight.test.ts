/** Mistakes of a suite's tests, found before anything is sent: by run, by --dry-run and by validate. */
import { expect, it } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { bench, onlyRun, runsIn, start, summaryIn, trialsIn } from './bench.js';
import { answer, serve } from './endpoint.js';

interface Row {
  readonly language?: string;
  readonly tests: string;
  readonly solution?: string;
  readonly says: string;
}

const mistakes: Readonly<Record<string, Row>> = {
  'only a comment': { tests: '# assert f(1) == 2', says: 'the tests assert nothing' },
  'only a comment, with a solution': {
    tests: '# to be written',
    solution: 'def f(x):\n    return x + 1\n',
    says: 'the tests assert nothing',
  },
  'a call and no assertion': { tests: 'f(1)', says: 'the tests assert nothing' },
  'a comment in JavaScript': { language: 'javascript', tests: '// later', says: 'the tests assert nothing' },
  'what does not parse': { tests: 'assert f(1) == 2)', says: 'the tests do not parse' },
  'what does not parse, with a solution': {
    tests: 'assert f(1) === 2',
    solution: 'def f(x):\n    return x + 1\n',
    says: 'the tests do not parse',
  },
  'JavaScript that does not parse': {
    language: 'javascript',
    tests: 'assert.equal(f(1), ;',
    says: 'the tests do not parse',
  },
  'TypeScript that does not parse': {
    language: 'typescript',
    tests: 'const x: = 2; assert.equal(f(1), x);',
    says: 'the tests do not parse',
  },
  'a matcher of another language': {
    tests: 'expect(f(1)).to_equal(2)',
    says: 'the tests use expect, which is not defined',
  },
  'a matcher of another language, with a solution': {
    tests: 'expect(f(1)).toBe(2)',
    solution: 'def f(x):\n    return x + 1\n',
    says: 'the tests use expect, which is not defined',
  },
  'a helper that nobody defines': {
    language: 'javascript',
    tests: 'assert.equal(helper(f(1)), 2);',
    says: 'the tests use helper, which is not defined',
  },
  'a package': { tests: 'import numpy as np\nassert np.all(f(1) == 2)', says: 'this sandbox has no numpy' },
  'a package of the solution': {
    tests: 'assert f(1) == 2',
    solution: 'import pandas\ndef f(x):\n    return x + 1\n',
    says: 'this sandbox has no pandas',
  },
};

const block = (text: string) => `|\n${text.replace(/^/gm, '      ')}`;
const caseOf = ({ language = 'python', tests, solution }: Row, id = 'a') =>
  `  - id: ${id}
    category: simple
    language: ${language}
    prompt: Write f.
    entry: f
    tests: ${block(tests)}
${solution === undefined ? '' : `    solution: ${block(solution)}\n`}`;

async function folder(rows: readonly Row[]) {
  const endpoint = await serve((asked, _, response) =>
    answer(asked, response, '```python\ndef f(x):\n    return x + 1\n```'),
  );
  const cwd = folderWith({
    'suite.yaml': `name: s\ncases:\n${rows.map((row, at) => caseOf(row, `c${at}`)).join('')}`,
    'bench.yaml': `providers: { here: { base_url: "${endpoint.baseUrl}" } }\nmodels: { m: { provider: here, model: m } }\n`,
  });
  return { endpoint, cwd };
}

/** The message of each case, by its place in the suite: `case "c0": …` and what follows it. */
function messagesIn(stderr: string): string[] {
  return stderr.split(/^suite\.yaml:\d+:\d+ {2}case "c\d+"/m).slice(1);
}

it.each([
  ['run', ['run', 'suite.yaml', '-m', 'm']],
  ['--dry-run', ['run', 'suite.yaml', '-m', 'm', '--dry-run']],
  ['validate', ['validate', 'suite.yaml']],
])('%s names each mistake with its line, all of them at once', async (_, line) => {
  const rows = Object.entries(mistakes);
  const { endpoint, cwd } = await folder(Object.values(mistakes));
  const { code, stdout, stderr } = await bench(cwd, line);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(`${rows.length} mistakes; nothing was sent`);
  const messages = messagesIn(stderr);
  expect(messages).toHaveLength(rows.length);
  for (const [at, [name, { says }]] of rows.entries()) expect(messages[at], name).toContain(says);
  expect([endpoint.asked.length, runsIn(cwd)]).toEqual([0, []]);
});

it('what raises by itself, names of the prompt and of the prelude are no mistakes', async () => {
  const cwd = folderWith({
    'suite.yaml': `name: s
cases:
${caseOf({ tests: 'if f(1) != 2:\n    raise ValueError("wrong")', says: '' }, 'raises')}
${caseOf({ tests: 'assert g(f(1)) == 2', says: '' }, 'helper').replace('Write f.', 'Write f and a helper g(x).')}
${caseOf({ tests: 'assert math.floor(f(1)) == 2', says: '' }, 'prelude')}    prelude: import math
`,
  });
  const { code, stderr } = await bench(cwd, ['run', 'suite.yaml', '-m', 'stub']);
  expect(code, stderr).toBe(0);
});

it('--skip-unsupported leaves such cases out by name, and a resumed run remembers', async () => {
  const fine = { tests: 'assert f(1) == 2', solution: 'def f(x):\n    return x + 1\n', says: '' };
  const needs = { tests: 'import numpy\nassert f(1) == 2', says: '' };
  const { endpoint, cwd } = await folder([fine, needs, fine]);
  const line = ['run', 'suite.yaml', '-m', 'm', '--skip-unsupported', '--max-requests', '1'];
  const first = await bench(cwd, line);
  expect(first.code).toBe(3);
  expect(first.stderr).toContain('left out, because the sandbox lacks what they need: c1 (numpy)');
  const rest = await bench(cwd, ['run', '--resume']);
  expect(rest.code, rest.stderr).toBe(0);
  expect(trialsIn(onlyRun(cwd)).map((trial) => trial.case)).toEqual(expect.arrayContaining(['c0', 'c2']));
  expect(endpoint.asked).toHaveLength(2);
  expect(summaryIn(onlyRun(cwd)).warnings.join()).toContain('c1 (numpy)');
});

it('a solution is tried as an answer gives it: what the grammar does not know of Python is no failure of it', async () => {
  const third = 'def f(x):\n    return round(x * (1. / 4) * 4)\n';
  const text = `name: s\ncases:\n  - { id: c, category: simple, language: python, prompt: p, entry: f, tests: "assert f(1) == 1", solution: ${JSON.stringify(third)} }\n`;
  const { code, stdout, stderr } = await bench(folderWith({ 'suite.yaml': text }), [
    'run',
    'suite.yaml',
    '-m',
    'reference',
  ]);
  expect([code, `${stdout}${stderr}`]).toEqual([0, expect.not.stringContaining('its own solution fails')]);
});

it('a solution that fails is said before the first request, and nobody’s answer to the case is judged', async () => {
  const { cwd } = await folder([
    { tests: 'assert f(1) == 3', solution: 'def f(x):\n    return x + 1\n', says: '' },
    { tests: 'assert f(1) == 2', says: '' },
  ]);
  const run = start(cwd, ['run', 'suite.yaml', '-m', 'm']);
  const { code, stderr, stdout } = await run.ended;
  expect(code).toBe(3);
  expect(stderr).toContain('case "c0": its own solution fails, so no answer to it can be judged: tests: ');
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain('1 trial could not be judged');
  expect(trialsIn(onlyRun(cwd)).map((trial) => [trial.case, trial.verdict])).toEqual(
    expect.arrayContaining([
      ['c0', 'error'],
      ['c1', 'passed'],
    ]),
  );
});
