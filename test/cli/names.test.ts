/** Names and words that come from suites and servers give no orders: not to a terminal, a spreadsheet, Markdown or a CI. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { bench, onlyRun } from './bench.js';
import { answer, fail, serve } from './endpoint.js';

const names = ['=1+1', '+cmd|x', '@cf/meta/llama', '-2', '<img src=x>', '[a](b)', '`code`', '::error::x'];

async function runOf(more: string[] = []) {
  const endpoint = await serve((asked, _, response) => {
    if (asked.model === 'bad')
      fail(response, 400, '::error file=a.js::pwned\n::warning::<script>\u202egnp.exe');
    else answer(asked, response, 'It is fine.');
  });
  const models = [
    ...names.map((name) => `${JSON.stringify(name)}: { provider: here, model: ok }`),
    'bad: { provider: here, model: bad }',
  ];
  const cwd = folderWith({
    'suite.yaml': `name: "<b>suite"\nmodels: [${names.map((name) => JSON.stringify(name)).join(', ')}, bad]
cases: [{ id: one, category: docs, prompt: Say it is fine., checks: [{ text_matches: fine }] }]
`,
    'bench.yaml': `providers: { here: { base_url: "${endpoint.baseUrl}" } }\nmodels: { ${models.join(', ')} }\n`,
  });
  const ended = await bench(cwd, [
    'run',
    'suite.yaml',
    '-v',
    '--report',
    'csv',
    '--report',
    'github',
    ...more,
  ]);
  return { ...ended, cwd, read: (file: string) => readFileSync(join(onlyRun(cwd), file), 'utf8') };
}

it('are escaped by whoever writes them', async () => {
  const { stdout, stderr, read, cwd } = await runOf();
  for (const cell of read('matrix.csv')
    .split('\n')
    .map((line) => line.split(',')[0] ?? '')) {
    expect(cell.replace(/^"/, '')).not.toMatch(/^[=+\-@]/);
  }
  for (const file of ['matrix.md', 'summary.md']) {
    expect([file, /(?<!\\)<(img|script|b)\b/.exec(read(file))]).toEqual([file, null]);
    expect([file, /^\s*::/m.exec(read(file))]).toEqual([file, null]);
  }
  const shown = await bench(cwd, ['show', 'latest', 'one']);
  for (const text of [stdout, stderr, shown.stdout, shown.stderr]) {
    expect(/^\s*::/m.exec(text)).toBeNull();
    expect(text).not.toContain('\u202e');
  }
  expect(stderr).toContain('<U+202E>gnp.exe');
});

it('a missed threshold is printed with --quiet too', async () => {
  const quiet = await runOf(['--quiet', '--fail-under', 'quality>=6', '--allow-unanswered', 'all']);
  expect(quiet.code).toBe(1);
  expect(quiet.stderr).toBe('');
  expect(quiet.stdout).toMatch(/MISSED {2}quality>=6 {2}@cf\/meta\/llama: 5\.0/);
});
