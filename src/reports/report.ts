import type { ThresholdResult } from '../analysis/gates.js';
import type { Comparison, RunProfile } from '../domain/comparison.js';
import type { RunSummary } from '../domain/summary.js';
import type { ShownCase } from './case-view.js';

/** A way to show a run. Pure: the same run gives the same bytes. */
export interface Report {
  /** As in `--report <kind>` and `--format <kind>`. */
  readonly kind: string;
  /** In the run's folder, where no path is given. */
  readonly file: string;
  readonly render: (summary: RunSummary) => string;
}

/** All that is known at the end of a run. */
export interface ReportedRun {
  readonly summary: RunSummary;
  /** Its cases. */
  readonly profile: RunProfile;
  readonly comparison: Comparison | null;
  readonly thresholds: readonly ThresholdResult[];
  /** With their trials; null: the report does not need them, or they are of several runs. */
  readonly cases: readonly ShownCase[] | null;
  /** Those of the baseline; null: nothing is compared, or the baseline's run is no longer stored. */
  readonly before: readonly ShownCase[] | null;
  /** Where its cases are written, by `caseKey`; without those that lie in no file of the user's. */
  readonly places: ReadonlyMap<string, CasePlace>;
}

export interface CasePlace {
  /** With `/`, from the folder of the repository. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** A way to show a run with its cases and its gates. */
export interface RunReport extends Omit<Report, 'render'> {
  /** Whether it shows single answers (default: false). */
  readonly needsCases?: true;
  /** `file`: its name without folders, if it is another than the usual. */
  readonly render: (run: ReportedRun, file?: string) => string;
  /** Files in a folder next to it, by their path from there. Absent: it is one file. */
  readonly beside?: (
    run: ReportedRun,
    file: string,
  ) => Iterable<{ readonly path: string; readonly text: string }>;
}
