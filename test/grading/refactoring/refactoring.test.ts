/** Refactored code is scored by what got better; that it still does the same is another question. */
import { afterAll, describe, expect, it, test } from 'vitest';
import { changesIn } from '../../../src/grading/refactoring/changes.js';
import { measuresOf } from '../../../src/grading/refactoring/measures.js';
import { findingsOf, reachedBefore } from '../../../src/grading/scorers/improve.js';
import { openScoring } from '../score.js';
import { type Refactoring, refactorings } from './cases.js';

const scoring = openScoring();
afterAll(() => scoring.close());

async function scored({ language, entry, table, before, improve }: Refactoring, code: string) {
  const checks = await scoring.checks({ language, entry, keys: { table, before, improve } }, code);
  const aims = checks.filter(({ name }) => name.startsWith('improve.'));
  const behaves = checks.filter(({ name }) => name.startsWith('table')).every(({ passed }) => passed);
  return { behaves, aims: aims.map(({ name, score }) => [name.replace('improve.', ''), score]) };
}

describe.each(refactorings)('$name', (one) => {
  const all = (score: number) => Object.keys(one.improve).map((key) => [key, score]);

  it('a reference reaches its aims, unchanged code none, and a cleaner one that breaks an edge case fails', async () => {
    const reference = await scored(one, one.reference);
    expect(reference.behaves).toBe(true);
    expect(new Map(reference.aims as [string, number][])).toEqual(new Map(all(1) as [string, number][]));
    const unchanged = await scored(one, `${one.before}\n`);
    expect(unchanged.behaves).toBe(true);
    expect(unchanged.aims.map(([, score]) => score)).toEqual(all(0).map(([, score]) => score));
    expect((await scored(one, one.broken)).behaves).toBe(false);
  });

  it('asks for what the code does not have yet', () => {
    expect(
      reachedBefore({ improve: { ...one.improve } } as never, measuresOf(one.language, one.before)),
    ).toEqual([]);
  });
});

const measures = (code: string) => measuresOf('python', code);
const nested = (depth: number) =>
  `def f(x):\n${Array.from({ length: depth }, (_, at) => `${'    '.repeat(at + 1)}if x > ${at}:\n`).join('')}${'    '.repeat(depth + 1)}return x\n`;

test('the way to an aim counts as far as it was gone', () => {
  const [[, finding] = []] = findingsOf({ nesting: '<=1' }, measures(nested(5)), measures(nested(3)));
  expect(finding).toEqual({ score: 0.5, detail: 'before 5, after 3, wanted at most 1' });
  const [[, worse] = []] = findingsOf({ nesting: '<=1' }, measures(nested(5)), measures(nested(6)));
  expect(worse?.score).toBe(0);
});

test('comments, docstrings, layout and quotes are no change', () => {
  const one = `def f(a,b):\n    """Says."""\n    # why\n    return g(a, 'x',)\n`;
  const other = `def f(a, b):\n    return g(\n        a,\n        "x",\n    )\n`;
  expect(measures(one).structure).toBe(measures(other).structure);
  expect(measures(one).structure).not.toBe(measures(other.replace('"x"', '"y"')).structure);
  // In Python, layout is a difference where it is a block.
  const inside = 'if a:\n    b()\n    c()\n';
  expect(measures(inside).structure).not.toBe(measures('if a:\n    b()\nc()\n').structure);
});

test('what is touched outside of the scope is counted and named', () => {
  const before = 'LIMIT = 3\n\n\ndef a():\n    return 1\n\n\ndef b():\n    return 2\n';
  const changed = (after: string) => changesIn(measures(before).units, measures(after).units, ['a']);
  expect(changed(before)).toEqual({ all: 0, inScope: 0, outside: [] });
  expect(
    changed(`${before.replace('return 1', 'return helper()')}\n\ndef helper():\n    return 1\n`),
  ).toMatchObject({
    outside: [],
  });
  const { all, inScope, outside } = changed(
    before.replace('return 1', 'x = 1\n    return x').replace('return 2', 'return 3').replace('3', '4'),
  );
  expect(outside).toEqual(['outside of functions', 'b']);
  expect([all, inScope]).toEqual([7, 3]);
});

test('aims that the code reaches already ask for nothing', () => {
  const aims = { improve: { nesting: '<=5', without: ['global', 'if'], with: ['x'], length: '-10%' } };
  expect(reachedBefore(aims as never, measures(nested(3)))).toEqual(['nesting', 'without global', 'with x']);
});

test('a method is found by its name, however it is reached', () => {
  const code = 'async function f(api) {\n  return api.orders().then((all) => all.sort());\n}\n';
  const { constructs } = measuresOf('javascript', code);
  for (const name of ['then', 'sort', 'all.sort', 'orders']) expect(constructs).toContain(name);
  const aims = { improve: { without: ['then', 'catch'] } };
  expect(reachedBefore(aims as never, measuresOf('javascript', code))).toEqual(['without catch']);
});
