/** `bench list`: shipped suites, and the runs there are. */
import { basename, extname, join } from 'node:path';
import { DEFAULT_OUT, listRuns } from '../../journal/run-folder.js';
import { shippedSuites } from '../../run/package-files.js';
import { readYaml } from '../../suite/yaml-source.js';
import type { World } from '../../world/world.js';
import type { Act } from '../command.js';
import { exitCodes } from '../exit.js';
import { openCommand } from '../opening.js';

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
  const names = (await files.list(shippedSuites)).filter((name) => extname(name) === '.yaml');
  return Promise.all(
    names.map(async (name) => {
      const { data } = readYaml(await files.readText(join(shippedSuites, name)), name);
      const suite: object = typeof data === 'object' && data !== null ? data : {};
      const cases = 'cases' in suite && Array.isArray(suite.cases) ? suite.cases.length : 0;
      const description = 'description' in suite ? String(suite.description).trim() : '';
      return { name: basename(name, '.yaml'), cases, description };
    }),
  );
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
