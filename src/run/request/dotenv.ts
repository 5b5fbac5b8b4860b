/** Environment variables, with those of a .env file below them. */
import { parseEnv } from 'node:util';
import type { Checked } from '../../domain/errors/diagnostic.js';
import type { World } from '../../world/world.js';

const DEFAULT_FILE = '.env';

/** `file` null: .env of the working folder, when there. The environment wins over the file. */
export async function loadEnvironment(
  file: string | null,
  { env, files }: Pick<World, 'env' | 'files'>,
): Promise<Checked<World['env']>> {
  const path = file ?? DEFAULT_FILE;
  if ((await files.kind(path)) !== 'file') {
    if (file === null) return { ok: true, value: env };
    return {
      ok: false,
      diagnostics: [
        {
          code: 'config/no-env-file',
          message: `there is no env file ${path}`,
          help: 'leave --env-file out, or name a file that is there',
        },
      ],
    };
  }
  const text = await files.readText(path);
  return { ok: true, value: { ...parseEnv(text.replace(/^\uFEFF/, '')), ...env } };
}
