/** Which failed cases a failed gate counts. */
import type { CaseTally } from '../domain/comparison.js';
import type { ReportedRun } from './report.js';

/** Metrics that get worse with every case that fails. */
const COUNT_CASES: ReadonlySet<string> = new Set(['pass_rate', 'pass_at_5', 'pass_at_10', 'quality']);

/** Whether a gate that failed counts this failed case of this candidate. */
export type Gated = (candidate: string, tally: CaseTally) => boolean;

export function gatedCases({
  comparison,
  thresholds,
}: Pick<ReportedRun, 'comparison' | 'thresholds'>): Gated {
  const below = new Set(
    thresholds
      .filter(({ threshold, holds, value }) => !holds && value !== null && COUNT_CASES.has(threshold.metric))
      .map(({ candidate }) => candidate),
  );
  const broken = new Set(
    (comparison?.candidates ?? [])
      .filter(({ figures }) => figures.some(({ gated, verdict }) => gated && verdict === 'fail'))
      .flatMap((worse) =>
        worse.broken.map(({ suite, case: id }) => JSON.stringify([worse.candidate, suite, id])),
      ),
  );
  return (candidate, { suite, case: id }) =>
    below.has(candidate) || broken.has(JSON.stringify([candidate, suite, id]));
}

export const hasMostlyFailed = ({ judged, passed }: CaseTally): boolean => judged - passed > judged / 2;
