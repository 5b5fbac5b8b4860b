/**
 * The failures that another run may meet: those that were seen, in stretches of time as they came, so that what failed
 * together fails together again (Kuensch, The jackknife and the bootstrap for general stationary observations, Annals of
 * Statistics 17, 1989: blocks of a series, drawn with replacement). Pure.
 */
import type { AttemptAt, ModelEvidence } from '../../analysis/advice/evidence.js';
import type { SimulatedFault } from '../../domain/candidate.js';
import type { Draw } from '../../stats/draw.js';
import { sharesDraw } from '../../stats/gamma.js';

/** Of fewer attempts, or within less time, there is no telling what came together. */
const FEWEST_ATTEMPTS = 20;
const SHORTEST_MS = 1_000;
/** Stretches that make up a run as long as the one that was seen, and the steps in each of them. */
const BLOCKS = 3;
const STEPS = 8;
/** A run may take this many times as long. */
const LONGEST = 4;

interface Kind {
  readonly kind: string;
  readonly status: number | null;
  readonly count: number;
}

/** `counted`: the failures that are chance, by kind. `whatOf`: how a simulated server shows one. */
export function faultsOf(
  { timelines, logs }: ModelEvidence,
  counted: readonly Kind[],
  whatOf: (kind: string, status: number | null) => SimulatedFault['what'],
  draw: Draw,
): SimulatedFault[] {
  const kinds = counted.length === 0 ? [{ kind: 'upstream', status: 503, count: 0 }] : counted;
  const shares = (answered: number, counts: readonly number[], prior: readonly number[]) => {
    const [, ...drawn] = sharesDraw([answered, ...counts.map((count, at) => count + (prior[at] ?? 0))], draw);
    return drawn;
  };
  const overall = shares(
    logs.length + 0.5,
    kinds.map(({ count }) => count),
    kinds.map(() => 0.5 / kinds.length),
  );
  const always = kinds.map(({ kind, status }, at): SimulatedFault => {
    return { what: whatOf(kind, status), share: overall[at] ?? 0, requests: null, between: null };
  });
  const attempts = timelines.filter((own) => own.length >= FEWEST_ATTEMPTS);
  const longest = [...attempts].sort((a, b) => lengthOf(b) - lengthOf(a))[0];
  if (longest === undefined || lengthOf(longest) < SHORTEST_MS || counted.length === 0) return always;
  const total = kinds.map(({ kind, status }) => countIn(timelines.flat(), kind, status));
  const stepMs = lengthOf(longest) / (BLOCKS * STEPS);
  const faults: SimulatedFault[] = [];
  for (let block = 0; block < BLOCKS * LONGEST; block++) {
    const own = attempts[Math.floor(draw() * attempts.length)] ?? longest;
    const startMs = draw() * lengthOf(own);
    for (let step = 0; step < STEPS; step++) {
      const seen = within(own, startMs + step * stepMs, stepMs);
      const drawn = shares(
        seen.filter(({ failure }) => failure === null).length + 0.5,
        kinds.map(({ kind, status, count }, at) => {
          const times = countIn(seen, kind, status);
          // What a known limit refuses comes from the limit.
          return (times * count) / Math.max(1, total[at] ?? 0);
        }),
        overall.map((share) => 0.5 * share + 1e-6),
      );
      const fromMs = (block * STEPS + step) * stepMs;
      for (const [at, { kind, status }] of kinds.entries()) {
        faults.push({
          what: whatOf(kind, status),
          share: drawn[at] ?? 0,
          requests: null,
          between: { fromMs, toMs: fromMs + stepMs },
        });
      }
    }
  }
  return faults;
}

function lengthOf(attempts: readonly AttemptAt[]): number {
  return attempts.at(-1)?.atMs ?? 0;
}

/** What was attempted in a stretch; behind the end the beginning follows. */
function within(attempts: readonly AttemptAt[], fromMs: number, lengthMs: number): AttemptAt[] {
  const all = lengthOf(attempts);
  const from = fromMs % Math.max(1, all);
  return attempts.filter(({ atMs }) => {
    const at = atMs < from ? atMs + all : atMs;
    return at < from + lengthMs;
  });
}

function countIn(attempts: readonly AttemptAt[], kind: string, status: number | null): number {
  return attempts.filter(({ failure }) => failure?.kind === kind && failure.status === status).length;
}
