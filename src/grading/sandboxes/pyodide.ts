/**
 * Python in WebAssembly: Pyodide in a child process with no environment, no network, no file but its own, and its heap
 * put back after each program. Tests run beside the answer, watched, or in an interpreter of their own.
 */
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import {
  type Call,
  type CallResult,
  type Death,
  type Execution,
  type Marks,
  noMarks,
  type Program,
  type Raised,
} from '../../domain/program.js';
import { DeadlinePassed, within } from '../../world/deadline.js';
import { harnessFile, harnessFiles } from '../harness.js';
import { foreignModules } from '../lacks.js';
import { ChannelEnded, type FrameChannel, openFrames } from './frames.js';
import type { Backend, SandboxEdges, SandboxWorker, SelfTest } from './sandbox.js';
import {
  type Called,
  calledSchema,
  endedSchema,
  type Loaded,
  loadedSchema,
  outputSchema,
  sharedSchema,
  type Tested,
  testedSchema,
  usedSchema,
} from './wire.js';

const childFile = harnessFile('pyodide-child.mjs');
const harnessFolder = dirname(childFile);

/** Loading Pyodide takes seconds on a slow machine; a minute says that it hangs. */
const START_LIMIT_MS = 60_000;
/** Memory that grew never shrinks: beyond this a child is replaced. */
const GROWN_BYTES = 64 * 1024 * 1024;

export const pyodide: Backend = {
  languages: ['python'],
  selfTests: selfTests(),
  async start(edges) {
    const snapshot = await snapshotFile(edges);
    const answers = await startInterpreter(edges, 'answer', snapshot);
    return worker(edges, snapshot, answers);
  },
};

type Role = 'answer' | 'tests';

interface Interpreter {
  readonly description: string;
  readonly channel: FrameChannel;
  readonly bytes: number;
  kill(): void;
}

/** A frame of the child: what the harness answered, what one interpreter says to the other, a mark, or the interpreter's end. */
const frameSchema = z.union([
  z.object({
    result: z.string(),
    memoryDenied: z.boolean(),
    printedBytes: z.number(),
    stdout: z.string().optional(),
    stderr: z.string().optional(),
  }),
  z.object({ fatal: z.string(), memoryDenied: z.boolean() }),
  z.object({ mark: z.string() }),
  z.object({ exchange: z.string(), memoryDenied: z.boolean(), printedBytes: z.number() }),
]);
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
    return { description: runtime, channel, bytes: 0, kill: child.kill };
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

// --- A worker --------------------------------------------------------------------------------------------------------

/** The program ended its interpreter, or took what it may not. */
class Died extends Error {
  readonly death: Death;
  constructor(death: Death) {
    super(death.how);
    this.death = death;
  }
}

function worker(edges: SandboxEdges, snapshot: string | null, answers: Interpreter): SandboxWorker {
  let tests: Interpreter | null = null;
  let baselineBytes = 0;
  const testing = async () => {
    tests ??= await startInterpreter(edges, 'tests', snapshot);
    return tests;
  };

  /** Puts the clean state back; false when the child has grown too far. */
  async function reset(interpreter: Interpreter): Promise<boolean> {
    interpreter.channel.send({ op: 'reset' });
    const { bytes } = doneSchema.parse(await interpreter.channel.next());
    if (baselineBytes === 0) baselineBytes = bytes;
    return bytes - baselineBytes < GROWN_BYTES;
  }

  return {
    description: answers.description,
    async run(program) {
      try {
        if (program.kind === 'queries')
          return { execution: { kind: 'broken', why: 'this is no SQL sandbox' }, fit: true };
        const isApart = program.kind === 'tests' && program.judge === 'isolated';
        if (isApart) await testing();
        const execution =
          program.kind === 'calls'
            ? await runCalls(edges, answers, program)
            : program.kind === 'script'
              ? await runScript(edges, answers, program)
              : isApart
                ? await runIsolated(edges, answers, await testing(), program)
                : program.judge === 'subject'
                  ? await runOnSubject(edges, answers, program)
                  : await runShared(edges, answers, program);
        if (!execution.fit) return execution;
        const fit = await within(edges.clock, START_LIMIT_MS, null, async () => {
          const used = isApart && tests !== null ? [answers, tests] : [answers];
          return (await Promise.all(used.map(reset))).every(Boolean);
        });
        return { execution: execution.execution, fit };
      } catch (error) {
        return {
          execution: { kind: 'broken', why: error instanceof Error ? error.message : String(error) },
          fit: false,
        };
      }
    },
    close() {
      answers.kill();
      tests?.kill();
    },
  };
}

type Outcome = { readonly execution: Execution; readonly fit: boolean };
type CallsProgram = Extract<Program, { kind: 'calls' }>;
type TestsProgram = Extract<Program, { kind: 'tests' }>;

async function runCalls(edges: SandboxEdges, answers: Interpreter, program: CallsProgram): Promise<Outcome> {
  const results: CallResult[] = [];
  const died = (death: Death): Outcome => ({
    execution: { kind: 'called', results, death },
    fit: death.how === 'output',
  });
  return withLimits(edges, program, died, async () => {
    const loaded = await load(answers, program);
    if (loaded.raised !== undefined)
      return { execution: { kind: 'not_loaded', raised: loaded.raised }, fit: true };
    for (const call of program.calls) results.push(callResult(await callEntry(answers, program, call)));
    return { execution: { kind: 'called', results, death: null }, fit: true };
  });
}

type ScriptProgram = Extract<Program, { kind: 'script' }>;

async function runScript(
  edges: SandboxEdges,
  answers: Interpreter,
  program: ScriptProgram,
): Promise<Outcome> {
  const died = (death: Death): Outcome => ({
    execution: { kind: 'ran', stdout: '', stderr: '', exit: 1, raised: null, death },
    fit: death.how === 'output',
  });
  return withLimits(edges, program, died, async () => {
    const { code, stdin, args, files, limits } = program;
    const { memoryBytes, outputBytes } = limits;
    answers.channel.send({ op: 'script', code, stdin, args, files, memoryBytes, outputBytes });
    const frame = await frameOf(answers, program);
    if (!('result' in frame)) throw new Died(outOfTurn);
    checkOutput(frame.printedBytes, program);
    const { exit, raised } = endedSchema.parse(JSON.parse(frame.result));
    if (frame.memoryDenied && raised?.types.includes('MemoryError') === true)
      throw new Died({ how: 'memory', limitBytes: memoryBytes });
    const { stdout = '', stderr = '' } = frame;
    return { execution: { kind: 'ran', stdout, stderr, exit, raised, death: null }, fit: true };
  });
}

/** An answer may add marks, and is not listened to for ever. */
const MOST_MARKS = 64;

/** Tests and answer in one interpreter; what was marked meanwhile came on a channel that takes nothing back. */
async function runShared(edges: SandboxEdges, answers: Interpreter, program: TestsProgram): Promise<Outcome> {
  const marks: string[] = [];
  const tested = (passed: boolean, assertions: number | null, raised: Raised | null, death: Death | null) =>
    ({ kind: 'tested', passed, assertions, raised, death, how: 'shared', marks: readMarks(marks) }) as const;
  const died = (death: Death): Outcome => ({ execution: tested(false, null, null, death), fit: false });
  return withLimits(edges, program, died, async () => {
    const { code, tests, entry, limits } = program;
    // Where probes begin: the same each time, and nothing that an answer could know.
    const seed = createHash('sha256').update(tests).update(code).digest().readUInt32LE(0) >>> 1;
    const asked = { op: 'shared', code, tests, entry, seed, outputBytes: limits.outputBytes };
    const said = sharedSchema.parse(await request(answers, program, asked, marks));
    if ('broken' in said) return { execution: { kind: 'broken', why: said.broken }, fit: true };
    if (!said.loaded && said.raised !== null)
      return { execution: { kind: 'not_loaded', raised: said.raised }, fit: true };
    return { execution: tested(said.finished, said.asserted, said.raised, null), fit: true };
  });
}

/** An answer's tests on given code. */
async function runOnSubject(
  edges: SandboxEdges,
  answers: Interpreter,
  program: TestsProgram,
): Promise<Outcome> {
  const tested = (passed: boolean, assertions: number | null, raised: Raised | null, death: Death | null) =>
    ({ kind: 'tested', passed, assertions, raised, death, how: 'shared', marks: null }) as const;
  const died = (death: Death): Outcome => ({ execution: tested(false, null, null, death), fit: false });
  return withLimits(edges, program, died, async () => {
    const { code, tests, reversed = false, usualSteps = null, limits } = program;
    const { outputBytes } = limits;
    const asked = {
      op: 'subject',
      code,
      tests,
      foreign: foreignModules('python'),
      reversed,
      usualSteps,
      outputBytes,
    };
    const said = sharedSchema.parse(await request(answers, program, asked));
    if ('broken' in said) return { execution: { kind: 'broken', why: said.broken }, fit: true };
    const death: Death | null = said.beyond === true ? { how: 'timeout', limitMs: limits.timeMs } : null;
    if (!said.loaded && said.raised !== null && death === null)
      return { execution: { kind: 'not_loaded', raised: said.raised }, fit: true };
    const execution = { ...tested(said.finished, said.asserted, said.raised, death), steps: said.steps ?? 0 };
    return { execution, fit: true };
  });
}

function readMarks(marks: readonly string[]): Marks {
  const of = (kind: string) => [
    ...new Set(marks.flatMap((mark) => (mark.startsWith(kind) ? [mark.slice(kind.length)] : []))),
  ];
  const lies = of('lie:');
  const known = of('reach:');
  // What is neither was written by the answer itself.
  const isForged = marks.some((mark) => !/^(?:lie|reach):/.test(mark));
  return { lies, reach: isForged ? [...known, 'writes marks of its own'] : known };
}

/** An interpreter each: the answer sees of the tests what they hand over, and nothing else. */
async function runIsolated(
  edges: SandboxEdges,
  answers: Interpreter,
  tests: Interpreter,
  program: TestsProgram,
): Promise<Outcome> {
  /** Since when the tests are at work without a word to the answer, in ms; null: it is the answer's turn. */
  let aloneSinceMs: number | null = null;
  const inAnswer = async <T>(work: () => Promise<T>): Promise<T> => {
    aloneSinceMs = null;
    const result = await work();
    aloneSinceMs = edges.clock.nowMs();
    return result;
  };
  const tested = (passed: boolean, assertions: number | null, raised: Raised | null, death: Death | null) =>
    ({ kind: 'tested', passed, assertions, raised, death, how: 'isolated', marks: noMarks }) as const;
  const died = (death: Death): Outcome => {
    // Where both were at work, as with a generator that never ends, whose turn it was at the end is luck.
    const aloneMs = aloneSinceMs === null ? 0 : edges.clock.nowMs() - aloneSinceMs;
    if (death.how === 'timeout' && aloneMs > death.limitMs / 2) {
      return {
        execution: { kind: 'broken', why: `the tests themselves took longer than ${death.limitMs} ms` },
        fit: false,
      };
    }
    return { execution: tested(false, null, null, death), fit: false };
  };
  return withLimits(edges, program, died, async () => {
    const loaded = await inAnswer(() => load(answers, program));
    if (loaded.raised !== undefined)
      return { execution: { kind: 'not_loaded', raised: loaded.raised }, fit: true };
    const { used, raised } = usedSchema.parse(
      await request(tests, program, { op: 'names', tests: program.tests }),
    );
    if (used === undefined) {
      return { execution: { kind: 'broken', why: `the tests do not parse: ${raised?.message}` }, fit: true };
    }
    const given = { names: namesToLend(used, loaded), imports: importsToRepeat(used, loaded) };
    const done = await testApart(answers, tests, program, given, inAnswer);
    const why: Raised | null =
      done.beside === null
        ? done.raised
        : {
            types: ['NotIsolatable'],
            message: `these tests need one interpreter: ${done.beside}`,
            line: null,
          };
    const passed = done.beside === null && done.finished && done.touched > 0;
    return { execution: tested(passed, done.asserted, why, null), fit: true };
  });
}

/** What the tests use of the answer's own names; all of them where they import it whole. */
function namesToLend(used: readonly string[], { names = [] }: Loaded): readonly string[] {
  return used.includes('*') ? names : names.filter((name) => used.includes(name));
}

/** An import and nothing else: it is the answer that says what is run here. */
const IMPORT = /^(?:from [A-Za-z_][\w.]* )?import [A-Za-z_][\w.]*(?: as [A-Za-z_]\w*)?$/;

/** What the tests use of the modules that the answer imports: they find it as they would beside it. */
function importsToRepeat(used: readonly string[], { imports = {} }: Loaded): readonly string[] {
  return used.flatMap((name) => imports[name] ?? []).filter((statement) => IMPORT.test(statement));
}

/** What one of the two says, the other hears, in turn: questions, replies and questions in between are their own affair. */
async function testApart(
  answers: Interpreter,
  tests: Interpreter,
  program: TestsProgram,
  given: { readonly names: readonly string[]; readonly imports: readonly string[] },
  inAnswer: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<Tested> {
  const { entry, tests: source, limits } = program;
  const { memoryBytes, outputBytes } = limits;
  tests.channel.send({ op: 'apart', tests: source, entry, ...given, memoryBytes, outputBytes });
  answers.channel.send({ op: 'serve', memoryBytes, outputBytes });
  for (;;) {
    const frame = await frameOf(tests, program);
    if ('result' in frame) {
      const tested = testedSchema.parse(JSON.parse(frame.result));
      checkOutput(tested.output, program);
      answers.channel.send({ exchange: '{"ask": "end"}' });
      const end = await inAnswer(() => frameOf(answers, program));
      if (!('result' in end)) throw new Died(outOfTurn);
      checkOutput(outputSchema.parse(JSON.parse(end.result)).output, program);
      return tested;
    }
    answers.channel.send({ exchange: frame.exchange });
    const reply = await inAnswer(() => frameOf(answers, program));
    if (!('exchange' in reply)) throw new Died(outOfTurn);
    checkOutput(reply.printedBytes, program);
    if (reply.memoryDenied && reply.exchange.includes('"MemoryError"'))
      throw new Died({ how: 'memory', limitBytes: memoryBytes });
    tests.channel.send({ exchange: reply.exchange });
  }
}

/** Whoever says what was not asked for has forged it. */
const outOfTurn: Death = { how: 'exit', detail: 'protocol violation' };

async function load(answers: Interpreter, program: Program): Promise<Loaded> {
  const asked = { op: 'load', code: program.code, outputBytes: program.limits.outputBytes };
  const loaded = loadedSchema.parse(await request(answers, program, asked));
  checkOutput(loaded.output, program);
  return loaded;
}

async function callEntry(answers: Interpreter, program: Program, call: Call): Promise<Called> {
  const called = calledSchema.parse(await request(answers, program, { op: 'call', ...call }));
  checkOutput(called.output, program);
  return called;
}

function callResult({ raised, value, argsAfter, stdout }: Called): CallResult {
  if (raised !== undefined) return { kind: 'raised', raised, stdout };
  return {
    kind: 'returned',
    value: value ?? { t: 'opaque', type: 'nothing', shown: '' },
    argsAfter: argsAfter ?? [],
    stdout,
  };
}

function checkOutput(output: number, { limits }: Program): void {
  if (output > limits.outputBytes) throw new Died({ how: 'output', limitBytes: limits.outputBytes });
}

/** Sends and takes the one answer. */
async function request(
  to: Interpreter,
  program: Program,
  message: object,
  marks: string[] = [],
): Promise<unknown> {
  to.channel.send({ ...message, memoryBytes: program.limits.memoryBytes });
  const frame = await frameOf(to, program, marks);
  if (!('result' in frame)) throw new Died(outOfTurn);
  checkOutput(frame.printedBytes, program);
  const parsed: unknown = JSON.parse(frame.result);
  const raised = z.object({ raised: z.object({ types: z.array(z.string()) }) }).safeParse(parsed);
  if (frame.memoryDenied && raised.success && raised.data.raised.types.includes('MemoryError')) {
    throw new Died({ how: 'memory', limitBytes: program.limits.memoryBytes });
  }
  return parsed;
}

type Frame = Exclude<z.infer<typeof frameSchema>, { readonly fatal: string } | { readonly mark: string }>;

/** The next frame; marks on the way are added to `marks`. */
async function frameOf({ channel }: Interpreter, program: Program, marks: string[] = []): Promise<Frame> {
  for (;;) {
    const frame = frameSchema.parse(await channel.next());
    if ('mark' in frame) {
      marks.push(frame.mark.slice(0, 200));
      if (marks.length > MOST_MARKS) throw new Died(outOfTurn);
    } else if (!('fatal' in frame)) return frame;
    else
      throw new Died(
        frame.memoryDenied
          ? { how: 'memory', limitBytes: program.limits.memoryBytes }
          : { how: 'exit', detail: frame.fatal.split('\n')[0]?.slice(0, 120) ?? '' },
      );
  }
}

/** The program's time limit; what the interpreter cannot survive is a death of the program. */
async function withLimits(
  { clock }: SandboxEdges,
  program: Program,
  died: (death: Death) => Outcome,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  const { timeMs } = program.limits;
  try {
    return await within(clock, timeMs, null, work);
  } catch (error) {
    if (error instanceof DeadlinePassed) return died({ how: 'timeout', limitMs: timeMs });
    if (error instanceof Died) return died(error.death);
    if (error instanceof ChannelEnded) return died({ how: 'exit', detail: error.message });
    // What the harness said was not what it says: an answer has had its hands on it.
    // A RangeError: nested deeper than this side can follow.
    if (error instanceof z.ZodError || error instanceof SyntaxError || error instanceof RangeError) {
      return { ...died({ how: 'exit', detail: 'its interpreter sent a malformed message' }), fit: false };
    }
    throw error;
  }
}

function selfTests(): SelfTest[] {
  const limits = { timeMs: 10_000, memoryBytes: 256 * 1024 ** 2, outputBytes: 1024 ** 2 };
  const calls = (code: string): Program => ({
    kind: 'calls',
    language: 'python',
    code,
    calls: [{ entry: 'f', of: 'answer', keeps: false, args: [{ t: 'int', v: '1' }], kwargs: {} }],
    limits,
  });
  const returns = (execution: Execution, wanted: string) =>
    execution.kind === 'called' &&
    execution.results[0]?.kind === 'returned' &&
    execution.results[0].value.t === 'int' &&
    execution.results[0].value.v === wanted;
  return [
    {
      says: 'a right answer',
      program: calls('def f(x):\n    return x + 1\n'),
      holds: (done) => returns(done, '2'),
    },
    {
      says: 'a wrong answer',
      program: calls('def f(x):\n    return x\n'),
      holds: (done) => returns(done, '1'),
    },
    {
      says: 'an answer that ends the interpreter',
      program: calls('import sys\nsys.exit(0)\n'),
      holds: (done) => done.kind === 'not_loaded',
    },
  ];
}
