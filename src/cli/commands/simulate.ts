/** `bench simulate <suite>`: what a run would come to under the limits that are described, in virtual time. */

import { formatDuration, formatShare } from '../../domain/units.js';
import { openGrading } from '../../run/execution/open-grading.js';
import { cacheFolders } from '../../run/package-files.js';
import {
  type CandidateForecast,
  forecastOf,
  type Spread,
  simulateRuns,
} from '../../run/planning/forecast.js';
import type { SimulatedRun } from '../../run/planning/simulate.js';
import { readRunRequest } from '../../run/request/read-request.js';
import type { World } from '../../world/world.js';
import type { Act } from '../command.js';
import { exitCodes } from '../exit.js';
import { openCommand } from '../opening.js';
import { readRunFlags } from '../run-flags.js';

const DEFAULT_SEEDS = 5;

export const act: Act = async (typed, world) => {
  const { flags, json, console, refuse } = openCommand(typed, world);
  const seeds = flags.wholeNumber('seeds', 1) ?? DEFAULT_SEEDS;
  const { options, mistakes } = readRunFlags(typed);
  const read = await readRunRequest(options, world, false);
  if (!read.ok) return refuse(...mistakes, ...read.diagnostics);
  if (flags.mistakes.length + mistakes.length > 0) return refuse(...mistakes);
  const request = read.value;
  console.say(
    `simulated: nothing is sent; servers keep the limits that are described (seed ${request.seed}, ${seeds} ${seeds === 1 ? 'run' : 'runs'})\n\n`,
  );
  const runs = await simulateRuns(request, seeds, world);
  const forecast = forecastOf(runs, request.plan);
  const passed = flags.on('ungraded') ? new Map<string, number>() : await passRates(runs, world);
  const candidates = forecast.candidates.map((one) => ({
    ...one,
    pass_rate: passed.get(one.candidate) ?? null,
  }));
  if (json) {
    console.json({ simulated: true, seed: request.seed, ...forecast, candidates });
    return exitCodes.done;
  }
  console.data(await table(candidates));
  console.data(
    `\nall together ${durationText(forecast.duration_ms)}; ranges hold 95% of the runs. Simulated: no model was asked.\n`,
  );
  return exitCodes.done;
};

/** Each distinct answer is run once in the real sandbox: what is simulated is who answered, not whether it is right. */
async function passRates(runs: readonly SimulatedRun[], world: World): Promise<Map<string, number>> {
  const grading = openGrading(world, cacheFolders(world.env));
  const verdicts = new Map<string, Promise<boolean | null>>();
  const rates = new Map<string, number>();
  try {
    const counts = new Map<string, { passed: number; judged: number }>();
    for (const { candidate, answers } of runs.flatMap((run) => run.candidates)) {
      const count = counts.get(candidate) ?? { passed: 0, judged: 0 };
      counts.set(candidate, count);
      await Promise.all(
        answers.map(async ({ trial, completion }) => {
          const key = JSON.stringify([trial.suite, trial.case.id, completion.text]);
          const verdict =
            verdicts.get(key) ??
            grading
              .grade(trial, { completion })
              .then((graded) => (graded.verdict === 'error' ? null : graded.verdict === 'passed'));
          verdicts.set(key, verdict);
          const isPassed = await verdict;
          if (isPassed === null) return;
          count.judged += 1;
          if (isPassed) count.passed += 1;
        }),
      );
    }
    for (const [candidate, { passed, judged }] of counts) {
      if (judged > 0) rates.set(candidate, passed / judged);
    }
  } finally {
    await grading.close();
  }
  return rates;
}

async function table(
  rows: readonly (CandidateForecast & { readonly pass_rate: number | null })[],
): Promise<string> {
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
