/** Writes a report: its file whole, and what lies beside it. */
import { basename, dirname, join } from 'node:path';
import type { ReportedRun, RunReport } from '../reports/report.js';
import type { Files } from '../world/world.js';

/** Returns the bytes of the file itself. What lies beside it comes first: a report has no link that leads nowhere. */
export async function writeReport(
  { render, beside }: RunReport,
  run: ReportedRun,
  file: string,
  redact: (text: string) => string,
  files: Files,
): Promise<number> {
  const [folder, name] = [dirname(file), basename(file)];
  for (const { path, text } of beside?.(run, name) ?? []) {
    await files.makeFolder(dirname(join(folder, path)));
    await files.writeAtomic(join(folder, path), redact(text));
  }
  const text = redact(render(run, name));
  await files.makeFolder(folder);
  await files.writeAtomic(file, text);
  return Buffer.byteLength(text);
}
