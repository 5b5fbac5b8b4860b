/** JSON lines of foreign benchmarks, gzipped or not, read into a shape. */
import { gunzipSync } from 'node:zlib';
import type { z } from 'zod';
import type { Checked, Diagnostic } from '../../domain/errors/diagnostic.js';

/** The first two bytes of every gzip file (RFC 1952, 2.3.1): names lie, these do not. */
const GZIP_MAGIC = [0x1f, 0x8b];

export function readRecords<T>(bytes: Uint8Array, file: string, shape: z.ZodType<T>): Checked<T[]> {
  const isZipped = GZIP_MAGIC.every((byte, index) => bytes[index] === byte);
  let text: string;
  try {
    text = new TextDecoder().decode(isZipped ? gunzipSync(bytes) : bytes);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      ok: false,
      diagnostics: [{ code: 'file/invalid-json', message: `${file} cannot be unpacked: ${why}` }],
    };
  }
  const diagnostics: Diagnostic[] = [];
  const records: T[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const problem = (message: string) =>
      diagnostics.push({
        code: 'file/invalid-json',
        message,
        place: { file, line: index + 1, column: 1 },
        sourceLine: line,
      });
    let raw: unknown;
    try {
      raw = JSON.parse(line);
    } catch {
      problem('this line is not valid JSON');
      continue;
    }
    const parsed = shape.safeParse(raw);
    if (parsed.success) records.push(parsed.data);
    else {
      const [issue] = parsed.error.issues;
      problem(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not of this format'}`);
    }
  }
  if (diagnostics.length === 0 && records.length === 0)
    diagnostics.push({ code: 'file/invalid-json', message: `${file} has no records` });
  return diagnostics.length > 0
    ? { ok: false, diagnostics: diagnostics.slice(0, 20) }
    : { ok: true, value: records };
}
