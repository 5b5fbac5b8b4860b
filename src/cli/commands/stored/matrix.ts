/** `bench matrix <run...>`: the capability matrix again, from the journals of one run or of several. */

import { diagnosticOf } from '../../../domain/errors/diagnostic.js';
import { didYouMean } from '../../../domain/errors/did-you-mean.js';
import { groupings, type RunSummary } from '../../../domain/summary.js';
import { DEFAULT_OUT } from '../../../journal/run-folder.js';
import { reports } from '../../../reports/index.js';
import { embedded } from '../../../reports/markdown.js';
import { withBlock } from '../../../reports/marked-block.js';
import { readSummary } from '../../../run/stored/read-summary.js';
import type { World } from '../../../world/world.js';
import type { Act } from '../../command.js';
import { type ExitCode, exitCodes } from '../../exit.js';
import { type Opening, openCommand } from '../../opening.js';

export const act: Act = async ({ args, flags: typed }, world) => {
  const opening = openCommand({ flags: typed }, world);
  const { flags, json, console, refuse } = opening;
  const format = json ? 'json' : (flags.text('format') ?? 'table');
  const formats = ['table', ...reports.map((known) => known.kind)];
  if (!formats.includes(format)) {
    const near = didYouMean(format, formats);
    const message = `--format takes ${formats.join(', ')}, not "${format}"`;
    return refuse({ code: 'cli/invalid-option', message, ...(near === null ? {} : { help: near }) });
  }
  const by = groupings.find((known) => known === (flags.text('by') ?? 'category'));
  if (by === undefined) {
    const near = didYouMean(flags.text('by') ?? '', [...groupings]);
    const message = `--by takes ${groupings.join(', ')}, not "${flags.text('by')}"`;
    return refuse({ code: 'cli/invalid-option', message, ...(near === null ? {} : { help: near }) });
  }
  const tell = (torn: string) => console.complain(`! ${torn}: skipped\n`);
  const summary = await readSummary(args, flags.text('out') ?? DEFAULT_OUT, by, tell, world);
  if ('problem' in summary) return refuse(diagnosticOf(summary));
  for (const warning of args.length > 1 ? summary.warnings : []) console.say(`! ${warning}\n`);
  const update = flags.text('update');
  const check = flags.text('check');
  if (update !== null && check !== null)
    return refuse({
      code: 'cli/invalid-option',
      message: '--update and --check cannot be combined',
    });
  const document = update ?? check;
  if (document !== null) return keep(document, update !== null, summary, opening, world);
  const chosen = reports.find((known) => known.kind === format);
  if (chosen !== undefined) console.data(chosen.render(summary));
  else {
    const { renderTerminal } = await import('../../../reports/terminal.js');
    console.data(renderTerminal(summary, { colour: console.colour.stdout, columns: console.columns }));
  }
  return exitCodes.done;
};

/** The matrix in a document of the user's: written, or only looked at. */
async function keep(
  path: string,
  writes: boolean,
  summary: RunSummary,
  { console, json, refuse }: Opening,
  { files }: World,
): Promise<ExitCode> {
  if ((await files.kind(path)) !== 'file')
    return refuse({ code: 'document/not-found', message: `there is no file ${path}` });
  const before = await files.readText(path);
  const after = withBlock(before, embedded(summary).join('\n\n'));
  if ('problem' in after)
    return refuse({ code: 'document/no-marks', message: `${path} ${after.problem}`, help: after.help });
  const isSame = before === after.text;
  if (writes && !isSame) await files.writeAtomic(path, after.text);
  if (json) console.json({ file: path, up_to_date: isSame || writes, changed: writes && !isSame });
  else if (writes)
    console.say(`${path} ${isSame ? 'was up to date' : 'has the matrix of'} ${isSame ? '' : summary.id}\n`);
  else if (isSame) console.say(`${path} is up to date\n`);
  else {
    const { createTwoFilesPatch } = await import('diff');
    console.data(
      createTwoFilesPatch(path, `${path} of ${summary.id}`, before, after.text, '', '', { context: 1 }),
    );
    console.complain(`${path} is out of date; update it with: bench matrix ${summary.id} --update ${path}\n`);
  }
  return isSame || writes ? exitCodes.done : exitCodes.gateFailed;
}
