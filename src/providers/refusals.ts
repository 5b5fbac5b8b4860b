/** A refusal that the user can do something about -> what to do: which model is meant, where the API is, whose key. */
import type { Model } from '../domain/candidate.js';
import type { FailedOutcome } from '../domain/outcome.js';
import type { Clock, Network } from '../world/world.js';
import { servedModels } from './model-list.js';
import { chatUrl } from './openai-compatible.js';
import type { Endpoint } from './provider.js';

interface Edges {
  readonly clock: Clock;
  readonly network: Network;
}

/** What is served at home is soon listed; a router's hundreds are not. */
const LISTED = 8;
const LOCAL_HOST = /^(localhost|127(\.\d+){3}|0\.0\.0\.0|\[::1\])$/i;

/** On this machine: a server that loads a model with its first request. */
export function isLocal(baseUrl: string): boolean {
  return URL.canParse(baseUrl) && LOCAL_HOST.test(new URL(baseUrl).hostname);
}

export function hostOf(baseUrl: string): string {
  return URL.canParse(baseUrl) ? new URL(baseUrl).host : baseUrl;
}

export async function explainRefusal(
  edges: Edges,
  endpoint: Endpoint,
  model: Model,
  outcome: FailedOutcome,
  didYouMean: (id: string, served: readonly string[]) => string | null,
  signal: AbortSignal,
): Promise<FailedOutcome> {
  const { message } = outcome;
  if (outcome.kind === 'auth' && endpoint.key === null) {
    const fix = `add api_key_env to the provider "${model.account.provider}" in bench.yaml`;
    return {
      ...outcome,
      message: `no key is sent to ${hostOf(endpoint.baseUrl)}: ${fix} (it says: ${message})`,
    };
  }
  if (outcome.kind !== 'unknown_model') return outcome;
  const { headers } = model.account;
  const served = await servedModels(edges, endpoint, headers, signal);
  if (served !== null) {
    const listed = served.length > 0 && served.length <= LISTED ? `it serves ${served.join(', ')}` : null;
    const hint = didYouMean(model.id, served) ?? listed;
    return hint === null ? outcome : { ...outcome, message: `${message}; ${hint}` };
  }
  if (message.includes(model.id)) return outcome;
  // Neither chat nor a list of models is there: it is the address that is wrong.
  const base = endpoint.baseUrl.replace(/\/+$/, '');
  const behind = { ...endpoint, baseUrl: `${base}/v1` };
  const isBehind = !base.endsWith('/v1') && (await servedModels(edges, behind, headers, signal)) !== null;
  const fix = isBehind ? `set base_url to ${behind.baseUrl}` : 'is /v1 missing in base_url?';
  return {
    kind: 'bad_request',
    isOfServer: true,
    message: `no OpenAI-compatible API at ${chatUrl(base)} (${message}): ${fix}`,
  };
}
