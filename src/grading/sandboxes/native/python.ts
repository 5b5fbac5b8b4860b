/**
 * The user's own Python with its packages, natively: a fork server in a bubblewrap sandbox. Each program is a fork of a warm
 * interpreter, and afterwards all that it has left behind is ended and deleted.
 */
import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import { z } from 'zod';
import { within } from '../../../world/deadline.js';
import { harnessFile } from '../../harness.js';
import { openFrames } from '../frames.js';
import type { Asked, Interpreter, Role } from '../python/interpreter.js';
import { pythonSelfTests } from '../python/self-tests.js';
import { pythonWorker } from '../python/worker.js';
import type { Backend, SandboxEdges } from '../sandbox.js';
import {
  asItLies,
  type Bubblewrap,
  keptIn,
  NoNativeSandbox,
  nextUid,
  probeBubblewrap,
  programOnPath,
  spawnConfined,
} from './bubblewrap.js';

const serverFile = harnessFile('python-native.py');
const harnessFolder = dirname(serverFile);
/** Where the harness lies in a sandbox: a project's own path is nothing for an answer. */
const HARNESS = '/run/harness';
const START_LIMIT_MS = 60_000;
const OLDEST = [3, 10] as const;

export const nativePython: Backend = {
  tier: 'native',
  languages: ['python'],
  selfTests: pythonSelfTests(),
  probe: async (edges) => (await installedPython(edges)).description,
  async start(edges) {
    const python = await installedPython(edges);
    const answers = await startInterpreter(edges, python, 'answer');
    return pythonWorker(edges.clock, answers, () => startInterpreter(edges, python, 'tests'));
  },
};

/** What the user's interpreter says of itself. */
const installedSchema = z.object({
  executable: z.string(),
  version: z.string(),
  prefixes: z.array(z.string()),
  path: z.array(z.string()),
  /** Top-level modules of installed packages. */
  modules: z.array(z.string()),
  /** `numpy 2.1.0` */
  packages: z.array(z.string()),
});

export interface InstalledPython extends z.infer<typeof installedSchema> {
  readonly bubblewrap: Bubblewrap;
  readonly description: string;
}

const ASK = `
import json, os, sys
from importlib import metadata
packages, modules = {}, set()
for one in metadata.distributions():
    name = one.metadata["Name"]
    if not name: continue
    packages.setdefault(name.lower(), f"{name.lower()} {one.version}")
    for file in one.files or ():
        top = file.parts[0]
        if top.endswith(".py"): modules.add(top[:-3])
        elif len(file.parts) > 1 and top.isidentifier(): modules.add(top)
with os.fdopen(3, "w") as out:
    json.dump({
        "executable": sys.executable, "version": sys.version.split()[0],
        "prefixes": [sys.prefix, sys.base_prefix, os.path.dirname(os.path.realpath(sys.executable))],
        "path": [os.path.abspath(one) for one in sys.path[1:] if os.path.exists(one)],
        "modules": sorted(modules), "packages": sorted(packages.values()),
    }, out)
`;

const installed = new WeakMap<object, Promise<InstalledPython>>();

/** Found once for a run's sandboxes. Rejects with NoNativeSandbox. */
export function installedPython(edges: SandboxEdges): Promise<InstalledPython> {
  const known = installed.get(edges) ?? findPython(edges);
  installed.set(edges, known);
  return known;
}

async function findPython(edges: SandboxEdges): Promise<InstalledPython> {
  const bubblewrap = await probeBubblewrap(edges);
  const wanted = edges.native.toolchains['python'] ?? 'python3';
  const program = wanted.includes('/') ? wanted : await programOnPath(wanted, edges.native.path, edges.files);
  if (program === null)
    throw new NoNativeSandbox(
      `native Python needs ${wanted}, which is not on PATH: install Python, or name one in bench.yaml (toolchains: { python: ./venv/bin/python })`,
    );
  const child = edges.processes.spawn(program, ['-c', ASK], {
    env: { PATH: edges.native.path ?? '/usr/bin:/bin', ...edges.native.home },
  });
  let said = '';
  const listening = (async () => {
    for await (const piece of child.channel) said += Buffer.from(piece).toString('utf8');
  })();
  const { code } = await within(edges.clock, START_LIMIT_MS, null, () => child.exited);
  await listening.catch(() => {});
  if (code !== 0)
    throw new NoNativeSandbox(
      `native Python: ${program} does not run (${child.output().trim().split('\n').at(-1) || `status ${code}`})`,
    );
  const about = installedSchema.parse(JSON.parse(said));
  const [major = 0, minor = 0] = about.version.split('.').map(Number);
  if (major !== OLDEST[0] || minor < OLDEST[1])
    throw new NoNativeSandbox(
      `native Python needs Python ${OLDEST.join('.')} or later, and ${program} is ${about.version}: name another one in bench.yaml (toolchains: { python: … })`,
    );
  return { ...about, bubblewrap, description: describe(about, bubblewrap) };
}

/** Equal if and only if the same code finds the same around it. */
function describe(
  { version, packages }: z.infer<typeof installedSchema>,
  { description }: Bubblewrap,
): string {
  const digest = createHash('sha256').update(packages.join('\n')).digest('hex').slice(0, 8);
  const some = packages.length === 0 ? '' : ` with ${packages.length} packages (${digest})`;
  return `native: CPython ${version}${some}, ${description}`;
}

const readySchema = z.object({ ready: z.literal(true) });
const doneSchema = z.object({ done: z.literal(true) });

async function startInterpreter(
  edges: SandboxEdges,
  python: InstalledPython,
  role: Role,
): Promise<Interpreter> {
  const { bubblewrap, executable, prefixes, path } = python;
  const uid = nextUid(bubblewrap, edges.processes.pid);
  const seen = [{ from: harnessFolder, to: HARNESS }, ...[...prefixes, ...path].map(asItLies)];
  const child = spawnConfined(
    edges,
    bubblewrap,
    seen,
    [
      executable,
      '-s',
      `${HARNESS}/${basename(serverFile)}`,
      HARNESS,
      role,
      uid === null ? '-' : String(uid),
      JSON.stringify({ path, kept: keptIn(seen), confined: bubblewrap.path !== null }),
    ],
    environment(executable),
  );
  const channel = openFrames(child);
  try {
    readySchema.parse(await within(edges.clock, START_LIMIT_MS, null, () => channel.next()));
  } catch (error) {
    child.kill();
    const why = child.output().trim().split('\n').at(-1) ?? '';
    throw new Error(
      `native Python did not start: ${error instanceof Error ? error.message : error}. ${why}`.trim(),
    );
  }
  const modules = new Set(python.modules);
  return {
    description: python.description,
    send(asked) {
      channel.send(outline(asked, modules));
      channel.send(asked);
    },
    next: channel.next,
    async reset() {
      channel.forget();
      channel.send({ op: 'reset' });
      // What the program said at its end may come first.
      while (!doneSchema.safeParse(await channel.next()).success);
      return true;
    },
    outlivesPrograms: true,
    kill: child.kill,
  };
}

/** What the server needs of a request. It does not look into the rest: it may be a test, and answers inherit its memory. */
function outline(asked: Asked, modules: ReadonlySet<string>) {
  if ('exchange' in asked) return { op: 'exchange' };
  const { op, memoryBytes, outputBytes, code = '', tests = '', stdin, files } = asked;
  const imported = new Set<string>();
  for (const [, name = ''] of `${code}\n${tests}`.matchAll(/^[ \t]*(?:import|from)[ \t]+([A-Za-z_]\w*)/gm))
    if (modules.has(name)) imported.add(name);
  return {
    op,
    memoryBytes,
    outputBytes: outputBytes ?? 1024 ** 2,
    preload: [...imported].sort(),
    ...(stdin === undefined ? {} : { stdin, files }),
  };
}

function environment(executable: string): Record<string, string> {
  return {
    HOME: '/home/guest',
    PATH: `${dirname(executable)}:/usr/bin:/bin`,
    LANG: 'C.UTF-8',
    TZ: 'UTC',
    PYTHONHASHSEED: '0',
    PYTHONUTF8: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    // A pool of threads in each fork would be most of its memory.
    OPENBLAS_NUM_THREADS: '1',
    OMP_NUM_THREADS: '1',
    MKL_NUM_THREADS: '1',
    MALLOC_ARENA_MAX: '2',
    MPLBACKEND: 'Agg',
  };
}
