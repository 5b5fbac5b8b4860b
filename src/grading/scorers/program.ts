/**
 * `program`: whole programs, run as a user would: given stdin, arguments and files, what must be printed and how it must
 * end. Each run has an interpreter of its own.
 */
import { z } from 'zod';
import type { Answer, Check, JudgeContext, JudgeTools } from '../../domain/grade.js';
import type { Execution, Program, ScriptRun } from '../../domain/program.js';
import type { Json } from '../../domain/value.js';
import { lackIn, lackText } from '../lacks.js';
import { described } from './described.js';
import { deathInWords, raisedInWords, solutionFails } from './failure-text.js';
import { defineScorer } from './scorer.js';

/** Within the working folder: nothing absolute, and no way up. */
const isInside = (path: string) => path !== '' && !/^\/|\\|(?:^|\/)\.{0,2}(?:\/|$)/.test(path);

/** Suites are read with whole numbers of any size. */
const number = z.union([z.number(), z.bigint()]);

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
      number
        .refine((code) => Number.isInteger(Number(code)) && code >= 0 && code <= 255, {
          error: 'an exit code is a whole number from 0 to 255',
        })
        .optional(),
      'Its exit code; 0 where it is not said.',
      2,
    ),
    tolerance: described(
      number.refine((most) => most > 0, { error: 'a tolerance is a number above 0' }).optional(),
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
  async judge(runs, answer, context, tools, how) {
    const check = (
      index: number,
      rest: Omit<Judged, 'score'> & { readonly score: number | null },
    ): Check => ({
      name: `program[${index + 1}]`,
      passed: rest.score === 1,
      required: how.required,
      weight: how.weight / runs.length,
      ...rest,
    });
    const checks: Check[] = [];
    for (const [index, wanted] of runs.entries())
      checks.push(check(index, await judge(wanted, index, answer, context, tools)));
    return checks;
  },
});

interface Judged extends Pick<Check, 'reason' | 'lack'> {
  /** Null: an error of ours. */
  readonly score: number | null;
  readonly detail: string | null;
}

async function judge(
  wanted: Run,
  index: number,
  answer: Answer,
  { language, limits, solution, forbidden }: JudgeContext,
  tools: JudgeTools,
): Promise<Judged> {
  if (answer.kind !== 'code' || language === null) return { score: 0, detail: 'no code' };
  const { stdin = '', args = [], files = {} } = wanted;
  const given: ScriptRun = { stdin, args, files };
  const programOf = (code: string): Program => ({ kind: 'script', language, code, limits, ...given });
  if (solution !== null) {
    const reference = await tools.runOnce(programOf(solution));
    const wrong = differenceOf(reference, wanted);
    if (wrong !== null)
      return {
        score: null,
        detail: solutionFails(`program[${index + 1}]: ${wrong}`),
        reason: reference.kind === 'broken' ? 'sandbox' : 'solution_fails',
      };
  }
  const execution = await tools.run(programOf(answer.code));
  if (execution.kind === 'broken') return { score: null, detail: execution.why, reason: 'sandbox' };
  const detail = differenceOf(execution, wanted);
  const lack = detail === null ? null : lackIn(execution, answer.code, language);
  if (lack !== null && !forbidden.includes(lack))
    return { score: null, detail: lackText(lack), reason: 'unsupported', lack };
  return { score: detail === null ? 1 : 0, detail };
}

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
