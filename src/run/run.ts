/** The library's `run`: what `bench run` does, without a word on the terminal. */
import { type Checked, diagnosticOf } from '../domain/errors/diagnostic.js';
import type { Listener } from '../domain/event.js';
import { realWorld } from '../world/real.js';
import { openGradingFor } from './execution/open-grading.js';
import { askBeforeRun, type BeforeRun } from './models/before-run.js';
import { openRun } from './open-run.js';
import { checkPlan } from './planning/preflight.js';
import { readRunRequest } from './request/read-request.js';
import type { RunOptions } from './request/run-options.js';
import type { RunResult } from './write-reports.js';

const noBeforeRun: BeforeRun = { mistakes: [], warnings: [] };

export interface RunListening {
  readonly on?: Listener;
  /** Aborting it ends the run cleanly: what finished is on disk. */
  readonly signal?: AbortSignal;
}

/**
 * Reads the suites, asks every candidate, grades the answers and leaves a folder with trials.jsonl, run.json and
 * matrix.md. Mistakes in the options or the files come back as diagnostics, before anything is sent.
 */
export async function run(
  options: RunOptions,
  { on = () => {}, signal = new AbortController().signal }: RunListening = {},
): Promise<Checked<RunResult & { readonly folder: string }>> {
  const world = realWorld(signal);
  try {
    const read = await readRunRequest(options, world);
    if (!read.ok) return read;
    const grading = await openGradingFor(read.value.plan.suites, world, read.value.sandboxes);
    if ('message' in grading) return { ok: false, diagnostics: [grading] };
    const plan = await checkPlan(read.value, grading, world);
    const before = plan.mistakes.length > 0 ? noBeforeRun : await askBeforeRun(plan.request, world);
    const mistakes = [...plan.mistakes, ...before.mistakes];
    const request = { ...plan.request, warnings: [...plan.request.warnings, ...before.warnings] };
    const opened = mistakes.length > 0 ? null : await openRun(request, world, null, grading);
    if (opened === null || 'problem' in opened) {
      await grading.close();
      return { ok: false, diagnostics: opened === null ? mistakes : [diagnosticOf(opened)] };
    }
    const result = await opened.carryOut(on);
    if ('unwritten' in result) {
      const help = `finished trials are kept in ${opened.folder.path}; resume with bench run --resume ${opened.folder.id}`;
      return { ok: false, diagnostics: [{ code: 'run/cannot-write', message: result.unwritten, help }] };
    }
    return { ok: true, value: { ...result, folder: opened.folder.path } };
  } finally {
    await world.network.close();
  }
}
