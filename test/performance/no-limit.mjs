/**
 * How quickly a run opens where nothing limits it, over loopback: the server's time from its first request to its last
 * answer, over the ideal of all slots busy from the start.
 *
 *   npm run bench:no-limit
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../bin/bench.js', import.meta.url));
const IN_FLIGHT = 8;
const rows = [
  { models: 1, cases: 64, latencyMs: 1000, wanted: 1.15 },
  { models: 8, cases: 50, latencyMs: 1000, wanted: 1.25 },
  { models: 8, cases: 16, latencyMs: 2000, wanted: 1.25 },
  { models: 20, cases: 20, latencyMs: 2000, wanted: 1.5 },
];

/** `headers`: with the first or with the last word of an answer. */
async function measure({ models, cases, latencyMs }, headers) {
  const seen = { firstMs: 0, lastMs: 0, answered: 0 };
  const server = createServer((request, response) => {
    seen.firstMs ||= performance.now();
    request.resume();
    request.on('end', () => {
      const event = (delta, finish) =>
        `data: ${JSON.stringify({ choices: [{ delta, finish_reason: finish }] })}\n\n`;
      if (headers === 'early') {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(event({ role: 'assistant' }, null));
      }
      setTimeout(() => {
        if (headers === 'last') response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.end(event({ content: 'It is fine.' }, 'stop'));
        seen.lastMs = performance.now();
        seen.answered += 1;
      }, latencyMs);
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cwd = mkdtempSync(join(tmpdir(), 'bench-no-limit-'));
  const names = Array.from({ length: models }, (_, index) => `"here:m${index}"`);
  const items = Array.from(
    { length: cases },
    (_, index) =>
      `  - { id: c${index}, category: docs, prompt: Say it., checks: [{ text_matches: fine }] }\n`,
  );
  writeFileSync(
    join(cwd, 'suite.yaml'),
    `name: free\nmodels: [${names.join(', ')}]\ncases:\n${items.join('')}`,
  );
  writeFileSync(
    join(cwd, 'bench.yaml'),
    `providers: { here: { base_url: "http://127.0.0.1:${server.address().port}/v1" } }\n`,
  );
  const child = spawn(process.execPath, [program, 'run', 'suite.yaml', '--quiet'], {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd },
    stdio: 'ignore',
  });
  await new Promise((resolve) => child.on('close', resolve));
  server.close();
  server.closeAllConnections();
  rmSync(cwd, { recursive: true });
  const idealMs = Math.ceil(cases / IN_FLIGHT) * latencyMs;
  return { ratio: (seen.lastMs - seen.firstMs) / idealMs, answered: seen.answered };
}

for (const headers of ['early', 'last']) {
  for (const row of rows) {
    const { ratio, answered } = await measure(row, headers);
    const name = `${row.models} x ${row.cases} x ${row.latencyMs / 1000} s, headers ${headers}`;
    process.stdout.write(
      `  ${name.padEnd(28)} ${answered} answers   ${ratio.toFixed(2)} of the ideal   wanted ${row.wanted}\n`,
    );
  }
}
