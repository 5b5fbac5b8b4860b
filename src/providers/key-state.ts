/** What OpenRouter says of a key: `GET /key`. https://openrouter.ai/docs/api-reference/limits */
import { fieldOf, type GetEdges, getJson } from './get-json.js';
import type { Endpoint } from './provider.js';

export interface KeyState {
  /** No credits were ever bought. */
  readonly isFreeTier: boolean;
  /** USD; null: the key has no limit of its own. */
  readonly remainingUsd: number | null;
}

/** Null: no answer in time, or one that says neither. */
export async function keyState(
  edges: GetEdges,
  endpoint: Endpoint,
  signal: AbortSignal,
  limitMs: number,
): Promise<KeyState | null> {
  return stateIn(await getJson(edges, endpoint, { path: '/key', signal, limitMs }));
}

function stateIn(body: unknown): KeyState | null {
  const data = fieldOf(body, 'data');
  const isFreeTier = fieldOf(data, 'is_free_tier');
  const remaining = fieldOf(data, 'limit_remaining');
  if (typeof isFreeTier !== 'boolean') return null;
  const isAmount = typeof remaining === 'number' && Number.isFinite(remaining) && remaining >= 0;
  return { isFreeTier, remainingUsd: isAmount ? remaining : null };
}
