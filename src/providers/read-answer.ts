/** The body of a good status -> what it says. It is read as what it is: content types are wrong too often. */
import { createParser } from 'eventsource-parser';
import type { HttpResponse } from '../world/world.js';
import {
  type Chunk,
  type Delta,
  emptyGathering,
  type Gathering,
  gather,
  readChunk,
} from './completion-chunks.js';
import { looksLikeHtml } from './error-body.js';

/** More than this is no answer: the memory that one response can take is bounded. */
export const LARGEST_BODY_BYTES = 16 * 1024 * 1024;

/** An event has its whole line in memory, and each piece of it is searched again. */
const LARGEST_EVENT_BYTES = 2 * 1024 * 1024;

export interface Read {
  readonly all: Gathering;
  readonly tooLarge: boolean;
  /** A 200 whose body, or one of whose chunks, is an error. */
  readonly errorBody: string | null;
  /** Neither JSON nor an event stream. */
  readonly unreadable: string | null;
  /** Null when the answer came in one piece: a gateway held it back, or it was not streamed. */
  readonly firstTokenMs: number | null;
  /** When the stream said that it was done, which may be before it closed. */
  readonly endedMs: number | null;
}

export interface Watch {
  /** Something of the answer, or of its error, has come. */
  readonly progressed: () => void;
  /** The first event that is no error: from here on the request is admitted. */
  readonly accepted: () => void;
  /** The first of the answer's text or thoughts. */
  readonly began: () => void;
  /** A piece of the answer. */
  readonly came?: (piece: Delta) => void;
  /** Nothing more is read before it resolves. */
  readonly room?: () => Promise<void>;
  readonly elapsedMs: () => number;
}

const NEW_LINE = 0x0a;

type Shape = 'events' | 'whole';

/** By its first character; null: not yet. A text that is neither is read as it was announced. */
function shapeOf(start: string, contentType: string): Shape | null {
  const text = start.replace(/^\uFEFF/, '').trimStart();
  if (text === '') return null;
  if (/^[{[<"]/.test(text)) return 'whole';
  if (/^(:|(data|event|id|retry)\s*(:|$))/.test(text)) return 'events';
  // The first piece may end within the first word.
  if (text.length < 6 && /^(d|e|i|r)/.test(text)) return null;
  return /text\/event-stream/i.test(contentType) ? 'events' : 'whole';
}

/** Some servers stream when not asked to, answer whole when asked to stream, and announce one as the other. */
export async function readAnswer(response: HttpResponse, watch: Watch): Promise<Read> {
  const all = emptyGathering();
  let errorBody: string | null = null;
  let unreadable: string | null = null;
  let endedMs: number | null = null;
  let firstTokenMs: number | null = null;
  let piece = 0;
  let [firstPiece, lastPiece] = [-1, -1];
  let shape: Shape | null = null;
  let [start, whole] = ['', ''];

  const take = (text: string) => {
    const chunk: Chunk = readChunk(text);
    if (chunk.kind === 'error') errorBody ??= text;
    if (chunk.kind === 'unreadable') {
      if (looksLikeHtml(text)) errorBody ??= text;
      else unreadable ??= text;
    }
    if (chunk.kind !== 'delta') return;
    watch.accepted();
    const brought = gather(all, chunk);
    if (brought && firstTokenMs === null) {
      firstTokenMs = watch.elapsedMs();
      firstPiece = piece;
      watch.began();
    }
    watch.came?.(chunk);
    if (!brought) return;
    lastPiece = piece;
    watch.progressed();
  };
  const parser = createParser({
    onEvent: ({ event, data }) => {
      if (endedMs !== null) return;
      if (event?.toLowerCase() === 'error') errorBody ??= data;
      else if (data.trim() === '[DONE]') endedMs = watch.elapsedMs();
      else if (data.trim() !== '') take(data);
    },
  });

  const contentType = response.headers['content-type'] ?? '';
  const feed = (text: string) => {
    if (shape === null) {
      start += text;
      shape = shapeOf(start, contentType);
      if (shape === null) return;
      text = start;
    }
    if (shape === 'events') return parser.feed(text);
    whole += text;
    watch.progressed();
  };
  const result = (tooLarge: boolean): Read => ({
    all,
    tooLarge,
    errorBody,
    unreadable,
    firstTokenMs: shape === 'events' && lastPiece > firstPiece ? firstTokenMs : null,
    endedMs,
  });

  const size = measureSize();
  const decoder = new TextDecoder();
  const pieces = response.body[Symbol.asyncIterator]();
  for (let next = await pieces.next(); !next.done; next = await pieces.next()) {
    if (size.isTooLarge(next.value, shape)) {
      await pieces.return?.();
      return result(true);
    }
    piece += 1;
    feed(decoder.decode(next.value, { stream: true }));
    if (watch.room !== undefined) await watch.room();
    if (endedMs !== null) {
      // A server may hold the connection open after its last word. Nobody waits for that; reading on to the end lets
      // the connection be used again.
      drain(pieces);
      break;
    }
  }
  if (shape === 'events') {
    // The last event of a stream that ends without an empty line.
    parser.feed('\n\n');
    all.complete ||= endedMs !== null;
  } else {
    takeWhole(whole || start, take);
    all.complete = true;
  }
  return result(false);
}

function measureSize() {
  let [bytes, lineBytes] = [0, 0];
  return {
    /** With this piece. */
    isTooLarge(piece: Uint8Array, shape: Shape | null): boolean {
      bytes += piece.byteLength;
      const lineEnd = piece.lastIndexOf(NEW_LINE);
      lineBytes = lineEnd < 0 ? lineBytes + piece.byteLength : piece.byteLength - lineEnd;
      return bytes > LARGEST_BODY_BYTES || (shape === 'events' && lineBytes > LARGEST_EVENT_BYTES);
    },
  };
}

/** One document, or one a line. */
function takeWhole(text: string, take: (text: string) => void): void {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const isJsonLines = lines.length > 1 && lines.every((line) => readChunk(line).kind !== 'unreadable');
  if (isJsonLines) for (const line of lines) take(line);
  else take(text);
}

function drain(pieces: AsyncIterator<Uint8Array>): void {
  pieces.next().then(
    ({ done }) => {
      if (!done) drain(pieces);
    },
    () => {},
  );
}
