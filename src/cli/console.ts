/** How this process may speak: where to, in colour or not, how much. */
import type { Output, World } from '../world/world.js';

export interface Console {
  /** Data: what a script reads. */
  data(text: string): void;
  /** Progress, logs and hints: silent with --quiet. */
  say(text: string): void;
  /** What must be seen even so. */
  complain(text: string): void;
  readonly colour: { readonly stdout: boolean; readonly stderr: boolean };
  readonly columns: number;
  readonly quiet: boolean;
}

export interface ConsoleFlags {
  readonly quiet: boolean;
  readonly colour: boolean;
}

export function openConsole(world: World, flags: ConsoleFlags, redact: (text: string) => string): Console {
  const { stdout, stderr } = world.terminal;
  return {
    data: (text) => stdout.write(redact(text)),
    say: (text) => {
      if (!flags.quiet) stderr.write(redact(text));
    },
    complain: (text) => stderr.write(redact(text)),
    colour: {
      stdout: wantsColour(stdout, world.env, flags.colour),
      stderr: wantsColour(stderr, world.env, flags.colour),
    },
    columns: stdout.columns,
    quiet: flags.quiet,
  };
}

/** https://no-color.org, https://force-color.org: a flag is stronger than a variable, NO_COLOR than FORCE_COLOR. */
function wantsColour(output: Output, env: World['env'], flag: boolean): boolean {
  if (!flag || env['NO_COLOR']) return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined && forced !== '') return forced !== '0';
  return output.isTTY && env['TERM'] !== 'dumb';
}
