/**
 * How long the command takes to say something, beside an empty Node, in turns in one run; medians and ratios.
 *
 *   npm run bench
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../bin/bench.js', import.meta.url));
const ROUNDS = 21;

const contestants = [
  { name: 'node -e 0', args: ['-e', '0'] },
  { name: 'bench --version', args: [program, '--version'] },
  { name: 'bench --help', args: [program, '--help'] },
];
const timesMs = contestants.map(() => []);

for (let round = 0; round < ROUNDS; round++) {
  for (const [index, { name, args }] of contestants.entries()) {
    const startMs = performance.now();
    const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' });
    if (status !== 0) throw new Error(`${name} ended with ${status}`);
    timesMs[index].push(performance.now() - startMs);
  }
}

const medians = timesMs.map((times) => times.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]);
for (const [index, { name }] of contestants.entries()) {
  const ratio = medians[index] / medians[0];
  process.stdout.write(
    `${name.padEnd(16)}  ${medians[index].toFixed(0).padStart(4)} ms  ${ratio.toFixed(2)}x\n`,
  );
}
