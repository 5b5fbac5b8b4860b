/** README and docs are run: their files load, their commands work, their links lead somewhere, and their figures are today's. */
import { execFile, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../src/cli/commands/index.js';
import { knownProviders } from '../src/providers/index.js';
import { dropSeen } from '../src/stats/power.js';
import { seededRandom } from '../src/world/random.js';
import { beta } from './analysis/simulated-runs.js';
import { bench, program } from './cli/bench.js';
import { folderWith } from './suite/folder.js';

const root = resolve(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const readme = read('README.md');
const pages = [
  'README.md',
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
];

interface Block {
  /** `sh`; `sh real` for what needs a provider, `sh recipe` for what test/cli/recipes.test.ts runs. */
  readonly language: string;
  readonly text: string;
}

function blocksIn(page: string): Block[] {
  return [...read(page).matchAll(/^```([a-z][a-z ]*)\n([\s\S]*?)^```$/gm)].map(
    ([, language = '', text = '']) => ({ language, text }),
  );
}

const nameOf = (text: string) => /^(?:#|\/\/) (\S+\.\w+)\n/.exec(text)?.[1];

/** What `bench init --yes` writes: once for all pages. */
let initialised = '';
beforeAll(async () => {
  initialised = folderWith({}, afterAll);
  const init = await bench(initialised, ['init', '--yes']);
  expect(init.code, init.stderr).toBe(0);
});

/** A folder as it is after `bench init --yes`, which leaves the page's own files alone. */
function folderOf(page: string): string {
  const files = blocksIn(page).flatMap(({ text }) => {
    const name = nameOf(text);
    return name === undefined ? [] : [[name, text] as const];
  });
  const cwd = folderWith(Object.fromEntries(files));
  cpSync(initialised, cwd, { recursive: true, force: false });
  // A page with its own models has them in its suite, too.
  if (files.some(([name]) => name === 'bench.yaml')) {
    const suite = readFileSync(join(cwd, 'suite.yaml'), 'utf8');
    writeFileSync(join(cwd, 'suite.yaml'), suite.replace(/^models: .*$/m, 'models: [reference, stub]'));
  }
  // What a user has installed: `bench`, `npx bench`, and the library.
  mkdirSync(join(cwd, 'tools'));
  const command = `exec '${process.execPath}' -- '${program}' "$@"`;
  writeFileSync(join(cwd, 'tools/bench'), `#!/bin/sh\n${command}\n`);
  writeFileSync(join(cwd, 'tools/npx'), `#!/bin/sh\nshift\n${command}\n`);
  for (const tool of ['bench', 'npx']) chmodSync(join(cwd, 'tools', tool), 0o755);
  mkdirSync(join(cwd, 'node_modules'));
  spawnSync('ln', ['-s', root, join(cwd, 'node_modules/codegen-bench')]);
  return cwd;
}

async function typed(line: string, cwd: string): Promise<{ code: number; output: string }> {
  const path = [join(cwd, 'tools'), dirname(process.execPath), process.env['PATH']].join(delimiter);
  try {
    const { stdout, stderr } = await promisify(execFile)('bash', ['-c', line], {
      cwd,
      env: { PATH: path, HOME: cwd },
    });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, output: stdout + stderr };
  }
}

const linesOf = ({ text }: Block) => text.split('\n').filter((line) => line.trim() !== '');

describe('every command of', () => {
  // The commands of all pages with `npm run test:long`.
  const shown = ['README.md'];
  const own = pages.filter(
    (page) =>
      (process.env['FC_RUNS'] !== undefined || shown.includes(page)) &&
      blocksIn(page).some(({ language }) => language.startsWith('sh')),
  );
  it.each(own)('%s', async (page) => {
    const cwd = folderOf(page);
    for (const block of blocksIn(page)) {
      if (block.language === 'sh')
        for (const line of linesOf(block)) {
          // The one command that is run where the project was cloned.
          if (line.startsWith('npm ci')) continue;
          const { code, output } = await typed(line, cwd);
          // Worse, or too few to say: both are results. Wrong input, a bug or an unknown command is not.
          expect([0, 1, 3], `${line}\n${output}`).toContain(code);
        }
      if (block.language === 'sh real')
        for (const line of linesOf(block).filter((one) => one.startsWith('bench run'))) {
          const { code, output } = await typed(`${line} --dry-run`, cwd);
          expect([code, output], line).toEqual([0, expect.stringContaining('nothing is sent')]);
        }
    }
  });
});

describe('every file of', () => {
  it.each(pages)('%s', async (page) => {
    const configs = blocksIn(page).filter(
      ({ language, text }) => language === 'yaml' && nameOf(text) !== undefined,
    );
    if (configs.length === 0) return;
    const cwd = folderOf(page);
    const isSuite = ({ text }: Block) => /^cases:/m.test(text);
    const namesOf = (blocks: readonly Block[]) => blocks.map(({ text }) => nameOf(text) ?? '');
    const suites = namesOf(configs.filter(isSuite));
    const alone = namesOf(configs.filter((block) => !isSuite(block)));
    const lines = [
      ...(suites.length === 0 ? [] : [['validate', ...suites]]),
      ...alone.map((name) => ['run', 'quickstart', '--dry-run', '--config', name]),
    ];
    for (const line of lines) {
      const { code, stdout, stderr } = await bench(cwd, line);
      expect(code, `${line}\n${stdout}${stderr}`).toBe(0);
    }
  });
});

it('the picture of the terminal shows what the README shows', () => {
  const [, shown = ''] = /^```text\n([\s\S]*?)^```$/m.exec(readme) ?? [];
  const drawn = [...read('docs/pictures/run.svg').matchAll(/^(?:<text [^>]*>[^<]*<\/text>)+$/gm)]
    .slice(1)
    .map(([line]) =>
      line
        .replaceAll(/<[^>]*>/g, '')
        .replaceAll('\u00a0', ' ')
        .replaceAll('&lt;', '<'),
    );
  const lines = shown
    .trim()
    .split('\n')
    .filter((line) => line !== '');
  // Made by `npm run pictures`.
  expect(drawn.map((line) => line.trimEnd())).toEqual(lines);
});

it('every link leads to a file and a heading that exist', () => {
  const slug = (heading: string) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-');
  const broken: string[] = [];
  for (const page of [...pages, 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md']) {
    const prose = read(page).replaceAll(/^```[\s\S]*?^```$/gm, '');
    for (const [, target = ''] of prose.matchAll(/\]\(([^)]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page : join(dirname(page), path);
      const there = statSync(join(root, file), { throwIfNoEntry: false })?.isFile() === true;
      const headings = there
        ? [...read(file).matchAll(/^#+ (.*)$/gm)].map(([, text = '']) => slug(text))
        : [];
      if (!there || (anchor !== undefined && !headings.includes(anchor))) broken.push(`${page}: ${target}`);
    }
  }
  expect(broken).toEqual([]);
});

it('the README begins with the one command that needs nothing, and has at most 200 lines', () => {
  expect(blocksIn('README.md').find(({ language }) => language === 'sh')?.text).toBe(
    'npm ci && npx bench run suites/quickstart.yaml\n',
  );
  expect(readme.split('\n').length).toBeLessThanOrEqual(200);
  expect(readme).toContain('`npm test`');
  expect(read('.ci/run')).toMatch(/^npm test /m);
});

it('the README names every command and provider; all pages together name only options that exist', () => {
  for (const { name } of commands) expect(readme).toContain(`\`bench ${name}`);
  for (const { name } of knownProviders) expect(readme).toContain(name);
  const known = new Set(
    commands
      .flatMap(({ flags }) => flags.flatMap(({ name }) => name.match(/--?[a-z-]+/g) ?? []))
      .concat('--help', '--check'),
  );
  const named = pages.flatMap((page) => {
    const prose = read(page).replaceAll(/^```[\s\S]*?^```$/gm, '');
    return [...prose.matchAll(/`[^`]*`/g)].flatMap(
      ([code]) => code.match(/(?<=[\s`])--?[a-z][a-z-]*/g) ?? [],
    );
  });
  expect([...new Set(named)].filter((option) => !known.has(option))).toEqual([]);
});

it('the table of the CI gate has the drops that are detected', () => {
  const table = read('docs/ci-gate.md')
    .split('\n')
    .filter((line) => /^\| \d+ +\|/.test(line))
    .map((line) => line.match(/\d+/g)?.map(Number) ?? []);
  expect(table.map(([cases]) => cases)).toEqual([20, 50, 100, 164, 300]);
  for (const [cases = 0, ...drops] of table)
    for (const [column, samples] of [1, 3, 5, 10].entries()) {
      const dice = seededRandom(`power/${cases}/${samples}`).next;
      const seen = Array.from({ length: 10 }, () => {
        const counts = Array.from({ length: cases }, () => {
          const rate = beta(0.8, 0.5, dice);
          const successes = Array.from({ length: samples }, dice).filter((one) => one < rate).length;
          return { n: samples, successes };
        });
        return dropSeen(counts, samples, 0.05).surely;
      }).filter((drop) => drop !== null);
      const mean = (100 * seen.reduce((sum, drop) => sum + drop, 0)) / seen.length;
      const written = drops[column] ?? 0;
      expect(Math.abs(mean - written), `${cases} x ${samples}: ${mean}`).toBeLessThan(1 + 0.12 * written);
    }
});

it('the gate for tests passes in vitest', async () => {
  const cwd = folderOf('docs/library.md');
  spawnSync('ln', ['-s', join(root, 'node_modules/vitest'), join(cwd, 'node_modules/vitest')]);
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const { code, output } = await typed(`node '${vitest}' run gate.test.mjs --root .`, cwd);
  expect(code, output).toBe(0);
  expect(output).toContain('1 passed');
});

it('the rotation for other programs rotates, waits and says who answered', async () => {
  const source = blocksIn('docs/library.md')
    .find(({ text }) => nameOf(text) === 'rotation.mjs')
    ?.text.replace("'codegen-bench'", JSON.stringify(new URL('../dist/index.js', import.meta.url).href));
  const { askInRotation } = await import(`data:text/javascript,${encodeURIComponent(source ?? '')}`);
  let nowMs = 5_000_000;
  const asked: string[] = [];
  const limited = {
    kind: 'rate_limited',
    scope: 'model',
    isPool: false,
    retryAfterMs: 3000,
    message: 'slow',
  };
  const ask = async (name: string) => {
    asked.push(`${name}@${nowMs - 5_000_000}`);
    return asked.length < 3 ? { outcome: limited } : { outcome: { kind: 'answered' }, text: 'done' };
  };
  const sleep = async (ms: number) => {
    nowMs += Math.max(0, ms);
  };
  const answer = await askInRotation(['small', 'large'], ask, sleep, () => nowMs);
  expect(answer).toMatchObject({ text: 'done', answeredBy: 'small' });
  expect(asked).toEqual(['small@0', 'large@0', 'small@3000']);
});
