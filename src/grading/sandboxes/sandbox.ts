/**
 * Where answers run: the interface that every back end fills, and the scheduler over all of them. A back end is started
 * by the first program of its language, proves itself by its own self-tests, and each program finds a state that no
 * other answer has touched.
 */
import { hash } from 'node:crypto';
import type { Execution, Program, SandboxTier, SandboxUse } from '../../domain/program.js';
import type { Clock, Files, Processes } from '../../world/world.js';
import { wasKilled } from './frames.js';

export interface SandboxEdges {
  readonly clock: Clock;
  readonly files: Files;
  readonly processes: Processes;
  /** Where things that are made once per install are kept (the Python snapshot); the first that can be written. */
  readonly cacheFolders: readonly string[];
  /** Python packages that suites ask for, in addition to the library. */
  readonly wheels: readonly Wheel[];
  readonly native: NativeSettings;
}

/** What the user has that native sandboxes run. */
export interface NativeSettings {
  /** By language, a program's path or its name; what is absent is looked for by its usual name. */
  readonly toolchains: Readonly<Record<string, string>>;
  /** Where programs are looked for: PATH. */
  readonly path: string | undefined;
  /** Answers run without protection: only where a command asked for it by name. */
  readonly isUnconfined: boolean;
  /** Where packages of Node are looked for: the working folder, and those above. */
  readonly folder: string;
  /** HOME, for programs that are found by settings in it. */
  readonly home: Readonly<Record<string, string>>;
}

/** A package's file on this machine. */
export interface Wheel {
  readonly name: string;
  readonly version: string;
  readonly path: string;
  readonly sha256: string;
}

/** A process that runs one program at a time. */
export interface SandboxWorker {
  /** `wasm: CPython 3.13.2 (Pyodide 0.29.5)`: what the run records and other runs are compared with. */
  readonly description: string;
  /**
   * Never rejects. `fit` is false after anything that the worker may not have survived whole (a kill, a memory bomb, a
   * crash): it is replaced then.
   */
  run(program: Program): Promise<{ readonly execution: Execution; readonly fit: boolean }>;
  /** Kills its processes. */
  close(): void;
}

/** A small program whose end is known: a broken machine is found before a thousand verdicts are. */
export interface SelfTest {
  readonly says: string;
  readonly program: Program;
  readonly holds: (execution: Execution) => boolean;
}

export interface Backend {
  readonly tier: SandboxTier;
  /** Each of its processes runs all of them. */
  readonly languages: readonly string[];
  /** Of each language one right program, one wrong one, one hostile one. */
  readonly selfTests: readonly SelfTest[];
  /**
   * What it runs, if that is not part of this program: found before anything is sent. Rejects with a plain sentence when
   * this machine cannot.
   */
  probe(edges: SandboxEdges): Promise<string>;
  /** Rejects with a plain sentence when it does not come up. */
  start(edges: SandboxEdges): Promise<SandboxWorker>;
}

/** The sandboxes of a tier. */
export interface SandboxTools {
  /** Never rejects: what our side could not do comes back as `broken`. A timeout is tried once more, alone. */
  run(program: Program): Promise<Execution>;
  /** Once, also if it times out; with the time in the sandbox, in ms. */
  runTimed(program: Program): Promise<Timed>;
  /** The same, and every later time for the same program the first result. */
  runOnce(program: Program): Promise<Execution>;
}

/** Of itself those of `wasm`. */
export interface Sandboxes extends SandboxTools {
  /** Languages that the tier has no sandbox for run in `wasm`. */
  in(tier: SandboxTier): SandboxTools;
  /** Language to description, of those that were started. */
  descriptions(): Readonly<Record<string, string>>;
  /** Language to what was run, of those that ran anything. */
  uses(): Readonly<Record<string, SandboxUse>>;
  close(): Promise<void>;
}

export interface Timed {
  readonly execution: Execution;
  readonly tookMs: number;
}

interface Room {
  readonly backend: Backend;
  readonly idle: SandboxWorker[];
  /** By language, the first start with its self-tests; its failure is every program's answer. */
  readonly opened: Map<string, Promise<string | null>>;
}

/** `slots` programs run at a time over all languages; workers start as they are needed and are kept. */
export function openSandboxes(
  backends: readonly Backend[],
  slots: number,
  edges: SandboxEdges,
  started: (language: string, description: string) => void,
): Sandboxes {
  const rooms = new Map<string, Room>(
    backends.flatMap((backend) => {
      const room: Room = { backend, idle: [], opened: new Map() };
      return backend.languages.map((language) => [`${backend.tier} ${language}`, room] as const);
    }),
  );
  const roomFor = (tier: SandboxTier, language: string) =>
    rooms.get(`${tier} ${language}`) ?? rooms.get(`wasm ${language}`);
  const workers = new Set<SandboxWorker>();
  /** By language, of each tier that was used. */
  const descriptions = new Map<string, Map<SandboxTier, string>>();
  const uses = new Map<string, { programs: number; replaced: number }>();
  const gate = slotGate(slots);
  let closed = false;

  async function startWorker(room: Room): Promise<SandboxWorker> {
    const worker = await room.backend.start(edges);
    workers.add(worker);
    if (closed) retire(worker);
    return worker;
  }

  function retire(worker: SandboxWorker): void {
    workers.delete(worker);
    worker.close();
  }

  /** Null when the room is fit for use, else why it is not. */
  async function open(room: Room, language: string): Promise<string | null> {
    try {
      for (const test of room.backend.selfTests) {
        if (test.program.language !== language) continue;
        const worker = room.idle.pop() ?? (await startWorker(room));
        const described = descriptions.get(language) ?? new Map<SandboxTier, string>();
        descriptions.set(language, described.set(room.backend.tier, worker.description));
        const { execution, fit } = await worker.run(test.program);
        if (fit) room.idle.push(worker);
        else retire(worker);
        if (!test.holds(execution)) {
          return `the ${language} sandbox fails its self-test (${test.says}): ${JSON.stringify(execution)}`;
        }
      }
      started(language, descriptions.get(language)?.get(room.backend.tier) ?? '');
      return null;
    } catch (error) {
      return `the ${language} sandbox does not start: ${messageOf(error)}`;
    }
  }

  async function runIn(room: Room, program: Program): Promise<Timed> {
    const { language } = program;
    const opened = room.opened.get(language) ?? open(room, language);
    room.opened.set(language, opened);
    const trouble = await opened;
    if (trouble !== null) return broken(trouble);
    if (closed) return broken('the sandboxes are closed');
    try {
      const worker = room.idle.pop() ?? (await startWorker(room));
      const startMs = edges.clock.nowMs();
      const { execution, fit } = await worker.run(program);
      const tookMs = edges.clock.nowMs() - startMs;
      const use = uses.get(language) ?? { programs: 0, replaced: 0 };
      uses.set(language, use);
      use.programs += 1;
      if (!fit) use.replaced += 1;
      if (fit && !closed) room.idle.push(worker);
      else retire(worker);
      return { execution, tookMs };
    } catch (error) {
      return broken(`the ${program.language} sandbox does not start: ${messageOf(error)}`);
    }
  }

  async function run(tier: SandboxTier, program: Program, how = { alone: false }): Promise<Timed> {
    const room = roomFor(tier, program.language);
    if (room === undefined) return broken(`no sandbox runs ${program.language}`);
    const release = await gate.enter(how.alone ? slots : 1);
    try {
      return await runIn(room, program);
    } finally {
      release();
    }
  }

  /**
   * A loaded machine must not cost an answer points: a timeout, and an interpreter that was killed from outside, as a
   * system does that runs out of memory, are tried once more, alone, before they are believed.
   */
  async function runPatiently(tier: SandboxTier, program: Program): Promise<Execution> {
    const { execution } = await run(tier, program);
    const death = execution.kind === 'called' || execution.kind === 'tested' ? execution.death : null;
    const isDoubtful = death?.how === 'timeout' || (death?.how === 'exit' && wasKilled(death.detail));
    return isDoubtful ? (await run(tier, program, { alone: true })).execution : execution;
  }

  const results = new Map<string, Promise<Execution>>();

  const toolsOf = (tier: SandboxTier): SandboxTools => ({
    run: (program) => runPatiently(tier, program),
    runTimed: (program) => run(tier, program),
    runOnce(program) {
      const key = hash('sha256', JSON.stringify([tier, program]));
      const known = results.get(key) ?? runPatiently(tier, program);
      results.set(key, known);
      return known;
    },
  });

  return {
    ...toolsOf('wasm'),
    in: toolsOf,
    descriptions: () =>
      Object.fromEntries(
        [...descriptions].map(([language, tiers]) => [language, [...tiers.values()].sort().join('; ')]),
      ),
    uses: () => Object.fromEntries([...uses].map(([language, use]) => [language, { ...use }])),
    async close() {
      closed = true;
      for (const worker of [...workers]) retire(worker);
    },
  };
}

/** A counting semaphore that is first come, first served, also for those who need all of it. */
function slotGate(slots: number): { enter(count: number): Promise<() => void> } {
  let free = slots;
  const waiting: { readonly count: number; readonly admit: () => void }[] = [];
  const admitNext = () => {
    for (let next = waiting[0]; next !== undefined && next.count <= free; next = waiting[0]) {
      waiting.shift();
      free -= next.count;
      next.admit();
    }
  };
  return {
    enter: (count) =>
      new Promise((resolve) => {
        const admit = () =>
          resolve(() => {
            free += count;
            admitNext();
          });
        waiting.push({ count, admit });
        admitNext();
      }),
  };
}

const broken = (why: string): Timed => ({ execution: { kind: 'broken', why }, tookMs: 0 });

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
