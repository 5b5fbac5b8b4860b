/** `bench list`: shipped suites, and the runs there are. */
import { extname, join } from 'node:path';
import { DEFAULT_OUT, listRuns } from '../../../journal/run-folder.js';
import { knownProviders } from '../../../providers/index.js';
import { shippedSuites } from '../../../run/package-files.js';
import { loadSuites } from '../../../run/request/load-suites.js';
import { emptyConfig } from '../../../suite/config.js';
import type { World } from '../../../world/world.js';
import type { Act } from '../../command.js';
import { exitCodes } from '../../exit.js';
import { openCommand } from '../../opening.js';

interface Listed {
  readonly suites: readonly { readonly name: string; readonly cases: number; readonly description: string }[];
  readonly runs: readonly {
    readonly id: string;
    readonly started_at: string;
    readonly trials: number;
    readonly candidates: readonly string[];
  }[];
}

export const act: Act = async (typed, world) => {
  const { flags, json, console } = openCommand(typed, world);
  const runs = await listRuns(flags.text('out') ?? DEFAULT_OUT, world.files);
  const listed: Listed = {
    suites: await suites(world),
    runs: runs.map(({ run: { id, started_at, trials, candidates } }) => ({
      id,
      started_at,
      trials,
      candidates: candidates.map(({ candidate, simulated }) => `${simulated ? '~' : ''}${candidate}`),
    })),
  };
  if (json) console.json(listed);
  else console.data(inWords(listed));
  return exitCodes.done;
};

async function suites({ files }: World): Promise<Listed['suites']> {
  const paths = (await files.list(shippedSuites))
    .filter((name) => extname(name) === '.yaml')
    .map((name) => join(shippedSuites, name));
  // Their cases may be in files that they include.
  const { loaded } = await loadSuites(paths, emptyConfig(knownProviders), files);
  return loaded.map(({ suite: { name, cases, description } }) => ({
    name,
    cases: cases.length,
    description: description ?? '',
  }));
}

function inWords({ suites, runs }: Listed): string {
  const lines = ['suites that come with bench'];
  for (const { name, cases, description } of suites) {
    lines.push(`  ${name}  ${cases} cases  ${description.split(/(?<=\.)\s/)[0] ?? ''}`);
  }
  lines.push('', runs.length === 0 ? 'no runs yet: bench run quickstart' : 'runs, newest first');
  for (const { id, started_at, trials, candidates } of runs) {
    lines.push(
      `  ${id}  ${started_at.slice(0, 16).replace('T', ' ')}  ${trials} trials  ${candidates.join(', ')}`,
    );
  }
  if (runs.some(({ candidates }) => candidates.some((name) => name.startsWith('~')))) {
    lines.push('', '~ simulated');
  }
  return `${lines.join('\n')}\n`;
}
