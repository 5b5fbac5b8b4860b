/** Who is who: models and accounts are told apart by where they are and what they are sent, never by their names. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { bench, onlyRun, summaryIn, trialsIn } from './bench.js';
import { answer, serve } from './endpoint.js';

const caseOf = (id: string, more = '') =>
  `{ id: ${id}, category: docs, prompt: Say it is fine., checks: [{ text_matches: fine }]${more} }`;

const suiteOf = (name: string, models: string, rotations = '') =>
  `name: ${name}\nmodels: [${models}]\nrotations: [${rotations}]\ncases: [${caseOf('one')}, ${caseOf('two')}]\n`;

async function twoServers() {
  const here = await serve((asked, _, response) => answer(asked, response, 'It is fine.'));
  const there = await serve((asked, _, response) => answer(asked, response, 'It is fine.'));
  const cwd = folderWith({
    'a.yaml': suiteOf('a', '{ name: m, provider: here, model: same-id }', '{ name: chain, models: [m] }'),
    'b.yaml': suiteOf('b', '{ name: m, provider: there, model: same-id }', '{ name: chain, models: [m] }'),
    'bench.yaml': `providers:
  here: { base_url: "${here.baseUrl}", api_key_env: HERE }
  there: { base_url: "${there.baseUrl}", api_key_env: THERE }
`,
  });
  const keysAt = (endpoint: typeof here) => endpoint.asked.map(({ headers }) => headers.authorization);
  return { here, there, cwd, keysAt, env: { HERE: 'key-of-here', THERE: 'key-of-there' } };
}

it.each([
  ['their own candidates', []],
  ['the name of the command line', ['-m', 'm', '-r', 'chain']],
])(
  'two suites that mean two models by one name ask each at its own server with its own key: %s',
  async (_, chosen) => {
    const { here, there, cwd, keysAt, env } = await twoServers();
    const { code, stdout, stderr } = await bench(cwd, ['run', 'a.yaml', 'b.yaml', ...chosen], env);
    expect(code, stderr).toBe(0);
    expect(keysAt(here)).toEqual(Array(4).fill('Bearer key-of-here'));
    expect(keysAt(there)).toEqual(Array(4).fill('Bearer key-of-there'));
    const run = onlyRun(cwd);
    expect(summaryIn(run).candidates.map(({ candidate }) => candidate)).toEqual([
      'm (here)',
      'chain (a)',
      'm (there)',
      'chain (b)',
    ]);
    for (const trial of trialsIn(run)) {
      const provider = trial.suite === 'a' ? 'here' : 'there';
      expect(trial.answered_by).toBe(`m (${provider})`);
    }
    expect(stdout).toContain('m (here)');
  },
);

it('one model that two suites name is one candidate under its own name', async () => {
  const { here, there, cwd, env } = await twoServers();
  const { code, stderr } = await bench(cwd, ['run', 'a.yaml', 'b.yaml', '-m', 'here:same-id'], env);
  expect(code, stderr).toBe(0);
  expect([here.asked.length, there.asked.length]).toEqual([4, 0]);
  expect(summaryIn(onlyRun(cwd)).candidates.map(({ candidate }) => candidate)).toEqual(['here:same-id']);
});

it('two simulated models of one id behave as each of them is written', async () => {
  const cwd = folderWith({
    'suite.yaml': `name: s
models:
  - { name: good, provider: simulated, model: same-id, quality: 1 }
  - { name: bad, provider: simulated, model: same-id, quality: 0 }
  - { name: lost, provider: simulated, model: same-id, faults: [{ status: 500 }], retry: { max_attempts: 1 } }
cases: [{ id: one, category: docs, prompt: Say it is fine., checks: [{ text_matches: fine, required: true }], solution: It is fine., wrong: ["It is not."] }]
`,
  });
  const { stderr } = await bench(cwd, ['run', 'suite.yaml', '-n', '3', '--allow-unanswered', 'all']);
  const verdicts = Object.fromEntries(
    trialsIn(onlyRun(cwd)).map((trial) => [trial.candidate, trial.verdict]),
  );
  expect(verdicts, stderr).toEqual({ good: 'passed', bad: 'failed', lost: 'unanswered' });
});

it('two entries with one address and one key are one account; two keys are two', async () => {
  const endpoint = await serve((asked, _, response) => answer(asked, response, 'It is fine.'));
  const cwd = folderWith({
    'suite.yaml': `name: s\ncases: [${caseOf('one')}]\n`,
    'bench.yaml': `providers:
  p: { base_url: "${endpoint.baseUrl}", api_key_env: K }
  q: { base_url: "${endpoint.baseUrl}/", api_key_env: L }
models: { a: { provider: p, model: a }, b: { provider: q, model: b } }
`,
  });
  const run = (K: string, L: string, out: string) =>
    bench(cwd, ['run', 'suite.yaml', '-m', 'a', '-m', 'b', '-o', join('results', out)], { K, L });
  const warning = 'a, b share one account and its limits';
  expect((await run('same-key-twice', 'same-key-twice', 'x')).stderr).toContain(warning);
  expect((await run('one-key-of-ours', 'another-key-of-ours', 'y')).stderr).not.toContain(warning);
});

it('two entries that are one account have the limits of both', async () => {
  const endpoint = await serve((asked, _, response) => answer(asked, response, 'It is fine.'));
  const cwd = folderWith({
    'suite.yaml': `name: s\ncases: [${caseOf('one')}, ${caseOf('two')}]\n`,
    'bench.yaml': `providers:
  p: { base_url: "${endpoint.baseUrl}" }
  q: { base_url: "${endpoint.baseUrl}/", limits: { rpd: 3 } }
# Close to midnight the day's end is no long wait.
retry: { max_wait: 1s }
models: { a: { provider: p, model: a }, b: { provider: q, model: b } }
`,
  });
  const { code } = await bench(cwd, ['run', 'suite.yaml', '-m', 'a', '-m', 'b']);
  expect([code, endpoint.asked.length]).toEqual([3, 3]);
});

it('many models of a server at home without limits are not warned of', async () => {
  const endpoint = await serve((asked, _, response) => answer(asked, response, 'It is fine.'));
  const cwd = folderWith({
    'suite.yaml': `name: s\ncases: [${caseOf('one')}]\n`,
    'bench.yaml': `providers: { home: { base_url: "${endpoint.baseUrl}" } }\n`,
  });
  const { code, stderr } = await bench(cwd, ['run', 'suite.yaml', '-m', 'home:a', '-m', 'home:b']);
  expect([code, stderr.includes('share one account')]).toEqual([0, false]);
});
