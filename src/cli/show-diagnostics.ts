import type { Diagnostic } from '../domain/errors/diagnostic.js';

/** Longer lines are cut around the caret. */
const WIDTH = 100;
/** Of more, the first say enough. */
const MOST_SHOWN = 20;

interface Colours {
  readonly bad: (text: string) => string;
  readonly dim: (text: string) => string;
}

/** Each mistake with its place, its line and a caret; then how many there were. */
export async function showDiagnostics(diagnostics: readonly Diagnostic[], colour: boolean): Promise<string> {
  const { Chalk } = await import('chalk');
  const chalk = new Chalk({ level: colour ? 1 : 0 });
  const colours: Colours = { bad: chalk.red, dim: chalk.dim };
  const shown = [...diagnostics]
    .sort(byPlace)
    .slice(0, MOST_SHOWN)
    .map((diagnostic) => show(diagnostic, colours));
  const count = diagnostics.length;
  const more = count > MOST_SHOWN ? ` (first ${MOST_SHOWN} shown)` : '';
  const total = count > 1 ? `\n${count} mistakes${more}; nothing was sent.\n` : '';
  return `${shown.join('\n')}\n${total}`;
}

function show(diagnostic: Diagnostic, { bad, dim }: Colours): string {
  const { place, message, help, sourceLine, code } = diagnostic;
  const named = dim(`[${code}]`);
  if (place === undefined)
    return `${bad('error:')} ${message} ${named}${help === undefined ? '' : `\nhelp: ${help}`}`;
  const head = `${place.file}:${place.line}:${place.column}  ${message} ${named}`;
  if (sourceLine === undefined) return help === undefined ? head : `${head}\n  ${help}`;
  const number = String(place.line).padStart(5);
  const margin = ' '.repeat(number.length);
  const from = Math.max(0, place.column - 1 - WIDTH / 2);
  const line = sourceLine.slice(from, from + WIDTH).replaceAll('\t', ' ');
  const caretAt = place.column - 1 - from;
  const length = Math.max(1, Math.min(diagnostic.length ?? 1, line.length - caretAt));
  const caret = `${' '.repeat(caretAt)}${bad('^'.repeat(length))}${help === undefined ? '' : ` ${help}`}`;
  return [head, `${dim(`${number} |`)} ${line}`, `${dim(`${margin} |`)} ${caret}`].join('\n');
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  if (a.place === undefined || b.place === undefined)
    return Number(a.place !== undefined) - Number(b.place !== undefined);
  if (a.place.file !== b.place.file) return a.place.file < b.place.file ? -1 : 1;
  return a.place.line - b.place.line || a.place.column - b.place.column;
}
