import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism, hostname, setPriority } from 'node:os';
import type { Readable } from 'node:stream';
import type { Processes } from './world.js';

const KEPT_OUTPUT_CHARS = 4096;
/** Children yield to us: a busy grader must not lengthen the latencies that we measure beside it. */
const CHILD_NICENESS = 10;

/** Children must not outlive us, whatever ends us. */
const alive = new Set<() => void>();
function killAll(): void {
  for (const kill of alive) kill();
}

export const realProcesses: Processes = {
  platform: process.platform,
  uid: process.getuid?.() ?? null,
  pid: process.pid,
  host: hostname(),
  startOf,
  node: process.execPath,
  cores: availableParallelism(),
  async openOnDesktop(path) {
    const { default: open } = await import('open');
    await open(path);
  },
  spawn(command, args, options) {
    const child = spawn(command, [...args], {
      env: { ...options.env },
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
      // A group of its own, so that grandchildren die with it.
      detached: true,
    });
    yieldToUs(child.pid);
    let output = '';
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-KEPT_OUTPUT_CHARS);
    };
    if (options.isHeard !== true) {
      child.stdout.on('data', keep);
      child.stderr.on('data', keep);
    }
    // A write to a child that is gone fails here; `exited` reports it.
    child.stdin.on('error', () => {});
    const channel = child.stdio[3] as Readable;
    channel.on('error', () => {});

    const kill = () => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        child.kill('SIGKILL');
      }
    };
    if (alive.size === 0) process.on('exit', killAll);
    alive.add(kill);

    return {
      pid: child.pid ?? -1,
      send: (bytes) => void child.stdin.write(bytes),
      endInput: () => void child.stdin.end(),
      channel,
      stdout: child.stdout,
      stderr: child.stderr,
      output: () => output,
      kill,
      exited: new Promise((resolve) => {
        const end = (code: number | null, signal: string | null) => {
          alive.delete(kill);
          if (alive.size === 0) process.off('exit', killAll);
          resolve({ code, signal });
        };
        child.once('error', (error) => {
          output += String(error);
          end(null, null);
        });
        child.once('exit', end);
      }),
    };
  },
};

function yieldToUs(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, CHILD_NICENESS);
  } catch {
    // It is gone already, or this system has no such thing.
  }
}

/** The kernel's start time where there is a /proc (its 22nd field); else only whether it is there. */
function startOf(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is a name in brackets, which may hold anything.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended, and only waits to be reaped.
    return fields[0] === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return isThere(pid) ? 'unknown' : null;
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
