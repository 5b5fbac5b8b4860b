/** `bench report <run...>`: one or several stored runs as one HTML file. */
import { join, resolve } from 'node:path';
import { DEFAULT_OUT } from '../../../journal/run-folder.js';
import { html } from '../../../reports/html/page.js';
import { readReported } from '../../../run/stored/read-reported.js';
import { writeReport } from '../../../run/write-report.js';
import type { Act } from '../../command.js';
import { exitCodes } from '../../exit.js';
import { openCommand } from '../../opening.js';

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
  const bytes = await writeReport(html, run, file, (text) => text, world.files);
  if (json) console.json({ file, bytes });
  else console.say(`wrote ${file}\n`);
  if (flags.on('open')) await world.processes.openOnDesktop(resolve(world.cwd, file));
  return exitCodes.done;
};
