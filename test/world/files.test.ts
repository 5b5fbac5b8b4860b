import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { realFiles } from '../../src/world/files.js';

it('reads here and there what lies there, and pieces that nobody else gets', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-files-'));
  const path = join(folder, 'file');
  const all = Buffer.from(Array.from({ length: 60_000 }, (_, index) => (index * 7919) % 251));
  await writeFile(path, all);
  // Most of what is read lies near what was read before.
  const bytes = fc.oneof(fc.nat(900), fc.nat(900), fc.nat(40_000));
  const places = fc.record({
    jump: fc.option(fc.nat(61_000), { freq: 3 }),
    step: fc.integer({ min: -900, max: 900 }),
    bytes,
  });
  try {
    fc.assert(
      fc.property(fc.array(places, { maxLength: 40, size: 'max' }), (some) => {
        const file = realFiles.openToRead(path);
        let from = 0;
        try {
          for (const { jump, step, bytes } of some) {
            from = Math.max(0, (jump ?? from) + step);
            const piece = file.read(from, bytes);
            expect(piece.equals(all.subarray(from, from + bytes))).toBe(true);
            piece.fill(0);
          }
        } finally {
          file.close();
        }
      }),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
