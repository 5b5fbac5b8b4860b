import { describe, expect, it } from 'vitest';
import { simulatedClock } from '../../src/world/clock.simulated.js';
import { DeadlinePassed, within } from '../../src/world/deadline.js';
import { seededRandom, shuffled } from '../../src/world/random.js';

describe('virtual time', () => {
  it('jumps from timer to timer and says where it stalls', async () => {
    const clock = simulatedClock();
    const rung: string[] = [];
    const at = async (ms: number, name: string) => {
      await clock.sleep(ms);
      rung.push(`${name}@${clock.nowMs()}`);
    };
    await clock.run(Promise.all([at(5_000, 'b'), at(1, 'a'), at(86_400_000, 'c')]));
    expect(rung).toEqual(['a@1', 'b@5000', 'c@86400000']);
    await expect(clock.run(new Promise(() => {}))).rejects.toThrow('stalled at virtual time 86400000 ms');
  });
});

describe('virtual time that moves', () => {
  it('goes on with every reading, rings early but never ends a sleep early, and finds who spins', async () => {
    const clock = simulatedClock(0, 0, () => 0.01);
    expect([clock.nowMs(), clock.wallMs()]).toEqual([0.01, 0.02]);
    let rangMs = 0;
    clock.after(1.7, () => {
      rangMs = clock.nowMs();
    });
    await clock.run(clock.sleep(1.7));
    expect(rangMs).toBeLessThan(1.7);
    expect(clock.nowMs()).toBeGreaterThanOrEqual(1.7);
    const spinning = async () => {
      while (clock.nowMs() < 1e9) await null;
    };
    await expect(clock.run(spinning())).rejects.toThrow('somebody spins');
  });
});

describe('within', () => {
  it('gives the result, the deadline, or the reason of the outer signal', async () => {
    const clock = simulatedClock();
    const slow = async (signal: AbortSignal) => {
      await clock.sleep(100, signal);
      return 'done';
    };
    expect(await clock.run(within(clock, 200, null, slow))).toBe('done');
    await expect(clock.run(within(clock, 50, null, slow))).rejects.toThrow(DeadlinePassed);
    const outer = new AbortController();
    const work = within(clock, 200, outer.signal, slow);
    outer.abort(new Error('the user'));
    await expect(clock.run(work)).rejects.toThrow('the user');
    // Work that does not listen is left behind.
    await expect(clock.run(within(clock, 50, null, () => new Promise(() => {})))).rejects.toThrow('50 ms');
  });
});

describe('seededRandom', () => {
  it('is the same for a seed on every machine, for ever', () => {
    const random = seededRandom('1');
    expect([random.next(), random.next()].map((value) => value.toFixed(12))).toEqual([
      '0.675507927546',
      '0.981688404921',
    ]);
    expect(seededRandom('1').fork('a').next()).toBe(seededRandom('1/a').next());
  });

  it('forks without regard to what was drawn before', () => {
    const drawn = seededRandom('x');
    drawn.next();
    expect(drawn.fork('lane').next()).toBe(seededRandom('x').fork('lane').next());
  });

  it('is uniform, and shuffles every order about as often', () => {
    const random = seededRandom('shuffle');
    const counts = new Map<string, number>();
    for (let round = 0; round < 6000; round++) {
      const order = shuffled(['a', 'b', 'c'], random).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    // Six cells of 1000 each: chi-square with 5 degrees of freedom is below 20.5 in 999 of 1000 fair worlds.
    const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(chiSquare).toBeLessThan(20.5);
  });
});
