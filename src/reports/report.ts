import type { RunSummary } from '../domain/record.js';

/** A way to show a run. Pure: the same run gives the same bytes. */
export interface Report {
  /** As in `--report <kind>` and `--format <kind>`. */
  readonly kind: string;
  /** Of its file, without a dot. */
  readonly extension: string;
  readonly render: (summary: RunSummary) => string;
}
