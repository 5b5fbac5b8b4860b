/** Who may ask the gateway: whoever has its key; without one, programs of this machine, and no page in a browser. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { ServedRequest } from '../world/world.js';
import { type Failure, failure } from './failure.js';

export interface Access {
  /** Null: none is asked for. */
  readonly key: string | null;
  /** Listens on an address of this machine alone. */
  readonly isLocal: boolean;
}

/** Asked for without a key: by those who watch over the process. */
const OPEN: ReadonlySet<string> = new Set(['/health', '/ready']);

export function refusedBy(
  { key, isLocal }: Access,
  { headers }: ServedRequest,
  path: string,
): Failure | null {
  // A name that somebody else lets point to this machine (DNS rebinding) is not ours.
  if (isLocal && !isLoopbackHost(headers['host'] ?? '')) {
    return failure('forbidden', 'the Host header names another machine: use 127.0.0.1 or localhost');
  }
  const { origin } = headers;
  if (origin !== undefined && !isOwnOrigin(origin)) {
    return failure('forbidden', `pages of ${origin} may not ask: the gateway is for programs`);
  }
  if (key === null || OPEN.has(path)) return null;
  const given = headers['x-api-key'] ?? /^bearer\s+(.*)$/i.exec(headers['authorization'] ?? '')?.[1];
  if (given !== undefined && isSame(given.trim(), key)) return null;
  const how = 'send it as "Authorization: Bearer …" or "x-api-key"';
  return failure(
    'unauthorized',
    given === undefined ? `a key is needed: ${how}` : `the key is wrong: ${how}`,
    {
      code: 'invalid_api_key',
    },
  );
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/i;

export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host) || host === '::1';
}

function isLoopbackHost(header: string): boolean {
  return isLoopback(header.replace(/:\d+$/, ''));
}

function isOwnOrigin(origin: string): boolean {
  return URL.canParse(origin) && isLoopback(new URL(origin).hostname);
}

/** In a time that says nothing of where they differ. */
function isSame(given: string, key: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(key));
}
