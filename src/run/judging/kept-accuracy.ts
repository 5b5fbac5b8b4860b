/** How far the judges of a suite can be trusted, kept beside its runs: `judges/<suite>.json`. */
import { join } from 'node:path';
import { z } from 'zod';
import type { JudgeAccuracy } from '../../domain/kinds/judge-accuracy.js';
import { isoTime } from '../../domain/units.js';
import { judgeAccuracySchema } from '../../journal/judge-accuracy.js';
import type { World } from '../../world/world.js';

/** What a suite's judges were found to be worth. */
export interface CheckedSuite {
  readonly suite: string;
  readonly simulated: boolean;
  readonly judges: readonly JudgeAccuracy[];
}

const VERSION = 1;

const fileOf = (suite: string, out: string): string =>
  join(out, 'judges', `${suite.replaceAll(/[^\w.-]+/g, '-')}.json`);

/** Of all that are kept for these suites; files that cannot be read are skipped. */
export async function knownAccuracies(
  suites: readonly string[],
  out: string,
  files: Pick<World['files'], 'kind' | 'readText'>,
): Promise<readonly JudgeAccuracy[]> {
  const found: JudgeAccuracy[] = [];
  for (const suite of suites) {
    const path = fileOf(suite, out);
    if ((await files.kind(path)) !== 'file') continue;
    try {
      found.push(...document.parse(JSON.parse(await files.readText(path))).judges);
    } catch {
      // Written by another version, or by hand: bench judge check writes it anew.
    }
  }
  return found;
}

const document = z.looseObject({ judges: z.array(judgeAccuracySchema) });

/** Its path. */
export async function keepAccuracy(
  { suite, simulated, judges }: CheckedSuite,
  out: string,
  { files, clock }: Pick<World, 'files' | 'clock'>,
): Promise<string> {
  const path = fileOf(suite, out);
  await files.makeFolder(join(out, 'judges'));
  const kept = { schema_version: VERSION, suite, checked_at: isoTime(clock.wallMs()), simulated, judges };
  await files.writeAtomic(path, `${JSON.stringify(kept, null, 2)}\n`);
  return path;
}
