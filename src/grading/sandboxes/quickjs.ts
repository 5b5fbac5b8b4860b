/**
 * JavaScript in WebAssembly: QuickJS in a child process with no environment and no file but its own, a new realm for
 * each program. Tests and answer have a realm each, in instances of their own.
 */
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Death, Execution, Program } from '../../domain/program.js';
import { DeadlinePassed, within } from '../../world/deadline.js';
import { javascript } from '../languages/javascript.js';
import { ChannelEnded, openFrames } from './frames.js';
import { asScript } from './javascript-source.js';
import type { Backend, SandboxWorker, SelfTest } from './sandbox.js';
import { calledSchema, raisedSchema, testedSchema } from './wire.js';

const childFile = fileURLToPath(new URL('../languages/harness/quickjs-child.mjs', import.meta.url));

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
  tested: testedSchema.extend({ calls: z.number() }).nullable().optional(),
  how: z.enum(['apart', 'beside']).optional(),
  death: deathSchema.nullable().optional(),
});
type ChildAnswer = z.infer<typeof answerSchema>;
const readySchema = z.object({ ready: z.literal(true), description: z.string() });

export const quickjs: Backend = {
  name: 'wasm',
  language: 'javascript',
  selfTests: selfTests(),
  async start({ processes, clock }) {
    const require = createRequire(import.meta.url);
    const core = require.resolve('quickjs-emscripten-core').replace(/\.js$/, '.mjs');
    const variant = require.resolve('@jitl/quickjs-wasmfile-release-sync').replace(/\.js$/, '.mjs');
    const wasm = `${dirname(variant)}/emscripten-module.wasm`;
    const permission =
      Number(process.versions.node.split('.')[0]) >= 24 ? '--permission' : '--experimental-permission';
    // Both packages and what they share lie in one folder of packages.
    const packages = dirname(dirname(dirname(core)));
    const flags = [
      permission,
      '--no-warnings',
      // For the thread that ends the child when we are gone.
      '--allow-worker',
      '--disallow-code-generation-from-strings',
      `--allow-fs-read=${dirname(childFile)}/*`,
      `--allow-fs-read=${packages}/*`,
    ];
    const args = [childFile, core, variant, wasm, String(processes.pid)];
    const child = processes.spawn(processes.node, [...flags, ...args], { env: {} });
    const channel = openFrames(child);
    try {
      const { description } = readySchema.parse(
        await within(clock, START_LIMIT_MS, null, () => channel.next()),
      );
      const worker: SandboxWorker = {
        description: `wasm: ${description}`,
        close: child.kill,
        async run(program) {
          const { timeMs, memoryBytes, outputBytes } = program.limits;
          try {
            const answer = await within(clock, timeMs + GRACE_MS, null, async () => {
              channel.send({ ...requestOf(program), timeMs, memoryBytes, outputBytes });
              return answerSchema.parse(await channel.next());
            });
            return { execution: executionOf(program, answer), fit: true };
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
  },
};

function requestOf(program: Program): object {
  const code = asScript(program.code);
  if (program.kind === 'calls') {
    return { op: 'calls', code, calls: program.calls.map(({ entry, args }) => ({ entry, args })) };
  }
  const { entry, how, isAsync } = placeOf(program);
  return { op: 'tests', code, source: asScript(program.tests), entry, how, isAsync };
}

/** Apart, if a function is all that the tests use of the answer; else beside. */
function placeOf(program: Extract<Program, { kind: 'tests' }>): {
  entry: string | null;
  how: 'apart' | 'beside';
  isAsync: boolean;
} {
  const answer = javascript.facts(program.code);
  const tests = javascript.facts(program.tests);
  const own = new Set(tests.definitions.map((definition) => definition.name));
  const kinds = new Map(answer.definitions.map((definition) => [definition.name, definition.kind]));
  const shared = [...kinds.keys()].filter((name) => tests.uses.has(name) && !own.has(name));
  const entry = program.entry ?? (shared.length === 1 ? (shared[0] ?? null) : null);
  const others = shared.filter((name) => name !== entry);
  const kind = entry === null ? undefined : kinds.get(entry);
  const isApart = entry !== null && others.length === 0 && (kind === undefined || kind === 'function');
  const isAsync =
    entry !== null &&
    new RegExp(`async\\s+function\\s+${entry}\\b|\\b${entry}\\s*=\\s*async\\b`).test(program.code);
  return { entry, how: isApart ? 'apart' : 'beside', isAsync };
}

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
  const { tested } = answer;
  const how = answer.how ?? 'apart';
  if (!tested || death !== null)
    return { kind: 'tested', passed: false, assertions: null, raised: null, death, how };
  const passed = tested.finished && (how === 'beside' || tested.calls > 0);
  return { kind: 'tested', passed, assertions: tested.asserted, raised: tested.raised, death: null, how };
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
  return error instanceof z.ZodError ? { how: 'exit', detail: 'its interpreter spoke nonsense' } : null;
}

function diedOf(program: Program, death: Death): Execution {
  return program.kind === 'calls'
    ? { kind: 'called', results: [], death }
    : { kind: 'tested', passed: false, assertions: null, raised: null, death, how: 'apart' };
}

function selfTests(): SelfTest[] {
  const limits = { timeMs: 10_000, memoryBytes: 256 * 1024 ** 2, outputBytes: 1024 ** 2 };
  const calls = (code: string): Program => ({
    kind: 'calls',
    language: 'javascript',
    code,
    calls: [{ entry: 'f', args: [{ t: 'int', v: '1' }], kwargs: {} }],
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
      program: calls('function f(x) { return x + 1; }'),
      holds: (done) => returns(done, 2),
    },
    { says: 'a wrong answer', program: calls('const f = (x) => x;'), holds: (done) => returns(done, 1) },
    {
      says: 'an answer that ends the process',
      program: calls('process.exit(0);'),
      holds: (done) => done.kind === 'not_loaded',
    },
  ];
}
