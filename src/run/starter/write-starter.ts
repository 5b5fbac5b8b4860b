/** Writes a new project's files; nothing that exists is overwritten. */
import { dirname } from 'node:path';
import type { Files } from '../../world/world.js';
import { ignoredLines, type StarterChoice, starterFiles } from './starter-files.js';

export interface WrittenStarter {
  readonly written: readonly string[];
  /** They were there, and are as they were. */
  readonly kept: readonly string[];
}

const IGNORE = '.gitignore';

export async function writeStarter(choice: StarterChoice, files: Files): Promise<WrittenStarter> {
  const written: string[] = [];
  const kept: string[] = [];
  for (const { path, text } of starterFiles(choice)) {
    if ((await files.kind(path)) !== 'none') {
      kept.push(path);
      continue;
    }
    await files.makeFolder(dirname(path));
    // Somebody else may write it at the same time: theirs stays.
    if (await files.createNew(path, text)) written.push(path);
    else kept.push(path);
  }
  const ignore = await ignoreText(files);
  if (ignore === null) kept.push(IGNORE);
  else {
    await files.writeAtomic(IGNORE, ignore);
    written.push(IGNORE);
  }
  return { written, kept };
}

/** The file with the lines that are missing; null: none is. */
async function ignoreText(files: Files): Promise<string | null> {
  const before = (await files.kind(IGNORE)) === 'file' ? await files.readText(IGNORE) : '';
  const known = new Set(before.split(/\r?\n/).map((line) => line.trim()));
  const missing = ignoredLines.filter((line) => !known.has(line));
  if (missing.length === 0) return null;
  const gap = before === '' || before.endsWith('\n') ? '' : '\n';
  return `${before}${gap}${missing.join('\n')}\n`;
}
