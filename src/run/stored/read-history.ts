/** The runs that a trend is made of. */

import type { Problem } from '../../domain/errors/diagnostic.js';
import { listRuns } from '../../journal/run-folder.js';
import type { World } from '../../world/world.js';

/** Whole runs that asked models, of the suites of the newest. Parts of runs, and old answers judged anew, are no points in time. */
export async function runsOfOneSuite(out: string, { files }: World): Promise<readonly string[] | Problem> {
  const whole = (await listRuns(out, files)).filter(
    ({ run }) => run.shard === undefined && run.replayed_from === undefined,
  );
  const [newest] = whole;
  if (newest === undefined)
    return { code: 'run/not-found', problem: `there are no runs in ${out} yet; try: bench run quickstart` };
  const suites = ({ run }: typeof newest) => run.suites.map(({ name }) => name).join('\n');
  return whole.filter((one) => suites(one) === suites(newest)).map(({ path }) => path);
}
