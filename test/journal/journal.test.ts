import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JOURNAL_VERSION, type JournalLine } from '../../src/domain/record.js';
import { redactor } from '../../src/domain/redact.js';
import {
  glimpseJournal,
  JournalError,
  type LineText,
  openJournal,
  readAnswers,
  readJournal,
  textAt,
} from '../../src/journal/journal.js';
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
  { ...runLine(['a'], { simple: 2 }), schema_version: JOURNAL_VERSION },
  trialLine('a', '1', 'passed', { trial: '0123456789abcdef' }),
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
    trial: 'fedcba9876543210',
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

/** What reading it came to, with the answers and without. */
async function outcomes() {
  const outcome = async (
    read: (tell: (torn: string | null) => void) => AsyncIterable<Pick<JournalLine, 'type'>>,
  ) => {
    let torn: string | null = null;
    const found: unknown[] = [];
    try {
      for await (const line of read((told) => {
        torn = told;
      }))
        found.push(line.type === 'trial' && 'trial' in line ? line.trial : line.type);
      return { found, torn };
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      return { found, refused: error.message };
    }
  };
  return {
    read: await outcome((tell) => readJournal(path, realFiles, (end) => tell(end.torn))),
    glimpsed: await outcome(async function* (tell) {
      for await (const { line } of glimpseJournal(path, realFiles, (end) => tell(end.torn))) yield line;
    }),
  };
}

describe('a journal', () => {
  it('is glimpsed line by line without its answers, and each line is found again with its checksum', async () => {
    await write();
    const bytes = await readFile(path);
    const found: unknown[] = [];
    const texts: LineText[] = [];
    for await (const { line, from, bytes: length } of glimpseJournal(path, realFiles)) {
      found.push(line);
      texts.push(textAt(Buffer.from(bytes.subarray(from, from + length))));
    }
    const glimpses = lines.map((line) =>
      line.type === 'trial' ? { type: line.type, trial: line.trial } : line,
    );
    expect(found).toEqual(glimpses);
    // A copy of them is the same file, and what follows it is told the same lines.
    const followed: JournalLine[] = [];
    const copy = await openJournal(
      `${path}.copy`,
      realFiles,
      (text) => text,
      (line) => followed.push(line),
    );
    for (const text of texts) await copy.copy(text);
    await copy.close();
    expect((await readFile(`${path}.copy`)).equals(bytes)).toBe(true);
    expect(followed).toEqual(lines);
    // One of version 1 has no checksum, and gets it.
    expect(textAt(Buffer.from(JSON.stringify(lines[1])))).toEqual(texts[1]);
    bytes[bytes.indexOf('passed')] = 0x71;
    const at = bytes.indexOf('\n') + 1;
    expect(() => textAt(bytes.subarray(at, bytes.indexOf('\n', at)))).toThrow('changed while it was read');
  });

  it('is read as a whole where an id is none of ours', async () => {
    const journal = await openJournal(path, realFiles, (text) => text);
    const [run] = lines;
    if (run === undefined) throw new Error('no run');
    const others = ['a/1/0', '', '0a"'].map((trial) => trialLine('a', '1', 'passed', { trial }));
    for (const line of [run, ...others]) await journal.append(line);
    await journal.close();
    const found: unknown[] = [];
    for await (const { line } of glimpseJournal(path, realFiles)) found.push(line);
    expect(found).toEqual([run, ...others]);
  });

  it('gives back what was appended, in order', async () => {
    await write();
    expect(await readAll()).toEqual(lines);
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(lines.length + 1);
  });

  it('is read without its attempts by those who look at answers', async () => {
    const journal = await openJournal(path, realFiles, (text) => text);
    const attempt: JournalLine = {
      type: 'attempt',
      trial: '0123456789abcdef',
      candidate: 'a',
      attempt: { model: 'a', outcome: 'upstream', status: 502, wait_ms: 0, total_ms: 1 },
      cost_usd: null,
    };
    for (const line of lines) {
      if (line.type === 'trial') await journal.append(attempt);
      await journal.append(line);
    }
    await journal.close();
    const found: JournalLine[] = [];
    for await (const { line } of readAnswers(path, realFiles)) found.push(line);
    expect(found).toEqual(lines);
    // Of version 1, too, whose lines have no checksums.
    const text = await readFile(path, 'utf8');
    await writeFile(
      path,
      text.replaceAll(/,"sum":"[0-9a-f]{8}"/g, '').replace(/"schema_version":\d+/, '"schema_version":1'),
    );
    const old: string[] = [];
    for await (const { line } of readAnswers(path, realFiles)) old.push(line.type);
    expect(old).toEqual(lines.map(({ type }) => type));
  });

  it('never holds a key, in a message or in an answer', async () => {
    await write(['rate_limited']);
    const text = await readFile(path, 'utf8');
    expect(text).not.toContain('rate_limited');
    expect(text).toContain('[redacted]');
  });

  it('cut at any byte of its last three lines is read up to there, and tells of a torn line', async () => {
    await write();
    const whole = await readFile(path, 'utf8');
    const ends = [...whole.matchAll(/\n/g)].map(({ index }) => index);
    for (let end = ends.at(-4) ?? 0; end < whole.length; end++) {
      await writeFile(path, whole.slice(0, end));
      let torn: string | null = null;
      const found: JournalLine[] = [];
      for await (const line of readJournal(path, realFiles, (found) => {
        torn = found.torn;
      }))
        found.push(line);
      const left = ends.filter((at) => at <= end).length;
      expect(found, `cut at ${end}`).toEqual(lines.slice(0, left));
      // A cut between two lines leaves no trace but that the end is missing.
      const isBetween = ends.includes(end) || ends.includes(end - 1);
      expect(torn === null, `cut at ${end}`).toBe(isBetween);
      if (end % 7 > 0) continue;
      const { read, glimpsed } = await outcomes();
      expect(glimpsed, `cut at ${end}`).toEqual(read);
    }
  });

  it('with any byte of its last three lines changed is refused, or read without its last line, and says so', async () => {
    await write();
    const whole = await readFile(path);
    const starts = [...whole.toString('latin1').matchAll(/\n/g)].map(({ index }) => index + 1);
    let refused = 0;
    for (let at = starts.at(-4) ?? 0; at < whole.length; at++) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ (at % 2 === 0 ? 1 : 0x80);
      await writeFile(path, damaged);
      let torn: string | null = null;
      const found: JournalLine[] = [];
      try {
        for await (const line of readJournal(path, realFiles, (end) => {
          torn = end.torn;
        }))
          found.push(line);
        expect(found, `byte ${at}`).toEqual(lines.slice(0, -1));
        expect(torn, `byte ${at}`).toMatch(/damaged|not a valid journal line/);
      } catch (error) {
        if (!(error instanceof JournalError)) throw error;
        expect(error.message).toMatch(/trials\.jsonl:\d+ is (?:damaged|not a valid journal line)/);
        refused += 1;
      }
      if (at % 7 > 0) continue;
      const { read, glimpsed } = await outcomes();
      expect(glimpsed, `byte ${at}`).toEqual(read);
    }
    expect(refused).toBeGreaterThan(300);
  });

  it('of version 1, whose lines have no checksums, is read as ever', async () => {
    const old = lines.map((line) => (line.type === 'run' ? { ...line, schema_version: 1 } : line));
    await writeFile(path, old.map((line) => `${JSON.stringify(line)}\n`).join(''));
    expect(await readAll()).toEqual(old);
  });

  it('without a checksum where there must be one is refused', async () => {
    await write();
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace(/,"sum":"[0-9a-f]{8}"(?=\}\n.*"case":"2")/, ''));
    await expect(readAll()).rejects.toThrow('is damaged: its checksum does not hold');
  });

  it('with damage before its end is refused by line', async () => {
    await write();
    const text = (await readFile(path, 'utf8')).split('\n');
    text[1] = text[1]?.slice(0, 40) ?? '';
    await writeFile(path, text.join('\n'));
    await expect(readAll()).rejects.toThrow(`${path}:2 is not a valid journal line`);
  });

  it('of a newer version, of another kind, or empty is refused in words', async () => {
    await writeFile(path, '');
    await expect(readAll()).rejects.toThrow('is empty');
    await writeFile(path, `${JSON.stringify(lines[1])}\n`);
    await expect(readAll()).rejects.toThrow('its first line does not identify a run');
    await writeFile(path, `${JSON.stringify({ ...lines[0], schema_version: 99 })}\n{}\n`);
    await expect(readAll()).rejects.toThrow(JournalError);
    await expect(readAll()).rejects.toThrow('newer bench');
  });

  it('keeps fields that a later version added', async () => {
    const later = { ...trialLine('a', '3', 'passed'), later: 1 };
    const journal = await openJournal(path, realFiles, redactor([]));
    for (const line of [...lines, later]) await journal.append(line);
    await journal.close();
    expect((await readAll()).at(-1)).toMatchObject({ case: '3', later: 1 });
  });
});

it('takes lines of another one to the letter, and seals anew what it changes in them', async () => {
  await write();
  const copyTo = async (to: string, secrets: readonly string[]) => {
    const journal = await openJournal(to, realFiles, redactor(secrets));
    for await (const { line, text } of readAnswers(path, realFiles)) await journal.append(line, text);
    await journal.close();
    return readFile(to, 'utf8');
  };
  expect(await copyTo(join(folder, 'same.jsonl'), [])).toBe(await readFile(path, 'utf8'));
  const clean = join(folder, 'clean.jsonl');
  expect(await copyTo(clean, ['rate_limited'])).toContain('[redacted]');
  path = clean;
  expect((await readAll()).map(({ type }) => type)).toEqual(lines.map(({ type }) => type));
});

it('is followed by its lines as they are read back, whatever they were before', async () => {
  const followed: JournalLine[] = [];
  const journal = await openJournal(path, realFiles, redactor(['rate_limited']), (line) =>
    followed.push(line),
  );
  for (const line of lines) await journal.append(line);
  // As it comes from elsewhere: what JSON cannot say is not written.
  await journal.append(trialLine('a', '3', 'failed', { score: Number.NaN }));
  await journal.close();
  expect(followed).toEqual(await readAll());
  expect(followed.at(-1)).toMatchObject({ case: '3', score: null });
  expect(JSON.stringify(followed)).toContain('[redacted]');
});

it('reads back lines that lie across the pieces that a file is read in', async () => {
  const [run] = lines;
  if (run === undefined) throw new Error('no lines');
  // Longer than several pieces, and one line longer than a piece by itself.
  const sizes = Array.from({ length: 60 }, (_, at) => (at === 20 ? 700_000 : 1 + ((at * 7919) % 40_000)));
  const long: JournalLine[] = [
    run,
    ...sizes.map((size, at) =>
      trialLine('a', String(at), 'failed', {
        checks: [
          { name: 'x', score: 0, passed: false, required: true, weight: 1, detail: String(at).repeat(size) },
        ],
      }),
    ),
  ];
  const journal = await openJournal(path, realFiles, (text) => text);
  for (const line of long) await journal.append(line);
  await journal.close();
  const read: JournalLine[] = [];
  let torn: string | null = 'nothing told';
  for await (const line of readJournal(path, realFiles, (end) => {
    torn = end.torn;
  })) {
    read.push(line);
    // Whoever looks at a line for long must not find the next piece in it.
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(read).toMatchObject(long);
  expect(torn).toBeNull();
});
