/** What is one account and what is one model: by where they are and what is sent, never by their names. */
import { createHash } from 'node:crypto';
import type { Account, Model } from '../domain/candidate.js';
import { canonicalJson } from '../domain/ids.js';

/** Enough to tell accounts apart, and nothing to find a key by. */
const HASH_CHARS = 12;

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The same account on every run: its base URL, and a hash of the key that opens it. Two entries of bench.yaml that agree
 * in both are one account whatever their names, and a changed key is another one.
 */
export function accountKey({ baseUrl, apiKeyEnv }: Account, env: Env): string {
  return JSON.stringify([serverKey(baseUrl), apiKeyEnv === null ? null : keyHash(apiKeyEnv, env)]);
}

/** One model: its account, its id there, and all that is sent beside the prompt. Entries that agree share one lane. */
export function modelKey({ account, id, params, body }: Model, env: Env): string {
  return JSON.stringify([accountKey(account, env), id, canonicalJson(params), canonicalJson(body)]);
}

/** One server: its base URL, however that is written. */
export function serverKey(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl).href : baseUrl;
  return url.replace(/\/+$/, '');
}

/** A key that is not set is identified by the name of its variable. */
function keyHash(apiKeyEnv: string, env: Env): string {
  const key = env[apiKeyEnv]?.trim();
  if (!key) return `$${apiKeyEnv}`;
  return createHash('sha256').update(key).digest('hex').slice(0, HASH_CHARS);
}
