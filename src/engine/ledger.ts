/** How many requests an account and a model have had today (UTC): quotas of a day outlive the process that spends them. */
import { z } from 'zod';
import type { Clock, Files } from '../world/world.js';

export interface DailyLedger {
  used(key: string): number;
  add(key: string): void;
  /** Writes what was added. Other processes' additions are kept. */
  save(): Promise<void>;
}

const DAY_MS = 24 * 3_600_000;

/** Days since 1970: asked for with every request, so no text. */
const dayOf = (clock: Clock) => Math.floor(clock.wallMs() / DAY_MS);

const dayText = (clock: Clock) => new Date(clock.wallMs()).toISOString().slice(0, 10);

const schema = z.object({ day: z.string(), used: z.record(z.string(), z.number().int().min(0)) });
type Day = z.infer<typeof schema>;

/** Lives as long as the process: where nothing may be written, and in simulations. */
export function memoryLedger(clock: Clock): DailyLedger {
  /** Each day's own, so that a clock that goes to another day and comes back has forgotten nothing. */
  const days = new Map<number, Map<string, number>>();
  return {
    used: (key) => days.get(dayOf(clock))?.get(key) ?? 0,
    add(key) {
      const today = dayOf(clock);
      const used = days.get(today) ?? new Map<string, number>();
      days.set(today, used);
      used.set(key, (used.get(key) ?? 0) + 1);
    },
    async save() {},
  };
}

/** Kept in a file. A file that cannot be read counts as empty, and one that cannot be written is no failure of a run. */
export async function fileLedger(path: string, files: Files, clock: Clock): Promise<DailyLedger> {
  const memory = memoryLedger(clock);
  const dayOnDisk = dayOf(clock);
  const onDisk = await readDay(path, files, clock);
  /** Added here and not yet on disk. */
  let added = memoryLedger(clock);
  const keys = new Set<string>();
  return {
    used: (key) => memory.used(key) + (dayOf(clock) === dayOnDisk ? (onDisk.used[key] ?? 0) : 0),
    add(key) {
      keys.add(key);
      memory.add(key);
      added.add(key);
    },
    async save() {
      const fresh = added;
      added = memoryLedger(clock);
      try {
        const latest = await readDay(path, files, clock);
        for (const key of keys) {
          const more = fresh.used(key);
          if (more > 0) latest.used[key] = (latest.used[key] ?? 0) + more;
        }
        await files.writeAtomic(path, `${JSON.stringify(latest)}\n`);
      } catch {
        // The quota is still watched in this process, and the server watches it anyway.
      }
    },
  };
}

async function readDay(path: string, files: Files, clock: Clock): Promise<Day> {
  const today = dayText(clock);
  try {
    const parsed = schema.safeParse(JSON.parse(await files.readText(path)));
    if (parsed.success && parsed.data.day === today) return parsed.data;
  } catch {
    // Not there, or no JSON: a day without a request.
  }
  return { day: today, used: {} };
}
