/** On real data: the importer, the sandbox and the scorers agree with 164 references and with 164 stubs. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { bench, onlyRun, summaryIn, trialsIn } from '../cli/bench.js';
import { folderWith } from '../suite/folder.js';

const data = fileURLToPath(new URL('../../../shared/data/HumanEval.jsonl.gz', import.meta.url));

it.skipIf(!existsSync(data))('HumanEval: 164 of 164 references pass, 164 of 164 stubs fail', async () => {
  const cwd = folderWith({});
  const imported = await bench(cwd, ['import', 'humaneval', data, '-o', 'humaneval.yaml']);
  expect(imported).toMatchObject({ code: 0, stderr: expect.stringContaining('164 cases') });
  const { code, stderr } = await bench(cwd, ['run', 'humaneval.yaml', '-m', 'reference', '-m', 'stub']);
  expect(code, stderr).toBe(0);
  const failed = trialsIn(onlyRun(cwd)).filter(
    ({ candidate, verdict }) => candidate === 'reference' && verdict !== 'passed',
  );
  expect(failed.map((trial) => [trial.case, trial.checks])).toEqual([]);
  expect(
    summaryIn(onlyRun(cwd)).candidates.map((one) => [
      one.candidate,
      one.verdicts.passed,
      one.verdicts.failed,
    ]),
  ).toEqual([
    ['reference', 164, 0],
    ['stub', 0, 164],
  ]);
});
