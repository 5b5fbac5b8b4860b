// The files that Python sees: its library, which nobody can change, and two folders in memory that each program finds
// empty. Emscripten keeps files in JavaScript, outside of the heap that is copied back, so they are put back here.

import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** Where programs may write: the working folder, and what `tempfile` takes. */
const OPEN_FOLDERS = ['/home/guest', '/tmp'];
/** They are no part of the heap, and so of no other limit. */
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_FILES = 10_000;

/** Modules of our own beside Python's library, and the time zones. */
export function addLibrary(FS, harnessFolder) {
  const folder = `${harnessFolder}/python-library`;
  const library = FS.readdir('/lib').find((name) => /^python3\.\d+$/.test(name));
  for (const name of readdirSync(folder)) {
    if (name.endsWith('.py'))
      FS.writeFile(`/lib/${library}/site-packages/${name}`, readFileSync(`${folder}/${name}`));
  }
  const zones = JSON.parse(gunzipSync(readFileSync(`${harnessFolder}/zones.json.gz`)).toString('utf8'));
  const files = zones.files.map((text) => Buffer.from(text, 'base64'));
  const root = '/usr/share/zoneinfo';
  for (const [name, at] of Object.entries(zones.names)) {
    FS.mkdirTree(`${root}/${name}`.slice(0, -name.split('/').at(-1).length - 1));
    FS.writeFile(`${root}/${name}`, files[at]);
  }
}

/**
 * Closes all files but the open folders; called once everything is loaded. Returns what puts files, streams and the
 * working folder back.
 */
export function openFiles(FS, errors) {
  const { MEMFS } = FS.filesystems;
  const refuse = (code) => {
    throw new FS.ErrnoError(code);
  };
  const roots = OPEN_FOLDERS.map((path) => {
    if (!FS.analyzePath(path).exists) FS.mkdirTree(path);
    return FS.lookupPath(path).node;
  });
  const modes = roots.map(({ mode }) => mode);
  const isOpen = (node) => {
    for (let at = node; at; at = at.parent === at ? null : at.parent) if (roots.includes(at)) return true;
    return false;
  };
  closeAllBut(FS, roots);

  // --- What an open folder takes ---------------------------------------------------------------------------------

  let bytes = 0;
  let files = 0;
  /** Counted anew when a limit is reached: what was deleted is in neither count. */
  const recount = () => {
    bytes = 0;
    files = 0;
    const visit = (node) => {
      files += 1;
      if (FS.isFile(node.mode)) bytes += node.contents?.length ?? 0;
      if (FS.isDir(node.mode)) for (const child of Object.values(node.contents)) visit(child);
    };
    for (const root of roots) visit(root);
    const linked = new Set(FS.streams.filter(Boolean).map(({ node }) => node));
    for (const node of linked) if (isOpen(node) && FS.isFile(node.mode)) bytes += node.contents?.length ?? 0;
  };
  const room = (more) => {
    if (bytes + more > MOST_BYTES) recount();
    if (bytes + more > MOST_BYTES) refuse(errors.ENOSPC);
  };
  const { createNode, resizeFileStorage } = MEMFS;
  MEMFS.createNode = (parent, name, mode, device) => {
    // A device of one's own would be a way to those of the host.
    if (FS.isChrdev(mode)) refuse(errors.EPERM);
    if (files >= MOST_FILES) recount();
    if (files >= MOST_FILES) refuse(errors.ENOSPC);
    files += 1;
    return createNode(parent, name, mode, device);
  };
  const counted = (node, more, change) => {
    room(more);
    const before = node.contents?.length ?? 0;
    const result = change();
    bytes += (node.contents?.length ?? 0) - before;
    return result;
  };
  MEMFS.resizeFileStorage = (node, size) =>
    counted(node, Math.max(0, size - (node.contents?.length ?? 0)), () => resizeFileStorage(node, size));
  const streams = MEMFS.ops_table.file.stream;
  const { write } = streams;
  streams.write = (stream, buffer, offset, length, position, canOwn) => {
    const more = Math.max(0, position + length - (stream.node.contents?.length ?? 0));
    return counted(stream.node, more, () => write(stream, buffer, offset, length, position, canOwn));
  };
  // Modes, times and sizes, also of files that a program may only read.
  for (const kind of ['dir', 'file', 'link', 'chrdev']) {
    const operations = MEMFS.ops_table[kind].node;
    const { setattr } = operations;
    operations.setattr = (node, attributes) => {
      if (!isOpen(node)) refuse(errors.EPERM);
      setattr(node, attributes);
    };
  }
  FS.mount = () => refuse(errors.EPERM);
  FS.unmount = FS.mount;

  // --- Putting back ----------------------------------------------------------------------------------------------

  const standing = [...FS.streams];
  const fields = standing.map((stream) => ({ ...stream }));
  const shared = standing.map((stream) => ({ ...stream?.shared }));
  const { currentPath, nextInode } = FS;
  const drop = (node) => {
    if (FS.isDir(node.mode)) for (const child of Object.values(node.contents)) drop(child);
    FS.destroyNode(node);
  };
  return () => {
    FS.streams = [...standing];
    standing.forEach((stream, at) => {
      if (!stream) return;
      // A closed one has lost its number.
      Object.assign(stream, fields[at]);
      Object.assign(stream.shared, shared[at]);
    });
    FS.currentPath = currentPath;
    FS.nextInode = nextInode;
    bytes = 0;
    files = 0;
    roots.forEach((root, at) => {
      for (const child of Object.values(root.contents)) drop(child);
      root.contents = {};
      root.mode = modes[at];
    });
  };
}

/** Emscripten's root ignores modes while `ignorePermissions` is set. */
function closeAllBut(FS, roots) {
  const seen = new Set(roots);
  const visit = (node) => {
    if (seen.has(node)) return;
    seen.add(node);
    if (!FS.isChrdev(node.mode)) node.mode &= ~0o222;
    if (FS.isDir(node.mode) && node.contents && !ArrayBuffer.isView(node.contents)) {
      for (const child of Object.values(node.contents)) visit(child);
    }
  };
  visit(FS.lookupPath('/').node);
  for (const mount of FS.getMounts(FS.root.mount)) visit(mount.root);
  FS.ignorePermissions = false;
}
