/** `bench validate`: suites are loaded, and their cases proved beside each other in the sandboxes of a run. */
import type { Checked, Diagnostic } from '../domain/errors/diagnostic.js';
import type { Case, Suite } from '../domain/suite.js';
import { languages } from '../grading/languages/index.js';
import { knownProviders } from '../providers/index.js';
import { loadConfig } from '../suite/config.js';
import { type Proof, prove } from '../suite/validate-case.js';
import type { World } from '../world/world.js';
import { type Grading, openGradingFor } from './execution/open-grading.js';
import { type CaseFilter, matches } from './planning/plan.js';
import {
  belowPrelude,
  nothingProved,
  preflight,
  testsOf,
  unsupportedMistakes,
} from './planning/preflight.js';
import { loadSuites } from './request/load-suites.js';
import type { SandboxChoice } from './sandbox-choice.js';

export interface ProvingOptions {
  readonly suites: readonly string[];
  readonly config: string | null;
  readonly allowOutside?: boolean;
  readonly filter: CaseFilter;
}

/** A suite, and those of its cases that the filter leaves in. */
export interface SuiteToProve {
  readonly suite: Suite;
  readonly cases: readonly Case[];
}

async function readSuitesToProve(
  { suites, config: file, filter, allowOutside }: ProvingOptions,
  { files }: Pick<World, 'files'>,
): Promise<Checked<{ readonly chosen: readonly SuiteToProve[]; readonly sandboxes: SandboxChoice }>> {
  const config = await loadConfig(file, { files, providers: knownProviders });
  if (!config.ok) return config;
  const { loaded, diagnostics } = await loadSuites(suites, config.value, files, allowOutside);
  if (diagnostics.length > 0) return { ok: false, diagnostics };
  const chosen = loaded.map(({ suite }) => ({
    suite,
    cases: suite.cases.filter((item) => matches(item, filter)),
  }));
  if (chosen.every(({ cases }) => cases.length === 0)) {
    const message = 'no case matches';
    return {
      ok: false,
      diagnostics: [
        { code: 'run/no-case-matches', message, help: 'omit -c and --case to validate all cases' },
      ],
    };
  }
  const { toolchains } = config.value;
  return { ok: true, value: { chosen, sandboxes: { sandbox: null, toolchains } } };
}

interface Proving {
  /** What makes a case unfit for any answer: tests that prove nothing, or that need what the sandbox lacks. */
  mistakesIn(chosen: readonly SuiteToProve[]): Promise<readonly Diagnostic[]>;
  /** `on`: each proof as soon as those before it are there, in the order of the cases. */
  proveAll(cases: readonly Case[], on: (proof: Proof) => void): Promise<readonly Proof[]>;
  close(): Promise<void>;
}

/** The sandboxes stay open from one suite to the next. */
function openProving(grading: Grading, world: World): Proving {
  return {
    async mistakesIn(chosen) {
      const planned = chosen.flatMap(({ suite, cases }) =>
        cases.map((asked) => ({ suite: suite.name, case: asked })),
      );
      const found = await preflight(planned, grading, nothingProved, world.processes.cores);
      return [...found.mistakes, ...unsupportedMistakes(planned, found.unsupported)];
    },
    proveAll: (cases, on) => proveInOrder(cases, grading, world, on),
    close: grading.close,
  };
}

/** The isolated judge is of use where it knows the reference from the answers that must fail. */
async function judgesOf(asked: Case, grading: Grading): Promise<Proof['judges']> {
  const tests = testsOf(asked);
  const isCompiled = languages.find(({ name }) => name === asked.language)?.isCompiled === true;
  if (tests === null || asked.solution === null || isCompiled) return null;
  const passes = async (code: string, judge: 'shared' | 'isolated') => {
    const execution = await grading.runTests(asked, belowPrelude(asked, code), tests, judge);
    return execution.kind === 'tested' && execution.passed;
  };
  if (!(await passes(asked.solution, 'isolated'))) return ['shared'];
  for (const code of asked.wrong)
    if ((await passes(code, 'isolated')) && !(await passes(code, 'shared'))) return ['shared'];
  return ['shared', 'isolated'];
}

async function proveInOrder(
  cases: readonly Case[],
  grading: Grading,
  world: World,
  on: (proof: Proof) => void,
): Promise<readonly Proof[]> {
  const proofs: Proof[] = [];
  let next = 0;
  let reported = 0;
  const one = async () => {
    for (let index = next++; index < cases.length; index = next++) {
      const asked = cases[index];
      if (asked === undefined) return;
      proofs[index] = await prove(asked, grading.gradeText, world.clock, (own) => judgesOf(own, grading));
      for (let proof = proofs[reported]; proof !== undefined; proof = proofs[reported]) {
        reported += 1;
        on(proof);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, world.processes.cores) }, one));
  return proofs;
}

/** A suite, and what its cases proved. */
export interface ValidatedSuite {
  readonly suite: Suite;
  readonly proofs: readonly Proof[];
}

/** `on`: each suite before its first case, and each proof as soon as those before it are there. */
export async function validateSuites(
  options: ProvingOptions,
  world: World,
  on: { readonly suite?: (chosen: SuiteToProve) => void; readonly proof?: (proof: Proof) => void } = {},
): Promise<Checked<readonly ValidatedSuite[]>> {
  const read = await readSuitesToProve(options, world);
  if (!read.ok) return read;
  const { chosen: all, sandboxes } = read.value;
  const grading = await openGradingFor(
    all.map(({ suite, cases }) => ({ ...suite, cases })),
    world,
    sandboxes,
  );
  if ('message' in grading) return { ok: false, diagnostics: [grading] };
  const proving = openProving(grading, world);
  try {
    const mistakes = await proving.mistakesIn(all);
    if (mistakes.length > 0) return { ok: false, diagnostics: mistakes };
    const validated: ValidatedSuite[] = [];
    for (const chosen of all) {
      on.suite?.(chosen);
      const proofs = await proving.proveAll(chosen.cases, (proof) => on.proof?.(proof));
      validated.push({ suite: chosen.suite, proofs });
    }
    return { ok: true, value: validated };
  } finally {
    await proving.close();
  }
}
