/** The README is run: its files load, its commands and flags exist, its first command is what CI and users type. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { commands } from '../src/cli/commands/index.js';
import { knownProviders } from '../src/providers/index.js';
import { bench } from './cli/bench.js';
import { folderWith } from './suite/folder.js';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const ci = readFileSync(new URL('../.ci/run', import.meta.url), 'utf8');

function blocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, text]) => text ?? '',
  );
}

const files = Object.fromEntries(blocks('yaml').map((text) => [/^# (\S+)/.exec(text)?.[1] ?? '', text]));

it('begins with the one command that needs nothing', () => {
  expect(blocks('sh')[0]).toBe('npm ci && npx bench run suites/quickstart.yaml\n');
});

it('names the test command that CI runs', () => {
  expect(readme).toContain('`npm test`');
  expect(ci).toMatch(/^npm test /m);
});

it('shows a suite that its own reference passes', async () => {
  const cwd = folderWith(files);
  expect(Object.keys(files)).toEqual(['suite.yaml', 'bench.yaml', 'rehearsal.yaml']);
  const { code, stdout, stderr } = await bench(cwd, [
    'run',
    'suite.yaml',
    '-m',
    'reference',
    '-m',
    'stub',
    '--case',
    'average',
    '--json',
  ]);
  expect(code, stderr).toBe(0);
  expect(
    JSON.parse(stdout).candidates.map((one: { pass_rate: { value: number } }) => one.pass_rate.value),
  ).toEqual([1, 0]);
});

it('shows a model that has its troubles, and is answered by it in the end', async () => {
  const line = ['simulate', 'suite.yaml', '-m', 'flaky', '--config', 'rehearsal.yaml'];
  expect(blocks('sh').join('')).toContain(`bench ${line.join(' ')}\n`);
  const { code, stdout, stderr } = await bench(folderWith(files), [...line, '-n', '5', '--seed', '1']);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/~flaky\s+100%.*\d+%/);
});

it('shows commands that stop only where a key or a server is missing', async () => {
  const cwd = folderWith(files);
  const lines = blocks('sh')
    .join('')
    .split('\n')
    .filter((line) => line.startsWith('bench run suite.yaml -r') || line.includes('ollama:'));
  expect(lines).toHaveLength(2);
  for (const line of lines) {
    const { code, stderr } = await bench(cwd, line.split(' ').slice(1));
    expect([code, stderr]).toEqual([2, expect.stringMatching(/^error: No key for openrouter/)]);
  }
});

it('shows a rotation for other programs that rotates, waits and says who answered', async () => {
  const source = blocks('js')[0]?.replace(
    "'codegen-bench'",
    JSON.stringify(new URL('../dist/index.js', import.meta.url).href),
  );
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

it('names every command, every flag and every known provider there is, and no other', () => {
  for (const { name } of commands) expect(readme).toContain(`\`bench ${name}`);
  const flags = new Set(
    commands
      .flatMap(({ flags }) => flags.flatMap(({ name }) => name.match(/--?[a-z-]+/g) ?? []))
      .concat('--help'),
  );
  const prose = readme.replaceAll(/^```[\s\S]*?^```$/gm, '');
  const named = [...prose.matchAll(/`[^`]*`/g)].flatMap(
    ([code]) => code.match(/(?<=[\s`])--?[a-z][a-z-]*/g) ?? [],
  );
  expect(named.filter((flag) => !flags.has(flag))).toEqual([]);
  for (const flag of ['--case', '--config', '--env-file', '--seed', '--fail-under', '--format'])
    expect(named).toContain(flag);
  for (const { name } of knownProviders) expect(readme).toContain(name);
});
