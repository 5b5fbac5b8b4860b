/** A stored run's answers through today's extraction and scorers, as a run of its own. */
import { type Checked, diagnosticOf } from '../../domain/errors/diagnostic.js';
import { findRun, readRunLine } from '../../journal/run-folder.js';
import type { World } from '../../world/world.js';
import { openGradingFor } from '../execution/open-grading.js';
import { type OpenedRun, openRun } from '../open-run.js';
import { optionsOf } from '../request/command-record.js';
import { readRunRequest } from '../request/read-request.js';

export interface RescoreOptions {
  readonly run: string;
  /** The folder of runs, also for the new one. */
  readonly out: string;
  /** Instead of the run's own configuration. */
  readonly config: string | null;
  readonly allowOutside: boolean;
}

export interface OpenedRescore {
  readonly run: OpenedRun;
  /** The id of the run whose answers are taken. */
  readonly of: string;
  readonly secrets: readonly string[];
}

export async function openRescore(
  { run: word, out, config, allowOutside }: RescoreOptions,
  world: World,
): Promise<Checked<OpenedRescore>> {
  const path = await findRun(word, out, world.files);
  if (typeof path !== 'string') return { ok: false, diagnostics: [diagnosticOf(path)] };
  const stored = await readRunLine(path, world.files);
  if ('problem' in stored) return { ok: false, diagnostics: [diagnosticOf(stored)] };
  const { command, settings, id } = stored;
  if (command === undefined) {
    const message = `${id} was made by an older bench and cannot be rescored`;
    const help = `bench run <suite> --replay ${id} -m <its candidates>`;
    return { ok: false, diagnostics: [{ code: 'run/too-old', message, help }] };
  }
  const { baseline: _, gate: __, ...options } = optionsOf(command);
  const own = { reports: [], failUnder: [], out, seed: settings.seed, replay: path, allowOutside };
  const read = await readRunRequest(
    { ...options, ...own, ...(config === null ? {} : { config }) },
    world,
    false,
  );
  if (!read.ok) return read;
  const grading = await openGradingFor(read.value.plan.suites, world, read.value.sandboxes);
  if ('message' in grading) return { ok: false, diagnostics: [grading] };
  const run = await openRun(read.value, world, null, grading);
  if ('problem' in run) return { ok: false, diagnostics: [diagnosticOf(run)] };
  return { ok: true, value: { run, of: id, secrets: read.value.secrets } };
}
