/** `bench schema suite|config`: what editors check a file with. */

import { didYouMean } from '../../domain/errors/did-you-mean.js';
import { jsonSchemas } from '../../suite/schema.js';
import type { Act } from '../command.js';
import { exitCodes } from '../exit.js';
import { openCommand } from '../opening.js';

export const act: Act = async (typed, world) => {
  const { console, refuse } = openCommand(typed, world);
  const [wanted = ''] = typed.args;
  const schemas: Readonly<Record<string, object>> = jsonSchemas();
  const schema = Object.hasOwn(schemas, wanted) ? schemas[wanted] : undefined;
  if (schema === undefined) {
    const known = Object.keys(schemas);
    const help = didYouMean(wanted, known) ?? `there are ${known.join(' and ')}`;
    return refuse({ code: 'cli/unknown-word', message: `no schema is named "${wanted}"`, help });
  }
  console.json(schema);
  return exitCodes.done;
};
