/** Disks that take no more, folders that take nothing, and clocks that jump. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openGrading } from '../../src/run/execution/open-grading.js';
import { openRun } from '../../src/run/open-run.js';
import { readRunRequest } from '../../src/run/request/read-request.js';
import { realWorld } from '../../src/world/real.js';
import type { World } from '../../src/world/world.js';
import { folderWith } from '../suite/folder.js';
import { bench, benchBehind, onlyRun, runsIn, summaryIn, trialsIn } from './bench.js';
import { type Asked, answer, type Endpoint, serve } from './endpoint.js';

const CASES = 40;
const suite = `name: prose
cases:
${Array.from({ length: CASES }, (_, index) => `  - { id: c${index}, category: docs, prompt: Describe number ${index}., checks: [{ text_matches: fine }] }\n`).join('')}`;

const folder = ({ baseUrl }: Endpoint) =>
  folderWith({
    'suite.yaml': suite,
    'bench.yaml': `providers: { here: { base_url: "${baseUrl}" } }
models: { m: { provider: here, model: m-1, stream: false } }
`,
  });

const promptOf = ({ body }: Asked) =>
  (body['messages'] as readonly { readonly content: string }[]).at(-1)?.content ?? '';

const run = ['run', 'suite.yaml', '-m', 'm', '-j', '4', '--seed', '1'];
/** Two of them fill more than a kilobyte. */
const LONG = `It is fine. ${'And it goes on. '.repeat(60)}`;

function hasNamespaces(): boolean {
  try {
    execFileSync('unshare', ['-rm', 'true'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('a disk that takes no more', () => {
  it('stops the run in a sentence, keeps what was finished, and is gone on with where there is room', async () => {
    const asked: string[] = [];
    const endpoint = await serve((request, _, response) => {
      asked.push(promptOf(request));
      answer(request, response, LONG);
    });
    const cwd = folder(endpoint);
    // Sizes are in KB; without the trap the signal of that limit ends the process.
    const full = await benchBehind("trap '' XFSZ; ulimit -f 24", cwd, run);
    expect(full.code).toBe(3);
    expect(full.stderr).toMatch(
      /trials\.jsonl cannot be written: it would be larger than a file may be here/,
    );
    expect(full.stderr).not.toContain('internal error');
    const path = onlyRun(cwd);
    expect(full.stderr).toContain(`bench run --resume ${path.split('/').at(-1)}`);
    expect(asked.length).toBeLessThan(CASES);

    const kept = [
      ...readFileSync(join(path, 'trials.jsonl'), 'utf8').matchAll(
        /"type":"trial".*?"case":"(c\d+)".*"\}\n/g,
      ),
    ];
    expect(kept.length).toBeGreaterThan(4);
    asked.length = 0;
    const resumed = await bench(cwd, ['run', '--resume']);
    expect(resumed.code).toBe(0);
    expect(summaryIn(path)).toMatchObject({ complete: true, totals: { trials: CASES } });
    expect(new Set(trialsIn(path).map((trial) => trial.case)).size).toBe(CASES);
    expect(asked.length).toBe(CASES - kept.length);

    // The same for answers that are judged again.
    const rescored = await benchBehind("trap '' XFSZ; ulimit -f 24", cwd, ['rescore', 'latest']);
    const [again = ''] = runsIn(cwd).filter((one) => one !== path);
    expect(rescored.code, rescored.stderr).toBe(3);
    expect(rescored.stderr).toContain(`bench run --resume ${again.split('/').at(-1)}`);
    const id = again.split('/').at(-1) ?? '';
    const part = await bench(cwd, ['rescore', id, '-o', 'results']);
    expect(part.stderr).toMatch(new RegExp(`^! \\d+ trials have no line in ${id} and are left out$`, 'm'));
    expect((await bench(cwd, ['run', '--resume', id])).code).toBe(0);
    expect(summaryIn(again)).toMatchObject({ complete: true, totals: { trials: CASES } });
    expect(asked.length).toBe(CASES - kept.length);
  }, 60_000);

  it.skipIf(!hasNamespaces())(
    'is called full where it is',
    async () => {
      const endpoint = await serve((request, _, response) => answer(request, response, LONG));
      const cwd = folder(endpoint);
      mkdirSync(join(cwd, 'results'));
      const inside = 'mount -t tmpfs -o size=64k none results && exec "$@"';
      const { code, stderr } = await benchBehind(
        `set -- unshare -rm bash -c '${inside}' bash "$@"`,
        cwd,
        run,
      );
      expect(stderr).toMatch(/trials\.jsonl cannot be written: the disk is full/);
      expect(code).toBe(3);
    },
    60_000,
  );
});

describe('a folder that takes nothing', () => {
  it.skipIf(!hasNamespaces())(
    'is told before anything is asked, by each command that would write',
    async () => {
      let requests = 0;
      const endpoint = await serve((request, _, response) => {
        requests += 1;
        answer(request, response, LONG);
      });
      const cwd = folder(endpoint);
      expect((await bench(cwd, run)).code).toBe(0);
      const [path = ''] = runsIn(cwd);
      writeFileSync(join(cwd, 'README.md'), '<!-- bench:matrix -->\n<!-- /bench:matrix -->\n');
      const before = requests;
      const inside = 'mount --bind . . && mount -o remount,ro,bind . && cd "$PWD" && exec "$@"';
      const readOnly = (args: readonly string[]) =>
        benchBehind(`set -- unshare -rm bash -c '${inside}' bash "$@"`, cwd, args);
      for (const [args, what] of [
        [run, /no run can be kept in results: .* the disk is read-only/],
        [['rescore'], /no run can be kept in results: .* the disk is read-only/],
        [['merge', path, '-o', 'merged'], /merged\S* cannot be written: the disk is read-only/],
        [
          ['matrix', 'latest', '--update', 'README.md'],
          /README\.md cannot be written: the disk is read-only/,
        ],
        [
          ['baseline', 'set', 'main', 'latest'],
          /results\/baselines cannot be written: the disk is read-only/,
        ],
      ] as const) {
        const { code, stderr } = await readOnly(args);
        expect(stderr, args.join(' ')).toMatch(what);
        expect(stderr).not.toContain('internal error');
        expect(code, args.join(' ')).toBe(2);
      }
      expect(requests).toBe(before);
      expect((await readOnly(['matrix', 'latest'])).code).toBe(0);
    },
    60_000,
  );

  it('may be a file: that is told, too', async () => {
    let requests = 0;
    const endpoint = await serve((request, _, response) => {
      requests += 1;
      answer(request, response, LONG);
    });
    const cwd = folder(endpoint);
    writeFileSync(join(cwd, 'notes'), 'mine');
    const { code, stderr } = await bench(cwd, [...run, '-o', 'notes']);
    expect(stderr).toContain(
      'no run can be kept in notes: notes cannot be written: a file is where a folder should be',
    );
    expect(code).toBe(2);
    expect(requests).toBe(0);
  });
});

describe('a clock that jumps', () => {
  it.each([
    ['back', -26 * 3_600_000],
    ['ahead', 26 * 3_600_000],
  ])('%s changes no latency and no verdict, and is told', async (way, byMs) => {
    let requests = 0;
    const endpoint = await serve((request, _, response) => {
      requests += 1;
      answer(request, response, LONG);
    });
    const cwd = folder(endpoint);
    const real = realWorld(new AbortController().signal);
    const world: World = {
      ...real,
      cwd,
      env: { HOME: cwd },
      clock: { ...real.clock, wallMs: () => real.clock.wallMs() + (requests > CASES / 2 ? byMs : 0) },
    };
    const read = await readRunRequest(
      {
        suites: [join(cwd, 'suite.yaml')],
        models: ['m'],
        config: join(cwd, 'bench.yaml'),
        out: join(cwd, 'results'),
        concurrency: 4,
        seed: '1',
      },
      world,
    );
    if (!read.ok) throw new Error(JSON.stringify(read.diagnostics));
    const opened = await openRun(read.value, world, null, openGrading(world));
    if ('problem' in opened) throw new Error(opened.problem);
    await opened.carryOut(() => {});
    const summary = summaryIn(onlyRun(cwd));
    expect(summary).toMatchObject({ complete: true, totals: { verdicts: { passed: CASES } } });
    expect(summary.warnings).toEqual([
      expect.stringContaining(`the clock of this machine went ${way} by 26 h`),
    ]);
    for (const { latency_ms: latency } of trialsIn(onlyRun(cwd))) {
      expect(latency).toBeGreaterThanOrEqual(0);
      expect(latency).toBeLessThan(60_000);
    }
  });
});
