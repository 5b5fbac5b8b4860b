/** `bench recommend <run...>`: runs -> who for what, and the rotation to take, as a file that `bench run` reads. */

import { diagnosticOf } from '../../../domain/errors/diagnostic.js';
import { didYouMean } from '../../../domain/errors/did-you-mean.js';
import { type Constraints, objectives } from '../../../domain/recommendation.js';
import { parseDurationMs } from '../../../domain/units.js';
import { DEFAULT_OUT } from '../../../journal/run-folder.js';
import { renderRecommendation } from '../../../reports/recommendation.js';
import { recommendRuns } from '../../../run/advice/recommend-runs.js';
import { FIRST_LINE, RECOMMENDED } from '../../../run/advice/rotation-file.js';
import type { Act } from '../../command.js';
import { exitCodes } from '../../exit.js';
import type { FlagReader } from '../../flags.js';
import { openCommand } from '../../opening.js';

const DEFAULT_FILE = 'recommended.yaml';

export const act: Act = async ({ args, flags: typed }, world) => {
  const { flags, json, console, refuse } = openCommand({ flags: typed }, world);
  const { files } = world;
  const constraints = constraintsOf(flags);
  const file = flags.text('write') ?? DEFAULT_FILE;
  if (flags.mistakes.length > 0) return refuse();
  const isThere = (await files.kind(file)) !== 'none';
  if (isThere && !(await files.readText(file)).startsWith(FIRST_LINE)) {
    return refuse({
      code: 'document/not-ours',
      message: `${file} was not written by bench recommend and is not overwritten`,
      help: 'name another file with --write',
    });
  }
  const options = {
    runs: args,
    constraints,
    out: flags.text('out') ?? DEFAULT_OUT,
    includePartial: flags.on('includePartial'),
    seed: flags.text('seed') ?? '1',
  };
  const found = await recommendRuns(options, (text) => console.complain(`! ${text}\n`), world);
  if ('problem' in found) return refuse(diagnosticOf(found));
  const { advice, file: text, suites } = found;
  if (text !== null) await files.writeAtomic(file, text);
  if (json) console.json({ ...advice, written: text === null ? null : file });
  else {
    console.data(renderRecommendation(advice, { colour: console.colour.stdout, columns: console.columns }));
    const named = suites.length === 0 ? '<suite>' : suites.join(' ');
    if (text !== null)
      console.say(
        `\n  written    ${file}\n  use it     bench run ${named} --config ${file} -r ${RECOMMENDED}\n`,
      );
    else if (advice.rotation !== null)
      console.say(
        `\n  its models stand in the suite: write the rotation there\n  rotations: [{ name: ${RECOMMENDED}, models: [${advice.rotation.models.join(', ')}] }]\n`,
      );
  }
  return exitCodes.done;
};

function constraintsOf(flags: FlagReader): Constraints {
  const word = flags.text('objective') ?? 'balanced';
  const objective = objectives.find((known) => known === word);
  if (objective === undefined) {
    const near = didYouMean(word, [...objectives]);
    flags.mistake(`--objective takes ${objectives.join(', ')}, not "${word}"`, near ?? undefined);
  }
  const latency = flags.text('maxLatency');
  const maxMs = latency === null ? null : parseDurationMs(latency);
  if (latency !== null && maxMs === null)
    flags.mistake(`--max-latency takes a duration like 5s or 800ms, not "${latency}"`);
  const number = (name: 'minQuality' | 'maxCost', typed: string) => {
    const value = flags.text(name);
    if (value === null) return null;
    const read = /^\d*\.?\d+$/.test(value) ? Number(value) : null;
    if (read === null) flags.mistake(`--${typed} takes a number, not "${value}"`);
    return read;
  };
  return {
    objective: objective ?? 'balanced',
    max_latency_ms: maxMs,
    min_quality: number('minQuality', 'min-quality'),
    max_cost_usd: number('maxCost', 'max-cost'),
    free_only: flags.on('freeOnly'),
  };
}
