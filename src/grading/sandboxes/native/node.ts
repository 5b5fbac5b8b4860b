/**
 * The user's own Node with its packages, natively: a process for each program, in a sandbox of its own. One waits, started,
 * while another one works.
 */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import type { Execution, Program } from '../../../domain/program.js';
import { within } from '../../../world/deadline.js';
import type { Child } from '../../../world/world.js';
import { harnessFile } from '../../harness.js';
import { ChannelEnded, type FrameChannel, openFrames } from '../frames.js';
import {
  answerSchema,
  asItIs,
  deathOfThrown,
  diedOf,
  executionOf,
  requestOf,
  withoutLines,
  withoutTypes,
} from '../javascript/protocol.js';
import { javascriptSelfTests } from '../javascript/self-tests.js';
import { asScript } from '../javascript/source.js';
import type { Backend, SandboxEdges, SandboxWorker } from '../sandbox.js';
import {
  asItLies,
  type Bound,
  type Bubblewrap,
  NoNativeSandbox,
  nextUid,
  output,
  probeBubblewrap,
  programOnPath,
  spawnConfined,
} from './bubblewrap.js';
import { placeFiles, writableFolder } from './folders.js';
import { limited, runConfined } from './running.js';

const childFile = harnessFile('node-native.mjs');
const HARNESS = '/run/harness';
const SWC = '/run/swc';
const HOME = '/home/guest';
const START_LIMIT_MS = 60_000;
/** Of the engine itself, beside what the program takes. */
const OWN_BYTES = 1024 ** 3;

export const nativeNode: Backend = {
  tier: 'native',
  languages: ['javascript', 'typescript'],
  selfTests: [...javascriptSelfTests('javascript'), ...javascriptSelfTests('typescript')],
  probe: async (edges) => (await installedNode(edges)).description,
  async start(edges) {
    return worker(edges, await installedNode(edges));
  },
};

interface InstalledNode {
  readonly bubblewrap: Bubblewrap;
  readonly program: string;
  /** What its processes see. */
  readonly seen: readonly Bound[];
  readonly description: string;
}

const installed = new WeakMap<SandboxEdges, Promise<InstalledNode>>();

function installedNode(edges: SandboxEdges): Promise<InstalledNode> {
  const known = installed.get(edges) ?? findNode(edges);
  installed.set(edges, known);
  return known;
}

const OLDEST = 20;

async function findNode(edges: SandboxEdges): Promise<InstalledNode> {
  const { files, native, processes } = edges;
  const bubblewrap = await probeBubblewrap(edges);
  const wanted = native.toolchains['javascript'] ?? processes.node;
  const program = wanted.includes('/') ? wanted : await programOnPath(wanted, native.path, files);
  const help = 'name one in bench.yaml (toolchains: { javascript: … })';
  if (program === null)
    throw new NoNativeSandbox(`native JavaScript needs ${wanted}, which is not on PATH: ${help}`);
  const said = await output(edges, program, ['--version']);
  const [, version = '', major] = /^v((\d+)\.[\w.-]+)/.exec(said.text.trim()) ?? [];
  if (said.code !== 0 || Number(major) < OLDEST)
    throw new NoNativeSandbox(
      `native JavaScript needs Node ${OLDEST} or later, and ${program} is ${said.text.trim().split('\n').at(-1) || 'none'}: ${help}`,
    );
  const real = await files.realPath(program);
  const packages = await nearestPackages(edges);
  const seen: Bound[] = [
    { from: dirname(childFile), to: HARNESS },
    { from: dirname(swcFile()), to: SWC },
    asItLies(dirname(dirname(real))),
    ...(packages === null ? [] : [{ from: packages, to: `${HOME}/node_modules` }]),
  ];
  const locked = packages === null ? '' : `, packages (${await packagesDigest(packages, edges)})`;
  const description = `native: Node ${version}${locked}, ${bubblewrap.description}`;
  return { bubblewrap, program: real, seen, description };
}

const swcFile = () => createRequire(import.meta.url).resolve('@swc/wasm-typescript');

/** As Node looks for it: in this folder, or the nearest one above. */
async function nearestPackages({ files, native }: SandboxEdges): Promise<string | null> {
  for (let folder = native.folder; ; folder = dirname(folder)) {
    const packages = join(folder, 'node_modules');
    if ((await files.kind(packages)) === 'folder') return packages;
    if (dirname(folder) === folder) return null;
  }
}

/** Of what npm has written there; the names, for other installers. */
async function packagesDigest(folder: string, { files }: SandboxEdges): Promise<string> {
  const lock = join(folder, '.package-lock.json');
  const text =
    (await files.kind(lock)) === 'file' ? await files.readText(lock) : (await files.list(folder)).join('\n');
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

interface Process {
  readonly child: Child;
  readonly channel: FrameChannel;
  readonly ready: Promise<unknown>;
}

const readySchema = z.object({ ready: z.literal(true) });
const replySchema = z.object({ word: z.string(), reply: answerSchema });

function worker(edges: SandboxEdges, node: InstalledNode): SandboxWorker {
  let spare: Process | null = null;
  const processes = new Set<Child>();

  /** `memoryBytes`: of a program; another limit needs another process. */
  function begin(memoryBytes: number): Process {
    const asked = {
      command: [
        node.program,
        '--no-warnings',
        `--max-old-space-size=${Math.max(32, Math.floor(memoryBytes / 1024 ** 2))}`,
        `${HARNESS}/${basename(childFile)}`,
        `${SWC}/${basename(swcFile())}`,
      ],
      limits: { timeMs: 0, memoryBytes, outputBytes: 0 },
      ownBytes: OWN_BYTES,
      isTrusted: false,
      given: null,
    };
    const uid = nextUid(node.bubblewrap, edges.processes.pid);
    const child = spawnConfined(
      edges,
      node.bubblewrap,
      node.seen,
      limited(asked, uid, node.bubblewrap.path !== null),
      environment(node),
    );
    processes.add(child);
    child.exited.then(() => processes.delete(child));
    const channel = openFrames(child);
    const ready = channel.next().then((frame) => readySchema.parse(frame));
    ready.catch(() => {});
    return { child, channel, ready };
  }

  let spareBytes = 0;
  async function take(memoryBytes: number): Promise<Process> {
    if (spare !== null && spareBytes !== memoryBytes) {
      spare.child.kill();
      spare = null;
    }
    const taken = spare ?? begin(memoryBytes);
    spare = null;
    try {
      await within(edges.clock, START_LIMIT_MS, null, () => taken.ready);
      return taken;
    } catch (error) {
      taken.child.kill();
      const said = taken.child.output().trim().split('\n').slice(-3).join(' ');
      throw new Error(
        `native Node did not start: ${error instanceof Error ? error.message : error}. ${said}`.trim(),
      );
    }
  }

  return {
    description: node.description,
    async run(program) {
      if (program.kind === 'queries')
        return { execution: { kind: 'broken', why: 'this is no SQL sandbox' }, fit: true };
      if (program.kind === 'tests' && program.judge === 'isolated')
        return {
          execution: { kind: 'broken', why: 'native Node has one judge for tests: beside the answer' },
          fit: true,
        };
      const { memoryBytes } = program.limits;
      const { child, channel } = await take(memoryBytes);
      try {
        const execution =
          program.kind === 'script'
            ? await runScript(edges, node, program, channel)
            : await judge(edges, program, channel, child);
        return { execution, fit: true };
      } finally {
        child.kill();
        spareBytes = memoryBytes;
        spare ??= begin(memoryBytes);
      }
    },
    close() {
      for (const child of processes) child.kill();
    },
  };
}

/** In a process that has the harness. */
async function judge(
  { clock }: SandboxEdges,
  program: Exclude<Program, { kind: 'script' | 'queries' }>,
  channel: FrameChannel,
  child: Child,
): Promise<Execution> {
  const { timeMs, memoryBytes, outputBytes } = program.limits;
  // What it answers with: nothing of it is in the answer's reach, and only who knows the tests could reckon it.
  const secret = program.kind === 'tests' ? program.tests : JSON.stringify(program.calls);
  const word = createHash('sha256')
    .update(secret)
    .update(program.code)
    .update(String(clock.nowMs()))
    .digest('hex');
  try {
    return await within(clock, timeMs, null, async () => {
      const isTyped = program.language === 'typescript';
      const stripped = isTyped ? await withoutTypes(program, channel) : asItIs(program);
      if ('execution' in stripped) return stripped.execution;
      channel.send({ ...requestOf(stripped.program), word, timeMs, memoryBytes, outputBytes });
      const said = replySchema.safeParse(await channel.next());
      if (!said.success || said.data.word !== word)
        return diedOf(program, { how: 'exit', detail: 'its process sent a message of its own' });
      const execution = executionOf(program, said.data.reply);
      return stripped.moved ? withoutLines(execution) : execution;
    });
  } catch (error) {
    if (error instanceof ChannelEnded && /heap out of memory|Allocation failed/.test(child.output()))
      return diedOf(program, { how: 'memory', limitBytes: memoryBytes });
    const death = deathOfThrown(error, timeMs);
    if (death === null) throw error;
    return diedOf(program, death);
  }
}

/** A whole program is a process of its own: `node answer.cjs`, or a module where it is written as one. */
async function runScript(
  edges: SandboxEdges,
  node: InstalledNode,
  program: Extract<Program, { kind: 'script' }>,
  channel: FrameChannel,
): Promise<Execution> {
  const stripped = program.language === 'typescript' ? await withoutTypes(program, channel) : asItIs(program);
  if ('execution' in stripped) return stripped.execution;
  const { code } = stripped.program;
  const isModule = asScript(code) !== code;
  const name = isModule ? 'answer.mjs' : 'answer.cjs';
  const folder = await placeFiles(edges, await writableFolder(edges, 'node'), {
    ...program.files,
    [name]: code,
  });
  try {
    const heap = `--max-old-space-size=${Math.max(32, Math.floor(program.limits.memoryBytes / 1024 ** 2))}`;
    const ended = await runConfined(edges, node.bubblewrap, {
      command: [node.program, '--no-warnings', heap, name, ...program.args],
      seen: node.seen,
      env: environment(node),
      stdin: program.stdin,
      given: folder,
      limits: program.limits,
      ownBytes: OWN_BYTES,
      isTrusted: false,
    });
    const { stdout, stderr, exit, death } = ended;
    return { kind: 'ran', stdout, stderr, exit, raised: null, death };
  } finally {
    await edges.files.remove(folder);
  }
}

const environment = ({ program }: InstalledNode): Record<string, string> => ({
  HOME,
  PATH: `${dirname(program)}:/usr/bin:/bin`,
  LANG: 'C.UTF-8',
  TZ: 'UTC',
});
