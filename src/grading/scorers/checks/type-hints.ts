import { z } from 'zod';
import { codeCheck, shareFinding } from './static-check.js';

export const typeHints = codeCheck({
  key: 'type_hints',
  doc: 'Every parameter and every return value of every function and method has a type hint. Scored by the share that has.',
  example: 'checks:\n  - { type_hints: true }',
  languages: ['python', 'typescript'],
  options: z.literal(true, { error: 'true' }),
  stamp: (options) => options,
  judge(_, { shape }) {
    const { functions } = shape;
    const places = functions.flatMap(({ name, line, parameters, returnTyped }) => [
      ...parameters.map((parameter) => ({
        name: `${name}(${parameter.name})`,
        line,
        typed: parameter.typed,
      })),
      // What a constructor returns goes without saying.
      ...(/\.(?:__init__|constructor)$/.test(name)
        ? []
        : [{ name: `${name}'s return value`, line, typed: returnTyped }]),
    ]);
    return shareFinding(
      places.length,
      places.filter(({ typed }) => !typed),
      'a type hint',
    );
  },
});
