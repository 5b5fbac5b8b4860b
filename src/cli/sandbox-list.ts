/** What each sandbox has, by asking it: modules, globals and limits. The page docs/sandboxes.md is this text. */
import { builtinModules } from 'node:module';
import { defaultLimits, type Program } from '../domain/program.js';
import { formatDuration } from '../domain/units.js';
import { type Grading, openGrading } from '../run/execution/open-grading.js';
import type { World } from '../world/world.js';

export interface SandboxList {
  readonly language: string;
  /** `CPython 3.13.2 (Pyodide 0.29.5)`. */
  readonly runtime: string;
  readonly modules: readonly string[];
  /** Of the runtime's own library, those that cannot be imported. */
  readonly missing: readonly string[];
  /** Names that need no import; empty where they are the language's own. */
  readonly globals: readonly string[];
}

const PYTHON = `
import importlib, sys
def f():
    have, lack = [], []
    for name in sorted(sys.stdlib_module_names):
        if name.startswith("_") or name in ("antigravity", "this", "idlelib", "lib2to3"):
            continue
        try:
            importlib.import_module(name)
            have.append(name)
        except BaseException:
            lack.append(name)
    return [have, lack, []]
`;

const javascript = (modules: readonly string[]) => `
// Whoever names Buffer or expect finds all that is there.
const f = () => {
  const [have, lack] = [[], []];
  for (const name of ${JSON.stringify(modules)}) {
    try { require(name); have.push(name); } catch { lack.push(name); }
  }
  return [have, lack, Object.getOwnPropertyNames(globalThis).filter((name) => !name.startsWith('_')).sort()];
};
`;

/** What a list of modules does not say. */
const NOTES: Readonly<Record<string, readonly string[]>> = {
  python: [
    'Files: each answer starts in an empty folder, `/home/guest`, and `/tmp` is empty too; both are in memory, take 64 MB and 10,000 files, and are emptied afterwards. Everything else is read-only.',
    'Threads: there are none. A thread runs to its end when it is started, and a call of an executor when it is submitted. An answer that fails after one of its threads had to wait is `unsupported`: `threads side by side`.',
    'Tests: plain assertions, functions and classes as pytest collects them (fixtures, `parametrize`, `raises`, `warns`, `approx`, `tmp_path`, `capsys`, `monkeypatch`, `caplog`, `mocker`, marks, coroutines), and `unittest`.',
    'Whole programs: `sys.stdin`, `sys.argv`, exit codes and `atexit` as in a process; each run starts anew.',
    'Packages: `packages:` in a suite or in bench.yaml adds pure Python packages of the package index.',
    'Time zones: `zoneinfo` has the whole IANA database. `hashlib` has `pbkdf2_hmac` and `scrypt`, in Python.',
  ],
  sql: [
    'Each answer has a database in memory of its own, made by `setup` of its case; window functions, recursive queries, JSON, mathematical functions and triggers are there. Extensions and files of the host are not.',
  ],
};

const OF_JAVASCRIPT = [
  'Modules of Node and globals of the Web are there where code or tests name them: `fs` in memory (an empty `/home/guest`, and `/tmp`), `path`, `events`, `util`, `crypto` (hashes, HMAC, random, PBKDF2, scrypt), `stream`, `Buffer`, `URL`, `TextEncoder`, `AbortController`, `structuredClone` and the rest of the list. `Intl` and the locale methods are those of the Node that runs `bench`; the time zone is UTC.',
  'Time: timers take no time. `Date` and `performance.now()` follow them.',
  'Tests: plain assertions with `assert`, and the styles of `node:test`, vitest, jest, mocha and chai: `describe`, `each`, hooks, `expect` with all matchers of vitest, `vi.fn`, `vi.spyOn`, fake timers. Modules cannot be mocked.',
  'Whole programs: `process.stdin`, `process.argv`, `process.exit`, `readline` and exit codes as in a process; each run starts anew.',
  'Recursion goes 9,000 calls deep and more.',
];

const CLOSED = { sandbox: 'wasm' } as const;

/** A minute: all of a library is imported. */
const ASKING_MS = 60_000;

export async function askSandboxes(world: World): Promise<readonly SandboxList[]> {
  const grading = openGrading(world);
  const modules = builtinModules.filter((name) => !name.startsWith('_')).sort();
  try {
    const lists: SandboxList[] = [];
    for (const [language, code] of [
      ['python', PYTHON],
      ['javascript', javascript(modules)],
      ['typescript', javascript(modules)],
    ] as const) {
      const program: Program = {
        kind: 'calls',
        language,
        code,
        calls: [{ entry: 'f', of: 'answer', keeps: false, args: [], kwargs: {} }],
        limits: { ...defaultLimits, timeMs: ASKING_MS },
      };
      const execution = await grading.run(CLOSED, program);
      const [result] = execution.kind === 'called' ? execution.results : [];
      if (result?.kind !== 'returned' || result.value.t !== 'list')
        throw new Error(`the ${language} sandbox does not say what it has: ${JSON.stringify(execution)}`);
      const [have = [], lack = [], globals = []] = result.value.v.map((part) =>
        part.t === 'list' ? part.v.flatMap((name) => (name.t === 'str' ? [name.v] : [])) : [],
      );
      const runtime = (grading.sandboxes()[language] ?? '').replace(/^wasm: /, '');
      lists.push({ language, runtime, modules: have, missing: lack, globals });
    }
    lists.push(await askSqlite(grading));
    return lists;
  } finally {
    await grading.close();
  }
}

/** SQL has no modules: that it runs is all there is to ask. */
async function askSqlite(grading: Grading): Promise<SandboxList> {
  await grading.run(CLOSED, {
    kind: 'queries',
    language: 'sql',
    setup: '',
    code: 'SELECT 1',
    queries: [],
    limits: defaultLimits,
  });
  const runtime = (grading.sandboxes()['sql'] ?? '').replace(/^wasm: /, '');
  return { language: 'sql', runtime, modules: [], missing: [], globals: [] };
}

export function sandboxesText(lists: readonly SandboxList[]): string {
  const { timeMs, memoryBytes, outputBytes } = defaultLimits;
  const megabytes = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MB`;
  const sections = lists.map(({ language, runtime, modules, missing, globals }) =>
    [
      `## ${language}`,
      '',
      `Runs in ${runtime}.`,
      '',
      ...(NOTES[language] ?? OF_JAVASCRIPT).flatMap((note) => [note, '']),
      ...(modules.length === 0
        ? []
        : [`Modules: ${wordList(modules)}.`, '', `Not there: ${wordList(missing)}.`]),
      ...(globals.length === 0 ? [] : ['', `Globals: ${wordList(globals)}.`]),
    ]
      .join('\n')
      .trimEnd(),
  );
  return `${[
    '# What the sandboxes have',
    `An answer may run for ${formatDuration(timeMs)}, take ${megabytes(memoryBytes)} and print ${megabytes(outputBytes)}; \`limits:\` in a case changes the first two. There is no network, no other process and no file of the host. An answer that needs a module which exists elsewhere, and is not there, is \`unsupported\`: an error that is in no rate. Python with your own packages, threads and processes: [the native sandbox](native.md).`,
    ...sections,
  ].join('\n\n')}\n`;
}

const wordList = (words: readonly string[]) =>
  words.length === 0 ? 'none' : words.map((word) => `\`${word}\``).join(', ');
