// What the engine's tests share: models without a server, a clock without waiting, and a log of what was sent when.
import { setMaxListeners } from 'node:events';
import type { Candidate, Model, RetryOptions } from '../../src/domain/candidate.js';
import { defaultRetry } from '../../src/domain/candidate.js';
import type { RunEvent } from '../../src/domain/event.js';
import type { FailedOutcome, Outcome, RetriedOutcome } from '../../src/domain/outcome.js';
import { type Allowance, promptCharsOf, type Reply, type Sent } from '../../src/domain/trial.js';
import { ask, type Send } from '../../src/engine/ask.js';
import { accountKey, modelKey } from '../../src/engine/identity.js';
import { openLanes } from '../../src/engine/lane.js';
import { memoryLedger } from '../../src/engine/ledger.js';
import { simulatedClock } from '../../src/world/clock.simulated.js';
import { seededRandom } from '../../src/world/random.js';

export function modelNamed(name: string, more: Partial<Model> = {}): Model {
  return {
    name,
    account: { provider: name, baseUrl: `http://${name}`, apiKeyEnv: null, headers: {}, limits: {} },
    id: name,
    limits: {},
    price: null,
    params: {},
    body: {},
    retry: defaultRetry,
    stream: true,
    simulation: null,
    ...more,
  };
}

export function alone(name: string, retry: Partial<RetryOptions> = {}): Candidate {
  return { kind: 'model', name, model: modelNamed(name, { retry: { ...defaultRetry, ...retry } }) };
}

export function rotationOf(names: readonly string[], retry: Partial<RetryOptions> = {}): Candidate {
  return {
    kind: 'rotation',
    name: 'default',
    chain: names.map((name) => modelNamed(name)),
    retry: { ...defaultRetry, ...retry },
  };
}

/** An end that is no answer, so long after the request was sent; with a good status before it, where that comes. */
export interface Fault {
  readonly outcome: FailedOutcome;
  readonly afterMs: number;
  readonly statusMs?: number;
}

/** What a pretend server makes of its n-th request (from 0), sent at `atMs`: an answer, in its own time if it says so. */
export type Script = (
  model: string,
  nth: number,
  atMs: number,
  prompt: string,
) => RetriedOutcome | Fault | 'answer' | { readonly latencyMs: number; readonly allowance?: Allowance };

export const limited = (retryAfterMs: number | null): FailedOutcome => ({
  kind: 'rate_limited',
  scope: 'model',
  isPool: false,
  retryAfterMs,
  message: 'slow down',
});
export const upstream: FailedOutcome = { kind: 'upstream', retryAfterMs: null, message: 'bad gateway' };

/** A request as the server saw it. */
export interface SentRequest {
  readonly model: string;
  readonly atMs: number;
  endedMs: number | null;
  outcome: Outcome | null;
}

export interface Asked {
  /** Of each candidate in turn, its trials in their order. */
  readonly replies: readonly Reply[];
  /** When each reply was there, since the start. */
  readonly repliedMs: readonly number[];
  readonly sent: readonly SentRequest[];
  readonly events: readonly RunEvent[];
  readonly tookMs: number;
  /** Timers that nobody waits for any more. */
  readonly timersLeft: number;
}

/** The clock does not start at zero: whoever takes zero for the beginning shall be found out. */
export const START_MS = 86_400_000 * 3.5;

/**
 * How the simulated clock moves. `still`: not between two timers, as in simulated runs. `moving`: by 1 to 50 us with each
 * reading, as a real one does. `slow`: by up to 8 ms, as on a machine that is busy.
 */
export const clockModes = ['still', 'moving', 'slow'] as const;
export type ClockMode = (typeof clockModes)[number];

function stepOf(mode: ClockMode, seed: string): (() => number) | null {
  if (mode === 'still') return null;
  const random = seededRandom(`${seed}/clock`);
  return mode === 'moving' ? () => 0.001 + 0.049 * random.next() : () => 8 * random.next();
}

/** Asks `count` trials of each candidate at once, in virtual time. */
export async function askAll(
  candidates: readonly Candidate[],
  count: number,
  script: Script,
  options: {
    seed?: string;
    concurrency?: number;
    latencyMs?: number;
    signal?: AbortSignal;
    clock?: ClockMode;
    /** Of each candidate's n-th trial. */
    prompt?: (nth: number) => string;
    watch?: (event: RunEvent, nowMs: number) => void;
  } = {},
): Promise<Asked> {
  const seed = options.seed ?? 'engine';
  const clock = simulatedClock(Date.UTC(2026, 0, 1), START_MS, stepOf(options.clock ?? 'still', seed));
  const random = seededRandom(seed);
  const events: RunEvent[] = [];
  const sent: SentRequest[] = [];
  const seen = new Map<string, number>();
  const on = (event: RunEvent) => {
    events.push(event);
    options.watch?.(event, clock.nowMs());
  };
  const lanes = openLanes({
    clock,
    random,
    concurrency: options.concurrency ?? 8,
    probesToDown: 7,
    ledger: memoryLedger(clock),
    accountKey: (account) => accountKey(account, {}),
    modelKey: (model) => modelKey(model, {}),
    on,
  });
  const latencyMs = options.latencyMs ?? 100;
  const send: Send = async (model, question, signal, accepted): Promise<Sent> => {
    const nth = seen.get(model.name) ?? 0;
    seen.set(model.name, nth + 1);
    const atMs = clock.nowMs();
    const one: SentRequest = { model: model.name, atMs, endedMs: null, outcome: null };
    sent.push(one);
    const end = (outcome: Sent['outcome']) => {
      const endedMs = clock.nowMs();
      one.endedMs = endedMs;
      one.outcome = outcome;
      return endedMs - atMs;
    };
    const scripted = script(model.name, nth, atMs - START_MS, question.prompt);
    if (scripted !== 'answer' && 'afterMs' in scripted) {
      const { outcome, afterMs, statusMs } = scripted;
      try {
        if (statusMs !== undefined) {
          await clock.sleep(statusMs, signal);
          accepted(null);
        }
        await clock.sleep(afterMs - (statusMs ?? 0), signal);
      } catch {
        const cancelled = { kind: 'cancelled', message: 'cancelled' } as const;
        return { outcome: cancelled, status: null, totalMs: end(cancelled) };
      }
      return { outcome, status: null, totalMs: end(outcome) };
    }
    const isAnswer = scripted === 'answer' || 'latencyMs' in scripted;
    const tookMs = isAnswer ? (scripted === 'answer' ? latencyMs : scripted.latencyMs) : 10;
    try {
      await clock.sleep(isAnswer ? tookMs / 2 : tookMs, signal);
      if (!isAnswer && scripted.kind !== 'empty')
        return { outcome: scripted, status: 429, totalMs: end(scripted) };
      accepted(isAnswer && scripted !== 'answer' ? (scripted.allowance ?? null) : null);
      await clock.sleep(tookMs / 2, signal);
    } catch {
      const outcome = { kind: 'cancelled', message: 'cancelled' } as const;
      return { outcome, status: null, totalMs: end(outcome) };
    }
    const usage = { promptTokens: 1, completionTokens: 1, reasoningTokens: null };
    const completion = {
      text: isAnswer ? `from ${model.name}` : '',
      reasoning: null,
      finishReason: 'stop',
      servedModel: null,
      servedBy: null,
      usage,
      costUsd: null,
    };
    const outcome = !isAnswer && scripted.kind === 'empty' ? scripted : ({ kind: 'answered' } as const);
    return { outcome, completion, status: 200, firstTokenMs: null, totalMs: end(outcome) };
  };
  const question = {
    system: null,
    prompt: 'write code',
    params: {},
    label: { suite: 's', case: 'c', sample: 0 },
  };
  const signal = options.signal ?? new AbortController().signal;
  // Every trial listens, as under the conductor.
  setMaxListeners(0, signal);
  const asking = candidates.flatMap((candidate) =>
    Array.from({ length: count }, async (_, index) => {
      const own = { ...question, prompt: options.prompt?.(index) ?? question.prompt };
      const name = `${candidate.name}/${index}`;
      const reply = await ask(
        { clock, random, lanes, promptCharsOf, send, on },
        name,
        own,
        candidate,
        signal,
      );
      return { reply, atMs: clock.nowMs() - START_MS };
    }),
  );
  const replied = await clock.run(Promise.all(asking));
  const replies = replied.map(({ reply }) => reply);
  const repliedMs = replied.map(({ atMs }) => atMs);
  return {
    replies,
    repliedMs,
    sent,
    events,
    tookMs: clock.nowMs() - START_MS,
    timersLeft: clock.timersLeft(),
  };
}
