/** `bench report <run...>`: one or several stored runs as one HTML file. */
import { dirname, join } from 'node:path';
import { diagnosticOf } from '../../domain/errors/diagnostic.js';
import { DEFAULT_OUT } from '../../journal/run-folder.js';
import { html } from '../../reports/html/page.js';
import { readReported } from '../../run/stored/read-reported.js';
import type { Act } from '../command.js';
import { exitCodes } from '../exit.js';
import { openCommand } from '../opening.js';

export const act: Act = async ({ args, flags: typed }, world) => {
  const { flags, json, console, refuse } = openCommand({ flags: typed }, world);
  const warn = (torn: string) => console.complain(`! ${torn}: skipped\n`);
  const found = await readReported(args, flags.text('out') ?? DEFAULT_OUT, warn, world);
  if ('problem' in found) return refuse(diagnosticOf(found));
  const { run, folders } = found;
  const [only, ...others] = folders;
  const beside = only === undefined || others.length > 0 ? html.file : join(only, html.file);
  const file = flags.text('file') ?? beside;
  if ((await world.files.kind(file)) === 'folder')
    return refuse({
      code: 'cli/invalid-option',
      message: `--file: ${file} is a folder`,
      help: `name a file: ${join(file, html.file)}`,
    });
  const text = html.render(run);
  await world.files.makeFolder(dirname(file));
  await world.files.writeAtomic(file, text);
  if (json) console.json({ file, bytes: Buffer.byteLength(text) });
  else console.say(`wrote ${file}\n`);
  return exitCodes.done;
};
