/**
 * What bench adds to the requests themselves, and what large runs take: each figure beside its floor.
 *
 *   npm run bench:overhead [-- --only ask|large] [-- --trials 100000]
 *
 * The floor of asking is a process that sends the same requests through undici and reads the answers; that of reading is
 * one that reads the journal's lines and parses them.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../bin/bench.js', import.meta.url));
const print = (line = '') => process.stdout.write(`${line}\n`);
const option = (name, standard) => {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? standard : process.argv[at + 1];
};
const only = option('only', 'all');
const folder = mkdtempSync(join(tmpdir(), 'bench-overhead-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** Seconds, and the most memory that the process held, in MB. */
function timed(args, cwd = folder, env = {}) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(process.execPath, args, {
      cwd,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { PATH: process.env.PATH, HOME: folder, ...env },
    });
    let peakKb = 0;
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    const look = () => {
      try {
        const text = readFileSync(`/proc/${child.pid}/status`, 'utf8');
        peakKb = Math.max(peakKb, Number(/VmHWM:\s+(\d+)/.exec(text)?.[1] ?? 0));
      } catch {}
    };
    const timer = setInterval(look, 20);
    child.on('exit', (code) => {
      clearInterval(timer);
      if (code !== 0 && code !== 3) reject(new Error(`${args.join(' ')} ended with ${code}: ${stderr}`));
      else resolve({ seconds: (performance.now() - started) / 1000, mb: peakKb / 1024 });
    });
  });
}

/** The least time, the most, and the most memory, of so many. */
async function best(times, measure) {
  const all = [];
  for (let round = 0; round < times; round++) all.push(await measure(round));
  return {
    seconds: Math.min(...all.map(({ seconds }) => seconds)),
    most: Math.max(...all.map(({ seconds }) => seconds)),
    mb: Math.max(...all.map(({ mb }) => mb)),
  };
}

function server() {
  const body = JSON.stringify({
    id: '1',
    model: 'm',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: 'It is fine, and it is said in a sentence or two.' },
        finish_reason: 'stop',
      },
    ],
    usage: { prompt_tokens: 12, completion_tokens: 34, total_tokens: 46 },
  });
  return new Promise((resolve) => {
    const listening = createServer((request, response) => {
      request.resume();
      request.on('end', () => {
        response.setHeader('content-type', 'application/json');
        response.end(body);
      });
    }).listen(0, '127.0.0.1', () =>
      resolve({ url: `http://127.0.0.1:${listening.address().port}/v1`, close: () => listening.close() }),
    );
  });
}

const suiteOf = (cases) => `name: prose
cases:
${Array.from({ length: cases }, (_, index) => `  - { id: c${index}, category: docs, prompt: Describe number ${index} in a sentence or two., checks: [{ text_matches: fine, required: true }] }\n`).join('')}`;

async function asking() {
  const { url, close } = await server();
  writeFileSync(join(folder, 'suite.yaml'), suiteOf(100));
  writeFileSync(
    join(folder, 'bench.yaml'),
    `providers: { here: { base_url: "${url}" } }\nmodels: { m: { provider: here, model: m, stream: false } }\n`,
  );
  const floor = join(folder, 'floor.mjs');
  const undici = import.meta.resolve('undici');
  writeFileSync(
    floor,
    `import { Agent, request } from '${undici}';
const dispatcher = new Agent({ connections: 64 });
let left = 1000;
async function worker() {
  while (left-- > 0) {
    const body = JSON.stringify({ model: 'm', stream: false, messages: [{ role: 'user', content: 'Describe number ' + left + ' in a sentence or two.' }] });
    const { body: answer } = await request('${url}/chat/completions', { method: 'POST', headers: { 'content-type': 'application/json' }, body, dispatcher });
    const { choices } = await answer.json();
    if (choices[0].message.content.length === 0) throw new Error('empty');
  }
}
await Promise.all(Array.from({ length: 64 }, worker));
await dispatcher.close();
`,
  );
  let number = 0;
  const run = () =>
    timed([
      '--',
      program,
      'run',
      'suite.yaml',
      '-m',
      'm',
      '-n',
      '10',
      '-j',
      '64',
      '--quiet',
      '-o',
      `out-${number++}`,
    ]);
  await timed([floor]);
  await run();
  const bare = await best(5, () => timed([floor]));
  const ours = await best(5, run);
  print(
    `1,000 instant prose answers, 64 in flight   bare undici ${bare.seconds.toFixed(2)} s   bench ${ours.seconds.toFixed(2)} s   ${(ours.seconds / bare.seconds).toFixed(2)}x`,
  );
  close();
}

/** A run of so many trials: simulated models are the fastest there are, and the journal is the same. */
function large(trials, out) {
  const cases = Math.round(trials / 10);
  const name = `s${trials}`;
  writeFileSync(
    join(folder, `${name}.jsonl`),
    Array.from({ length: cases }, (_, index) =>
      JSON.stringify({
        id: `c${index}`,
        prompt: `Describe number ${index} in a sentence or two.`,
        checks: [{ text_matches: 'fine', required: true }],
      }),
    ).join('\n'),
  );
  writeFileSync(
    join(folder, `${name}.yaml`),
    `name: large\ndefaults: { category: docs }\nmodels: [{ name: m, provider: here, model: m, stream: false }]\ncases: { file: ${name}.jsonl }\n`,
  );
  return timed([
    '--',
    program,
    'run',
    `${name}.yaml`,
    '-n',
    '10',
    '-j',
    '64',
    '--quiet',
    '-o',
    out,
    '--seed',
    '1',
  ]);
}

async function largeRuns() {
  const trials = Number(option('trials', '100000'));
  const { url, close } = await server();
  writeFileSync(join(folder, 'bench.yaml'), `providers: { here: { base_url: "${url}" } }\n`);
  const small = await large(5_000, 'small');
  const whole = await large(trials, 'large');
  close();
  print(
    `a run of ${trials} trials   ${whole.seconds.toFixed(0)} s, ${whole.mb.toFixed(0)} MB   of 5,000: ${small.mb.toFixed(0)} MB   ${(whole.mb / small.mb).toFixed(2)}x`,
  );
  const [id] = readdirSync(join(folder, 'large'));
  const journal = join(folder, 'large', id, 'trials.jsonl');
  const reader = join(folder, 'read.mjs');
  writeFileSync(
    reader,
    `import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
let n = 0;
for await (const line of createInterface({ input: createReadStream('${journal}', 'utf8') })) if (JSON.parse(line).type === 'trial') n += 1;
if (n !== ${trials}) throw new Error(String(n));
`,
  );
  // What else a machine does only ever adds to a time.
  const floor = await best(3, () => timed([reader]));
  print(
    `its journal, ${(statSync(journal).size / 1e6).toFixed(0)} MB, read and parsed by a bare loop   ${floor.seconds.toFixed(1)} s, ${floor.mb.toFixed(0)} MB`,
  );
  for (const [name, argsOf] of [
    ['bench matrix', () => ['matrix', id, '-o', 'large']],
    ['bench rescore', () => ['rescore', id, '-o', 'large', '--quiet']],
    ['bench merge', (round) => ['merge', join('large', id), '-o', `merged-${round}`]],
    ['bench compare', () => ['compare', id, id, '-o', 'large']],
  ]) {
    const took = await best(3, (round) => timed(['--', program, ...argsOf(round)]));
    print(
      `${name.padEnd(15)} ${took.seconds.toFixed(1)} s (at most ${took.most.toFixed(1)})   ${took.mb.toFixed(0)} MB   ${(took.seconds / floor.seconds).toFixed(1)}x`,
    );
  }
}

mkdirSync(folder, { recursive: true });
if (only !== 'large') await asking();
if (only !== 'ask') await largeRuns();
