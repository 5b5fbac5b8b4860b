import fc from 'fast-check';
import { expect, it } from 'vitest';
import { startTimers, TimerRang } from '../../src/providers/timers.js';
import { simulatedClock } from '../../src/world/clock.simulated.js';

it('a timer rings at its time, however the clock’s fractions are rounded, and after a few looks at it', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.double({ min: 0, max: 1e7, noNaN: true }),
      fc.double({ min: 1, max: 1e6, noNaN: true }),
      fc.double({ min: 1, max: 1e6, noNaN: true }),
      fc.double({ min: 1, max: 1e6, noNaN: true }),
      fc.boolean(),
      async (startMs, headersMs, progressMs, totalMs, comes) => {
        const simulated = simulatedClock(0, startMs);
        let looks = 0;
        const clock = {
          ...simulated,
          sleep(ms: number, signal?: AbortSignal) {
            looks += 1;
            if (looks > headersMs / progressMs + 20) throw new Error('it never rings');
            return simulated.sleep(ms, signal);
          },
        };
        const timers = startTimers(clock, { headersMs, progressMs, totalMs }, new AbortController().signal);
        if (comes) timers.headersCame();
        const rung = new Promise<unknown>((resolve) => {
          timers.signal.addEventListener('abort', () => resolve(timers.signal.reason));
        });
        expect(await simulated.run(rung)).toBeInstanceOf(TimerRang);
        const dueMs = startMs + Math.min(comes ? progressMs : headersMs, totalMs);
        expect(clock.nowMs()).toBeGreaterThanOrEqual(dueMs);
        expect(clock.nowMs()).toBeLessThanOrEqual(dueMs + 1e-6);
      },
    ),
  );
});
