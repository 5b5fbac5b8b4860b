/** The matrix in a document, and broken down: the real command on a real run. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { bench } from './bench.js';

const suite = `name: tagged
defaults: { language: javascript }
models: [reference, stub]
cases:
${Array.from(
  { length: 14 },
  (_, index) => `  - id: c${index}
    category: ${index % 2 === 0 ? 'simple' : 'complex'}
    tags: [${index % 3 === 0 ? 'three, ' : ''}all]
    prompt: Write f.
    entry: f
    solution: const f = () => ${index + 1};
    table: [{ args: [], returns: ${index + 1} }]
`,
).join('')}`;
const page = '# Ours\n\nBefore.\n\n<!-- bench:matrix -->\n<!-- /bench:matrix -->\n\nAfter.\n';

let cwd = '';
beforeAll(async () => {
  cwd = folderWith({ 'suite.yaml': suite, 'page.md': page }, afterAll);
  const { code, stderr } = await bench(cwd, ['run', 'suite.yaml', '--seed', '1']);
  expect(code, stderr).toBe(0);
}, 30_000);

const read = (name: string) => readFileSync(join(cwd, name), 'utf8');
const write = (name: string, text: string) => writeFileSync(join(cwd, name), text);

describe('bench matrix --update and --check', () => {
  it('writes the block between its marks, the same bytes each time, and leaves the rest', async () => {
    const first = await bench(cwd, ['matrix', 'latest', '--update', 'page.md']);
    expect(first).toMatchObject({ code: 0, stdout: '' });
    const text = read('page.md');
    expect(text.startsWith('# Ours\n\nBefore.\n\n<!-- bench:matrix -->\n\n')).toBe(true);
    expect(text.endsWith('\n\n<!-- /bench:matrix -->\n\nAfter.\n')).toBe(true);
    expect(text).toContain('| ~reference | 100% (78–100, n=14) |');
    expect(text).not.toContain('# Capability matrix');
    const second = await bench(cwd, ['matrix', 'latest', '--update', 'page.md']);
    expect(second.stderr).toContain('page.md was up to date');
    expect(read('page.md')).toBe(text);
    expect((await bench(cwd, ['matrix', 'latest', '--check', 'page.md'])).code).toBe(0);
  });

  it('--check shows what differs, exits 1 and writes nothing', async () => {
    await bench(cwd, ['matrix', 'latest', '--update', 'page.md']);
    const stale = read('page.md').replace('100% (78–100, n=14)', '90% (60–98, n=14)');
    write('stale.md', stale);
    const { code, stdout, stderr } = await bench(cwd, ['matrix', 'latest', '--check', 'stale.md']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^-\| ~reference \| 90% \(60–98, n=14\)/m);
    expect(stdout).toMatch(/^\+\| ~reference \| 100% \(78–100, n=14\)/m);
    expect(stderr).toContain('--update stale.md');
    expect(read('stale.md')).toBe(stale);
  });

  it('keeps the line breaks of the document', async () => {
    write('dos.md', page.replaceAll('\n', '\r\n'));
    await bench(cwd, ['matrix', 'latest', '--update', 'dos.md']);
    expect(read('dos.md').replaceAll('\r\n', '')).not.toContain('\n');
    expect((await bench(cwd, ['matrix', 'latest', '--check', 'dos.md'])).code).toBe(0);
  });

  it('says what a document lacks', async () => {
    write('bare.md', 'nothing\n');
    const bare = await bench(cwd, ['matrix', 'latest', '--update', 'bare.md']);
    expect(bare.code).toBe(2);
    expect(bare.stderr).toContain('bare.md has no marks for the matrix');
    write('half.md', '<!-- bench:matrix -->\n');
    expect((await bench(cwd, ['matrix', 'latest', '--check', 'half.md'])).stderr).toContain(
      'has no <!-- /bench:matrix --> after',
    );
    expect((await bench(cwd, ['matrix', 'latest', '--check', 'gone.md'])).stderr).toContain(
      'there is no file gone.md',
    );
    expect(read('bare.md')).toBe('nothing\n');
  });
});

describe('bench matrix --by', () => {
  it('groups by language, by tag (a trial may have several) and by case', async () => {
    const byTag = await bench(cwd, ['matrix', 'latest', '--by', 'tag']);
    expect(byTag.stdout).toContain(
      'pass rate   all   three\n~reference  100%  100% n=5\n~stub         0%  0% n=5'.replace(
        '  0%  0%',
        '0%    0%',
      ),
    );
    const byLanguage = await bench(cwd, ['matrix', 'latest', '--by', 'language', '--format', 'markdown']);
    expect(byLanguage.stdout).toContain('## Pass rate by language\n\n| candidate | javascript |');
    const byCase = await bench(cwd, ['matrix', 'latest', '--by', 'case']);
    expect(byCase.stdout).toContain(
      '             ~reference  ~stub\ncomplex/c1   100%        0%\ncomplex/c3 ',
    );
    const cases = byCase.stdout.match(/\/c\d+/g);
    expect(cases?.slice(0, 3)).toEqual(['/c1', '/c3', '/c5']);
    const json = JSON.parse((await bench(cwd, ['matrix', 'latest', '--by', 'tag', '--json'])).stdout) as {
      by: string;
    };
    expect(json.by).toBe('tag');
    const wrong = await bench(cwd, ['matrix', 'latest', '--by', 'tags']);
    expect(wrong.stderr).toContain('--by takes category, language, tag, case, not "tags"');
  });

  it('finds a run by the name of its baseline', async () => {
    await bench(cwd, ['baseline', 'set', 'good']);
    expect((await bench(cwd, ['matrix', 'good', '--format', 'csv'])).stdout).toContain(
      'reference,model,true,simple,7,',
    );
  });
});
