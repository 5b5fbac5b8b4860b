/**
 * What outlives the process that learned it: how many requests an account and a model have had today (UTC), for quotas of
 * a day, and how fast each may be asked, where no limit was advertised.
 */
import { z } from 'zod';
import { isoTime } from '../domain/units.js';
import type { Clock, Files } from '../world/world.js';

export interface DailyLedger {
  used(key: string): number;
  add(key: string): void;
  /** What was learned of the rate that is allowed, here or in another run; null: nothing, or too long ago. */
  recall(key: string): LearnedPace | null;
  learned(key: string, perMinute: number): void;
  /** It was another's limit. */
  forget(key: string): void;
  /** Writes what was added. Other processes' additions are kept. */
  save(): Promise<void>;
}

export interface LearnedPace {
  readonly perMinute: number;
  /** Since it was learned. */
  readonly agoMs: number;
}

const DAY_MS = 24 * 3_600_000;

/** Days since 1970: asked for with every request, so no text. */
const dayOf = (clock: Clock) => Math.floor(clock.wallMs() / DAY_MS);

const dayText = (clock: Clock) => isoTime(clock.wallMs()).slice(0, 10);

const schema = z.object({ day: z.string(), used: z.record(z.string(), z.number().int().min(0)) });
type Day = z.infer<typeof schema>;

/** Lives as long as the process: where nothing may be written, and in simulations. */
export function memoryLedger(clock: Clock): DailyLedger {
  /** Each day's own, so that a clock that goes to another day and comes back has forgotten nothing. */
  const days = new Map<number, Map<string, number>>();
  const paces = new Map<string, { readonly perMinute: number; readonly atMs: number }>();
  return {
    used: (key) => days.get(dayOf(clock))?.get(key) ?? 0,
    add(key) {
      const today = dayOf(clock);
      const used = days.get(today) ?? new Map<string, number>();
      days.set(today, used);
      used.set(key, (used.get(key) ?? 0) + 1);
    },
    recall(key) {
      const pace = paces.get(key);
      if (pace === undefined) return null;
      const agoMs = clock.wallMs() - pace.atMs;
      // Limits change, and clocks are set: what is older than a day, or was learned tomorrow, is no more to be relied on.
      return agoMs < 0 || agoMs > DAY_MS ? null : { perMinute: pace.perMinute, agoMs };
    },
    learned(key, perMinute) {
      paces.set(key, { perMinute, atMs: clock.wallMs() });
    },
    forget(key) {
      paces.delete(key);
    },
    async save() {},
  };
}

export interface LedgerFiles {
  readonly requests: string;
  readonly paces: string;
}

/** Kept in two files. A file that cannot be read counts as empty, and one that cannot be written is no failure of a run. */
export async function fileLedger(
  { requests: path, paces: pacesPath }: LedgerFiles,
  files: Files,
  clock: Clock,
): Promise<DailyLedger> {
  const memory = memoryLedger(clock);
  const dayOnDisk = dayOf(clock);
  const onDisk = await readDay(path, files, clock);
  /** Added here and not yet on disk. */
  let added = memoryLedger(clock);
  const keys = new Set<string>();
  const paces = await readPaces(pacesPath, files);
  /** Null: forgotten. */
  const changed = new Map<string, StoredPace | null>();
  async function savePaces(): Promise<void> {
    if (changed.size === 0) return;
    try {
      const all = { ...(await readPaces(pacesPath, files)), ...Object.fromEntries(changed) };
      const latest = Object.fromEntries(Object.entries(all).filter(([, pace]) => pace !== null));
      await files.writeAtomic(pacesPath, `${JSON.stringify(latest, null, 2)}\n`);
    } catch {
      // It will be learned again.
    }
  }

  return {
    used: (key) => memory.used(key) + (dayOf(clock) === dayOnDisk ? (onDisk.used[key] ?? 0) : 0),
    add(key) {
      keys.add(key);
      memory.add(key);
      added.add(key);
    },
    recall(key) {
      const pace = changed.has(key) ? changed.get(key) : paces[key];
      if (pace === undefined || pace === null) return null;
      const agoMs = clock.wallMs() - Date.parse(pace.at);
      return Number.isNaN(agoMs) || agoMs < 0 || agoMs > DAY_MS
        ? null
        : { perMinute: pace.per_minute, agoMs };
    },
    learned(key, perMinute) {
      changed.set(key, { per_minute: perMinute, at: isoTime(clock.wallMs()) });
    },
    forget(key) {
      changed.set(key, null);
    },
    async save() {
      await savePaces();
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

const paceSchema = z.object({ per_minute: z.number().positive(), at: z.string() });
const pacesSchema = z.record(z.string(), paceSchema);
type StoredPace = z.infer<typeof paceSchema>;

async function readPaces(path: string, files: Files): Promise<Record<string, StoredPace>> {
  try {
    const parsed = pacesSchema.safeParse(JSON.parse(await files.readText(path)));
    return parsed.success ? parsed.data : {};
  } catch {
    // Not there, or no JSON: nothing was learned yet.
    return {};
  }
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
