/** results/baselines/<name>.json: what comparisons need of a run, small enough to be committed and read in a review. */
import { join } from 'node:path';
import { z } from 'zod';
import { BASELINE_VERSION, type RunProfile } from '../domain/comparison.js';
import type { Problem } from '../domain/errors/diagnostic.js';
import type { Files } from '../world/world.js';

const count = z.number().int().min(0);

const profileSchema = z.looseObject({
  schema_version: z.number(),
  id: z.string(),
  started_at: z.string(),
  tool: z.looseObject({ name: z.string(), version: z.string() }),
  suites: z.array(z.looseObject({ name: z.string(), hash: z.string(), cases: count })),
  extraction: z.string(),
  sandboxes: z.record(z.string(), z.string()),
  partial: z.looseObject({ trials: count, planned: count }).exactOptional(),
  candidates: z.array(
    z.looseObject({
      candidate: z.string(),
      kind: z.enum(['model', 'rotation']),
      simulated: z.boolean(),
      missing: count.exactOptional(),
      identical: count.exactOptional(),
      cases: z.array(
        z
          .looseObject({
            suite: z.string(),
            case: z.string(),
            category: z.string(),
            hash: z.string().nullable(),
            trials: count,
            answered: count,
            judged: count,
            unsupported: count.exactOptional(),
            untrusted: z.string().exactOptional(),
            passed: count,
            score: z.number(),
            ln_ms: z.number().nullable(),
            why: z.string().nullable(),
          })
          .refine(
            ({ trials, answered, judged, passed }) =>
              passed <= judged && judged <= answered && answered <= trials,
            'passed, judged, answered and trials must not be more than each other',
          ),
      ),
    }),
  ),
});

const baselineSchema = profileSchema.extend({ more: z.array(profileSchema).exactOptional() });

/** A name is a file's. */
export function baselineNameTrouble(name: string): string | null {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) && name !== 'latest') return null;
  return `"${name}" cannot name a baseline: letters, digits, ".", "_" and "-", and not "latest"`;
}

export function baselineFile(out: string, name: string): string {
  return join(out, 'baselines', `${name}.json`);
}

/** One case a line, so that a change of a few cases is a change of a few lines. */
export async function writeBaseline(path: string, profile: RunProfile, files: Files): Promise<void> {
  const { more = [], ...first } = profile;
  const runs = more.map((run) => textOf(run).trimEnd());
  const text = textOf(first).trimEnd().slice(0, -2);
  await files.makeFolder(join(path, '..'));
  await files.writeAtomic(
    path,
    `${text}${runs.length === 0 ? '' : `,\n  "more": [\n${runs.join(',\n')}\n  ]`}\n}\n`,
  );
}

function textOf({ candidates, ...head }: RunProfile): string {
  const fields = Object.entries(head).map(
    ([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  const blocks = candidates.map(({ cases, ...stamp }) => {
    const rows = cases.map((tally) => `      ${JSON.stringify(tally)}`);
    return `    ${JSON.stringify(stamp).slice(0, -1)},"cases":[\n${rows.join(',\n')}\n    ]}`;
  });
  return `{\n${fields.join(',\n')},\n  "candidates": [\n${blocks.join(',\n')}\n  ]\n}\n`;
}

export async function readBaseline(path: string, files: Files): Promise<RunProfile | Problem> {
  let raw: unknown;
  try {
    raw = JSON.parse(await files.readText(path));
  } catch (error) {
    return {
      code: 'baseline/invalid',
      problem: `${path} is not valid JSON: ${error instanceof Error ? error.message : error}`,
    };
  }
  const version =
    typeof raw === 'object' && raw !== null && 'schema_version' in raw ? raw.schema_version : null;
  if (typeof version === 'number' && version > BASELINE_VERSION) {
    return {
      code: 'baseline/invalid',
      problem: `${path} needs a newer version of bench (version ${version})`,
    };
  }
  const parsed = baselineSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  return {
    code: 'baseline/invalid',
    problem: `${path} is not a baseline file: ${first?.path.join('.') || 'it'}: ${first?.message ?? 'wrong'}`,
  };
}

export async function listBaselines(out: string, files: Files): Promise<readonly string[]> {
  const names = await files.list(join(out, 'baselines'));
  return names.filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length));
}
