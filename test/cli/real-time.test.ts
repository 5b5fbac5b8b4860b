/** What virtual time cannot show: the command with real clocks, under every kind of limit that bench.yaml can name. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { onlyRun, start, trialsIn } from './bench.js';
import { answer, type Respond, serve } from './endpoint.js';

const CASES = ['one', 'two', 'three', 'four'];

/** `limits`: of the account of all models; `last`: the third model. */
async function folder(limits: string, respond: Respond, last = 'provider: here, model: c') {
  const endpoint = await serve(respond);
  const cases = CASES.map(
    (id) => `  - { id: ${id}, category: docs, prompt: Say it is fine., checks: [{ text_matches: fine }] }\n`,
  );
  const cwd = folderWith({
    'suite.yaml': `name: prose\ncases:\n${cases.join('')}`,
    'bench.yaml': `providers:
  here: { base_url: "${endpoint.baseUrl}", limits: { ${limits} } }
  there: { base_url: "${endpoint.baseUrl}", api_key_env: THERE, limits: { rpm: 30 } }
models:
  a: { provider: here, model: a }
  b: { provider: here, model: b }
  c: { ${last} }
rotations: { all: [a, b, c] }
`,
  });
  return { cwd, endpoint };
}

const fine: Respond = (asked, _, response) => answer(asked, response, 'It is fine.');
const models = ['-m', 'a', '-m', 'b', '-m', 'c'];
const rotation = ['-r', 'all'];

describe('every limit, with models, a rotation and both, ends with as many requests as there are trials', () => {
  it.each([
    ['none', '', undefined],
    ['rpm 20', 'rpm: 20', undefined],
    ['rpm 200', 'rpm: 200', undefined],
    ['rpm 20 and rpd 50', 'rpm: 20, rpd: 50', undefined],
    ['tpm', 'tpm: 900000', undefined],
    ['concurrency 2', 'concurrency: 2', undefined],
    ['two providers', 'rpm: 20', 'provider: there, model: c, limits: { rpm: 25 }'],
  ])('%s', async (_, limits, last) => {
    const ended = [models, rotation, [...models, ...rotation]].map(async (chosen) => {
      const { cwd, endpoint } = await folder(limits, fine, last);
      const run = start(cwd, ['run', 'suite.yaml', ...chosen], { THERE: 'a-key-of-ours' });
      const timer = setTimeout(() => run.signal('SIGKILL'), 20_000);
      const { code, stderr } = await run.ended;
      clearTimeout(timer);
      expect([chosen.join(' '), code, stderr.slice(-500)]).toEqual([chosen.join(' '), 0, expect.any(String)]);
      const trials = CASES.length * chosen.filter((word) => word.startsWith('-')).length;
      expect([endpoint.asked.length, trialsIn(onlyRun(cwd)).length]).toEqual([trials, trials]);
    });
    await Promise.all(ended);
  });
});

describe('SIGINT is heard', () => {
  /** Sends it when `moment` has come: no request is sent after that, and the run is over soon. */
  async function interruptedAt(
    limits: string,
    respond: Respond,
    chosen: string[],
    moment: Promise<unknown>,
    atOnce = 1,
  ) {
    const { cwd, endpoint } = await folder(limits, respond);
    const run = start(cwd, ['run', 'suite.yaml', ...chosen]);
    const timer = setTimeout(() => run.signal('SIGKILL'), 20_000);
    await Promise.race([moment, run.ended, endpoint.first.then(() => moment)]);
    const asked = endpoint.asked.length;
    run.signal('SIGINT');
    const atMs = performance.now();
    const { code, stderr } = await run.ended;
    clearTimeout(timer);
    // As many as are sent at once may have been on their way as the signal was.
    expect(endpoint.asked.length).toBeLessThanOrEqual(asked + atOnce);
    return { code, stderr, tookMs: performance.now() - atMs, cwd };
  }

  it.each([
    ['models', models],
    ['a rotation', rotation],
    ['both', [...models, ...rotation]],
  ])('by %s that wait for a limit of 1 a minute', async (_, chosen) => {
    const answered = new Promise<void>((resolve) => {
      setTimeout(resolve, 1500);
    });
    const { code, stderr, tookMs, cwd } = await interruptedAt('rpm: 1', fine, chosen, answered);
    expect([code, stderr.slice(-300)]).toEqual([130, expect.stringContaining('--resume')]);
    // Nothing is in flight: what comes after the signal is the table. Under load that takes its time.
    expect(tookMs).toBeLessThan(2500);
    expect(trialsIn(onlyRun(cwd))).toHaveLength(1);
  });

  it('while an answer is on its way, which may still come in', async () => {
    let arrived = () => {};
    const first = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const slow: Respond = (asked, _, response) => {
      arrived();
      setTimeout(() => answer(asked, response, 'It is fine.'), 700);
    };
    const { code, cwd } = await interruptedAt('concurrency: 1', slow, rotation, first);
    expect(code).toBe(130);
    expect(trialsIn(onlyRun(cwd))).toHaveLength(1);
  });

  it('at any moment since the process began', async () => {
    const moments = [30, 150, 300, 450, 600, 900];
    const ended = moments.map((ms) => interruptedAt('rpm: 2', fine, [...models, ...rotation], sleep(ms), 2));
    for (const { code, tookMs } of await Promise.all(ended)) {
      // Before the program has begun to listen, the system ends it.
      expect([130, null]).toContain(code);
      expect(tookMs).toBeLessThan(10_000);
    }
  });
});
