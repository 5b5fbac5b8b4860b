/** What an endpoint says it serves: `GET /models`, which nearly all of them answer. */

import { within } from '../world/deadline.js';
import type { Clock, Network } from '../world/world.js';
import type { Endpoint } from './provider.js';

/** A list is a help, and nobody waits long for it. */
const LIMIT_MS = 5000;
const LARGEST_CHARS = 4 * 1024 * 1024;

/** Ids in the server's order; null where what comes is no list, or nothing does. */
export async function servedModels(
  { clock, network }: { readonly clock: Clock; readonly network: Network },
  { baseUrl, key }: Endpoint,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<readonly string[] | null> {
  try {
    return await within(clock, LIMIT_MS, signal, async (inTime) => {
      const response = await network.request({
        method: 'GET',
        url: `${baseUrl.replace(/\/+$/, '')}/models`,
        headers: { ...(key === null ? {} : { authorization: `Bearer ${key}` }), ...headers },
        body: null,
        signal: inTime,
      });
      const decoder = new TextDecoder();
      let text = '';
      for await (const piece of response.body) {
        text += decoder.decode(piece, { stream: true });
        if (text.length > LARGEST_CHARS) return null;
      }
      return response.status === 200 ? idsIn(JSON.parse(text)) : null;
    });
  } catch {
    return null;
  }
}

/** `{data: [{id}]}`, a bare list (Together), or `{models: [{name}]}`. */
function idsIn(body: unknown): string[] | null {
  const listed = Array.isArray(body) ? body : (fieldOf(body, 'data') ?? fieldOf(body, 'models'));
  if (!Array.isArray(listed)) return null;
  return listed.flatMap((item) => {
    const id = fieldOf(item, 'id') ?? fieldOf(item, 'name');
    return typeof id === 'string' ? [id] : [];
  });
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
