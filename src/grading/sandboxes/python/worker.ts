/**
 * One Python interpreter or two, and the programs that run in them: loads and calls, whole programs, tests beside the answer
 * or in an interpreter of their own. Where an interpreter lives, and how it becomes clean again, is its back end's affair.
 */
import { createHash } from 'node:crypto';
import type { Call, CallResult, Death, Marks, Program, Raised } from '../../../domain/program.js';
import { within } from '../../../world/deadline.js';
import type { Clock } from '../../../world/world.js';
import { foreignModules } from '../../lacks.js';
import type { SandboxWorker } from '../sandbox.js';
import { type Called, calledSchema, endedSchema, sharedSchema } from '../wire.js';
import {
  type CallsProgram,
  checkOutput,
  Died,
  frameOf,
  type Interpreter,
  load,
  type Outcome,
  outOfTurn,
  request,
  type TestsProgram,
  withLimits,
} from './interpreter.js';
import { runIsolated } from './isolated.js';

/** An interpreter that does not become clean within this has died. */
const RESET_LIMIT_MS = 60_000;

/** `startTests`: a second interpreter, for tests that are judged apart. */
export function pythonWorker(
  clock: Clock,
  answers: Interpreter,
  startTests: () => Promise<Interpreter>,
): SandboxWorker {
  let tests: Interpreter | null = null;
  const testing = async () => {
    tests ??= await startTests();
    return tests;
  };

  return {
    description: answers.description,
    async run(program) {
      try {
        if (program.kind === 'queries')
          return { execution: { kind: 'broken', why: 'this is no SQL sandbox' }, fit: true };
        const isApart = program.kind === 'tests' && program.judge === 'isolated';
        if (isApart) await testing();
        const { execution, fit } =
          program.kind === 'calls'
            ? await runCalls(clock, answers, program)
            : program.kind === 'script'
              ? await runScript(clock, answers, program)
              : isApart
                ? await runIsolated(clock, answers, await testing(), program)
                : program.judge === 'subject'
                  ? await runOnSubject(clock, answers, program)
                  : await runShared(clock, answers, program);
        if (!fit && !answers.outlivesPrograms) return { execution, fit };
        return { execution, fit: await areClean(isApart && tests !== null ? [answers, tests] : [answers]) };
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

  async function areClean(used: readonly Interpreter[]): Promise<boolean> {
    const resets = () => Promise.all(used.map((one) => one.reset()));
    return within(clock, RESET_LIMIT_MS, null, resets).then(
      (clean) => clean.every(Boolean),
      (error) => {
        if (answers.outlivesPrograms) return false;
        throw error;
      },
    );
  }
}

async function runCalls(clock: Clock, answers: Interpreter, program: CallsProgram): Promise<Outcome> {
  const results: CallResult[] = [];
  const died = (death: Death): Outcome => ({
    execution: { kind: 'called', results, death },
    fit: death.how === 'output',
  });
  return withLimits(clock, program, died, async () => {
    const loaded = await load(answers, program);
    if (loaded.raised !== undefined)
      return { execution: { kind: 'not_loaded', raised: loaded.raised }, fit: true };
    for (const call of program.calls) results.push(callResult(await callEntry(answers, program, call)));
    return { execution: { kind: 'called', results, death: null }, fit: true };
  });
}

type ScriptProgram = Extract<Program, { kind: 'script' }>;

async function runScript(clock: Clock, answers: Interpreter, program: ScriptProgram): Promise<Outcome> {
  const died = (death: Death): Outcome => ({
    execution: { kind: 'ran', stdout: '', stderr: '', exit: 1, raised: null, death },
    fit: death.how === 'output',
  });
  return withLimits(clock, program, died, async () => {
    const { code, stdin, args, files, limits } = program;
    const { memoryBytes, outputBytes } = limits;
    answers.send({ op: 'script', code, stdin, args, files, memoryBytes, outputBytes });
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

/** Tests and answer in one interpreter; what was marked meanwhile came on a channel that takes nothing back. */
async function runShared(clock: Clock, answers: Interpreter, program: TestsProgram): Promise<Outcome> {
  const marks: string[] = [];
  const tested = (passed: boolean, assertions: number | null, raised: Raised | null, death: Death | null) =>
    ({ kind: 'tested', passed, assertions, raised, death, how: 'shared', marks: readMarks(marks) }) as const;
  const died = (death: Death): Outcome => ({ execution: tested(false, null, null, death), fit: false });
  return withLimits(clock, program, died, async () => {
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
async function runOnSubject(clock: Clock, answers: Interpreter, program: TestsProgram): Promise<Outcome> {
  const tested = (passed: boolean, assertions: number | null, raised: Raised | null, death: Death | null) =>
    ({ kind: 'tested', passed, assertions, raised, death, how: 'shared', marks: null }) as const;
  const died = (death: Death): Outcome => ({ execution: tested(false, null, null, death), fit: false });
  return withLimits(clock, program, died, async () => {
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
