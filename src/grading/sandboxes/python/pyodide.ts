/**
 * Python in WebAssembly: Pyodide in a child process with no environment, no network, no file but its own, and its heap
 * put back after each program.
 */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { within } from '../../../world/deadline.js';
import { harnessFile, harnessFiles } from '../../harness.js';
import { openFrames } from '../frames.js';
import type { Backend, SandboxEdges } from '../sandbox.js';
import type { Interpreter, Role } from './interpreter.js';
import { pythonSelfTests } from './self-tests.js';
import { pythonWorker } from './worker.js';

const childFile = harnessFile('pyodide-child.mjs');
const harnessFolder = dirname(childFile);

/** Loading Pyodide takes seconds on a slow machine; a minute says that it hangs. */
const START_LIMIT_MS = 60_000;
/** Memory that grew never shrinks: beyond this a child is replaced. */
const GROWN_BYTES = 64 * 1024 * 1024;

export const pyodide: Backend = {
  tier: 'wasm',
  probe: async () => '',
  languages: ['python'],
  selfTests: pythonSelfTests(),
  async start(edges) {
    const snapshot = await snapshotFile(edges);
    const answers = await startInterpreter(edges, 'answer', snapshot);
    return pythonWorker(edges.clock, answers, () => startInterpreter(edges, 'tests', snapshot));
  },
};

const readySchema = z.object({ ready: z.literal(true), description: z.string() });
const doneSchema = z.object({ done: z.literal(true), bytes: z.number() });

function spawnChild(
  { processes, wheels }: SandboxEdges,
  pyodideFolder: string,
  snapshot: string,
  role: Role,
) {
  const permission =
    Number(process.versions.node.split('.')[0]) >= 24 ? '--permission' : '--experimental-permission';
  const readable = [
    `${pyodideFolder}/*`,
    `${dirname(childFile)}/*`,
    ...(snapshot.startsWith('/') ? [snapshot] : []),
    ...wheels.map(({ path }) => path),
  ];
  const flags = [
    permission,
    '--no-warnings',
    // For the thread that ends the child when we are gone.
    '--allow-worker',
    '--disallow-code-generation-from-strings',
    // Half the time to start; loops of the guest are slower by a tenth to a third.
    '--liftoff-only',
    ...readable.map((path) => `--allow-fs-read=${path}`),
  ];
  const paths = JSON.stringify(wheels.map(({ path }) => path));
  const args = [childFile, pyodideFolder, snapshot, harnessFolder, role, paths, String(processes.pid)];
  return processes.spawn(processes.node, [...flags, ...args], { env: { TZ: 'UTC' } });
}

async function startInterpreter(
  edges: SandboxEdges,
  role: Role,
  snapshot: string | null,
): Promise<Interpreter> {
  const child = spawnChild(edges, pyodideFolder(), snapshot ?? '-', role);
  const channel = openFrames(child);
  try {
    const { description } = readySchema.parse(
      await within(edges.clock, START_LIMIT_MS, null, () => channel.next()),
    );
    const packages = edges.wheels.map(({ name, version }) => `${name} ${version}`).join(', ');
    const runtime = `wasm: ${description}${packages === '' ? '' : ` with ${packages}`}`;
    let baselineBytes = 0;
    return {
      description: runtime,
      send: channel.send,
      next: channel.next,
      async reset() {
        channel.send({ op: 'reset' });
        const { bytes } = doneSchema.parse(await channel.next());
        if (baselineBytes === 0) baselineBytes = bytes;
        return bytes - baselineBytes < GROWN_BYTES;
      },
      outlivesPrograms: false,
      kill: child.kill,
    };
  } catch (error) {
    child.kill();
    const said = child.output().trim().split('\n').at(-1) ?? '';
    throw new Error(
      `Python (Pyodide) did not start: ${error instanceof Error ? error.message : error}. ${said}`.trim(),
    );
  }
}

function pyodideFolder(): string {
  return dirname(createRequire(import.meta.url).resolve('pyodide/package.json'));
}

// --- The snapshot ----------------------------------------------------------------------------------------------------

/** One in the making per file: workers that start together wait for the same one. */
const inTheMaking = new Map<string, Promise<string | null>>();

/** Made once per install and version; null where it cannot be kept, then Pyodide is loaded the slow way. */
async function snapshotFile(edges: SandboxEdges): Promise<string | null> {
  const { files } = edges;
  const hashed = createHash('sha256').update(process.version);
  for (const path of [join(pyodideFolder(), 'package.json'), ...(await harnessFiles(files))])
    hashed.update(await files.readText(path));
  const version = hashed.digest('hex').slice(0, 12);
  for (const folder of edges.cacheFolders) {
    const path = join(folder, `python-${version}.snapshot`);
    if ((await files.kind(path)) === 'file') return path;
  }
  const name = `python-${version}.snapshot`;
  let making = inTheMaking.get(name);
  if (making === undefined) {
    making = makeSnapshot(edges, name);
    inTheMaking.set(name, making);
  }
  return making;
}

async function makeSnapshot(edges: SandboxEdges, name: string): Promise<string | null> {
  const child = spawnChild(edges, pyodideFolder(), 'make', 'answer');
  try {
    const bytes = await within(edges.clock, START_LIMIT_MS, null, () => openFrames(child).nextBytes());
    for (const folder of edges.cacheFolders) {
      const path = join(folder, name);
      try {
        await edges.files.writeAtomic(path, bytes);
        return path;
      } catch {
        // Not writable: the next folder is.
      }
    }
    return null;
  } catch {
    return null;
  } finally {
    child.kill();
  }
}
