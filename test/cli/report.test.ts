/** `bench report` and `--report html`: the same page, in the place that was named. */
import { chmodSync, existsSync, readFileSync, statSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { bench, onlyRun } from './bench.js';

let cwd = '';
beforeAll(async () => {
  cwd = folderWith({}, afterAll);
  const line = ['run', 'quickstart', '-c', 'simple', '--report', 'html', '--report', 'html=pages/one.html'];
  const { code, stderr } = await bench(cwd, line);
  expect(code, stderr).toBe(0);
});
const read = (...path: readonly string[]) => readFileSync(join(cwd, ...path), 'utf8');

it('a run writes it into its folder, or where it is told to', () => {
  const run = onlyRun(cwd);
  const page = readFileSync(join(run, 'report.html'), 'utf8');
  expect(page.startsWith('<!doctype html>\n<html lang="en">')).toBe(true);
  expect(read('pages/one.html')).toBe(page);
});

it('a stored run gives the same page, in its folder or in a file', async () => {
  const page = read('pages/one.html');
  const beside = await bench(cwd, ['report', 'latest']);
  expect(beside).toMatchObject({ code: 0, stdout: '' });
  expect(beside.stderr).toMatch(/^wrote results\/\S+\/report\.html\n$/);
  expect(readFileSync(join(onlyRun(cwd), 'report.html'), 'utf8')).toBe(page);
  const named = await bench(cwd, ['report', 'latest', '-f', 'new/folder/two.html', '--json']);
  const { size } = statSync(join(cwd, 'new/folder/two.html'));
  expect(JSON.parse(named.stdout)).toEqual({ file: 'new/folder/two.html', bytes: size });
  expect(read('new/folder/two.html')).toBe(page);
});

it('several runs are one page, with a row for each candidate of each', async () => {
  const second = await bench(cwd, ['run', 'quickstart', '-c', 'simple', '-o', 'more', '-m', 'reference']);
  expect(second.code, second.stderr).toBe(0);
  const { stdout } = await bench(cwd, ['list', '-o', 'more', '--json']);
  const [{ id }] = JSON.parse(stdout).runs;
  const { code, stderr } = await bench(cwd, ['report', onlyRun(cwd), join('more', id), '-f', 'both.html']);
  expect(code, stderr).toBe(0);
  expect(read('both.html')).toContain('reference');
  expect(read('both.html')).toContain('mistral-small');
});

it('refuses what it cannot read or write, in a sentence', async () => {
  const none = await bench(cwd, ['report', 'nothing']);
  expect([none.code, none.stdout]).toEqual([2, '']);
  expect(none.stderr).toContain('nothing');
  const two = await bench(cwd, ['report', onlyRun(cwd), 'more/latest', '--baseline', 'main']);
  expect([two.code, two.stdout]).toEqual([2, '']);
  const other = await bench(cwd, ['report', 'latest', '--baseline', 'nothing']);
  expect([other.code, other.stdout]).toEqual([2, '']);
  const folder = await bench(cwd, ['report', 'latest', '-f', 'pages']);
  expect(folder.code).toBe(2);
  expect(folder.stderr).toContain('--file: pages is a folder');
});

it('opens the page with what the desktop has for it', async () => {
  const seen = join(cwd, 'opened');
  const browser = join(cwd, 'browser');
  writeFileSync(browser, `#!/bin/sh\nprintf %s "$1" > '${seen}.new' && mv '${seen}.new' '${seen}'\n`);
  chmodSync(browser, 0o755);
  const came = new Promise<void>((resolve) => {
    const watcher = watch(cwd, () => {
      if (!existsSync(seen)) return;
      watcher.close();
      resolve();
    });
  });
  const env = { BROWSER: browser };
  const { code, stderr } = await bench(cwd, ['report', 'latest', '-f', 'my pages/one.html', '--open'], env);
  expect(code, stderr).toBe(0);
  await came;
  expect(readFileSync(seen, 'utf8')).toContain('one.html');
});
