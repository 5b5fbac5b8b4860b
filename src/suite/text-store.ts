/** Texts in bytes beside the heap: the collector neither counts nor moves them, however many there are. */

const CHUNK_BYTES = 4 * 1024 * 1024;

export interface StoredText {
  readonly chunk: Buffer;
  readonly start: number;
  readonly end: number;
}

export interface TextStore {
  add(text: string): StoredText;
}

export function textStore(): TextStore {
  let chunk = Buffer.alloc(0);
  let used = 0;
  return {
    add(text) {
      const length = Buffer.byteLength(text);
      if (used + length > chunk.length) {
        chunk = Buffer.allocUnsafe(Math.max(CHUNK_BYTES, length));
        used = 0;
      }
      const start = used;
      used += chunk.write(text, start);
      return { chunk, start, end: used };
    },
  };
}
