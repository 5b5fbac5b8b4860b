/** What OpenRouter says of a key: `GET /key`. https://openrouter.ai/docs/api-reference/limits */
import { within } from '../world/deadline.js';
import type { ListEdges } from './model-list.js';
import type { Endpoint } from './provider.js';

export interface KeyState {
  /** No credits were ever bought. */
  readonly isFreeTier: boolean;
  /** USD; null: the key has no limit of its own. */
  readonly remainingUsd: number | null;
}

const LARGEST_CHARS = 64 * 1024;

/** Null: no answer in time, or one that says neither. */
export async function keyState(
  { clock, network }: ListEdges,
  { baseUrl, key }: Endpoint,
  signal: AbortSignal,
  limitMs: number,
): Promise<KeyState | null> {
  try {
    return await within(clock, limitMs, signal, async (inTime) => {
      const response = await network.request({
        method: 'GET',
        url: `${baseUrl.replace(/\/+$/, '')}/key`,
        headers: { authorization: `Bearer ${key}` },
        body: null,
        signal: inTime,
      });
      const decoder = new TextDecoder();
      let text = '';
      for await (const piece of response.body) {
        text += decoder.decode(piece, { stream: true });
        if (text.length > LARGEST_CHARS) return null;
      }
      return response.status === 200 ? stateIn(JSON.parse(text)) : null;
    });
  } catch {
    return null;
  }
}

function stateIn(body: unknown): KeyState | null {
  const data = fieldOf(body, 'data');
  const isFreeTier = fieldOf(data, 'is_free_tier');
  const remaining = fieldOf(data, 'limit_remaining');
  if (typeof isFreeTier !== 'boolean') return null;
  const isAmount = typeof remaining === 'number' && Number.isFinite(remaining) && remaining >= 0;
  return { isFreeTier, remainingUsd: isAmount ? remaining : null };
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
