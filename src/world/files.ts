import { randomBytes } from 'node:crypto';
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import {
  appendFile,
  mkdir,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Files } from './world.js';

const PIECE_BYTES = 256 * 1024;
/** What is read here and there is often followed by what lies behind it: of two calls to the system one is enough. */
const AHEAD_BYTES = 4 * 1024;

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota of this disk is used up',
  EFBIG: 'it would be larger than a file may be here',
  EROFS: 'the disk is read-only',
  EACCES: 'that is not allowed',
  EPERM: 'that is not allowed',
  ENOTDIR: 'a file is where a folder should be',
  EEXIST: 'a file is where a folder should be',
  ENOENT: 'there is no such folder',
};

/** Nothing can be kept there: no fault of the program's. The message names the path and the reason. */
export class WriteError extends Error {
  override readonly name = 'WriteError';
  readonly code: string;

  constructor(path: string, cause: Error & { readonly code: string }) {
    super(`${path} cannot be written: ${reasons[cause.code] ?? cause.message}`);
    this.code = cause.code;
  }
}

/** A file that cannot be read: it is larger than any text that a person writes, or it was removed. */
export class ReadError extends Error {
  override readonly name = 'ReadError';
}

const LARGEST_TEXT_BYTES = 64 * 1024 ** 2;
/** Loops of links, names that are too long, folders that are not ours: there is nothing there for us. */
const UNREACHABLE = new Set(['ELOOP', 'ENAMETOOLONG', 'EACCES', 'EPERM', 'EINVAL', 'ERR_INVALID_ARG_VALUE']);

/** Errors of the operating system name the path that the caller knows. */
async function writing<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw isSystemError(error) ? new WriteError(path, error) : error;
  }
}

/** Whoever reads a file has seen that it is there. */
async function ifThere<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw isMissing(error) ? new ReadError(`${path} was removed while it was in use`) : error;
  }
}

async function makeFolders(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    // Whatever it is that no folder can be made for, with `recursive` it is called ENOENT.
    if (!isMissing(error) || dirname(path) === path) throw error;
    await makeFolders(dirname(path));
    await mkdir(path);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** The system lets this process have no more of something: files, or memory. */
export function isOutOfFiles(error: unknown): boolean {
  return ['EMFILE', 'ENFILE'].includes(codeOf(error));
}

function isSystemError(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && 'syscall' in error;
}

export const realFiles: Files = {
  async readText(path) {
    const { size } = await ifThere(path, stat(path));
    if (size > LARGEST_TEXT_BYTES)
      throw new ReadError(`${path} is larger than ${LARGEST_TEXT_BYTES / 1024 ** 2} MB`);
    return readFile(path, 'utf8');
  },
  readBytes: (path) => ifThere(path, readFile(path)),
  async *lines(path) {
    const stream = createReadStream(path, 'utf8');
    try {
      yield* createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
    } finally {
      stream.destroy();
    }
  },
  async *bytes(path) {
    const file = await ifThere(path, open(path, 'r'));
    // Two for all, one read into while the other is looked at: what is beside the heap is let go of late.
    let [piece, other] = [Buffer.allocUnsafeSlow(PIECE_BYTES), Buffer.allocUnsafeSlow(PIECE_BYTES)];
    let reading = file.read(piece, 0, PIECE_BYTES, null);
    try {
      for (;;) {
        const { bytesRead } = await reading;
        if (bytesRead === 0) return;
        const read = piece.subarray(0, bytesRead);
        [piece, other] = [other, piece];
        reading = file.read(piece, 0, PIECE_BYTES, null);
        yield read;
      }
    } finally {
      await reading.catch(() => {});
      await file.close();
    }
  },
  openToRead(path) {
    const file = openSync(path, 'r');
    const ahead = Buffer.allocUnsafeSlow(AHEAD_BYTES);
    let [start, end] = [0, 0];
    return {
      read(from, bytes) {
        if (bytes > AHEAD_BYTES) {
          const piece = Buffer.allocUnsafe(bytes);
          return piece.subarray(0, readSync(file, piece, 0, bytes, from));
        }
        if (from < start || from + bytes > end) {
          start = from;
          end = from + readSync(file, ahead, 0, AHEAD_BYTES, from);
        }
        return Buffer.from(ahead.subarray(from - start, from - start + Math.min(bytes, end - from)));
      },
      close: () => closeSync(file),
    };
  },
  async kind(path) {
    try {
      const found = await stat(path);
      return found.isDirectory() ? 'folder' : found.isFile() ? 'file' : 'other';
    } catch (error) {
      if (isMissing(error) || UNREACHABLE.has(codeOf(error))) return 'none';
      throw error;
    }
  },
  async realPath(path) {
    try {
      return await realpath(path);
    } catch {
      return resolve(path);
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
    await writing(path, makeFolders(path));
  },
  async writeAtomic(path, content) {
    await writing(dirname(path), makeFolders(dirname(path)));
    const partial = `${path}.${randomBytes(4).toString('hex')}.partial`;
    try {
      await writing(path, writeFile(partial, content));
      await writing(path, rename(partial, path));
    } catch (error) {
      await rm(partial, { force: true });
      throw error;
    }
  },
  async appendTo(path) {
    const file = await writing(path, open(path, 'a'));
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
      try {
        await writing(path, file.appendFile(text));
      } catch (error) {
        broken = { error };
        throw error;
      }
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
    if (size > bytes) await writing(path, truncate(path, bytes));
    if (size === bytes - 1) await writing(path, appendFile(path, '\n'));
  },
  rename: (from, to) => writing(to, rename(from, to)),
  async createNew(path, content) {
    try {
      await writeFile(path, content, { flag: 'wx' });
      return true;
    } catch (error) {
      if (isSystemError(error) && error.code === 'EEXIST') return false;
      throw isSystemError(error) ? new WriteError(path, error) : error;
    }
  },
  async remove(path) {
    await rm(path, { force: true, recursive: true });
  },
};

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
