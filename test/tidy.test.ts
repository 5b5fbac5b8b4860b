// The house rules: floors, no cycles, no clock or dice outside the edges, no file that nobody needs.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix, resolve } from 'node:path';
import { parser } from '@lezer/javascript';
import { describe, expect, test } from 'vitest';

const src = resolve(import.meta.dirname, '../src');

interface Source {
  readonly path: string;
  readonly text: string;
  readonly imports: readonly string[];
}

/** A file imports lower floors and its own folder, nothing else. Type imports count. */
const floors: Readonly<Record<string, number>> = {
  domain: 0,
  stats: 0,
  world: 1,
  providers: 2,
  grading: 2,
  journal: 2,
  analysis: 2,
  engine: 3,
  suite: 3,
  reports: 3,
  gateway: 4,
  run: 4,
  'index.ts': 4,
  cli: 5,
};

const banned: readonly { readonly pattern: RegExp; readonly instead: string }[] = [
  { pattern: /\bDate\.now\b/, instead: 'clock.wallMs()' },
  { pattern: /\bnew Date\(\)/, instead: 'clock.wallMs()' },
  { pattern: /\bMath\.random\b/, instead: 'random.next()' },
  { pattern: /\bset(Timeout|Interval)\(/, instead: 'clock.sleep()' },
  { pattern: /\bprocess\.env\b/, instead: 'world.env' },
  { pattern: /\bAbortSignal\.timeout\b/, instead: 'within()' },
  { pattern: /\.localeCompare\(/, instead: 'a comparison of code units' },
  { pattern: /\.toLocaleString\(/, instead: 'a format of our own' },
  { pattern: /(?<!'.*)\bprocess\.exit\(/, instead: 'the exit code that main resolves to' },
];

function importsOf(path: string, text: string): string[] {
  const found = text.matchAll(/(?:from|import\(|^import)\s*'(\.[^']+)'/gm);
  return [...found].map(([, target = '']) =>
    posix.normalize(posix.join(posix.dirname(path), target)).replace(/\.js$/, '.ts'),
  );
}

function sourcesIn(folder: string): Source[] {
  return (
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      // What the build makes of others' code and ours.
      .filter((name) => !/[\\/]bundled[\\/]/.test(name))
      .filter((name) => name.endsWith('.ts') && statSync(join(folder, name)).isFile())
      .map((name) => {
        const path = name.split('\\').join('/');
        const text = readFileSync(join(folder, name), 'utf8');
        return { path, text, imports: importsOf(path, text) };
      })
      .sort((a, b) => (a.path < b.path ? -1 : 1))
  );
}

const roomOf = (path: string) => path.split('/')[0] ?? '';

function upwardImports(sources: readonly Source[]): string[] {
  return sources.flatMap(({ path, imports }) =>
    imports.flatMap((target) => {
      const [from, to] = [roomOf(path), roomOf(target)];
      if (from === to) return [];
      const [floor, below] = [floors[from], floors[to]];
      if (floor === undefined || below === undefined) return [`${path}: no floor for ${target}`];
      // The library stands beside run/, and uses it.
      const allowed = below < floor || (from === 'index.ts' && to === 'run');
      return allowed ? [] : [`${path} imports ${target}`];
    }),
  );
}

/** Files that reach themselves through imports. */
function cycles(sources: readonly Source[]): string[] {
  const graph = new Map(sources.map((source) => [source.path, source.imports]));
  const reaches = (start: string): boolean => {
    const seen = new Set<string>();
    const open = [...(graph.get(start) ?? [])];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (next === start) return true;
      if (seen.has(next)) continue;
      seen.add(next);
      open.push(...(graph.get(next) ?? []));
    }
    return false;
  };
  return [...graph.keys()].filter(reaches);
}

function bansBroken(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path }) => !path.startsWith('world/') && !path.startsWith('cli/'))
    .flatMap(({ path, text }) =>
      text
        .split('\n')
        .flatMap((line, index) =>
          banned
            .filter(({ pattern }) => pattern.test(line) && !/^\s*(\*|\/\/|\/\*)/.test(line))
            .map(({ instead }) => `${path}:${index + 1} use ${instead}`),
        ),
    );
}

/** Entry points that are not imported: by bin, by package.json, by npm scripts, by the bundler. */
const entries = [
  'cli/main.ts',
  'world/real.ts',
  'index.ts',
  'suite/schemas.main.ts',
  'grading/reader.worker.ts',
  'reports/html/app/main.ts',
];

function unused(sources: readonly Source[], tests: readonly Source[]): string[] {
  const wanted = new Set([...sources.flatMap((source) => source.imports), ...entries]);
  // A simulated twin is there for tests.
  const inTests = tests.map((item) => item.text).join('\n');
  return sources
    .map((source) => source.path)
    .filter(
      (path) =>
        !wanted.has(path) &&
        !(path.includes('.simulated.') && inTests.includes(path.replace(/\.ts$/, '.js'))),
    );
}

describe('the house', () => {
  const sources = sourcesIn(src);
  const tests = sourcesIn(import.meta.dirname);

  test('has files to look at', () => {
    expect(sources.length).toBeGreaterThan(40);
  });

  test('imports only downwards', () => {
    expect(upwardImports(sources)).toEqual([]);
  });

  test('has no import cycle', () => {
    expect(cycles(sources)).toEqual([]);
  });

  test('keeps clock, dice and environment at the edges', () => {
    expect(bansBroken(sources)).toEqual([]);
  });

  test('has no dead file', () => {
    expect(unused(sources, tests)).toEqual([]);
  });

  test('has no drawer and no barrel', () => {
    const drawers = sources.filter(({ path }) =>
      /(^|\/)(utils?|helpers?|common|types|constants)\.ts$/.test(path),
    );
    const barrels = sources.filter(
      ({ path, text }) => path !== 'index.ts' && /^export (\*|\{[^}]*\} from)/m.test(text),
    );
    expect([...drawers, ...barrels].map(({ path }) => path)).toEqual([]);
  });

  test('leaves nothing for later in the code', () => {
    const marks = new RegExp(`\\b(${['TO', 'DO'].join('')}|${['FIX', 'ME'].join('')})\\b`);
    const left = [...sources, ...tests].filter(({ text }) => marks.test(text)).map(({ path }) => path);
    expect(left).toEqual([]);
  });

  test('has no folder with more than 20 files', () => {
    const counts = new Map<string, number>();
    for (const { path } of sources) counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
    expect([...counts].filter(([, count]) => count > 20)).toEqual([]);
  });
});

/** Larger, and why. */
const largeFiles: Readonly<Record<string, string>> = {
  'grading/extract.ts': 'one algorithm, whose steps read from top to bottom',
  'engine/lane.ts': 'one state machine',
  'engine/pace.ts': 'one estimator',
  'suite/schema.ts': 'the one definition of the file formats',
  'analysis/summarize.ts': 'one pass over a journal',
};

/** Closures that are an object: what they return are its methods, and what they hold is its state. */
const largeFunctions: ReadonlySet<string> = new Set([
  'openLane',
  'openLaneOutcomes',
  'openPace',
  'openProviderLine',
  'openScope',
  'openSandboxes',
  // One life from its beginning to its end, over state that only it has.
  'ask',
  'conduct',
  'replay',
]);

const FILE_LINES = 350;
const FUNCTION_LINES = 90;

/** Names of functions with more lines than that. */
function longFunctions(text: string): string[] {
  const found: string[] = [];
  const lineAt = (at: number) => text.slice(0, at).split('\n').length;
  parser
    .configure({ dialect: 'ts' })
    .parse(text)
    .iterate({
      enter({ name, from, to, node }) {
        if (
          !['FunctionDeclaration', 'FunctionExpression', 'ArrowFunction', 'MethodDeclaration'].includes(name)
        )
          return;
        if (lineAt(to) - lineAt(from) + 1 <= FUNCTION_LINES) return;
        const own = node.getChild('VariableDefinition') ?? node.parent?.getChild('VariableDefinition');
        found.push(own == null ? '(anonymous)' : text.slice(own.from, own.to));
      },
    });
  return found;
}

describe('ARCHITECTURE.md', () => {
  const page = readFileSync(resolve(src, '../ARCHITECTURE.md'), 'utf8');
  const sources = sourcesIn(src);

  test('names every folder, at its floor', () => {
    const rows = new Map(
      [...page.matchAll(/^\| (\d) +\| `src\/([^`]+)\/` +\|/gm)].map(([, floor, folder = '']) => [
        folder,
        Number(floor),
      ]),
    );
    const folders = new Set(
      sources
        .map(({ path }) => dirname(path))
        .filter((folder) => folder !== '.' && !folder.includes('/harness')),
    );
    expect([...rows.keys()].sort()).toEqual([...folders].sort());
    for (const [folder, floor] of rows) expect([folder, floor]).toEqual([folder, floors[roomOf(folder)]]);
  });

  test('names only files that exist', () => {
    const named = [...page.matchAll(/`(src\/[^`]+\.ts)`/g)].map(([, path = '']) => path.slice('src/'.length));
    const known = new Set(sources.map(({ path }) => path));
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((path) => !known.has(path))).toEqual([]);
  });
});

describe('the size of things', () => {
  const sources = sourcesIn(src);

  test(`no file has more than ${FILE_LINES} lines, but for those with a reason`, () => {
    const large = sources
      .filter(({ text }) => text.split('\n').length - 1 > FILE_LINES)
      .map(({ path }) => path);
    expect(large.filter((path) => largeFiles[path] === undefined)).toEqual([]);
    expect(Object.keys(largeFiles).filter((path) => !large.includes(path))).toEqual([]);
  });

  test(`no function has more than ${FUNCTION_LINES} lines, but for objects made of closures`, () => {
    const long = sources.flatMap(({ path, text }) =>
      longFunctions(text)
        .filter((name) => !largeFunctions.has(name))
        .map((name) => `${path} ${name}`),
    );
    expect(long).toEqual([]);
  });

  test('the rule sees a long function, and not a short one', () => {
    const body = '  a();\n'.repeat(FUNCTION_LINES);
    expect(longFunctions(`function long() {\n${body}}\nconst short = () => {\n  a();\n};\n`)).toEqual([
      'long',
    ]);
  });
});

describe('the rules themselves', () => {
  const source = (path: string, text: string): Source => ({ path, text, imports: importsOf(path, text) });

  test('see an import upwards, a type-only one too', () => {
    const found = upwardImports([
      source('domain/a.ts', `import type { B } from '../engine/b.js';`),
      source('grading/a.ts', `import { b } from '../providers/b.js';`),
      source('cli/a.ts', `const b = await import('../run/start.js');`),
    ]);
    expect(found).toEqual(['domain/a.ts imports engine/b.ts', 'grading/a.ts imports providers/b.ts']);
  });

  test('see a cycle inside a folder', () => {
    const found = cycles([
      source('engine/a.ts', `import { b } from './b.js';`),
      source('engine/b.ts', `import type { A } from './a.js';`),
      source('engine/c.ts', `import { a } from './a.js';`),
    ]);
    expect(found).toEqual(['engine/a.ts', 'engine/b.ts']);
  });

  test('see a clock, and not one in a comment', () => {
    const found = bansBroken([
      source('engine/a.ts', '// Date.now is banned\nconst now = Date.now();'),
      source('world/clock.ts', 'Date.now()'),
    ]);
    expect(found).toEqual(['engine/a.ts:2 use clock.wallMs()']);
  });

  test('see a file that nobody imports', () => {
    expect(
      unused(
        [
          source('engine/a.ts', ''),
          source('cli/main.ts', `import '../engine/b.js'`),
          source('engine/b.ts', ''),
        ],
        [],
      ),
    ).toEqual(['engine/a.ts']);
  });
});
