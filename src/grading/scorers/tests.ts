import { z } from 'zod';
import type { Check } from '../../domain/grade.js';
import type { Execution } from '../../domain/program.js';
import { deathInWords, raisedInWords } from './ends.js';
import { defineScorer } from './scorer.js';

export const tests = defineScorer<string>({
  key: 'tests',
  version: 2,
  stands: 'case',
  doc: "Test code in the answer's language: assertions that must hold. It runs where the answer cannot read it.",
  example: 'tests: |\n  assert is_palindrome("level")\n  assert not is_palindrome("levels")',
  required: true,
  needsCode: true,
  needsEntry: false,
  options: z.string().refine((text) => text.trim() !== '', 'test code'),
  stamp: (source) => source,
  async judge(source, answer, context, tools, how) {
    const check = (score: number | null, detail: string | null): Check[] => [
      { name: 'tests', score, passed: score === 1, required: how.required, weight: how.weight, detail },
    ];
    if (answer.kind !== 'code' || context.language === null) return check(0, 'no code');
    const { language, entry, limits, solution } = context;
    const run = (code: string) => tools.run({ kind: 'tests', language, code, tests: source, entry, limits });
    const execution = await run(answer.code);
    if (execution.kind === 'tested' && execution.how === 'beside' && execution.passed && solution !== null) {
      const less = lessThan(await run(solution), execution.assertions);
      if (less !== null) return check(0, less);
    }
    return judge(execution, check);
  },
});

/**
 * An answer that shares an interpreter with its tests could end them early, or take assertions away: as many hold as
 * hold for the reference, or it has proved nothing.
 */
function lessThan(reference: Execution, made: number | null): string | null {
  if (reference.kind !== 'tested' || !reference.passed || reference.assertions === null) return null;
  if (made !== null && made >= reference.assertions) return null;
  return `${made ?? 0} of ${reference.assertions} assertions were made; judged beside the answer`;
}

function judge(
  execution: Execution,
  check: (score: number | null, detail: string | null) => Check[],
): Check[] {
  switch (execution.kind) {
    case 'broken':
      return check(null, execution.why);
    case 'called':
      return check(null, 'the sandbox answered another question');
    case 'not_loaded':
      return check(0, `the code does not load: ${raisedInWords(execution.raised)}`);
    case 'tested': {
      const beside = execution.how === 'beside' ? 'judged beside the answer' : null;
      if (execution.passed) return check(1, beside);
      const why =
        execution.death !== null
          ? deathInWords(execution.death)
          : execution.raised !== null
            ? raisedInWords(execution.raised)
            : 'the tests did not come to their end';
      return check(0, beside === null ? why : `${why}; ${beside}`);
    }
    default:
      return execution satisfies never;
  }
}
