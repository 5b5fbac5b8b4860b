/** trials.jsonl: whole lines appended as things finish, streamed back in their order. */
import type { JournalLine } from '../domain/record.js';
import type { Files } from '../world/world.js';
import { parseLine } from './line.js';

export interface Journal {
  /** Resolves when the operating system has the line. */
  append(line: JournalLine): Promise<void>;
  close(): Promise<void>;
}

/** `redact` sees each line before it is written: no key reaches the disk, in a model's own words either. */
export async function openJournal(
  path: string,
  files: Files,
  redact: (text: string) => string,
): Promise<Journal> {
  const file = await files.appendTo(path);
  return {
    append: (line) => file.append(`${redact(JSON.stringify(line))}\n`),
    close: () => file.close(),
  };
}

/** A journal that cannot be read; the message names the line and says why. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}

/** Throws a JournalError at a line that is none. A torn last line, which a kill may leave, is dropped. */
export async function* readJournal(path: string, files: Files): AsyncIterable<JournalLine> {
  let number = 0;
  let doubt: string | null = null;
  for await (const text of files.lines(path)) {
    // Only the last line may be torn: with one more after it, it is damage.
    if (doubt !== null) throw new JournalError(doubt);
    number += 1;
    const line = parseLine(text);
    if ('problem' in line) doubt = `${path}:${number} is no line of a journal: ${line.problem}`;
    else if (number === 1 && line.type !== 'run') {
      throw new JournalError(`${path} is no journal: its first line does not say which run it is`);
    } else yield line;
  }
  if (number === 0 || (number === 1 && doubt !== null)) throw new JournalError(doubt ?? `${path} is empty`);
}
