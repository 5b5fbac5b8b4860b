/** `bench run`: ask every candidate, run and score the answers, write the run's folder, show the matrix. */
import { redactor } from '../../domain/redact.js';
import { type RunRequest, readRunRequest } from '../../run/request.js';
import { openLedger, openRun, type RunResult } from '../../run/start.js';
import type { World } from '../../world/world.js';
import type { Act } from '../command.js';
import type { Console } from '../console.js';
import { comparisonCode, type ExitCode, exitCodeOf, exitCodes } from '../exit.js';
import { openCommand } from '../opening.js';
import { startProgress } from '../progress.js';
import { readRunFlags } from '../run-flags.js';
import { linesAfter, linesBefore } from '../run-words.js';

export const act: Act = async (typed, world) => {
  const { flags, json, console: plain, refuse, redacted } = openCommand(typed, world);
  const { options, mistakes } = readRunFlags(typed);
  const isDry = flags.on('dryRun');
  const logFormat = flags.text('logFormat') ?? 'text';
  if (logFormat !== 'text' && logFormat !== 'json') {
    return refuse(...mistakes, { message: `--log-format takes text or json, not "${logFormat}"` });
  }
  const read = await readRunRequest(options, world, !isDry);
  if (!read.ok) return refuse(...mistakes, ...read.diagnostics);
  if (mistakes.length > 0) return refuse(...mistakes);
  const request = read.value;
  if (isDry) return tryDry(request, json, plain, world);

  const run = await openRun(request, world);
  if ('problem' in run) return refuse({ message: run.problem, mend: 'name another folder with -o' });
  const console = redacted(redactor(request.secrets));
  console.say(linesBefore(request, run.folder.path, world.terminal.stderr.columns));
  const progress = await startProgress({
    console,
    live: world.terminal.stderr.isTTY,
    columns: world.terminal.stderr.columns,
    log: flags.on('verbose') ? logFormat : null,
    runClock: run.clock,
    clock: world.clock,
  });
  /** The first failure by name: a hint that is the same in every run of one story. */
  let look: string | null = null;
  let result: RunResult;
  try {
    result = await run.carryOut((event) => {
      progress.on(event);
      if (event.kind !== 'trial-ended' || event.record.verdict !== 'failed') return;
      const name = `${event.record.category}/${event.record.case}`;
      if (look === null || name < look) look = name;
    });
  } finally {
    progress.stop();
  }
  const { summary, gates, comparison } = result;
  if (json) console.json(comparison === null ? summary : { ...summary, comparison });
  else {
    const { renderTerminal } = await import('../../reports/terminal.js');
    const { colour, columns } = console;
    const style = { colour: colour.stdout, columns };
    console.data(`\n${renderTerminal(summary, style)}`);
    if (comparison !== null) {
      const { renderComparison } = await import('../../reports/comparison.js');
      console.data(`\n${renderComparison(comparison, style)}`);
    }
  }
  const { out, simulatedTime: simulated } = request;
  const hints = { folder: run.folder.path, out, look, simulated, reports: result.reports };
  console.say(linesAfter(hints, gates, world.terminal.stderr.columns));
  return exitCode(result, request, world);
};

async function tryDry(request: RunRequest, json: boolean, console: Console, world: World): Promise<ExitCode> {
  const { dryRun, dryRunText } = await import('../dry-run.js');
  const ledger = await openLedger(request, world.clock, world);
  const found = await dryRun(request, ledger, world);
  if (json) console.json({ simulated: true, ...found });
  else console.data(dryRunText(found, request.gate));
  return exitCodes.done;
}

function exitCode({ summary, gates, comparison }: RunResult, request: RunRequest, world: World): ExitCode {
  const { verdicts } = summary.totals;
  return exitCodeOf({
    interrupted: world.interrupted.aborted,
    missing: verdicts.unanswered + verdicts.error,
    allowedMissing: request.allowUnanswered,
    judged: verdicts.passed + verdicts.failed,
    gates,
    comparison:
      comparison === null
        ? exitCodes.done
        : comparisonCode(comparison.verdict, request.gate?.allowInconclusive ?? false),
  });
}
