/** The answers of a pretend model: case id -> answer or list of answers. */
import { z } from 'zod';
import type { Simulation } from '../domain/candidate.js';
import type { Checked } from '../domain/errors/diagnostic.js';
import type { Files } from '../world/world.js';
import { mistakesOf } from './mistakes.js';
import { readYaml } from './yaml-source.js';

const answersSchema = z.record(
  z.string(),
  z.union([z.string(), z.array(z.string()).min(1)], { error: 'an answer, or a list of answers' }),
);

/** JSON is YAML too. */
export async function readAnswers(path: string, files: Files): Promise<Checked<Simulation['answers']>> {
  const source = readYaml(await files.readText(path), path);
  if (source.diagnostics.length > 0) return { ok: false, diagnostics: source.diagnostics };
  const parsed = answersSchema.safeParse(source.data ?? {}, { reportInput: true });
  if (!parsed.success) {
    const about = { subject: path, locate: source.locate, schema: answersSchema };
    return { ok: false, diagnostics: mistakesOf(parsed.error, about) };
  }
  const entries = Object.entries(parsed.data).map(([id, answer]) => [
    id,
    typeof answer === 'string' ? [answer] : answer,
  ]);
  return { ok: true, value: Object.fromEntries(entries) };
}
