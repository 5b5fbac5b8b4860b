/** `bench compare <baseline> <run>`: did a candidate get worse? Exits 1 if one did, 3 if the result is inconclusive. */
import { DEFAULT_OUT } from '../../../journal/run-folder.js';
import { renderComparison } from '../../../reports/comparison.js';
import { compareRuns } from '../../../run/stored/compare-runs.js';
import type { Act } from '../../command.js';
import { readCompareFlags } from '../../compare-flags.js';
import { comparisonCode } from '../../exit.js';
import { openCommand } from '../../opening.js';

export const act: Act = async ({ args, flags: typed }, world) => {
  const { flags, json, console, refuse } = openCommand({ flags: typed }, world);
  const { settings, allowMismatch, allowInconclusive } = readCompareFlags(flags);
  if (flags.mistakes.length > 0) return refuse();
  const [baseline = '', run = 'latest'] = args;
  const options = { baseline, run, settings, allowMismatch, out: flags.text('out') ?? DEFAULT_OUT };
  const compared = await compareRuns(options, (text) => console.complain(`! ${text}\n`), world);
  if (!compared.ok) return refuse(...compared.diagnostics);
  const comparison = compared.value;
  if (json) console.json(comparison);
  else {
    const style = { colour: console.colour.stdout, columns: console.columns };
    console.data(renderComparison(comparison, style));
  }
  return comparisonCode(comparison.verdict, allowInconclusive);
};
