/** `bench matrix <run>`: the capability matrix again, from the run's journal. */
import { join } from 'node:path';
import { summarize } from '../../analysis/summarize.js';
import type { RunSummary } from '../../domain/record.js';
import { JournalError, readJournal } from '../../journal/journal.js';
import { findRun, JOURNAL_FILE } from '../../journal/run-folder.js';
import { reports } from '../../reports/index.js';
import { didYouMean } from '../../suite/suggest.js';
import type { World } from '../../world/world.js';
import type { Act } from '../command.js';
import { exitCodes } from '../exit.js';
import { openCommand } from '../opening.js';

export const act: Act = async ({ args, flags: typed }, world) => {
  const { flags, json, console, refuse } = openCommand({ flags: typed }, world);
  const format = json ? 'json' : (flags.text('format') ?? 'table');
  const formats = ['table', ...reports.map((known) => known.kind)];
  if (!formats.includes(format)) {
    const near = didYouMean(format, formats);
    const message = `--format takes ${formats.join(', ')}, not "${format}"`;
    return refuse({ message, ...(near === null ? {} : { mend: near }) });
  }
  const summary = await summaryOf(args[0] ?? 'latest', flags.text('out') ?? 'results', world);
  if ('problem' in summary) return refuse({ message: summary.problem });
  const chosen = reports.find((known) => known.kind === format);
  if (chosen !== undefined) console.data(chosen.render(summary));
  else {
    const { renderTerminal } = await import('../../reports/terminal.js');
    console.data(renderTerminal(summary, { colour: console.colour.stdout, columns: console.columns }));
  }
  return exitCodes.done;
};

async function summaryOf(
  word: string,
  out: string,
  { files }: World,
): Promise<RunSummary | { readonly problem: string }> {
  const folder = await findRun(word, out, files);
  if (typeof folder !== 'string') return folder;
  try {
    const summary = await summarize(readJournal(join(folder, JOURNAL_FILE), files));
    return summary ?? { problem: `${folder} has no run in it` };
  } catch (error) {
    if (error instanceof JournalError) return { problem: error.message };
    throw error;
  }
}
