/** From completions to verdicts: sandboxes that start with the first answer that holds code in their language. */

import type { Diagnostic } from '../../domain/errors/diagnostic.js';
import type { RunEvent } from '../../domain/event.js';
import type { Judgement } from '../../domain/kinds/judgement.js';
import type { Execution, Program, SandboxTier, SandboxUse } from '../../domain/program.js';
import type { Case, Suite } from '../../domain/suite.js';
import type { Completion, Trial } from '../../domain/trial.js';
import { answerWith } from '../../grading/case-answer.js';
import { type Grade, grade } from '../../grading/grade.js';
import { openReader } from '../../grading/reader.js';
import { backends } from '../../grading/sandboxes/index.js';
import { openSandboxes, type SandboxEdges, type Wheel } from '../../grading/sandboxes/sandbox.js';
import type { World } from '../../world/world.js';
import { cacheFolders } from '../package-files.js';
import { preparePackages } from '../packages/prepare-packages.js';
import { anySandbox, type SandboxChoice, tierOf } from '../sandbox-choice.js';
import type { Graded } from './conduct.js';

/** An answer, and what its judges have said. */
export interface Gradable {
  readonly completion: Completion;
  /** Null: what they decide is left out. */
  readonly judgements?: readonly Judgement[] | null;
}

export interface Grading {
  /** What could judge the same case otherwise, and is not part of this program: packages with their hashes, the user's interpreters. */
  readonly surroundings: readonly string[];
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
  /** Any program, in the sandbox of its case's answers. */
  readonly run: (asked: Pick<Case, 'sandbox'>, program: Program) => Promise<Execution>;
  /** Sandboxes that start, and those that have started already. */
  listen(on: (event: RunEvent) => void): void;
  /** Language to description, of the sandboxes that were started. */
  sandboxes(): Readonly<Record<string, string>>;
  /** Language to what was run. */
  sandboxUse(): Readonly<Record<string, SandboxUse>>;
  close(): Promise<void>;
}

type GradingWorld = Pick<World, 'clock' | 'files' | 'processes' | 'threads' | 'env' | 'cwd'>;

/** `edges`: of this world, with the packages that were asked for. */
export function openGrading(
  world: GradingWorld,
  choice: SandboxChoice = anySandbox,
  edges: SandboxEdges = sandboxEdges(world, [], choice),
  natives: readonly string[] = [],
): Grading {
  const sandboxes = openSandboxes(backends, world.processes.cores, edges, (language, description) =>
    tell({ kind: 'sandbox-started', language, description }),
  );
  let tell: (event: RunEvent) => void = () => {};
  const reader = openReader(world);
  const boxesOf = (asked: Pick<Case, 'sandbox'>) => sandboxes.in(tierOf(asked, choice));
  const once = (asked: Case) => {
    const { runOnce } = boxesOf(asked);
    const runTimed = async (program: Program) => ({ execution: await runOnce(program), tookMs: 0 });
    return { run: runOnce, runOnce, runTimed };
  };
  return {
    surroundings: [choice.sandbox ?? '', ...edges.wheels.map(({ sha256 }) => sha256), ...natives],
    grade: (trial, { completion, judgements }) =>
      grade(trial.case, completion, boxesOf(trial.case), reader, judgements),
    run: (asked, program) => boxesOf(asked).run(program),
    gradeSolution: (asked) =>
      grade(
        asked,
        { text: answerWith(asked.solution ?? '', asked), finishReason: 'stop' },
        once(asked),
        reader,
        null,
      ),
    runTests(asked, code, tests, judge) {
      const { language, entry, limits } = asked;
      const program = { kind: 'tests', language: language ?? '', code, tests, entry, limits, judge } as const;
      return boxesOf(asked).runOnce(program);
    },
    listen(on) {
      tell = on;
      for (const [language, description] of Object.entries(sandboxes.descriptions()))
        on({ kind: 'sandbox-started', language, description });
    },
    gradeText: (asked, text) => grade(asked, { text, finishReason: 'stop' }, boxesOf(asked), reader, null),
    sandboxes: sandboxes.descriptions,
    sandboxUse: sandboxes.uses,
    async close() {
      await Promise.all([sandboxes.close(), reader.close()]);
    },
  };
}

function sandboxEdges(
  { clock, files, processes, env, cwd }: GradingWorld,
  wheels: readonly Wheel[],
  { toolchains, sandbox }: SandboxChoice,
): SandboxEdges {
  const home: Record<string, string> = env['HOME'] === undefined ? {} : { HOME: env['HOME'] };
  const native = {
    toolchains,
    path: env['PATH'],
    home,
    folder: cwd,
    isUnconfined: sandbox === 'native-unconfined',
  };
  return { clock, files, processes, cacheFolders: cacheFolders(env), wheels, native };
}

/** With the packages that the suites ask for; or why these, or a native sandbox, cannot be had. */
export async function openGradingFor(
  suites: readonly Suite[],
  world: World,
  choice: SandboxChoice = anySandbox,
): Promise<Grading | Diagnostic> {
  const isClosed = ({ cases }: Suite) =>
    cases.length === 0 || cases.some((one) => tierOf(one, choice) === 'wasm');
  const prepared = await preparePackages(suites.filter(isClosed), world);
  if ('mistake' in prepared) return prepared.mistake;
  const edges = sandboxEdges(world, prepared.wheels, choice);
  const natives = await probeNatives(suites, edges, choice);
  if ('mistake' in natives) return natives.mistake;
  return openGrading(world, choice, edges, natives.found);
}

/** What native sandboxes run, of the languages that need one; found before anything is sent. */
async function probeNatives(
  suites: readonly Suite[],
  edges: SandboxEdges,
  choice: SandboxChoice,
): Promise<{ readonly found: readonly string[] } | { readonly mistake: Diagnostic }> {
  const wanted = new Map<string, Case>();
  for (const { cases } of suites)
    for (const one of cases)
      if (one.language !== null) wanted.set(`${tierOf(one, choice)} ${one.language}`, one);
  const has = (tier: SandboxTier, language: string) =>
    backends.find((backend) => backend.tier === tier && backend.languages.includes(language));
  const found: string[] = [];
  for (const [key, { id, language, place }] of wanted) {
    const native = has('native', language ?? '');
    if (key.startsWith('wasm ')) {
      if (has('wasm', language ?? '') !== undefined) continue;
      const message = `case "${id}": ${language} runs in the native sandbox alone`;
      const help = 'say sandbox: native in the suite or in bench.yaml, or --sandbox native';
      return { mistake: { code: 'sandbox/no-native', place, message, help } };
    }
    if (native === undefined) continue;
    try {
      found.push(await native.probe(edges));
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { mistake: { code: 'sandbox/no-native', message } };
    }
  }
  return { found: found.sort() };
}
