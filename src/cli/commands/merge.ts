/** `bench merge <run...>`: shards, on whatever machines they ran, as one run. */
import { join } from 'node:path';
import { openSumming } from '../../analysis/summarize.js';
import type { RunLine } from '../../domain/record.js';
import { glimpseJournal, JournalError, openJournal, readJournal, textAt } from '../../journal/journal.js';
import { type Merging, merge } from '../../journal/merge.js';
import { DEFAULT_OUT, findRuns, JOURNAL_FILE, runId } from '../../journal/run-folder.js';
import { conclude } from '../../run/start.js';
import type { Reading, World } from '../../world/world.js';
import type { Act } from '../command.js';
import { exitCodes } from '../exit.js';
import { openCommand } from '../opening.js';

export const act: Act = async ({ args, flags: typed }, world) => {
  const { flags, json, console, refuse } = openCommand({ flags: typed }, world);
  const { files } = world;
  const out = flags.text('out') ?? DEFAULT_OUT;
  const paths = await findRuns(args, out, files);
  if ('problem' in paths) return refuse({ message: paths.problem });
  const opened: Reading[] = [];
  try {
    const inputs: Merging[] = [];
    for (const path of paths) {
      const file = files.openToRead(join(path, JOURNAL_FILE));
      opened.push(file);
      const lines = glimpseJournal(join(path, JOURNAL_FILE), files, ({ torn }) => {
        if (torn !== null) console.complain(`! ${torn}: it was left out\n`);
      });
      inputs.push({ path, lines, textAt: (from, bytes) => textAt(file.read(from, bytes)) });
    }
    const merged = await merge(inputs, (run, started) =>
      runId(started.slice(0, 10), run.suites[0]?.name ?? '', run.whole?.slice(0, 4) ?? ''),
    );
    if ('problem' in merged) return refuse({ message: merged.problem });
    const id = await freeId(merged.run.id, merged.run, out, world);
    const path = join(out, id);
    await files.makeFolder(path);
    const partial = join(path, `${JOURNAL_FILE}.partial`);
    await files.remove(partial);
    const summing = openSumming();
    const journal = await openJournal(partial, files, (text) => text, summing.take);
    try {
      // They are written in their order; only so many may wait.
      let written = 0;
      for await (const line of merged.lines) {
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
    const summary = await conclude({ path }, (text) => text, world, summing.end());
    const missing = merged.missing.map((index) => `${index}/${merged.of}`);
    if (json) console.json({ id, complete: merged.complete, missing, trials: summary.totals.trials });
    else {
      const of = missing.length === 0 ? '' : `; missing: ${missing.join(', ')}`;
      console.data(
        `${id}  ${summary.totals.trials} of ${merged.run.whole_trials ?? summary.totals.planned} trials of ${paths.length} ${paths.length === 1 ? 'run' : 'runs'}${of}\n`,
      );
      console.say(
        `\n  results     ${path}/\n  this table  bench matrix ${id}${out === DEFAULT_OUT ? '' : ` -o ${out}`}\n`,
      );
    }
    return merged.complete ? exitCodes.done : exitCodes.notEnoughMeasured;
  } catch (error) {
    if (error instanceof JournalError) return refuse({ message: error.message });
    throw error;
  } finally {
    for (const file of opened) file.close();
  }
};

const LINES_THAT_WAIT = 1_000;

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
