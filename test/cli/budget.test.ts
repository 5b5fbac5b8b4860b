/** Budgets against a real server that counts: a clean stop, and a run that can be gone on with. */
import { describe, expect, it } from 'vitest';
import { folderWith } from '../suite/folder.js';
import { bench, onlyRun, runsIn, summaryIn, trialsIn } from './bench.js';
import { answer, type Endpoint, serve } from './endpoint.js';

const suite = `name: prose
defaults: { params: { max_tokens: 1000 } }
cases:
${Array.from({ length: 12 }, (_, index) => `  - { id: c${index}, category: docs, prompt: Describe ${index}., checks: [{ text_matches: fine, required: true }] }\n`).join('')}`;

const folder = ({ baseUrl }: Endpoint) =>
  folderWith({
    'suite.yaml': suite,
    'bench.yaml': `providers: { here: { base_url: "${baseUrl}" } }
models:
  m: { provider: here, model: m-1, price: { input: 0, output: 1000 } }
  free: { provider: here, model: f-1 }
`,
  });

describe('budgets', () => {
  it('--max-requests sends so many, exits 3, and the run goes on with --resume', async () => {
    const endpoint = await serve((asked, _, response) => answer(asked, response, 'fine'));
    const cwd = folder(endpoint);
    const { code, stderr, stdout } = await bench(cwd, [
      'run',
      'suite.yaml',
      '-m',
      'free',
      '--max-requests',
      '5',
    ]);
    expect(code).toBe(3);
    expect(endpoint.asked).toHaveLength(5);
    expect(stdout).toMatch(
      /Warning: stopped by --max-requests after 5 requests: 7 trials are left; resume with bench run\s+--resume \S+/,
    );
    expect(stdout).not.toContain('unanswered: budget');
    expect(stderr).toContain('bench run --resume');
    expect(summaryIn(onlyRun(cwd))).toMatchObject({
      complete: false,
      candidates: [{ outcomes: { answered: 5, budget: 7 } }],
    });
    const rest = await bench(cwd, ['run', '--resume']);
    expect(rest.code, rest.stderr).toBe(0);
    expect(endpoint.asked).toHaveLength(12);
  });

  it('--max-cost is kept to with many in flight: none is sent that could overrun it', async () => {
    // 34 tokens of $0.001 each; at most 1000 of them.
    const endpoint = await serve((asked, _, response) =>
      setTimeout(() => answer(asked, response, 'fine'), 20),
    );
    const cwd = folder(endpoint);
    const { code, stdout } = await bench(cwd, [
      'run',
      'suite.yaml',
      '-m',
      'm',
      '--max-cost',
      '1.10',
      '-j',
      '8',
    ]);
    expect(code).toBe(3);
    expect(stdout).toMatch(/stopped by --max-cost 1\.1 after \$0\.102: 9 trials are left; resume with/);
    const spent = trialsIn(onlyRun(cwd)).reduce((sum, { cost_usd: usd }) => sum + (usd ?? 0), 0);
    expect(spent).toBeLessThanOrEqual(1.1);
    // One at a time, until what is left is less than the worst that one more could cost.
    expect(spent).toBeCloseTo(3 * 0.034, 6);
    expect(endpoint.asked).toHaveLength(3);
  });

  it('--deadline asks nothing more after it, and takes in what is on its way', async () => {
    const endpoint = await serve((asked, _, response) =>
      setTimeout(() => answer(asked, response, 'fine'), 400),
    );
    const cwd = folder(endpoint);
    const { code, stdout } = await bench(cwd, [
      'run',
      'suite.yaml',
      '-m',
      'free',
      '-j',
      '1',
      '--deadline',
      '1s',
    ]);
    expect(code).toBe(3);
    expect(endpoint.asked.length).toBeGreaterThan(0);
    expect(endpoint.asked.length).toBeLessThan(12);
    expect(trialsIn(onlyRun(cwd))).toHaveLength(endpoint.asked.length);
    expect(stdout).toMatch(/stopped by --deadline after 1\.0 s: \d+ trials are left; resume with bench run/);
    expect(stdout).not.toContain('unanswered: budget');
  });

  it('refuses what it could not keep to', async () => {
    const cwd = folder(await serve(() => {}));
    const unpriced = await bench(cwd, ['run', 'suite.yaml', '-m', 'free', '--max-cost', '1']);
    expect(unpriced.code).toBe(2);
    expect(unpriced.stderr).toContain('--max-cost needs the price of free');
    const odd = await bench(cwd, [
      'run',
      'suite.yaml',
      '-m',
      'm',
      '--max-cost',
      'much',
      '--max-requests',
      '0',
      '--deadline',
      '5',
    ]);
    expect(odd.stderr).toContain('--max-cost takes US dollars, like 2.50, not "much"');
    expect(odd.stderr).toContain('--max-requests takes a whole number from 1, not "0"');
    expect(odd.stderr).toContain('--deadline takes a duration, like 90s or 2h, not "5"');
    expect(runsIn(cwd)).toEqual([]);
  });
});
