import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRunFolder, findRun, listRuns } from '../../src/journal/run-folder.js';
import { realFiles } from '../../src/world/files.js';
import { seededRandom } from '../../src/world/random.js';
import { runLine } from '../analysis/run-lines.js';

let out: string;
beforeEach(async () => {
  out = join(await mkdtemp(join(tmpdir(), 'bench-runs-')), 'results');
});
afterEach(() => rm(join(out, '..'), { recursive: true, force: true }));

const clock = {
  nowMs: () => 0,
  wallMs: () => Date.UTC(2031, 3, 5, 23, 59),
  sleep: () => Promise.resolve(),
  after: () => () => {},
};

async function addRun(id: string, startedAt: string) {
  await mkdir(join(out, id), { recursive: true });
  const line = { ...runLine(['a'], { simple: 1 }), id, started_at: startedAt };
  await writeFile(join(out, id, 'trials.jsonl'), `${JSON.stringify(line)}\n`);
}

describe('createRunFolder', () => {
  it('is named after the day, the suite and four digits, and never meets another', async () => {
    const edges = () => ({ files: realFiles, clock, random: seededRandom('7') });
    const first = await createRunFolder(out, 'My Suite: deep/er', edges(), '0a1b');
    const second = await createRunFolder(out, 'My Suite: deep/er', edges(), '0a1b');
    expect(first.id).toMatch(/^2031-04-05-my-suite-deep-er-[0-9a-f]{4}$/);
    expect(second.id).not.toBe(first.id);
    expect(await realFiles.kind(second.path)).toBe('folder');
  });
});

describe('findRun', () => {
  beforeEach(async () => {
    await addRun('2031-04-05-zeta-0001', '2031-04-05T10:00:00.000Z');
    await addRun('2031-04-05-alpha-0002', '2031-04-05T12:00:00.000Z');
    await mkdir(join(out, 'no-run'));
    await writeFile(join(out, 'README.md'), 'runs');
  });

  it('knows a path, an id, a unique prefix, and the latest by time', async () => {
    const alpha = join(out, '2031-04-05-alpha-0002');
    for (const word of [alpha, '2031-04-05-alpha-0002', '2031-04-05-a', 'latest'])
      expect(await findRun(word, out, realFiles)).toBe(alpha);
    expect((await listRuns(out, realFiles)).map(({ run }) => run.id)).toEqual([
      '2031-04-05-alpha-0002',
      '2031-04-05-zeta-0001',
    ]);
  });

  it('says what there is where it finds nothing, or too much', async () => {
    expect(await findRun('2031', out, realFiles)).toMatchObject({
      help: expect.stringContaining('write more'),
    });
    expect(await findRun('nope', out, realFiles)).toMatchObject({
      problem: `there is no run nope in ${out}`,
      help: 'bench list shows the runs',
    });
    // The suite's name is what one remembers of a run.
    expect(await findRun('Zeta', out, realFiles)).toMatchObject({
      help: expect.stringContaining('did you mean 2031-04-05-zeta-0001?'),
    });
    expect(await findRun('latest', join(out, 'none'), realFiles)).toMatchObject({
      problem: expect.stringContaining('no runs in'),
    });
  });
});
