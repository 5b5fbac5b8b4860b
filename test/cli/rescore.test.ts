/** Answers that were paid for once, judged again: a server that counts sees nothing of it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { bench, journalIn, onlyRun, runsIn, start, summaryIn, trialsIn } from './bench.js';
import { answer, fail, serve } from './endpoint.js';
import { isOfItsJournal } from './of-its-journal.js';

const suite = `name: prose
cases:
  - { id: a, category: docs, prompt: Describe a., checks: [{ text_matches: "of a\\\\b", required: true }] }
  - { id: b, category: docs, prompt: Describe b., checks: [{ text_matches: "of c\\\\b", required: true }] }
`;

async function finished() {
  const endpoint = await serve((asked, index, response) => {
    const [message] = (asked.body['messages'] as { readonly content: string }[]).slice(-1);
    if (index === 0) fail(response, 400, 'not today');
    else answer(asked, response, message?.content.replace('Describe', 'This is of') ?? '');
  });
  const cwd = folderWith({
    'suite.yaml': suite,
    'bench.yaml': `providers: { here: { base_url: "${endpoint.baseUrl}" } }
models: { m: { provider: here, model: m-1 }, other: { provider: here, model: o-1 } }
`,
  });
  const { code, stderr } = await bench(cwd, [
    'run',
    'suite.yaml',
    '-m',
    'm',
    '-n',
    '2',
    '-j',
    '1',
    '--seed',
    '1',
  ]);
  expect(code, stderr).toBe(3);
  expect(endpoint.asked).toHaveLength(4);
  return { cwd, endpoint, path: onlyRun(cwd), id: summaryIn(onlyRun(cwd)).id };
}

/** Of its trials, as they lie there. */
function linesOf(folder: string): string[] {
  const text = readFileSync(join(folder, 'trials.jsonl'), 'utf8');
  return text
    .split('\n')
    .filter((line) => line.startsWith('{"type":"trial"'))
    .sort();
}

function mend(cwd: string): void {
  const file = join(cwd, 'suite.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('of c', 'of b'));
}

describe('bench rescore', () => {
  it('after a mend of the scoring lists every changed verdict, and sends nothing', async () => {
    const { cwd, endpoint, path, id } = await finished();
    const same = await bench(cwd, ['rescore', id, '-o', 'results']);
    expect(same.code, same.stderr).toBe(0);
    expect(same.stdout).toBe(`${id}: 4 trials scored again, no verdict changed; nothing was sent\n`);
    // What is said again is said in the same words: two journals differ by what has changed.
    const [copy = ''] = runsIn(cwd).filter((folder) => folder !== path);
    expect(linesOf(copy)).toEqual(linesOf(path));

    // An answer that two processes have written is one answer.
    const journal = join(path, 'trials.jsonl');
    const once = readFileSync(journal, 'utf8');
    const twice = once.replace(/^\{"type":"trial".*\n/m, (line) => line + line);
    expect(twice).not.toBe(once);
    writeFileSync(journal, twice);
    const single = await bench(cwd, ['rescore', id, '-o', 'results', '--json']);
    expect(JSON.parse(single.stdout)).toMatchObject({ answers: 4, changed: [] });
    const [one = ''] = runsIn(cwd).filter((folder) => folder !== path && folder !== copy);
    expect(trialsIn(one)).toHaveLength(4);
    writeFileSync(journal, once);

    // A verdict that stays for another reason is a line of its own.
    const failing = trialsIn(path).filter(({ verdict }) => verdict === 'failed');
    const suite = readFileSync(join(cwd, 'suite.yaml'), 'utf8');
    writeFileSync(join(cwd, 'suite.yaml'), suite.replace('of c', 'of d'));
    const known = runsIn(cwd);
    expect((await bench(cwd, ['rescore', id])).stdout).toContain('no verdict changed');
    const [other = ''] = runsIn(cwd).filter((folder) => !known.includes(folder));
    const reasons = trialsIn(other).flatMap(({ checks }) => checks.flatMap(({ detail }) => detail ?? []));
    expect(reasons).toEqual(failing.map(() => expect.stringContaining('of d')));
    writeFileSync(join(cwd, 'suite.yaml'), suite);
    await isOfItsJournal(other);

    mend(cwd);
    const changed = await bench(cwd, ['rescore', id, '--json']);
    const document = JSON.parse(changed.stdout) as { id: string; of: string; changed: object[] };
    expect(document.of).toBe(id);
    expect(document.changed).toEqual(
      failing.map(({ sample }) => ({
        candidate: 'm',
        suite: 'prose',
        case: 'b',
        category: 'docs',
        sample,
        before: 'failed',
        after: 'passed',
        why: expect.stringContaining('text_matches'),
      })),
    );
    expect(failing.length).toBeGreaterThan(0);
    expect(endpoint.asked).toHaveLength(4);

    // All but the verdicts is as it was: the answers, their times and costs, and who did not answer.
    const again = join(cwd, 'results', document.id);
    const kept = linesOf(path).filter((line) => linesOf(again).includes(line));
    expect(kept).toHaveLength(4 - failing.length);
    const rest = (folder: string) =>
      trialsIn(folder)
        .map(({ verdict: _, score: __, checks: ___, grading_ms: ____, extraction: _____, ...record }) => {
          const { sum: ______, ...facts } = record as typeof record & { sum?: string };
          return facts;
        })
        .sort((one, other) => (one.trial < other.trial ? -1 : 1));
    expect(rest(again)).toEqual(rest(path));
    await isOfItsJournal(again);
    expect(summaryIn(again)).toMatchObject({
      complete: true,
      totals: { requests: 4, verdicts: { failed: 0, unanswered: 1, passed: 3 } },
    });
    const text = await bench(cwd, ['rescore', id]);
    expect(text.stdout).toMatch(/ {2}docs\/b {2}m #\d {2}failed → passed {2}text_matches/);

    // Where a case belongs is part of what is said of its answers.
    const file = join(cwd, 'suite.yaml');
    writeFileSync(
      file,
      readFileSync(file, 'utf8')
        .replace('{ id: a, category: docs,', '{ id: a, category: simple,')
        .replace('{ id: b,', '{ id: b, tags: [short],'),
    );
    const before = runsIn(cwd);
    await bench(cwd, ['rescore', document.id]);
    const [elsewhere = ''] = runsIn(cwd).filter((folder) => !before.includes(folder));
    await isOfItsJournal(elsewhere);
    const moved = trialsIn(elsewhere);
    const places = moved
      .filter(({ completion }) => completion !== null)
      .map((record) => `${record.case} ${record.category} ${record.tags ?? ''}`);
    expect(new Set(places)).toEqual(new Set(['a simple ', 'b docs short']));
  });

  it('ends soon after an interrupt, whatever is being judged, and tells how to go on', async () => {
    const endpoint = await serve((asked, _, response) => {
      answer(asked, response, '```javascript\nfunction f() { while (true); }\n```');
    });
    const slow = `name: slow
cases: [{ id: a, category: simple, language: javascript, prompt: p, entry: f, limits: { time: 100ms }, tests: "assert.equal(f(), 1)" }]
`;
    const cwd = folderWith({
      'suite.yaml': slow,
      'bench.yaml': `providers: { here: { base_url: "${endpoint.baseUrl}" } }\nmodels: { m: { provider: here, model: m-1 } }\n`,
    });
    expect((await bench(cwd, ['run', 'suite.yaml', '-m', 'm', '-n', '2'])).code).toBe(0);
    const path = onlyRun(cwd);
    // Each takes longer than this test may, now.
    writeFileSync(join(cwd, 'suite.yaml'), slow.replace('100ms', '5m'));
    const rescore = start(cwd, ['rescore', 'latest']);
    const again = () => runsIn(cwd).find((folder) => folder !== path);
    await vi.waitFor(() => expect(journalIn(again() ?? '')).toHaveLength(1), { timeout: 20_000 });
    rescore.signal('SIGINT');
    const { code, stderr, stdout } = await rescore.ended;
    expect(code).toBe(130);
    expect(stdout).toContain('0 trials scored again');
    expect(stderr).toContain(`resume      bench run --resume ${again()?.split('/').at(-1)}\n`);
    expect(journalIn(again() ?? '').at(-1)).toMatchObject({ type: 'end', held: { m: { interrupted: 2 } } });
    writeFileSync(join(cwd, 'suite.yaml'), slow);
    expect((await bench(cwd, ['run', '--resume', '--allow-change'])).code).toBe(0);
    expect(summaryIn(again() ?? '')).toMatchObject({ complete: true, totals: { verdicts: { failed: 2 } } });
    expect(endpoint.asked).toHaveLength(2);
  });

  it('refuses what it cannot find', async () => {
    const { cwd } = await finished();
    expect((await bench(cwd, ['rescore', 'nope'])).stderr).toContain('there is no run nope');
    writeFileSync(join(cwd, 'suite.yaml'), suite.replaceAll('Describe', 'Tell'));
    const other = await bench(cwd, ['rescore', 'latest']);
    expect(other.code).toBe(2);
    expect(other.stderr).toContain('has no answers for this plan');
  });
});

describe('bench run --replay', () => {
  it('judges the stored answers as a run of its own, and says what it leaves out', async () => {
    const { cwd, endpoint, id } = await finished();
    mend(cwd);
    const args = ['run', 'suite.yaml', '-m', 'm', '-n', '3', '--replay', id, '--allow-unanswered', '1'];
    const { code, stdout, stderr } = await bench(cwd, args);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(`scoring the answers of ${id} again; nothing is sent`);
    expect(stderr).toContain(`2 trials have no line in ${id} and are left out`);
    expect(stdout).toMatch(/4 trials scored again, \d verdicts? changed; nothing was sent/);
    expect(endpoint.asked).toHaveLength(4);
    const nobody = await bench(cwd, ['run', 'suite.yaml', '-m', 'other', '--replay', id]);
    expect(nobody.code).toBe(2);
    expect(nobody.stderr).toContain('its candidates are m');
    expect(runsIn(cwd)).toHaveLength(2);
  });
});
