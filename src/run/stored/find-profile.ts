/** Words for what is compared -> what comparisons need of it. */
import { join } from 'node:path';
import { profile } from '../../analysis/profile.js';
import type { RunProfile } from '../../domain/comparison.js';
import type { Problem } from '../../domain/errors/diagnostic.js';
import { baselineFile, baselineNameTrouble, listBaselines, readBaseline } from '../../journal/baseline.js';
import { damaged, readJournal } from '../../journal/journal.js';
import { findRun, JOURNAL_FILE } from '../../journal/run-folder.js';
import type { Files } from '../../world/world.js';

export interface FoundProfile {
  readonly profile: RunProfile;
  /** The baseline's; null for a run. */
  readonly name: string | null;
  /** What is wrong with the last line of its journal, which was left out. */
  readonly torn: string | null;
}

/** `2031-…: 12 of 48 trials have ended`. */
export function partialText(id: string, { trials, planned }: NonNullable<RunProfile['partial']>): string {
  return `${id} is not complete, ${trials} of ${planned} trials have ended`;
}

/** A baseline by name or by file, or a run by any of its words. */
export async function findProfile(word: string, out: string, files: Files): Promise<FoundProfile | Problem> {
  const isName = baselineNameTrouble(word) === null;
  const paths = [...(isName ? [baselineFile(out, word)] : []), ...(word.endsWith('.json') ? [word] : [])];
  for (const path of paths) {
    if ((await files.kind(path)) !== 'file') continue;
    const read = await readBaseline(path, files);
    if ('problem' in read) return read;
    return {
      profile: read,
      name: path === word ? (word.split(/[\\/]/).at(-1) ?? word).slice(0, -5) : word,
      torn: null,
    };
  }
  const folder = await findRun(word, out, files);
  if (typeof folder !== 'string') {
    const names = await listBaselines(out, files);
    return names.length === 0 ? folder : { ...folder, help: `baselines are ${names.join(', ')}` };
  }
  try {
    let torn: string | null = null;
    const journal = readJournal(join(folder, JOURNAL_FILE), files, (end) => {
      torn = end.torn;
    });
    const found = await profile(journal);
    return found === null
      ? { code: 'run/not-a-run', problem: `${folder}: no run in there` }
      : { profile: found, name: null, torn };
  } catch (error) {
    return damaged(error);
  }
}
