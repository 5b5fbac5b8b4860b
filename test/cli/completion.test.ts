/** Completion in real shells: bash by its own variables, zsh by keys typed at its prompt. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { bench } from './bench.js';

const has = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0;

async function scriptIn(cwd: string, shell: string): Promise<void> {
  const { code, stdout, stderr } = await bench(cwd, ['completion', shell]);
  expect(code, stderr).toBe(0);
  writeFileSync(join(cwd, '_bench'), stdout);
}

function shellIn(cwd: string, shell: string, args: readonly string[], input = ''): string {
  const { stdout, stderr, status } = spawnSync(shell, args, {
    cwd,
    input,
    encoding: 'utf8',
    timeout: 30_000,
  });
  expect(status, stderr).toBe(0);
  return stdout;
}

const completions: readonly (readonly [string, string])[] = [
  ['bench ma', 'matrix'],
  ['bench run quick', 'quickstart'],
  ['bench run my', 'mysuite.yaml'],
  ['bench run quickstart --fail', '--fail-under'],
  ['bench run quickstart -c mod', 'moderate'],
  ['bench matrix 2026', '2026-01-01-mine-abcd'],
  ['bench matrix latest --format mark', 'markdown'],
  ['bench show latest --js', '--json'],
  ['bench completion z', 'zsh'],
  ['bench run quickstart --config conf', 'config.yaml'],
];

function folder(): string {
  const cwd = folderWith({ 'mysuite.yaml': '', 'config.yaml': '' });
  mkdirSync(join(cwd, 'results', '2026-01-01-mine-abcd'), { recursive: true });
  return cwd;
}

// Installed wherever CI runs; elsewhere a machine may lack it.
describe.skipIf(!has('bash'))('in bash', () => {
  it('completes commands, suites, flags, their values, runs and files', async () => {
    const cwd = folder();
    await scriptIn(cwd, 'bash');
    const asked = completions.map(([line]) => `complete_line ${line}`).join('\n');
    const script = `source ./_bench
complete -p bench >/dev/null
complete_line() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _bench; echo "\${COMPREPLY[*]}"; }
${asked}
`;
    expect(shellIn(cwd, 'bash', ['--norc', '-s'], script).trim().split('\n')).toEqual(
      completions.map(([, word]) => word),
    );
  });
});

describe.skipIf(!has('zsh'))('in zsh', () => {
  it('completes the same at its prompt', async () => {
    const cwd = folder();
    await scriptIn(cwd, 'zsh');
    // A zsh in a pseudo-terminal of another: what its line holds after a tab is what a user sees.
    const typed = completions
      .map(
        ([line]) => `zpty -w -n shell '${line}'$'\\t<end>\\n'
zpty -r shell seen '*<end>*' && print -r -- "$seen"
zpty -r shell seen '*READY>*'`,
      )
      .join('\n');
    const script = `zmodload zsh/zpty
zpty shell 'TERM=dumb zsh -f -i'
zpty -w shell 'unsetopt zle_bracketed_paste prompt_cr prompt_sp; autoload -Uz compinit; compinit -u -D; source ./_bench; bench() { : }; PS1=READ; PS1+="Y>"'
zpty -r shell seen '*READY>*'
${typed}
zpty -d shell
`;
    const shown = shellIn(cwd, 'zsh', ['-f', '-s'], script)
      .split('\n')
      .filter((line) => line.includes('<end>'))
      .map((line) => (/bench \S.*(?=<end>)/.exec(line)?.[0] ?? '').replaceAll(' \b', ''))
      .map((line) => stripVTControlCharacters(line).replaceAll('\u0007', '').trim());
    const wanted = completions.map(([line, word]) => line.replace(/\S+$/, word));
    expect(shown).toEqual(wanted);
  });
});
