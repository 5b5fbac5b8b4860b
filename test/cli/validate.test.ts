import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { bench } from './bench.js';

const good = `  - id: good
    category: simple
    language: python
    prompt: Double it.
    entry: double
    table: [{ args: [2], returns: 4 }, { args: [5], returns: 10 }]
    solution: "def double(x):\\n    return 2 * x\\n"
    wrong: ["def double(x):\\n    return x + 2\\n"]
`;
const changed = (from: string, to: string, id: string) => {
  expect(good).toContain(from);
  return good.replace(from, to).replace('id: good', `id: ${id}`);
};
const head = 'name: mine\ncases:\n';

it('tells of each case whether it holds, what failed as it must, and what does not hold', async () => {
  const cwd = folderWith({
    'suite.yaml': [
      head,
      good,
      changed('return 2 * x', 'return 3 * x', 'broken-reference'),
      changed('return x + 2', 'return x + x', 'right-wrong'),
      changed(
        'table: [{ args: [2], returns: 4 }, { args: [5], returns: 10 }]',
        'tests: assert double(1) or True',
        'weak',
      ),
      changed('    solution: "def double(x):\\n    return 2 * x\\n"\n', '', 'unproved'),
    ].join(''),
  });
  const { code, stdout, stderr } = await bench(cwd, ['validate', 'suite.yaml', '--no-color']);
  expect(code, stderr).toBe(1);
  const lines = stdout
    .replaceAll(/\d+(\.\d+)? (ms|s)\b/g, 'T')
    .replaceAll(/ {2,}/g, '  ')
    .split('\n');
  expect(lines).toEqual([
    'mine  5 cases',
    '  ok  good  T  rightly failed: stub, garbage, wrong 1',
    '  FAILS  broken-reference  T  rightly failed: stub, garbage, wrong 1',
    '  reference fails: table[1]: expected 4, got 6',
    '  FAILS  right-wrong  T  rightly failed: stub, garbage',
    '  wrong 1 passes, and must not',
    '  FAILS  weak  T  rightly failed: none',
    '  stub passes, and must not',
    '  garbage passes, and must not',
    '  wrong 1 passes, and must not',
    '  ok  unproved  no reference  rightly failed: stub, garbage, wrong 1',
    '',
    '2 of 5 cases hold; 3 do not; 1 has no solution to be proved by',
    '',
  ]);
  const json = await bench(cwd, ['validate', 'suite.yaml', '--json', '--case', 'w*', '--case', 'good']);
  expect(json.code).toBe(1);
  expect(JSON.parse(json.stdout)).toMatchObject({
    cases: 2,
    broken: 1,
    troubled: 0,
    suites: [
      {
        suite: 'mine',
        cases: [
          { case: 'good', holds: true, has_reference: true, problems: [], place: { line: 3 } },
          {
            case: 'weak',
            holds: false,
            problems: [{ kind: 'stub_passes' }, { kind: 'garbage_passes' }, { kind: 'wrong_passes' }],
          },
        ],
      },
    ],
  });
});

it('is done where all hold, though one cannot be proved', async () => {
  const cwd = folderWith({
    'suite.yaml': `${head}${changed('    solution: "def double(x):\\n    return 2 * x\\n"\n', '', 'unproved')}`,
  });
  const { code, stdout } = await bench(cwd, ['validate', 'suite.yaml']);
  expect(code).toBe(0);
  expect(stdout).toContain('1 of 1 case holds; 1 has no solution to be proved by');
});

it('refuses what is no suite, and a filter that leaves nothing', async () => {
  const cwd = folderWith({ 'suite.yaml': `${head}${good}` });
  const gone = await bench(cwd, ['validate', 'sweet.yaml']);
  expect([gone.code, gone.stderr]).toEqual([2, expect.stringContaining('there is no suite sweet.yaml')]);
  const nothing = await bench(cwd, ['validate', 'suite.yaml', '--case', 'other']);
  expect([nothing.code, nothing.stdout]).toEqual([2, '']);
  expect(nothing.stderr).toContain('no case matches');
});

it('--fix writes the limits that references ask for, into the cases that hold, and keeps comments', async () => {
  const suite = `# Mine.\n${head}${good}${changed('return 2 * x', 'return 3 * x', 'broken')}`;
  const cwd = folderWith({ 'suite.yaml': suite });
  const { code, stdout } = await bench(cwd, ['validate', 'suite.yaml', '--fix', '--no-color']);
  expect(code).toBe(1);
  const [, time] = /suite\.yaml: limits\.time of good (\d+s)\n/.exec(stdout) ?? [];
  expect(time).toBeDefined();
  const written = readFileSync(join(cwd, 'suite.yaml'), 'utf8');
  expect(written).toBe(suite.replace('id: good\n', `id: good\n    limits: { time: ${time} }\n`));
  const { stdout: document } = await bench(cwd, ['validate', 'suite.yaml', '--json']);
  expect(JSON.parse(document).suites[0].cases[0].holds).toBe(true);
});
