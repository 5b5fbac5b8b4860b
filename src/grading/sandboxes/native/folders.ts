/** Folders of this machine that native sandboxes are given. */
import { dirname, join } from 'node:path';
import type { SandboxEdges } from '../sandbox.js';
import { NoNativeSandbox } from './bubblewrap.js';

/** The first cache folder that can be written, and this name in it; it is there then. Rejects with NoNativeSandbox. */
export async function writableFolder(
  { files, cacheFolders }: Pick<SandboxEdges, 'files' | 'cacheFolders'>,
  name: string,
): Promise<string> {
  for (const folder of cacheFolders.map((one) => join(one, name))) {
    try {
      await files.makeFolder(folder);
      await files.writeAtomic(
        join(folder, 'about'),
        'Made by bench for native sandboxes, to be deleted at will.\n',
      );
      return folder;
    } catch {
      // The next one is.
    }
  }
  throw new NoNativeSandbox(
    `native sandboxes need a folder to write in: ${cacheFolders.join(', ')} cannot be written`,
  );
}

let placed = 0;

/** Files in a folder of their own, by path; to be removed after use. */
export async function placeFiles(
  { files, processes }: Pick<SandboxEdges, 'files' | 'processes'>,
  within: string,
  given: Readonly<Record<string, string>>,
): Promise<string> {
  placed += 1;
  const folder = join(within, `given-${processes.pid}-${placed}`);
  for (const [path, text] of Object.entries(given)) {
    await files.makeFolder(dirname(join(folder, path)));
    await files.writeAtomic(join(folder, path), text);
  }
  return folder;
}
