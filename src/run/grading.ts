/** From completions to verdicts: sandboxes that start with the first answer that holds code in their language. */
import type { RunEvent } from '../domain/event.js';
import type { SandboxUse } from '../domain/program.js';
import type { Case } from '../domain/suite.js';
import type { Completion, Trial } from '../domain/trial.js';
import { type Grade, grade } from '../grading/grade.js';
import { openReader } from '../grading/reader.js';
import { backends } from '../grading/sandboxes/index.js';
import { openSandboxes } from '../grading/sandboxes/sandbox.js';
import type { World } from '../world/world.js';
import type { Graded } from './conduct.js';

export interface Grading {
  readonly grade: (trial: Trial, reply: { readonly completion: Completion }) => Promise<Graded>;
  /** Any text, as if it were an answer to the case. */
  readonly gradeText: (asked: Case, text: string) => Promise<Grade>;
  /** Language to description, of the sandboxes that were started. */
  sandboxes(): Readonly<Record<string, string>>;
  /** Language to what was run. */
  sandboxUse(): Readonly<Record<string, SandboxUse>>;
  close(): Promise<void>;
}

export function openGrading(
  world: Pick<World, 'clock' | 'files' | 'processes' | 'threads'>,
  cacheFolders: readonly string[],
  on: (event: RunEvent) => void,
): Grading {
  const { clock, files, processes } = world;
  const sandboxes = openSandboxes(
    backends,
    processes.cores,
    { clock, files, processes, cacheFolders },
    (language, description) => on({ kind: 'sandbox-started', language, description }),
  );
  const reader = openReader(world);
  return {
    grade: (trial, reply) => grade(trial.case, reply.completion, sandboxes, reader),
    gradeText: (asked, text) => grade(asked, { text, finishReason: 'stop' }, sandboxes, reader),
    sandboxes: sandboxes.descriptions,
    sandboxUse: sandboxes.uses,
    async close() {
      await Promise.all([sandboxes.close(), reader.close()]);
    },
  };
}
