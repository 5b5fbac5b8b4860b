/** From completions to verdicts: sandboxes that start with the first answer that holds code in their language. */
import type { RunEvent } from '../../domain/event.js';
import type { Execution, Program, SandboxUse } from '../../domain/program.js';
import type { Case } from '../../domain/suite.js';
import type { Completion, Trial } from '../../domain/trial.js';
import { type Grade, grade } from '../../grading/grade.js';
import { openReader } from '../../grading/reader.js';
import { backends } from '../../grading/sandboxes/index.js';
import { openSandboxes } from '../../grading/sandboxes/sandbox.js';
import type { World } from '../../world/world.js';
import type { Graded } from './conduct.js';

export interface Grading {
  readonly grade: (trial: Trial, reply: { readonly completion: Completion }) => Promise<Graded>;
  /** Any text, as if it were an answer to the case. */
  readonly gradeText: (asked: Case, text: string) => Promise<Grade>;
  /** The case's own solution, which is run once however often it is asked for. */
  readonly gradeSolution: (asked: Case) => Promise<Grade>;
  /** Code and tests, once, by one of the two judges. */
  readonly runTests: (
    asked: Case,
    code: string,
    tests: string,
    judge: 'shared' | 'isolated',
  ) => Promise<Execution>;
  /** Any program. */
  readonly run: (program: Program) => Promise<Execution>;
  /** Sandboxes that start, and those that have started already. */
  listen(on: (event: RunEvent) => void): void;
  /** Language to description, of the sandboxes that were started. */
  sandboxes(): Readonly<Record<string, string>>;
  /** Language to what was run. */
  sandboxUse(): Readonly<Record<string, SandboxUse>>;
  close(): Promise<void>;
}

export function openGrading(
  world: Pick<World, 'clock' | 'files' | 'processes' | 'threads'>,
  cacheFolders: readonly string[],
): Grading {
  const { clock, files, processes } = world;
  const sandboxes = openSandboxes(
    backends,
    processes.cores,
    { clock, files, processes, cacheFolders },
    (language, description) => tell({ kind: 'sandbox-started', language, description }),
  );
  let tell: (event: RunEvent) => void = () => {};
  const reader = openReader(world);
  const once = { run: sandboxes.runOnce, runOnce: sandboxes.runOnce };
  return {
    grade: (trial, reply) => grade(trial.case, reply.completion, sandboxes, reader),
    run: sandboxes.run,
    gradeSolution: (asked) =>
      grade(asked, { text: asked.solution ?? '', finishReason: 'stop' }, once, reader),
    runTests: ({ language, entry, limits }, code, tests, judge) =>
      sandboxes.runOnce({
        kind: 'tests',
        language: language ?? '',
        code,
        tests,
        entry,
        limits,
        judge,
      }),
    listen(on) {
      tell = on;
      for (const [language, description] of Object.entries(sandboxes.descriptions()))
        on({ kind: 'sandbox-started', language, description });
    },
    gradeText: (asked, text) => grade(asked, { text, finishReason: 'stop' }, sandboxes, reader),
    sandboxes: sandboxes.descriptions,
    sandboxUse: sandboxes.uses,
    async close() {
      await Promise.all([sandboxes.close(), reader.close()]);
    },
  };
}
