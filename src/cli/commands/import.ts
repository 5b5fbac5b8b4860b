/** `bench import <format> <file>`: a foreign benchmark as a suite. */

import { didYouMean } from '../../domain/errors/did-you-mean.js';
import { importers } from '../../suite/importers/index.js';
import { suiteText } from '../../suite/importers/suite-text.js';
import type { Act } from '../command.js';
import { exitCodes } from '../exit.js';
import { openCommand } from '../opening.js';

export const act: Act = async ({ args, flags: typed }, world) => {
  const { flags, json, console, refuse } = openCommand({ flags: typed }, world);
  const [format = '', file = ''] = args;
  const importer = importers.find((known) => known.format === format);
  if (importer === undefined) {
    const formats = importers.map((known) => known.format);
    const help = didYouMean(format, formats) ?? `formats: ${formats.join(', ')}`;
    return refuse({ code: 'cli/unknown-word', message: `no importer for "${format}"`, help });
  }
  if ((await world.files.kind(file)) !== 'file') {
    return refuse({
      code: 'document/not-found',
      message: `there is no file ${file}`,
      help: 'paths are relative to this folder',
    });
  }
  const read = importer.read(await world.files.readBytes(file), file);
  if (!read.ok) return refuse(...read.diagnostics);

  const text = suiteText(read.value);
  const out = flags.text('out');
  const cases = read.value.cases.length;
  if (out !== null) await world.files.writeAtomic(out, text);
  if (json) console.json({ format, file, out, cases });
  else if (out === null) console.data(text);
  else console.say(`${cases} cases in ${out}; prove them:  bench validate ${out}\n`);
  return exitCodes.done;
};
