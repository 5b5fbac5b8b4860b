/** trials.jsonl: whole lines appended as things finish, each with its checksum, streamed back in their order. */
import { crc32 } from 'node:zlib';
import type { Problem } from '../domain/errors/diagnostic.js';
import { hexDigit } from '../domain/ids.js';
import type { AttemptLine, JournalLine, RunLine } from '../domain/record.js';
import type { Files } from '../world/world.js';
import { parseLine } from './line.js';

export interface Journal {
  /** Resolves when the operating system has the line. `read`: as it lies in a journal already, where it does. */
  append(line: JournalLine, read?: LineText | null): Promise<void>;
  /** A line of another journal, as `textAt` gave it. */
  copy(line: LineText): Promise<void>;
  close(): Promise<void>;
}

/**
 * `redact` sees each line before it is written: no key reaches the disk, in a model's own words either. `follow` gets
 * each appended line as `readJournal` would give it.
 */
export async function openJournal(
  path: string,
  files: Files,
  redact: (text: string) => string,
  follow: ((line: JournalLine) => void) | null = null,
): Promise<Journal> {
  const file = await files.appendTo(path);
  return {
    append(line, read = null) {
      const text = redact(read?.text ?? JSON.stringify(line));
      const isAsRead = text === read?.text;
      follow?.(isAsRead ? line : asRead(text));
      return file.append(`${withSum(isAsRead ? read : sealed(text))}\n`);
    },
    copy(line) {
      follow?.(asRead(line.text));
      return file.append(`${withSum(line)}\n`);
    },
    close: () => file.close(),
  };
}

function asRead(text: string): JournalLine {
  const line = parseLine(text, true);
  if ('problem' in line) throw new JournalError(`a line to be written is none: ${line.problem}`);
  return line;
}

/** The text of an object with its own checksum as the last field. Some readers of lines break them at U+2028, too. */
function sealed(text: string): LineText {
  const escaped = text.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
  return { text: escaped, sum: sumOf(escaped.slice(0, -1)) };
}

function withSum({ text, sum }: LineText): string {
  return `${text.slice(0, -1)},"sum":"${sum}"}`;
}

/** CRC-32 of all that stands before the checksum: it sees any damage to a few bytes, and most of the rest. */
function sumOf(body: string): string {
  return crc32(body).toString(16).padStart(8, '0');
}

const SUM_OPENS = Buffer.from(',"sum":"');
const SUM_DIGITS = 8;
const SUM_CLOSES = Buffer.from('"}');
const SUM_LENGTH = SUM_OPENS.length + SUM_DIGITS + SUM_CLOSES.length;
const CLOSING_BRACE = 0x7d;
const CARRIAGE_RETURN = 0x0d;

/** Where a line lies: from its first byte to the one behind its last, without its break. */
interface Span {
  readonly bytes: Buffer;
  readonly from: number;
  readonly to: number;
}

/**
 * Where the line without its checksum ends, counted as in `bytes`: the brace that closes it is put there. Null where the
 * checksum does not hold or is not there. Lines are many, and a view of each is what costs: there is one, for the checksum.
 */
function endOfBody({ bytes, from, to }: Span): number | null {
  const end = bytes[to - 1] === CARRIAGE_RETURN ? to - 1 : to;
  const opens = end - SUM_LENGTH;
  if (opens <= from) return null;
  const digits = opens + SUM_OPENS.length;
  if (!stands(SUM_OPENS, bytes, opens) || !stands(SUM_CLOSES, bytes, digits + SUM_DIGITS)) return null;
  if (crc32(bytes.subarray(from, opens)) !== sumAt(bytes, digits)) return null;
  bytes[opens] = CLOSING_BRACE;
  return opens + 1;
}

/** Its digits, of a line whose body ends there. */
function sumBehind(bytes: Buffer, endOfBody: number): string {
  const digits = endOfBody - 1 + SUM_OPENS.length;
  return bytes.toString('latin1', digits, digits + SUM_DIGITS);
}

function stands(wanted: Buffer, bytes: Buffer, from: number): boolean {
  for (let at = 0; at < wanted.length; at++) if (bytes[from + at] !== wanted[at]) return false;
  return true;
}

/** As `sumOf` writes it; NaN where these are no such digits. */
function sumAt(bytes: Buffer, from: number): number {
  let sum = 0;
  for (let at = from; at < from + SUM_DIGITS; at++) sum = sum * 16 + hexDigit(bytes[at] ?? 0);
  return sum;
}

/** A journal that cannot be read; the message names the line and says why. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
}

/** The problem that a damaged journal is, of what reading it threw; anything else is thrown on. */
export function damaged(error: unknown): Problem {
  if (error instanceof JournalError) return { code: 'run/damaged', problem: error.message };
  throw error;
}

/** How a journal ended. */
export interface JournalEnd {
  /** Of its whole lines, with a line break each. */
  readonly bytes: number;
  /** What is wrong with its last line, which was left out; null where nothing is. */
  readonly torn: string | null;
}

const ENDED = /,"sum":"[0-9a-f]{8}"\}$/;
const MEND = 'where that line is taken out, --resume asks its trial again';

/** The first version whose lines have checksums. */
const SEALED_SINCE = 2;

/** Of a trial or an attempt, whose it is: most of a journal are answers, and not everybody wants to read them. */
export interface GlimpsedLine {
  readonly type: 'trial' | 'attempt';
  readonly trial: string;
}

/** How a line lies in its journal. */
export interface LineText {
  /** Its JSON, without the checksum. */
  readonly text: string;
  /** The checksum's digits. */
  readonly sum: string;
}

/** A line as it was read. */
export interface ReadLine<L> {
  readonly line: L;
  /** Null where its journal is from a time without checksums, or where nobody asked for it. */
  readonly text: LineText | null;
}

/** A line, and where it lies in its file. */
export interface PlacedLine<L = Exclude<JournalLine, GlimpsedLine> | GlimpsedLine> {
  readonly line: L;
  readonly from: number;
  /** Without its break. */
  readonly bytes: number;
}

/**
 * Throws a JournalError at a line that is none. A last line that a kill has torn, or that is damaged, is left out, and
 * `atEnd` is reported: its trial is not finished.
 */
export async function* readJournal(
  path: string,
  files: Pick<Files, 'bytes'>,
  atEnd: (end: JournalEnd) => void = () => {},
): AsyncIterable<JournalLine> {
  const reader = openReader(path, parsed);
  for await (const piece of files.bytes(path)) for (const { line } of reader.take(piece)) yield line;
  for (const { line } of reader.end(atEnd)) yield line;
}

/** A line of a run that was asked, beside what was sent for it. */
export type AnswerLine = Exclude<JournalLine, AttemptLine>;

/** The same, without what was asked for answers that may never have come, and with their texts. */
export async function* readAnswers(
  path: string,
  files: Pick<Files, 'bytes'>,
): AsyncIterable<ReadLine<AnswerLine>> {
  const reader = openReader(path, withoutAttempts);
  for await (const piece of files.bytes(path)) for (const placed of reader.take(piece)) yield placed;
  for (const placed of reader.end(() => {})) yield placed;
}

/** The same, without the answers. Their checksums hold. */
export async function* glimpseJournal(
  path: string,
  files: Pick<Files, 'bytes'>,
  atEnd: (end: JournalEnd) => void = () => {},
): AsyncIterable<PlacedLine> {
  const reader = openReader(path, glimpsed);
  for await (const piece of files.bytes(path)) for (const placed of reader.take(piece)) yield placed;
  for (const placed of reader.end(atEnd)) yield placed;
}

interface Unread {
  readonly problem: string;
}

/** `end` is where the body ends, where the checksum holds. */
function textOf({ bytes, from, to }: Span, end: number | null): string {
  return bytes.toString('utf8', from, end ?? to);
}

function parsed(span: Span, end: number | null): ReadLine<JournalLine> | Unread {
  const line = parseLine(textOf(span, end), end !== null);
  return 'problem' in line ? line : { line, text: null };
}

/** How such lines begin is for the writer to say, and `trialRecord` and `eventLineOf` do. */
const TRIAL = { type: 'trial', opens: Buffer.from('{"type":"trial","trial":"') } as const;
const ATTEMPT = { type: 'attempt', opens: Buffer.from('{"type":"attempt","trial":"') } as const;
const QUOTE = 0x22;

function withoutAttempts(span: Span, end: number | null): ReadLine<AnswerLine> | 'passed over' | Unread {
  if (end !== null && stands(ATTEMPT.opens, span.bytes, span.from)) return 'passed over';
  const text = textOf(span, end);
  const line = parseLine(text, end !== null);
  if ('problem' in line) return line;
  if (line.type === 'attempt') return 'passed over';
  return { line, text: end === null ? null : { text, sum: sumBehind(span.bytes, end) } };
}

function glimpsed(span: Span, end: number | null): ReadLine<PlacedLine['line']> | Unread {
  const { bytes, from } = span;
  const glimpse = end === null ? undefined : [ATTEMPT, TRIAL].find(({ opens }) => stands(opens, bytes, from));
  if (glimpse === undefined) return parsed(span, end);
  const start = from + glimpse.opens.length;
  let quote = start;
  while (Number.isFinite(hexDigit(bytes[quote] ?? 0))) quote += 1;
  if (bytes[quote] !== QUOTE || quote === start) return parsed(span, end);
  return { line: { type: glimpse.type, trial: bytes.toString('latin1', start, quote) }, text: null };
}

interface FoundLine<L> extends ReadLine<L>, PlacedLine<L> {}

interface Reader<L> {
  /** The lines that end in a piece of the file: pieces come in their order, and are taken over. */
  take(piece: Buffer): Iterable<FoundLine<L>>;
  end(atEnd: (end: JournalEnd) => void): Iterable<FoundLine<L>>;
}

/** Without a promise a line: a journal has hundreds of thousands of them, and is read from end to end. */
function openReader<L extends { readonly type: JournalLine['type'] }>(
  path: string,
  read: (span: Span, end: number | null) => ReadLine<L> | 'passed over' | Unread,
): Reader<L> {
  const lines = openLines();
  let number = 0;
  let from = 0;
  let isSealed = true;
  let doubt: string | null = null;

  function placed(span: Span): FoundLine<L> | null {
    // Only the last line may be torn: with one more after it, it is damage.
    if (doubt !== null) throw new JournalError(`${doubt}; ${MEND}`);
    number += 1;
    const bytes = span.to - span.from;
    const end = endOfBody(span);
    const found = read(span, end);
    if (found !== 'passed over' && 'problem' in found) {
      doubt = `${path}:${number} is not a valid journal line: ${found.problem}`;
    } else {
      if (number === 1) {
        isSealed = firstOf(path, found === 'passed over' ? null : found.line).schema_version >= SEALED_SINCE;
      }
      if (isSealed && end === null) doubt = `${path}:${number} is damaged: its checksum does not hold`;
      else {
        const at = from;
        from += bytes + 1;
        return found === 'passed over' ? null : { line: found.line, text: found.text, from: at, bytes };
      }
    }
    // A line that was torn has no end; this one has, and two that have run together hold more than one trial.
    if (end === null && ENDED.test(textOf(span, null))) throw new JournalError(`${doubt}; ${MEND}`);
    return null;
  }

  function* all(spans: Iterable<Span>): Iterable<FoundLine<L>> {
    for (const span of spans) {
      const line = placed(span);
      if (line !== null) yield line;
    }
  }

  return {
    take: (piece) => all(lines.take(piece)),
    *end(atEnd) {
      yield* all(lines.rest());
      if (number === 0 || (number === 1 && doubt !== null)) {
        throw new JournalError(doubt ?? `${path} is empty`);
      }
      atEnd({ bytes: from, torn: doubt });
    },
  };
}

/** A line that `glimpseJournal` found, with its checksum: those of old journals get theirs now. */
export function textAt(bytes: Buffer): LineText {
  const end = endOfBody({ bytes, from: 0, to: bytes.length });
  if (end !== null) return { text: bytes.toString('utf8', 0, end), sum: sumBehind(bytes, end) };
  const text = bytes.toString().trimEnd();
  const line = ENDED.test(text) ? { problem: 'a checksum does not hold' } : parseLine(text, false);
  if ('problem' in line) throw new JournalError(`the file was changed while it was read: ${line.problem}`);
  return sealed(JSON.stringify(line));
}

function firstOf(path: string, line: { readonly type: JournalLine['type'] } | null): RunLine {
  if (line !== null && isRun(line)) return line;
  throw new JournalError(`${path} is not a journal: its first line does not identify a run`);
}

function isRun(line: { readonly type: JournalLine['type'] }): line is RunLine {
  return line.type === 'run';
}

const LINE_FEED = 0x0a;

/** Split where they break: checksums are of bytes. Each is the reader's own until it asks for the next. */
function openLines() {
  let begun: Buffer[] = [];
  const whole = (parts: readonly Buffer[]): Span => {
    const bytes = Buffer.concat(parts);
    return { bytes, from: 0, to: bytes.length };
  };
  return {
    *take(piece: Buffer): Iterable<Span> {
      let from = 0;
      for (let at = piece.indexOf(LINE_FEED); at >= 0; at = piece.indexOf(LINE_FEED, from)) {
        if (begun.length === 0) yield { bytes: piece, from, to: at };
        else {
          yield whole([...begun, piece.subarray(from, at)]);
          begun = [];
        }
        from = at + 1;
      }
      // A copy: the next piece lies where this one does.
      if (from < piece.length) begun.push(Buffer.from(piece.subarray(from)));
    },
    rest: (): Iterable<Span> => (begun.length > 0 ? [whole(begun)] : []),
  };
}
