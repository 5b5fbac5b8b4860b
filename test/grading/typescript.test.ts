// TypeScript answers in the real sandbox: types go, and the rest is JavaScript.
import { afterAll, describe, expect, test } from 'vitest';
import { quickjs } from '../../src/grading/sandboxes/javascript/quickjs.js';
import { calls, int, openOne, tests } from './sandbox-edges.js';

const sandbox = openOne(quickjs);
afterAll(() => sandbox.close());

async function one(code: string, ...args: Parameters<typeof calls>[3][number][]) {
  const execution = await sandbox.run(calls('typescript', code, 'f', args));
  return execution.kind === 'called' ? (execution.results[0] ?? execution.death) : execution;
}

async function passes(code: string, source: string) {
  const execution = await sandbox.run(tests('typescript', code, source));
  return execution.kind === 'tested' ? { passed: execution.passed, how: execution.how } : execution;
}

describe('honest answers', () => {
  test.each([
    ['annotations', 'function f(x: number): number { return x + 1; }'],
    ['plain JavaScript', 'const f = (x) => x + 1;'],
    [
      'an interface, a type and a type import',
      "import type { Q } from './q';\ninterface A { n: number }\ntype B = A & { q?: Q };\nexport function f(x: number): number { const b: B = { n: x }; return b.n + 1; }",
    ],
    [
      'generics',
      'function id<T extends number>(x: T): T { return x; }\nexport const f = <T extends number>(x: T): number => id<T>(x) + 1;',
    ],
    [
      'an enum, also a constant one',
      'enum Step { None, One }\nconst enum Two { A = 2 }\nfunction f(x: number) { return x + Step.One + Two.A - 2; }',
    ],
    [
      'an enum of strings, exported',
      'export enum Mode { Up = "up" }\nexport default function f(x: number, m = Mode.Up) { return m === "up" ? x + 1 : x; }',
    ],
    [
      'a namespace',
      'namespace Sums { export const one = 1; export function add(x: number) { return x + one; } }\nfunction f(x: number) { return Sums.add(x); }',
    ],
    [
      'parameter properties and private fields',
      'class Box { constructor(private readonly n: number) {} get next(): number { return this.n + 1; } }\nfunction f(x: number) { return new Box(x).next; }',
    ],
    [
      'abstract classes, implements and overloads',
      'interface Named { name(): string }\nabstract class Base implements Named { abstract name(): string; }\nclass Own extends Base { name() { return "own"; } }\nfunction f(x: number): number;\nfunction f(x: string): number;\nfunction f(x: any): number { return new Own().name() === "own" ? x + 1 : 0; }',
    ],
    [
      'casts, satisfies and non-null assertions',
      'const table = { a: 1 } satisfies Record<string, number>;\nfunction f(x: unknown) { return (x as number) + table!.a + <number>0; }',
    ],
    [
      'a guard',
      'function is(x: unknown): x is number { return typeof x === "number"; }\nfunction f(x: unknown) { return is(x) ? x + 1 : 0; }',
    ],
    ['export =', 'function f(x: number) { return x + 1; }\nexport = f;'],
    ['async', 'async function f(x: number): Promise<number> { await null; return x + 1; }'],
    ['CRLF and a byte order mark', '\uFEFFfunction f(x: number): number {\r\n  return x + 1;\r\n}\r\n'],
  ])('%s', async (_, code) => {
    expect(await one(code, int(1))).toMatchObject({ kind: 'returned', value: { t: 'float', v: 2 } });
  });

  test('tests in TypeScript, apart and beside', async () => {
    const source = 'const wanted: number = 3;\nassert.equal(f(2), wanted);';
    expect(await passes('function f(x: number): number { return x + 1; }', source)).toEqual({
      passed: true,
      how: 'isolated',
    });
    expect(await passes('function f(x: number): number { return x; }', source)).toMatchObject({
      passed: false,
    });
    const classes = 'const s = new Stack<number>(); s.push(Kind.B); assert.equal(s.pop(), 1);';
    expect(
      await passes(
        'export enum Kind { A, B }\nexport class Stack<T> { private items: T[] = []; push(x: T) { this.items.push(x); } pop(): T | undefined { return this.items.pop(); } }',
        classes,
      ),
    ).toMatchObject({ passed: true });
  });
});

describe('what goes wrong', () => {
  test('a line of the answer is told, where the types were blanked', async () => {
    expect(await one('type A = number;\n\nfunction f(): A {\n  throw new Error("no");\n}')).toMatchObject({
      kind: 'raised',
      raised: { message: 'no', line: 4 },
    });
    expect(await one('enum E { A }\n\nfunction f() {\n  throw new Error("no");\n}')).toMatchObject({
      kind: 'raised',
      raised: { message: 'no', line: null },
    });
  });

  test('an error of syntax is the answer’s, with its line; one of the tests is ours', async () => {
    expect(await one('const a = 1;\nfunction f(x: {')).toMatchObject({
      kind: 'not_loaded',
      raised: { types: ['SyntaxError', 'Error'], line: 2 },
    });
    expect(await passes('function f() {}', 'f(;')).toMatchObject({ kind: 'broken' });
  });

  test.each([
    [
      'types nested without end',
      `type A = ${'Array<'.repeat(30_000)}1${'>'.repeat(30_000)};\nfunction f() {}`,
    ],
    ['parentheses without end', `function f() { return ${'('.repeat(50_000)}1; }`],
  ])('%s break nothing for the next answer', async (_, code) => {
    const execution = await sandbox.run(calls('typescript', code, 'f', []));
    expect(execution).toMatchObject({ kind: 'called', results: [], death: { how: 'exit' } });
    expect(await one('function f(x: number) { return x * 2; }', int(21))).toMatchObject({
      value: { t: 'float', v: 42 },
    });
  });
});
