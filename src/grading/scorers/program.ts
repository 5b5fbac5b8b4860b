/**
 * `program`: whole programs, run as a user would: given stdin, arguments and files, what must be printed and how it must
 * end. Each run has an interpreter of its own.
 */
import { z } from 'zod';
import type { Execution } from '../../domain/program.js';
import type { Json } from '../../domain/value.js';
import { described } from './described.js';
import { deathInWords, raisedInWords } from './failure-text.js';
import { judgeEach } from './judge-each.js';
import { defineScorer } from './scorer.js';
import { numberSchema, toleranceSchema } from './value-schema.js';

/** Within the working folder: nothing absolute, and no way up. */
const isInside = (path: string) => path !== '' && !/^\/|\\|(?:^|\/)\.{0,2}(?:\/|$)/.test(path);

const run = z
  .strictObject({
    stdin: described(z.string().optional(), 'What the program reads from its standard input.', '2 3\n'),
    args: described(z.array(z.string()).optional(), 'Its command-line arguments.', ['--verbose', 'in.csv']),
    files: described(
      z
        .record(z.string(), z.string())
        .refine((files) => Object.keys(files).every(isInside), {
          error: 'a path is one within the working folder, such as data/in.csv',
        })
        .optional(),
      'Files in its working folder, by their path; there are no others.',
      { 'in.csv': 'a,b\n1,2\n' },
    ),
    stdout: described(
      z.string().optional(),
      'What it must print: line by line, spaces at the ends of lines and empty lines at the end aside.',
      '5',
    ),
    exit: described(
      numberSchema
        .refine((code) => Number.isInteger(Number(code)) && code >= 0 && code <= 255, {
          error: 'an exit code is a whole number from 0 to 255',
        })
        .optional(),
      'Its exit code; 0 where it is not said.',
      2,
    ),
    tolerance: described(
      toleranceSchema,
      'Absolute, for numbers in what it prints; spaces between words are then free.',
      0.001,
    ),
  })
  .refine(({ stdout, exit }) => stdout !== undefined || exit !== undefined, {
    error: 'a run says what must come: stdout, exit or both',
  });

type Run = z.output<typeof run>;
type Ran = Extract<Execution, { readonly kind: 'ran' }>;

export const program = defineScorer<readonly Run[]>({
  key: 'program',
  version: 1,
  stands: 'case',
  isExact: true,
  doc: 'Runs of a whole program: stdin, arguments and files, and what it must print and return.',
  example: 'program:\n  - { stdin: "2 3\\n", stdout: "5" }\n  - { args: [--help], exit: 0 }',
  required: true,
  needsCode: true,
  needsEntry: false,
  options: z.array(run).min(1, 'at least one run'),
  stamp: (runs) =>
    runs.map(({ exit, tolerance, ...rest }) => ({
      ...rest,
      ...(exit === undefined ? {} : { exit: Number(exit) }),
      ...(tolerance === undefined ? {} : { tolerance: Number(tolerance) }),
    })) as unknown as Json,
  judge: (runs, answer, context, tools, how) =>
    judgeEach(
      runs,
      {
        name: 'program',
        programOf: ({ stdin = '', args = [], files = {} }, code, language) => ({
          kind: 'script',
          language,
          code,
          limits: context.limits,
          stdin,
          args,
          files,
        }),
        differenceOf,
      },
      answer,
      context,
      tools,
      how,
    ),
});

/** What is not as it must be; null: nothing. */
function differenceOf(execution: Execution, wanted: Run): string | null {
  switch (execution.kind) {
    case 'broken':
      return execution.why;
    case 'not_loaded':
      return `the code does not load: ${raisedInWords(execution.raised)}`;
    case 'called':
    case 'tested':
    case 'queried':
      return 'the sandbox answered another question';
    case 'ran':
      return differenceOfRun(execution, wanted);
    default:
      return execution satisfies never;
  }
}

function differenceOfRun(ran: Ran, { stdout, exit = 0, tolerance }: Run): string | null {
  if (ran.death !== null) return deathInWords(ran.death);
  const printed =
    stdout === undefined
      ? null
      : tolerance === undefined
        ? differenceOfLines(ran.stdout, stdout)
        : differenceOfWords(ran.stdout, stdout, Number(tolerance));
  if (ran.exit === Number(exit)) return printed;
  if (ran.raised !== null) return raisedInWords(ran.raised);
  const said = ran.stderr.trim().split('\n').at(-1)?.slice(0, 120) ?? '';
  return `exit code ${ran.exit}, expected ${exit}${said === '' ? '' : ` (stderr: ${said})`}`;
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trimEnd()
    .split('\n');

const shown = (text: string | undefined): string =>
  text === undefined ? 'nothing' : JSON.stringify(text.length > 80 ? `${text.slice(0, 79)}…` : text);

function differenceOfLines(got: string, expected: string): string | null {
  const [have, want] = [linesOf(got), linesOf(expected)];
  const at = want.findIndex((line, index) => line !== have[index]);
  const first = at >= 0 ? at : have.length > want.length ? want.length : -1;
  if (first < 0) return null;
  return `line ${first + 1} of stdout: expected ${shown(want[first])}, got ${shown(have[first])}`;
}

function differenceOfWords(got: string, expected: string, tolerance: number): string | null {
  const [have, want] = [got, expected].map((text) => text.split(/\s+/).filter((word) => word !== ''));
  if (have === undefined || want === undefined) return null;
  const isNear = (a: string | undefined, b: string) =>
    a === b || (a !== undefined && Math.abs(Number(a) - Number(b)) <= tolerance);
  const at = want.findIndex((word, index) => !isNear(have[index], word));
  const first = at >= 0 ? at : have.length > want.length ? want.length : -1;
  if (first < 0) return null;
  return `word ${first + 1} of stdout: expected ${shown(want[first])}, got ${shown(have[first])}`;
}
