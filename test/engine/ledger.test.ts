import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { accountKey } from '../../src/engine/identity.js';
import { fileLedger } from '../../src/engine/ledger.js';
import { realFiles } from '../../src/world/files.js';
import { folderWith } from '../suite/folder.js';

const at = (requests: string) => ({ requests, paces: `${requests}.paces` });

const noon = Date.UTC(2031, 3, 5, 12);
const clockAt = (wallMs: number) => {
  let nowMs = wallMs;
  return {
    nowMs: () => nowMs,
    wallMs: () => nowMs,
    sleep: async () => {},
    after: () => () => {},
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
};

it('counts by where an account is and what opens it, not by what it is called, and holds no key', () => {
  const account = { provider: 'p', baseUrl: 'http://p/v1', apiKeyEnv: 'A', headers: {}, limits: {} };
  const env = { A: 'secret-key-one', SAME: ' secret-key-one\n', OTHER: 'secret-key-two' };
  const key = accountKey(account, env);
  expect(accountKey({ ...account, provider: 'q', baseUrl: 'http://p/v1/', apiKeyEnv: 'SAME' }, env)).toBe(
    key,
  );
  expect(accountKey({ ...account, apiKeyEnv: 'OTHER' }, env)).not.toBe(key);
  expect(accountKey({ ...account, baseUrl: 'http://q/v1' }, env)).not.toBe(key);
  expect(accountKey({ ...account, apiKeyEnv: null }, env)).toBe('["http://p/v1",null]');
  expect(key).not.toContain('secret');
});

it('outlives a process, and ends at midnight UTC', async () => {
  const path = join(folderWith({}), 'state', 'today.json');
  const clock = clockAt(noon);
  const first = await fileLedger(at(path), realFiles, clock);
  first.add('a');
  first.add('a');
  first.add('b');
  await first.save();
  const second = await fileLedger(at(path), realFiles, clock);
  second.add('a');
  expect([second.used('a'), second.used('b'), second.used('c')]).toEqual([3, 1, 0]);
  await second.save();
  await second.save();
  expect((await fileLedger(at(path), realFiles, clock)).used('a')).toBe(3);
  clock.pass(12 * 3_600_000);
  expect(second.used('a')).toBe(0);
  expect((await fileLedger(at(path), realFiles, clock)).used('a')).toBe(0);
});

it('adds up what several processes spend', async () => {
  const path = join(folderWith({}), 'today.json');
  const clock = clockAt(noon);
  const [one, other] = [
    await fileLedger(at(path), realFiles, clock),
    await fileLedger(at(path), realFiles, clock),
  ];
  one.add('a');
  other.add('a');
  other.add('a');
  await one.save();
  await other.save();
  expect((await fileLedger(at(path), realFiles, clock)).used('a')).toBe(3);
});

it('takes a file that is none for an empty day', async () => {
  const folder = folderWith({});
  const path = join(folder, 'today.json');
  await writeFile(path, '{"day":');
  const ledger = await fileLedger(at(path), realFiles, clockAt(noon));
  expect(ledger.used('a')).toBe(0);
  ledger.add('a');
  await ledger.save();
  expect((await fileLedger(at(path), realFiles, clockAt(noon))).used('a')).toBe(1);
});

it('remembers what was learned of a rate for a day, and what another process has learned meanwhile', async () => {
  const files = at(join(folderWith({}), 'state', 'today.json'));
  const clock = clockAt(noon);
  const first = await fileLedger(files, realFiles, clock);
  const other = await fileLedger(files, realFiles, clock);
  expect(first.recall('a')).toBeNull();
  first.learned('a', 19.6);
  first.learned('a', 20.4);
  other.learned('b', 7);
  await first.save();
  await other.save();
  clock.pass(3_600_000);
  const second = await fileLedger(files, realFiles, clock);
  expect(second.recall('a')).toEqual({ perMinute: 20.4, agoMs: 3_600_000 });
  expect(second.recall('b')).toEqual({ perMinute: 7, agoMs: 3_600_000 });
  clock.pass(24 * 3_600_000);
  expect(second.recall('a')).toBeNull();
  // A clock that was set back has learned nothing tomorrow.
  clock.pass(-26 * 3_600_000);
  expect(second.recall('a')).toBeNull();
  await writeFile(files.paces, '{"a": {"per_minute": -1}}');
  expect((await fileLedger(files, realFiles, clock)).recall('a')).toBeNull();
});
