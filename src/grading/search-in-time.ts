/** A regular expression over a text, with a limit: it may be slow on an answer that was made for it. */
import { type Context, createContext, Script } from 'node:vm';

export const SEARCH_LIMIT_MS = 1000;

/** Only a context of its own can be stopped in the middle of a search. One is enough: it runs no code but this. */
const search = new Script('new RegExp(source, flags).test(text)');
const asked = { source: '', flags: '', text: '' };
let room: Context | null = null;

/** Null: not done within the limit. */
export function searchInTime(source: string, flags: string, text: string): boolean | null {
  room ??= createContext(asked);
  Object.assign(asked, { source, flags, text });
  try {
    return search.runInContext(room, { timeout: SEARCH_LIMIT_MS }) === true;
  } catch {
    return null;
  }
}
