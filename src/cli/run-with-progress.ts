/** A run with progress on the terminal; a folder that takes no more is reported. */
import type { RunEvent } from '../domain/event.js';
import type { OpenedRun } from '../run/open-run.js';
import type { RunResult } from '../run/write-reports.js';
import type { World } from '../world/world.js';
import type { Console } from './console.js';
import { type ExitCode, exitCodes } from './exit.js';
import { type ProgressOptions, startProgress } from './progress.js';
import { unwrittenText } from './run-messages.js';

export interface Showing {
  /** In which keys are never shown. */
  readonly console: Console;
  readonly json: boolean;
  readonly log: ProgressOptions['log'];
  /** The folder of runs. */
  readonly out: string;
  readonly on: (event: RunEvent) => void;
}

/** The exit code where the folder took no more, which has been reported then. */
export async function carryOut(
  run: OpenedRun,
  { console, json, log, out, on }: Showing,
  world: World,
): Promise<RunResult | ExitCode> {
  world.heedInterrupt();
  const { isTTY, columns } = world.terminal.stderr;
  const progress = await startProgress({
    console,
    live: isTTY,
    columns,
    log,
    runClock: run.clock,
    clock: world.clock,
  });
  let result: Awaited<ReturnType<OpenedRun['carryOut']>>;
  try {
    result = await run.carryOut((event) => {
      progress.on(event);
      on(event);
    });
  } finally {
    progress.stop();
  }
  if (!('unwritten' in result)) return result;
  if (json)
    console.json({ mistakes: [{ code: 'run/cannot-write', message: result.unwritten }], run: run.folder.id });
  console.complain(unwrittenText(result.unwritten, run.folder.id, out));
  return world.interrupted.aborted ? exitCodes.interrupted : exitCodes.notEnoughMeasured;
}
