/** A suite's models and rotations. */
import type { Candidate, Model } from '../domain/candidate.js';
import type { Diagnostic } from '../domain/errors/diagnostic.js';
import { didYouMean } from '../domain/errors/did-you-mean.js';
import type { Files } from '../world/world.js';
import { modelNamed, type Names, type RotationEntry, rotationOf } from './candidates.js';
import { type Config, makeModel } from './config.js';
import { mistakesOf } from './mistakes.js';
import { namedModelSchema, namedRotationSchema, type SuiteHead } from './schema.js';
import type { Locate, Path } from './yaml-source.js';

/** What they are read with; mistakes are added to `diagnostics`. */
export interface CandidateSources {
  readonly config: Config;
  readonly files: Files;
  readonly diagnostics: Diagnostic[];
}

/** The suite's own entries are names too, and they win over bench.yaml's. */
export async function readCandidates(
  head: SuiteHead,
  file: string,
  locate: Locate,
  all: CandidateSources,
): Promise<{ candidates: readonly Candidate[]; models: ReadonlyMap<string, Model>; names: Names }> {
  const { config } = all;
  const seen = new Set<string>();
  const candidates: Candidate[] = [];
  const wrong = (path: Path, found: Diagnostic) =>
    all.diagnostics.push({ ...locate(path, 'value'), ...found });
  const isNew = (name: string, path: Path) => {
    if (seen.has(name))
      wrong(path, {
        code: 'suite/duplicate-candidate',
        message: `the candidate "${name}" is listed twice`,
      });
    return !seen.has(name) && seen.add(name);
  };

  // Entries first: a rotation, or a name above them, may use them.
  const { own, broken } = await readOwnModels(head, file, locate, all);
  const rotations = new Map(config.rotations);
  const names: Names = { ...config, models: new Map([...config.models, ...own]), rotations };

  for (const [index, raw] of (head.models ?? []).entries()) {
    const path: Path = ['models', index];
    const name =
      typeof raw === 'string'
        ? raw
        : typeof raw === 'object' && raw !== null && 'name' in raw
          ? String(raw.name)
          : '';
    if (broken.has(name) || !isNew(name, path)) continue;
    const model = modelNamed(name, names);
    if ('message' in model) wrong(path, model);
    else candidates.push({ kind: 'model', name: model.name, model });
  }

  for (const [index, raw] of (head.rotations ?? []).entries()) {
    const path: Path = ['rotations', index];
    let entry: RotationEntry | undefined;
    let name: string;
    if (typeof raw === 'string') {
      name = raw;
      entry = config.rotations.get(name);
      if (entry === undefined) {
        const help = didYouMean(name, [...config.rotations.keys()]);
        wrong(path, {
          code: 'config/unknown-rotation',
          message: `no rotation is named "${name}"`,
          ...(help === null ? {} : { help }),
        });
        continue;
      }
    } else {
      const parsed = namedRotationSchema.safeParse(raw, { reportInput: true });
      if (!parsed.success) {
        const inside: Locate = (deep, what) => locate([...path, ...deep], what);
        all.diagnostics.push(
          ...mistakesOf(parsed.error, {
            subject: `rotation ${index + 1}`,
            locate: inside,
            schema: namedRotationSchema,
          }),
        );
        continue;
      }
      name = parsed.data.name;
      entry = { models: parsed.data.models, retry: parsed.data.retry ?? null };
      rotations.set(name, entry);
    }
    if (!isNew(name, path)) continue;
    if (entry.models.some((model) => broken.has(model))) continue;
    const rotation = rotationOf(name, entry, names);
    if (rotation.ok) candidates.push(rotation.value);
    else for (const found of rotation.diagnostics) wrong(path, found);
  }
  return { candidates, models: own, names };
}

/** The models that the suite defines itself, and the names of those that cannot be read. */
async function readOwnModels(
  head: SuiteHead,
  file: string,
  locate: Locate,
  { config, files, diagnostics }: CandidateSources,
): Promise<{ readonly own: ReadonlyMap<string, Model>; readonly broken: ReadonlySet<string> }> {
  const own = new Map<string, Model>();
  const broken = new Set<string>();
  for (const [index, raw] of (head.models ?? []).entries()) {
    if (typeof raw === 'string') continue;
    const path: Path = ['models', index];
    const inside: Locate = (deep, what) => locate([...path, ...deep], what);
    const parsed = namedModelSchema.safeParse(raw, { reportInput: true });
    const name = typeof raw === 'object' && raw !== null && 'name' in raw ? String(raw.name) : '';
    if (!parsed.success) {
      const subject = name === '' ? `model ${index + 1}` : `model "${name}"`;
      diagnostics.push(...mistakesOf(parsed.error, { subject, locate: inside, schema: namedModelSchema }));
      broken.add(name);
      continue;
    }
    const made = await makeModel(name, parsed.data, {
      accounts: config.accounts,
      retry: config.retry,
      file,
      files,
      locate,
      path,
    });
    diagnostics.push(...made.diagnostics);
    if (made.model === null) broken.add(name);
    else own.set(name, made.model);
  }
  return { own, broken };
}

/** An answer to a case that is not there is a slip in its id. */
export function answersForNobody(models: ReadonlyMap<string, Model>, ids: ReadonlySet<string>): Diagnostic[] {
  return [...models.values()].flatMap((model) =>
    Object.keys(model.simulation?.answers ?? {})
      .filter((id) => !ids.has(id))
      .map((id) => {
        const help = didYouMean(id, [...ids]);
        return {
          code: 'suite/unknown-case',
          message: `the answers of model "${model.name}" refer to a case "${id}" that the suite does not have`,
          ...(help === null ? {} : { help }),
        };
      }),
  );
}
