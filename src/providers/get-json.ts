/** One small question to an endpoint, whose answer is a help and no more. */
import { within } from '../world/deadline.js';
import type { Clock, Network } from '../world/world.js';
import type { Endpoint } from './provider.js';

export interface GetEdges {
  readonly clock: Clock;
  readonly network: Network;
}

export interface GetOptions {
  /** Below the base URL: `/models`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly limitMs: number;
}

/** More than any provider's list of models. */
const LARGEST_CHARS = 16 * 1024 * 1024;

/** The body of a 200, parsed; null if it does not come in time, is too large or is not JSON. */
export async function getJson(
  { clock, network }: GetEdges,
  { baseUrl, key }: Endpoint,
  { path, headers = {}, signal, limitMs }: GetOptions,
): Promise<unknown> {
  try {
    return await within(clock, limitMs, signal, async (inTime) => {
      const response = await network.request({
        method: 'GET',
        url: `${baseUrl.replace(/\/+$/, '')}${path}`,
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
      return response.status === 200 ? JSON.parse(text) : null;
    });
  } catch {
    return null;
  }
}

export function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
