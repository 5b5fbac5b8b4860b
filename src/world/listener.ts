/** HTTP in: every request goes to one handler, and a client that goes away aborts what was begun for it. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Handler, Listener, Listening } from './world.js';

/** Longer than clients keep a connection that they do not use, so that it is they who close it. */
const KEEP_ALIVE_MS = 75_000;

export const realListener: Listener = {
  async listen(handler, { host, port, maxBodyBytes }) {
    let isClosing = false;
    const server = createServer((request, response) => {
      if (isClosing) response.setHeader('connection', 'close');
      response.on('finish', () => {
        if (isClosing) server.closeIdleConnections();
      });
      serve(handler, maxBodyBytes, request, response).catch((error: unknown) => {
        // A handler that throws is a bug of ours; the client is not left waiting for it.
        process.emitWarning(error instanceof Error ? error : String(error));
        if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json' });
        response.end();
      });
    });
    server.keepAliveTimeout = KEEP_ALIVE_MS;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
    const address = server.address();
    return {
      port: typeof address === 'object' && address !== null ? address.port : port,
      close(graceMs) {
        isClosing = true;
        return closed(server, graceMs);
      },
    } satisfies Listening;
  },
};

function closed(server: Server, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}

async function serve(
  handler: Handler,
  maxBodyBytes: number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const left = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) left.abort(new Error('the client has gone'));
  });
  const read = await bodyOf(request, maxBodyBytes);
  if (read === 'gone') return;
  const { status, headers, body } = await handler({
    method: request.method ?? 'GET',
    path: request.url ?? '/',
    headers: flat(request),
    body: read === 'too large' ? '' : read,
    ...(read === 'too large' ? { isTooLarge: true } : {}),
    signal: left.signal,
  });
  if (left.signal.aborted) return;
  // What is left of a body that is too large stays unread.
  if (read === 'too large') response.setHeader('connection', 'close');
  if (typeof body === 'string') {
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
    response.end(body);
    return;
  }
  response.writeHead(status, headers).flushHeaders();
  for await (const piece of body) {
    if (left.signal.aborted) return;
    if (piece !== '' && !response.write(piece)) await drained(response);
  }
  response.end();
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      response.off('drain', end).off('close', end);
      resolve();
    };
    response.on('drain', end).on('close', end);
  });
}

function bodyOf(request: IncomingMessage, most: number): Promise<string | 'too large' | 'gone'> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    let bytes = 0;
    request.on('data', (piece: Buffer) => {
      bytes += piece.byteLength;
      if (bytes <= most) pieces.push(piece);
      else {
        request.pause();
        resolve('too large');
      }
    });
    request.on('end', () => resolve(Buffer.concat(pieces).toString('utf8')));
    request.on('error', () => resolve('gone'));
    request.on('close', () => resolve('gone'));
  });
}

function flat({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}
