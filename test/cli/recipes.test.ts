/** The workflows of recipes/ as far as they can be run here: each of their own steps by a shell, in a repository. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { folderWith } from '../suite/folder.js';
import { program } from './bench.js';

const recipes = fileURLToPath(new URL('../../recipes/', import.meta.url));
const workflow = z.object({
  on: z.record(z.string(), z.unknown()),
  permissions: z.record(z.string(), z.string()),
  jobs: z.record(
    z.string(),
    z.object({ steps: z.array(z.object({ run: z.string().optional(), uses: z.string().optional() })) }),
  ),
});

const suite = (quality: number) => `name: mine
defaults: { language: javascript }
models: [{ name: pretend, provider: simulated, quality: ${quality} }]
cases:
${Array.from(
  { length: 12 },
  (_, index) =>
    `  - { id: c${index}, category: simple, prompt: Write f., entry: f, solution: 'const f = () => ${index + 1};', table: [{ args: [], returns: ${index + 1} }] }\n`,
).join('')}`;

function repository(): { readonly folder: string; readonly git: (...args: string[]) => string } {
  const root = folderWith({
    'work/suites/mine.yaml': suite(1),
    'work/README.md': '# Ours\n\n<!-- bench:matrix -->\n<!-- /bench:matrix -->\n',
    'work/.gitignore': 'results/*\n!results/baselines/\nbench-junit.xml\n',
    'bin/npx': `#!/bin/sh\nshift\nexec "${process.execPath}" -- "${program}" "$@"\n`,
  });
  chmodSync(join(root, 'bin/npx'), 0o755);
  const folder = join(root, 'work');
  const env = { PATH: process.env['PATH'] ?? '', HOME: root, GIT_CONFIG_NOSYSTEM: '1' };
  const git = (...args: string[]) => execFileSync('git', args, { cwd: folder, encoding: 'utf8', env });
  execFileSync('git', ['init', '--bare', '-q', '-b', 'main', join(root, 'origin.git')], { env });
  git('init', '-q', '-b', 'main');
  git('config', 'user.name', 'somebody');
  git('config', 'user.email', 'somebody@example.com');
  git('add', '.');
  git('commit', '-qm', 'first');
  git('remote', 'add', 'origin', join(root, 'origin.git'));
  git('push', '-qu', 'origin', 'main');
  return { folder, git };
}

/** Runs the steps in their order, up to the first that fails; `npm ci` has been done. */
function walk(recipe: string, folder: string): { readonly code: number | null; readonly output: string } {
  const { jobs } = workflow.parse(parse(readFileSync(join(recipes, recipe), 'utf8')));
  let output = '';
  for (const { run } of Object.values(jobs).flatMap(({ steps }) => steps)) {
    if (run === undefined || run === 'npm ci') continue;
    // As GitHub does: bash, and the first command that fails ends the step.
    const { status, stdout, stderr } = spawnSync('bash', ['-e', '-o', 'pipefail', '-c', run], {
      cwd: folder,
      encoding: 'utf8',
      env: {
        PATH: `${join(folder, '..', 'bin')}:${process.env['PATH'] ?? ''}`,
        HOME: join(folder, '..'),
        GITHUB_STEP_SUMMARY: join(folder, '..', 'summary.md'),
      },
    });
    output += stdout + stderr;
    if (status !== 0) return { code: status, output };
  }
  return { code: 0, output };
}

it('measures, commits matrix and baseline, and gates against them', () => {
  const { folder, git } = repository();
  mkdirSync(join(folder, 'results'), { recursive: true });

  const first = walk('github-matrix.yml', folder);
  expect(first.code, first.output).toBe(0);
  expect(git('show', '--stat', '--format=%s', 'origin/main')).toMatch(
    /matrix of this week[\s\S]*README\.md[\s\S]*results\/baselines\/main\.json/,
  );
  expect(readFileSync(join(folder, 'README.md'), 'utf8')).toContain('| ~pretend | 100% (76–100, n=36)');

  const same = walk('github-gate.yml', folder);
  expect(same.code, same.output).toBe(0);
  expect(readFileSync(join(folder, '..', 'summary.md'), 'utf8')).toContain('### The gate cannot be told');
  expect(existsSync(join(folder, 'bench-junit.xml'))).toBe(true);

  writeFileSync(join(folder, 'suites/mine.yaml'), suite(0.2));
  const worse = walk('github-gate.yml', folder);
  expect(worse.code, worse.output).toBe(1);
  expect(readFileSync(join(folder, '..', 'summary.md'), 'utf8')).toContain('### The gate fails');
  expect(git('status', '--porcelain').trim()).toBe('M suites/mine.yaml');
}, 60_000);
