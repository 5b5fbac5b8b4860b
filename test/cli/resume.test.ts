/** Runs that are killed, interrupted, edited and gone on with: real processes, a real server that counts. */
import { appendFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openGrading } from '../../src/run/execution/open-grading.js';
import { openRun } from '../../src/run/open-run.js';
import { readRunRequest } from '../../src/run/request/read-request.js';
import { readResumable } from '../../src/run/stored/resume.js';
import { realFiles } from '../../src/world/files.js';
import { seededRandom } from '../../src/world/random.js';
import { realWorld } from '../../src/world/real.js';
import { folderWith } from '../suite/folder.js';
import { bench, journalIn, onlyRun, type Started, start, summaryIn, trialsIn } from './bench.js';
import { type Asked, answer, type Endpoint, serve } from './endpoint.js';

const IS_LONG = process.env['FC_RUNS'] !== undefined;
/** `KILLS=50 KILLS_SEED=a`: a part of them, at other moments. */
const KILLS = Number(process.env['KILLS'] ?? (IS_LONG ? 200 : 4));
const CASES = IS_LONG ? 100 : 20;
const SAMPLES = 3;

const suiteOf = (cases: number, ask = 'Describe') => `name: prose
cases:
${Array.from(
  { length: cases },
  (_, index) =>
    `  - { id: c${index}, category: docs, prompt: ${ask} number ${index}., checks: [{ text_matches: "number ${index}\\\\b", required: true }] }\n`,
).join('')}`;

function folder(endpoint: Endpoint, suite = suiteOf(CASES), params = '{}'): string {
  return folderWith({
    'suite.yaml': suite,
    'bench.yaml': `providers: { here: { base_url: "${endpoint.baseUrl}" } }
models: { m: { provider: here, model: m-1, stream: false, params: ${params}, price: { input: 1, output: 10 } } }
`,
  });
}

const promptOf = ({ body }: Asked) =>
  (body['messages'] as readonly { readonly content: string }[]).at(-1)?.content ?? '';
const run = ['run', 'suite.yaml', '-m', 'm', '-n', String(SAMPLES), '--seed', '1', '-j', '4'];

/** Answers after a few ms, with what was asked for. */
function serveProse(): Promise<Endpoint> {
  return serve((asked, _, response) => {
    setTimeout(() => answer(asked, response, `This is ${promptOf(asked).replace('Describe ', '')}`), 5);
  });
}

const contentOf = (path: string) =>
  trialsIn(path)
    .map(({ trial, verdict, score, completion, checks }) =>
      JSON.stringify([trial, verdict, score, completion, checks]),
    )
    .sort();

describe('a run that is killed', () => {
  it(`at ${KILLS} moments, and gone on with, ends as one that was not, and asks no finished trial twice`, async () => {
    const endpoint = await serveProse();
    const whole = folder(endpoint);
    expect((await bench(whole, run)).code).toBe(0);
    const unbroken = contentOf(onlyRun(whole));
    expect(unbroken).toHaveLength(CASES * SAMPLES);

    const dice = seededRandom(`kills${process.env['KILLS_SEED'] ?? ''}`).next;
    let kills = 0;
    while (kills < KILLS) {
      const cwd = folder(endpoint);
      kills += await killOver(cwd, endpoint, dice, KILLS - kills);
      const path = onlyRun(cwd);
      expect(contentOf(path)).toEqual(unbroken);
      const ids = trialsIn(path).map(({ trial }) => trial);
      expect(new Set(ids).size).toBe(ids.length);
      expect(summaryIn(path)).toMatchObject({ complete: true, totals: { trials: CASES * SAMPLES } });
    }
  }, 900_000);

  it('forgets nothing that was spent', async () => {
    let answers = 0;
    const endpoint = await serve((asked, index, response) => {
      if (index === 1) killAfter(1, cwd, running);
      else {
        answers += 1;
        answer(asked, response, `This is ${promptOf(asked).replace('Describe ', '')}`);
      }
    });
    const cwd = folder(endpoint, suiteOf(3));
    const running = start(cwd, ['run', 'suite.yaml', '-m', 'm', '-j', '1', '--seed', '1']);
    await running.ended;
    const { code, stderr } = await bench(cwd, ['run', '--resume']);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain('resumed  1 of 3 trials are finished');
    const summary = summaryIn(onlyRun(cwd));
    expect(summary.totals).toMatchObject({ requests: answers, trials: 3 });
    expect(journalIn(onlyRun(cwd)).filter(({ type }) => type === 'asked')).toHaveLength(3);
  });
});

/** Answers that may have been asked for without a line: those in flight, and those whose line is on its way. */
const UNWRITTEN = 20;

/** Kills a run, and what goes on with it, until it is done or has been killed often enough; then lets it come to its end. */
async function killOver(cwd: string, endpoint: Endpoint, dice: () => number, most: number): Promise<number> {
  const results = join(cwd, 'results');
  let finished = 0;
  for (let kills = 0; ; kills++) {
    const before = endpoint.asked.length;
    const isBegun =
      existsSync(results) &&
      existsSync(join(onlyRun(cwd), 'trials.jsonl')) &&
      linesOf(onlyRun(cwd)).length > 0;
    if (!isBegun) rmSync(results, { recursive: true, force: true });
    const running = start(cwd, isBegun ? ['run', '--resume'] : run);
    if (kills < most) {
      // From its start to after its last request; sometimes while it writes its end.
      const afterRequests = before + Math.floor(dice() * 40);
      const startedMs = performance.now();
      const waitMs = dice() < 0.3 ? 600 * dice() : 0;
      let isRunning = true;
      void running.ended.then(() => {
        isRunning = false;
      });
      const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
      while (isRunning && endpoint.asked.length < afterRequests && performance.now() - startedMs < 3_000)
        await pause(1);
      if (isRunning) await pause(waitMs);
      running.signal('SIGKILL');
    }
    const { code, stderr } = await running.ended;
    if (code === 2 && stderr.includes('is complete')) return kills;
    if (code !== null) expect(code, stderr).toBe(0);
    if (existsSync(results) && existsSync(join(onlyRun(cwd), 'trials.jsonl'))) {
      const now = linesOf(onlyRun(cwd)).filter((line) => line.includes('"type":"trial"')).length;
      expect(now).toBeGreaterThanOrEqual(finished);
      expect(endpoint.asked.length - before - (now - finished)).toBeLessThanOrEqual(UNWRITTEN);
      finished = now;
    }
    if (code === 0) return kills;
  }
}

/** As soon as so many trials have their line: an answer that has come may not have one yet. */
function killAfter(trials: number, cwd: string, running: Started): void {
  const timer = setInterval(() => {
    if (linesOf(onlyRun(cwd)).filter((line) => line.includes('"type":"trial"')).length < trials) return;
    clearInterval(timer);
    running.signal('SIGKILL');
  }, 2);
}

function linesOf(path: string): string[] {
  const lines = readFileSync(join(path, 'trials.jsonl'), 'utf8').split('\n');
  // The last is torn, or empty.
  return lines.slice(0, -1);
}

describe('a run that is interrupted', () => {
  it('asks nothing more, takes in what is on its way, and prints the line that goes on', async () => {
    const held: (() => void)[] = [];
    const endpoint = await serve((asked, index, response) => {
      const reply = () => answer(asked, response, `This is ${promptOf(asked).replace('Describe ', '')}`);
      if (index !== 2) return reply();
      held.push(reply);
      running.signal('SIGINT');
      setTimeout(() => held.map((late) => late()), 300);
    });
    const cwd = folder(endpoint, suiteOf(6));
    const running = start(cwd, ['run', 'suite.yaml', '-m', 'm', '-j', '1', '--seed', '1']);
    const { code, stderr } = await running.ended;
    expect(code, stderr).toBe(130);
    const path = onlyRun(cwd);
    expect(trialsIn(path)).toHaveLength(3);
    expect(endpoint.asked).toHaveLength(3);
    const { id } = summaryIn(path);
    expect(stderr).toContain(`resume      bench run --resume ${id}\n`);
    const rest = await bench(cwd, ['run', '--resume', id]);
    expect(rest.code, rest.stderr).toBe(0);
    expect(endpoint.asked).toHaveLength(6);
    const again = await bench(cwd, ['run', '--resume']);
    expect(again.code).toBe(2);
    expect(again.stderr).toContain('every run in results is complete');
  });
});

describe('--resume', () => {
  /** Stops after two of four trials. */
  async function half(params = '{}') {
    const endpoint = await serve((asked, index, response) => {
      if (index === 2) return killAfter(2, cwd, running);
      answer(asked, response, `This is ${promptOf(asked).replace('Describe ', '')}`);
    });
    const cwd = folder(endpoint, suiteOf(4), params);
    const running = start(cwd, ['run', 'suite.yaml', '-m', 'm', '-j', '1', '--seed', '1']);
    await running.ended;
    return { cwd, endpoint, path: onlyRun(cwd) };
  }

  it('refuses a plan that has changed, and names what; --allow-change keeps what still matches', async () => {
    const { cwd, path } = await half();
    const [kept, lost] = trialsIn(path).map((trial) => trial.case);
    const text = readFileSync(join(cwd, 'suite.yaml'), 'utf8');
    writeFileSync(
      join(cwd, 'suite.yaml'),
      text.replace(`Describe number ${lost?.slice(1)}.`, `Tell number ${lost?.slice(1)}.`),
    );
    const refused = await bench(cwd, ['run', '--resume']);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(`the suite prose has changed, in cases already asked: ${lost}`);
    expect(refused.stderr).toContain('--allow-change');
    const allowed = await bench(cwd, ['run', '--resume', '--allow-change']);
    expect(allowed.stderr).toContain('resumed  1 of 4 trials are finished');
    const cases = trialsIn(path).map((trial) => trial.case);
    expect(cases).toHaveLength(4);
    expect(cases[0]).toBe(kept);
    expect(readdirSync(path)).toContain('trials.1.jsonl');
    expect(summaryIn(path)).toMatchObject({ complete: true, totals: { trials: 4 } });
  });

  it('refuses another model under the same name, and other samples', async () => {
    const { cwd, endpoint } = await half();
    const file = readFileSync(join(cwd, 'bench.yaml'), 'utf8');
    writeFileSync(join(cwd, 'bench.yaml'), file.replace('m-1', 'm-2'));
    const refused = await bench(cwd, ['run', '--resume']);
    expect(refused.stderr).toContain('the candidate m has a different model, parameters or address');
    writeFileSync(join(cwd, 'bench.yaml'), file);
    const more = await bench(cwd, ['run', '--resume', '-n', '2']);
    expect(more.stderr).toContain('8 trials are planned, not the same ones as before');
    expect(endpoint.asked).toHaveLength(3);
    const added = await bench(cwd, ['run', '--resume', '-n', '2', '--allow-change']);
    expect(added.stderr).toContain('resumed  2 of 8 trials are finished');
    expect(endpoint.asked).toHaveLength(3 + 6);
  });

  it('drops a torn line and asks its trial again; refuses damage before the end', async () => {
    const { cwd, path, endpoint } = await half();
    appendFileSync(join(path, 'trials.jsonl'), '{"type":"trial","trial":"abc');
    for (const args of [
      ['matrix', 'latest'],
      ['show', 'latest'],
      ['compare', 'latest', 'latest'],
    ]) {
      expect((await bench(cwd, args)).stderr).toMatch(
        /! .*trials\.jsonl:\d+ is not a valid journal line: .*: skipped/,
      );
    }
    const { code, stderr } = await bench(cwd, ['run', '--resume']);
    expect(code, stderr).toBe(0);
    expect(endpoint.asked).toHaveLength(3 + 2);
    expect(summaryIn(path).complete).toBe(true);
    const journal = join(path, 'trials.jsonl');
    writeFileSync(journal, readFileSync(journal, 'utf8').replace('This is number 1', 'This is number 7'));
    const damaged = await bench(cwd, ['matrix', 'latest']);
    expect(damaged.code).toBe(2);
    expect(damaged.stderr).toMatch(/trials\.jsonl:\d+ is damaged: its checksum does not hold/);
  });

  it('is refused while another process writes the run; a dead one holds nothing', async () => {
    const { cwd, path } = await half();
    expect(existsSync(join(path, 'lock.json'))).toBe(true);
    const endless = await serve(() => {});
    writeFileSync(
      join(cwd, 'bench.yaml'),
      readFileSync(join(cwd, 'bench.yaml'), 'utf8').replace(/http:[^"]*/, endless.baseUrl),
    );
    const first = start(cwd, ['run', '--resume', '--allow-change']);
    await endless.first;
    const second = await bench(cwd, ['run', '--resume']);
    expect(second.code).toBe(2);
    expect(second.stderr).toContain(`is being written by process ${first.pid}, which is still running`);
    first.signal('SIGKILL');
    await first.ended;
  });

  it('takes up what another process has finished after it was looked at, and cuts off nothing', async () => {
    const { cwd, path } = await half();
    const stale = await readResumable(path, realFiles);
    const { code } = await bench(cwd, ['run', '--resume']);
    expect(code).toBe(0);
    const whole = readFileSync(join(path, 'trials.jsonl'), 'utf8');
    if ('problem' in stale) throw new Error(stale.problem);
    const world = realWorld(new AbortController().signal);
    const options = {
      suites: [join(cwd, 'suite.yaml')],
      models: ['m'],
      config: join(cwd, 'bench.yaml'),
      seed: '1',
    };
    const read = await readRunRequest(options, world);
    if (!read.ok) throw new Error(read.diagnostics[0]?.message);
    const opened = await openRun(read.value, world, stale, openGrading(world));
    if ('problem' in opened) throw new Error(opened.problem);
    expect(opened.done).toBe(4);
    await opened.carryOut(() => {});
    expect(readFileSync(join(path, 'trials.jsonl'), 'utf8').startsWith(whole)).toBe(true);
    expect(trialsIn(path)).toHaveLength(4);
  });

  it('knows the run without its suite being typed, takes a suite for a suite, and says what is wrong', async () => {
    const { cwd, path } = await half();
    const { id } = JSON.parse(readFileSync(join(path, 'trials.jsonl'), 'utf8').split('\n')[0] ?? '') as {
      id: string;
    };
    const suite = await bench(cwd, ['run', '--resume', 'suite.yaml']);
    expect(suite.code, suite.stderr).toBe(0);
    const unknown = await bench(cwd, ['run', '--resume', 'nope']);
    expect(unknown.stderr).toContain('there is no run nope');
    const nothing = await bench(cwd, ['run']);
    expect(nothing.code).toBe(2);
    expect(nothing.stderr).toContain('which suite?');
    expect((await bench(cwd, ['run', '--resume', id.slice(0, 12)])).code).toBe(0);
  });
});
