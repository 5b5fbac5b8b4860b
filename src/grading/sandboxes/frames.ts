/** Messages to and from a sandbox's child process: 4 bytes of length, little endian, then JSON in UTF-8. */
import type { Child } from '../../world/world.js';

/** An answer's values are capped far below this; whatever is longer is no message of ours. */
const LONGEST_BYTES = 256 * 1024 * 1024;

export interface FrameChannel {
  send(message: unknown): void;
  /** The next message; rejects with `ChannelEnded` when the child is gone. */
  next(): Promise<unknown>;
  /** The next message as it came. */
  nextBytes(): Promise<Buffer>;
  /** Whoever waits for a message does so no more. */
  forget(): void;
}

/** The child ended, or spoke out of turn: whatever it was doing has failed. */
export class ChannelEnded extends Error {
  override readonly name = 'ChannelEnded';
}

const KILLED = 'was ended by';

/** Whether a channel's end was a signal's doing: nothing that runs inside can send one. */
export const wasKilled = (detail: string): boolean => detail.startsWith(KILLED);

export function openFrames(child: Child): FrameChannel {
  const chunks: Buffer[] = [];
  let held = 0;
  let ended: ChannelEnded | null = null;
  const waiting: { readonly take: (frame: Buffer) => void; readonly fail: (error: ChannelEnded) => void }[] =
    [];

  function takeFrame(): Buffer | null {
    if (held < 4) return null;
    const all = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
    chunks.splice(0, chunks.length, all);
    const length = all.readUInt32LE(0);
    if (length > LONGEST_BYTES) end('a message without end');
    if (all.length < 4 + length) return null;
    chunks.splice(0, 1, all.subarray(4 + length));
    held -= 4 + length;
    return all.subarray(4, 4 + length);
  }

  function serve(): void {
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      const frame = takeFrame();
      if (frame === null) break;
      waiting.shift();
      next.take(frame);
    }
    if (ended !== null) for (const { fail } of waiting.splice(0)) fail(ended);
  }

  function end(why: string): void {
    ended ??= new ChannelEnded(why);
    serve();
  }

  async function read(): Promise<void> {
    for await (const piece of child.channel) {
      chunks.push(Buffer.from(piece));
      held += piece.byteLength;
      // One message may come in thousands of pieces: they are joined when it is whole.
      if (waiting.length > 0 && held >= lengthWanted()) serve();
    }
  }
  function lengthWanted(): number {
    const first = chunks[0];
    return first !== undefined && first.length >= 4 ? 4 + first.readUInt32LE(0) : 4;
  }
  read()
    .catch(() => {})
    .then(() => child.exited)
    .then(({ code, signal }) => end(signal === null ? `ended with status ${code}` : `${KILLED} ${signal}`));

  const nextBytes = () =>
    new Promise<Buffer>((resolve, reject) => {
      waiting.push({ take: resolve, fail: reject });
      serve();
    });
  return {
    send(message) {
      const body = Buffer.from(JSON.stringify(message), 'utf8');
      const head = Buffer.alloc(4);
      head.writeUInt32LE(body.length, 0);
      child.send(Buffer.concat([head, body]));
    },
    nextBytes,
    forget() {
      waiting.length = 0;
    },
    async next() {
      const frame = await nextBytes();
      try {
        return JSON.parse(frame.toString('utf8')) as unknown;
      } catch {
        throw new ChannelEnded('spoke no JSON');
      }
    },
  };
}
