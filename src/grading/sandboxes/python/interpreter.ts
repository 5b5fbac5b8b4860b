/** What a Python interpreter is asked and says, whatever process it lives in; and how a program ends that does not end well. */
import { z } from 'zod';
import type { Death, Execution, Program } from '../../../domain/program.js';
import { DeadlinePassed, within } from '../../../world/deadline.js';
import type { Clock } from '../../../world/world.js';
import { ChannelEnded } from '../frames.js';
import { type Loaded, loadedSchema } from '../wire.js';

/** Which of the two interpreters of a test it is. */
export type Role = 'answer' | 'tests';

/** What the harness is asked to do, or what the other interpreter says to it. */
export type Asked = { readonly op: string; readonly [key: string]: unknown } | { readonly exchange: string };

/** A child process with one interpreter. */
export interface Interpreter {
  readonly description: string;
  /** Sends what the harness is asked. */
  send(message: Asked): void;
  /** The next frame, unread; rejects with `ChannelEnded` when the child is gone. */
  next(): Promise<unknown>;
  /** Puts the clean state back; false where the process has had its day. Rejects where it is gone. */
  reset(): Promise<boolean>;
  /** Whether a program may end, hang or fill its interpreter, and the next one finds a whole one. */
  readonly outlivesPrograms: boolean;
  kill(): void;
}

/** A frame of the child: what the harness answered, what one interpreter says to the other, a mark, or the interpreter's end. */
const frameSchema = z.union([
  z.object({
    result: z.string(),
    memoryDenied: z.boolean(),
    printedBytes: z.number(),
    stdout: z.string().optional(),
    stderr: z.string().optional(),
  }),
  z.object({ fatal: z.string(), memoryDenied: z.boolean() }),
  z.object({ mark: z.string() }),
  z.object({ exchange: z.string(), memoryDenied: z.boolean(), printedBytes: z.number() }),
]);

/** The program ended its interpreter, or took what it may not. */
export class Died extends Error {
  readonly death: Death;
  constructor(death: Death) {
    super(death.how);
    this.death = death;
  }
}

export type Outcome = { readonly execution: Execution; readonly fit: boolean };
export type CallsProgram = Extract<Program, { kind: 'calls' }>;
export type TestsProgram = Extract<Program, { kind: 'tests' }>;

/** Whoever says what was not asked for has forged it. */
export const outOfTurn: Death = { how: 'exit', detail: 'protocol violation' };

export async function load(answers: Interpreter, program: Program): Promise<Loaded> {
  const asked = { op: 'load', code: program.code, outputBytes: program.limits.outputBytes };
  const loaded = loadedSchema.parse(await request(answers, program, asked));
  checkOutput(loaded.output, program);
  return loaded;
}

export function checkOutput(output: number, { limits }: Program): void {
  if (output > limits.outputBytes) throw new Died({ how: 'output', limitBytes: limits.outputBytes });
}

/** Sends and takes the one answer. */
export async function request(
  to: Interpreter,
  program: Program,
  message: Extract<Asked, { op: string }>,
  marks: string[] = [],
): Promise<unknown> {
  to.send({ ...message, memoryBytes: program.limits.memoryBytes });
  const frame = await frameOf(to, program, marks);
  if (!('result' in frame)) throw new Died(outOfTurn);
  checkOutput(frame.printedBytes, program);
  const parsed: unknown = JSON.parse(frame.result);
  const raised = z.object({ raised: z.object({ types: z.array(z.string()) }) }).safeParse(parsed);
  if (frame.memoryDenied && raised.success && raised.data.raised.types.includes('MemoryError')) {
    throw new Died({ how: 'memory', limitBytes: program.limits.memoryBytes });
  }
  return parsed;
}

type Frame = Exclude<z.infer<typeof frameSchema>, { readonly fatal: string } | { readonly mark: string }>;

/** An answer may add marks, and is not listened to for ever. */
const MOST_MARKS = 64;

/** The next frame; marks on the way are added to `marks`. */
export async function frameOf(from: Interpreter, program: Program, marks: string[] = []): Promise<Frame> {
  for (;;) {
    const frame = frameSchema.parse(await from.next());
    if ('mark' in frame) {
      marks.push(frame.mark.slice(0, 200));
      if (marks.length > MOST_MARKS) throw new Died(outOfTurn);
    } else if (!('fatal' in frame)) return frame;
    else
      throw new Died(
        frame.memoryDenied
          ? { how: 'memory', limitBytes: program.limits.memoryBytes }
          : { how: 'exit', detail: frame.fatal.split('\n')[0]?.slice(0, 120) ?? '' },
      );
  }
}

/** The program's time limit; what the interpreter cannot survive is a death of the program. */
export async function withLimits(
  clock: Clock,
  program: Program,
  died: (death: Death) => Outcome,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  const { timeMs } = program.limits;
  try {
    return await within(clock, timeMs, null, work);
  } catch (error) {
    if (error instanceof DeadlinePassed) return died({ how: 'timeout', limitMs: timeMs });
    if (error instanceof Died) return died(error.death);
    if (error instanceof ChannelEnded) return died({ how: 'exit', detail: error.message });
    // What the harness said was not what it says: an answer has had its hands on it.
    // A RangeError: nested deeper than this side can follow.
    if (error instanceof z.ZodError || error instanceof SyntaxError || error instanceof RangeError) {
      return { ...died({ how: 'exit', detail: 'its interpreter sent a malformed message' }), fit: false };
    }
    throw error;
  }
}
