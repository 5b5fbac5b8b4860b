/** What simulated servers answer in one piece, and in how many they stream the rest. */
import type { ServedResponse } from '../world/world.js';

/** The text of an answer that is streamed comes in this many pieces: each is an event of its own and takes simulated time. */
export const PIECES = 2;

export function json(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): ServedResponse {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

/** An error as OpenAI-compatible servers tell it. */
export function problem(
  status: number,
  message: string,
  code: string | null = null,
  headers: Readonly<Record<string, string>> = {},
): ServedResponse {
  return json(status, { error: { message, code, type: 'simulated' } }, headers);
}
