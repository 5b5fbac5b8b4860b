/** One definition of a flag, and how typed words become values. */
import type { Diagnostic } from '../domain/errors/diagnostic.js';

export interface Flag {
  /** As commander reads it: `-n, --samples <n>`. */
  readonly name: string;
  readonly doc: string;
  readonly repeats?: boolean;
  /** All that its value can be. */
  readonly values?: readonly string[];
}

/** Flags that every command has. */
export const common: readonly Flag[] = [
  { name: '--json', doc: 'Print one JSON document on stdout and nothing else' },
  { name: '--quiet', doc: 'Hide progress and hints' },
  { name: '--no-color', doc: 'Disable colors (also NO_COLOR, TERM=dumb)' },
];

type Flags = Readonly<Record<string, unknown>>;

/** Reads a command's flags, gathering every mistake. */
export interface FlagReader {
  text(name: string): string | null;
  texts(name: string): readonly string[];
  on(name: string): boolean;
  wholeNumber(name: string, least: number): number | null;
  readonly mistakes: readonly Diagnostic[];
  mistake(message: string, help?: string): void;
}

export function readFlags(flags: Flags): FlagReader {
  const mistakes: Diagnostic[] = [];
  const text = (name: string): string | null => {
    const value = flags[name];
    return typeof value === 'string' ? value : null;
  };
  const mistake = (message: string, help?: string) => {
    mistakes.push(
      help === undefined
        ? { code: 'cli/invalid-option', message }
        : { code: 'cli/invalid-option', message, help },
    );
  };
  return {
    text,
    texts(name) {
      const value = flags[name];
      return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
    },
    on: (name) => flags[name] === true,
    wholeNumber(name, least) {
      const value = text(name);
      if (value === null) return null;
      const number = /^\d+$/.test(value) ? Number(value) : Number.NaN;
      if (number >= least) return number;
      const typed = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      mistake(`--${typed} takes a whole number from ${least}, not "${value}"`);
      return null;
    },
    mistakes,
    mistake,
  };
}
