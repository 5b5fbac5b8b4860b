import { expect, it } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { bench } from './bench.js';

const suite = `name: shown
models:
  - { name: pretend, provider: simulated, answers: answers.yaml, faults: [{ status: 503, share: 0.4 }] }
cases:
  - id: deep/add
    category: moderate
    language: javascript
    system: Be brief.
    prompt: Write add, which adds two numbers.
    entry: add
    table:
      - { args: [1, 2], returns: 3 }
      - { args: [2, 2], returns: 4 }
    solution: const add = (a, b) => a + b;
  - id: moderate/deep
    category: simple
    language: javascript
    prompt: Write two.
    tests: assert(two() === 2)
    solution: const two = () => 2;
`;
const answers = {
  'deep/add': 'Here:\n```js\nconst add = (a, b) => a * b;\n```\n',
  'moderate/deep': 'I would rather not.',
};

async function finishedRun(): Promise<string> {
  const cwd = folderWith({ 'suite.yaml': suite, 'answers.yaml': JSON.stringify(answers) });
  const { code, stderr } = await bench(cwd, [
    'run',
    'suite.yaml',
    '-m',
    'pretend',
    '-m',
    'reference',
    '--seed',
    '3',
  ]);
  expect(code, stderr).toBe(0);
  return cwd;
}

it('shows the cases at a glance, and one in full: prompt, code, checks, attempts', async () => {
  const cwd = await finishedRun();
  const glance = await bench(cwd, ['show', 'latest']);
  expect(glance.stdout).toBe(`case                  ~pretend  ~reference
simple/moderate/deep  ✗         ✓
moderate/deep/add     ✗         ✓

✓ passed  ✗ failed  – unanswered  ? not judged  ~ simulated
`);
  expect(glance.stderr).toBe('\n  look closer   bench show latest simple/moderate/deep\n');

  const { code, stdout } = await bench(cwd, ['show', 'latest', 'deep/add']);
  expect(code).toBe(0);
  for (const text of [
    'moderate/deep/add  shown\n',
    'system\n  Be brief.\n',
    'prompt\n  Write add, which adds two numbers.\n',
    '── ~pretend  failed, score 0.50 ',
    'code found: fence\n\n  1 │ const add = (a, b) => a * b;\n\n  ✗ table[1]  expected 3, got 2\n  ✓ 1 of 2 passed\n',
    '── ~reference  passed ',
    '  ✓ all 2 checks passed\n',
  ]) {
    expect(stdout).toContain(text);
  }
  // Whatever the dice of the faults gave: the attempts are told in their order, the last one with its time.
  const { trials } = JSON.parse((await bench(cwd, ['show', 'latest', 'deep/add', '--json'])).stdout).cases[0];
  expect(trials[0]).toMatchObject({
    case: 'deep/add',
    simulated: true,
    code: 'const add = (a, b) => a * b;\n',
  });
  const failures = trials[0].attempts.length - 1;
  expect([...stdout.matchAll(/503 upstream/g)]).toHaveLength(failures);

  const prose = await bench(cwd, ['show', 'latest', 'simple/moderate/deep']);
  expect(prose.stdout).toContain(
    'code found: no code\n\n  I would rather not.\n\n  ✗ tests  no code in the answer\n',
  );
});

it('an exact id wins over category/id, and what is not there is answered by what is near', async () => {
  const cwd = await finishedRun();
  expect((await bench(cwd, ['show', 'latest', 'moderate/deep'])).stdout).toContain('Write two.');
  expect((await bench(cwd, ['show', 'latest', 'moderate/deep/add'])).stdout).toContain('Write add');
  expect(await bench(cwd, ['show', 'latest', 'deep/ad'])).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(
      /has no case "deep\/ad" \[run\/no-such-case\]\nhelp: did you mean "deep\/add"\?\n$/,
    ),
  });
  expect(await bench(cwd, ['show', 'nope'])).toMatchObject({ code: 2, stdout: '' });
});
