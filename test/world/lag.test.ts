import { expect, it } from 'vitest';
import { simulatedClock } from '../../src/world/clock.simulated.js';
import { watchLag } from '../../src/world/lag.js';

it('tells how late the loop is, while it is late and right behind that', async () => {
  let step = 0;
  const clock = simulatedClock(0, 0, () => step);
  const lag = watchLag(clock);
  await clock.run(clock.sleep(100));
  expect(lag.lateMs()).toBe(0);
  // Somebody works for 80 ms, and then the loop goes on.
  step = 80;
  clock.nowMs();
  step = 0;
  expect(lag.lateMs()).toBeGreaterThan(55);
  await clock.run(clock.sleep(5));
  expect(lag.lateMs()).toBeGreaterThan(55);
  await clock.run(clock.sleep(100));
  expect(lag.lateMs()).toBe(0);
  lag.stop();
  expect(clock.timersLeft()).toBe(0);
});
