import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { accountKey } from '../../src/engine/account-key.js';
import { fileLedger } from '../../src/engine/ledger.js';
import { realFiles } from '../../src/world/files.js';
import { folderWith } from '../suite/folder.js';

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
  const first = await fileLedger(path, realFiles, clock);
  first.add('a');
  first.add('a');
  first.add('b');
  await first.save();
  const second = await fileLedger(path, realFiles, clock);
  second.add('a');
  expect([second.used('a'), second.used('b'), second.used('c')]).toEqual([3, 1, 0]);
  await second.save();
  await second.save();
  expect((await fileLedger(path, realFiles, clock)).used('a')).toBe(3);
  clock.pass(12 * 3_600_000);
  expect(second.used('a')).toBe(0);
  expect((await fileLedger(path, realFiles, clock)).used('a')).toBe(0);
});

it('adds up what several processes spend', async () => {
  const path = join(folderWith({}), 'today.json');
  const clock = clockAt(noon);
  const [one, other] = [await fileLedger(path, realFiles, clock), await fileLedger(path, realFiles, clock)];
  one.add('a');
  other.add('a');
  other.add('a');
  await one.save();
  await other.save();
  expect((await fileLedger(path, realFiles, clock)).used('a')).toBe(3);
});

it('takes a file that is none for an empty day', async () => {
  const folder = folderWith({});
  const path = join(folder, 'today.json');
  await writeFile(path, '{"day":');
  const ledger = await fileLedger(path, realFiles, clockAt(noon));
  expect(ledger.used('a')).toBe(0);
  ledger.add('a');
  await ledger.save();
  expect((await fileLedger(path, realFiles, clockAt(noon))).used('a')).toBe(1);
});
