/**
 * Python packages that suites ask for: looked up once, pinned by version and hash in packages.lock.json beside the suite, and
 * kept in a cache, from which every later run takes them without a network.
 */
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Diagnostic } from '../../domain/errors/diagnostic.js';
import type { Suite } from '../../domain/suite.js';
import type { Wheel } from '../../grading/sandboxes/sandbox.js';
import type { World } from '../../world/world.js';
import { cacheFolders } from '../package-files.js';
import { IndexError, type IndexFile, openPackageIndex, type PackageIndex } from './package-index.js';
import {
  compareVersions,
  dependenciesIn,
  fulfils,
  parseRequirement,
  parseVersion,
  type Requirement,
  wheelFor,
} from './requirement.js';

const DEFAULT_INDEX = 'https://pypi.org/simple';
const LOCK_FILE = 'packages.lock.json';

const pinnedSchema = z.object({
  name: z.string(),
  version: z.string(),
  filename: z.string().regex(/^[\w.+-]+\.whl$/),
  url: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});
type Pinned = z.infer<typeof pinnedSchema>;
const lockSchema = z.object({ wanted: z.array(z.string()), packages: z.array(pinnedSchema) });

/** The wheels of all suites, or what stands in the way. None where no suite asks for any. */
export async function preparePackages(
  suites: readonly Suite[],
  world: World,
): Promise<{ readonly wheels: readonly Wheel[] } | { readonly mistake: Diagnostic }> {
  const wanted = [...new Set(suites.flatMap(({ packages }) => packages))].sort();
  const [first] = suites.filter(({ packages }) => packages.length > 0);
  if (first === undefined) return { wheels: [] };
  const index = openPackageIndex(world.env['PIP_INDEX_URL'] ?? DEFAULT_INDEX, world);
  const lockFile = join(dirname(first.file), LOCK_FILE);
  try {
    const locked = await readLock(lockFile, wanted, world);
    const pinned = locked ?? (await resolve(wanted, index, world));
    const wheels: Wheel[] = [];
    for (const one of pinned) wheels.push(await kept(one, index, world));
    if (locked === null)
      await world.files
        .writeAtomic(lockFile, `${JSON.stringify({ wanted, packages: pinned }, null, 2)}\n`)
        .catch(() => {});
    return { wheels };
  } catch (error) {
    if (!(error instanceof IndexError)) throw error;
    return {
      mistake: {
        code: 'suite/packages',
        message: `packages of ${first.file}: ${error.message}`,
        help: `packages are looked up once; afterwards ${LOCK_FILE} and the cache are enough. PIP_INDEX_URL names another index`,
      },
    };
  }
}

/** Null where it is not there, or is of other packages. */
async function readLock(
  path: string,
  wanted: readonly string[],
  { files }: World,
): Promise<readonly Pinned[] | null> {
  if ((await files.kind(path)) !== 'file') return null;
  let read: unknown;
  try {
    read = JSON.parse(await files.readText(path));
  } catch {
    throw new IndexError(`${path} is not valid JSON; delete it to look the packages up again`);
  }
  const lock = lockSchema.safeParse(read);
  if (!lock.success)
    throw new IndexError(`${path} is not a lock file; delete it to look the packages up again`);
  return lock.data.wanted.join('\n') === wanted.join('\n') ? lock.data.packages : null;
}

/** The newest version of each that all which ask for it allow. */
async function resolve(
  wanted: readonly string[],
  index: PackageIndex,
  world: World,
): Promise<readonly Pinned[]> {
  const asked = new Map<string, Requirement['specifiers'][number][]>();
  const chosen = new Map<string, Pinned & IndexFile>();
  const queue = wanted.flatMap((text) => parseRequirement(text) ?? []);
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { name } = next;
    const specifiers = [...(asked.get(name) ?? []), ...next.specifiers];
    asked.set(name, specifiers);
    const known = chosen.get(name);
    if (known !== undefined && fulfils(known.version, specifiers)) continue;
    const found = await newest(name, specifiers, index);
    chosen.set(name, found);
    const { path } = await kept(found, index, world);
    queue.push(...dependenciesIn(await metadataIn(path, world)));
  }
  return [...chosen.values()]
    .map(({ name, version, filename, url, sha256 }) => ({ name, version, filename, url, sha256 }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function newest(
  name: string,
  specifiers: Requirement['specifiers'],
  index: PackageIndex,
): Promise<Pinned & IndexFile> {
  const files = await index.list(name);
  const isNamed = specifiers.some(({ operator }) => operator === '==' || operator === '===');
  const fitting = files.flatMap((file) => {
    const wheel = wheelFor(file.filename);
    if (wheel === null || !fulfils(wheel.version, specifiers)) return [];
    const isEarly = parseVersion(wheel.version)?.stage === -1;
    return isEarly && !isNamed ? [] : [{ ...file, name, version: wheel.version }];
  });
  const [best] = fitting.sort((a, b) => compareVersions(b.version, a.version));
  if (best !== undefined) return best;
  const range = specifiers.map(({ operator, version }) => `${operator}${version}`).join(',');
  throw new IndexError(
    `${name}${range} has no wheel that runs in the sandbox (CPython 3.13 in WebAssembly): pure Python ones do, and those for pyodide_2025_0`,
  );
}

/** Not every index has it beside the file: it is read from the wheel. */
async function metadataIn(path: string, { files }: World): Promise<string> {
  const { strFromU8, unzipSync } = await import('fflate');
  const isMetadata = (name: string) => /^[^/]+\.dist-info\/METADATA$/.test(name);
  try {
    const [bytes] = Object.values(
      unzipSync(await files.readBytes(path), { filter: ({ name }) => isMetadata(name) }),
    );
    return bytes === undefined ? '' : strFromU8(bytes);
  } catch {
    throw new IndexError(`${path} is not a wheel`);
  }
}

/** In the cache, by its hash. */
async function kept(
  { name, version, filename, url, sha256 }: Pinned,
  index: PackageIndex,
  world: World,
): Promise<Wheel> {
  const folders = cacheFolders(world.env).map((folder) => join(folder, 'wheels', sha256));
  for (const folder of folders) {
    const path = join(folder, filename);
    if ((await world.files.kind(path)) === 'file') return { name, version, path, sha256 };
  }
  const bytes = await index.download({ filename, url, sha256 });
  for (const folder of folders) {
    const path = join(folder, filename);
    try {
      await world.files.makeFolder(folder);
      await world.files.writeAtomic(path, bytes);
      return { name, version, path, sha256 };
    } catch {
      // Not writable: the next folder is.
    }
  }
  throw new IndexError(`there is no folder to keep ${filename} in`);
}
