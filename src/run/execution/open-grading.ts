/** From completions to verdicts: sandboxes that start with the first answer that holds code in their language. */

import type { Diagnostic } from '../../domain/errors/diagnostic.js';
import type { RunEvent } from '../../domain/event.js';
import type { Judgement } from '../../domain/kinds/judgement.js';
import type { Execution, Program, SandboxUse } from '../../domain/program.js';
import type { Case, Suite } from '../../domain/suite.js';
import type { Completion, Trial } from '../../domain/trial.js';
import { type Grade, grade } from '../../grading/grade.js';
import { openReader } from '../../grading/reader.js';
import { backends } from '../../grading/sandboxes/index.js';
import { openSandboxes, type Wheel } from '../../grading/sandboxes/sandbox.js';
import type { World } from '../../world/world.js';
import { cacheFolders } from '../package-files.js';
import { preparePackages } from '../packages/prepare-packages.js';
import type { Graded } from './conduct.js';

/** An answer, and what its judges have said. */
export interface Gradable {
  readonly completion: Completion;
  /** Null: what they decide is left out. */
  readonly judgements?: readonly Judgement[] | null;
}

export interface Grading {
  /** Of Python, with their hashes. */
  readonly wheels: readonly Wheel[];
  readonly grade: (trial: Trial, reply: Gradable) => Promise<Graded>;
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
  folders: readonly string[],
  wheels: readonly Wheel[] = [],
): Grading {
  const { clock, files, processes } = world;
  const sandboxes = openSandboxes(
    backends,
    processes.cores,
    { clock, files, processes, cacheFolders: folders, wheels },
    (language, description) => tell({ kind: 'sandbox-started', language, description }),
  );
  let tell: (event: RunEvent) => void = () => {};
  const reader = openReader(world);
  const once = {
    run: sandboxes.runOnce,
    runOnce: sandboxes.runOnce,
    runTimed: async (program: Program) => ({ execution: await sandboxes.runOnce(program), tookMs: 0 }),
  };
  return {
    wheels,
    grade: (trial, { completion, judgements }) =>
      grade(trial.case, completion, sandboxes, reader, judgements),
    run: sandboxes.run,
    gradeSolution: (asked) =>
      grade(asked, { text: asked.solution ?? '', finishReason: 'stop' }, once, reader, null),
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
    gradeText: (asked, text) => grade(asked, { text, finishReason: 'stop' }, sandboxes, reader, null),
    sandboxes: sandboxes.descriptions,
    sandboxUse: sandboxes.uses,
    async close() {
      await Promise.all([sandboxes.close(), reader.close()]);
    },
  };
}

/** With the packages that the suites ask for; or why they cannot be had. */
export async function openGradingFor(suites: readonly Suite[], world: World): Promise<Grading | Diagnostic> {
  const prepared = await preparePackages(suites, world);
  if ('mistake' in prepared) return prepared.mistake;
  return openGrading(world, cacheFolders(world.env), prepared.wheels);
}
