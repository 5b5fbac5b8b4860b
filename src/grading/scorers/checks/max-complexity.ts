import { z } from 'zod';
import { codeCheck, limitFinding, mostOf } from './static-check.js';

export const maxComplexity = codeCheck({
  key: 'max_complexity',
  doc: "The cyclomatic complexity (McCabe) of each function is at most this; functions inside count as their outer one's.",
  example: 'checks:\n  - { max_complexity: 8 }',
  options: z.number().int('a whole number').min(1, 'at least 1'),
  stamp: (options) => options,
  judge: (limit, { shape }) =>
    limitFinding(
      limit,
      mostOf(shape, ({ complexity }) => complexity),
      'a complexity',
    ),
});
