/** The workflows of recipes/ as far as they can be run here: each of their own steps by a shell, in a repository. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

/** Where it is the asking that counts: nothing of it needs a sandbox. */
const prose = `name: mine
models: [{ name: pretend, provider: simulated }]
cases:
${Array.from({ length: 12 }, (_, index) => `  - { id: c${index}, category: docs, prompt: Say it., checks: [{ text_matches: "." }] }\n`).join('')}`;

function repository(mine = suite(1)): {
  readonly folder: string;
  readonly git: (...args: string[]) => string;
} {
  const root = folderWith({
    'work/suites/mine.yaml': mine,
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
function walk(
  recipe: string,
  folder: string,
  job: string | null = null,
  more: Readonly<Record<string, string>> = {},
): { readonly code: number | null; readonly output: string } {
  const { jobs } = workflow.parse(parse(readFileSync(join(recipes, recipe), 'utf8')));
  let output = '';
  const chosen = Object.entries(jobs).filter(([name]) => job === null || name === job);
  for (const { run } of chosen.flatMap(([, { steps }]) => steps)) {
    if (run === undefined || run === 'npm ci') continue;
    const { status, stdout, stderr } = shell(run, folder, more);
    output += stdout + stderr;
    if (status !== 0) return { code: status, output };
  }
  return { code: 0, output };
}

/** As GitHub does: bash, and the first command that fails ends the step. */
function shell(script: string, folder: string, more: Readonly<Record<string, string>>) {
  return spawnSync('bash', ['-e', '-o', 'pipefail', '-c', script], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      PATH: `${join(folder, '..', 'bin')}:${process.env['PATH'] ?? ''}`,
      HOME: join(folder, '..'),
      GITHUB_ACTIONS: 'true',
      GITHUB_WORKSPACE: folder,
      GITHUB_STEP_SUMMARY: join(folder, '..', 'summary.md'),
      ...more,
    },
  });
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
  expect(readFileSync(join(folder, '..', 'summary.md'), 'utf8')).toContain('### The gate is inconclusive');
  expect(existsSync(join(folder, 'bench-junit.xml'))).toBe(true);

  writeFileSync(join(folder, 'suites/mine.yaml'), suite(0.2));
  const worse = walk('github-gate.yml', folder);
  expect(worse.code, worse.output).toBe(1);
  expect(readFileSync(join(folder, '..', 'summary.md'), 'utf8')).toContain('### The gate fails');
  expect(worse.output).toMatch(/^::error title=~?pretend%3A pass rate is worse than in main::/m);
  // Which cases fail is chance; each is at its own line.
  const [, line, id] =
    /^::error file=suites\/mine\.yaml,line=(\d+),title=.*\b(c\d+)%3A/m.exec(worse.output) ?? [];
  const lines = suite(0.2).split('\n');
  expect(Number(line) - 1).toBe(lines.findIndex((text) => new RegExp(`id: ${id}\\b`).test(text)));
  expect(git('status', '--porcelain').trim()).toBe('M suites/mine.yaml');
}, 60_000);

it('asks in parts on GitHub, in a cluster and on one machine, and joins them', () => {
  const { folder } = repository(prose);
  for (const part of ['1', '2', '3', '4']) {
    const { code, output } = walk('github-shards.yml', folder, 'shard', { PART: part });
    expect(code, output).toBe(0);
  }
  const joined = walk('github-shards.yml', folder, 'merge');
  expect(joined.code, joined.output).toBe(0);
  expect(readFileSync(join(folder, '..', 'summary.md'), 'utf8')).toContain(
    '| ~pretend | 100% (76–100, n=24)',
  );

  const pod = z.object({
    spec: z.object({
      template: z.object({
        spec: z.object({ containers: z.tuple([z.object({ args: z.tuple([z.string()]) })]) }),
      }),
    }),
  });
  const { spec } = pod.parse(parse(readFileSync(join(recipes, 'kubernetes-shards.yaml'), 'utf8')));
  const [script] = spec.template.spec.containers[0].args;
  rmSync(join(folder, 'results'), { recursive: true });
  for (const index of ['0', '1', '2', '3']) {
    const { status, stderr } = shell(script, folder, { JOB_COMPLETION_INDEX: index });
    expect(status, stderr).toBe(0);
  }
  // A pod that is started again goes on with its part, which is done.
  const again = shell(script, folder, { JOB_COMPLETION_INDEX: '2' });
  expect(again.stderr).toContain('6 of 6 trials are finished');
  const merged = shell('npx bench merge results/*of4', folder, {});
  expect(merged.stdout).toContain('24 of 24 trials of 4 runs');

  const page = readFileSync(fileURLToPath(new URL('../../docs/sharding.md', import.meta.url)), 'utf8');
  const line = page.split('\n').find((text) => text.startsWith('seq 4 | xargs'));
  rmSync(join(folder, 'results'), { recursive: true });
  const local = shell(line ?? 'false', folder, {});
  expect(local.status, local.stderr).toBe(0);
  expect(local.stdout).toContain('24 of 24 trials of 4 runs');
}, 90_000);
