/** `sql`: statements, run in databases that the case sets up: the rows that they give, and what they leave. */
import { z } from 'zod';
import type { Execution, Queried, RowSet } from '../../domain/program.js';
import type { Json, Value } from '../../domain/value.js';
import { showValue } from '../value-text.js';
import { difference, unorderedDifference } from '../values.js';
import { described } from './described.js';
import { deathInWords, raisedInWords } from './failure-text.js';
import { judgeEach } from './judge-each.js';
import { defineScorer } from './scorer.js';
import { toleranceSchema, valueSchema } from './value-schema.js';

/** Rows that must come, and how they are compared. */
const rows = {
  returns: described(
    z.array(z.array(valueSchema)).optional(),
    'The rows that must come back, each a list of its values; of several statements, those of the last one with rows.',
    [
      ['Ann', 3],
      ['Bob', null],
    ],
  ),
  columns: described(z.array(z.string()).optional(), 'The names that the columns must have.', [
    'name',
    'orders',
  ]),
  unordered: described(z.boolean().optional(), 'The order of the rows is free.', true),
  tolerance: described(toleranceSchema, 'Absolute, for numbers.', 0.01),
};

const after = z.strictObject({
  query: described(
    z.string().min(1),
    'A query on what the statements have left.',
    'SELECT count(*) FROM orders',
  ),
  ...rows,
});

const database = z
  .strictObject({
    setup: described(
      z.string().optional(),
      'Statements that make the database: schema and rows.',
      "CREATE TABLE users (id INTEGER, name TEXT);\nINSERT INTO users VALUES (1, 'Ann');",
    ),
    ...rows,
    raises: described(
      z.union([z.string().min(1), z.literal(true)]).optional(),
      'The statements must fail; a text must be part of the message.',
      'UNIQUE constraint failed',
    ),
    after: described(
      z.array(after).optional(),
      'Queries afterwards, for statements that change the database.',
      [{ query: 'SELECT count(*) FROM users', returns: [[1]] }],
    ),
  })
  .superRefine((given, context) => {
    const problem = (message: string) => context.addIssue({ code: 'custom', message });
    const { returns, columns, raises, after: queries = [] } = given;
    if (returns === undefined && columns === undefined && raises === undefined && queries.length === 0)
      problem('a database says what must come: returns, columns, raises or after');
    if (raises !== undefined && (returns !== undefined || columns !== undefined))
      problem('statements either fail or return');
    if (raises !== undefined && queries.length > 0)
      problem('after statements that must fail there are no queries');
  });

type Database = z.output<typeof database>;
type Wanted = z.output<typeof after> | Database;
type Found = Extract<Execution, { readonly kind: 'queried' }>;

export const sql = defineScorer<readonly Database[]>({
  key: 'sql',
  version: 1,
  stands: 'case',
  isExact: true,
  doc: 'SQL statements (SQLite) in one database or several: the rows they give, and what queries find afterwards.',
  example:
    'sql:\n  - setup: CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (2), (1);\n    returns: [[1], [2]]\n    columns: [a]',
  required: true,
  needsCode: true,
  languages: ['sql'],
  needsEntry: false,
  options: z.array(database).min(1, 'at least one database'),
  stamp: (databases) =>
    databases.map(({ after: queries, ...rest }) => ({
      ...stamped(rest),
      ...(queries === undefined ? {} : { after: queries.map(stamped) }),
    })) as unknown as Json,
  judge: (databases, answer, context, tools, how) =>
    judgeEach(
      databases,
      {
        name: 'sql',
        programOf: ({ setup = '', after: queries = [] }, code, language) => ({
          kind: 'queries',
          language,
          code,
          setup,
          queries: queries.map(({ query }) => query),
          limits: context.limits,
        }),
        differenceOf,
      },
      answer,
      context,
      tools,
      how,
    ),
});

function stamped<T extends { readonly tolerance?: number | bigint | undefined }>({ tolerance, ...rest }: T) {
  return { ...rest, ...(tolerance === undefined ? {} : { tolerance: Number(tolerance) }) };
}

/** What is not as it must be; null: nothing. */
function differenceOf(execution: Execution, wanted: Database): string | null {
  if (execution.kind === 'broken') return execution.why;
  if (execution.kind !== 'queried') return 'the sandbox answered another question';
  return differenceOfFound(execution, wanted);
}

function differenceOfFound({ answered, after: found, death }: Found, wanted: Database): string | null {
  if (death !== null) return deathInWords(death);
  if (wanted.raises !== undefined) return differenceOfFailure(answered, wanted.raises);
  if (answered.raised !== undefined) return raisedInWords(answered.raised);
  const own = differenceOfRows(answered.results.at(-1), wanted);
  if (own !== null) return own;
  for (const [at, one] of (wanted.after ?? []).entries()) {
    const result = found[at];
    const says = (detail: string) => `after, query ${at + 1}: ${detail}`;
    if (result === undefined) return says('it was not run');
    if (result.raised !== undefined) return says(raisedInWords(result.raised));
    const detail = differenceOfRows(result.results.at(-1), one);
    if (detail !== null) return says(detail);
  }
  return null;
}

function differenceOfFailure({ raised }: Queried, wanted: string | true): string | null {
  if (raised === undefined) return 'expected the statements to fail';
  if (wanted === true || raised.message.toLowerCase().includes(wanted.toLowerCase())) return null;
  return `expected a failure with ${JSON.stringify(wanted)}, got ${raisedInWords(raised)}`;
}

/** As one value: a list of rows, each a list. */
const asValue = (rows: readonly (readonly Value[])[]): Value => ({
  t: 'list',
  v: rows.map((row): Value => ({ t: 'list', v: [...row] })),
});

function differenceOfRows(
  got: RowSet | undefined,
  { returns, columns, unordered, tolerance }: Wanted,
): string | null {
  if (returns === undefined && columns === undefined) return null;
  if (got === undefined) return 'no statement gave rows';
  const names = (list: readonly string[]) => list.map((name) => name.toLowerCase()).join(', ');
  if (columns !== undefined && names(columns) !== names(got.columns))
    return `expected the columns ${columns.join(', ')}, got ${got.columns.join(', ')}`;
  if (returns === undefined) return null;
  if (returns.length !== got.rows.length)
    return `expected ${returns.length} row${returns.length === 1 ? '' : 's'}, got ${got.rows.length}`;
  const compare = unordered === true ? unorderedDifference : difference;
  const found = compare(asValue(returns), asValue(got.rows), {
    tolerance: tolerance === undefined ? null : Number(tolerance),
  });
  if (found === null) return null;
  const shown = (value: Value | null) =>
    value === null ? 'nothing' : showValue(value, 'javascript').slice(0, 200);
  return `${placeOf(found.path, got.columns)}expected ${shown(found.expected)}, got ${shown(found.got)}`;
}

/** `[1][0]` -> `row 2, name: `. */
function placeOf(path: string, columns: readonly string[]): string {
  const [row, column] = [...path.matchAll(/\[(\d+)\]/g)].map(([, index]) => Number(index));
  if (row === undefined) return '';
  return `row ${row + 1}${column === undefined ? '' : `, ${columns[column] ?? `column ${column + 1}`}`}: `;
}
