/** A case whose answer is tests, from the suite to the viewer's file. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { calculateMutationTestMetrics } from 'mutation-testing-metrics';
import { describe, expect, it } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { bench, onlyRun, trialsIn } from './bench.js';

const suite = `name: test-writing
defaults: { category: tests, language: python, limits: { time: 5s } }
models: [{ name: pretend, provider: simulated, answers: answers.yaml }, { name: ideal, provider: simulated }]
cases:
  - id: tests/for cap
    prompt: Write tests for cap.
    subject: |
      def cap(value, limit=10):
          if value > limit:
              return limit
          return value
    mutation: { min_score: 0.9 }
    solution: |
      def test_cap():
          assert cap(3) == 3
          assert cap(10) == 10
          assert cap(11) == 10
          assert cap(11, 5) == 5
    wrong: ["def test_cap():\\n    assert cap(3) == 3\\n"]
`;
const answers = `tests/for cap: |
  \`\`\`python
  from cap_module import cap

  def cap(value, limit=10):
      return value

  def test_cap():
      assert cap(3) == 3
      assert cap(20, 5) == 5
  \`\`\`
`;

describe('tests as answers', () => {
  it('are scored by the mutants that they kill, and the survivors are shown', async () => {
    const cwd = folderWith({ 'suite.yaml': suite, 'answers.yaml': answers });
    const proved = await bench(cwd, ['validate', 'suite.yaml']);
    expect(proved.stdout).toContain('rightly failed: stub, garbage, wrong 1');
    expect(proved.stdout).toContain('line 2: if value > limit: → if value >= limit:');

    expect((await bench(cwd, ['run', 'suite.yaml'])).code).toBe(0);
    const folder = onlyRun(cwd);
    const scores = trialsIn(folder).map(({ candidate, score, verdict }) => [candidate, score, verdict]);
    expect(scores.sort()).toEqual([
      ['ideal', 1, 'passed'],
      ['pretend', 0.8, 'failed'],
    ]);
    const shown = await bench(cwd, ['show', 'latest', 'tests/for cap']);
    expect(shown.stdout).toContain('killed 4 of 5 mutants (its own copy of cap was left out); survived:');
    expect(shown.stdout).toContain(
      '     1 - def cap(value, limit=10):\n     1 + def cap(value, limit=11):\n',
    );

    const report = JSON.parse(readFileSync(join(folder, 'mutation', 'tests-for-cap.json'), 'utf8'));
    const { systemUnderTestMetrics } = calculateMutationTestMetrics(report);
    const { killed, survived, totalValid } = systemUnderTestMetrics.metrics;
    expect({ killed, survived, totalValid }).toEqual({ killed: 9, survived: 1, totalValid: 10 });
    expect(JSON.stringify(report)).toContain('"mutatorName":"default value","replacement":"11"');
  });

  it('have a subject that loads and can be mutated, or nothing is sent', async () => {
    const bad = `name: bad
defaults: { category: tests, language: python }
models: [stub]
cases:
  - { id: a, prompt: p, subject: "def f(:" }
  - { id: b, prompt: p, subject: "pass" }
`;
    const cwd = folderWith({
      'bad.yaml': bad,
      'lone.yaml': bad.replace(/cases:.*/s, 'cases: [{ id: a, prompt: p, mutation: { max: 3 } }]'),
    });
    const { code, stderr } = await bench(cwd, ['run', 'bad.yaml']);
    expect(code).toBe(2);
    expect(stderr).toContain('case "a": its subject does not load: SyntaxError');
    expect(stderr).toContain('case "b": nothing in its subject can be mutated');
    expect((await bench(cwd, ['run', 'lone.yaml'])).stderr).toContain('case "a" has mutation and no subject');
    expect(existsSync(join(cwd, 'results'))).toBe(false);
  });
});
