/** `bench matrix <run...>`: the capability matrix again, from the journals of one run or of several. */
import { join } from 'node:path';
import { combined } from '../../analysis/combine.js';
import { summarize } from '../../analysis/summarize.js';
import type { RunSummary } from '../../domain/record.js';
import { JournalError, readJournal } from '../../journal/journal.js';
import { DEFAULT_OUT, findRun, JOURNAL_FILE } from '../../journal/run-folder.js';
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
  const summary = await summaryOf(args, flags.text('out') ?? DEFAULT_OUT, world);
  if ('problem' in summary) return refuse({ message: summary.problem });
  for (const warning of args.length > 1 ? summary.warnings : []) console.say(`! ${warning}\n`);
  const chosen = reports.find((known) => known.kind === format);
  if (chosen !== undefined) console.data(chosen.render(summary));
  else {
    const { renderTerminal } = await import('../../reports/terminal.js');
    console.data(renderTerminal(summary, { colour: console.colour.stdout, columns: console.columns }));
  }
  return exitCodes.done;
};

async function summaryOf(
  words: readonly string[],
  out: string,
  { files }: World,
): Promise<RunSummary | { readonly problem: string }> {
  const folders = new Set<string>();
  for (const word of words) {
    const folder = await findRun(word, out, files);
    if (typeof folder !== 'string') return folder;
    folders.add(folder);
  }
  try {
    const journals = [...folders].map((folder) => readJournal(join(folder, JOURNAL_FILE), files));
    return (await summarize(combined(journals))) ?? { problem: `${words.join(', ')}: no run in there` };
  } catch (error) {
    if (error instanceof JournalError) return { problem: error.message };
    throw error;
  }
}
