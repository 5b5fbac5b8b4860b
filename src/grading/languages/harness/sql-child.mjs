// A process that runs SQL answers in SQLite, compiled to WebAssembly: a database in memory for each program, in an instance
// of its own, so that nothing is left of it. SQLite cannot be interrupted there: the host kills this process.
//
//   node [permission flags] sql-child.mjs <folder with sql-wasm.js and sql-wasm.wasm> <pid of the host>
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import net from 'node:net';
import { receive, send } from './channel.mjs';
import { watchHost } from './host-watch.mjs';

const [, , folder, hostPid] = process.argv;
watchHost(Number(hostPid));
const PAGE_BYTES = 65536;

net.Socket.prototype.connect = () => {
  throw new Error('not here');
};
delete globalThis.fetch;
delete globalThis.WebSocket;

let memoryCapBytes = Number.POSITIVE_INFINITY;
let memoryDenied = false;
const { grow } = WebAssembly.Memory.prototype;
WebAssembly.Memory.prototype.grow = function capped(pages) {
  if (this.buffer.byteLength + pages * PAGE_BYTES > memoryCapBytes) {
    memoryDenied = true;
    throw new RangeError('memory limit');
  }
  return grow.call(this, pages);
};

const require = createRequire(import.meta.url);
const file = `${folder}/sql-wasm.js`;
const wasm = await WebAssembly.compile(readFileSync(`${folder}/sql-wasm.wasm`));

async function openSqlite() {
  // The package keeps one instance for ever: it is loaded anew.
  delete require.cache[require.resolve(file)];
  return require(file)({
    instantiateWasm(imports, done) {
      WebAssembly.instantiate(wasm, imports).then((instance) => done(instance, wasm));
      return {};
    },
    // SQLite's own functions, and not the package's older ones.
    useOldExtensionFunctions: false,
    print: () => {},
    printErr: () => {},
  });
}

/** Too many rows to send, or to keep. */
class TooMuch extends Error {}

/** Rows of each statement that gives some; values as the host reads them. */
function rowsOf(database, code, budget) {
  const results = [];
  for (const statement of database.iterateStatements(code)) {
    const columns = statement.getColumnNames();
    const rows = [];
    while (statement.step()) {
      const row = statement.get(null, { useBigInt: true }).map(plainOf);
      budget.left -= row.reduce((sum, { v }) => sum + 8 + (typeof v === 'string' ? v.length : 0), 0);
      if (budget.left < 0) throw new TooMuch();
      if (columns.length > 0) rows.push(row);
    }
    if (columns.length > 0) results.push({ columns, rows });
  }
  return results;
}

function plainOf(x) {
  if (x === null) return { t: 'null' };
  if (typeof x === 'bigint') return { t: 'int', v: String(x) };
  if (typeof x === 'string') return { t: 'str', v: x };
  if (typeof x === 'number')
    return { t: 'float', v: Number.isFinite(x) ? x : Number.isNaN(x) ? 'nan' : x > 0 ? 'inf' : '-inf' };
  return { t: 'bytes', v: Buffer.from(x).toString('hex') };
}

const failed = (error) => ({
  raised: {
    types: ['SqlError', 'Error'],
    message: String(error?.message ?? error).slice(0, 500),
    line: null,
  },
});

async function run({ setup, code, queries, memoryBytes, outputBytes }) {
  memoryDenied = false;
  memoryCapBytes = Number.POSITIVE_INFINITY;
  const { Database } = await openSqlite();
  memoryCapBytes = memoryBytes;
  const database = new Database();
  const budget = { left: outputBytes };
  const attempt = (text) => {
    try {
      return { results: rowsOf(database, text, budget) };
    } catch (error) {
      if (error instanceof TooMuch) throw error;
      if (memoryDenied) throw error;
      return failed(error);
    }
  };
  try {
    const prepared = attempt(setup);
    if (prepared.raised) return { broken: `the setup fails: ${prepared.raised.message}` };
    const answered = attempt(code);
    return { answered, after: answered.raised ? [] : queries.map(attempt), death: null };
  } catch (error) {
    const how = error instanceof TooMuch ? 'output' : memoryDenied ? 'memory' : 'exit';
    return {
      answered: null,
      after: [],
      death: { how, detail: String(error?.message ?? error).slice(0, 120) },
    };
  } finally {
    memoryCapBytes = Number.POSITIVE_INFINITY;
    try {
      database.close();
    } catch {}
  }
}

const { Database } = await openSqlite();
const [[[version]]] = [new Database().exec('select sqlite_version()')[0].values];
send({ ready: true, description: `SQLite ${version} (sql.js)` });
while (true) {
  send(await run(receive()));
}
