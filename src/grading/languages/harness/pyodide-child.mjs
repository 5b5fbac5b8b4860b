// A process that holds one Python interpreter (Pyodide) and runs what the host sends, one request at a time.
// Everything here is synchronous: while guest code runs there is no event loop that it could use.
//
//   node [permission flags] pyodide-child.mjs <pyodide folder> <snapshot file, - or make> <folder of the harness>
//     <answer or tests> <paths of wheels, as JSON> <pid of the host>
//
// Frames on descriptor 0 (in) and 3 (out): 4 bytes of length, little endian, then JSON in UTF-8.
import { Buffer } from 'node:buffer';
import dgram from 'node:dgram';
import dns from 'node:dns';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { pathToFileURL } from 'node:url';
import { receive, send, sendBytes } from './channel.mjs';
import { watchHost } from './host-watch.mjs';
import { addLibrary, openFiles } from './pyodide-files.mjs';

const [, , pyodideFolder, snapshotFile, harnessFolder, role, wheels, hostPid] = process.argv;
watchHost(Number(hostPid));
// Python would know this script's place by it.
process.argv.length = 1;
const PAGE_BYTES = 65536;
const LONGEST_MESSAGE = 16 * 1024 * 1024;

// --- Closing the doors, before any guest code exists -----------------------------------------------------------------

const refuse = () => {
  throw new Error('not here');
};
for (const [owner, names] of [
  [net.Socket.prototype, ['connect']],
  [net.Server.prototype, ['listen']],
  [net, ['connect', 'createConnection', 'createServer']],
  [dns, ['lookup', 'resolve']],
  [dgram, ['createSocket']],
]) {
  for (const name of names) owner[name] = refuse;
}
delete globalThis.fetch;
delete globalThis.WebSocket;
delete globalThis.EventSource;

// Pyodide asks the binding for constants while it loads; under the permission model the real one would end the process.
const { constants } = await import('node:fs');
process.binding = (name) => {
  if (name === 'constants') return { fs: constants, os: {} };
  throw new Error('not here');
};

let memoryCapBytes = Number.POSITIVE_INFINITY;
let memoryDenied = false;
let outputCapBytes = 0;
const grow = WebAssembly.Memory.prototype.grow;
WebAssembly.Memory.prototype.grow = function capped(pages) {
  if (this.buffer.byteLength + pages * PAGE_BYTES > memoryCapBytes) {
    memoryDenied = true;
    throw new RangeError('memory limit');
  }
  return grow.call(this, pages);
};

// --- The interpreter ------------------------------------------------------------------------------------------------

const { loadPyodide, version } = await import(pathToFileURL(`${pyodideFolder}/pyodide.mjs`).href);
const makesSnapshot = snapshotFile === 'make';
const pyodide = await loadPyodide({
  indexURL: `${pyodideFolder}/`,
  packageCacheDir: pyodideFolder,
  jsglobals: Object.create(null),
  env: { HOME: '/home/guest', PYTHONHASHSEED: '0' },
  stdin: () => null,
  stdout: () => {},
  stderr: () => {},
  ...(makesSnapshot ? { _makeSnapshot: true } : {}),
  ...(snapshotFile === '-' || makesSnapshot ? {} : { _loadSnapshot: readFileSync(snapshotFile) }),
});
addLibrary(pyodide.FS, harnessFolder);
// What takes the longest is in the snapshot: modules that are loaded, and the harness.
if (makesSnapshot || snapshotFile === '-') {
  pyodide.runPython('import importlib; importlib.invalidate_caches(); import _preload');
  for (const file of ['python-harness.py', 'python-lending.py', 'python-shared.py', 'python-subject.py']) {
    pyodide.runPython(readFileSync(`${harnessFolder}/${file}`, 'utf8'), { filename: file });
  }
}
if (makesSnapshot) {
  sendBytes(Buffer.from(pyodide.makeMemorySnapshot()));
  process.exit(0);
}
openMarks(pyodide.FS);
installWheels(JSON.parse(wheels));
const handle = pyodide.globals.get('handle');
pyodide.runPython('seal()');
// Made last: it takes the library as it will be found.
const shared = pyodide.runPython('_make_shared(raised)');
let heard = Buffer.alloc(0);
pyodide.runPython(`settle("${role}", ${openExchange(pyodide.FS)})`);
const python = pyodide.runPython('import sys; sys.version.split()[0]');
let printedBytes = 0;
let keepsOutput = false;
const streams = { stdin: Buffer.alloc(0), stdout: [], stderr: [] };
connectStreams();
// Last: setting the streams opens them anew.
const restoreFiles = openFiles(pyodide.FS, pyodide.ERRNO_CODES);

/** Unpacks packages beside the library and imports them: each program finds them loaded. */
function installWheels(paths) {
  for (const path of paths) {
    pyodide.FS.writeFile('/package.whl', readFileSync(path));
    pyodide.runPython('install_wheel("/package.whl")');
    pyodide.FS.unlink('/package.whl');
  }
}

/** A device that takes marks and hands them to the host: whatever Python writes, none can be taken back. */
function openMarks(FS) {
  const device = FS.makedev(65, 0);
  FS.registerDevice(device, {
    open() {},
    close() {},
    write(_stream, buffer, offset, length) {
      send({ mark: Buffer.from(buffer.subarray(offset, offset + Math.min(length, 300))).toString('latin1') });
      return length;
    },
    read: () => 0,
  });
  FS.mkdev('/dev/mark', 0o222, device);
}

/**
 * A descriptor between the two interpreters of a test: what one writes, in one piece, the host carries to the other. To
 * read is to wait. No JavaScript comes within Python's reach by it.
 */
function openExchange(FS) {
  const device = FS.makedev(64, 0);
  FS.registerDevice(device, {
    open() {},
    close() {},
    write(_stream, buffer, offset, length) {
      if (length > LONGEST_MESSAGE) throw new FS.ErrnoError(pyodide.ERRNO_CODES.EFBIG);
      const text = Buffer.from(buffer.subarray(offset, offset + length)).toString('utf8');
      send({ exchange: text, memoryDenied, printedBytes });
      return length;
    },
    read(_stream, buffer, offset, length) {
      if (heard.length === 0) {
        const body = Buffer.from(receive().exchange, 'utf8');
        heard = Buffer.concat([Buffer.from(String(body.length).padStart(12)), body]);
      }
      const part = heard.subarray(0, length);
      buffer.set(part, offset);
      heard = heard.subarray(part.length);
      return part.length;
    },
  });
  FS.mkdev('/dev/exchange', 0o666, device);
  return FS.open('/dev/exchange', 'r+').fd;
}

/**
 * What is written to the descriptors themselves is kept for whole programs only, and ends at the limit: below Python nobody
 * else counts. What they read is what the request gives.
 */
function connectStreams() {
  const writeTo = (kept) => (bytes) => {
    printedBytes += bytes.length;
    if (printedBytes > outputCapBytes) throw new pyodide.FS.ErrnoError(pyodide.ERRNO_CODES.ENOSPC);
    if (keepsOutput) kept.push(Buffer.from(bytes));
    return bytes.length;
  };
  pyodide.setStdout({ write: writeTo(streams.stdout) });
  pyodide.setStderr({ write: writeTo(streams.stderr) });
  pyodide.setStdin({
    read(buffer) {
      const part = streams.stdin.subarray(0, buffer.length);
      buffer.set(part);
      streams.stdin = streams.stdin.subarray(part.length);
      return part.length;
    },
  });
}

const textOf = (pieces) => Buffer.concat(pieces).toString('utf8');

function beginScript({ stdin, files }) {
  keepsOutput = true;
  streams.stdin = Buffer.from(stdin, 'utf8');
  const { FS } = pyodide;
  for (const [name, text] of Object.entries(files)) {
    const path = `/home/guest/${name}`;
    FS.mkdirTree(path.slice(0, path.lastIndexOf('/')));
    FS.writeFile(path, text);
  }
}

const memory = () => pyodide._module.HEAPU8;
const baseline = memory().slice();

function restore() {
  const heap = memory();
  heap.set(baseline);
  if (heap.length > baseline.length) heap.fill(0, baseline.length);
  restoreFiles();
  printedBytes = 0;
  keepsOutput = false;
  streams.stdin = Buffer.alloc(0);
  streams.stdout.length = 0;
  streams.stderr.length = 0;
  heard = Buffer.alloc(0);
}

// --- Requests ---------------------------------------------------------------------------------------------------------

send({ ready: true, description: `CPython ${python} (Pyodide ${version})` });
while (true) {
  const request = receive();
  if (request.op === 'reset') {
    restore();
    memoryCapBytes = Number.POSITIVE_INFINITY;
    send({ done: true, bytes: memory().length });
    continue;
  }
  memoryDenied = false;
  outputCapBytes = request.outputBytes ?? outputCapBytes;
  memoryCapBytes = Math.max(request.memoryBytes ?? Number.POSITIVE_INFINITY, baseline.length);
  try {
    if (request.op === 'script') beginScript(request);
    const result = (request.op === 'shared' ? shared : handle)(JSON.stringify(request));
    if (result.length > LONGEST_MESSAGE) throw new Error('what it returns takes more than 16 MB');
    const printed = keepsOutput ? { stdout: textOf(streams.stdout), stderr: textOf(streams.stderr) } : {};
    send({ result, memoryDenied, printedBytes, ...printed });
  } catch (error) {
    send({ fatal: String(error).slice(0, 300), memoryDenied });
    process.exit(1);
  }
}
