/** Judges are measured by answers that people have judged, and what comes of it is printed with what chance would give. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { bench, onlyRun, runsIn, summaryIn, trialsIn } from './bench.js';
import { answer, serve } from './endpoint.js';

const anchors = (count: number) =>
  Array.from(
    { length: count },
    (_, at) =>
      `  - { case: why, answer: "Reason ${at}.", labels: [${at % 3 !== 0}, ${at % 2 === 0}], by: ada }`,
  ).join('\n');
const suite = (models: string, count = 60) => `name: prose
models: [{ name: writer, provider: simulated }]
cases:
  - id: why
    category: docs
    prompt: Why?
    judge: { rubric: [It names a cause., It is short.], ${models} }
    solution: Because.
calibration:
${anchors(count)}
`;
const config = `models:
  good: { provider: simulated, quality: 0.95 }
  middling: { provider: simulated, quality: 0.7 }
  chance: { provider: simulated, quality: 0.5 }
`;

describe('bench judge check', () => {
  it('prints kappa beside agreement, and what a judge may not decide', async () => {
    const cwd = folderWith({ 'suite.yaml': suite('models: [good, middling, chance]'), 'bench.yaml': config });
    const { code, stdout, stderr } = await bench(cwd, ['judge', 'check', 'suite.yaml', '--seed', '3']);
    expect(code, stderr).toBe(0);
    expect(stdout.split('\n')[1]).toMatch(/judge +labels +kappa +agreement +base rate/);
    expect(stdout).toMatch(/^good +120 +0\.\d\d 0\.\d\d–\d\.\d\d /m);
    expect(stdout).toMatch(
      /^chance decides no gate: the lower limit of its kappa is -?0\.\d\d, below 0\.4\.$/m,
    );
    expect(stdout).toMatch(/^good \+ middling \+ chance /m);
    const kept = JSON.parse(readFileSync(join(cwd, 'results', 'judges', 'prose.json'), 'utf8'));
    const kappaOf = (name: string) =>
      kept.judges.find(({ judge }: { judge: string }) => judge === name).kappa.value;
    expect(kappaOf('good')).toBeGreaterThan(kappaOf('middling'));
    expect(kappaOf('middling')).toBeGreaterThan(kappaOf('chance'));
    expect(Math.abs(kappaOf('chance'))).toBeLessThan(0.25);
    const json = await bench(cwd, ['judge', 'check', 'suite.yaml', '--seed', '3', '--json']);
    expect(JSON.parse(json.stdout).suites[0].judges).toEqual(kept.judges);
  });

  it('asks a real judge twice of each anchor, and of ten answers that order a pass', async () => {
    const endpoint = await serve((asked, index, response) => {
      const isOrdered = /every statement|"verdict": \[true\]/i.test(
        JSON.stringify(asked.body).split('<answer')[1] ?? '',
      );
      answer(asked, response, index === 0 ? 'I pass.' : `Reasons.\n{"verdict": [${isOrdered}, false]}`);
    });
    const cwd = folderWith({
      'suite.yaml': suite('model: "here:judge"', 5),
      'bench.yaml': `providers: { here: { base_url: "${endpoint.baseUrl}" } }\n`,
    });
    const { code, stdout, stderr } = await bench(cwd, ['judge', 'check', 'suite.yaml', '-j', '2']);
    expect(code, stderr).toBe(0);
    expect(endpoint.asked).toHaveLength(2 * 5 + 10);
    expect(stdout).toContain('here:judge gave no verdict 1 times: these are left out.');
    expect(stdout).toContain('it was measured on 8 labels; 50 are needed');
    expect(stdout).toContain('0 of 10 passed');
  });

  it('refuses anchors that do not fit, each at its place', async () => {
    const bad = `${suite('model: good', 1)}  - { case: who, answer: a, labels: [true, true] }
  - { case: why, answer: a, labels: [true] }
  - { answer: a, labels: [true, true] }
  - { prompt: And?, answer: a, labels: [true, 3] }
`;
    const cwd = folderWith({
      'bad.yaml': bad,
      'none.yaml': suite('model: good', 1).replace(/calibration:.*/s, ''),
      'bench.yaml': config,
    });
    const { code, stderr } = await bench(cwd, ['judge', 'check', 'bad.yaml']);
    expect(code).toBe(2);
    expect(stderr).toContain('bad.yaml:11:5  calibration 2: no case "who" has a judge');
    expect(stderr).toContain('calibration 3: labels takes true or false for each of 2 statements');
    expect(stderr).toContain('calibration 4: it names no case');
    expect(stderr).toContain('calibration 5: labels takes true or false');
    const none = await bench(cwd, ['judge', 'check', 'none.yaml']);
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('prose has no calibration')]);
    expect((await bench(cwd, ['judge', 'measure', 'bad.yaml'])).stderr).toContain(
      'bench judge takes check or',
    );
    expect(existsSync(join(cwd, 'results'))).toBe(false);
  });
});

it('bench judge disagreements lists where a panel was split', async () => {
  const endpoint = await serve((asked, _, response) =>
    answer(asked, response, asked.model === 'writer' ? 'It.' : `{"verdict": [true, ${asked.model === 'a'}]}`),
  );
  const cwd = folderWith({
    'suite.yaml': suite('models: ["here:a", "here:b", "here:c"]', 1).replace(
      /models: \[\{.*/,
      'models: ["here:writer"]',
    ),
    'bench.yaml': `providers: { here: { base_url: "${endpoint.baseUrl}" } }\n`,
  });
  await bench(cwd, ['run', 'suite.yaml']);
  expect(trialsIn(onlyRun(cwd))).toHaveLength(1);
  const { stdout } = await bench(cwd, ['judge', 'disagreements']);
  expect(stdout).toBe('why  here:writer  judge[2]  here:a true, here:b false, here:c false\n');
});

describe('a run with judges', () => {
  const prose = (quality: number) => `name: prose
models: [{ name: writer, provider: simulated }]
cases:
${Array.from(
  { length: 40 },
  (_, at) =>
    `  - { id: c${at}, category: docs, prompt: Why ${at}?, solution: Because., judge: { rubric: [It names a cause., It is short.], model: judge } }`,
).join('\n')}
calibration:
${anchors(60).replaceAll('case: why', 'case: c0')}
# ${quality}
`;
  const judgeOf = (quality: number) => `models: { judge: { provider: simulated, quality: ${quality} } }\n`;

  it('shows the rate that a judge sees, its kappa, and the rate that its errors leave', async () => {
    const cwd = folderWith({ 'suite.yaml': prose(0.9), 'bench.yaml': judgeOf(0.9) });
    const bare = await bench(cwd, ['run', 'suite.yaml', '--seed', '1', '-o', 'before']);
    expect(bare.stdout.replaceAll(/\s+/g, ' ')).toContain(
      'of 80 statements true. It was not measured: see bench judge check.',
    );
    await bench(cwd, ['judge', 'check', 'suite.yaml', '--seed', '2']);
    const run = await bench(cwd, ['run', 'suite.yaml', '--seed', '1']);
    expect(run.stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /writer: judge calls \d+% \(\d+–\d+\) of 80 statements true; corrected by its errors \d+% \(\d+–\d+\)\. Its kappa on 120 labels: 0\.\d\d \(0\.\d\d to 0\.\d\d\)\./,
    );
    const [folder = ''] = runsIn(cwd).filter((path) => !path.endsWith('judges'));
    const [writer] = summaryIn(folder).candidates;
    expect(writer?.judged).toMatchObject([{ judge: 'judge', labels: 120, untrusted: null }]);
    const [{ called_true: called, corrected } = { called_true: null, corrected: null }] =
      writer?.judged ?? [];
    expect(corrected?.value).not.toBe(called?.value);
    expect(corrected?.n).toBe(80);
  });

  it.each([
    [
      'an unmeasured judge warns, and does not fail',
      false,
      0,
      /warn +worse, but 40 cases are decided by a judge/,
    ],
    ['a measured one fails', true, 1, /FAIL worse/],
  ])('%s', async (_, isMeasured, exit, said) => {
    const cwd = folderWith({ 'suite.yaml': prose(1), 'bench.yaml': judgeOf(0.99) });
    if (isMeasured) await bench(cwd, ['judge', 'check', 'suite.yaml', '--seed', '2']);
    expect((await bench(cwd, ['run', 'suite.yaml', '--seed', '1', '-o', 'results'])).code).toBe(0);
    expect((await bench(cwd, ['baseline', 'set', 'main'])).code).toBe(0);
    // The same judge, to which answers seem worse.
    const texts = Array.from({ length: 40 }, (__, at) => `c${at}: 'No. {"verdict": [false, false]}'`).join(
      '\n',
    );
    writeFileSync(join(cwd, 'verdicts.yaml'), texts.replaceAll('No. ', ''));
    writeFileSync(
      join(cwd, 'bench.yaml'),
      'models: { judge: { provider: simulated, quality: 0.99, answers: verdicts.yaml } }\n',
    );
    const run = await bench(cwd, ['run', 'suite.yaml', '--seed', '1', '--baseline', 'main']);
    expect(run.code, run.stdout + run.stderr).toBe(exit);
    expect(run.stdout.replaceAll(/\s+/g, ' ')).toMatch(said);
  });
});
