/** What lies beside the code: the package's version, the shipped suites, room for caches. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { World } from '../world/world.js';

// src/run and dist/run are equally deep.
const root = new URL('../../', import.meta.url);

export const shippedSuites = fileURLToPath(new URL('suites', root));

export function packageVersion(): string {
  const read: unknown = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
  return typeof read === 'object' && read !== null && 'version' in read ? String(read.version) : '';
}

/** For what is made once per install: beside the package where that can be written, else the user's own cache. */
export function cacheFolders(env: World['env']): string[] {
  const own = fileURLToPath(new URL('dist/.cache', root));
  const home = env['XDG_CACHE_HOME'] ?? (env['HOME'] === undefined ? undefined : `${env['HOME']}/.cache`);
  const users = home ?? env['LOCALAPPDATA'];
  return users === undefined ? [own] : [own, `${users}/codegen-bench`];
}

/** For what is remembered between runs, as the XDG Base Directory Specification has it; null where there is no home. */
export function stateFolder(env: World['env']): string | null {
  const home =
    env['XDG_STATE_HOME'] ?? (env['HOME'] === undefined ? undefined : `${env['HOME']}/.local/state`);
  const base = home ?? env['LOCALAPPDATA'];
  return base === undefined ? null : `${base}/codegen-bench`;
}
