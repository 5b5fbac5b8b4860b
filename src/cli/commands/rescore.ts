/** `bench rescore <run>`: its answers through today's extraction and scorers, and which verdicts that changes. */
import { diagnosticOf } from '../../domain/errors/diagnostic.js';
import { redactor } from '../../domain/redact.js';
import { DEFAULT_OUT, findRun, readRunLine } from '../../journal/run-folder.js';
import { openRun } from '../../run/open-run.js';
import { optionsOf } from '../../run/request/command-record.js';
import { readRunRequest } from '../../run/request/read-request.js';
import type { Act } from '../command.js';
import { exitCodes } from '../exit.js';
import { openCommand } from '../opening.js';
import { changedLines, resumeLine } from '../run-messages.js';
import { carryOut } from '../run-with-progress.js';

export const act: Act = async (typed, world) => {
  const { flags, json, console: plain, refuse, redacted } = openCommand(typed, world);
  const [word = 'latest'] = typed.args;
  const out = flags.text('out') ?? DEFAULT_OUT;
  const path = await findRun(word, out, world.files);
  if (typeof path !== 'string') return refuse(diagnosticOf(path));
  const stored = await readRunLine(path, world.files);
  if ('problem' in stored) return refuse(diagnosticOf(stored));
  const { command, settings, id } = stored;
  if (command === undefined) {
    return refuse({
      code: 'run/too-old',
      message: `${id} was made by an older bench and cannot be rescored`,
      help: `bench run <suite> --replay ${id} -m <its candidates>`,
    });
  }
  const { baseline: _, gate: __, ...options } = optionsOf(command);
  const own = { reports: [], failUnder: [], out, seed: settings.seed, replay: path };
  const config = flags.text('config');
  const read = await readRunRequest(
    { ...options, ...own, allowOutside: flags.on('allowOutside'), ...(config === null ? {} : { config }) },
    world,
    false,
  );
  if (!read.ok) return refuse(...read.diagnostics);
  const run = await openRun(read.value, world);
  if ('problem' in run) return refuse(diagnosticOf(run));
  const console = redacted(redactor(read.value.secrets));
  const result = await carryOut(run, { console, json, log: null, out, on: () => {} }, world);
  if (typeof result === 'number') return result;
  const { summary, changed } = result;
  const rescored = { id: summary.id, of: id, answers: summary.totals.trials, changed };
  if (json) plain.json(rescored);
  else {
    console.data(changedLines(rescored, plain.columns));
    const elsewhere = out === DEFAULT_OUT ? '' : ` -o ${out}`;
    const next = summary.complete
      ? `as a whole  bench compare ${id} ${summary.id} --allow-mismatch${elsewhere}`
      : `resume      ${resumeLine(summary.id, out)}`;
    console.say(`\n  results     ${run.folder.path}/\n  ${next}\n`);
  }
  return world.interrupted.aborted
    ? exitCodes.interrupted
    : summary.complete
      ? exitCodes.done
      : exitCodes.notEnoughMeasured;
};
