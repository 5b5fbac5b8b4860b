/** Who is asked next, and when. Pure: every `if` about rotation stands here, and the loop in ask.ts only does it. */
import { defaultRetry, type Model, type RetryOptions } from '../domain/candidate.js';
import type { RetriedOutcome, UnansweredReason } from '../domain/outcome.js';

/** All that a rotation needs to know of a model: other programs rotate models of their own. */
export interface Named {
  readonly name: string;
}

/** A failed attempt of this trial. */
export interface PastAttempt<M extends Named = Model> {
  readonly model: M;
  readonly outcome: RetriedOutcome;
  /** When this trial may ask the same model again, by its own backoff; on the monotonic clock. */
  readonly againAtMs: number;
}

/** What is known at this moment; a model of which nothing is said is open and up. Times on the monotonic clock. */
export interface LaneView<M extends Named = Model> {
  readonly nowMs: number;
  /** When the trial's first request was due: what a deadline counts from. Absent: now. */
  readonly startedMs?: number;
  /** When a newcomer would be admitted, by pauses and rates; in the past when at once. */
  opensAtMs?(model: M): number;
  /** Until when gates admit nothing; what is parked is parked for this. */
  closedUntilMs?(model: M): number;
  /** Since when it has refused, without a success in between; null when it does not. */
  refusesSinceMs?(model: M): number | null;
  /** Why nothing is sent to it any more in this run; null while it is up. */
  downWhy?(model: M): string | null;
}

export type Decision<M extends Named = Model> =
  | {
      readonly do: 'send';
      readonly model: M;
      /** The trial's own backoff; the lane's gate and pace come on top. */
      readonly notBeforeMs: number;
      /** When another model of the chain will be ready, or the deadline is: who still waits then decides again. */
      readonly reconsiderAtMs: number | null;
    }
  | { readonly do: 'stop'; readonly reason: UnansweredReason; readonly message: string }
  /** Every model that could still answer is disabled for this run: another run may ask it. */
  | { readonly do: 'defer'; readonly message: string }
  /** Every way on is closed for longer than a run should wait. */
  | { readonly do: 'park'; readonly untilMs: number; readonly message: string };

/**
 * How often one model is asked in a row before a rotation turns to the next; 0: no retry of it can succeed. Limits are
 * not here: they close a gate, and a closed gate is left at once.
 */
const PATIENCE: Readonly<Partial<Record<RetriedOutcome['kind'], number>>> = {
  auth: 0,
  credits: 0,
  unknown_model: 0,
  bad_request: 0,
  context: 0,
  cancelled: 0,
  forbidden: 2,
  upstream: 2,
  loading: 6,
  timeout: 2,
  network: 2,
  broken_stream: 2,
  malformed: 2,
  too_large: 2,
  empty: 2,
};

/**
 * Primary first, then its fallbacks. A model that is limited is left at once for the next whose gate is open; one that
 * fails is tried once more and then left; the trial returns to an earlier model when that is ready again.
 */
export class ModelRotationManager<M extends Named = Model> {
  readonly chain: readonly M[];
  readonly primary: M;
  readonly retry: RetryOptions;
  /**
   * Where somebody waits for the answer (false), a model that fails is left at once, and what would have to wait for more
   * than half of its time before it is sent is refused at once: sent then, it would fail, and take the turn of another.
   */
  readonly isPatient: boolean;

  /** `chain`: primary first; throws when it is empty. `isPatient`: default true. */
  constructor(chain: readonly M[], retry: Partial<RetryOptions> = {}, isPatient = true) {
    const [primary] = chain;
    if (primary === undefined) throw new Error('a rotation needs a model');
    this.chain = chain;
    this.primary = primary;
    this.retry = { ...defaultRetry, ...retry };
    this.isPatient = isPatient;
  }

  /** `now`: the time in ms, on the clock of the history; or that and what is known of the models. */
  decide(history: readonly PastAttempt<M>[], now: number | LaneView<M>): Decision<M> {
    const lanes = whole(typeof now === 'number' ? { nowMs: now } : now);
    const { deadlineMs, maxWaitMs } = this.retry;
    const deadlineAtMs = deadlineMs === null ? Number.POSITIVE_INFINITY : lanes.startedMs + deadlineMs;
    const tooLate: Decision<M> = {
      do: 'stop',
      reason: 'deadline',
      message: `not answered within ${(deadlineMs ?? 0) / 1000} s`,
    };
    if (lanes.nowMs >= deadlineAtMs) return tooLate;
    const usable = this.chain.filter((model) => this.#isUsable(model, history, lanes));
    if (usable.length === 0) return this.#nobodyLeft(history, lanes);

    const againAtMs = (model: M) => lastOf(history, model)?.againAtMs ?? lanes.nowMs;
    const readyAtMs = (model: M) => Math.max(lanes.nowMs, lanes.opensAtMs(model), againAtMs(model));
    // Who has refused for too long is asked only where nobody else is left.
    const refuses = (model: M) => lanes.nowMs - (lanes.refusesSinceMs(model) ?? lanes.nowMs) > maxWaitMs;
    const open = usable.filter((model) => !refuses(model));
    const model = this.#choose(open.length > 0 ? open : usable, history, readyAtMs, lanes.nowMs);
    const gateMs = Math.max(lanes.closedUntilMs(model), againAtMs(model));
    if (gateMs > deadlineAtMs) return tooLate;
    const halfMs =
      deadlineMs === null || this.isPatient ? Number.POSITIVE_INFINITY : lanes.startedMs + deadlineMs / 2;
    if (readyAtMs(model) > halfMs) return tooLate;
    if (refuses(model)) {
      return {
        do: 'park',
        untilMs: Math.max(lanes.nowMs, gateMs),
        message: `${model.name} has refused for longer than max_wait`,
      };
    }
    if (gateMs - lanes.nowMs > maxWaitMs) {
      return { do: 'park', untilMs: gateMs, message: `${model.name} is paused longer than max_wait` };
    }
    const others = usable
      .filter((other) => other.name !== model.name)
      .map(readyAtMs)
      .filter((atMs) => atMs > lanes.nowMs);
    const reconsiderAtMs = Math.min(deadlineAtMs, ...others);
    return {
      do: 'send',
      model,
      notBeforeMs: againAtMs(model),
      reconsiderAtMs: Number.isFinite(reconsiderAtMs) ? reconsiderAtMs : null,
    };
  }

  #isUsable(model: M, history: readonly PastAttempt<M>[], lanes: Required<LaneView<M>>): boolean {
    return lanes.downWhy(model) === null && this.#isWorthAsking(model, history, isHopeless);
  }

  #isWorthAsking(
    model: M,
    history: readonly PastAttempt<M>[],
    isEnd: (outcome: RetriedOutcome) => boolean,
  ): boolean {
    const own = history.filter((past) => past.model.name === model.name);
    return (
      own.filter((past) => !isFree(past.outcome)).length < this.retry.maxAttempts &&
      !own.some((past) => isEnd(past.outcome))
    );
  }

  #choose(
    usable: readonly M[],
    history: readonly PastAttempt<M>[],
    readyAtMs: (model: M) => number,
    nowMs: number,
  ): M {
    const last = history.at(-1);
    const lastPatience = last === undefined || !this.isPatient ? undefined : PATIENCE[last.outcome.kind];
    const tried = usable.find((model) => model.name === last?.model.name);
    if (tried !== undefined && lastPatience !== undefined && failuresInRow(history) < lastPatience)
      return tried;
    // Models that failed too often for this trial come after the others, but they do come.
    const fresh = usable.filter((model) => !isTiredOf(history, model));
    const order = [...fresh, ...usable.filter((model) => !fresh.includes(model))];
    const ready = order.find((model) => readyAtMs(model) <= nowMs);
    if (ready !== undefined) return ready;
    return order.reduce((first, model) => (readyAtMs(model) < readyAtMs(first) ? model : first));
  }

  #nobodyLeft(history: readonly PastAttempt<M>[], lanes: Required<LaneView<M>>): Decision<M> {
    const mayAnswerLater = this.chain.filter(
      (model) => lanes.downWhy(model) !== null && this.#isWorthAsking(model, history, isOfTheRequest),
    );
    const why = mayAnswerLater.map((model) => lanes.downWhy(model)).find((text) => text !== null);
    if (why !== undefined && why !== null) return { do: 'defer', message: why };
    const last = history.at(-1);
    if (last !== undefined) return { do: 'stop', reason: last.outcome.kind, message: last.outcome.message };
    return { do: 'defer', message: 'no model of it is left' };
  }
}

/** No retry in this run can succeed. */
function isHopeless(outcome: RetriedOutcome): boolean {
  return PATIENCE[outcome.kind] === 0;
}

/** No retry of the same request can succeed in any run: a key or a credit can be had, another prompt cannot. */
function isOfTheRequest(outcome: RetriedOutcome): boolean {
  return (outcome.kind === 'bad_request' && !outcome.isOfServer) || outcome.kind === 'context';
}

/**
 * What is no attempt of the trial's: an account that is limited or crowded for all its models alike, and a model that is
 * not loaded yet. Their end is the gate's: refused for longer than `max_wait`, trials are parked.
 */
function isFree(outcome: RetriedOutcome): boolean {
  return (
    outcome.kind === 'concurrency' ||
    outcome.kind === 'loading' ||
    (outcome.kind === 'rate_limited' && outcome.scope === 'account')
  );
}

function whole<M extends Named>(view: LaneView<M>): Required<LaneView<M>> {
  return {
    startedMs: view.nowMs,
    opensAtMs: () => view.nowMs,
    closedUntilMs: () => view.nowMs,
    refusesSinceMs: () => null,
    downWhy: () => null,
    ...view,
  };
}

function lastOf<M extends Named>(history: readonly PastAttempt<M>[], model: M): PastAttempt<M> | undefined {
  return history.findLast((past) => past.model.name === model.name);
}

/** Attempts at the end of the history that went to one model. */
function failuresInRow<M extends Named>(history: readonly PastAttempt<M>[]): number {
  const name = history.at(-1)?.model.name;
  const other = history.findLastIndex((past) => past.model.name !== name);
  return history.length - 1 - other;
}

function isTiredOf<M extends Named>(history: readonly PastAttempt<M>[], model: M): boolean {
  const last = lastOf(history, model);
  return last !== undefined && PATIENCE[last.outcome.kind] !== undefined;
}
