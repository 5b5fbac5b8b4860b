/**
 * Advice held against what comes of it, in simulated worlds whose truth is known: models with qualities, speeds and
 * failures of their own are measured, advised on, and the advised rotation is run in the same world.
 */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { main } from '../../src/cli/main.js';
import type { Recommendation } from '../../src/domain/recommendation.js';
import type { RunSummary } from '../../src/domain/summary.js';
import { seededRandom } from '../../src/world/random.js';
import { realWorld } from '../../src/world/real.js';
import type { Random } from '../../src/world/world.js';
import { folderWith } from '../suite/folder.js';

/** All 200 take longer than one command should: `WORLDS=50 WORLDS_FROM=100 npm run test:long -- test/simulation/recommend.test.ts`. */
const IS_LONG = process.env['FC_RUNS'] !== undefined;
/** In each `npm test` one in which it matters that a lane opens by the head of an answer, and not by its end. */
const FROM = Number(process.env['WORLDS_FROM'] ?? (IS_LONG ? 0 : 70));
const WORLDS = Number(process.env['WORLDS'] ?? (IS_LONG ? 40 : 1));
const NEEDED = WORLDS < 10 ? WORLDS : 0.9 * WORLDS - (WORLDS < 50 ? 1 : 0);
const figures = ['success', 'passed', 'p50', 'p90'] as const;
const CASES = 30;
const SAMPLES = 1;

/** Three models on accounts of their own. Some are limited, and say so or do not. */
function suiteOf(random: Random, rotations: Readonly<Record<string, readonly string[]>>): string {
  const between = (low: number, high: number) => low + random.next() * (high - low);
  const models = ['a', 'b', 'c'].map((name) => {
    const limits = random.next() < 0.5 ? '' : `limits: { rpm: ${Math.round(between(20, 200))}, burst: 5 }, `;
    const faults = [
      `{ status: 429, share: ${between(0, 0.4).toFixed(3)} }`,
      `{ status: 502, share: ${between(0, 0.1).toFixed(3)} }`,
    ];
    // About every other world has an outage.
    const outage = outageOf(random.fork(`outage/${name}`));
    const latency = `{ median: ${Math.round(between(300, 9000))}ms, spread: ${between(0.1, 0.6).toFixed(2)} }`;
    return `  - { name: ${name}, provider: simulated, quality: ${between(0.2, 1).toFixed(2)}, latency: ${latency}, ${limits}faults: [${[...faults, ...outage].join(', ')}], retry: { max_attempts: ${1 + Math.floor(random.next() * 3)} } }`;
  });
  const chains = Object.entries(rotations).map(
    ([name, chain]) => `  - { name: ${name}, models: [${chain.join(', ')}], retry: { max_attempts: 2 } }`,
  );
  const cases = Array.from(
    { length: CASES },
    (_, index) =>
      `  - { id: c${index}, category: simple, prompt: Number ${index}., solution: It is fine., wrong: ["No."], checks: [{ text_matches: fine, required: true }] }`,
  );
  return ['name: world', 'models:', ...models, 'rotations:', ...chains, 'cases:', ...cases, ''].join('\n');
}

function outageOf(random: Random): string[] {
  if (random.next() >= 0.2) return [];
  const from = 2 + 28 * random.next();
  return [`{ status: 503, between: [${from.toFixed(1)}s, ${(from + 5 + 20 * random.next()).toFixed(1)}s] }`];
}

async function command(argv: readonly string[], home: string): Promise<string> {
  let text = '';
  const real = realWorld(new AbortController().signal);
  const quiet = { write: () => {}, isTTY: false, columns: 100 };
  const stdout = {
    ...quiet,
    write: (piece: string) => {
      text += piece;
    },
  };
  const world = { ...real, env: { HOME: home }, terminal: { ...real.terminal, stdout, stderr: quiet } };
  await main(argv, world);
  return text;
}

it(`holds in at least nine of ten worlds, and is no worse than the order that was given (${WORLDS} worlds)`, async () => {
  const held = { success: 0, passed: 0, p50: 0, p90: 0 };
  let gained = 0;
  let worse = 0;
  const told: string[] = [];
  for (let index = FROM; index < FROM + WORLDS; index++) {
    const random = seededRandom(`world ${index}`);
    const given = random.next() < 0.5 ? ['a', 'b', 'c'] : ['c', 'a', 'b'];
    const seed = `world ${index} models`;
    const cwd = folderWith({
      'before.yaml': suiteOf(seededRandom(seed), { given }),
    });
    const out = ['-o', join(cwd, 'results'), '--quiet'];
    const suite = ['-n', String(SAMPLES), '--allow-unanswered', 'all', ...out];
    await command(['run', join(cwd, 'before.yaml'), ...suite, '--seed', `${index}`], cwd);
    const advice = JSON.parse(
      await command(
        [
          'recommend',
          'latest',
          '--include-partial',
          '--objective',
          'quality',
          '--write',
          join(cwd, 'r.yaml'),
          '--json',
          ...out,
        ],
        cwd,
      ),
    ) as Recommendation;
    const { rotation } = advice;
    if (rotation === null) throw new Error('no rotation');
    const after = folderWith({
      'after.yaml': suiteOf(seededRandom(seed), { given, recommended: rotation.models }),
    });
    // Each by itself: candidates of one run share the limits of their models.
    const of = async (name: string) => {
      const own = ['-r', name, '-n', String(SAMPLES), '-o', join(after, name), '--seed', `${index} again`];
      const argv = ['run', join(after, 'after.yaml'), '--json', '--allow-unanswered', 'all', ...own];
      const { candidates } = JSON.parse(await command(argv, after)) as RunSummary;
      const [one] = candidates;
      if (one === undefined) throw new Error(`no ${name}`);
      return { ...one, passedOfAll: one.verdicts.passed / one.trials };
    };
    const got = await of('recommended');
    // In a single world one trial of the 30 may miss a range by chance.
    const slack = WORLDS < 10 ? 1 / (CASES * SAMPLES) + 1e-9 : 1e-9;
    const within = (
      value: number | null,
      { low, high }: { low: number | null; high: number | null },
      off = 1e-9,
    ) => value !== null && low !== null && high !== null && value >= low - off && value <= high + off;
    const { expected } = rotation;
    const isHeld = {
      success: within(got.success_rate.value, expected.success_rate, slack),
      passed: within(got.passedOfAll, expected.passed, slack),
      p50: within(got.latency_ms.p50.value, expected.p50_ms),
      p90: within(got.latency_ms.p90.value, expected.p90_ms),
    };
    for (const figure of figures) if (isHeld[figure]) held[figure] += 1;
    const difference = got.passedOfAll - (await of('given')).passedOfAll;
    gained += difference;
    // Two binomials of 30: a difference below this comes by chance in one of twenty.
    if (difference < -1.645 * Math.sqrt((2 * 0.25) / (CASES * SAMPLES))) worse += 1;
    const missed = figures.filter((figure) => !isHeld[figure]);
    if (missed.length > 0)
      told.push(
        `${index}: ${rotation.models.join()} missed ${missed.join(', ')}: success ${got.success_rate.value}, passed ${got.passedOfAll}, p50 ${got.latency_ms.p50.value}, p90 ${got.latency_ms.p90.value} of ${JSON.stringify(expected)}`,
      );
  }
  const summary = `of ${WORLDS}: ${JSON.stringify(held)}; gained ${((100 * gained) / WORLDS).toFixed(1)} points on average, worse ${worse}`;
  if (IS_LONG) process.stdout.write(`${summary}\n${told.join('\n')}\n`);
  for (const figure of figures)
    expect(held[figure], `${figure}: ${summary}\n${told.join('\n')}`).toBeGreaterThanOrEqual(NEEDED);
  // Of a few worlds, chance: three standard errors of a difference of two binomials.
  const chance = WORLDS < 20 ? 3 * Math.sqrt((2 * 0.25 * WORLDS) / (CASES * SAMPLES)) : 0;
  expect(gained, summary).toBeGreaterThanOrEqual(-chance);
  expect(worse, summary).toBeLessThanOrEqual(0.05 * WORLDS + 1);
}, 290_000);
