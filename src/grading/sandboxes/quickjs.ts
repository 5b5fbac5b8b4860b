/**
 * JavaScript in WebAssembly: QuickJS in a child process with no environment and no file but its own, a new realm for
 * each program. Tests and answer have a realm each, in instances of their own. TypeScript loses its types in the child
 * (swc, in WebAssembly too: no answer is parsed by the host's process) and is JavaScript from there on.
 */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { z } from 'zod';
import { type Death, type Execution, noMarks, type Program, type Raised } from '../../domain/program.js';
import { DeadlinePassed, within } from '../../world/deadline.js';
import { harnessFile } from '../harness.js';
import { foreignModules } from '../lacks.js';
import { javascript } from '../languages/javascript.js';
import { ChannelEnded, type FrameChannel, openFrames } from './frames.js';
import { marksOf, placeOf } from './javascript-names.js';
import { asScript } from './javascript-source.js';
import type { Backend, SandboxEdges, SandboxWorker, SelfTest } from './sandbox.js';
import { calledSchema, endedSchema, raisedSchema, testedSchema } from './wire.js';

const childFile = harnessFile('quickjs-child.mjs');

const START_LIMIT_MS = 60_000;
/** The interpreter stops itself at the limit; loops inside it do not listen and are killed this much later. */
const GRACE_MS = 300;

const loadedSchema = z.object({
  raised: raisedSchema.optional(),
  exported: z.array(z.string()).optional(),
  output: z.number(),
});
const deathSchema = z.object({ how: z.enum(['timeout', 'memory', 'output', 'exit']), detail: z.string() });
const answerSchema = z.object({
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
const readySchema = z.object({ ready: z.literal(true), description: z.string() });

/** What is left of code without its types; `moved`: its lines are not those of the source. */
const strippedSchema = z.union([
  z.object({ code: z.string(), moved: z.boolean() }),
  z.object({ raised: raisedSchema }),
]);
type Stripped = z.infer<typeof strippedSchema>;

export const quickjs: Backend = {
  tier: 'wasm',
  probe: async () => '',
  languages: ['javascript', 'typescript'],
  selfTests: [...selfTests('javascript'), ...selfTests('typescript')],
  start,
};

async function start({ processes, clock }: SandboxEdges): Promise<SandboxWorker> {
  const require = createRequire(import.meta.url);
  const core = require.resolve('quickjs-emscripten-core').replace(/\.js$/, '.mjs');
  const variant = require.resolve('@jitl/quickjs-wasmfile-release-sync').replace(/\.js$/, '.mjs');
  const stripper = require.resolve('@swc/wasm-typescript');
  const wasm = `${dirname(variant)}/emscripten-module.wasm`;
  const permission =
    Number(process.versions.node.split('.')[0]) >= 24 ? '--permission' : '--experimental-permission';
  // Both packages and what they share lie in one folder of packages.
  const packages = dirname(dirname(dirname(core)));
  const flags = [
    permission,
    '--no-warnings',
    // Its own JavaScript makes little garbage: the young generation's room, in MB, would be held for nothing.
    '--max-semi-space-size=1',
    // For the thread that ends the child when we are gone.
    '--allow-worker',
    '--disallow-code-generation-from-strings',
    `--allow-fs-read=${dirname(childFile)}/*`,
    `--allow-fs-read=${packages}/*`,
    `--allow-fs-read=${dirname(stripper)}/*`,
  ];
  const args = [childFile, core, variant, wasm, stripper, String(processes.pid)];
  const child = processes.spawn(processes.node, [...flags, ...args], { env: { TZ: 'UTC' } });
  const channel = openFrames(child);
  try {
    const { description } = readySchema.parse(
      await within(clock, START_LIMIT_MS, null, () => channel.next()),
    );
    /** What takes types away takes a while to load, and is loaded for those who have any. */
    let stripsTypes = false;
    const worker: SandboxWorker = {
      description: `wasm: ${description}`,
      close: child.kill,
      async run(program) {
        const { timeMs, memoryBytes, outputBytes } = program.limits;
        const isTyped = program.language === 'typescript';
        if (isTyped && !stripsTypes) {
          try {
            await within(clock, START_LIMIT_MS, null, () => strip('', channel));
            stripsTypes = true;
          } catch (error) {
            return { execution: { kind: 'broken', why: `swc does not start: ${error}` }, fit: false };
          }
        }
        try {
          const execution = await within(clock, timeMs + GRACE_MS, null, async () => {
            const stripped = isTyped ? await withoutTypes(program, channel) : asItIs(program);
            if ('execution' in stripped) return stripped.execution;
            channel.send({ ...requestOf(stripped.program), timeMs, memoryBytes, outputBytes });
            const execution = executionOf(program, answerSchema.parse(await channel.next()));
            return stripped.moved ? withoutLines(execution) : execution;
          });
          return { execution, fit: true };
        } catch (error) {
          const death = deathOfThrown(error, timeMs);
          if (death !== null) return { execution: diedOf(program, death), fit: false };
          return { execution: { kind: 'broken', why: String(error) }, fit: false };
        }
      },
    };
    return worker;
  } catch (error) {
    child.kill();
    const said = child.output().trim().split('\n').slice(-3).join(' ');
    throw new Error(
      `QuickJS did not start: ${error instanceof Error ? error.message : error}. ${said}`.trim(),
    );
  }
}

async function strip(code: string, channel: FrameChannel): Promise<Stripped> {
  channel.send({ op: 'strip', code });
  return strippedSchema.parse(await channel.next());
}

const asItIs = (program: Program) => ({ program, moved: false });

/** The same program in JavaScript; or its end, where it has an error of syntax. */
async function withoutTypes(
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
function withoutLines(execution: Execution): Execution {
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

function requestOf(program: Program): object {
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

function executionOf(program: Program, answer: ChildAnswer): Execution {
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

function deathOfThrown(error: unknown, timeMs: number): Death | null {
  if (error instanceof DeadlinePassed) return { how: 'timeout', limitMs: timeMs };
  if (error instanceof ChannelEnded) return { how: 'exit', detail: error.message };
  const isNonsense = error instanceof z.ZodError || error instanceof RangeError;
  return isNonsense ? { how: 'exit', detail: 'its interpreter sent a malformed message' } : null;
}

function diedOf(program: Program, death: Death): Execution {
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

function selfTests(language: 'javascript' | 'typescript'): SelfTest[] {
  const limits = { timeMs: 10_000, memoryBytes: 256 * 1024 ** 2, outputBytes: 1024 ** 2 };
  const calls = (code: string): Program => ({
    kind: 'calls',
    language,
    code,
    calls: [{ entry: 'f', of: 'answer', keeps: false, args: [{ t: 'int', v: '1' }], kwargs: {} }],
    limits,
  });
  const returns = (execution: Execution, wanted: number) =>
    execution.kind === 'called' &&
    execution.results[0]?.kind === 'returned' &&
    execution.results[0].value.t === 'float' &&
    execution.results[0].value.v === wanted;
  return [
    {
      says: 'a right answer',
      program: calls(
        language === 'typescript'
          ? 'enum Step { One = 1 }\nfunction f(x: number): number { return x + Step.One; }'
          : 'function f(x) { return x + 1; }',
      ),
      holds: (done) => returns(done, 2),
    },
    { says: 'a wrong answer', program: calls('const f = (x) => x;'), holds: (done) => returns(done, 1) },
    {
      says: 'an answer that ends the process',
      program: calls('std.exit(0);'),
      holds: (done) => done.kind === 'not_loaded',
    },
  ];
}
