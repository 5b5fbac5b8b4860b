/** How far the judges of a suite can be trusted, kept beside its runs: `judges/<suite>.json`. */
import { join } from 'node:path';
import type { World } from '../../world/world.js';
import { stamp } from '../execution/run-lines.js';
import type { CheckedSuite } from './check-judges.js';

const VERSION = 1;

const fileOf = (suite: string, out: string): string =>
  join(out, 'judges', `${suite.replaceAll(/[^\w.-]+/g, '-')}.json`);

/** Its path. */
export async function keepAccuracy(
  { suite, simulated, judges }: CheckedSuite,
  out: string,
  { files, clock }: Pick<World, 'files' | 'clock'>,
): Promise<string> {
  const path = fileOf(suite, out);
  await files.makeFolder(join(out, 'judges'));
  const document = { schema_version: VERSION, suite, checked_at: stamp(clock), simulated, judges };
  await files.writeAtomic(path, `${JSON.stringify(document, null, 2)}\n`);
  return path;
}
