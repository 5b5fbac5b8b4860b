/** What of a JavaScript answer its tests use, and what it changed of the realm. */
import { type Marks, noMarks, type Program } from '../../../domain/program.js';
import { javascript } from '../../languages/javascript.js';

/** Names that an answer may not bring to its tests: the language's, and those of the tests' own tools. */
const MACHINERY = new Set([
  ...Object.getOwnPropertyNames(globalThis),
  ...[
    'assert',
    'require',
    'test',
    'it',
    'describe',
    'beforeEach',
    'afterEach',
    'expect',
    'console',
    'module',
    'exports',
  ],
]);

/** What the tests use of the answer; the name under test comes first. */
export function placeOf(program: Extract<Program, { kind: 'tests' }>): {
  readonly names: readonly string[];
  readonly how: 'shared' | 'isolated';
  readonly watch: boolean;
} {
  const answer = javascript.facts(program.code);
  const tests = javascript.facts(program.tests);
  const defined = answer.definitions.map(({ name }) => name);
  const importsWhole = /(?:require\s*\(|from)\s*['"]\./.test(program.tests);
  const used = defined.filter((name) => importsWhole || tests.free.has(name));
  const allowed = used.filter((name) => !MACHINERY.has(name) || name === program.entry);
  const names = [...new Set([...(program.entry === null ? [] : [program.entry]), ...allowed])];
  return {
    names,
    how: program.judge === 'isolated' ? 'isolated' : 'shared',
    watch: program.judge === 'watched',
  };
}

/** Marks are known of a watched run only. Built-in names that the answer redefines are found in its source. */
export function marksOf(program: Program, reported: string): Marks | null {
  if (program.kind !== 'tests' || program.judge === 'isolated') return noMarks;
  if (program.judge === 'shared' || program.judge === 'subject') return null;
  const { free } = javascript.facts(program.tests);
  const redefined = javascript
    .facts(program.code)
    .definitions.filter(({ name }) => MACHINERY.has(name) && name !== program.entry && free.has(name))
    .map(({ name }) => `redefines ${name}`);
  return { lies: [], reach: [...reported.split('\n').filter((line) => line !== ''), ...redefined] };
}
