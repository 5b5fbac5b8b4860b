import { createHash } from 'node:crypto';
import type { Account } from '../domain/candidate.js';

/** Enough to tell accounts apart, and nothing to find a key by. */
const HASH_CHARS = 12;

/**
 * The same account on every run: where it is, and a hash of the key that opens it. Two entries that agree in both are
 * one account whatever their names, and a changed key is another one.
 */
export function accountKey(
  { baseUrl, apiKeyEnv }: Account,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const key = apiKeyEnv === null ? undefined : env[apiKeyEnv]?.trim();
  const hash = key ? createHash('sha256').update(key).digest('hex').slice(0, HASH_CHARS) : null;
  return JSON.stringify([baseUrl.replace(/\/+$/, ''), hash]);
}
