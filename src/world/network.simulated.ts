import type { Handler, HttpResponse, Network } from './world.js';
import { NetworkError } from './world.js';

/**
 * A network with a server of our own in it: requests to `origin` are answered by `handler` in this process, with no
 * socket, no port and no time but the clock's. All others go `outside`; where that is null there is nothing to reach.
 */
export function networkWith(origin: string, handler: Handler, outside: Network | null): Network {
  return {
    ready: async () => outside?.ready(),
    async request(request): Promise<HttpResponse> {
      const { method, url, headers, body, signal } = request;
      const { origin: asked, pathname, search } = new URL(url);
      if (asked !== origin) {
        if (outside === null) throw new NetworkError(`nothing is outside of a simulation: ${asked}`, true);
        return outside.request(request);
      }
      const gone = new AbortController();
      const leave = () => gone.abort(new NetworkError('the client went away', false));
      signal.addEventListener('abort', leave, { once: true });
      const lower = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
      );
      const served = { method, path: `${pathname}${search}`, headers: lower, body: body ?? '' };
      const response = await untilAborted(handler({ ...served, signal: gone.signal }), signal);
      return { status: response.status, headers: response.headers, body: bytesOf(response.body, signal) };
    },
    close: async () => outside?.close(),
  };
}

async function* bytesOf(
  body: AsyncIterable<string> | string,
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  const encoder = new TextEncoder();
  if (typeof body === 'string') {
    if (body !== '') yield encoder.encode(body);
    return;
  }
  const pieces = body[Symbol.asyncIterator]();
  while (true) {
    const { done, value } = await untilAborted(pieces.next(), signal);
    if (done) return;
    yield encoder.encode(value);
  }
}

/** Rejects with the signal's reason as soon as that aborts, whatever the work does. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop: () => void = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  aborted.catch(() => {});
  work.catch(() => {});
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
