/** What a command is: how it is called, and what it does. */
import type { World } from '../world/world.js';
import type { Flag } from './flags.js';

export interface CommandSpec {
  readonly name: string;
  /** As commander reads it: `<suite...>`. */
  readonly args: string;
  /** What its arguments can be, for completion. */
  readonly completes: Completes;
  readonly summary: string;
  readonly flags: readonly Flag[];
  /** Lines that can be typed as they are. */
  readonly examples: readonly string[];
  readonly load: () => Promise<{ readonly act: Act }>;
}

/** Suites and runs are looked up; words are these in their places; files are what the shell finds. */
export type Completes =
  | 'suites'
  | 'runs'
  | 'nothing'
  | { readonly words: readonly string[]; readonly files: boolean };

/** What was typed: nothing is opened, read or sent yet. `all`: the list it stands in. Resolves to the exit code. */
export type Act = (typed: Typed, world: World, all: readonly CommandSpec[]) => Promise<number>;

export interface Typed {
  readonly args: readonly string[];
  readonly flags: Readonly<Record<string, unknown>>;
}
