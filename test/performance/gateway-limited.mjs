/**
 * The gateway before servers with limits: how many requests it refuses, and what it adds to those that need not wait.
 *
 *   npm run bench:gateway-limited [-- --seconds 60] [-- --rate 200]
 *
 * Two models share an account that allows 20 requests a second and says nothing of it before; a third has no limit.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Agent, request } from 'undici';

const program = fileURLToPath(new URL('../../bin/bench.js', import.meta.url));
const print = (line = '') => process.stdout.write(`${line}\n`);
const option = (name, standard) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? standard : Number(process.argv[at + 1]);
};
const seconds = option('seconds', 60);
const rate = option('rate', 200);
const LIMIT = 20;
const folder = mkdtempSync(join(tmpdir(), 'bench-gateway-'));

let [tokens, filledAtMs] = [LIMIT, performance.now()];
const counts = { limited: 0, refused: 0, free: 0 };
const whole = JSON.stringify({
  object: 'chat.completion',
  choices: [
    { index: 0, message: { role: 'assistant', content: 'Hello. '.repeat(40) }, finish_reason: 'stop' },
  ],
  usage: { prompt_tokens: 9, completion_tokens: 80 },
});
const server = (answer) =>
  new Promise((resolve) => {
    const opened = createServer((asked, response) => {
      asked.resume();
      asked.on('end', () => answer(response));
    });
    opened.keepAliveTimeout = 75_000;
    opened.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${opened.address().port}/v1`));
  });
const json = (response, status, text) =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(text);
const limited = await server((response) => {
  const nowMs = performance.now();
  tokens = Math.min(LIMIT, tokens + ((nowMs - filledAtMs) / 1000) * LIMIT);
  filledAtMs = nowMs;
  if (tokens < 1) {
    counts.refused += 1;
    return json(response, 429, '{"error":{"message":"rate limit exceeded"}}');
  }
  tokens -= 1;
  counts.limited += 1;
  json(response, 200, whole);
});
const free = await server((response) => {
  counts.free += 1;
  json(response, 200, whole);
});
writeFileSync(
  join(folder, 'bench.yaml'),
  `providers:
  limited: { base_url: "${limited}" }
  free: { base_url: "${free}" }
models:
  a: { provider: limited, model: a }
  b: { provider: limited, model: b }
  c: { provider: free, model: c }
rotations: { default: [a, b, c] }
`,
);
const child = spawn(process.execPath, ['--', program, 'serve', '--port', '0'], {
  cwd: folder,
  stdio: ['ignore', 'pipe', 'inherit'],
  env: { PATH: process.env.PATH, HOME: folder },
});
process.on('exit', () => {
  child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});
const url = await new Promise((resolve) => {
  let text = '';
  child.stdout.on('data', (piece) => {
    text += piece;
    const found = /listening on (\S+)\n/.exec(text)?.[1];
    if (found !== undefined) resolve(found);
  });
});
const dispatcher = new Agent({ connections: 256, pipelining: 1 });
const body = JSON.stringify({ model: 'bench', messages: [{ role: 'user', content: 'Say it. '.repeat(40) }] });

async function once() {
  const begun = performance.now();
  const came = await request(`${url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    dispatcher,
  });
  await came.body.dump();
  const attempts = came.headers['x-bench-attempts'] ?? '';
  return {
    status: came.statusCode,
    ms: performance.now() - begun,
    overheadMs: Number(came.headers['x-bench-overhead-ms']),
    isFirst: !attempts.includes(' '),
    atMs: begun - startedMs,
  };
}

const startedMs = performance.now();
const open = [];
for (let sent = 0; sent < rate * seconds; ) {
  const due = Math.min(rate * seconds, ((performance.now() - startedMs) / 1000) * rate);
  for (; sent < due; sent += 1) open.push(once());
  await new Promise((resolve) => setTimeout(resolve, 1));
}
const all = await Promise.all(open);
const at = (list, share) => [...list].sort((a, b) => a - b)[Math.floor(list.length * share)]?.toFixed(2);
const refused = all.filter(({ status }) => status !== 200).length;
/** Code is compiled, and the limits are found out. */
const WARM_MS = 3000;
const straight = all.filter(({ isFirst, status, atMs }) => isFirst && status === 200 && atMs > WARM_MS);
const overhead = straight.map(({ overheadMs }) => overheadMs);
print(`${all.length} requests, ${refused} refused (${((100 * refused) / all.length).toFixed(2)}%)`);
print(
  `the limited account answered ${counts.limited} (it allows ${LIMIT * seconds + LIMIT}) and refused ${counts.refused}; the free one answered ${counts.free}`,
);
print(
  `${straight.length} went straight to the model that answered (after 3 s): overhead p50 ${at(overhead, 0.5)} ms, p99 ${at(overhead, 0.99)} ms`,
);
print(
  `all: p50 ${at(
    all.map(({ ms }) => ms),
    0.5,
  )} ms, p99 ${at(
    all.map(({ ms }) => ms),
    0.99,
  )} ms, longest ${at(
    all.map(({ ms }) => ms),
    0.9999,
  )} ms`,
);
process.exit(0);
