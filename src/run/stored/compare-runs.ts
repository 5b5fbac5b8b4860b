/** Two stored runs, or a baseline and a run, compared. */
import { allMismatches, compare } from '../../analysis/compare.js';
import type { CompareSettings } from '../../domain/compare-settings.js';
import type { Comparison } from '../../domain/comparison.js';
import { type Checked, type Diagnostic, diagnosticOf } from '../../domain/errors/diagnostic.js';
import type { World } from '../../world/world.js';
import { findProfile } from './find-profile.js';

export interface ComparedRuns {
  /** A baseline's name, or a run. */
  readonly baseline: string;
  readonly run: string;
  readonly settings: CompareSettings;
  /** Compare even if suites, scorers or sandboxes differ. */
  readonly allowMismatch: boolean;
  /** The folder of runs. */
  readonly out: string;
}

/** `warn`: of a torn last line, which is skipped. */
export async function compareRuns(
  { baseline: baselineWord, run: runWord, settings, allowMismatch, out }: ComparedRuns,
  warn: (text: string) => void,
  { files }: Pick<World, 'files'>,
): Promise<Checked<Comparison>> {
  const baseline = await findProfile(baselineWord, out, files);
  if ('problem' in baseline) return { ok: false, diagnostics: [diagnosticOf(baseline)] };
  const run = await findProfile(runWord, out, files);
  if ('problem' in run) return { ok: false, diagnostics: [diagnosticOf(run)] };
  for (const { torn } of [baseline, run]) if (torn !== null) warn(`${torn}: skipped`);
  const mismatches = allowMismatch ? [] : allMismatches(baseline.profile, run.profile);
  if (mismatches.length > 0) {
    const help = 'compare anyway with --allow-mismatch, or update the baseline: bench baseline set <name>';
    const diagnostics = mismatches.map(
      (message, index): Diagnostic => ({
        code: 'compare/different-measure',
        message,
        ...(index === mismatches.length - 1 ? { help } : {}),
      }),
    );
    return { ok: false, diagnostics };
  }
  const comparison = compare(baseline.profile, run.profile, settings, baseline.name);
  if (comparison.candidates.length > 0) return { ok: true, value: comparison };
  const { missing, added } = comparison;
  const message = `no candidate in common: the baseline has ${missing.join(', ')}, the run ${added.join(', ')}`;
  return { ok: false, diagnostics: [{ code: 'compare/no-common-candidate', message }] };
}
