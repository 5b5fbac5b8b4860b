/** Answers that need what the sandbox lacks: named, counted, in no rate, and no way out for anybody else. */
import { expect, it } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { bench, onlyRun, summaryIn, trialsIn } from './bench.js';

const python = (id: string, more = '') =>
  `  - { id: ${id}, category: simple, language: python, prompt: p, entry: f, tests: "assert f(1) == 2"${more} }\n`;
const javascript = (id: string) =>
  `  - { id: ${id}, category: simple, language: javascript, prompt: p, entry: f, table: [{ args: [1], returns: 2 }] }\n`;

/** Case -> its line, the answer to it, and the verdict. */
const cases: Readonly<Record<string, readonly [line: string, answer: string, verdict: string]>> = {
  package: [python('package'), 'import numpy as np\ndef f(x):\n    return int(np.add(x, 1))', 'error'],
  later: [python('later'), 'def f(x):\n    from pandas.api import types\n    return x + 1', 'error'],
  library: [python('library'), 'import json, sqlite3\ndef f(x):\n    return x + 1', 'error'],
  table: [javascript('table'), 'function f(x) { return new Blob([x]).size + x; }', 'error'],
  module: [
    javascript('module'),
    "const { AsyncLocalStorage } = require('node:async_hooks');\nfunction f(x) { return x + 1; }",
    'error',
  ],
  'has-a-way': [
    python('has-a-way'),
    'try:\n    import numpy\nexcept ImportError:\n    numpy = None\ndef f(x):\n    return x + 1',
    'passed',
  ],
  'made-up': [python('made-up'), 'from my_helpers import add\ndef f(x):\n    return add(x)', 'failed'],
  forged: [
    python('forged'),
    'def f(x):\n    raise ModuleNotFoundError("No module named \'numpy\'")',
    'failed',
  ],
  forbidden: [
    python('forbidden', ', checks: [{ forbids: { imports: [numpy] } }]'),
    'import numpy\ndef f(x):\n    return x + 1',
    'failed',
  ],
  network: [javascript('network'), "function f(x) { return fetch('http://x.example'); }", 'failed'],
  processes: [
    javascript('processes'),
    "const { execSync } = require('child_process');\nfunction f(x) { return 2; }",
    'failed',
  ],
  misspelt: [javascript('misspelt'), 'function f(x) { return y + 1; }', 'failed'],
};

async function runOf(more: string[] = []) {
  const answers = Object.entries(cases).map(([id, [, answer]]) => [id, `\`\`\`\n${answer}\n\`\`\``]);
  const cwd = folderWith({
    'suite.yaml': `name: s\ncases:\n${Object.values(cases)
      .map(([line]) => line)
      .join('')}`,
    'bench.yaml': 'models: { m: { provider: simulated, answers: answers.json } }\n',
    'answers.json': JSON.stringify(Object.fromEntries(answers)),
  });
  return { cwd, ...(await bench(cwd, ['run', 'suite.yaml', '-m', 'm', ...more])) };
}

it('are told by what is lacking, and whoever only says so has failed', async () => {
  const { cwd, code, stdout, stderr } = await runOf();
  const trials = trialsIn(onlyRun(cwd));
  expect(Object.fromEntries(trials.map((trial) => [trial.case, trial.verdict]))).toEqual(
    Object.fromEntries(Object.entries(cases).map(([id, [, , verdict]]) => [id, verdict])),
  );
  expect(code, stderr).toBe(3);
  const text = stdout.replaceAll(/\s+/g, ' ');
  expect(text).toContain(
    '5 answers needed something this sandbox does not have: Blob 1, async_hooks 1, numpy 1, pandas 1, sqlite3 1.',
  );
  expect(text).toContain(
    '42% of the answers of m need something this sandbox does not have; its pass rate excludes them.',
  );
  const summary = summaryIn(onlyRun(cwd));
  expect(summary.candidates[0]).toMatchObject({
    unsupported: { Blob: 1, async_hooks: 1, numpy: 1, pandas: 1, sqlite3: 1 },
    pass_rate: { n: 7 },
  });
  expect(trials.find((trial) => trial.case === 'package')?.checks).toMatchObject([
    { reason: 'unsupported', lack: 'numpy', detail: 'this sandbox has no numpy' },
  ]);
});

it('more than one in twenty of them, and a comparison cannot tell', async () => {
  const { cwd } = await runOf();
  await bench(cwd, ['baseline', 'set', 'main', 'latest']);
  const again = ['run', 'suite.yaml', '-m', 'm', '--baseline', 'main', '--allow-unanswered', 'all'];
  const { code, stdout } = await bench(cwd, again);
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
    '5 of 12 answers need something the sandbox does not have',
  );
  expect(code).toBe(3);
});
