/** `bench report <run...>`: one or several stored runs as one HTML file. */
import { dirname, join } from 'node:path';
import { DEFAULT_OUT } from '../../journal/run-folder.js';
import { html } from '../../reports/html/page.js';
import { readReported } from '../../run/stored/read-reported.js';
import type { Act } from '../command.js';
import { exitCodes } from '../exit.js';
import { openCommand } from '../opening.js';

export const act: Act = async ({ args, flags: typed }, world) => {
  const { flags, json, console, refuse } = openCommand({ flags: typed }, world);
  const options = {
    runs: args,
    baseline: flags.text('baseline'),
    allowMismatch: flags.on('allowMismatch'),
    out: flags.text('out') ?? DEFAULT_OUT,
  };
  const found = await readReported(options, (text) => console.complain(`! ${text}\n`), world);
  if (!found.ok) return refuse(...found.diagnostics);
  const { run, folders } = found.value;
  const [only, ...others] = folders;
  const beside = only === undefined || others.length > 0 ? html.file : join(only, html.file);
  const file = flags.text('file') ?? beside;
  if ((await world.files.kind(file)) === 'folder') {
    const message = `--file: ${file} is a folder`;
    return refuse({ code: 'cli/invalid-option', message, help: `name a file: ${join(file, html.file)}` });
  }
  const text = html.render(run);
  await world.files.makeFolder(dirname(file));
  await world.files.writeAtomic(file, text);
  if (json) console.json({ file, bytes: Buffer.byteLength(text) });
  else console.say(`wrote ${file}\n`);
  return exitCodes.done;
};
