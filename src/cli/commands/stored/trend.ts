/** `bench trend [run...]`: candidates over their runs in time, and what changed for more than chance. */
import { DEFAULT_OUT } from '../../../journal/run-folder.js';
import { renderTrend } from '../../../reports/trend.js';
import { readHistory } from '../../../run/stored/read-history.js';
import type { Act } from '../../command.js';
import { exitCodes } from '../../exit.js';
import { openCommand } from '../../opening.js';

const ALPHA = 0.05;

export const act: Act = async ({ args, flags: typed }, world) => {
  const { flags, json, console, refuse } = openCommand({ flags: typed }, world);
  const alphaText = flags.text('alpha');
  const alpha = alphaText === null ? ALPHA : Number(alphaText);
  if (!(alpha > 0 && alpha < 1)) flags.mistake(`--alpha takes a share between 0 and 1, not "${alphaText}"`);
  if (flags.mistakes.length > 0) return refuse();
  const options = {
    runs: args,
    candidates: flags.texts('model'),
    alpha,
    includePartial: flags.on('includePartial'),
    out: flags.text('out') ?? DEFAULT_OUT,
  };
  const found = await readHistory(options, (text) => console.complain(`! ${text}\n`), world);
  if (!found.ok) return refuse(...found.diagnostics);
  if (json) console.json(found.value);
  else console.data(renderTrend(found.value, { colour: console.colour.stdout, columns: console.columns }));
  return exitCodes.done;
};
