/**
 * SQL in WebAssembly: SQLite (sql.js) in a child process with no environment, no network and no file but its own. Each
 * program has a database in memory, in an instance of its own.
 */
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Death, Execution, Program } from '../../domain/program.js';
import { DeadlinePassed, within } from '../../world/deadline.js';
import { harnessFile } from '../harness.js';
import { ChannelEnded, openFrames } from './frames.js';
import type { Backend, SandboxEdges, SandboxWorker, SelfTest } from './sandbox.js';
import { queriesSchema } from './wire.js';

const childFile = harnessFile('sql-child.mjs');
const packageFolder = join(dirname(childFile), 'shims/bundled');

const START_LIMIT_MS = 60_000;

export const sqlite: Backend = {
  tier: 'wasm',
  languages: ['sql'],
  selfTests: selfTests(),
  probe: async () => '',
  start,
};

const readySchema = z.object({ ready: z.literal(true), description: z.string() });

async function start({ processes, clock }: SandboxEdges): Promise<SandboxWorker> {
  const permission =
    Number(process.versions.node.split('.')[0]) >= 24 ? '--permission' : '--experimental-permission';
  const flags = [
    permission,
    '--no-warnings',
    // For the thread that ends the child when we are gone.
    '--allow-worker',
    '--disallow-code-generation-from-strings',
    `--allow-fs-read=${dirname(childFile)}/*`,
  ];
  const args = [childFile, packageFolder, String(processes.pid)];
  const child = processes.spawn(processes.node, [...flags, ...args], { env: { TZ: 'UTC' } });
  const channel = openFrames(child);
  try {
    const { description } = readySchema.parse(
      await within(clock, START_LIMIT_MS, null, () => channel.next()),
    );
    return {
      description: `wasm: ${description}`,
      close: child.kill,
      async run(program) {
        if (program.kind !== 'queries')
          return { execution: { kind: 'broken', why: 'SQL is scored by sql: alone' }, fit: true };
        const { setup, code, queries, limits } = program;
        const { timeMs, memoryBytes, outputBytes } = limits;
        try {
          const execution = await within(clock, timeMs, null, async () => {
            channel.send({ setup, code, queries, memoryBytes, outputBytes });
            return executionOf(queriesSchema.parse(await channel.next()), program);
          });
          return { execution, fit: !('death' in execution) || execution.death === null };
        } catch (error) {
          const death = deathOf(error, timeMs);
          if (death === null) return { execution: { kind: 'broken', why: String(error) }, fit: false };
          return { execution: { kind: 'queried', answered: { results: [] }, after: [], death }, fit: false };
        }
      },
    };
  } catch (error) {
    child.kill();
    const said = child.output().trim().split('\n').at(-1) ?? '';
    throw new Error(
      `SQLite did not start: ${error instanceof Error ? error.message : error}. ${said}`.trim(),
    );
  }
}

function executionOf(answer: z.infer<typeof queriesSchema>, { limits }: Program): Execution {
  if ('broken' in answer) return { kind: 'broken', why: answer.broken };
  const { answered, after, death } = answer;
  return {
    kind: 'queried',
    answered: answered ?? { results: [] },
    after,
    death: death === null ? null : deathWith(death, limits),
  };
}

function deathWith(
  { how, detail }: { readonly how: 'memory' | 'output' | 'exit'; readonly detail: string },
  { memoryBytes, outputBytes }: Program['limits'],
): Death {
  switch (how) {
    case 'memory':
      return { how, limitBytes: memoryBytes };
    case 'output':
      return { how, limitBytes: outputBytes };
    case 'exit':
      return { how, detail };
    default:
      return how satisfies never;
  }
}

/** SQLite does not listen while it works: a process that is not done in time is killed. */
function deathOf(error: unknown, timeMs: number): Death | null {
  if (error instanceof DeadlinePassed) return { how: 'timeout', limitMs: timeMs };
  if (error instanceof ChannelEnded) return { how: 'exit', detail: error.message };
  return error instanceof z.ZodError ? { how: 'exit', detail: 'it sent a malformed message' } : null;
}

function selfTests(): SelfTest[] {
  const limits = { timeMs: 10_000, memoryBytes: 256 * 1024 ** 2, outputBytes: 1024 ** 2 };
  const queries = (code: string): Program => ({
    kind: 'queries',
    language: 'sql',
    setup: 'create table t (a integer); insert into t values (1), (2);',
    code,
    queries: ['select count(*) from t'],
    limits,
  });
  const first = (execution: Execution) =>
    execution.kind === 'queried' ? execution.answered.results?.[0]?.rows[0]?.[0] : undefined;
  const isInt = (execution: Execution, wanted: string) => {
    const value = first(execution);
    return value?.t === 'int' && value.v === wanted;
  };
  return [
    {
      says: 'a right answer',
      program: queries('select sum(a) from t'),
      holds: (done) => isInt(done, '3'),
    },
    { says: 'a wrong answer', program: queries('select max(a) from t'), holds: (done) => isInt(done, '2') },
    {
      says: 'an answer that reaches for a file',
      program: queries("attach '/etc/passwd' as host; select * from host.x"),
      holds: (done) => done.kind === 'queried' && done.answered.raised !== undefined,
    },
  ];
}
