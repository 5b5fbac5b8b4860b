/**
 * `subject` and `mutation`: the answer is tests, and what is scored is what they catch. They must pass on the code that the
 * case gives, twice, the second time in the reverse order; then the code gets one small fault at a time, and the score is the
 * share of faults that make them fail.
 */
import { z } from 'zod';
import type { Answer, Check, JudgeContext, JudgeTools } from '../../domain/grade.js';
import {
  isKillable,
  isKilled,
  type MutantRecord,
  type MutantStatus,
  type Mutation,
  mutantText,
  mutated,
} from '../../domain/kinds/mutation.js';
import type { Execution, Program } from '../../domain/program.js';
import { lackIn, lackText } from '../lacks.js';
import { mutatedLanguages } from '../mutation/candidates.js';
import { chooseMutations } from '../mutation/choose-mutations.js';
import { distinctInPython } from '../mutation/python-equivalents.js';
import { described } from './described.js';
import { deathInWords, raisedInWords, solutionFails } from './failure-text.js';
import { definePairedScorer } from './scorer.js';

/** Tests on a mutant may take this long at least, up to the case's own limit. */
const LEAST_LIMIT_MS = 500;
/** A fault may make the code slower; what takes longer than this many times the usual has a loop without an end. */
const LIMIT_SHARE = 5;
const REFERENCE_LIMIT_MS = 3000;

const share = z.number().min(0, 'from 0 to 1').max(1, 'from 0 to 1');
const options = z
  .strictObject({
    min_score: described(
      share.default(0.8),
      'The share of mutants that the tests must kill (default 0.8).',
      0.8,
    ),
    max: described(
      z.number().int('a whole number').min(1, 'at least 1').max(200, 'at most 200').default(40),
      'The largest number of mutants (default 40).',
      40,
    ),
  })
  .prefault({});

export const mutation = definePairedScorer<z.infer<typeof options>>({
  key: 'mutation',
  version: 2,
  stands: 'case',
  doc: 'The answer is tests: they must pass on the code in `subject`, and are scored by the share of its mutants that they kill.',
  example: 'subject: |\n  def is_adult(age):\n      return age >= 18\nmutation: { min_score: 0.8 }',
  companion: {
    key: 'subject',
    doc: 'The code that the answer is to test. Its tests must pass on it, and fail on its mutants.',
    example: 'def is_adult(age):\n    return age >= 18',
  },
  required: true,
  needsCode: true,
  needsEntry: false,
  languages: mutatedLanguages,
  options,
  stamp: ({ own, given }) => ({ subject: given, ...own }),
  passScore: ({ own }) => own.min_score,
  async judge({ own, given }, answer, context, tools, how): Promise<readonly Check[]> {
    const judged = await judge(given, own.max, answer, context, tools);
    const passed = judged.score !== null && judged.score >= own.min_score - 1e-9;
    return [{ name: 'mutation', passed, required: how.required, weight: how.weight, ...judged }];
  },
});

type Judged = Pick<Check, 'score' | 'detail' | 'reason' | 'lack' | 'mutants'>;

async function judge(
  subject: string,
  most: number,
  answer: Answer,
  context: JudgeContext,
  tools: JudgeTools,
): Promise<Judged> {
  const { language, solution, forbidden } = context;
  if (answer.kind !== 'code' || language === null) return { score: 0, detail: 'no code' };
  const once: RunTimed = async (program) => ({ execution: await tools.runOnce(program), tookMs: 0 });
  const reference = solution === null ? null : await testsOf(solution, subject, language, context, tools);
  const usual = reference === null ? null : await onSubject(reference, once);
  if (usual !== null) {
    const { failure } = usual;
    const reason = failure?.isOurs === true ? 'sandbox' : 'solution_fails';
    if (failure !== null)
      return { score: null, detail: solutionFails(`mutation: ${failure.detail}`), reason };
  }
  const own = await testsOf(answer.code, subject, language, context, tools);
  const { failure, tookMs, usualSteps } = await onSubject(own, async (program) => {
    const timed = await tools.runTimed(program);
    return isTimeout(timed.execution) ? { ...timed, execution: await tools.run(program) } : timed;
  });
  const note = own.copies.length === 0 ? '' : ` (its own copy of ${own.copies.join(', ')} was left out)`;
  if (failure !== null) {
    const { detail, isOurs, lack } = failure;
    if (isOurs) return { score: null, detail, reason: 'sandbox' };
    if (lack !== null && !forbidden.includes(lack))
      return { score: null, detail: lackText(lack), reason: 'unsupported', lack };
    return { score: 0, detail: detail + note };
  }
  const mutations = await mutantsOf(subject, language, most, context, tools);
  const limitMs = Math.min(context.limits.timeMs, Math.max(LEAST_LIMIT_MS, LIMIT_SHARE * tookMs));
  const mutants = await Promise.all(
    mutations.map(async (one): Promise<MutantRecord> => {
      const status = await statusOf(one, own, { timeMs: limitMs, ...usualSteps }, tookMs, tools.runTimed);
      if (status !== 'survived' || reference === null) return { ...one, status };
      const isKnown =
        (await statusOf(one, reference, { timeMs: REFERENCE_LIMIT_MS, ...usual?.usualSteps }, 0, once)) !==
        'survived';
      return { ...one, status: isKnown ? status : 'unkillable' };
    }),
  );
  const killed = mutants.filter(isKilled).length;
  const killable = mutants.filter(isKillable).length;
  if (killable === 0)
    return { score: null, detail: 'no mutant of the subject could be judged', reason: 'sandbox', mutants };
  const detail = `killed ${killed} of ${killable} mutants${note}${survivorsText(subject, mutants)}`;
  return { score: killed / killable, detail, mutants };
}

interface How {
  readonly timeMs?: number;
  readonly reversed?: boolean;
  readonly usualSteps?: number;
}

/** Tests, and how they run on one source or another. */
interface Tests {
  readonly subject: string;
  readonly copies: readonly string[];
  readonly on: (code: string, how: How) => Program;
}

async function testsOf(
  code: string,
  subject: string,
  language: string,
  { limits }: JudgeContext,
  tools: JudgeTools,
): Promise<Tests> {
  const { tests, copies } = await tools.testFile(language, code, subject);
  return {
    subject,
    copies,
    on: (source, { timeMs = limits.timeMs, ...how }) => ({
      kind: 'tests',
      language,
      code: source,
      tests,
      entry: null,
      judge: 'subject',
      limits: { ...limits, timeMs },
      ...how,
    }),
  };
}

type RunTimed = JudgeTools['runTimed'];

interface Failure {
  readonly detail: string;
  readonly isOurs: boolean;
  readonly lack: string | null;
}

interface OnSubject {
  readonly failure: Failure | null;
  readonly tookMs: number;
  readonly usualSteps: Pick<How, 'usualSteps'>;
}

/** Twice, the second time in the reverse order. `failure` is null if they pass both times. */
async function onSubject({ on, subject }: Tests, run: RunTimed): Promise<OnSubject> {
  const first = await run(on(subject, {}));
  const { tookMs } = first;
  const usualSteps = stepsIn(first.execution);
  const failure = failureOf(first.execution, on(subject, {}));
  if (failure !== null) return { failure, tookMs, usualSteps };
  const second = await run(on(subject, { reversed: true }));
  const again = failureOf(second.execution, on(subject, {}));
  if (again === null) return { failure: null, tookMs, usualSteps };
  return {
    failure: { ...again, detail: `they pass, and fail in the reverse order: ${again.detail}` },
    tookMs,
    usualSteps,
  };
}

const stepsIn = (execution: Execution): Pick<How, 'usualSteps'> =>
  execution.kind === 'tested' && execution.steps !== undefined ? { usualSteps: execution.steps } : {};

function failureOf(execution: Execution, program: Program): Failure | null {
  const failure = (detail: string, isOurs = false, lack: string | null = null) => ({ detail, isOurs, lack });
  switch (execution.kind) {
    case 'broken':
      // Tests that do not parse are the answer's.
      return failure(execution.why, !execution.why.startsWith('the tests do not parse'));
    case 'not_loaded':
      return failure(`the subject does not load: ${raisedInWords(execution.raised)}`, true);
    case 'tested': {
      const { passed, death, raised, assertions } = execution;
      if (passed) return assertions === 0 ? failure('no assertion ran') : null;
      const why = death !== null ? deathInWords(death) : raised === null ? 'no end' : raisedInWords(raised);
      const tests = program.kind === 'tests' ? program.tests : '';
      return failure(
        `the tests fail on the code as it is: ${why}`,
        false,
        lackIn(execution, tests, program.language),
      );
    }
    case 'called':
    case 'ran':
    case 'queried':
      return failure('the sandbox answered another question', true);
    default:
      return execution satisfies never;
  }
}

async function mutantsOf(
  subject: string,
  language: string,
  most: number,
  { limits }: JudgeContext,
  tools: JudgeTools,
): Promise<readonly Mutation[]> {
  const candidates = await tools.mutations(language, subject, most);
  const distinct =
    language === 'python' ? await distinctInPython(subject, candidates, limits, tools) : candidates;
  return chooseMutations(subject, distinct, most);
}

async function statusOf(
  one: Mutation,
  { on, subject }: Tests,
  how: How & { readonly timeMs: number },
  usualMs: number,
  run: RunTimed,
): Promise<MutantStatus> {
  const program = on(mutated(subject, one), how);
  const first = await run(program);
  // A machine that stood still for a moment is not a fault that was noticed; a count of steps is no clock.
  const isDoubtful = isTimeout(first.execution) && first.tookMs >= how.timeMs;
  const { execution } = isDoubtful ? await run(program) : first;
  if (execution.kind === 'not_loaded') return 'stillborn';
  if (execution.kind !== 'tested') return 'unclear';
  if (execution.passed) return 'survived';
  if (!isTimeout(execution)) return 'killed';
  return usualMs < how.timeMs / 3 ? 'timeout' : 'unclear';
}

const isTimeout = (execution: Execution): boolean =>
  execution.kind === 'tested' && execution.death?.how === 'timeout';

const MOST_SHOWN = 10;

/** Each as its line before and after. */
function survivorsText(subject: string, mutants: readonly MutantRecord[]): string {
  const survivors = mutants.filter(({ status }) => status === 'survived');
  if (survivors.length === 0) return '';
  const shown = survivors.slice(0, MOST_SHOWN).map((one) => mutantText(subject, one));
  const more = survivors.length > MOST_SHOWN ? `; ${survivors.length - MOST_SHOWN} more` : '';
  return `; survived: ${shown.join('; ')}${more}`;
}
