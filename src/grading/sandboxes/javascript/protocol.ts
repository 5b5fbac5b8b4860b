/** What a realm of JavaScript is asked and answers, whatever engine it lives in. */
import { z } from 'zod';
import { type Death, type Execution, noMarks, type Program, type Raised } from '../../../domain/program.js';
import { DeadlinePassed } from '../../../world/deadline.js';
import { foreignModules } from '../../lacks.js';
import { javascript } from '../../languages/javascript.js';
import { ChannelEnded, type FrameChannel } from '../frames.js';
import { calledSchema, endedSchema, raisedSchema, testedSchema } from '../wire.js';
import { marksOf, placeOf } from './names.js';
import { asScript } from './source.js';

const loadedSchema = z.object({
  raised: raisedSchema.optional(),
  exported: z.array(z.string()).optional(),
  output: z.number(),
});
const deathSchema = z.object({ how: z.enum(['timeout', 'memory', 'output', 'exit']), detail: z.string() });
export const answerSchema = z.object({
  broken: z.string().optional(),
  loaded: loadedSchema.nullable().optional(),
  results: z.array(calledSchema).optional(),
  tested: testedSchema.nullable().optional(),
  ended: endedSchema.extend({ stdout: z.string(), stderr: z.string() }).nullable().optional(),
  how: z.enum(['shared', 'isolated']).optional(),
  steps: z.number().optional(),
  death: deathSchema.nullable().optional(),
});
type ChildAnswer = z.infer<typeof answerSchema>;
/** What is left of code without its types; `moved`: its lines are not those of the source. */
const strippedSchema = z.union([
  z.object({ code: z.string(), moved: z.boolean() }),
  z.object({ raised: raisedSchema }),
]);
type Stripped = z.infer<typeof strippedSchema>;

export async function strip(code: string, channel: FrameChannel): Promise<Stripped> {
  channel.send({ op: 'strip', code });
  return strippedSchema.parse(await channel.next());
}

export const asItIs = (program: Program) => ({ program, moved: false });

/** The same program in JavaScript; or its end, where it has an error of syntax. */
export async function withoutTypes(
  program: Program,
  channel: FrameChannel,
): Promise<{ readonly program: Program; readonly moved: boolean } | { readonly execution: Execution }> {
  const answer = await strip(program.code, channel);
  if ('raised' in answer) return { execution: { kind: 'not_loaded', raised: answer.raised } };
  if (!('tests' in program)) return { program: { ...program, code: answer.code }, moved: answer.moved };
  const tests = await strip(program.tests, channel);
  if ('raised' in tests)
    return { execution: { kind: 'broken', why: `the tests do not parse: ${tests.raised.message}` } };
  return {
    program: { ...program, code: answer.code, tests: tests.code },
    moved: answer.moved || tests.moved,
  };
}

/** A line of code that was rewritten is no line of the answer. */
export function withoutLines(execution: Execution): Execution {
  const lineless = (raised: Raised): Raised => ({ ...raised, line: null });
  switch (execution.kind) {
    case 'not_loaded':
      return { ...execution, raised: lineless(execution.raised) };
    case 'called':
      return {
        ...execution,
        results: execution.results.map((result) =>
          result.kind === 'raised' ? { ...result, raised: lineless(result.raised) } : result,
        ),
      };
    case 'tested':
      return { ...execution, raised: execution.raised === null ? null : lineless(execution.raised) };
    case 'ran':
      return { ...execution, raised: execution.raised === null ? null : lineless(execution.raised) };
    case 'queried':
    case 'broken':
      return execution;
    default:
      return execution satisfies never;
  }
}

export function requestOf(program: Program): object {
  const isTyped = program.language === 'typescript';
  const code = asScript(program.code, isTyped);
  if (program.kind === 'calls') {
    return {
      op: 'calls',
      code,
      calls: program.calls.map(({ entry, args, of, keeps }) => ({ entry, args, of, keeps })),
    };
  }
  if (program.kind === 'script') {
    const { stdin, args, files } = program;
    return { op: 'script', code, stdin, args, files };
  }
  if (program.kind === 'queries') throw new Error('this is no SQL sandbox');
  const source = asScript(program.tests, isTyped);
  if (program.judge !== 'subject') return { op: 'tests', code, source, ...placeOf(program) };
  const names = javascript.facts(program.code).definitions.map(({ name }) => name);
  const { reversed = false, usualSteps } = program;
  return {
    op: 'tests',
    code,
    source,
    how: 'shared',
    names,
    foreign: foreignModules('javascript'),
    reversed,
    usualSteps,
  };
}

const noEnd: Death = { how: 'exit', detail: 'it does not say how it ended' };

export function executionOf(program: Program, answer: ChildAnswer): Execution {
  if (answer.broken !== undefined) return { kind: 'broken', why: answer.broken };
  const death = answer.death == null ? null : deathWith(answer.death, program);
  if (answer.loaded?.raised !== undefined && death === null)
    return { kind: 'not_loaded', raised: answer.loaded.raised };
  if (program.kind === 'calls') {
    const results = (answer.results ?? []).map(({ raised, value, argsAfter, stdout }) =>
      raised !== undefined
        ? ({ kind: 'raised', raised, stdout } as const)
        : ({
            kind: 'returned',
            value: value ?? { t: 'opaque', type: 'nothing', shown: '' },
            argsAfter: argsAfter ?? [],
            stdout,
          } as const),
    );
    return { kind: 'called', results, death };
  }
  if (program.kind === 'script') {
    const { ended } = answer;
    if (!ended || death !== null)
      return { kind: 'ran', stdout: '', stderr: '', exit: 1, raised: null, death: death ?? noEnd };
    return { kind: 'ran', ...ended, death: null };
  }
  const { tested } = answer;
  const how = answer.how ?? 'isolated';
  const marks = marksOf(program, tested?.marks ?? '');
  if (!tested || death !== null)
    return { kind: 'tested', passed: false, assertions: null, raised: null, death, how, marks };
  const passed = tested.finished && (how === 'shared' || tested.touched > 0);
  const { asserted: assertions, raised } = tested;
  const counted = answer.steps === undefined ? {} : { steps: answer.steps };
  return { kind: 'tested', passed, assertions, raised, death: null, how, marks, ...counted };
}

function deathWith({ how, detail }: z.infer<typeof deathSchema>, { limits }: Program): Death {
  switch (how) {
    case 'timeout':
      return { how, limitMs: limits.timeMs };
    case 'memory':
      return { how, limitBytes: limits.memoryBytes };
    case 'output':
      return { how, limitBytes: limits.outputBytes };
    case 'exit':
      return { how, detail };
    default:
      return how satisfies never;
  }
}

export function deathOfThrown(error: unknown, timeMs: number): Death | null {
  if (error instanceof DeadlinePassed) return { how: 'timeout', limitMs: timeMs };
  if (error instanceof ChannelEnded) return { how: 'exit', detail: error.message };
  const isNonsense = error instanceof z.ZodError || error instanceof RangeError;
  return isNonsense ? { how: 'exit', detail: 'its interpreter sent a malformed message' } : null;
}

export function diedOf(program: Program, death: Death): Execution {
  if (program.kind === 'script') return { kind: 'ran', stdout: '', stderr: '', exit: 1, raised: null, death };
  return program.kind === 'calls'
    ? { kind: 'called', results: [], death }
    : {
        kind: 'tested',
        passed: false,
        assertions: null,
        raised: null,
        death,
        how: 'isolated',
        marks: noMarks,
      };
}
