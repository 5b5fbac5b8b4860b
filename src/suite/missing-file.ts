import { basename, dirname, join } from 'node:path';
import type { Diagnostic } from '../domain/diagnostic.js';
import type { Files } from '../world/world.js';
import { didYouMean } from './suggest.js';

/** A path that a file names, and nothing is there: what is near it, or where it was looked for. */
export async function missingFile(
  named: string,
  /** The file that names it. */
  namedBy: string,
  files: Files,
): Promise<Pick<Diagnostic, 'message'> & { readonly mend: string }> {
  const folder = dirname(namedBy);
  const beside = await files.list(join(folder, dirname(named)));
  const kind = await files.kind(join(folder, named));
  if (kind === 'folder' || kind === 'other') {
    return {
      message: `${named} is ${kind === 'folder' ? 'a folder' : 'no regular file'}`,
      mend: 'name a file',
    };
  }
  const mend =
    didYouMean(basename(named), beside) ??
    `paths are relative to ${folder === '.' ? basename(namedBy) : folder}`;
  return { message: `there is no file ${named}`, mend };
}
