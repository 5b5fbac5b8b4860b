/**
 * From the server's pieces to the client's. Pieces are buffered until one has content, so that another model may still take
 * over. From then on (the commit) the answer is this model's, whole or broken off.
 */
import type { Model } from '../domain/candidate.js';
import type { StreamRedactor } from '../domain/redact.js';
import type { Delta } from '../providers/completion-chunks.js';
import { type Answer, type Gathered, gatherAnswer, type Piece } from './answer.js';
import { openCleaner } from './cleaner.js';
import type { Failure } from './failure.js';
import { openTextQueue } from './text-queue.js';
import type { Attribution, StreamWriter } from './wires/wire.js';

export interface Relay {
  /** A request to a model begins; what an earlier one brought is forgotten. */
  begin(model: Model): void;
  came(delta: Delta): void;
  /** Resolves once the client has read enough of what is there. */
  room(): Promise<void>;
  isCommitted(): boolean;
  /** When it was, on the clock of `nowMs`; null: not yet. */
  committedMs(): number | null;
  /** Resolves with the commit. */
  readonly committed: Promise<Model>;
  answer(): Answer;
  end(attribution: Attribution): void;
  fail(failure: Failure): void;
  /** What the client is sent; ends with `end` or `fail`. */
  pieces(): AsyncIterable<string>;
}

const MOST_HELD = 64;
const MOST_HELD_CHARS = 256 * 1024;

export interface RelayOptions {
  /** Whether the client reads a stream; else nothing is committed before the end. */
  readonly stream: boolean;
  /** For a writer of this model's answer. */
  readonly open: (model: Model) => StreamWriter;
  readonly callId: (at: number) => string;
  /** Takes keys out of all that is sent: a server may say what it was sent. */
  readonly redact: (text: string) => string;
  /** The same over the pieces of a text. */
  readonly redactStream: () => StreamRedactor;
  readonly nowMs: () => number;
  /** The client has gone. */
  readonly signal: AbortSignal;
}

export function openRelay(options: RelayOptions): Relay {
  const { stream, open, callId, redact, nowMs, signal } = options;
  let model: Model | null = null;
  let cleaner = openCleaner(options.redactStream);
  let gathered: Gathered = gatherAnswer(callId);
  let held: { readonly delta: Delta; readonly piece: Piece }[] = [];
  let heldChars = 0;
  let writer: StreamWriter | null = null;
  let committedMs: number | null = null;
  const queue = openTextQueue(signal);
  let resolveCommitted: (model: Model) => void = () => {};
  const committed = new Promise<Model>((resolve) => {
    resolveCommitted = resolve;
  });

  const push = (text: string) => queue.push(redact(text));

  function commit(): StreamWriter {
    if (model === null) throw new Error('an answer of nobody');
    writer = open(model);
    committedMs = nowMs();
    push(writer.begin());
    for (const { delta, piece } of held) push(writer.add(delta, piece));
    held = [];
    resolveCommitted(model);
    return writer;
  }

  return {
    begin(next) {
      if (writer !== null) throw new Error('the answer has begun');
      model = next;
      gathered = gatherAnswer(callId);
      cleaner = openCleaner(options.redactStream);
      held = [];
      heldChars = 0;
    },
    came(delta) {
      const whole = gathered.add(delta);
      if (!stream) return;
      const piece = cleaner.clean(whole);
      if (writer !== null) {
        push(writer.add(delta, piece));
        return;
      }
      held.push({ delta, piece });
      heldChars += sizeOf(piece);
      if (brings(whole) || held.length >= MOST_HELD || heldChars >= MOST_HELD_CHARS) commit();
    },
    room: queue.room,
    isCommitted: () => writer !== null,
    committedMs: () => committedMs,
    committed,
    answer: () => gathered.answer(),
    end(attribution) {
      const own = writer ?? commit();
      const rest = cleaner.rest();
      if (brings(rest)) push(own.add(null, rest));
      push(own.end(gathered.answer(), attribution));
      queue.end();
    },
    fail(failure) {
      if (writer !== null) {
        const rest = cleaner.rest();
        if (brings(rest)) push(writer.add(null, rest));
        push(writer.fail(failure));
      }
      queue.end();
    },
    pieces: queue.pieces,
  };
}

const brings = ({ content, reasoning, refusal, calls }: Piece): boolean =>
  content !== '' || reasoning !== '' || refusal !== '' || calls.length > 0;

/** About what it takes; a piece without a text has its document still. */
const sizeOf = ({ content, reasoning, refusal }: Piece): number =>
  200 + content.length + reasoning.length + refusal.length;
