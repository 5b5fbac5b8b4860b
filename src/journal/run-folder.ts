/** results/<run-id>/: made for a run, found again by the words a user has for it. */
import { join } from 'node:path';
import type { Problem } from '../domain/errors/diagnostic.js';
import type { RunLine } from '../domain/record.js';
import type { RunSummary } from '../domain/summary.js';
import type { Clock, Files, Random } from '../world/world.js';
import { baselineFile, baselineNameTrouble, readBaseline } from './baseline.js';
import { damaged, readJournal } from './journal.js';

/** Where runs are by default. */
export const DEFAULT_OUT = 'results';
export const JOURNAL_FILE = 'trials.jsonl';
export const RUN_FILE = 'run.json';

export interface RunFolder {
  readonly id: string;
  readonly path: string;
}

/** `2026-11-23-quickstart-7f3a`: the UTC day, the first suite's name, and the tail, whose four digits give way where it is taken. */
export async function createRunFolder(
  out: string,
  suite: string,
  { files, clock, random }: { files: Files; clock: Clock; random: Random },
  tail: string,
): Promise<RunFolder> {
  const day = new Date(clock.wallMs()).toISOString().slice(0, 10);
  const digits = random.fork('run-id');
  await files.makeFolder(out);
  for (let own = tail; ; own = withOtherDigits(tail, digits)) {
    const id = runId(day, suite, own);
    const path = join(out, id);
    if ((await files.kind(path)) !== 'none') continue;
    await files.makeFolder(path);
    return { id, path };
  }
}

export function runId(day: string, suite: string, tail: string): string {
  const name = suite
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40);
  return [day, name, tail].filter((part) => part !== '').join('-');
}

function withOtherDigits(tail: string, digits: Random): string {
  const drawn = Math.floor(digits.next() * 0x10000);
  return `${drawn.toString(16).padStart(4, '0')}${tail.slice(4)}`;
}

export async function writeRunJson(folder: string, summary: RunSummary, files: Files): Promise<void> {
  await files.writeAtomic(join(folder, RUN_FILE), `${JSON.stringify(summary, null, 2)}\n`);
}

export interface KnownRun {
  readonly path: string;
  readonly run: RunLine;
}

/** The runs of a folder, newest first; folders without a readable journal are none. */
export async function listRuns(out: string, files: Files): Promise<KnownRun[]> {
  const runs: KnownRun[] = [];
  for (const name of await files.list(out)) {
    const path = join(out, name);
    if ((await files.kind(join(path, JOURNAL_FILE))) !== 'file') continue;
    const run = await readRunLine(path, files);
    if (!('problem' in run)) runs.push({ path, run });
  }
  return runs.sort((a, b) => (ageOf(a.run) < ageOf(b.run) ? 1 : -1));
}

/** A merged run is as new as the newest of its parts, and stands before it. */
function ageOf({ started_at, parts }: RunLine): string {
  const newest = parts
    ?.map((part) => part.started_at)
    .sort()
    .at(-1);
  return newest === undefined ? started_at : `${newest}, merged`;
}

/** What run a folder holds: of its journal, the first line alone is read. */
export async function readRunLine(folder: string, files: Files): Promise<RunLine | Problem> {
  try {
    for await (const line of readJournal(join(folder, JOURNAL_FILE), files)) {
      if (line.type === 'run') return line;
    }
  } catch (error) {
    return damaged(error);
  }
  return { code: 'run/not-a-run', problem: `${folder}: no run in there` };
}

/** The id of the run that a baseline of this name was made of. */
async function runOfBaseline(name: string, out: string, files: Files): Promise<string | null> {
  const path = baselineFile(out, name);
  if (baselineNameTrouble(name) !== null || (await files.kind(path)) !== 'file') return null;
  const baseline = await readBaseline(path, files);
  return 'problem' in baseline ? null : baseline.id;
}

/** A path, an id, a unique prefix of one, `latest` or a baseline's name; else a sentence that says what there is. */
export async function findRun(word: string, out: string, files: Files): Promise<string | Problem> {
  if ((await files.kind(join(word, JOURNAL_FILE))) === 'file') return word;
  const runs = await listRuns(out, files);
  const newest = runs[0];
  if (newest === undefined) {
    const help =
      out === DEFAULT_OUT
        ? 'try: bench run quickstart'
        : `runs are looked for where -o says; a path works too: ${DEFAULT_OUT}/<run>`;
    return { code: 'run/not-found', problem: `there are no runs in ${out} yet`, help };
  }
  if (word === 'latest') return newest.path;
  const exact = runs.find(({ run }) => run.id === word);
  if (exact !== undefined) return exact.path;
  const named = await runOfBaseline(word, out, files);
  if (named !== null) {
    const own = runs.find(({ run }) => run.id === named);
    return (
      own?.path ?? {
        code: 'run/not-found',
        problem: `the run ${named} of the baseline ${word} is not in ${out}`,
      }
    );
  }
  const [first, ...more] = runs.filter(({ run }) => run.id.startsWith(word));
  if (first === undefined) {
    const near = runs.find(({ run }) => run.id.includes(word.toLowerCase()));
    const help = near === undefined ? 'bench list shows the runs' : `did you mean ${near.run.id}?`;
    return {
      code: 'run/not-found',
      problem: `there is no run ${word} in ${out}`,
      help,
    };
  }
  if (more.length === 0) return first.path;
  const ids = [first, ...more].map(({ run }) => run.id);
  return {
    code: 'run/ambiguous',
    problem: `${word} may be ${ids.slice(0, 5).join(', ')}`,
    help: 'write more of the id',
  };
}

/** Each word's run, each run once; the first word that means none is reported. */
export async function findRuns(
  words: readonly string[],
  out: string,
  files: Files,
): Promise<readonly string[] | Problem> {
  const folders = new Set<string>();
  for (const word of words) {
    const folder = await findRun(word, out, files);
    if (typeof folder !== 'string') return folder;
    folders.add(folder);
  }
  return [...folders];
}
