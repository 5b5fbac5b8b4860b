/** Which cases have been proved on this machine, by their hashes: a run of the same suite does not prove them again. */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { harnessFiles } from '../../grading/harness.js';
import type { Files } from '../../world/world.js';

export interface ProvedCases {
  has(hash: string): boolean;
  /** Kept for later runs, where that is possible. */
  add(hashes: readonly string[]): Promise<void>;
}

/** `folders`: the first that can be written is taken. Another version of the sandboxes begins anew. */
export async function openProvedCases(
  folders: readonly string[],
  surroundings: readonly string[],
  files: Files,
): Promise<ProvedCases> {
  const name = `proved-${await sandboxVersion(files, surroundings)}.txt`;
  const known = new Set<string>();
  for (const folder of folders) {
    const path = join(folder, name);
    if ((await files.kind(path)) !== 'file') continue;
    for await (const line of files.lines(path)) known.add(line);
  }
  return {
    has: (hash) => known.has(hash),
    async add(hashes) {
      for (const hash of hashes) known.add(hash);
      if (hashes.length === 0) return;
      for (const folder of folders) {
        try {
          await files.makeFolder(folder);
          const file = await files.appendTo(join(folder, name));
          await file.append(`${hashes.join('\n')}\n`);
          await file.close();
          return;
        } catch {
          // Not writable: the next folder is, or the cases are proved again.
        }
      }
    },
  };
}

/** Raised with any change of what is found in cases. */
const RULES = 1;

/** Of everything that could judge the same case otherwise. */
async function sandboxVersion(files: Files, surroundings: readonly string[]): Promise<string> {
  const require = createRequire(import.meta.url);
  // What one of them exports is its code alone.
  const quickjs = join(dirname(dirname(require.resolve('quickjs-emscripten-core'))), 'package.json');
  const packages = [require.resolve('pyodide/package.json'), quickjs];
  const hash = createHash('sha256').update(`${RULES} ${process.version}`);
  for (const path of [...(await harnessFiles(files)), ...packages]) hash.update(await files.readText(path));
  for (const one of surroundings) hash.update(one);
  return hash.digest('hex').slice(0, 12);
}
