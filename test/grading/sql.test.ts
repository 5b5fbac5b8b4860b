/** SQL answers that mean harm, and that nothing of any answer reaches the next. */
import { afterAll, describe, expect, it, test } from 'vitest';
import type { Execution, Program } from '../../src/domain/program.js';
import { sql } from '../../src/grading/languages/sql.js';
import { sqlite } from '../../src/grading/sandboxes/sqlite.js';
import { openOne } from './sandbox-edges.js';

const sandbox = openOne(sqlite);
afterAll(() => sandbox.close());

const limits = { timeMs: 700, memoryBytes: 64 * 1024 ** 2, outputBytes: 64 * 1024 };
const setup = 'create table t (a integer); insert into t values (1), (2);';
const run = (code: string, queries: readonly string[] = []): Promise<Execution> =>
  sandbox.run({ kind: 'queries', language: 'sql', setup, code, queries, limits } satisfies Program);

/** The first value of what the statements gave. */
function first(execution: Execution) {
  return execution.kind === 'queried' ? execution.answered.results?.at(-1)?.rows[0]?.[0] : undefined;
}

async function expectClean() {
  const found = await run(
    'select (select count(*) from sqlite_master) || (select sum(a) from t) || (select count(*) from pragma_database_list)',
  );
  expect(first(found)).toEqual({ t: 'str', v: '131' });
}

describe('hostile statements', () => {
  test.each([
    [
      'without end',
      'with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n',
      'timeout',
    ],
    [
      'without end, row by row',
      'with recursive n(i) as (select 1 union all select i + 1 from n) select i from n',
      'output',
    ],
    [
      'a cross join of millions',
      `with recursive n(i) as (select 1 union all select i + 1 from n where i < 9999) select count(*) from n a, n b, n c`,
      'timeout',
    ],
    ['a huge text', "select replace(hex(zeroblob(20000000)), '00', 'abc')", 'memory'],
    ['much printed', 'select hex(randomblob(200000))', 'output'],
    [
      'a table that grows',
      'with recursive n(i) as (select 1 union all select i + 1 from n) insert into t select hex(randomblob(100000)) from n',
      'memory',
    ],
  ])('%s', async (_, code, how) => {
    const execution = await run(code);
    // A machine under load may be out of time before it is out of memory.
    const ends = how === 'memory' ? ['memory', 'timeout'] : [how];
    expect(execution.kind === 'queried' && ends.includes(execution.death?.how ?? '')).toBe(true);
    await expectClean();
  });

  test.each([
    ['a file of the host', "attach '/etc/passwd' as host; select * from host.sqlite_master"],
    ['an extension', "select load_extension('/lib/x.so')"],
    ['a file that is read', "select readfile('/etc/passwd')"],
    ['a function that is not there', "select system('id')"],
    ['a table of the system', 'delete from sqlite_master'],
    ['no SQL', 'this is not SQL'],
    ['a broken string', "select 'abc"],
  ])('%s fails', async (_, code) => {
    const execution = await run(code);
    expect(execution).toMatchObject({
      kind: 'queried',
      answered: { raised: { types: ['SqlError', 'Error'] } },
    });
    await expectClean();
  });

  it('leaves nothing behind: no table, no attached database, no setting, no transaction', async () => {
    await run("attach 'left.db' as other; create table other.x (a); insert into other.x values (1)");
    await expectClean();
    expect(await run("attach 'left.db' as other; select a from other.x")).toMatchObject({
      answered: { raised: { message: 'no such table: other.x' } },
    });
    await run('pragma user_version = 7; pragma case_sensitive_like = 1; begin; drop table t');
    await expectClean();
    expect(first(await run('pragma user_version'))).toEqual({ t: 'int', v: '0' });
    expect(first(await run("select 'a' like 'A'"))).toEqual({ t: 'int', v: '1' });
  });
});

it('values come as they are: whole numbers exactly, blobs, nulls and infinities', async () => {
  const execution = await run("select 9007199254740993, -1.5, 'é', x'00ff', null, 9e999");
  expect(execution.kind === 'queried' && execution.answered.results?.[0]?.rows[0]).toEqual([
    { t: 'int', v: '9007199254740993' },
    { t: 'float', v: -1.5 },
    { t: 'str', v: 'é' },
    { t: 'bytes', v: '00ff' },
    { t: 'null' },
    { t: 'float', v: 'inf' },
  ]);
});

describe('what parses as SQL', () => {
  test.each([
    ['select 1', true],
    ["-- why\nSELECT 'it''s; fine' /* ; */;\n\nWITH x AS (SELECT 1) SELECT * FROM x;", true],
    [
      'CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT CASE WHEN 1 THEN 2 END; DELETE FROM b; END; SELECT 1',
      true,
    ],
    ['BEGIN; SELECT 1; COMMIT', true],
    ['Here is the query: SELECT 1', false],
    ['SELECT (1', false],
    ["SELECT 'open", false],
    ['-- nothing but words', false],
    ['', false],
  ])('%j: %s', (code, parses) => {
    expect(sql.facts(code).parses).toBe(parses);
  });
});
