/** A child in namespaces of its own (Linux, bubblewrap): it sees the folders that it is given, to read, and an empty one to write. */
import { delimiter, dirname, join } from 'node:path';
import { within } from '../../../world/deadline.js';
import type { Child, Files } from '../../../world/world.js';
import type { SandboxEdges } from '../sandbox.js';

/** A folder or file of this machine, and where a sandbox sees it. */
export interface Bound {
  readonly from: string;
  readonly to: string;
  readonly isWritable?: boolean;
}

export const asItLies = (path: string): Bound => ({ from: path, to: path });

/** What this machine offers; found out once. */
export interface Bubblewrap {
  /** Its path; null: programs run without protection, as the command asked for by name. */
  readonly path: string | null;
  /** `bubblewrap 0.8.0`. */
  readonly description: string;
  /** Whether we are root, and may become somebody who is nobody. */
  readonly isRoot: boolean;
}

/** Why there is no native sandbox here. A plain sentence. */
export class NoNativeSandbox extends Error {
  override readonly name = 'NoNativeSandbox';
}

export const INSTALL_BUBBLEWRAP =
  'install it (apt-get install bubblewrap, dnf install bubblewrap), or use --sandbox wasm. --sandbox native-unconfined runs answers without protection';

const PROBE_LIMIT_MS = 20_000;
/** Ordinary users whose numbers no system gives away: of each process of ours some, for limits count a user's processes. */
const FIRST_UID = 0x7000_0000;
const UIDS = 64;
/** Of the system, in every sandbox: programs and libraries, and no settings, homes or devices. */
const SYSTEM_FOLDERS = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];
const SYSTEM_FILES = ['/etc/ld.so.cache', '/etc/alternatives', '/etc/localtime'];
/** Empty, to write into. */
const OPEN_FOLDERS = ['/dev/shm', '/tmp', '/home/guest'];
const TMP_BYTES = 64 * 1024 * 1024;

/** The first file of that name on PATH; null: no folder has it. */
export async function programOnPath(
  name: string,
  path: string | undefined,
  files: Pick<Files, 'kind'>,
): Promise<string | null> {
  for (const folder of (path ?? '/usr/local/bin:/usr/bin:/bin').split(delimiter)) {
    const found = join(folder, name);
    if (folder !== '' && (await files.kind(found)) === 'file') return found;
  }
  return null;
}

/** Finds and tries it. Rejects with NoNativeSandbox. */
export async function probeBubblewrap(edges: SandboxEdges): Promise<Bubblewrap> {
  const { processes, files, native } = edges;
  if (native.isUnconfined) return { path: null, description: 'unconfined', isRoot: false };
  if (processes.platform !== 'linux')
    throw new NoNativeSandbox(
      `the native sandbox is bubblewrap, which is for Linux: use --sandbox wasm here, or run bench in a container`,
    );
  const path = await programOnPath('bwrap', native.path, files);
  if (path === null)
    throw new NoNativeSandbox(
      `the native sandbox needs bubblewrap, and there is no bwrap on PATH: ${INSTALL_BUBBLEWRAP}`,
    );
  const version = (await output(edges, path, ['--version'])).text.trim();
  const found: Bubblewrap = { path, description: version, isRoot: processes.uid === 0 };
  const tried = await output(edges, path, [...confinement(found, []), '/usr/bin/true']);
  if (tried.code !== 0)
    throw new NoNativeSandbox(
      `bubblewrap cannot make a sandbox here (${tried.text.trim().split('\n').at(-1) ?? 'no reason given'}): user namespaces are off, as in many containers. Allow them (docker run --security-opt seccomp=unconfined --cap-add SYS_ADMIN, say), or use --sandbox wasm. --sandbox native-unconfined runs answers without protection`,
    );
  return found;
}

/** What a program prints, and how it ends. */
export async function output(
  { processes, clock, native }: SandboxEdges,
  command: string,
  args: readonly string[],
): Promise<{ readonly text: string; readonly code: number | null }> {
  const child = processes.spawn(command, args, {
    env: { PATH: native.path ?? '/usr/bin:/bin', ...native.home },
  });
  try {
    const { code } = await within(clock, PROBE_LIMIT_MS, null, () => child.exited);
    return { text: child.output(), code };
  } finally {
    child.kill();
  }
}

/**
 * Options of bwrap. A root sandbox has no user namespace, for in one nobody but root could be had, whose processes the kernel does
 * not count: its first process becomes an ordinary user by itself.
 */
function confinement({ isRoot }: Bubblewrap, seen: readonly Bound[]): string[] {
  const bound = new Map(
    seen.flatMap((one) => (SYSTEM_FOLDERS.some((folder) => isWithin(one.to, folder)) ? [] : [[one.to, one]])),
  );
  return [
    ...(isRoot
      ? ['--unshare-pid', '--unshare-net', '--unshare-ipc', '--unshare-uts', '--unshare-cgroup-try']
      : ['--unshare-all', '--unshare-user', '--disable-userns', '--uid', '1000', '--gid', '1000']),
    '--cap-drop',
    'ALL',
    ...(isRoot ? ['--cap-add', 'CAP_SETUID', '--cap-add', 'CAP_SETGID', '--cap-add', 'CAP_KILL'] : []),
    '--die-with-parent',
    '--new-session',
    '--as-pid-1',
    '--hostname',
    'sandbox',
    '--clearenv',
    '--perms',
    '0755',
    '--dir',
    '/etc',
    ...[...SYSTEM_FOLDERS, ...SYSTEM_FILES].flatMap((path) => ['--ro-bind-try', path, path]),
    '--dev',
    '/dev',
    ...OPEN_FOLDERS.flatMap((path) => ['--perms', '1777', '--size', String(TMP_BYTES), '--tmpfs', path]),
    '--remount-ro',
    '/dev',
    // Those that bwrap makes by itself nobody but root may enter.
    ...[...new Set([...bound.keys()].flatMap(foldersAbove))].flatMap((path) => [
      '--perms',
      '0755',
      '--dir',
      path,
    ]),
    ...[...bound.values()].flatMap(({ from, to, isWritable }) => [
      isWritable === true ? '--bind' : '--ro-bind',
      from,
      to,
    ]),
    '--chdir',
    '/home/guest',
  ];
}

/** `/a`, `/a/b` of `/a/b/c`. */
function foldersAbove(path: string): string[] {
  const parts = dirname(path).split('/').slice(1);
  return parts.map((_, index) => `/${parts.slice(0, index + 1).join('/')}`).filter((one) => one !== '/');
}

/** Where folders of the user's lie in those that are emptied: they stay. */
export const keptIn = (seen: readonly Bound[]): string[] =>
  OPEN_FOLDERS.flatMap((folder) =>
    seen.flatMap(({ to }) =>
      isWithin(to, folder) && to !== folder ? [`${folder}/${to.slice(folder.length + 1).split('/')[0]}`] : [],
    ),
  );

const isWithin = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`);

/** Of each sandbox another one. */
let given = 0;

/** The user that the first process of a sandbox becomes; null: it is nobody already. */
export function nextUid({ isRoot }: Bubblewrap, ownPid: number): number | null {
  if (!isRoot) return null;
  given += 1;
  return FIRST_UID + (ownPid % 4_000_000) * UIDS + (given % UIDS);
}

/** Starts a program in a sandbox that sees these folders and the system's programs. */
export function spawnConfined(
  edges: Pick<SandboxEdges, 'processes' | 'files' | 'cacheFolders'>,
  bubblewrap: Bubblewrap,
  seen: readonly Bound[],
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  { isHeard = false, hasProc = false } = {},
): Child {
  if (bubblewrap.path === null) return spawnUnconfined(edges, seen, command, env, isHeard);
  const set = Object.entries(env).flatMap(([name, value]) => ['--setenv', name, value]);
  const proc = hasProc ? ['--proc', '/proc'] : [];
  return edges.processes.spawn(
    bubblewrap.path,
    [...confinement(bubblewrap, seen), ...proc, '--remount-ro', '/', ...set, '--', ...command],
    { env: {}, isHeard },
  );
}

/** The working folder in sandboxes. */
const HOME = '/home/guest';
let unconfined = 0;

/** Without protection: what a sandbox would show at another place is named where it lies, and a folder of its own is the home. */
function spawnUnconfined(
  { processes, files, cacheFolders }: Pick<SandboxEdges, 'processes' | 'files' | 'cacheFolders'>,
  seen: readonly Bound[],
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  isHeard: boolean,
): Child {
  unconfined += 1;
  const home = join(cacheFolders.at(-1) ?? '.', `unconfined-${processes.pid}-${unconfined}`);
  const elsewhere = seen.filter(({ from, to }) => from !== to);
  const placed = (text: string) =>
    [...elsewhere.filter(({ to }) => !isWithin(to, HOME)), { from: home, to: HOME }].reduce(
      (all, { from, to }) => all.replaceAll(to, from),
      text,
    );
  const links = elsewhere.filter(({ to }) => isWithin(to, HOME));
  const prepare = [
    'mkdir -p "$HOME" && cd "$HOME" || exit 1',
    ...links.map(({ from, to }) => `ln -s '${from}' "$HOME${to.slice(HOME.length)}"`),
    'exec "$@"',
  ].join('; ');
  const child = processes.spawn('/bin/sh', ['-c', prepare, 'sh', ...command.map(placed)], {
    env: {
      ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, placed(value)])),
      HOME: home,
      TMPDIR: home,
    },
    isHeard,
  });
  child.exited.then(() => files.remove(home)).catch(() => {});
  return child;
}
