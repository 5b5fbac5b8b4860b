import { z } from 'zod';
import { codeCheck, shareFinding } from './static-check.js';

export const docstring = codeCheck({
  key: 'docstring',
  doc: 'Every public function, class and method has a docstring (Python) or a JSDoc comment (JavaScript). Scored by the share that has.',
  example: 'checks:\n  - { docstring: true, weight: 0.5 }',
  options: z.literal(true, { error: 'true' }),
  stamp: (options) => options,
  judge(_, { shape }) {
    const { functions, classes } = shape;
    const open = [...functions, ...classes].filter(({ name }) => !/(?:^|\.)[_#]/.test(name));
    return shareFinding(
      open.length,
      open.filter(({ documented }) => !documented),
      'documentation',
    );
  },
});
