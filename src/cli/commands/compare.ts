/** `bench compare <baseline> <run>`: did a candidate get worse? Exits 1 where one did, 3 where that cannot be told. */
import { allMismatches, compare } from '../../analysis/compare.js';
import { type Diagnostic, diagnosticOf } from '../../domain/errors/diagnostic.js';
import { DEFAULT_OUT } from '../../journal/run-folder.js';
import { renderComparison } from '../../reports/comparison.js';
import { findProfile } from '../../run/stored/find-profile.js';
import type { Act } from '../command.js';
import { readCompareFlags } from '../compare-flags.js';
import { comparisonCode } from '../exit.js';
import { openCommand } from '../opening.js';

export const act: Act = async ({ args, flags: typed }, world) => {
  const { flags, json, console, refuse } = openCommand({ flags: typed }, world);
  const { settings, allowMismatch, allowInconclusive } = readCompareFlags(flags);
  if (flags.mistakes.length > 0) return refuse();
  const [baselineWord = '', runWord = 'latest'] = args;
  const out = flags.text('out') ?? DEFAULT_OUT;
  const baseline = await findProfile(baselineWord, out, world.files);
  if ('problem' in baseline) return refuse(diagnosticOf(baseline));
  const run = await findProfile(runWord, out, world.files);
  if ('problem' in run) return refuse(diagnosticOf(run));
  for (const { torn } of [baseline, run]) if (torn !== null) console.complain(`! ${torn}: skipped\n`);
  const mismatches = allMismatches(baseline.profile, run.profile);
  if (mismatches.length > 0 && !allowMismatch) {
    const help =
      '--allow-mismatch compares nevertheless; or set the baseline anew: bench baseline set <name>';
    return refuse(
      ...mismatches.map(
        (message, index): Diagnostic => ({
          code: 'compare/different-measure',
          message,
          ...(index === mismatches.length - 1 ? { help } : {}),
        }),
      ),
    );
  }
  const comparison = compare(baseline.profile, run.profile, settings, baseline.name);
  if (comparison.candidates.length === 0) {
    return refuse({
      code: 'compare/no-common-candidate',
      message: `no candidate in common: the baseline has ${comparison.missing.join(', ')}, the run ${comparison.added.join(', ')}`,
    });
  }
  if (json) console.json(comparison);
  else {
    const style = { colour: console.colour.stdout, columns: console.columns };
    console.data(renderComparison(comparison, style));
  }
  return comparisonCode(comparison.verdict, allowInconclusive);
};
