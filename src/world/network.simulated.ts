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
      const lower = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
      );
      const served = { method, path: `${pathname}${search}`, headers: lower, body: body ?? '', signal };
      const leaving = untilAborted(signal);
      try {
        const response = await leaving.or(handler(served));
        return { status: response.status, headers: response.headers, body: bytesOf(response.body, signal) };
      } finally {
        leaving.end();
      }
    },
    close: async () => outside?.close(),
  };
}

const encoder = new TextEncoder();

async function* bytesOf(
  body: AsyncIterable<string> | string,
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  if (typeof body === 'string') {
    if (body !== '') yield encoder.encode(body);
    return;
  }
  const pieces = body[Symbol.asyncIterator]();
  const leaving = untilAborted(signal);
  try {
    while (true) {
      const { done, value } = await leaving.or(pieces.next());
      if (done) return;
      yield encoder.encode(value);
    }
  } finally {
    leaving.end();
  }
}

interface UntilAborted {
  /** Rejects with the signal's reason as soon as that aborts, whatever the work does. */
  or<T>(work: Promise<T>): Promise<T>;
  /** Nobody listens to the signal any more. */
  end(): void;
}

/** One listener for all that a request waits for: listeners are what a simulated one would mostly cost. */
function untilAborted(signal: AbortSignal): UntilAborted {
  signal.throwIfAborted();
  let stop: () => void = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
  });
  aborted.catch(() => {});
  signal.addEventListener('abort', stop, { once: true });
  return {
    or(work) {
      work.catch(() => {});
      return Promise.race([work, aborted]);
    },
    end: () => signal.removeEventListener('abort', stop),
  };
}
