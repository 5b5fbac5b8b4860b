/** `bench simulate --serve <config>`: what a gateway would do with its load, in virtual time. */
import { formatDuration, formatShare, parseDurationMs } from '../domain/units.js';
import { VIRTUAL } from '../gateway/routes.js';
import { type LoadOutcome, type LoadRequest, simulateLoad } from '../gateway/simulate.js';
import { DEFAULT_OUT } from '../journal/run-folder.js';
import { knownProviders } from '../providers/index.js';
import { readLoad } from '../run/stored/read-load.js';
import { quantile } from '../stats/quantile.js';
import { loadConfig } from '../suite/config.js';
import type { World } from '../world/world.js';
import type { Typed } from './command.js';
import { type ExitCode, exitCodes } from './exit.js';
import type { FlagReader } from './flags.js';
import { openCommand } from './opening.js';

const DEFAULT_RATE = 1;
const DEFAULT_FOR_MS = 60_000;
const DEADLINE_MS = 60_000;
/** More than this is no question of a minute any more. */
const MOST_REQUESTS = 200_000;

export async function simulateServe(file: string, typed: Typed, world: World): Promise<ExitCode> {
  const { flags, json, console, refuse } = openCommand(typed, world);
  const config = await loadConfig(file, { files: world.files, providers: knownProviders });
  if (!config.ok) return refuse(...config.diagnostics);
  const run = flags.text('load');
  const load =
    run === null ? steadyLoad(flags) : await readLoad(run, flags.text('out') ?? DEFAULT_OUT, world.files);
  if ('problem' in load) return refuse({ code: load.code, message: load.problem });
  if (flags.mistakes.length > 0) return refuse();
  const seed = flags.text('seed') ?? '1';
  const options = { deadlineMs: DEADLINE_MS, seed, startWallMs: world.clock.wallMs() };
  const found = await simulateLoad(config.value, load, options);
  if (!found.ok) return refuse(...found.diagnostics);
  const figures = figuresOf(found.value);
  if (json) {
    console.json({ simulated: true, seed, ...figures });
    return exitCodes.done;
  }
  const { plainTable, tableText } = await import('../reports/plain-table.js');
  const table = plainTable([
    'asked for',
    'requests',
    'refused',
    'first token p50',
    'p90',
    'p99',
    'fell back',
    'answered by',
  ]);
  for (const row of figures.models) {
    const by = Object.entries(row.answered_by).sort((one, other) => other[1] - one[1]);
    table.push([
      row.model,
      String(row.requests),
      formatShare(row.refused / row.requests),
      ...[row.first_ms.p50, row.first_ms.p90, row.first_ms.p99].map((ms) =>
        ms === null ? 'n/a' : formatDuration(ms),
      ),
      formatShare(row.fell_back / row.requests),
      by.map(([model, count]) => `~${model} ${count}`).join(', '),
    ]);
  }
  console.data(tableText(table));
  console.data(
    `\nRefused: no model was free in time; Retry-After says when one is. Simulated (seed ${seed}): no model was asked.\n`,
  );
  return exitCodes.done;
}

function steadyLoad(flags: FlagReader): readonly LoadRequest[] {
  const typed = flags.text('rate');
  const rate = typed === null ? DEFAULT_RATE : Number(typed);
  if (!(rate > 0)) flags.mistake(`--rate takes a number of requests a second, not "${typed}"`);
  const time = flags.text('for');
  const forMs = time === null ? DEFAULT_FOR_MS : parseDurationMs(time);
  if (forMs === null) flags.mistake(`--for takes a duration like 10m, not "${time}"`);
  const count = Math.round((rate * (forMs ?? 0)) / 1000);
  if (count > MOST_REQUESTS) flags.mistake(`${count} requests are more than ${MOST_REQUESTS}: shorten --for`);
  if (flags.mistakes.length > 0) return [];
  return Array.from({ length: count }, (_, at) => ({ atMs: (at * 1000) / rate, model: VIRTUAL }));
}

/** Of each name that was asked for. Shapes of --json, so their names are snake_case. */
function figuresOf(outcomes: readonly LoadOutcome[]) {
  const names = [...new Set(outcomes.map(({ model }) => model))];
  return {
    requests: outcomes.length,
    models: names.map((model) => {
      const own = outcomes.filter((one) => one.model === model);
      const answered = own.filter(({ status }) => status === 200);
      const times = answered.map(({ firstMs }) => firstMs).sort((one, other) => one - other);
      const counts: Record<string, number> = {};
      for (const { answeredBy } of answered)
        if (answeredBy !== null) counts[answeredBy] = (counts[answeredBy] ?? 0) + 1;
      return {
        model,
        requests: own.length,
        refused: own.length - answered.length,
        fell_back: own.filter(({ attempts }) => attempts > 1).length,
        answered_by: counts,
        first_ms: { p50: quantile(times, 0.5), p90: quantile(times, 0.9), p99: quantile(times, 0.99) },
      };
    }),
  };
}
