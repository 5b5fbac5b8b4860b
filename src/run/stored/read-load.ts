/** The requests of a stored run, as they came: what `bench serve --record` kept, asked again in a simulation. */
import { join } from 'node:path';
import type { Problem } from '../../domain/errors/diagnostic.js';
import { damaged, readJournal } from '../../journal/journal.js';
import { findRun, JOURNAL_FILE } from '../../journal/run-folder.js';
import type { Files } from '../../world/world.js';

/** `run`: as commands take it. Times are from the first request. */
export async function readLoad(
  run: string,
  out: string,
  files: Files,
): Promise<readonly { readonly atMs: number; readonly model: string }[] | Problem> {
  const folder = await findRun(run, out, files);
  if (typeof folder !== 'string') return folder;
  const sent: { readonly atMs: number; readonly model: string }[] = [];
  try {
    for await (const line of readJournal(join(folder, JOURNAL_FILE), files)) {
      if (line.type !== 'trial') continue;
      const at = line.attempts[0]?.sent_at_ms;
      if (at !== undefined) sent.push({ atMs: at, model: line.candidate });
    }
  } catch (error) {
    return damaged(error);
  }
  if (sent.length === 0) return { code: 'run/not-a-run', problem: `${run} has no requests with their times` };
  const first = Math.min(...sent.map(({ atMs }) => atMs));
  return sent
    .map(({ atMs, model }) => ({ atMs: atMs - first, model }))
    .sort((one, other) => one.atMs - other.atMs);
}
