/** Who waits for a model: candidates take turns, and within a candidate the first comes first. */
export interface Queued {
  readonly entry: {
    /** Whose turn it is. */
    readonly candidate: string;
    readonly promptChars: number;
  };
}

export interface FairQueue<T extends Queued> {
  add(waiting: T): void;
  has(waiting: T): boolean;
  /** False when it was not there any more. */
  remove(waiting: T): boolean;
  /** The first that may, of the candidate whose turn it is; its next turn comes after all others'. */
  take(may: (waiting: T) => boolean): T | null;
  /** The one with the shortest prompt. */
  shortest(): T | null;
  size(): number;
}

export function openFairQueue<T extends Queued>(): FairQueue<T> {
  /** Candidates in the order of their turns. */
  const lines = new Map<string, Set<T>>();
  let size = 0;
  const remove = (waiting: T) => {
    const was = lines.get(waiting.entry.candidate)?.delete(waiting) ?? false;
    if (was) size -= 1;
    return was;
  };
  return {
    add(waiting) {
      const line = lines.get(waiting.entry.candidate);
      if (line === undefined) lines.set(waiting.entry.candidate, new Set([waiting]));
      else line.add(waiting);
      size += 1;
    },
    has: (waiting) => lines.get(waiting.entry.candidate)?.has(waiting) ?? false,
    remove,
    take(may) {
      for (const [candidate, line] of lines) {
        for (const waiting of line) {
          if (!may(waiting)) continue;
          remove(waiting);
          lines.delete(candidate);
          lines.set(candidate, line);
          return waiting;
        }
      }
      return null;
    },
    shortest() {
      let found: T | null = null;
      for (const line of lines.values()) {
        for (const waiting of line) {
          if (found === null || waiting.entry.promptChars < found.entry.promptChars) found = waiting;
        }
      }
      return found;
    },
    size: () => size,
  };
}
