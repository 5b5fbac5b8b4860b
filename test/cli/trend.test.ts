/** `bench trend` over real runs of a model that gets worse. */
import { describe, expect, it } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { bench, runsIn } from './bench.js';
import { answer, serve } from './endpoint.js';

const CASES = 60;
const suite = `name: everyday
cases:
${Array.from(
  { length: CASES },
  (_, index) =>
    `  - { id: c${index}, category: simple, prompt: Describe number ${index}., checks: [{ text_matches: fine, required: true }] }\n`,
).join('')}`;

describe('bench trend', () => {
  it('tells the change, its place and its size, and of a model that has not changed nothing', async () => {
    let isWorse = false;
    const { baseUrl } = await serve((asked, _, response) => {
      const [{ content = '' } = {}] = (asked.body['messages'] as readonly { content: string }[]).slice(-1);
      const number = Number(/\d+/.exec(content)?.[0] ?? 0);
      const passes = number % 4 !== 0 && !(isWorse && asked.body['model'] === 'falling' && number % 3 === 1);
      answer(asked, response, passes ? 'It is fine.' : 'No.');
    });
    const cwd = folderWith({
      'suite.yaml': suite,
      'bench.yaml': `providers: { here: { base_url: "${baseUrl}" } }
models:
  falling: { provider: here, model: falling, stream: false }
  steady: { provider: here, model: steady, stream: false }
`,
    });
    const run = ['run', 'suite.yaml', '-m', 'falling', '-m', 'steady', '--quiet'];
    const nothing = await bench(cwd, ['trend']);
    expect(nothing.code).toBe(2);
    expect(nothing.stderr).toContain('there are no runs in results yet');
    await bench(cwd, run);
    expect((await bench(cwd, ['trend'])).stdout).toContain('A trend needs at least two runs.');
    await bench(cwd, run);
    const before = new Set(runsIn(cwd));
    isWorse = true;
    await bench(cwd, run);
    const first = runsIn(cwd).find((path) => !before.has(path)) ?? '';
    await bench(cwd, run);
    // What is judged anew is no new point, and a run of another suite has another trend.
    await bench(cwd, ['rescore', 'latest', '--quiet']);
    const { code, stdout } = await bench(cwd, ['trend']);
    expect(code).toBe(0);
    const id = first.split('/').at(-1);
    const shown = stdout
      .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d/g, '2031-04-05 06:07')
      .replaceAll(`${id}`, 'THIRD')
      .replaceAll(/\s+/g, ' ');
    // A busy machine may change a latency, too: marks of that are no matter.
    const row = (rate: string, mark = '') =>
      `2031-04-05 06:07 60 ${rate} 100% 94–100 [\\d.]+ m?s${mark}( [▼▲])*`;
    const rows = [row('75% 63–84'), row('75% 63–84'), row('50% 38–62', ' ▼'), row('50% 38–62')];
    expect(shown).toMatch(new RegExp(`^falling run cases pass rate success latency ${rows.join(' ')} `));
    expect(shown).toMatch(
      /▼ pass rate 75% → 50%, −25 points, since THIRD \(p (0\.\d+|below 0\.0001) over all looks, 60 cases\)/,
    );
    expect(shown).toMatch(
      /\d changes? that chance alone would not show: over all 18 looks, at most 5% of histories without a change show one\. ?$/,
    );
    expect(stdout).not.toMatch(/steady\n(.*\n)*?.*pass rate \d+% →/);
    const json = JSON.parse((await bench(cwd, ['trend', '-m', 'steady', '--json'])).stdout);
    expect(json.candidates).toHaveLength(1);
    expect(json.candidates[0].points).toHaveLength(4);
    expect(
      json.candidates[0].changes.filter(({ metric }: { metric: string }) => metric !== 'latency'),
    ).toEqual([]);
    const nobody = await bench(cwd, ['trend', '-m', 'stedy']);
    expect(nobody.code).toBe(2);
    expect(nobody.stderr).toContain('nothing was measured of stedy in these runs');
    expect(nobody.stderr).toContain('they have falling, steady');
  }, 60_000);
});
