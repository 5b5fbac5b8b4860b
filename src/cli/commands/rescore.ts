/** `bench rescore <run>`: its answers through today's extraction and scorers, and which verdicts that changes. */
import { redactor } from '../../domain/redact.js';
import { DEFAULT_OUT, findRun, readRunLine } from '../../journal/run-folder.js';
import { optionsOf } from '../../run/command-record.js';
import { readRunRequest } from '../../run/request.js';
import { openRun } from '../../run/start.js';
import type { Act } from '../command.js';
import { exitCodes } from '../exit.js';
import { openCommand } from '../opening.js';
import { startProgress } from '../progress.js';
import { changedLines, resumeLine, unwrittenText } from '../run-words.js';

export const act: Act = async (typed, world) => {
  const { flags, json, console: plain, refuse, redacted } = openCommand(typed, world);
  const [word = 'latest'] = typed.args;
  const out = flags.text('out') ?? DEFAULT_OUT;
  const path = await findRun(word, out, world.files);
  if (typeof path !== 'string') return refuse({ message: path.problem });
  const stored = await readRunLine(path, world.files);
  if ('problem' in stored) return refuse({ message: stored.problem });
  const { command, settings, id } = stored;
  if (command === undefined) {
    return refuse({
      message: `${id} was made by an older bench, which did not write down its suites`,
      mend: `bench run <suite> --replay ${id} -m <its candidates>`,
    });
  }
  const { baseline: _, gate: __, ...options } = optionsOf(command);
  const own = { reports: [], failUnder: [], out, seed: settings.seed, replay: path };
  const config = flags.text('config');
  const read = await readRunRequest(
    { ...options, ...own, ...(config === null ? {} : { config }) },
    world,
    false,
  );
  if (!read.ok) return refuse(...read.diagnostics);
  const run = await openRun(read.value, world);
  if ('problem' in run) return refuse({ message: run.problem });
  const console = redacted(redactor(read.value.secrets));
  const { stderr } = world.terminal;
  const progress = await startProgress({
    console,
    live: stderr.isTTY,
    columns: stderr.columns,
    log: null,
    runClock: run.clock,
    clock: world.clock,
  });
  let result: Awaited<ReturnType<typeof run.carryOut>>;
  try {
    result = await run.carryOut(progress.on);
  } finally {
    progress.stop();
  }
  if ('unwritten' in result) {
    if (json) plain.json({ mistakes: [{ message: result.unwritten }], run: run.folder.id });
    console.complain(unwrittenText(result.unwritten, run.folder.id, out));
    return world.interrupted.aborted ? exitCodes.interrupted : exitCodes.notEnoughMeasured;
  }
  const { summary, changed } = result;
  const rescored = { id: summary.id, of: id, answers: summary.totals.trials, changed };
  if (json) plain.json(rescored);
  else {
    console.data(changedLines(rescored, plain.columns));
    const elsewhere = out === DEFAULT_OUT ? '' : ` -o ${out}`;
    const next = summary.complete
      ? `as a whole  bench compare ${id} ${summary.id} --allow-mismatch${elsewhere}`
      : `to go on    ${resumeLine(summary.id, out)}`;
    console.say(`\n  results     ${run.folder.path}/\n  ${next}\n`);
  }
  return world.interrupted.aborted
    ? exitCodes.interrupted
    : summary.complete
      ? exitCodes.done
      : exitCodes.notEnoughMeasured;
};
