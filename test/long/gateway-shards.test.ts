/** Four shards that ask through one gateway share its limits: together they take as long as one process would. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { bench, start } from '../cli/bench.js';
import { completion } from '../gateway/serving.js';
import { folderWith } from '../suite/folder.js';

const RATE = 20;
const BURST = 20;
const TRIALS = 400;

/** A bucket of tokens; when the first request came and when the last was answered. */
async function limited() {
  let [tokens, filledMs] = [BURST, performance.now()];
  const seen = { admitted: 0, refused: 0, firstMs: Number.POSITIVE_INFINITY, lastMs: 0 };
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      const nowMs = performance.now();
      seen.firstMs = Math.min(seen.firstMs, nowMs);
      tokens = Math.min(BURST, tokens + ((nowMs - filledMs) / 1000) * RATE);
      filledMs = nowMs;
      const isAdmitted = tokens >= 1;
      if (isAdmitted) tokens -= 1;
      seen[isAdmitted ? 'admitted' : 'refused'] += 1;
      response.writeHead(isAdmitted ? 200 : 429, { 'content-type': 'application/json' });
      response.end(
        JSON.stringify(
          isAdmitted ? completion({ content: 'It is said.' }) : { error: { message: 'rate limit' } },
        ),
      );
      seen.lastMs = performance.now();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1` };
}

const cases = Array.from(
  { length: TRIALS / 4 },
  (_, at) => `  - { id: c${at}, category: docs, prompt: Say it., checks: [{ text_matches: "." }] }`,
);

it('finishes within 1.1 of the time that the limit allows', { timeout: 120_000 }, async () => {
  const { seen, url } = await limited();
  const config = (base: string) =>
    `providers: { p: { base_url: "${base}" } }\nmodels: { m: { provider: p, model: m } }\n`;
  const served = start(folderWith({ 'bench.yaml': config(url) }), ['serve', '--port', '0']);
  const [, gateway = ''] = await served.said(/listening on (\S+)\n/);
  const cwd = folderWith({
    'bench.yaml': config(gateway),
    'suite.yaml': `name: shared\nmodels: [m]\ncases:\n${cases.join('\n')}\n`,
  });
  const shards = [1, 2, 3, 4].map((part) =>
    bench(cwd, ['run', 'suite.yaml', '-n', '4', '--shard', `${part}/4`, '-o', `part-${part}`, '--quiet']),
  );
  for (const { code, stderr } of await Promise.all(shards)) expect(code, stderr).toBe(0);
  served.signal('SIGTERM');
  await served.ended;
  const boundMs = ((TRIALS - BURST) / RATE) * 1000;
  const found = (seen.lastMs - seen.firstMs) / boundMs;
  process.stdout.write(
    `four shards: ${found.toFixed(3)} of the bound, ${seen.refused} of ${TRIALS} refused\n`,
  );
  expect(seen.admitted).toBe(TRIALS);
  expect(found).toBeLessThan(1.1);
});
