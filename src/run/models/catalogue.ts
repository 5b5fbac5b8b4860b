/** What the providers offer: their lists of models, and servers on this machine. */
import type { Account } from '../../domain/candidate.js';
import type { Checked } from '../../domain/errors/diagnostic.js';
import { knownProviders } from '../../providers/index.js';
import { isFree, type ListedModel, listModels } from '../../providers/model-list.js';
import { isLocal } from '../../providers/refusals.js';
import { loadConfig } from '../../suite/config.js';
import type { World } from '../../world/world.js';
import { loadEnvironment } from '../request/dotenv.js';

export interface CatalogueOptions {
  /** A provider's name; null: every provider whose key is set, and every local server that answers. */
  readonly provider: string | null;
  /** Only models that cost nothing. */
  readonly freeOnly: boolean;
  /** Only models whose id contains this, case ignored. */
  readonly search: string | null;
  readonly config: string | null;
  readonly envFile: string | null;
}

export interface CatalogueEntry {
  readonly provider: string;
  readonly baseUrl: string;
  readonly local: boolean;
  /** Null: nothing was asked for want of a key. */
  readonly models: readonly ListedModel[] | null;
  /** Why there are no models. */
  readonly problem: string | null;
}

/** A server at home answers at once, or is not there. */
const LOCAL_MS = 1500;

export async function catalogue(
  { provider, freeOnly, search, config: file, envFile }: CatalogueOptions,
  world: Pick<World, 'clock' | 'network' | 'files' | 'env' | 'interrupted'>,
): Promise<Checked<readonly CatalogueEntry[]>> {
  const env = await loadEnvironment(envFile, world);
  if (!env.ok) return env;
  const config = await loadConfig(file, { files: world.files, providers: knownProviders });
  if (!config.ok) return config;
  const { accounts } = config.value;
  if (provider !== null && !accounts.has(provider)) {
    const names = [...accounts.keys()].join(', ');
    return {
      ok: false,
      diagnostics: [
        {
          code: 'config/unknown-provider',
          message: `no provider is named "${provider}"`,
          help: `known are ${names}; add others to bench.yaml under providers:`,
        },
      ],
    };
  }
  const wanted = [...accounts.values()].filter((one) => provider === null || one.provider === provider);
  const entries = await Promise.all(wanted.map((account) => entryOf(account, env.value, world)));
  const needle = search?.toLowerCase() ?? '';
  const isWanted = (model: ListedModel) =>
    (!freeOnly || isFree(model)) && model.id.toLowerCase().includes(needle);
  const shown = entries
    .map((entry) => ({ ...entry, models: entry.models?.filter(isWanted) ?? null }))
    // A server that is not running is no news, unless it was asked for.
    .filter(({ local, models }) => provider !== null || !local || models !== null);
  return { ok: true, value: shown };
}

async function entryOf(
  { provider, baseUrl, apiKeyEnv, headers }: Account,
  env: World['env'],
  world: Pick<World, 'clock' | 'network' | 'interrupted'>,
): Promise<CatalogueEntry> {
  const local = isLocal(baseUrl);
  const key = apiKeyEnv === null ? null : (env[apiKeyEnv]?.trim() ?? '');
  const entry = { provider, baseUrl, local };
  // OpenRouter lists its models to everybody.
  if (key === '' && provider !== 'openrouter')
    return { ...entry, models: null, problem: `set ${apiKeyEnv} to list its models` };
  const endpoint = { baseUrl, key: key === '' ? null : key, own: false };
  const models = await listModels(world, endpoint, headers, world.interrupted, local ? LOCAL_MS : undefined);
  return { ...entry, models, problem: models === null ? `${baseUrl} does not list its models` : null };
}
