/**
 * What a provider can say of a run before its first trial: that it does not have a model, and what is left of a quota. A
 * provider that says nothing within seconds delays nobody.
 */
import { type Account, isSimulated, type Model, modelsOf } from '../../domain/candidate.js';
import type { Diagnostic } from '../../domain/errors/diagnostic.js';
import { didYouMean } from '../../domain/errors/did-you-mean.js';
import { formatUsd } from '../../domain/units.js';
import { accountKey } from '../../engine/identity.js';
import { keyState } from '../../providers/key-state.js';
import { listModels } from '../../providers/model-list.js';
import type { Endpoint } from '../../providers/provider.js';
import type { World } from '../../world/world.js';
import { judgesOf, planForecast } from '../planning/plan.js';
import type { RunRequest } from '../request/read-request.js';

/** Longer than this nobody waits for a list. */
const LIMIT_MS = 3000;
/** They list all that they serve: what is not there is a mistake. Of others it may be an alias. */
const COMPLETE_LISTS = ['openrouter', 'openai', 'mistral', 'deepseek', 'groq', 'together', 'ollama'];
/** OpenRouter's suffixes that change the routing of a model that is listed without them. */
const VARIANT = /:(nitro|floor|online|exacto|thinking|extended|beta)$/;
/** OpenRouter's requests to `:free` models a day before credits were bought: https://openrouter.ai/docs/api-reference/limits */
const FREE_TIER_RPD = 50;

export interface BeforeRun {
  readonly mistakes: readonly Diagnostic[];
  readonly warnings: readonly string[];
}

interface AskedAccount {
  readonly account: Account;
  readonly endpoint: Endpoint;
  readonly models: readonly Model[];
}

export async function askBeforeRun(
  request: RunRequest,
  world: Pick<World, 'clock' | 'network' | 'interrupted'>,
): Promise<BeforeRun> {
  if (request.stored !== null) return { mistakes: [], warnings: [] };
  const asked = accountsOf(request);
  if (asked.length > 0) await world.network.ready();
  const found = await Promise.all(
    asked.map(async (one) => ({
      ids: await unlistedIds(one, world),
      quota: await quotaText(one, request, world),
    })),
  );
  return {
    mistakes: found.flatMap(({ ids }) => ids.filter((one) => 'code' in one)),
    warnings: found.flatMap(({ ids, quota }) => [
      ...ids.flatMap((one) => ('warning' in one ? [one.warning] : [])),
      ...(quota === null ? [] : [quota]),
    ]),
  };
}

function accountsOf({ plan, env }: RunRequest): AskedAccount[] {
  const found = new Map<string, { account: Account; models: Map<string, Model> }>();
  const real = plan.candidates.filter((one) => !isSimulated(one));
  for (const model of [...real.flatMap(modelsOf), ...judgesOf(plan)]) {
    if (model.simulation !== null) continue;
    const key = accountKey(model.account, env);
    const own = found.get(key) ?? { account: model.account, models: new Map<string, Model>() };
    found.set(key, own);
    own.models.set(model.id, model);
  }
  return [...found.values()].map(({ account, models }) => ({
    account,
    models: [...models.values()],
    endpoint: {
      baseUrl: account.baseUrl,
      key: account.apiKeyEnv === null ? null : (env[account.apiKeyEnv]?.trim() ?? null),
      own: false,
    },
  }));
}

async function unlistedIds(
  { account, endpoint, models }: AskedAccount,
  world: Pick<World, 'clock' | 'network' | 'interrupted'>,
): Promise<readonly (Diagnostic | { readonly warning: string })[]> {
  const listed = await listModels(world, endpoint, account.headers, world.interrupted, LIMIT_MS);
  if (listed === null || listed.length === 0) return [];
  const ids = listed.map(({ id }) => id);
  const known = new Set(ids);
  return models
    .filter(({ id }) => ![id, id.replace(VARIANT, ''), `${id}:latest`].some((one) => known.has(one)))
    .map(({ name, id }) => {
      const message = `${account.provider} does not list "${id}"${name === id || name.endsWith(`:${id}`) ? '' : ` (model "${name}")`}`;
      const help = didYouMean(id, ids) ?? `bench models ${account.provider} lists what it offers`;
      return COMPLETE_LISTS.includes(account.provider)
        ? { code: 'provider/unknown-model' as const, message, help }
        : { warning: `${message}: ${help}` };
    });
}

/** In words, whether what is left is enough; null: the provider does not say. */
async function quotaText(
  { account, endpoint, models }: AskedAccount,
  { plan }: RunRequest,
  world: Pick<World, 'clock' | 'network' | 'interrupted'>,
): Promise<string | null> {
  if (account.provider !== 'openrouter' || endpoint.key === null) return null;
  const state = await keyState(world, endpoint, world.interrupted, LIMIT_MS);
  if (state === null) return null;
  const ids = new Set(models.map(({ id }) => id));
  let free = 0;
  for (const { candidate } of plan.trials) {
    const [first] = modelsOf(candidate);
    if (first !== undefined && ids.has(first.id) && first.id.endsWith(':free')) free += 1;
  }
  const parts: string[] = [];
  if (state.isFreeTier && free > 0)
    parts.push(
      `${FREE_TIER_RPD} requests a day to free models; this run needs about ${free}${free > FREE_TIER_RPD ? ', so the rest is deferred and can be resumed tomorrow' : ''}`,
    );
  const { costUsdMax } = planForecast(plan);
  if (state.remainingUsd !== null)
    parts.push(
      `${formatUsd(state.remainingUsd)} of credit left on this key${costUsdMax !== null && costUsdMax > state.remainingUsd ? `; this run may cost ${formatUsd(costUsdMax)}` : ''}`,
    );
  return parts.length === 0 ? null : `${account.provider}: ${parts.join('; ')}`;
}
