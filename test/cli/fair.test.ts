/** One model's answers are not added to another one's latency, however long it takes to read and to judge them. */
import { performance } from 'node:perf_hooks';
import { expect, it } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { bench, onlyRun, trialsIn } from './bench.js';
import { answer, serve } from './endpoint.js';

const CASES = 12;
/** Each line could begin code, in one language or another. */
const prose = 'import the following from the list of classes, and const is what class said\n'.repeat(1350);
const program = '```python\ndef f(x):\n    return sorted(range(x))[0] + x + 1\n```\n';
const fenced = `\`\`\`python\n${'def g(x):\n    return [x for y in range(x)]\n\n'.repeat(1500)}def f(x):\n    return x + 1\n\`\`\`\n`;

/** Ms that the recorded latencies of `b` are above what its server took: the median. */
async function excessMs(ofA: string | null): Promise<number> {
  const tookMs: number[] = [];
  const endpoint = await serve((asked, _, response) => {
    const atMs = performance.now();
    if (asked.model === 'a') return void setTimeout(() => answer(asked, response, ofA ?? ''), 150);
    setTimeout(() => {
      answer(asked, response, 'Nothing.');
      tookMs.push(performance.now() - atMs);
    }, 200);
  });
  const cases = Array.from(
    { length: CASES },
    (_, at) =>
      `  - { id: c${at}, category: simple, language: python, prompt: Write f., entry: f, table: [{ args: [1], returns: 2 }] }`,
  );
  const models = ofA === null ? '"here:b"' : '"here:a", "here:b"';
  const cwd = folderWith({
    'suite.yaml': `name: fair\nmodels: [${models}]\ncases:\n${cases.join('\n')}\n`,
    'bench.yaml': `providers: { here: { base_url: "${endpoint.baseUrl}" } }\n`,
  });
  const { code, stderr } = await bench(cwd, ['run', 'suite.yaml', '-j', '1']);
  expect(code, stderr).toBe(0);
  const latencies = trialsIn(onlyRun(cwd))
    .filter(({ candidate }) => candidate === 'here:b')
    .map(({ latency_ms: ms }) => ms ?? 0)
    .sort((x, y) => x - y);
  tookMs.sort((x, y) => x - y);
  const excess = latencies.map((ms, at) => ms - (tookMs[at] ?? 0)).sort((x, y) => x - y);
  expect(excess).toHaveLength(CASES);
  return excess[CASES / 2] ?? Number.NaN;
}

it('100 KB of prose, 100 KB of code and programs that are judged cost the neighbour no time', async () => {
  const alone = await excessMs(null);
  for (const [what, text] of Object.entries({ prose, program, fenced })) {
    const beside = await excessMs(text);
    // Answers take half a second and more to read where the network is read too.
    expect([what, beside < alone + 40]).toEqual([what, true]);
  }
}, 120_000);
