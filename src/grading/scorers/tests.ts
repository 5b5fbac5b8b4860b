/**
 * `tests`: source in the answer's language whose assertions must hold. A verdict is what the language's own runner says in
 * one process, where the answer could tamper with it. So that run is watched, and what it marks is either settled by a
 * second run, in which answer and tests have an interpreter each, or it fails the answer.
 */
import { z } from 'zod';
import type { Answer, Check, ErrorReason, JudgeContext, JudgeTools } from '../../domain/grade.js';
import type { Execution, Marks, Program } from '../../domain/program.js';
import { lackIn, lackText } from '../lacks.js';
import { deathInWords, raisedInWords, solutionFails } from './failure-text.js';
import { defineScorer } from './scorer.js';

type Tested = Extract<Execution, { readonly kind: 'tested' }>;
type TestsProgram = Extract<Program, { readonly kind: 'tests' }>;

/** A verdict on the tests; a null score is an error of ours. */
interface Judged {
  readonly score: number | null;
  readonly detail: string | null;
  readonly evidence?: 'shared' | 'isolated';
  readonly reason?: ErrorReason;
  readonly lack?: string;
}

export const tests = defineScorer<string>({
  key: 'tests',
  version: 5,
  stands: 'case',
  doc: "Test code in the answer's language: assertions that must hold, as its own test runner would judge them.",
  example: 'tests: |\n  assert is_palindrome("level")\n  assert not is_palindrome("levels")',
  required: true,
  needsCode: true,
  needsEntry: false,
  options: z.string().refine((text) => text.trim() !== '', 'test code'),
  stamp: (source) => source,
  async judge(source, answer, context, tools, how): Promise<readonly Check[]> {
    const { score, ...rest } = await judge(source, answer, context, tools);
    return [
      { name: 'tests', score, passed: score === 1, required: how.required, weight: how.weight, ...rest },
    ];
  },
});

async function judge(
  source: string,
  answer: Answer,
  { language, entry, limits, solution, forbidden }: JudgeContext,
  tools: JudgeTools,
): Promise<Judged> {
  if (answer.kind !== 'code' || language === null) return { score: 0, detail: 'no code' };
  const program = (code: string, judge: TestsProgram['judge']): TestsProgram => ({
    kind: 'tests',
    language,
    code,
    tests: source,
    entry,
    limits,
    judge,
  });
  const reference = solution === null ? null : await tools.runOnce(program(solution, 'shared'));
  if (reference !== null && !(reference.kind === 'tested' && reference.passed)) {
    const reason = reference.kind === 'broken' ? 'sandbox' : 'solution_fails';
    return { score: null, detail: solutionFails(`tests: ${whyFailed(reference)}`), reason };
  }
  const run = (judge: TestsProgram['judge']) => tools.run(program(answer.code, judge));
  const execution = await run('shared');
  if (execution.kind === 'broken') return { score: null, detail: execution.why, reason: 'sandbox' };
  const lack = lackIn(execution, answer.code, language);
  if (lack !== null && !forbidden.includes(lack))
    return { score: null, detail: lackText(lack), reason: 'unsupported', lack };
  if (execution.kind !== 'tested') return { score: 0, detail: whyFailed(execution) };
  const evidence = 'shared';
  if (!execution.passed) return { score: 0, detail: whyFailed(execution), evidence };
  const lacking = missingAssertions(execution, reference);
  if (lacking !== null) return { score: 0, detail: lacking, evidence };

  const known = async () =>
    reference?.marks ??
    (solution === null ? null : marksOf(await tools.runOnce(program(solution, 'watched'))));
  const seen = execution.marks === null ? null : newMarks(execution.marks, await known());
  if (seen !== null && seen.lies.length > 0)
    return { score: 0, detail: `tampered: ${seen.lies.join(', ')}`, evidence };
  if (seen !== null && seen.reach.length === 0) return { score: 1, detail: null, evidence };

  const second = await run('isolated');
  if (second.kind === 'tested' && second.passed)
    return { score: 1, detail: null, evidence: seen === null ? 'shared' : 'isolated' };
  const { lies, reach } = seen ?? newMarks(marksOf(await run('watched')), await known());
  if (lies.length + reach.length === 0) return { score: 1, detail: null, evidence };
  return { score: 0, detail: `tampered: ${[...lies, ...reach].join(', ')}`, evidence };
}

/** What does not come to its end when it is watched has been caught. */
function marksOf(execution: Execution): Marks {
  if (execution.kind === 'tested' && execution.passed && execution.marks !== null) return execution.marks;
  return { lies: [], reach: ['ends otherwise when it is watched'] };
}

/** What the reference does too belongs to the case. */
function newMarks({ lies, reach }: Marks, known: Marks | null): Marks {
  if (known === null) return { lies, reach };
  return {
    lies: lies.filter((mark) => !known.lies.includes(mark)),
    reach: reach.filter((mark) => !known.reach.includes(mark)),
  };
}

/** As many assertions hold as hold for the reference, or tests were ended early. */
function missingAssertions({ assertions }: Tested, reference: Tested | null): string | null {
  const wanted = reference?.assertions ?? null;
  if (wanted === null || (assertions ?? 0) >= wanted) return null;
  return `${assertions ?? 0} of ${wanted} assertions were made`;
}

function whyFailed(execution: Execution): string {
  switch (execution.kind) {
    case 'broken':
      return execution.why;
    case 'called':
    case 'ran':
    case 'queried':
      return 'the sandbox answered another question';
    case 'not_loaded':
      return `the code does not load: ${raisedInWords(execution.raised)}`;
    case 'tested':
      if (execution.death !== null) return deathInWords(execution.death);
      return execution.raised === null
        ? 'the tests did not come to their end'
        : raisedInWords(execution.raised);
    default:
      return execution satisfies never;
  }
}
