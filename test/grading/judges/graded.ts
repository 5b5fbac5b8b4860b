/** One case with tests, and answers to it through the scorer and a real sandbox. */
import type { Case } from '../../../src/domain/suite.js';
import { type Grade, grade } from '../../../src/grading/grade.js';
import type { Sandboxes } from '../../../src/grading/sandboxes/sandbox.js';
import { scorers } from '../../../src/grading/scorers/index.js';
import { caseNamed } from '../../suite/case-named.js';
import { limits } from '../sandbox-edges.js';

export function caseWith(language: string, source: string, solution: string | null): Case {
  const scorer = scorers.find(({ key }) => key === 'tests');
  if (scorer === undefined) throw new Error('no scorer of tests');
  return caseNamed('f', {
    language,
    entry: null,
    limits: { ...limits, timeMs: 1500 },
    scorings: [scorer.bind(source, { weight: 1, required: true })],
    solution,
    hasSolution: solution !== null,
  });
}

export const gradeIn =
  (sandbox: Sandboxes, language: string) =>
  (asked: Case, code: string): Promise<Grade> =>
    grade(asked, { text: `\`\`\`${language}\n${code}\n\`\`\``, finishReason: 'stop' }, sandbox);
