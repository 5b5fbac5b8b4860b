/** One command in a sandbox of its own: what it prints, what it writes to descriptor 3, and how it ends. */
import type { Death, Limits } from '../../../domain/program.js';
import { DeadlinePassed, within } from '../../../world/deadline.js';
import type { SandboxEdges } from '../sandbox.js';
import { asItLies, type Bound, type Bubblewrap, nextUid, spawnConfined } from './bubblewrap.js';

const MOST_PROCESSES = 64;
const MOST_FILES_OPEN = 512;
/** `ulimit -f` counts these. */
const FILE_BLOCK_BYTES = 512;
const LARGEST_FILE_BYTES = 64 * 1024 * 1024;
/** Of frames: larger than any value that is compared. */
const MOST_FRAME_BYTES = 64 * 1024 * 1024;
/** Files that a program finds in its working folder. */
const GIVEN = '/run/given';

export interface Command {
  readonly command: readonly string[];
  readonly seen: readonly Bound[];
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
  /** A folder of this machine whose files it finds in its working folder; null: none. */
  readonly given: string | null;
  readonly limits: Limits;
  /** What it may take beside `limits.memoryBytes`: its runtime's own. */
  readonly ownBytes: number;
  /** A compiler is trusted, needs many files, and writes where it is told to. */
  readonly isTrusted: boolean;
}

export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  /** What it wrote to descriptor 3. */
  readonly frames: string;
  /** 128 and more: a signal. */
  readonly exit: number;
  readonly death: Death | null;
}

/** Never rejects, but where the sandbox itself does not start. */
export async function runConfined(
  edges: SandboxEdges,
  bubblewrap: Bubblewrap,
  asked: Command,
): Promise<Ended> {
  const { limits } = asked;
  const uid = asked.isTrusted ? null : nextUid(bubblewrap, edges.processes.pid);
  const child = spawnConfined(
    edges,
    bubblewrap,
    [...asked.seen, ...(asked.given === null ? [] : [{ ...asItLies(asked.given), to: GIVEN }])],
    limited(asked, uid, bubblewrap.path !== null),
    asked.env,
    // Compilers look for themselves in there; it shows the sandbox's own processes.
    { isHeard: true, hasProc: asked.isTrusted },
  );
  let death: Death | null = null;
  let printed = 0;
  const listen = async (pipe: AsyncIterable<Uint8Array>, mostBytes: number) => {
    const pieces: Uint8Array[] = [];
    for await (const piece of pipe) {
      printed += piece.byteLength;
      if (printed > mostBytes) {
        death ??= { how: 'output', limitBytes: limits.outputBytes };
        child.kill();
        break;
      }
      pieces.push(piece);
    }
    return Buffer.concat(pieces).toString('utf8');
  };
  const framesOf = async () => {
    let bytes = 0;
    const pieces: Uint8Array[] = [];
    for await (const piece of child.channel) {
      bytes += piece.byteLength;
      if (bytes > MOST_FRAME_BYTES) break;
      pieces.push(piece);
    }
    return Buffer.concat(pieces).toString('utf8');
  };
  child.send(asked.stdin);
  child.endInput();
  const heard = Promise.all([
    listen(child.stdout, limits.outputBytes),
    listen(child.stderr, limits.outputBytes),
    framesOf(),
  ]);
  try {
    await within(edges.clock, limits.timeMs, null, () => child.exited);
  } catch (error) {
    if (!(error instanceof DeadlinePassed)) throw error;
    death ??= { how: 'timeout', limitMs: limits.timeMs };
  }
  // Its namespace ends with it, and so do all who hold its pipes.
  child.kill();
  const { code } = await child.exited;
  const [stdout, stderr, frames] = await heard;
  return { stdout, stderr, frames, exit: code ?? 137, death };
}

/** The command under its limits, as the user. `isAlone`: who has no other processes, so that they can be counted. */
export const limited = (
  asked: Pick<Command, 'limits' | 'ownBytes' | 'isTrusted' | 'given' | 'command'>,
  uid: number | null,
  isAlone: boolean,
): readonly string[] => ['/bin/sh', '-c', shell(asked, isAlone), 'sh', ...become(uid), ...asked.command];

/** Limits that the kernel keeps; then the command. Shells differ in what they call the number of processes. */
function shell(
  { limits, ownBytes, isTrusted, given }: Pick<Command, 'limits' | 'ownBytes' | 'isTrusted' | 'given'>,
  isAlone: boolean,
): string {
  const kilobytes = Math.ceil((limits.memoryBytes + ownBytes) / 1024);
  return [
    'ulimit -c 0',
    `ulimit -d ${kilobytes}`,
    ...(isTrusted
      ? []
      : [
          `ulimit -n ${MOST_FILES_OPEN}`,
          `ulimit -f ${LARGEST_FILE_BYTES / FILE_BLOCK_BYTES}`,
          ...(isAlone ? [`ulimit -p ${MOST_PROCESSES} 2>/dev/null || ulimit -u ${MOST_PROCESSES}`] : []),
        ]),
    ...(given === null ? [] : [`cp -R ${GIVEN}/. .`, 'chmod -R a+rwX . 2>/dev/null']),
    // Not in its place: who becomes another user is not ended with its parent. This shell is, and its namespace with it.
    '"$@"',
    'exit $?',
  ].join('; ');
}

const become = (uid: number | null): string[] =>
  uid === null
    ? []
    : ['setpriv', '--reuid', String(uid), '--regid', String(uid), '--clear-groups', '--inh-caps=-all'];
