import { z } from 'zod';
import type { Check } from '../../domain/grade.js';
import type { Call, CallResult, Execution, Program, Raised } from '../../domain/program.js';
import type { Json, Value } from '../../domain/value.js';
import { lackOf, lackText } from '../lacks.js';
import { showValue } from '../value-text.js';
import { difference, unorderedDifference } from '../values.js';
import { described } from './described.js';
import { deathInWords, raisedInWords, solutionFails } from './failure-text.js';
import { defineScorer } from './scorer.js';
import { numberSchema, valueSchema } from './value-schema.js';

/** A call's arguments, and what must come of it. */
const asked = {
  args: described(z.array(valueSchema).optional(), 'Positional arguments.', [[1, 2, 3]]),
  kwargs: described(z.record(z.string(), valueSchema).optional(), 'Arguments by name (Python).', {
    scale: 2,
  }),
  returns: described(valueSchema.optional(), 'The value that must come back.', 2),
  raises: described(
    z
      .union([z.string().min(1), z.literal(true)], { error: 'the name of an exception, or true for any' })
      .optional(),
    'The exception that must be raised, by its name or that of a base; true for any.',
    'ValueError',
  ),
  leaves: described(
    z.array(valueSchema).optional(),
    'The positional arguments as the call must leave them.',
    [[1, 2]],
  ),
  stdout: described(z.string().optional(), 'What must be printed, line ends at the end aside.', 'done'),
  tolerance: described(numberSchema.optional(), 'Absolute, for numbers.', 0.01),
  unordered: described(z.boolean().optional(), 'The order of the items that come back is free.', true),
};

type Asked = z.output<z.ZodObject<typeof asked>>;

const saysSomething = (given: Asked) =>
  [given.returns, given.raises, given.leaves, given.stdout].some((one) => one !== undefined);

/** What is wrong with one call of a row or step; null: nothing. */
function contradiction(given: Asked): string | null {
  if (given.unordered !== undefined && given.returns === undefined)
    return 'unordered is about what a call returns';
  const returns = given.returns !== undefined || given.leaves !== undefined;
  return given.raises !== undefined && returns ? 'a call either raises or returns' : null;
}

const step = z
  .strictObject({
    call: described(z.string().min(1), 'A method of the object, or a property.', 'push'),
    ...asked,
  })
  .superRefine((given, context) => {
    const message = contradiction(given);
    if (message !== null) context.addIssue({ code: 'custom', message });
  });

const row = z
  .strictObject({
    ...asked,
    steps: described(
      z.array(step).min(1, 'at least one step').optional(),
      'Calls, in order, of the object that the entry makes of `args`: an instance of a class, or what a function returns.',
      [
        { call: 'push', args: [1] },
        { call: 'pop', returns: 1 },
      ],
    ),
  })
  .superRefine((given, context) => {
    const problem = (message: string) => context.addIssue({ code: 'custom', message });
    const message = contradiction(given);
    if (message !== null) problem(message);
    if (given.steps === undefined) {
      if (!saysSomething(given))
        problem('a row says what must come: returns, raises, leaves, stdout or steps');
    } else if (saysSomething(given)) problem('of a row with steps, the steps say what must come');
    else if (!given.steps.some(saysSomething))
      problem('no step has an expected result: returns, raises, leaves or stdout');
  });

type Row = z.output<typeof row>;
type Step = z.output<typeof step>;

export const table = defineScorer<readonly Row[]>({
  key: 'table',
  version: 2,
  stands: 'case',
  isExact: true,
  doc: 'Calls of the entry: arguments, and what must come back. Compared outside the sandbox.',
  example: 'table:\n  - { args: [[1, 2, 3]], returns: 2.0 }\n  - { args: [[]], raises: ValueError }',
  required: true,
  needsCode: true,
  needsEntry: true,
  options: z.array(row).min(1, 'at least one row'),
  stamp: (rows) =>
    rows.map(({ steps, ...given }) => ({
      ...stamped(given),
      ...(steps === undefined ? {} : { steps: steps.map(stamped) }),
    })) as unknown as Json,
  async judge(rows, answer, context, tools, how) {
    const check = (
      index: number,
      score: number | null,
      detail: string | null,
      blame: Pick<Check, 'reason' | 'lack'> = {},
    ): Check => ({
      name: `table[${index + 1}]`,
      score,
      passed: score === 1,
      required: how.required,
      weight: how.weight / rows.length,
      detail,
      ...blame,
    });
    if (answer.kind !== 'code' || context.language === null || context.entry === null) {
      return rows.map((_, index) => check(index, 0, 'no code'));
    }
    const { entry, language } = context;
    const groups = rows.map((given) => callsOf(given, entry, language));
    const calls = groups.flat();
    const program = (code: string): Program => ({
      kind: 'calls',
      language,
      code,
      calls,
      signature: context.signature ?? null,
      limits: context.limits,
    });
    const wrong =
      context.solution === null
        ? null
        : firstWrong(rows, groups, await tools.runOnce(program(context.solution)), language);
    if (wrong !== null) {
      const detail = solutionFails(`table[${wrong.index + 1}]: ${wrong.judged.detail}`);
      const reason = wrong.judged.broken ? 'sandbox' : 'solution_fails';
      return rows.map((_, index) => check(index, null, detail, { reason }));
    }
    const execution = await tools.run(program(answer.code));
    let first = 0;
    return rows.map((given, index) => {
      const judged = judgeRow(given, execution, first, language);
      first += groups[index]?.length ?? 0;
      if (judged.broken) return check(index, null, judged.detail, { reason: 'sandbox' });
      const raised = judged.raised ?? null;
      const lack = raised === null ? null : lackOf(raised, answer.code, language);
      if (lack !== null && !context.forbidden.includes(lack))
        return check(index, null, lackText(lack), { reason: 'unsupported', lack });
      return check(index, judged.detail === null ? 1 : 0, judged.detail);
    });
  },
});

/** The first row that an execution does not fulfil; null: it fulfils all of them. */
function firstWrong(
  rows: readonly Row[],
  groups: readonly (readonly Call[])[],
  execution: Execution,
  language: string,
): { readonly index: number; readonly judged: Judged } | null {
  let first = 0;
  for (const [index, given] of rows.entries()) {
    const judged = judgeRow(given, execution, first, language);
    if (judged.broken || judged.detail !== null) return { index, judged };
    first += groups[index]?.length ?? 0;
  }
  return null;
}

function stamped<T extends Asked>({ tolerance, ...rest }: T) {
  return { ...rest, tolerance: Number(tolerance ?? 0) };
}

/** One call, or one that makes the object and one for each step. */
function callsOf(given: Row, entry: string, language: string): readonly Call[] {
  const argumentsOf = ({ args, kwargs }: Asked) => ({
    args: (args ?? []).map((arg) => inLanguage(arg, language)),
    kwargs: kwargs ?? {},
  });
  return [
    { entry, of: 'answer', keeps: given.steps !== undefined, ...argumentsOf(given) },
    ...(given.steps ?? []).map(
      (one): Call => ({ entry: one.call, of: 'object', keeps: false, ...argumentsOf(one) }),
    ),
  ];
}

/** Keys of JavaScript's objects are texts. */
function inLanguage(given: Value, language: string): Value {
  return language === 'python' ? given : withTextKeys(given);
}

function withTextKeys(given: Value): Value {
  switch (given.t) {
    case 'list':
    case 'tuple':
    case 'set':
    case 'frozenset':
      return { ...given, v: given.v.map(withTextKeys) };
    case 'dict':
      return {
        ...given,
        v: given.v.map(([key, item]) => [
          given.isBlock && (key.t === 'int' || key.t === 'float') ? { t: 'str', v: String(key.v) } : key,
          withTextKeys(item),
        ]),
      };
    default:
      return given;
  }
}

interface Judged {
  readonly broken: boolean;
  /** Null: as it must be. */
  readonly detail: string | null;
  /** What the answer raised where it must not. */
  readonly raised?: Raised;
}

/** `first`: where the results of this row begin. */
function judgeRow(given: Row, execution: Execution, first: number, language: string): Judged {
  const failed = (detail: string): Judged => ({ broken: false, detail });
  switch (execution.kind) {
    case 'broken':
      return { broken: true, detail: execution.why };
    case 'not_loaded':
      return {
        ...failed(`the code does not load: ${raisedInWords(execution.raised)}`),
        raised: execution.raised,
      };
    case 'tested':
    case 'ran':
    case 'queried':
      return { broken: true, detail: 'the sandbox answered another question' };
    case 'called': {
      const { results, death } = execution;
      const calls: readonly (Row | Step)[] = [given, ...(given.steps ?? [])];
      for (const [at, one] of calls.entries()) {
        const result = results[first + at];
        const says = (detail: string) =>
          failed('call' in one ? `step ${at}, ${one.call}: ${detail}` : detail);
        if (result !== undefined) {
          const detail = wrongIn(one, result, language);
          if (detail !== null)
            return result.kind === 'raised' ? { ...says(detail), raised: result.raised } : says(detail);
        } else if (death === null) return { broken: true, detail: 'the sandbox lost a call' };
        else if (first + at === results.length) return says(deathInWords(death));
        else return failed(`not reached: an earlier row ${deathInWords(death)}`);
      }
      return { broken: false, detail: null };
    }
    default:
      return execution satisfies never;
  }
}

/** How two values differ that look the same when they are printed. */
function unlikeness(expected: Value, got: Value, language: string): string {
  if (showValue(expected, language) !== showValue(got, language)) return '';
  if (expected.t === 'str' && got.t === 'str') {
    const at = [...expected.v].findIndex((char, index) => char !== [...got.v][index]);
    const from = at < 0 ? expected.v.length : at;
    const part = (text: string) => JSON.stringify(text.slice(Math.max(0, from - 10), from + 20));
    return `; they differ at character ${from + 1}: ${part(expected.v)} and ${part(got.v)}`;
  }
  return expected.t === got.t
    ? '; they differ in what is not shown'
    : `; one is ${expected.t}, the other ${got.t}`;
}

function wrongIn(given: Asked, result: CallResult, language: string): string | null {
  const tolerance = given.tolerance === undefined ? null : Number(given.tolerance);
  const differs = (expected: Value, got: Value, unordered = false): string | null => {
    const compare = unordered ? unorderedDifference : difference;
    const found = compare(expected, got, { tolerance });
    if (found === null) return null;
    // A Map keeps its keys' types, and an object does not: whichever came is compared by its own.
    if (language !== 'python' && compare(withTextKeys(expected), got, { tolerance }) === null) return null;
    const whole = `expected ${showValue(expected, language)}, got ${showValue(got, language)}${unlikeness(expected, got, language)}`;
    if (found.path === '') return whole;
    const side = (part: Value | null) => (part === null ? 'nothing' : showValue(part, language));
    return `${whole}: ${found.path} should be ${side(found.expected)}, is ${side(found.got)}`;
  };
  if (given.stdout !== undefined && given.stdout.trimEnd() !== result.stdout.trimEnd()) {
    return `expected ${JSON.stringify(given.stdout)} to be printed, got ${JSON.stringify(result.stdout.slice(0, 200))}`;
  }
  if (given.raises !== undefined) {
    const wanted = given.raises === true ? 'an exception' : given.raises;
    if (result.kind === 'returned') return `expected ${wanted}, got ${showValue(result.value, language)}`;
    if (given.raises === true || result.raised.types.includes(given.raises)) return null;
    return `expected ${wanted}, got ${raisedInWords(result.raised)}`;
  }
  if (result.kind === 'raised') {
    return given.returns === undefined
      ? `raised ${raisedInWords(result.raised)}`
      : `expected ${showValue(given.returns, language)}, raised ${raisedInWords(result.raised)}`;
  }
  const returned = given.returns === undefined ? null : differs(given.returns, result.value, given.unordered);
  if (returned !== null || given.leaves === undefined) return returned;
  const after = differs({ t: 'list', v: given.leaves }, { t: 'list', v: result.argsAfter });
  return after === null ? null : `arguments after the call: ${after}`;
}
