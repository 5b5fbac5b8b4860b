/** A model of the evidence as a simulated one: it fails, answers and takes its time as it may, by what was counted. */
import type { ModelEvidence } from '../../analysis/advice/evidence.js';
import type { Model, SimulatedFault } from '../../domain/candidate.js';
import type { Suite } from '../../domain/suite.js';
import { shapesOf } from '../../providers/simulated-limits.js';
import { normalFit } from '../../stats/gamma.js';
import type { Random } from '../../world/world.js';
import { MOST_TRIALS } from './advised-suite.js';
import { faultsOf } from './faults.js';

/** The limits that the model and its account are known to have. */
export function limitsOf(model: Model) {
  return model.simulation?.limits ?? [...shapesOf(model.limits), ...shapesOf(model.account.limits)];
}

/** A lone latency says nothing of their spread. */
const USUAL_SPREAD = 0.4;

const USUAL_MS = 5_000;

/** The model as it may be, by what was seen of it. */
export function advisedModel(
  seen: ModelEvidence,
  model: Model,
  suite: Suite,
  refusedByLimits: number,
  random: Random,
): Model {
  const draw = random.next;
  const limits = limitsOf(model);
  const byLimits = refusedByLimits * seen.attempts;
  const forLimits = seen.failures.reduce((sum, { kind, count }) => sum + (isLimit(kind) ? count : 0), 0);
  const byChance = forLimits === 0 ? 1 : Math.max(0, 1 - byLimits / forLimits);
  const failures = seen.failures.map((one) =>
    isLimit(one.kind) ? { ...one, count: one.count * byChance } : one,
  );
  const fit = normalFit(seen.logs, draw);
  const [only = Math.log(USUAL_MS)] = seen.logs;
  const faults = faultsOf(seen, failures, whatOf, draw);
  return {
    ...model,
    id: model.name,
    // A lane opens when a server acknowledges a request, and that shows in the head of its answer.
    stream: model.stream,
    limits: model.limits,
    simulation: {
      answers: Object.fromEntries(suite.cases.map(({ id }) => [id, ALWAYS])),
      otherwise: 'stub',
      quality: 1,
      latency: {
        medianMs: Math.exp(fit?.mean ?? only),
        spread: fit?.deviation ?? USUAL_SPREAD,
        ttftMs: Math.exp(fit?.mean ?? only),
      },
      limits,
      announce: model.simulation?.announce ?? 'retry_after',
      faults,
    },
  };
}

/** Whatever it says: whether that passes is drawn apart. */
const ALWAYS: readonly string[] = Array.from({ length: MOST_TRIALS }, () => 'x');

export function isLimit(kind: string): boolean {
  return kind === 'rate_limited' || kind === 'quota' || kind === 'concurrency';
}

function whatOf(kind: string, status: number | null): SimulatedFault['what'] {
  switch (kind) {
    case 'network':
      return { kind: 'reset' };
    case 'timeout':
      return { kind: 'hang' };
    case 'empty':
      return { kind: 'empty' };
    case 'malformed':
    case 'too_large':
      return { kind: 'garbage' };
    case 'broken_stream':
      return { kind: 'reset' };
    default:
      return { kind: 'status', status: status !== null && status >= 400 ? status : 503, retryAfterMs: null };
  }
}
