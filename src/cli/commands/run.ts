/** `bench run`: ask every candidate, run and score the answers, write the run's folder, show the matrix. */

import { type Diagnostic, diagnosticOf } from '../../domain/errors/diagnostic.js';
import type { RunEvent } from '../../domain/event.js';
import { redactor } from '../../domain/redact.js';
import type { RunFolder } from '../../journal/run-folder.js';
import { openGradingFor } from '../../run/execution/open-grading.js';
import { openLedger } from '../../run/execution/open-ledger.js';
import { askBeforeRun } from '../../run/models/before-run.js';
import { openRun } from '../../run/open-run.js';
import { checkPlan } from '../../run/planning/preflight.js';
import { type RunRequest, readRunRequest } from '../../run/request/read-request.js';
import { changesSince } from '../../run/stored/resume.js';
import { resumeOptions } from '../../run/stored/resume-options.js';
import type { RunResult } from '../../run/write-reports.js';
import { NO_LONGER_WANTED } from '../../world/deadline.js';
import type { World } from '../../world/world.js';
import type { Act } from '../command.js';
import type { Console } from '../console.js';
import { comparisonCode, type ExitCode, exitCodeOf, exitCodes } from '../exit.js';
import { openCommand } from '../opening.js';
import { readRunFlags } from '../run-flags.js';
import { changedLines, linesAfter, linesBefore, missedLines } from '../run-messages.js';
import { carryOut } from '../run-with-progress.js';

/** Longer than this, and it is said what is waited for. */
const CHECKING_MS = 2000;

export const act: Act = async (typed, world) => {
  const { flags, json, console: plain, refuse, redacted } = openCommand(typed, world);
  const { options, mistakes } = readRunFlags(typed);
  const isDry = flags.on('dryRun');
  const logFormat = flags.text('logFormat') ?? 'text';
  if (logFormat !== 'text' && logFormat !== 'json') {
    return refuse(...mistakes, {
      code: 'cli/invalid-option',
      message: `--log-format takes text or json, not "${logFormat}"`,
    });
  }
  const wanted = await resumeOptions(options, typed.flags['resume'], world);
  if ('message' in wanted) return refuse(...mistakes, wanted);
  const read = await readRunRequest(wanted.options, world, !isDry);
  if (!read.ok) return refuse(...mistakes, ...read.diagnostics);
  if (mistakes.length > 0) return refuse(...mistakes);
  const { resumed } = wanted;
  const grading = await openGradingFor(read.value.plan.suites, world, read.value.sandboxes);
  if ('message' in grading) return refuse(grading);
  const checked = new AbortController();
  world.clock.sleep(CHECKING_MS, checked.signal).then(
    () => plain.say('validating cases that are new here\n'),
    () => {},
  );
  const { request, mistakes: inCases } = await checkPlan(read.value, grading, world);
  checked.abort(NO_LONGER_WANTED);
  if (isDry || inCases.length > 0) await grading.close();
  if (inCases.length > 0) return refuse(...inCases);
  const changes = resumed === null || flags.on('allowChange') ? [] : changesSince(resumed, request);
  if (changes.length > 0) {
    await grading.close();
    const help = 'undo the change, or keep the trials that still match with --allow-change';
    return refuse(
      ...changes.map(
        (message): Diagnostic => ({ code: 'run/changed', message: `${resumed?.run.id}: ${message}`, help }),
      ),
    );
  }
  if (isDry) return tryDry(request, json, plain, world);
  const { mistakes: ofProviders, warnings } = await askBeforeRun(request, world);
  if (ofProviders.length > 0) {
    await grading.close();
    return refuse(...ofProviders);
  }
  const warned = { ...request, warnings: [...request.warnings, ...warnings] };
  const run = await openRun(warned, world, resumed, grading);
  if ('problem' in run) {
    await grading.close();
    return refuse({
      ...diagnosticOf(run),
      ...(resumed === null ? { help: 'name another folder with -o' } : {}),
    });
  }
  const console = redacted(redactor(request.secrets));
  console.say(linesBefore(request, run.folder.path, run.done, world.terminal.stderr.columns));
  /** The first failure by name: a hint that is the same in every run of one story. */
  let failed: string | null = null;
  /** A case that nobody answered, for what the server said. */
  let unanswered: string | null = null;
  const first = (known: string | null, name: string) => (known === null || name < known ? name : known);
  const on = (event: RunEvent) => {
    if (event.kind === 'held' && event.reason === 'lane_down') unanswered = first(unanswered, event.case);
    if (event.kind !== 'trial-ended') return;
    const { verdict, category, case: id } = event.record;
    if (verdict === 'failed') failed = first(failed, `${category}/${id}`);
    if (verdict === 'unanswered') unanswered = first(unanswered, `${category}/${id}`);
  };
  const log = flags.on('verbose') ? logFormat : null;
  const result = await carryOut(run, { console, json, log, out: request.out, on }, world);
  if (typeof result === 'number') return result;
  await show(result, request, { console, json, run: run.folder, look: failed ?? unanswered }, world);
  return exitCode(result, request, world);
};

interface Shown {
  readonly console: Console;
  readonly json: boolean;
  readonly run: RunFolder;
  /** A case worth a closer look. */
  readonly look: string | null;
}

/** The tables of a run that has ended, and what to try next. */
async function show(
  result: RunResult,
  request: RunRequest,
  { console, json, run, look }: Shown,
  world: World,
): Promise<void> {
  const { summary, gates, comparison } = result;
  if (json) console.json(comparison === null ? summary : { ...summary, comparison });
  else {
    const { renderTerminal } = await import('../../reports/terminal.js');
    const { colour, columns } = console;
    const style = { colour: colour.stdout, columns };
    console.data(`\n${renderTerminal(summary, style)}`);
    if (request.stored !== null) {
      const { changed } = result;
      const told = { of: request.stored.run.id, answers: summary.totals.trials, changed };
      console.data(`\n${changedLines(told, columns)}`);
    }
    if (comparison !== null) {
      const { renderComparison } = await import('../../reports/comparison.js');
      console.data(`\n${renderComparison(comparison, style)}`);
    }
  }
  const { out, simulatedTime: simulated } = request;
  const hints = {
    folder: run.path,
    out,
    look,
    simulated,
    config: request.config.file,
    reports: result.reports,
    unfinished: summary.complete || result.stoppedEarly ? null : run.id,
  };
  console.order(result.annotations);
  if (console.quiet && !json) console.data(missedLines(gates));
  console.say(linesAfter(hints, gates, world.terminal.stderr.columns));
}

async function tryDry(request: RunRequest, json: boolean, console: Console, world: World): Promise<ExitCode> {
  const { dryRun, dryRunText } = await import('../dry-run.js');
  const ledger = await openLedger(request, world.clock, world);
  const found = await dryRun(request, ledger, world);
  if (json) console.json({ simulated: true, ...found });
  else console.data(dryRunText(found, request.gate));
  return exitCodes.done;
}

function exitCode(
  { summary, gates, comparison, stoppedEarly }: RunResult,
  request: RunRequest,
  world: World,
): ExitCode {
  const { verdicts, planned, trials } = summary.totals;
  // What a verdict that was certain has saved is not missing.
  const saved = stoppedEarly ? planned - trials : 0;
  return exitCodeOf({
    interrupted: world.interrupted.aborted,
    missing: verdicts.unanswered + verdicts.error - saved,
    allowedMissing: request.allowUnanswered,
    judged: verdicts.passed + verdicts.failed,
    gates,
    comparison:
      comparison === null
        ? exitCodes.done
        : comparisonCode(comparison.verdict, request.gate?.allowInconclusive ?? false),
  });
}
