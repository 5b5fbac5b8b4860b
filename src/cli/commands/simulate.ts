/** `bench simulate <suite>`: what a run would come to under the limits that are described, in virtual time. */

import { formatDuration, formatShare } from '../../domain/units.js';
import type { Spread } from '../../run/planning/forecast.js';
import { type SimulatedSuites, simulateSuites } from '../../run/planning/simulate-suites.js';
import type { Act } from '../command.js';
import { exitCodes } from '../exit.js';
import { openCommand } from '../opening.js';
import { readRunFlags } from '../run-flags.js';
import { simulateServe } from '../simulate-serve.js';

const DEFAULT_SEEDS = 5;

export const act: Act = async (typed, world) => {
  const { flags, json, console, refuse } = openCommand(typed, world);
  const served = flags.text('serve');
  if (served !== null) return simulateServe(served, typed, world);
  if (typed.args.length === 0)
    return refuse({
      code: 'cli/missing-argument',
      message: 'name a suite, or a configuration with --serve',
      help: 'bench simulate quickstart',
    });
  const seeds = flags.wholeNumber('seeds', 1) ?? DEFAULT_SEEDS;
  const { options, mistakes } = readRunFlags(typed);
  const begun = (seed: string) =>
    console.say(
      `simulated: nothing is sent; servers keep the limits that are described (seed ${seed}, ${seeds} ${seeds === 1 ? 'run' : 'runs'})\n\n`,
    );
  if (flags.mistakes.length + mistakes.length > 0) return refuse(...mistakes);
  const found = await simulateSuites({ options, seeds, grades: !flags.on('ungraded') }, world, begun);
  if (!found.ok) return refuse(...found.diagnostics);
  if (json) {
    console.json({ simulated: true, ...found.value });
    return exitCodes.done;
  }
  console.data(await table(found.value.candidates));
  console.data(
    `\nall together ${durationText(found.value.duration_ms)}; ranges hold 95% of the runs. Simulated: no model was asked.\n`,
  );
  return exitCodes.done;
};

async function table(rows: SimulatedSuites['candidates']): Promise<string> {
  const { plainTable, tableText } = await import('../../reports/plain-table.js');
  const head = [
    'candidate',
    'answered',
    'pass rate',
    'takes',
    'requests',
    'wasted',
    'rotations',
    'answered by',
  ];
  const drawn = plainTable(head);
  for (const row of rows) {
    const by = Object.entries(row.answered_by).sort((a, b) => b[1] - a[1]);
    drawn.push([
      `~${row.candidate}`,
      `${spreadText(row.success_rate, formatShare)}${row.held.median > 0 ? `, ${Math.round(row.held.median)} deferred` : ''}`,
      row.pass_rate === null ? 'n/a' : formatShare(row.pass_rate),
      durationText(row.duration_ms),
      spreadText(row.requests, (value) => String(Math.round(value))),
      row.requests.median === 0 ? 'n/a' : formatShare(row.wasted.median / row.requests.median),
      row.kind === 'rotation' ? spreadText(row.rotations, (value) => String(Math.round(value))) : '–',
      by.map(([model, times]) => `${model} ${Math.round(times)}`).join(', '),
    ]);
  }
  return tableText(drawn);
}

function spreadText({ median, low, high }: Spread, format: (value: number) => string): string {
  const [middle, from, to] = [format(median), format(low), format(high)];
  return from === to ? middle : `${middle} (${from}–${to})`;
}

function durationText(spread: Spread): string {
  return spreadText(spread, formatDuration);
}
