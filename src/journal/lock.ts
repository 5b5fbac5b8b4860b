/** A run belongs to one process at a time; a dead one holds nothing. */
import { join } from 'node:path';
import { z } from 'zod';
import type { Problem } from '../domain/errors/diagnostic.js';
import type { Files, Processes } from '../world/world.js';

const FILE = 'lock.json';
const holderSchema = z.object({ pid: z.number(), started: z.string(), host: z.string() });

export interface Lock {
  release(): Promise<void>;
}

/** The lock, or a sentence that says who has it. */
export async function lockRun(
  folder: string,
  { files, processes }: { readonly files: Files; readonly processes: Processes },
): Promise<Lock | Problem> {
  const path = join(folder, FILE);
  const own = { pid: processes.pid, started: processes.startOf(processes.pid) ?? '', host: processes.host };
  for (let attempt = 0; attempt < 3; attempt++) {
    if (await files.createNew(path, JSON.stringify(own))) return { release: () => files.remove(path) };
    const holder = await holderOf(path, files);
    if (holder === 'gone') continue;
    const problem = whyHeld(holder, folder, path, processes);
    if (problem !== null) return { code: 'run/locked', problem };
    await removeDead(path, holder, { files, processes });
  }
  return { code: 'run/locked', problem: `${folder} is locked by another process; try again` };
}

/** Moved away first: if another process has taken the dead one's place meanwhile, what is moved is a living one's. */
async function removeDead(
  path: string,
  dead: Holder | null,
  { files, processes }: { readonly files: Files; readonly processes: Processes },
): Promise<void> {
  const aside = `${path}.${processes.pid}.dead`;
  try {
    await files.rename(path, aside);
  } catch {
    return;
  }
  const moved = await holderOf(aside, files);
  const isDead = moved === 'gone' || moved === null || JSON.stringify(moved) === JSON.stringify(dead);
  if (isDead) await files.remove(aside);
  else await files.rename(aside, path);
}

type Holder = z.infer<typeof holderSchema>;

async function holderOf(path: string, files: Files): Promise<Holder | 'gone' | null> {
  try {
    const parsed = holderSchema.safeParse(JSON.parse(await files.readText(path)));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    // A kill between its making and its writing leaves it empty: it holds nothing.
    return error instanceof SyntaxError ? null : 'gone';
  }
}

/** Null: nobody alive. */
function whyHeld(holder: Holder | null, folder: string, path: string, processes: Processes): string | null {
  if (holder === null) return null;
  if (holder.host !== processes.host) {
    return `${folder} is locked by process ${holder.pid} on ${holder.host}, of which this machine knows nothing; if it is dead, remove ${path}`;
  }
  // A number may have been given to another process since: its start time decides.
  return processes.startOf(holder.pid) === holder.started
    ? `${folder} is being written by process ${holder.pid}, which is still running`
    : null;
}
