/** What a script reads: with --json one document or nothing on stdout; in a pipe no control character anywhere. */
import { expect, it } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { bench, start } from './bench.js';
import { answer, fail, serve } from './endpoint.js';

const right = '```javascript\nconst add = (a, b) => a + b;\n```';

const control = /(?![\n\t])\p{Cc}/u;

it('--json is one document whatever happens, and nothing else on stdout', async () => {
  const endpoint = await serve((asked, _, response) => {
    if (asked.model === 'locked') fail(response, 401, 'no\u001b[31m entry\u0007');
    else if (asked.model !== 'slow') answer(asked, response, right);
  });
  const cwd = folderWith({
    'bench.yaml': `providers:
  here: { base_url: "${endpoint.baseUrl}" }
  dead: { base_url: "http://127.0.0.1:9/v1" }
`,
    'suite.yaml': `name: scripts
cases:
  - { id: a, category: docs, prompt: Write add., checks: [{ text_matches: add }] }
`,
    'broken.yaml': 'name: [',
  });
  const lines: readonly (readonly [readonly string[], number])[] = [
    [['run', 'suite.yaml', '-m', 'here:good'], 0],
    [['run', 'suite.yaml', '-m', 'here:good', '--fail-under', 'quality>=6'], 1],
    [['run', 'suite.yaml', '-m', 'here:locked'], 3],
    [['run', 'suite.yaml', '-m', 'dead:x'], 3],
    [['run', 'suite.yaml', '-m', 'here:good', '--dry-run'], 0],
    [['run', 'broken.yaml', '-m', 'here:good'], 2],
    [['run', 'suite.yaml', '-m', 'nowhere:x'], 2],
    [['run', 'suite.yaml', '--nosuch'], 2],
    [['matrix', 'latest'], 0],
    [['matrix', 'nope'], 2],
    [['show', 'latest'], 0],
    [['show', 'latest', 'a'], 0],
    [['show', 'latest', 'b'], 2],
    [['list'], 0],
    [['simulate', 'suite.yaml', '-m', 'here:good', '--ungraded'], 0],
    [['schema', 'config'], 0],
    [['completion', 'bash'], 0],
    [['import', 'humaneval', 'none.jsonl'], 2],
  ];
  // Every second one of those that only read; all of them with `npm run test:long`.
  const tried = lines.filter((_, at) => process.env['FC_RUNS'] !== undefined || at < 8 || at % 2 === 0);
  for (const [line, code] of tried) {
    const json = await bench(cwd, [...line, '--json']);
    expect([line, json.code]).toEqual([line, code]);
    if (json.stdout !== '') expect(() => JSON.parse(json.stdout), line.join(' ')).not.toThrow();
    expect([line, control.test(json.stdout)]).toEqual([line, false]);
    const plain = await bench(cwd, [...line, ...(line[0] === 'run' ? ['-v'] : [])], { FORCE_COLOR: '' });
    for (const text of [plain.stdout, plain.stderr]) {
      expect([line, control.exec(text)?.[0] ?? null]).toEqual([line, null]);
    }
  }
});

it('--json is one document when a run is interrupted', async () => {
  const endpoint = await serve(() => {});
  const cwd = folderWith({
    'bench.yaml': `providers: { here: { base_url: "${endpoint.baseUrl}" } }\n`,
    'suite.yaml':
      'name: s\ncases: [{ id: a, category: simple, language: javascript, prompt: p, entry: f, tests: "assert.equal(f(), 1)" }]\n',
  });
  const run = start(cwd, ['run', 'suite.yaml', '-m', 'here:slow', '--json']);
  await endpoint.first;
  run.signal('SIGINT');
  const { code, stdout } = await run.ended;
  expect(code).toBe(130);
  expect(JSON.parse(stdout)).toMatchObject({ complete: false, totals: { trials: 0, planned: 1 } });
});
