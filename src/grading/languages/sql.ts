/** SQL, no more than extraction has to know: whether a text is statements, and where its strings and comments end. */
import type { Language, SourceFacts } from './language.js';

const VERBS =
  'select with insert update delete replace create alter drop values pragma begin commit rollback savepoint release explain analyze reindex vacuum'.split(
    ' ',
  );

export const sql: Language = {
  name: 'sql',
  fenceNames: [
    'sql',
    'sqlite',
    'sqlite3',
    'postgresql',
    'postgres',
    'psql',
    'mysql',
    'mariadb',
    'tsql',
    'plsql',
  ],
  facts,
  shape: (code) => ({
    functions: [],
    classes: [],
    calls: [],
    reads: [],
    imports: [],
    duplicatedLines: 0,
    keywords: [],
    lines: code.split('\n').filter((line) => !/^\s*(?:--|$)/.test(line)).length,
  }),
  stub: () => 'SELECT NULL WHERE 0;\n',
  garbage: () => 'SELECT 7919;\n',
  withPrelude: (code, prelude) => `${prelude.trimEnd()}\n${code}`,
  joinBody: (signature, body) => `${signature.trimEnd()}\n${body}`,
};

const NONE: ReadonlySet<string> = new Set();

function facts(code: string): SourceFacts {
  const { errorAt, verbs } = statementsIn(code);
  return {
    parses: errorAt === null,
    errorAt,
    // What a statement does is all that others know of it.
    definitions: verbs.map((name) => ({ name, kind: 'variable' })),
    uses: NONE,
    free: NONE,
    imported: NONE,
    imports: [],
  };
}

interface Statements {
  /** Offset of what is no SQL; null: all of it is. */
  readonly errorAt: number | null;
  /** What each of them begins with. */
  readonly verbs: readonly string[];
}

/** Each statement begins with a verb, and strings, comments and brackets end. */
function statementsIn(code: string): Statements {
  const verbs: string[] = [];
  let depth = 0;
  let isAtStart = true;
  /** Within the body of a trigger. */
  let isInBody = false;
  let openCases = 0;
  const tokens =
    /\s+|--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]\n]*\]|[A-Za-z_][\w$]*|[\s\S]/gy;
  for (const { 0: text, index } of code.matchAll(tokens)) {
    if (/^(?:\s|--|\/\*)/.test(text)) continue;
    const word = text.toLowerCase();
    if (isAtStart && text !== ';' && text !== '(') {
      if (!VERBS.includes(word) && !(isInBody && word === 'end')) return { errorAt: index, verbs };
      verbs.push(word);
      isAtStart = false;
    }
    if (text === '(') depth += 1;
    if (text === ')') depth -= 1;
    if (/^['"`]$/.test(text) || depth < 0) return { errorAt: index, verbs };
    if (word === 'begin' && verbs.at(-1) === 'create') isInBody = true;
    if (text === ';' || (word === 'begin' && isInBody)) isAtStart = true;
    if (word === 'case') openCases += 1;
    if (word !== 'end') continue;
    if (openCases > 0) openCases -= 1;
    else isInBody = false;
  }
  return { errorAt: depth === 0 && verbs.length > 0 ? null : code.length, verbs };
}
