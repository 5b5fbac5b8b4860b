/** How this process may speak: where to, in colour or not, how much. */
import type { Output, World } from '../world/world.js';

export interface Console {
  /** Data: what a script reads. */
  data(text: string): void;
  /** The one document of --json. */
  json(value: unknown): void;
  /** Progress, logs and hints: silent with --quiet. */
  say(text: string): void;
  /** What must be seen even so. */
  complain(text: string): void;
  /** Orders to GitHub's runner, a line each. */
  order(lines: readonly string[]): void;
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
  const colour = {
    stdout: wantsColour(stdout, world.env, flags.colour),
    stderr: wantsColour(stderr, world.env, flags.colour),
  };
  const complain = (text: string) => stderr.write(harmless(redact(text), colour.stderr));
  return {
    data: (text) => stdout.write(harmless(redact(text), colour.stdout)),
    json: (value) => stdout.write(`${redact(asJson(value))}\n`),
    say: (text) => {
      if (!flags.quiet) complain(text);
    },
    complain,
    order: (lines) => stderr.write(lines.map((line) => `${plain(redact(line), false)}\n`).join('')),
    colour,
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

/** Marks of bidirectional text: what stands behind them is shown in another order than it is. */
const TURNING = /[\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c]/g;
const ESCAPE = '\u001b';

/**
 * What servers, models and suites say is shown to a person, and may hold no order to the terminal. Line ends and tabs
 * stay, and of escapes only colours, which we write ourselves. Marks that turn the direction of a line are shown as such,
 * and no line begins as an order to GitHub's runner (`::error::`) does.
 */
function harmless(text: string, keepsColour: boolean): string {
  return plain(text.replaceAll(/^(\s*)::/gm, '$1: :'), keepsColour);
}

function plain(text: string, keepsColour: boolean): string {
  const turned = text
    .replaceAll('\r\n', '\n')
    .replaceAll(TURNING, (mark) => `<U+${mark.charCodeAt(0).toString(16).toUpperCase()}>`);
  return turned.replaceAll(/\p{Cc}(?:\[[\d;]*m)?/gu, (found) => {
    const [control, rest] = [found.slice(0, 1), found.slice(1)];
    if (control === '\n' || control === '\t') return found;
    if (control === ESCAPE && rest !== '') return keepsColour ? found : '';
    return `\ufffd${rest}`;
  });
}

/** JSON.stringify leaves the upper control characters as they are. */
function asJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replaceAll(
    /[\u007f-\u009f]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
