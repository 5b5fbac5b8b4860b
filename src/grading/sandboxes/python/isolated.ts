/** Tests and answer in an interpreter each. */
import { type Death, noMarks, type Raised } from '../../../domain/program.js';
import type { Clock } from '../../../world/world.js';
import { type Loaded, outputSchema, type Tested, testedSchema, usedSchema } from '../wire.js';
import {
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

/** An interpreter each: the answer sees of the tests what they hand over, and nothing else. */
export async function runIsolated(
  clock: Clock,
  answers: Interpreter,
  tests: Interpreter,
  program: TestsProgram,
): Promise<Outcome> {
  /** Since when the tests are at work without a word to the answer, in ms; null: it is the answer's turn. */
  let aloneSinceMs: number | null = null;
  const inAnswer = async <T>(work: () => Promise<T>): Promise<T> => {
    aloneSinceMs = null;
    const result = await work();
    aloneSinceMs = clock.nowMs();
    return result;
  };
  const tested = (passed: boolean, assertions: number | null, raised: Raised | null, death: Death | null) =>
    ({ kind: 'tested', passed, assertions, raised, death, how: 'isolated', marks: noMarks }) as const;
  const died = (death: Death): Outcome => {
    // Where both were at work, as with a generator that never ends, whose turn it was at the end is luck.
    const aloneMs = aloneSinceMs === null ? 0 : clock.nowMs() - aloneSinceMs;
    if (death.how === 'timeout' && aloneMs > death.limitMs / 2) {
      return {
        execution: { kind: 'broken', why: `the tests themselves took longer than ${death.limitMs} ms` },
        fit: false,
      };
    }
    return { execution: tested(false, null, null, death), fit: false };
  };
  return withLimits(clock, program, died, async () => {
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
  tests.send({ op: 'apart', tests: source, entry, ...given, memoryBytes, outputBytes });
  answers.send({ op: 'serve', memoryBytes, outputBytes });
  for (;;) {
    const frame = await frameOf(tests, program);
    if ('result' in frame) {
      const tested = testedSchema.parse(JSON.parse(frame.result));
      checkOutput(tested.output, program);
      answers.send({ exchange: '{"ask": "end"}' });
      const end = await inAnswer(() => frameOf(answers, program));
      if (!('result' in end)) throw new Died(outOfTurn);
      checkOutput(outputSchema.parse(JSON.parse(end.result)).output, program);
      return tested;
    }
    answers.send({ exchange: frame.exchange });
    const reply = await inAnswer(() => frameOf(answers, program));
    if (!('exchange' in reply)) throw new Died(outOfTurn);
    checkOutput(reply.printedBytes, program);
    if (reply.memoryDenied && reply.exchange.includes('"MemoryError"'))
      throw new Died({ how: 'memory', limitBytes: memoryBytes });
    tests.send({ exchange: reply.exchange });
  }
}
