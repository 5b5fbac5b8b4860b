/**
 * Before anything is sent, each case that runs code is tried with what is known of it: with its solution, or, without one,
 * with code that does nothing. Tests that do not parse, use names that nobody defines or assert nothing are mistakes of the
 * suite; so is what needs a module that the sandbox lacks. A run finds them before it has cost anything.
 */
import { caseKey } from '../../analysis/profile.js';
import type { Diagnostic } from '../../domain/errors/diagnostic.js';
import { hashOf } from '../../domain/ids.js';
import type { Execution, Raised } from '../../domain/program.js';
import { beforeOf, type Case, subjectOf } from '../../domain/suite.js';
import { fenced } from '../../grading/case-answer.js';
import { isPythonPackage, lackIn, lackText } from '../../grading/lacks.js';
import { languages } from '../../grading/languages/index.js';
import { mutationCandidates } from '../../grading/mutation/candidates.js';
import { measuresOf } from '../../grading/refactoring/measures.js';
import { raisedInWords, whySolutionFails } from '../../grading/scorers/failure-text.js';
import { reachedBefore } from '../../grading/scorers/improve.js';
import type { World } from '../../world/world.js';
import type { Grading } from '../execution/open-grading.js';
import { cacheFolders } from '../package-files.js';
import type { RunRequest } from '../request/read-request.js';
import { planHash } from './plan.js';
import { openProvedCases, type ProvedCases } from './proved-cases.js';

export interface Preflight {
  readonly mistakes: readonly Diagnostic[];
  /** Cases whose own solution fails: nobody's answer to them can be judged. */
  readonly warnings: readonly string[];
  /** Keys of cases that need what the sandbox lacks, and what that is. */
  readonly unsupported: ReadonlyMap<string, string>;
}

/** Every case is tried. */
export const nothingProved: ProvedCases = { has: () => false, add: async () => {} };

type Finding =
  | { readonly kind: 'mistake'; readonly message: string; readonly help: string }
  | { readonly kind: 'solution_fails'; readonly why: string }
  | { readonly kind: 'unsupported'; readonly lack: string }
  /** The sandbox did not judge: the run will say so. */
  | { readonly kind: 'unknown' };

export interface PlannedCase {
  readonly suite: string;
  readonly case: Case;
}

export async function preflight(
  planned: readonly PlannedCase[],
  grading: Grading,
  proved: ProvedCases,
  cores: number,
): Promise<Preflight> {
  const open = planned.filter(({ case: asked }) => runsCode(asked) && !proved.has(proofOf(asked)));
  const findings: (Finding | null)[] = [];
  let next = 0;
  const work = async () => {
    for (let at = next++; at < open.length; at = next++) {
      const one = open[at];
      if (one !== undefined) findings[at] = await look(one.case, grading);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, cores) }, work));
  await proved.add(open.flatMap(({ case: asked }, at) => (findings[at] === null ? [proofOf(asked)] : [])));

  const mistakes: Diagnostic[] = [];
  const warnings: string[] = [];
  const unsupported = new Map<string, string>();
  for (const [at, { suite, case: asked }] of open.entries()) {
    const finding = findings[at] ?? null;
    if (finding === null || finding.kind === 'unknown') continue;
    const subject = `case "${asked.id}"`;
    if (finding.kind === 'unsupported') unsupported.set(caseKey(suite, asked.id), finding.lack);
    else if (finding.kind === 'solution_fails')
      warnings.push(`${subject}: its own solution fails, so no answer to it can be judged: ${finding.why}`);
    else
      mistakes.push({
        place: asked.place,
        code: 'suite/invalid-tests',
        message: `${subject}: ${finding.message}`,
        help: finding.help,
      });
  }
  return { mistakes, warnings, unsupported };
}

/** Of cases that need what the sandbox lacks, as mistakes. */
export function unsupportedMistakes(
  planned: readonly PlannedCase[],
  unsupported: ReadonlyMap<string, string>,
): Diagnostic[] {
  return planned.flatMap(({ suite, case: asked }) => {
    const lack = unsupported.get(caseKey(suite, asked.id));
    if (lack === undefined) return [];
    return {
      place: asked.place,
      code: 'suite/needs-more-than-sandbox',
      message: `case "${asked.id}" needs ${lack}: ${lackText(lack)}`,
      help: isPythonPackage(lack)
        ? `add packages: [${lack}] to the suite, if it is pure Python, or leave such cases out with --skip-unsupported`
        : 'leave such cases out with --skip-unsupported',
    };
  });
}

/** A case's hash is of what is asked and how it is scored; its solution is no part of that. */
const proofOf = ({ hash, solution }: Case): string => hashOf([hash, solution]);

export const testsOf = ({ scorings }: Case): string | null => {
  const options = scorings.find(({ scorer }) => scorer === 'tests')?.options;
  return typeof options === 'string' ? options : null;
};

const runsCode = (asked: Case) =>
  asked.language !== null &&
  (testsOf(asked) !== null ||
    subjectOf(asked.scorings) !== null ||
    beforeOf(asked.scorings) !== null ||
    (asked.hasSolution && asked.scorings.some(({ scorer }) => ['table', 'program', 'sql'].includes(scorer))));

async function look(asked: Case, grading: Grading): Promise<Finding | null> {
  const { solution, language } = asked;
  const tests = testsOf(asked);
  if (tests !== null && language !== null) {
    const code = belowPrelude(asked, solution ?? stubOf(asked));
    const execution = await grading.runTests(asked, code, tests, 'shared');
    const mistake = mistakeIn(execution, tests, asked);
    if (mistake !== null) return mistake;
    const lack = lackIn(execution, `${code}\n${tests}`, language);
    if (lack !== null) return { kind: 'unsupported', lack };
  }
  const subject = subjectOf(asked.scorings);
  if (subject !== null && language !== null) {
    const mistake = await mistakeInSubject(subject, language, asked, grading);
    if (mistake !== null) return mistake;
  }
  const before = beforeOf(asked.scorings);
  if (before !== null && language !== null) {
    const finding = await mistakeInBefore(before, language, asked, grading);
    if (finding !== null) return finding;
  }
  if (solution === null) return null;
  const grade = await grading.gradeSolution(asked);
  if (grade.verdict === 'passed') return null;
  const check = grade.checks.find(({ passed, required }) => required && !passed);
  if (check?.lack !== undefined) return { kind: 'unsupported', lack: check.lack };
  if (check === undefined || check.reason === 'sandbox') return { kind: 'unknown' };
  const { name, detail, reason } = check;
  const why =
    reason === 'solution_fails' && detail !== null ? whySolutionFails(detail) : `${name}: ${detail}`;
  return { kind: 'solution_fails', why };
}

/** Code that is to be tested loads, and has something that a mutant could change. */
async function mistakeInSubject(
  code: string,
  language: string,
  asked: Case,
  grading: Grading,
): Promise<Finding | null> {
  const { limits } = asked;
  const execution = await grading.run(asked, {
    kind: 'tests',
    judge: 'subject',
    language,
    code,
    tests: '',
    entry: null,
    limits,
  });
  const lack = lackIn(execution, code, language);
  if (lack !== null) return { kind: 'unsupported', lack };
  if (execution.kind === 'not_loaded') {
    const message = `its subject does not load: ${raisedInWords(execution.raised)}`;
    return { kind: 'mistake', message, help: `is it ${language}?` };
  }
  if (mutationCandidates(language, code, 1).length > 0) return null;
  const message = 'nothing in its subject can be mutated';
  return { kind: 'mistake', message, help: 'add code that decides or computes something' };
}

/** Code that is to be refactored does what its table and tests say, and has something to reach for. */
async function mistakeInBefore(
  code: string,
  language: string,
  asked: Case,
  grading: Grading,
): Promise<Finding | null> {
  const aims = asked.scorings.find(({ scorer }) => scorer === 'improve')?.options ?? null;
  const reached = reachedBefore(aims, measuresOf(language, code));
  if (reached.length > 0) {
    const message = `its code in before reaches an aim already: ${reached.join(', ')}`;
    return { kind: 'mistake', message, help: 'ask for more, or leave the aim out' };
  }
  const { checks } = await grading.gradeText(asked, fenced(code, language));
  const failing = checks.find(({ required, passed }) => required && !passed);
  if (failing === undefined) return null;
  if (failing.lack !== undefined) return { kind: 'unsupported', lack: failing.lack };
  if (failing.score === null) return { kind: 'unknown' };
  const message = `its code in before fails its own ${failing.name}: ${failing.detail}`;
  return { kind: 'mistake', message, help: 'what is refactored must work before' };
}

/** As an answer would run. */
export function belowPrelude({ language, prelude }: Case, code: string): string {
  const known = languages.find(({ name }) => name === language);
  return known === undefined || prelude === null ? code : known.withPrelude(code, prelude);
}

function stubOf({ language, entry, signature }: Case): string {
  const known = languages.find(({ name }) => name === language);
  return known === undefined || entry === null ? '' : known.stub(entry, signature);
}

function mistakeIn(execution: Execution, tests: string, asked: Case): Finding | null {
  if (execution.kind === 'broken') {
    return execution.why.startsWith('the tests do not parse')
      ? { kind: 'mistake', message: execution.why, help: `they are not ${asked.language}` }
      : { kind: 'unknown' };
  }
  if (execution.kind !== 'tested') return null;
  const name = execution.raised === null ? null : undefinedName(execution.raised);
  if (name !== null && !isAskedFor(name, asked)) {
    const help = `import it, define it in the tests, or ask for it in the prompt`;
    return { kind: 'mistake', message: `the tests use ${name}, which is not defined`, help };
  }
  const { passed, assertions } = execution;
  if (
    passed &&
    (assertions ?? 0) === 0 &&
    !/\b(?:raise|throw|exit|fail|assert|panic|abort|return [1-9])\b/.test(withoutComments(tests))
  ) {
    return {
      kind: 'mistake',
      message: 'the tests assert nothing, so every answer would pass',
      help: 'add assertions',
    };
  }
  return null;
}

/** Roughly: a mark of a comment within a text ends that line too. */
function withoutComments(source: string): string {
  return source.replaceAll(/\/\*[\s\S]*?\*\/|(?:#|\/\/).*$/gm, '');
}

/** Of an error that says so. */
function undefinedName({ types, message }: Raised): string | null {
  const [type] = types;
  if (type !== 'NameError' && type !== 'ReferenceError') return null;
  return /^(?:name )?'?([\w$]+)'? is not defined/.exec(message)?.[1] ?? null;
}

/** An answer is to bring it: a case with a solution has it, or else its text names it. */
function isAskedFor(name: string, { entry, prompt, prelude, solution, system }: Case): boolean {
  if (name === entry) return true;
  const texts = solution === null ? [prompt, prelude ?? '', system ?? ''] : [solution];
  return texts.some((text) => text.split(/[^\w$]+/).includes(name));
}

export interface CheckedPlan {
  /** Without the cases that are left out, and with what is to be said of the others. */
  readonly request: RunRequest;
  readonly mistakes: readonly Diagnostic[];
}

const NAMED = 10;

/** The cases of a plan, each once. Stored answers are judged as they are: nothing is spent on them. */
export async function checkPlan(
  request: RunRequest,
  grading: Grading,
  { files, processes, env }: Pick<World, 'files' | 'processes' | 'env'>,
): Promise<CheckedPlan> {
  const { plan, options, stored } = request;
  if (stored !== null) return { request, mistakes: [] };
  const planned = new Map<string, PlannedCase>();
  for (const { suite, case: asked } of plan.trials)
    planned.set(caseKey(suite, asked.id), { suite, case: asked });
  const cases = [...planned.values()].filter(({ case: asked }) => runsCode(asked));
  if (cases.length === 0) return { request, mistakes: [] };
  const proved = await openProvedCases(cacheFolders(env), grading.surroundings, files);
  const found = await preflight(cases, grading, proved, processes.cores);
  const { mistakes, unsupported } = found;
  if (unsupported.size > 0 && options.skipUnsupported !== true)
    return { request, mistakes: [...mistakes, ...unsupportedMistakes(cases, unsupported)] };
  if (mistakes.length > 0 || unsupported.size === 0)
    return { request: { ...request, warnings: [...request.warnings, ...found.warnings] }, mistakes };
  const left = plan.trials.filter(({ suite, case: asked }) => !unsupported.has(caseKey(suite, asked.id)));
  if (left.length === 0)
    return {
      request,
      mistakes: [
        {
          code: 'suite/needs-more-than-sandbox',
          message: 'every case needs something the sandbox does not have',
        },
      ],
    };
  return {
    request: {
      ...request,
      plan: { ...plan, trials: left },
      whole: planHash(left),
      wholeTrials: left.length,
      warnings: [...request.warnings, ...found.warnings, leftOutText(cases, unsupported)],
    },
    mistakes,
  };
}

function leftOutText(cases: readonly PlannedCase[], unsupported: ReadonlyMap<string, string>): string {
  const named = cases.flatMap(({ suite, case: { id } }) => {
    const lack = unsupported.get(caseKey(suite, id));
    return lack === undefined ? [] : [`${id} (${lack})`];
  });
  const more = named.length > NAMED ? ` and ${named.length - NAMED} more` : '';
  return `left out, because the sandbox lacks what they need: ${named.slice(0, NAMED).join(', ')}${more}`;
}
