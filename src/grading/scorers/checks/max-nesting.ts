import { z } from 'zod';
import { codeCheck, limitFinding, mostOf } from './static-check.js';

export const maxNesting = codeCheck({
  key: 'max_nesting',
  doc: 'Control statements lie at most so deep within each other; an else-if is no deeper than its if.',
  example: 'checks:\n  - { max_nesting: 3 }',
  options: z.number().int('a whole number').min(0, 'at least 0'),
  stamp: (options) => options,
  judge: (limit, { shape }) =>
    limitFinding(
      limit,
      mostOf(shape, ({ nesting }) => nesting),
      'a nesting',
    ),
});
