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
    const write = async (): Promise<void> => {
      await last;
      const text = waiting.join('');
      waiting = [];
      next = null;
      await file.appendFile(text);
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
