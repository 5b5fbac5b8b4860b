/** What a run would come to under the limits that are described, in virtual time; nothing is sent. */

import type { Checked } from '../../domain/errors/diagnostic.js';
import type { World } from '../../world/world.js';
import { type Grading, openGradingFor } from '../execution/open-grading.js';
import { readRunRequest } from '../request/read-request.js';
import type { RunOptions } from '../request/run-options.js';
import { type CandidateForecast, forecastOf, type RunsForecast, simulateRuns } from './forecast.js';
import type { SimulatedRun } from './simulate.js';

export interface SimulateSuitesOptions {
  readonly options: RunOptions;
  /** Simulated runs; ranges cover 95% of them. */
  readonly seeds: number;
  /** Whether the answers are run in the sandbox. */
  readonly grades: boolean;
}

export interface SimulatedSuites extends RunsForecast {
  readonly seed: string;
  readonly candidates: readonly (CandidateForecast & {
    /** Null: nothing was graded. */
    readonly pass_rate: number | null;
  })[];
}

/** `begun`: called with the seed once the suites are read. */
export async function simulateSuites(
  { options, seeds, grades }: SimulateSuitesOptions,
  world: World,
  begun: (seed: string) => void = () => {},
): Promise<Checked<SimulatedSuites>> {
  const read = await readRunRequest(options, world, false);
  if (!read.ok) return read;
  const request = read.value;
  begun(request.seed);
  const runs = await simulateRuns(request, seeds, world);
  const forecast = forecastOf(runs, request.plan);
  const grading = grades ? await openGradingFor(request.plan.suites, world, request.sandboxes) : null;
  if (grading !== null && 'message' in grading) return { ok: false, diagnostics: [grading] };
  const passed = grading === null ? new Map<string, number>() : await passRates(runs, grading);
  const candidates = forecast.candidates.map((one) => ({
    ...one,
    pass_rate: passed.get(one.candidate) ?? null,
  }));
  return { ok: true, value: { seed: request.seed, ...forecast, candidates } };
}

/** Each distinct answer is run once in the real sandbox: what is simulated is who answered, not whether it is right. */
async function passRates(runs: readonly SimulatedRun[], grading: Grading): Promise<Map<string, number>> {
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
              .grade(trial, { completion, judgements: null })
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
