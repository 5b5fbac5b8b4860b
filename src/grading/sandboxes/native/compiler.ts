/** The user's compilers: found, and asked to build what answers are made of. What was built is kept for later runs. */
import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { Raised } from '../../../domain/program.js';
import type { SandboxEdges } from '../sandbox.js';
import {
  asItLies,
  type Bubblewrap,
  NoNativeSandbox,
  output,
  probeBubblewrap,
  programOnPath,
} from './bubblewrap.js';
import { writableFolder } from './folders.js';
import { type Ended, runConfined } from './running.js';
import type { Toolchain } from './toolchain.js';

const BUILD_LIMITS = { timeMs: 120_000, memoryBytes: 4 * 1024 ** 3, outputBytes: 1024 ** 2 };
/** Builds that are kept; beyond them some are deleted. */
const MOST_BUILDS = 200;
const SOURCES = '/run/sources';
export const OUT = '/run/out';
const CACHE = '/run/cache';

export interface Compiler {
  readonly toolchain: Toolchain;
  readonly bubblewrap: Bubblewrap;
  readonly program: string;
  /** Folders that it lies in. */
  readonly homes: readonly string[];
  readonly description: string;
  /** For what outlives a build; of this compiler alone. */
  readonly cache: string;
  /** By hash: the folder of what was built, or the mistake that the compiler told. */
  readonly builds: Map<string, Promise<Built>>;
}

type Built =
  | { readonly folder: string; readonly raised?: undefined }
  | { readonly raised: Raised; readonly folder?: undefined };

const known = new WeakMap<SandboxEdges, Map<string, Promise<Compiler>>>();

export function installedCompiler(edges: SandboxEdges, toolchain: Toolchain): Promise<Compiler> {
  const ours = known.get(edges) ?? new Map<string, Promise<Compiler>>();
  known.set(edges, ours);
  const found = ours.get(toolchain.language) ?? find(edges, toolchain);
  ours.set(toolchain.language, found);
  return found;
}

async function find(edges: SandboxEdges, toolchain: Toolchain): Promise<Compiler> {
  const { files, native } = edges;
  const { language, label, versionArgs, homeArgs, alsoReads = [] } = toolchain;
  const bubblewrap = await probeBubblewrap(edges);
  const wanted = native.toolchains[language] ?? toolchain.program;
  const program = wanted.includes('/') ? wanted : await programOnPath(wanted, native.path, files);
  const help = `name one in bench.yaml (toolchains: { ${language}: … })`;
  if (program === null)
    throw new NoNativeSandbox(`${label} needs ${wanted}, which is not on PATH: install it, or ${help}`);
  if (bubblewrap.isRoot && (await programOnPath('setpriv', '/usr/bin:/bin', files)) === null)
    throw new NoNativeSandbox(
      `${label}, run by root, needs setpriv: install util-linux, or run bench as another user`,
    );
  const said = await output(edges, program, versionArgs);
  if (said.code !== 0)
    throw new NoNativeSandbox(
      `${label}: ${program} does not run (${said.text.trim().split('\n').at(-1) || `status ${said.code}`}); ${help}`,
    );
  const home = homeArgs === null ? null : (await output(edges, program, homeArgs)).text.trim();
  const real = await files.realPath(program);
  const homes = [dirname(dirname(real)), ...(home === null ? [] : [home])];
  for (const path of alsoReads) if ((await files.kind(path)) === 'folder') homes.push(path);
  const description = `native: ${toolchain.version(said.text)}, ${bubblewrap.description}`;
  const id = createHash('sha256').update(`${description} ${real}`).digest('hex').slice(0, 12);
  const cache = await writableFolder(edges, `${language}-${id}`);
  await files.makeFolder(join(cache, 'builds'));
  return {
    toolchain,
    bubblewrap,
    program: home === null ? real : await inHome(real, basename(program), home, files),
    homes,
    description,
    cache,
    builds: new Map(),
  };
}

/** A proxy on PATH, as rustup's, is no compiler: the one in its home is. */
async function inHome(
  real: string,
  name: string,
  home: string,
  files: SandboxEdges['files'],
): Promise<string> {
  const own = join(home, 'bin', name);
  return (await files.kind(own)) === 'file' ? own : real;
}

// --- Building --------------------------------------------------------------------------------------------------------

/** By the hash of everything that goes into it: the same is built once. */
export function build(
  edges: SandboxEdges,
  compiler: Compiler,
  files: Readonly<Record<string, string>>,
): Promise<Built> {
  const key = createHash('sha256')
    .update(JSON.stringify([compiler.description, files]))
    .digest('hex')
    .slice(0, 24);
  const found = compiler.builds.get(key) ?? compile(edges, compiler, files, key);
  compiler.builds.set(key, found);
  return found;
}

async function compile(
  edges: SandboxEdges,
  compiler: Compiler,
  sources: Readonly<Record<string, string>>,
  key: string,
): Promise<Built> {
  const { files, processes } = edges;
  const { toolchain, cache } = compiler;
  const folder = join(cache, 'builds', key);
  if ((await files.kind(folder)) === 'folder') return { folder };
  await makeRoom(edges, cache);
  // Another process may be at the same: each has its own until it is whole.
  const own = `${folder}.${processes.pid}`;
  const [sourceFolder, out, kept] = [join(own, 'sources'), join(own, 'out'), join(cache, 'kept')];
  for (const one of [sourceFolder, out, kept]) await files.makeFolder(one);
  for (const [path, text] of Object.entries(sources)) await files.writeAtomic(join(sourceFolder, path), text);
  try {
    const ended = await runConfined(edges, compiler.bubblewrap, {
      command: [
        'sh',
        '-c',
        // Nobody is to read in it what its tests say at their end.
        `cd ${SOURCES} && "$@" && { chmod 0111 ${OUT}/program 2>/dev/null || true; }`,
        'sh',
        ...toolchain.build(compiler.program, Object.keys(sources), OUT),
      ],
      seen: [
        ...compiler.homes.map(asItLies),
        { from: sourceFolder, to: SOURCES },
        { from: out, to: OUT, isWritable: true },
        { from: kept, to: CACHE, isWritable: true },
      ],
      env: toolchain.env(CACHE),
      stdin: '',
      given: null,
      limits: BUILD_LIMITS,
      ownBytes: 0,
      isTrusted: true,
    });
    if (ended.death !== null || ended.exit !== 0) return { raised: mistakeOf(ended, toolchain) };
    await files.rename(out, folder).catch(() => {});
    return { folder };
  } finally {
    await files.remove(own);
  }
}

function mistakeOf({ death, stdout, stderr }: Ended, { mistakeIn }: Toolchain): Raised {
  if (death === null) return mistakeIn(`${stderr}\n${stdout}`.trim());
  const message =
    death.how === 'timeout'
      ? `it takes more than ${death.limitMs / 1000} s to compile`
      : 'the compiler prints too much';
  return { types: ['CompileError'], message, line: null };
}

async function makeRoom({ files }: SandboxEdges, cache: string): Promise<void> {
  const folder = join(cache, 'builds');
  const names = await files.list(folder);
  // Names are hashes: which of them go is chance.
  if (names.length > MOST_BUILDS)
    for (const name of names.slice(0, MOST_BUILDS / 2)) await files.remove(join(folder, name));
}
