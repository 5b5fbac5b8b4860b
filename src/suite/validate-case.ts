/**
 * Whether a case measures what it says: its reference passes; code that does nothing, code that returns a constant and
 * the case's own wrong answers fail; and all of it twice alike.
 */
import type { Check } from '../domain/grade.js';
import { mutantText } from '../domain/kinds/mutation.js';
import { beforeOf, type Case, subjectOf, undocumentedOf } from '../domain/suite.js';
import { answerWith } from '../grading/case-answer.js';
import type { Grade } from '../grading/grade.js';
import { languages } from '../grading/languages/index.js';
import { whySolutionFails } from '../grading/scorers/failure-text.js';
import type { Clock } from '../world/world.js';

export interface CaseProblem {
  readonly kind:
    | 'reference_fails'
    | 'stub_passes'
    | 'garbage_passes'
    | 'wrong_passes'
    /** The code to be refactored or documented passes as it is. */
    | 'unchanged_passes'
    /** The same answer, graded twice, got two verdicts. */
    | 'unsteady'
    /** The sandbox could not judge: no fault of the case. */
    | 'sandbox';
  /** Of what was tried. */
  readonly attempt: string;
  readonly message: string;
}

export interface Proof {
  readonly case: Case;
  readonly problems: readonly CaseProblem[];
  /** Grading the reference, the quicker of two times; null without one. */
  readonly referenceMs: number | null;
  /** What was tried: `reference`, `stub`, `garbage`, `wrong 1`. */
  readonly tried: readonly string[];
  /**
   * Which judges its tests allow: in one interpreter with the answer, and in one of their own. Null without tests or
   * without a reference.
   */
  readonly judges: readonly ('shared' | 'isolated')[] | null;
  /** Mutants of its subject that its own tests do not kill: `line 3: a < b → a <= b`. */
  readonly setAside: readonly string[];
}

interface Attempt {
  readonly name: string;
  readonly code: string;
  readonly expected: 'passed' | 'failed';
  readonly kind: CaseProblem['kind'];
}

/** How many times its reference a limit allows for: the same machine on a bad day, another one, a slower right answer. */
const LIMIT_SHARE = 10;
const NICE_SECONDS = [1, 2, 5, 10, 20, 30, 60];

/** The limit for a reference that takes `referenceMs`: ten times that, rounded up to a round number of seconds. */
export function limitSecondsFor(referenceMs: number): number {
  const seconds = (LIMIT_SHARE * referenceMs) / 1000;
  return NICE_SECONDS.find((nice) => nice >= seconds) ?? 60 * Math.ceil(seconds / 60);
}

/** `gradeText`: an answer as a model would give it, run and judged. Never rejects for what an answer does. */
export async function prove(
  asked: Case,
  gradeText: (asked: Case, text: string) => Promise<Grade>,
  clock: Clock,
  judgesOf: (asked: Case) => Promise<Proof['judges']> = async () => null,
): Promise<Proof> {
  const problems: CaseProblem[] = [];
  // What a judge alone decides cannot be proved without asking it.
  const isProvable = asked.scorings.length === 0 || asked.scorings.some(({ scorer }) => scorer !== 'judge');
  const attempts = isProvable ? attemptsOf(asked) : [];
  let referenceMs: number | null = null;
  let setAside: readonly string[] = [];
  for (const attempt of attempts) {
    const text = answerWith(attempt.code, asked);
    const grades: Grade[] = [];
    for (let time = 0; time < 2; time++) {
      const startMs = clock.nowMs();
      grades.push(await gradeText(asked, text));
      const tookMs = clock.nowMs() - startMs;
      if (attempt.kind === 'reference_fails') referenceMs = Math.min(referenceMs ?? tookMs, tookMs);
    }
    if (attempt.kind === 'reference_fails') setAside = setAsideIn(asked, grades);
    problems.push(...problemsOf(attempt, grades));
  }
  const judges = await judgesOf(asked);
  return { case: asked, problems, referenceMs, tried: attempts.map(({ name }) => name), judges, setAside };
}

function setAsideIn({ scorings }: Case, [grade]: readonly Grade[]): readonly string[] {
  const subject = subjectOf(scorings);
  if (subject === null) return [];
  const mutants = grade?.checks.flatMap((check) => check.mutants ?? []) ?? [];
  return mutants.filter(({ status }) => status === 'unkillable').map((mutant) => mutantText(subject, mutant));
}

function attemptsOf(asked: Case): Attempt[] {
  const language = languages.find(({ name }) => name === asked.language);
  const before = beforeOf(asked.scorings) ?? undocumentedOf(asked.scorings);
  const made = (kind: 'stub' | 'garbage') =>
    language === undefined || asked.entry === null ? '' : language[kind](asked.entry, asked.signature);
  return [
    ...(asked.solution === null
      ? []
      : [{ name: 'reference', code: asked.solution, expected: 'passed', kind: 'reference_fails' } as const]),
    { name: 'stub', code: made('stub'), expected: 'failed', kind: 'stub_passes' },
    { name: 'garbage', code: made('garbage'), expected: 'failed', kind: 'garbage_passes' },
    ...(before === null
      ? []
      : [{ name: 'unchanged', code: before, expected: 'failed', kind: 'unchanged_passes' } as const]),
    ...asked.wrong.map(
      (code, index): Attempt => ({
        name: `wrong ${index + 1}`,
        code,
        expected: 'failed',
        kind: 'wrong_passes',
      }),
    ),
  ];
}

function problemsOf({ name, expected, kind }: Attempt, grades: readonly Grade[]): CaseProblem[] {
  const broken = grades.find(({ verdict }) => verdict === 'error');
  const why = broken?.checks.find(({ reason }) => reason === 'solution_fails')?.detail ?? null;
  if (why !== null) {
    // Said once, of the reference.
    if (kind !== 'reference_fails') return [];
    return [{ kind, attempt: name, message: `${name} fails: ${whySolutionFails(why)}` }];
  }
  if (broken !== undefined) {
    return [
      { kind: 'sandbox', attempt: name, message: `${name} could not be judged: ${firstDetail(broken)}` },
    ];
  }
  const verdicts = grades.map(({ verdict }) => verdict);
  if (new Set(verdicts).size > 1) {
    const failed = grades.find(({ verdict }) => verdict === 'failed');
    const why = failed === undefined ? '' : ` (${firstDetail(failed)})`;
    return [{ kind: 'unsteady', attempt: name, message: `${name} ${verdicts.join(' once, then ')}${why}` }];
  }
  const [grade] = grades;
  if (grade === undefined || grade.verdict === expected) return [];
  return [
    {
      kind,
      attempt: name,
      message:
        expected === 'passed' ? `${name} fails: ${firstDetail(grade)}` : `${name} passes, and must not`,
    },
  ];
}

/** Of the first check that did not pass; of those that decide, if one of them is to blame. */
function firstDetail({ checks, answer }: Grade): string {
  const wanting = checks.filter(({ passed }) => !passed);
  const check: Check | undefined = wanting.find(({ required }) => required) ?? wanting[0];
  if (check === undefined) return 'no check of it was made';
  const extraction = answer.kind === 'code' ? '' : `; extracted: ${answer.kind}`;
  return `${check.name}: ${check.detail ?? 'did not pass'}${extraction}`;
}
