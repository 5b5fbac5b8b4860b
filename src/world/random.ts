import { hash } from 'node:crypto';
import type { Random } from './world.js';

/**
 * A seeded stream: sfc32 (Chris Doty-Humphrey, PractRand), its 128 bits of state from the SHA-256 of the seed's path.
 * The same seed gives the same numbers on every machine and version.
 */
export function seededRandom(seed: string): Random {
  let isOpen = false;
  let [a, b, c, counter] = [0, 0, 0, 0];
  const open = () => {
    const state = hash('sha256', seed, 'buffer');
    a = state.readUInt32LE(0) | 0;
    b = state.readUInt32LE(4) | 0;
    c = state.readUInt32LE(8) | 0;
    counter = state.readUInt32LE(12) | 0;
    isOpen = true;
  };
  return {
    next() {
      // Most streams are there for a retry that never comes.
      if (!isOpen) open();
      const result = (((a + b) | 0) + counter) | 0;
      counter = (counter + 1) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = ((c << 21) | (c >>> 11)) + result;
      return (result >>> 0) / 2 ** 32;
    },
    fork: (name) => seededRandom(`${seed}/${name}`),
  };
}

/** A new array in an order that the stream decides (Fisher and Yates). */
export function shuffled<T>(items: readonly T[], random: Random): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random.next() * (last + 1));
    const item = result[last] as T;
    result[last] = result[other] as T;
    result[other] = item;
  }
  return result;
}

/** Normal with mean 0 and deviation 1 (Box and Muller 1958). */
export function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
