import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import {
  appendFile,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import type { Files } from './world.js';

const PIECE_BYTES = 256 * 1024;

export const realFiles: Files = {
  readText: (path) => readFile(path, 'utf8'),
  readBytes: (path) => readFile(path),
  async *lines(path) {
    const stream = createReadStream(path, 'utf8');
    try {
      yield* createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
    } finally {
      stream.destroy();
    }
  },
  async *bytes(path) {
    yield* createReadStream(path, { highWaterMark: PIECE_BYTES });
  },
  async openToRead(path) {
    const file = await open(path, 'r');
    return {
      async read(from, bytes) {
        const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(bytes), 0, bytes, from);
        return buffer.subarray(0, bytesRead);
      },
      close: () => file.close(),
    };
  },
  async kind(path) {
    try {
      return (await stat(path)).isDirectory() ? 'folder' : 'file';
    } catch (error) {
      if (isMissing(error)) return 'none';
      throw error;
    }
  },
  async list(folder) {
    try {
      return (await readdir(folder)).sort();
    } catch (error) {
      if (isMissing(error)) return [];
      throw error;
    }
  },
  async makeFolder(path) {
    await mkdir(path, { recursive: true });
  },
  async writeAtomic(path, content) {
    await mkdir(dirname(path), { recursive: true });
    const partial = `${path}.${randomBytes(4).toString('hex')}.partial`;
    try {
      await writeFile(partial, content);
      await rename(partial, path);
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
  },
  async appendTo(path) {
    const file = await open(path, 'a');
    /** What came while the last texts were being written goes out in one piece. */
    let waiting: string[] = [];
    let next: Promise<void> | null = null;
    let last: Promise<unknown> = Promise.resolve();
    /** A full disk may have taken half a text: nothing goes behind that. */
    let broken: { readonly error: unknown } | null = null;
    const write = async (): Promise<void> => {
      await last;
      const text = waiting.join('');
      waiting = [];
      next = null;
      if (broken !== null) throw broken.error;
      await file.appendFile(text).catch((error: unknown) => {
        broken = { error };
        throw error;
      });
    };
    return {
      append(text) {
        waiting.push(text);
        if (next === null) {
          const written = write();
          next = written;
          last = written.catch(() => {});
        }
        return next;
      },
      async close() {
        await last;
        await file.close();
      },
    };
  },
  async endAt(path, bytes) {
    const { size } = await stat(path);
    if (size > bytes) await truncate(path, bytes);
    if (size === bytes - 1) await appendFile(path, '\n');
  },
  rename: (from, to) => rename(from, to),
  async createNew(path, content) {
    try {
      await writeFile(path, content, { flag: 'wx' });
      return true;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
      throw error;
    }
  },
  async remove(path) {
    await rm(path, { force: true, recursive: true });
  },
};

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
