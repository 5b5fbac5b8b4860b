/**
 * Ids of trials, numbered as they come. A hundred thousand of them as texts in a set are ten megabytes that the collector
 * walks through again and again; here they are eight bytes each beside the heap, found by open addressing.
 */
import { wordsOfAny } from '../domain/ids.js';

export interface TrialIds {
  /** Its number, from 0: a new one, or that which it has. */
  add(id: string): number;
  /** Undefined where it is not there. */
  numberOf(id: string): number | undefined;
}

/** At least two slots for each id: most are found at once. */
const SLOTS_PER_ID = 2;

export function trialIds(): TrialIds {
  let words = new Uint32Array(1 << 11);
  /** Numbers, each one more than it is: 0 is an empty slot. */
  let slots = new Uint32Array(1 << 11);
  let length = 0;

  /** Where it is, or belongs. Ids are hashes: their low bits are as good as any. */
  function slotOf(high: number, low: number): number {
    const mask = slots.length - 1;
    for (let at = low & mask; ; at = (at + 1) & mask) {
      const known = (slots[at] as number) - 1;
      if (known < 0 || (words[2 * known] === high && words[2 * known + 1] === low)) return at;
    }
  }

  function grow(): void {
    const wider = new Uint32Array(words.length * 2);
    wider.set(words);
    words = wider;
    slots = new Uint32Array(slots.length * 2);
    for (let known = 0; known < length; known++) {
      slots[slotOf(words[2 * known] as number, words[2 * known + 1] as number)] = known + 1;
    }
  }

  return {
    add(id) {
      const [high, low] = wordsOfAny(id);
      const slot = slotOf(high, low);
      const known = slots[slot] as number;
      if (known > 0) return known - 1;
      words[2 * length] = high;
      words[2 * length + 1] = low;
      length += 1;
      slots[slot] = length;
      if (length * SLOTS_PER_ID >= slots.length) grow();
      return length - 1;
    },
    numberOf(id) {
      const [high, low] = wordsOfAny(id);
      const known = slots[slotOf(high, low)] as number;
      return known > 0 ? known - 1 : undefined;
    },
  };
}
