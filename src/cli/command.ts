/** What a command is: how it is called, and what it does. */
import type { World } from '../world/world.js';
import type { Flag } from './flags.js';

export interface CommandSpec {
  readonly name: string;
  /** As commander reads it: `<suite...>`. */
  readonly args: string;
  readonly summary: string;
  readonly flags: readonly Flag[];
  /** Lines that can be typed as they are. */
  readonly examples: readonly string[];
  readonly load: () => Promise<{ readonly act: Act }>;
}

/** What was typed: nothing is opened, read or sent yet. Resolves to the exit code. */
export type Act = (typed: Typed, world: World) => Promise<number>;

export interface Typed {
  readonly args: readonly string[];
  readonly flags: Readonly<Record<string, unknown>>;
}
