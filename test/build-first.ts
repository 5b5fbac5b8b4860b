/** Tests of the command run what was built: it is built again here if a source is newer. */
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

export default function buildFirst(): void {
  const built = statSync(join(root, 'dist/command/main.js'), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const newest = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(root, 'src', name)))
    .filter((stat) => stat.isFile())
    .reduce((latest, { mtimeMs }) => Math.max(latest, mtimeMs), 0);
  if (newest > built) execFileSync('npm', ['run', '-s', 'build'], { cwd: root, stdio: 'inherit' });
}
