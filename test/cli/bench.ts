/** The real command as a process, in a folder of its own. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JournalLine, TrialRecord } from '../../src/domain/record.js';
import type { RunSummary } from '../../src/domain/summary.js';

export const program = fileURLToPath(new URL('../../bin/bench.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly pid: number;
  /** So far. */
  readonly stderr: () => string;
  readonly ended: Promise<Ended>;
  readonly signal: (name: NodeJS.Signals) => void;
  /** Resolves as soon as what it has written so far matches; rejects if it ends without. */
  readonly said: (pattern: RegExp, stream?: 'stdout' | 'stderr') => Promise<RegExpExecArray>;
}

/** Nothing of the machine's environment is handed on but where its programs are. */
export function start(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Started {
  // Node 20 reads --env-file behind the script's name too, and ends with 9 where the file is missing; `--` stops it.
  return spawned(process.execPath, ['--', program, ...args], cwd, env);
}

/** The same in what a shell has prepared: limits, mounts. */
export function benchBehind(script: string, cwd: string, args: readonly string[]): Promise<Ended> {
  const command = ['-c', `${script} && exec "$@"`, 'bash', process.execPath, '--', program, ...args];
  return spawned('bash', command, cwd, {}).ended;
}

function spawned(
  command: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Started {
  const child = spawn(command, args, {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString('utf8');
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  return {
    pid: child.pid ?? -1,
    stderr: () => stderr,
    ended: new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, stdout, stderr }));
    }),
    signal: (name) => child.kill(name),
    said: (pattern, stream = 'stdout') =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = pattern.exec(stream === 'stdout' ? stdout : stderr);
          if (found !== null) resolve(found);
        };
        child[stream].on('data', look);
        child.once('close', () => reject(new Error(`it never said ${pattern}: ${stdout}${stderr}`)));
        look();
      }),
  };
}

export function bench(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return start(cwd, args, env).ended;
}

/** The folders under results/, in their order. */
export function runsIn(cwd: string): string[] {
  const results = join(cwd, 'results');
  return existsSync(results) ? readdirSync(results).map((name) => join(results, name)) : [];
}

export function summaryIn(folder: string): RunSummary {
  return JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as RunSummary;
}

export function journalIn(folder: string): JournalLine[] {
  return readFileSync(join(folder, 'trials.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as JournalLine);
}

export function trialsIn(folder: string): TrialRecord[] {
  return journalIn(folder).filter((line): line is TrialRecord => line.type === 'trial');
}

/** The only run of a folder. */
export function onlyRun(cwd: string): string {
  const [folder, ...more] = runsIn(cwd);
  if (folder === undefined || more.length > 0) throw new Error(`${1 + more.length} runs in ${cwd}`);
  return folder;
}
