import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { type Network, NetworkError } from './world.js';

/** Codes that say that no connection was made, as against one that broke: nobody there, no such name, no TLS. */
const REFUSED =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|EPROTO|CERT_.*|ERR_TLS_.*|ERR_SSL_.*|DEPTH_ZERO_.*|SELF_SIGNED_.*|UNABLE_TO_.*)$/;

/**
 * HTTP by undici, with no timers of its own: its 300 s for headers and body would kill long answers, and the provider
 * keeps three better ones. `env` may name proxies (HTTP_PROXY, HTTPS_PROXY, NO_PROXY, in either case).
 */
export function realNetwork(env: Readonly<Record<string, string | undefined>>): Network {
  let dispatcher: Promise<Dispatcher> | null = null;
  let requester: typeof import('undici').request | undefined;

  async function open(): Promise<Dispatcher> {
    const { Agent, EnvHttpProxyAgent } = await import('undici');
    const patient = { headersTimeout: 0, bodyTimeout: 0 };
    const http = env['http_proxy'] ?? env['HTTP_PROXY'];
    const https = env['https_proxy'] ?? env['HTTPS_PROXY'];
    if (!http && !https) return new Agent(patient);
    const noProxy = env['no_proxy'] ?? env['NO_PROXY'];
    return new EnvHttpProxyAgent({
      ...patient,
      ...(http ? { httpProxy: http } : {}),
      ...(https ? { httpsProxy: https } : {}),
      ...(noProxy ? { noProxy } : {}),
    });
  }

  return {
    async ready() {
      dispatcher ??= open();
      await dispatcher;
    },
    async request({ method, url, headers, body, signal }) {
      dispatcher ??= open();
      const through = await dispatcher;
      // Even a module that is loaded takes its time to be imported.
      requester ??= (await import('undici')).request;
      const request = requester;
      try {
        const response = await request(url, {
          method,
          headers: { ...headers },
          body,
          signal,
          dispatcher: through,
        });
        return {
          status: response.statusCode,
          headers: flatHeaders(response.headers),
          body: chunksOf(decoded(response.body, response.headers['content-encoding']), signal),
        };
      } catch (error) {
        throw signal.aborted ? signal.reason : networkError(error);
      }
    },
    // Whatever is still in flight belongs to nobody any more.
    close: async () => (await dispatcher)?.destroy(),
  };
}

const decoders: Readonly<Record<string, () => Transform>> = {
  gzip: () => createGunzip(),
  'x-gzip': () => createGunzip(),
  deflate: () => createInflate(),
  br: () => createBrotliDecompress(),
};

/** As it was before the encodings of `content-encoding` (RFC 9110, 8.4), the last one undone first. */
function decoded(body: Readable, encoding: string | string[] | undefined): Readable {
  const names = (Array.isArray(encoding) ? encoding.join(',') : (encoding ?? '')).toLowerCase().split(',');
  return names.reverse().reduce<Readable>((coded, name) => {
    const decoder = decoders[name.trim()]?.();
    // What breaks the one breaks the other; whoever reads the last hears of it.
    return decoder === undefined ? coded : pipeline(coded, decoder, () => {});
  }, body);
}

async function* chunksOf(body: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncIterable<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw signal.aborted ? signal.reason : networkError(error);
  }
}

function flatHeaders(
  headers: Readonly<Record<string, string | string[] | undefined>>,
): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value;
  }
  return flat;
}

function networkError(error: unknown): NetworkError {
  const codes = codesOf(error);
  const message = error instanceof Error ? error.message : String(error);
  return new NetworkError(
    message || codes.join(', ') || 'the connection failed',
    codes.some((code) => REFUSED.test(code)),
  );
}

/** A name with two addresses fails with an AggregateError of both; undici wraps others in `cause`. */
function codesOf(error: unknown): string[] {
  if (!(error instanceof Error)) return [];
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  const inner = error instanceof AggregateError ? error.errors.flatMap(codesOf) : [];
  return [...own, ...inner, ...codesOf(error.cause)];
}
