/** `bench merge <run...>`: shards, on whatever machines they ran, as one run. */
import { diagnosticOf } from '../../../domain/errors/diagnostic.js';
import { DEFAULT_OUT } from '../../../journal/run-folder.js';
import { mergeRuns } from '../../../run/stored/merge-runs.js';
import type { Act } from '../../command.js';
import { exitCodes } from '../../exit.js';
import { openCommand } from '../../opening.js';

export const act: Act = async ({ args, flags: typed }, world) => {
  const { flags, json, console, refuse } = openCommand({ flags: typed }, world);
  const out = flags.text('out') ?? DEFAULT_OUT;
  const warn = (torn: string) => console.complain(`! ${torn}: skipped\n`);
  const merged = await mergeRuns(args, out, warn, world);
  if ('problem' in merged) return refuse(diagnosticOf(merged));
  const { id, path, runs, complete, missing, planned, summary } = merged;
  const { trials } = summary.totals;
  if (json) console.json({ id, complete, missing, trials });
  else {
    const lacking = missing.length === 0 ? '' : `; missing: ${missing.join(', ')}`;
    console.data(
      `${id}  ${trials} of ${planned} trials of ${runs} ${runs === 1 ? 'run' : 'runs'}${lacking}\n`,
    );
    console.say(
      `\n  results     ${path}/\n  this table  bench matrix ${id}${out === DEFAULT_OUT ? '' : ` -o ${out}`}\n`,
    );
  }
  return complete ? exitCodes.done : exitCodes.notEnoughMeasured;
};
