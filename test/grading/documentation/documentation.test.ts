/** Documentation is checked against its code: one mistake costs one check. */
import { afterAll, describe, expect, it, test } from 'vitest';
import { readDocstring } from '../../../src/grading/documentation/python-docstrings.js';
import { isSameType, isSameValue, statedDefault } from '../../../src/grading/documentation/stated.js';
import { openScoring } from '../score.js';
import { type Documented, documentedCases } from './cases.js';

const scoring = openScoring();
afterAll(() => scoring.close());

async function lostBy({ language, code, isReadme = false }: Documented, answer: string) {
  const document = { of: code, examples_run: true, as: isReadme ? 'readme' : 'code' };
  const checks = await scoring.checks({ language, keys: { document } }, answer);
  expect(checks.length).toBeGreaterThan(4);
  return checks
    .filter(({ passed }) => !passed)
    .map(({ name, detail }) => ({ lost: name.replace('document.', ''), detail }));
}

const isWhole = process.env['FC_RUNS'] !== undefined;

describe.each(documentedCases)('$name', (one) => {
  // All of them with `npm run test:long`.
  const mistakes = isWhole ? one.mistakes : one.mistakes.slice(0, 4);
  it('has a reference that loses nothing', async () => {
    expect(await lostBy(one, one.reference)).toEqual([]);
  });
  it.each(mistakes)('%j -> %j', async (from, to, lost) => {
    expect(one.reference.split(from)).toHaveLength(2);
    const found = await lostBy(
      one,
      one.reference.replace(from, () => to),
    );
    expect(found.map((check) => check.lost)).toEqual(lost === '' ? [] : [lost]);
  });
  it('without documentation loses nearly all', async () => {
    const lost = await lostBy(one, one.isReadme ? 'It works.' : one.code);
    expect(lost.map((check) => check.lost)).toContain('examples');
    expect(lost.length).toBeGreaterThan(4);
  });
});

test.each(['class', 'constructor', 'both'])('parameters of a constructor are found in: %s', async (where) => {
  const args = (indent: string) => `\n\n${indent}Args:\n${indent}    limit: How many. Defaults to 10.\n`;
  const has = (place: string) => where === 'both' || where === place;
  const answer = `class Queue:
    """Holds items.${has('class') ? args('    ') : '\n'}
    >>> Queue().limit
    10
    """

    def __init__(self, limit=10):
        """Start empty.${has('constructor') ? args('        ') : ''}
        """
        self.limit = limit
`;
  const code = 'class Queue:\n    def __init__(self, limit=10):\n        self.limit = limit\n';
  const document = { of: code, examples_run: true };
  const checks = await scoring.checks({ language: 'python', keys: { document } }, answer);
  expect(checks.filter(({ passed }) => !passed)).toEqual([]);
  expect(checks.map(({ name }) => name)).toContain('document.Queue(limit)');
});

test('docstrings of each style are read alike', () => {
  const parameters = [
    { name: 'a', type: 'int', default: '3' },
    { name: 'rest', type: null, default: null },
  ];
  const google =
    'Says.\n\n    Args:\n        a (int, optional): One, that\n            goes on. Defaults to 3.\n        *rest: More.\n\n    Yields:\n        int: Each.\n\n    Raises:\n        KeyError: If.\n        ValueError: Or.\n    ';
  const numpy =
    'Says.\n\n    Parameters\n    ----------\n    a : int, optional\n        One (default: 3).\n    *rest\n        More.\n\n    Yields\n    ------\n    int\n\n    Raises\n    ------\n    KeyError, ValueError\n    ';
  const rest =
    'Says.\n\n    :param a: One,\n        defaults to 3\n    :type a: int\n    :param rest: More.\n    :yield: each\n    :raises KeyError: if\n    :raises ValueError: or\n    ';
  for (const text of [google, numpy, rest]) {
    expect(readDocstring(text)).toMatchObject({ parameters, raises: ['KeyError', 'ValueError'] });
    expect(readDocstring(text).text.startsWith('Says.')).toBe(true);
  }
  expect(readDocstring('Returns the sum.').returns).toBe(false);
  const reasons = 'Says.\n\n    Raises:\n        KeyError: If a: or b, or none at all.\n    ';
  expect(readDocstring(reasons).raises).toEqual(['KeyError']);
});

describe('with `covers: [parameters, defaults]`, a default must be mentioned', () => {
  const inPython = (text: string) => `def f(size=3):
    """Say.

    ${text}
    """
    return size
`;
  const inScript = (text: string) => `/**
 * Say.
 *
 * ${text}
 */
function f(size = 3) {
  return size;
}
`;
  it.each([
    ['python', inPython('Args:\n        size: How many.'), false],
    ['python', inPython('Args:\n        size: How many. Defaults to 3.'), true],
    [
      'python',
      inPython('Args:\n        size (int, optional): How many; the default is the usual size.'),
      true,
    ],
    ['python', inPython('Parameters\n    ----------\n    size : int, default 3\n        How many.'), true],
    ['python', inPython('Parameters\n    ----------\n    size : int\n        How many.'), false],
    ['python', inPython(':param size: how many'), false],
    ['python', inPython(':param size: how many, by default 3'), true],
    ['javascript', inScript('@param {number} size How many.'), false],
    ['javascript', inScript('@param {number} [size] How many.'), false],
    ['javascript', inScript('@param {number} [size=3] How many.'), true],
    ['javascript', inScript('@param size - How many (default 3).'), true],
    ['python', '# f\n\n## `f(size)`\n\n- `size`: how many\n', false],
    ['python', '# f\n\n## `f(size=3)`\n\n- `size`: how many\n', true],
    ['python', '# f\n\n## `f(size)`\n\n- `size`: how many, by default 3\n', true],
  ] as const)('%s: %j is enough: %s', async (language, answer, isEnough) => {
    const of = {
      python: 'def f(size=3):\n    return size\n',
      javascript: 'function f(size = 3) {\n  return size;\n}\n',
    }[language];
    const document = {
      of,
      covers: ['parameters', 'defaults'],
      as: answer.startsWith('#') ? 'readme' : 'code',
    };
    const checks = await scoring.checks({ language, keys: { document } }, answer);
    const lost = checks.filter(({ passed }) => !passed).map(({ name, detail }) => `${name}: ${detail}`);
    expect(lost).toEqual(isEnough ? [] : ['document.f defaults: size: its default is not documented']);
  });
});

test('a default is what is said to be one', () => {
  expect(statedDefault('Defaults to `None`.')).toBe('None');
  expect(statedDefault('the step (default: 1_000)')).toBe('1_000');
  expect(statedDefault("optional, default='a b'")).toBe("'a b'");
  expect(statedDefault('The default value is -1.5')).toBe('-1.5');
  expect(statedDefault('By default the whole list.')).toBeNull();
  expect(statedDefault('falls back to the default encoding')).toBeNull();
  expect(isSameValue('1000', '1_000')).toBe(true);
  expect(isSameValue('"a"', "'a'")).toBe(true);
  expect(isSameValue('1', '1.0')).toBe(true);
  expect(isSameValue('True', 'False')).toBe(false);
  expect(isSameValue('3', 'LIMIT')).toBe(true);
});

test('types are compared as far as they are types', () => {
  const same: [string, string][] = [
    ['int or None', 'int | None'],
    ['Optional[int]', 'int | None'],
    ['list of int', 'list[int]'],
    ['string', 'str'],
    ['{number[]}', 'Array<number>'],
    ['?string', 'string | null'],
    ['the rows to add', 'list[dict]'],
  ];
  for (const [one, other] of same) expect([one, isSameType(one, other)]).toEqual([one, true]);
  for (const [one, other] of [
    ['int', 'str'],
    ['list[int]', 'list[str]'],
    ['{string}', 'number'],
  ] as const)
    expect([one, isSameType(one, other)]).toEqual([one, false]);
});
