/** Shards, on whatever machines they ran, as one run. */
import { join } from 'node:path';
import { openSumming } from '../../analysis/summarize.js';
import type { Problem } from '../../domain/errors/diagnostic.js';
import type { RunLine } from '../../domain/record.js';
import type { RunSummary } from '../../domain/summary.js';
import { damaged, glimpseJournal, openJournal, readJournal, textAt } from '../../journal/journal.js';
import { type Merging, merge } from '../../journal/merge.js';
import { findRuns, JOURNAL_FILE, runId } from '../../journal/run-folder.js';
import type { Reading, World } from '../../world/world.js';
import { conclude } from '../write-reports.js';

export interface MergedRun {
  readonly id: string;
  /** Its folder. */
  readonly path: string;
  /** Runs that were merged. */
  readonly runs: number;
  /** False if a shard is missing, or a trial of one. */
  readonly complete: boolean;
  /** Shards that are missing: `3/7`. */
  readonly missing: readonly string[];
  /** Trials of the whole. */
  readonly planned: number;
  readonly summary: RunSummary;
}

/** `words`: runs, as commands take them. `warn`: of a torn last line, which is left out. */
export async function mergeRuns(
  words: readonly string[],
  out: string,
  warn: (torn: string) => void,
  world: Pick<World, 'files'>,
): Promise<MergedRun | Problem> {
  const { files } = world;
  const paths = await findRuns(words, out, files);
  if ('problem' in paths) return paths;
  const opened: Reading[] = [];
  try {
    const inputs = paths.map((path): Merging => {
      const file = files.openToRead(join(path, JOURNAL_FILE));
      opened.push(file);
      const lines = glimpseJournal(join(path, JOURNAL_FILE), files, ({ torn }) => {
        if (torn !== null) warn(torn);
      });
      return { path, lines, textAt: (from, bytes) => textAt(file.read(from, bytes)) };
    });
    const merged = await merge(inputs, (run, started) =>
      runId(started.slice(0, 10), run.suites[0]?.name ?? '', run.whole?.slice(0, 4) ?? ''),
    );
    if ('problem' in merged) return merged;
    const id = await freeId(merged.run.id, merged.run, out, world);
    const path = join(out, id);
    const summary = await write(merged, id, path, world);
    return {
      id,
      path,
      runs: paths.length,
      complete: merged.complete,
      missing: merged.missing.map((index) => `${index}/${merged.of}`),
      planned: merged.run.whole_trials ?? summary.totals.planned,
      summary,
    };
  } catch (error) {
    return damaged(error);
  } finally {
    for (const file of opened) file.close();
  }
}

type Merged = Exclude<Awaited<ReturnType<typeof merge>>, Problem>;

const LINES_THAT_WAIT = 1_000;

async function write(
  { lines }: Merged,
  id: string,
  path: string,
  world: Pick<World, 'files'>,
): Promise<RunSummary> {
  const { files } = world;
  await files.makeFolder(path);
  const partial = join(path, `${JOURNAL_FILE}.partial`);
  await files.remove(partial);
  const summing = openSumming();
  const journal = await openJournal(partial, files, (text) => text, summing.take);
  try {
    // Lines are written in their order; this many may wait for the disk.
    let written = 0;
    for await (const line of lines) {
      const writing =
        line.type === 'copied'
          ? journal.copy(line)
          : journal.append(line.type === 'run' ? { ...line, id } : line);
      if (++written % LINES_THAT_WAIT === 0 || line.type === 'end') await writing;
      else writing.catch(() => {});
    }
  } finally {
    await journal.close();
  }
  await files.rename(partial, join(path, JOURNAL_FILE));
  return conclude({ path }, (text) => text, world, summing.end());
}

/**
 * What was merged before is made anew, unless it holds parts that these runs do not; a run that asked models is never
 * written over.
 */
async function freeId(
  id: string,
  merged: RunLine,
  out: string,
  { files }: Pick<World, 'files'>,
): Promise<string> {
  const parts = new Set(merged.parts?.map((part) => part.id) ?? []);
  for (let number = 1; ; number++) {
    const tried = number === 1 ? id : `${id}-merged${number === 2 ? '' : `-${number - 1}`}`;
    const path = join(out, tried);
    if ((await files.kind(path)) === 'none') return tried;
    const journal = join(path, JOURNAL_FILE);
    if ((await files.kind(journal)) !== 'file') continue;
    for await (const line of readJournal(journal, files)) {
      const isLess = line.type === 'run' && line.parts?.some((part) => !parts.has(part.id));
      if (line.type === 'run' && line.parts !== undefined && !isLess) return tried;
      break;
    }
  }
}
