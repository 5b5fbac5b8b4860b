/** `bench rescore <run>`: its answers through today's extraction and scorers, and which verdicts that changes. */
import { redactor } from '../../../domain/redact.js';
import { DEFAULT_OUT } from '../../../journal/run-folder.js';
import { openRescore } from '../../../run/stored/rescore-run.js';
import type { Act } from '../../command.js';
import { exitCodes } from '../../exit.js';
import { openCommand } from '../../opening.js';
import { changedLines, resumeLine } from '../../run-messages.js';
import { carryOut } from '../../run-with-progress.js';

export const act: Act = async (typed, world) => {
  const { flags, json, console: plain, refuse, redacted } = openCommand(typed, world);
  const [word = 'latest'] = typed.args;
  const out = flags.text('out') ?? DEFAULT_OUT;
  const options = { run: word, out, config: flags.text('config'), allowOutside: flags.on('allowOutside') };
  const opened = await openRescore(options, world);
  if (!opened.ok) return refuse(...opened.diagnostics);
  const { run, of, secrets } = opened.value;
  const console = redacted(redactor(secrets));
  const result = await carryOut(run, { console, json, log: null, out, on: () => {} }, world);
  if (typeof result === 'number') return result;
  const { summary, changed } = result;
  const rescored = { id: summary.id, of, answers: summary.totals.trials, changed };
  if (json) plain.json(rescored);
  else {
    console.data(changedLines(rescored, plain.columns));
    const elsewhere = out === DEFAULT_OUT ? '' : ` -o ${out}`;
    const next = summary.complete
      ? `as a whole  bench compare ${of} ${summary.id} --allow-mismatch${elsewhere}`
      : `resume      ${resumeLine(summary.id, out)}`;
    console.say(`\n  results     ${run.folder.path}/\n  ${next}\n`);
  }
  return world.interrupted.aborted
    ? exitCodes.interrupted
    : summary.complete
      ? exitCodes.done
      : exitCodes.notEnoughMeasured;
};
