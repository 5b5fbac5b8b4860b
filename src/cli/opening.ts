/** What every command begins with: its flags, how it may speak, and how it refuses. */
import type { Diagnostic } from '../domain/errors/diagnostic.js';
import type { World } from '../world/world.js';
import type { Typed } from './command.js';
import { type Console, openConsole } from './console.js';
import { exitCodes } from './exit.js';
import { type FlagReader, readFlags } from './flags.js';

export interface Opening {
  readonly flags: FlagReader;
  readonly json: boolean;
  readonly console: Console;
  /** The mistakes of the flags and these, shown to people and, with --json, to scripts; resolves to the exit code for wrong input. */
  refuse(...mistakes: readonly Diagnostic[]): Promise<typeof exitCodes.wrongInput>;
  /** The same console, in which keys are never shown. */
  redacted(redact: (text: string) => string): Console;
}

export function openCommand({ flags: typed }: Pick<Typed, 'flags'>, world: World): Opening {
  const flags = readFlags(typed);
  const json = flags.on('json');
  const speech = { quiet: flags.on('quiet') || json, colour: typed['color'] !== false };
  const console = openConsole(world, speech, (text) => text);
  return {
    flags,
    json,
    console,
    redacted: (redact) => openConsole(world, speech, redact),
    async refuse(...mistakes) {
      const { showDiagnostics } = await import('./show-diagnostics.js');
      const all = [...flags.mistakes, ...mistakes].map(asTyped);
      if (json) console.json({ mistakes: all });
      console.complain(await showDiagnostics(all, console.colour.stderr));
      return exitCodes.wrongInput;
    },
  };
}

/** The library's options, as they are typed. */
const FLAGS: Readonly<Record<string, string>> = {
  failUnder: '--fail-under',
  maxCostUsd: '--max-cost',
  reports: '--report',
  shard: '--shard',
};

function asTyped({ option, ...mistake }: Diagnostic): Diagnostic {
  const flag = option === undefined ? undefined : FLAGS[option];
  if (option === undefined || flag === undefined) return mistake;
  return { ...mistake, message: `${flag}${mistake.message.slice(option.length)}` };
}
