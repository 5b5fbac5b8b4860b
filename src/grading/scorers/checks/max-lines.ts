import { z } from 'zod';
import { codeCheck, limitFinding } from './static-check.js';

export const maxLines = codeCheck({
  key: 'max_lines',
  doc: 'The code has at most this number of lines; blank ones, comments and docstrings do not count.',
  example: 'checks:\n  - { max_lines: 20 }',
  options: z.number().int('a whole number').min(1, 'at least 1'),
  stamp: (options) => options,
  judge: (limit, { shape }) =>
    limitFinding(limit, { name: '', line: 1, value: shape.lines }, 'a length in lines'),
});
