/** The package as a user gets it: packed, installed without development parts, run. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { folderWith } from '../suite/folder.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

function run(cwd: string, command: string, args: readonly string[]): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(folder, name)))
    .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);
}

it('installs small and runs the quickstart from an empty folder', () => {
  const cwd = folderWith({ 'package.json': '{ "private": true }' });
  run(root, 'npm', ['pack', '--pack-destination', cwd]);
  const tarball = readdirSync(cwd).find((name) => name.endsWith('.tgz')) ?? '';
  run(cwd, 'npm', ['install', '--omit=dev', '--no-audit', '--no-fund', `./${tarball}`]);
  expect(bytesIn(join(cwd, 'node_modules'))).toBeLessThan(60e6);
  const manifest = join(cwd, 'node_modules/codegen-bench/package.json');
  expect(Object.keys(JSON.parse(readFileSync(manifest, 'utf8')))).not.toContain('scripts');
  expect(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts.prepare).toBeDefined();
  const output = run(cwd, 'npx', ['--no-install', 'bench', 'run', 'quickstart']);
  expect(output).toContain('~default (rotation)');
  expect(readdirSync(join(cwd, 'results'))).toHaveLength(1);
  expect(
    run(cwd, 'node', [
      '-e',
      "import('codegen-bench').then((m) => console.log(new m.RetryPolicy().ceilingMs(3)))",
    ]),
  ).toBe('4000\n');
});

it('npx bench works in a checkout from any sub-folder', () => {
  const deep = join(root, 'src', 'domain');
  mkdirSync(deep, { recursive: true });
  expect(run(deep, 'npx', ['--no-install', 'bench', '--version'])).toMatch(/^\d+\.\d+\.\d+\n$/);
});
