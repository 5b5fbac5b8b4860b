/** `--stop-early`: a gated run that ends when its verdict is certain, over a real server that counts. */
import { describe, expect, it } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { bench, onlyRun, runsIn, summaryIn } from './bench.js';
import { type Asked, answer, serve } from './endpoint.js';

const CASES = 80;
const suite = `name: everyday
cases:
${Array.from(
  { length: CASES },
  (_, index) =>
    `  - { id: c${index}, category: simple, prompt: Describe number ${index}., checks: [{ text_matches: fine, required: true }] }\n`,
).join('')}`;

const numberIn = ({ body }: Asked) => {
  const messages = body['messages'] as readonly { readonly content: string }[];
  return Number(/\d+/.exec(messages.at(-1)?.content ?? '')?.[0] ?? 0);
};

async function world() {
  const state = { requests: 0, isWorse: false };
  const { baseUrl } = await serve((asked, _, response) => {
    state.requests += 1;
    const passes = numberIn(asked) % 5 !== 0 && !(state.isWorse && numberIn(asked) % 2 === 1);
    setTimeout(() => answer(asked, response, passes ? 'It is fine.' : 'No.'), 8);
  });
  const cwd = folderWith({
    'suite.yaml': suite,
    'bench.yaml': `providers: { here: { base_url: "${baseUrl}" } }\nmodels: { m: { provider: here, model: m, stream: false } }\n`,
  });
  const run = ['run', 'suite.yaml', '-m', 'm', '-n', '2', '-j', '2', '--seed', '1'];
  expect((await bench(cwd, [...run, '--quiet'])).code).toBe(0);
  expect((await bench(cwd, ['baseline', 'set', 'main'])).code).toBe(0);
  state.requests = 0;
  const gated = [...run, '--baseline', 'main', '--stop-early', '-o', 'results'];
  return { cwd, state, gated };
}

describe('--stop-early', () => {
  it('ends a run that fails for certain, with exit 1, and says at which of its trials', async () => {
    const { cwd, state, gated } = await world();
    state.isWorse = true;
    const { code, stdout, stderr } = await bench(cwd, gated);
    expect(code, stderr).toBe(1);
    expect(state.requests).toBeLessThan(0.7 * 2 * CASES);
    expect(stderr).toContain(
      'early stopping: checked after every tenth of the trials; the final check uses alpha 0.04',
    );
    expect(stdout).toMatch(/Stopped early, at \d+ of 160 trials: m is worse for certain/);
    expect(stdout).toMatch(/1 candidate fails the gate/);
    // What was saved is not missing, and nobody is sent to resume it.
    expect(stderr).not.toContain('--resume');
    const [path = ''] = runsIn(cwd)
      .filter((one) => !one.endsWith('baselines'))
      .filter((one) => !summaryIn(one).complete);
    expect(summaryIn(path).totals.trials).toBeLessThan(0.7 * 2 * CASES);
  }, 60_000);

  it('ends a run that would hardly fail any more, with exit 0; JSON says so too', async () => {
    const { cwd, state, gated } = await world();
    const { code, stdout, stderr } = await bench(cwd, [...gated, '--json']);
    expect(code, stderr).toBe(0);
    expect(state.requests).toBeLessThan(0.7 * 2 * CASES);
    expect(JSON.parse(stdout).comparison).toMatchObject({
      verdict: 'pass',
      stopped_early: {
        planned: 160,
        why: expect.stringMatching(/^the whole run would fail with a chance of/),
      },
    });
    // A drop that even the whole run could not rule out stays untold: nothing is stopped for that.
    state.requests = 0;
    const strict = await bench(cwd, [...gated, '--max-drop', '0.5']);
    expect(state.requests).toBe(2 * CASES);
    expect(strict.code).toBe(3);
    expect(strict.stdout).not.toContain('Stopped early');
  }, 60_000);

  it('needs a baseline, and says where it saves nothing', async () => {
    const cwd = folderWith({
      'suite.yaml': `${suite}models: [{ name: pretend, provider: simulated, quality: 0.5 }]\n`.replaceAll(
        'checks:',
        'solution: It is fine., wrong: ["No."], checks:',
      ),
    });
    const run = ['run', 'suite.yaml', '--seed', '1'];
    const without = await bench(cwd, [...run, '--stop-early']);
    expect(without.code).toBe(2);
    expect(without.stderr).toContain('--stop-early needs a baseline');
    await bench(cwd, [...run, '--quiet']);
    await bench(cwd, ['baseline', 'set', 'main', onlyRun(cwd)]);
    const simulated = await bench(cwd, [...run, '--baseline', 'main', '--stop-early']);
    expect(simulated.code, simulated.stderr).toBe(0);
    expect(simulated.stderr).toContain('--stop-early has no effect in simulated time');
    expect(simulated.stdout).not.toContain('Stopped early');
  }, 60_000);
});
