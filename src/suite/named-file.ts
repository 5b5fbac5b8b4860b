/** Files that a suite or bench.yaml names: found, or what to write instead. */
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import type { Diagnostic } from '../domain/errors/diagnostic.js';
import { didYouMean } from '../domain/errors/did-you-mean.js';
import type { Files } from '../world/world.js';

export type NamedFile =
  | { readonly path: string }
  | (Pick<Diagnostic, 'code' | 'message'> & { readonly help: string });

/**
 * `named` is relative to the file that names it. `within`: folders that it must lie in, links followed; null: it may lie
 * anywhere. What a suite reads is sent to models, so a suite of somebody else must not name files that are not its own.
 */
export async function namedFile(
  named: string,
  namedBy: string,
  files: Files,
  within: readonly string[] | null = null,
): Promise<NamedFile> {
  const folder = dirname(namedBy);
  const path = join(folder, named);
  const kind = await files.kind(path);
  if (kind === 'folder' || kind === 'other') {
    return {
      code: 'suite/file-not-found',
      message: `${named} is ${kind === 'folder' ? 'a folder' : 'no regular file'}`,
      help: 'name a file',
    };
  }
  if (kind === 'none') {
    const beside = await files.list(join(folder, dirname(named)));
    const help =
      didYouMean(basename(named), beside) ??
      `paths are relative to ${folder === '.' ? basename(namedBy) : folder}`;
    return { code: 'suite/file-not-found', message: `there is no file ${named}`, help };
  }
  if (within !== null && !(await liesWithin(path, within, files))) {
    return {
      code: 'suite/file-outside',
      message: `${named} is outside the suite's folder`,
      help: 'move it into that folder, or add --allow-outside if you trust this suite',
    };
  }
  return { path };
}

async function liesWithin(path: string, folders: readonly string[], files: Files): Promise<boolean> {
  const real = await files.realPath(path);
  for (const folder of folders) {
    const below = relative(await files.realPath(folder), real);
    if (below !== '..' && !below.startsWith('../') && !below.startsWith('..\\') && !isAbsolute(below))
      return true;
  }
  return false;
}
