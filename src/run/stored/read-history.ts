/** Stored runs as a history: which of them are points in time, and what changed between them. */
import { trend } from '../../analysis/trend.js';
import type { RunProfile } from '../../domain/comparison.js';
import { type Checked, diagnosticOf, type Problem } from '../../domain/errors/diagnostic.js';
import type { Trend } from '../../domain/trend.js';
import { listRuns } from '../../journal/run-folder.js';
import type { World } from '../../world/world.js';
import { findProfile, partialText } from './find-profile.js';

export interface HistoryOptions {
  /** Empty: all runs of the newest run's suites. */
  readonly runs: readonly string[];
  /** Names of candidates; empty: all. */
  readonly candidates: readonly string[];
  /** False-positive rate for a history without a change. */
  readonly alpha: number;
  readonly includePartial: boolean;
  /** The folder of runs. */
  readonly out: string;
}

/** `warn`: of runs and lines that are skipped, a sentence each. */
export async function readHistory(
  { runs, candidates, alpha, includePartial, out }: HistoryOptions,
  warn: (text: string) => void,
  { files }: Pick<World, 'files'>,
): Promise<Checked<Trend>> {
  const words = runs.length > 0 ? runs : await runsOfOneSuite(out, files);
  if ('problem' in words) return { ok: false, diagnostics: [diagnosticOf(words)] };
  const profiles = new Map<string, RunProfile>();
  for (const word of words) {
    const found = await findProfile(word, out, files);
    if ('problem' in found) return { ok: false, diagnostics: [diagnosticOf(found)] };
    if (found.torn !== null) warn(`${found.torn}: skipped`);
    const { partial, id } = found.profile;
    if (partial === undefined || includePartial) profiles.set(id, found.profile);
    else warn(`${partialText(id, partial)}; skipped (use --include-partial to include it)`);
  }
  if (profiles.size === 0) {
    const message = 'none of these runs is complete';
    const help = 'resume one with bench run --resume';
    return { ok: false, diagnostics: [{ code: 'run/incomplete', message, help }] };
  }
  const found = trend([...profiles.values()], candidates.length === 0 ? null : candidates, alpha);
  if (found.candidates.length > 0) return { ok: true, value: found };
  const known = [...profiles.values()].flatMap((run) => run.candidates.map(({ candidate }) => candidate));
  const message = `nothing was measured of ${candidates.join(', ') || 'anybody'} in these runs`;
  const help = `they have ${[...new Set(known)].join(', ') || 'no candidate'}`;
  return { ok: false, diagnostics: [{ code: 'run/no-such-candidate', message, help }] };
}

/** Whole runs that asked models, of the suites of the newest. Parts of runs, and rescored answers, are no points in time. */
async function runsOfOneSuite(out: string, files: World['files']): Promise<readonly string[] | Problem> {
  const whole = (await listRuns(out, files)).filter(
    ({ run }) => run.shard === undefined && run.replayed_from === undefined,
  );
  const [newest] = whole;
  if (newest === undefined)
    return {
      code: 'run/not-found',
      problem: `there are no runs in ${out} yet`,
      help: 'try: bench run quickstart',
    };
  const suites = ({ run }: typeof newest) => run.suites.map(({ name }) => name).join('\n');
  return whole.filter((one) => suites(one) === suites(newest)).map(({ path }) => path);
}
