import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JournalLine } from '../../src/domain/record.js';
import { redactor } from '../../src/domain/redact.js';
import { JournalError, openJournal, readJournal } from '../../src/journal/journal.js';
import { realFiles } from '../../src/world/files.js';
import { runLine, trialLine } from '../analysis/run-lines.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-journal-'));
  path = join(folder, 'trials.jsonl');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const lines: readonly JournalLine[] = [
  runLine(['a'], { simple: 2 }),
  trialLine('a', '1', 'passed'),
  {
    type: 'event',
    kind: 'rotation',
    at: '2031-04-05T06:07:09.000Z',
    candidate: 'a',
    from: 'x',
    to: 'y',
    reason: 'rate_limited',
  },
  trialLine('a', '2', 'failed', {
    checks: [{ name: 'table[1]', score: 0, passed: false, required: true, weight: 1, detail: 'é\u2028"' }],
  }),
  {
    type: 'end',
    ended_at: '2031-04-05T06:08:00.000Z',
    complete: true,
    held: {},
    sandboxes: {},
    sandbox_use: {},
    warnings: [],
  },
];

async function write(secrets: readonly string[] = []) {
  const journal = await openJournal(path, realFiles, redactor(secrets));
  await Promise.all(lines.map((line) => journal.append(line)));
  await journal.close();
}

async function readAll() {
  const found: JournalLine[] = [];
  for await (const line of readJournal(path, realFiles)) found.push(line);
  return found;
}

describe('a journal', () => {
  it('gives back what was appended, in order', async () => {
    await write();
    expect(await readAll()).toEqual(lines);
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(lines.length + 1);
  });

  it('never holds a key, in a message or in an answer', async () => {
    await write(['rate_limited']);
    const text = await readFile(path, 'utf8');
    expect(text).not.toContain('rate_limited');
    expect(text).toContain('[redacted]');
  });

  it('cut at any byte of its last line drops that line and nothing else', async () => {
    await write();
    const whole = await readFile(path, 'utf8');
    const lastStart = whole.trimEnd().lastIndexOf('\n') + 1;
    for (let end = lastStart; end < whole.length - 1; end += 7) {
      await writeFile(path, whole.slice(0, end));
      expect(await readAll()).toEqual(lines.slice(0, -1));
    }
    await writeFile(path, whole.trimEnd());
    expect(await readAll()).toEqual(lines);
  });

  it('with damage before its end is refused by line', async () => {
    await write();
    const text = (await readFile(path, 'utf8')).split('\n');
    text[1] = text[1]?.slice(0, 40) ?? '';
    await writeFile(path, text.join('\n'));
    await expect(readAll()).rejects.toThrow(`${path}:2 is no line of a journal`);
  });

  it('of a newer version, of another kind, or empty is refused in words', async () => {
    await writeFile(path, '');
    await expect(readAll()).rejects.toThrow('is empty');
    await writeFile(path, `${JSON.stringify(lines[1])}\n`);
    await expect(readAll()).rejects.toThrow('its first line does not say which run it is');
    await writeFile(path, `${JSON.stringify({ ...lines[0], schema_version: 99 })}\n{}\n`);
    await expect(readAll()).rejects.toThrow(JournalError);
    await expect(readAll()).rejects.toThrow('newer bench');
  });

  it('keeps fields that a later version added', async () => {
    await write();
    await appendFile(path, `${JSON.stringify({ ...trialLine('a', '3', 'passed'), later: 1 })}\n`);
    expect((await readAll()).at(-1)).toMatchObject({ case: '3', later: 1 });
  });
});
