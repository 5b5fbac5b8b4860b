/**
 * What the gateway adds to a request, beside a bare proxy of node:http in the same run.
 *
 *   npm run bench:gateway [-- --seconds 10] [-- --requests 200000]
 *
 * Each server is a process of its own; a request is a chat completion of one message, answered at once. `added` is over
 * the same requests sent straight to the server behind.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
const seconds = option('seconds', 10);
const requests = option('requests', 20_000);
const folder = mkdtempSync(join(tmpdir(), 'bench-gateway-'));
const children = [];
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const BEHIND = `
import { createServer } from 'node:http';
const whole = JSON.stringify({ id: 'x', object: 'chat.completion', created: 1, model: 'm', choices: [{ index: 0, message: { role: 'assistant', content: 'Hello, world. '.repeat(20) }, finish_reason: 'stop' }], usage: { prompt_tokens: 9, completion_tokens: 80 } });
const chunk = (delta, finish) => 'data: ' + JSON.stringify({ id: 'x', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] }) + '\\n\\n';
const stream = chunk({ role: 'assistant', content: '' }, null) + chunk({ content: 'Hello, ' }, null).repeat(20) + chunk({}, 'stop') + 'data: [DONE]\\n\\n';
const server = createServer((asked, response) => {
  let text = '';
  asked.on('data', (piece) => { text += piece; });
  asked.on('end', () => {
    const isStream = text.includes('"stream":true');
    response.writeHead(200, { 'content-type': isStream ? 'text/event-stream' : 'application/json' });
    response.end(isStream ? stream : whole);
  });
});
server.keepAliveTimeout = 75_000;
server.listen(0, '127.0.0.1', () => console.log('listening on http://127.0.0.1:' + server.address().port + '/v1'));
`;

/** The least that a proxy can be: it reads nothing of what it passes. */
const PROXY = `
import { Agent, createServer, request } from 'node:http';
const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
const { port } = new URL(process.argv[2]);
const server = createServer((asked, response) => {
  const onward = request({ agent, port, host: '127.0.0.1', method: asked.method, path: asked.url, headers: asked.headers }, (came) => {
    response.writeHead(came.statusCode, came.headers);
    came.pipe(response);
  });
  asked.pipe(onward);
});
server.keepAliveTimeout = 75_000;
server.listen(0, '127.0.0.1', () => console.log('listening on http://127.0.0.1:' + server.address().port + '/v1'));
`;

/** Resolves with its address as soon as it says so, and after how long that was. */
function started(args) {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env.PATH, HOME: folder },
    });
    children.push(child);
    let text = '';
    child.stdout.on('data', (piece) => {
      text += piece;
      const url = /listening on (\S+)\n/.exec(text)?.[1];
      if (url !== undefined) resolve({ url, pid: child.pid, seconds: (performance.now() - begun) / 1000 });
    });
    child.on('exit', (code) => reject(new Error(`${args[0]} ended with ${code}`)));
  });
}

const dispatcher = new Agent({ connections: 256, pipelining: 1 });
const bodyOf = (stream) =>
  JSON.stringify({ model: 'm', stream, messages: [{ role: 'user', content: 'Say it. '.repeat(40) }] });

async function once(url, stream) {
  const begun = performance.now();
  const { statusCode, body } = await request(`${url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: bodyOf(stream),
    dispatcher,
  });
  const text = await body.text();
  if (statusCode !== 200 || text.length < 200) throw new Error(`${url}: ${statusCode} ${text.slice(0, 200)}`);
  return performance.now() - begun;
}

/** So many a second, whatever becomes of the earlier ones. */
async function atRate(url, perSecond, forSeconds, stream) {
  const begun = performance.now();
  const open = [];
  for (let sent = 0; sent < perSecond * forSeconds; ) {
    const due = Math.min(perSecond * forSeconds, ((performance.now() - begun) / 1000) * perSecond);
    for (; sent < due; sent += 1) open.push(once(url, stream));
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const ms = (await Promise.all(open)).sort((a, b) => a - b);
  return { p50: ms[Math.floor(ms.length * 0.5)], p99: ms[Math.floor(ms.length * 0.99)] };
}

/** As fast as 64 clients can. */
async function perSecond(url, count) {
  let left = count;
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: 64 }, async () => {
      while (left > 0) {
        left -= 1;
        await once(url, false);
      }
    }),
  );
  return count / ((performance.now() - begun) / 1000);
}

const residentMb = (pid) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

writeFileSync(join(folder, 'behind.mjs'), BEHIND);
writeFileSync(join(folder, 'proxy.mjs'), PROXY);
const behind = await started(['behind.mjs']);
writeFileSync(
  join(folder, 'bench.yaml'),
  `providers: { p: { base_url: "${behind.url}" } }\nmodels: { m: { provider: p, model: m } }\n`,
);
const proxy = await started(['proxy.mjs', behind.url]);
const gateway = await started(['--', program, 'serve', '--port', '0']);
const node = await started([
  '--input-type=module',
  '-e',
  "console.log('listening on nothing'); setInterval(() => {}, 1e6)",
]);

print(`start: ${gateway.seconds.toFixed(2)} s (an empty Node ${node.seconds.toFixed(2)} s)`);
// Everything is compiled, and the gateway has found out that its server has no limit.
for (const { url } of [behind, proxy, gateway]) await perSecond(url, 2000);
for (const stream of [false, true]) {
  const figures = {};
  for (const [name, { url }] of Object.entries({ direct: behind, proxy, gateway }))
    figures[name] = await atRate(url, 200, seconds, stream);
  const added = (name, key) => (figures[name][key] - figures.direct[key]).toFixed(2).padStart(6);
  print(`200 a second, ${stream ? 'streamed' : 'whole'}, added ms  p50     p99`);
  for (const name of ['proxy', 'gateway'])
    print(`  ${name.padEnd(24)}${added(name, 'p50')}  ${added(name, 'p99')}`);
}
const rates = {};
for (const [name, { url }] of Object.entries({ direct: behind, proxy, gateway }))
  rates[name] = await perSecond(url, 5000);
print(
  `requests a second: ${Object.entries(rates)
    .map(([name, rate]) => `${name} ${rate.toFixed(0)}`)
    .join(', ')}`,
);
const marks = [];
for (let round = 0; round < 5; round += 1) {
  await perSecond(gateway.url, requests / 5);
  marks.push(residentMb(gateway.pid));
}
print(`memory over ${requests} requests, MB: ${marks.map((mb) => mb.toFixed(0)).join(', ')}`);
process.exit(0);
