/** Where the quotas of a day are kept. */
import { join } from 'node:path';
import { fileLedger, memoryLedger } from '../../engine/ledger.js';
import type { Clock, World } from '../../world/world.js';
import { stateFolder } from '../package-files.js';
import type { RunRequest } from '../request/read-request.js';

/** Quotas of a day are kept over runs, but for those of simulated models. */
export async function openLedger(
  { simulatedTime }: Pick<RunRequest, 'simulatedTime'>,
  clock: Clock,
  { env, files }: Pick<World, 'env' | 'files'>,
) {
  const folder = stateFolder(env);
  return simulatedTime || folder === null
    ? memoryLedger(clock)
    : fileLedger(
        { requests: join(folder, 'requests-today.json'), paces: join(folder, 'paces.json') },
        files,
        clock,
      );
}
