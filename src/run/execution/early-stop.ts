/** Looks at a gated run while it goes on, and ends it when its verdict can no longer change. */
import { profile } from '../../analysis/profile.js';
import { LOOKS, type Stop, stopAt } from '../../analysis/stopping.js';
import { readJournal } from '../../journal/journal.js';
import type { Files } from '../../world/world.js';
import { strataOf } from '../planning/plan.js';
import type { RunRequest } from '../request/read-request.js';

export interface EarlyStop extends Stop {
  /** Trials that were there, of the plan's. */
  readonly trials: number;
  readonly planned: number;
}

export interface VerdictWatch {
  /** A trial has its line. */
  trialEnded(): void;
  /** When the last look is done: what ended the run; null where nothing did. */
  ended(): Promise<EarlyStop | null>;
}

/** `end` is called once, when the verdict is certain. Null where nobody asked for it, or where nothing would be saved. */
export function watchVerdict(
  { gate, plan, simulatedTime, stored }: RunRequest,
  journal: { readonly path: string; readonly done: number },
  files: Files,
  end: (why: string) => void,
): VerdictWatch | null {
  // In simulated time all is asked before the first answer is judged.
  if (gate === null || !gate.stopEarly || simulatedTime || stored !== null) return null;
  const planned = plan.trials.length;
  const strata = strataOf(plan);
  let trials = journal.done;
  let looks = lookOf(trials, planned);
  let looking: Promise<void> = Promise.resolve();
  let found: EarlyStop | null = null;

  async function look(share: number, count: number): Promise<void> {
    if (found !== null) return;
    const partial = await profile(readJournal(journal.path, files));
    if (partial === null || gate === null) return;
    const stop = stopAt(gate.profile, partial, gate.settings, { share, strata }, gate.name);
    if (stop === null) return;
    found = { ...stop, trials: count, planned };
    end(stop.why);
  }

  return {
    trialEnded() {
      trials += 1;
      if (lookOf(trials, planned) === looks || looks >= LOOKS) return;
      looks = lookOf(trials, planned);
      const [share, count] = [looks / (LOOKS + 1), trials];
      looking = looking.then(() => look(share, count));
      // Whoever waits for the last look sees what went wrong in any.
      looking.catch(() => {});
    },
    async ended() {
      await looking;
      return found;
    },
  };
}

/** How many looks are due at this number of trials, the end of the run not counted. */
function lookOf(trials: number, planned: number): number {
  return Math.min(LOOKS, Math.floor(((LOOKS + 1) * trials) / Math.max(1, planned)));
}
