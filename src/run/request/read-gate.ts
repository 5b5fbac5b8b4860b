/** The baseline that a run is compared with at its end. */
import { allMismatches, counterpartsOf, defaultSettings } from '../../analysis/compare.js';
import type { RunProfile } from '../../domain/comparison.js';
import { type Diagnostic, diagnosticOf } from '../../domain/errors/diagnostic.js';
import type { World } from '../../world/world.js';
import { plannedProfile } from '../planning/gate-power.js';
import type { Plan } from '../planning/plan.js';
import { findProfile } from '../stored/find-profile.js';

import type { GateOptions, RunOptions } from './run-options.js';

/** What a run is held against. */
export interface Gate extends GateOptions {
  readonly profile: RunProfile;
  /** The baseline's; null for a run. */
  readonly name: string | null;
}

/** A baseline that cannot be compared with is found before anything is spent. */
export async function readGate(
  {
    baseline,
    gate = {
      settings: defaultSettings,
      allowMismatch: false,
      allowInconclusive: false,
      stopEarly: false,
    },
  }: RunOptions,
  out: string,
  made: Plan,
  files: World['files'],
): Promise<Gate | { readonly diagnostics: readonly Diagnostic[] } | null> {
  if (baseline === null || baseline === undefined) return null;
  const found = await findProfile(baseline, out, files);
  if ('problem' in found) return { diagnostics: [diagnosticOf(found)] };
  const { profile, name } = found;
  const planned = plannedProfile(made);
  const mismatches = gate.allowMismatch ? [] : allMismatches(profile, planned);
  if (mismatches.length > 0) {
    const help = 'compare anyway with --allow-mismatch, or update the baseline: bench baseline set <name>';
    return {
      diagnostics: mismatches.map((message) => ({ code: 'compare/different-measure', message, help })),
    };
  }
  if (counterpartsOf(profile, planned).length === 0) {
    const names = (side: RunProfile) => side.candidates.map(({ candidate }) => candidate).join(', ');
    const message = `no candidate in common: the baseline has ${names(profile)}, the run ${names(planned)}`;
    return { diagnostics: [{ code: 'compare/no-common-candidate', message }] };
  }
  return { ...gate, profile, name };
}
