/**
 * A gateway under load in virtual time: the same gateway and engine, before pretend servers that keep the limits that the
 * configuration knows. Nothing is sent, and minutes take milliseconds.
 */
import type { Checked } from '../domain/errors/diagnostic.js';
import { memoryLedger } from '../engine/ledger.js';
import { twinOf } from '../providers/simulated.js';
import { modelNamed } from '../suite/candidates.js';
import type { Config } from '../suite/config.js';
import { simulatedClock } from '../world/clock.simulated.js';
import { seededRandom } from '../world/random.js';
import type { Clock, Handler } from '../world/world.js';
import { openGateway } from './gateway.js';
import { openServing } from './serving.js';

/** A request of a client. */
export interface LoadRequest {
  /** From the beginning. */
  readonly atMs: number;
  /** As clients name it. */
  readonly model: string;
}

export interface LoadOutcome {
  readonly model: string;
  readonly status: number;
  /** Null: nobody. */
  readonly answeredBy: string | null;
  /** Requests that the gateway made for it. */
  readonly attempts: number;
  /** Until the first of the answer, or the refusal. */
  readonly firstMs: number;
}

export interface LoadOptions {
  readonly deadlineMs: number;
  readonly seed: string;
  /** The wall clock at the start: what a day's quota goes by. */
  readonly startWallMs: number;
}

export async function simulateLoad(
  config: Config,
  load: readonly LoadRequest[],
  { deadlineMs, seed, startWallMs }: LoadOptions,
): Promise<Checked<readonly LoadOutcome[]>> {
  const clock = simulatedClock(startWallMs);
  const random = seededRandom(seed);
  const serving = openServing({
    clock,
    network: null,
    random: random.fork('gateway'),
    ledger: memoryLedger(clock),
    on: () => {},
    recording: null,
  });
  const used = serving.use({ config: pretended(config), env: {}, key: null, deadlineMs });
  if (!used.ok) return used;
  const access = { key: null, isLocal: false };
  const { handler } = openGateway({ serving: () => used.value, random, access });
  const outcomes = await clock.run(Promise.all(load.map((request) => outcomeOf(request, handler, clock))));
  return { ok: true, value: outcomes };
}

async function outcomeOf({ atMs, model }: LoadRequest, handler: Handler, clock: Clock): Promise<LoadOutcome> {
  await clock.sleep(atMs);
  const begunMs = clock.nowMs();
  const { status, headers, body } = await handler({
    method: 'POST',
    path: '/v1/chat/completions',
    headers: {},
    body: JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Say it.' }] }),
    signal: new AbortController().signal,
  });
  const firstMs = clock.nowMs() - begunMs;
  if (typeof body !== 'string') for await (const _ of body);
  const attempts = headers['x-bench-attempts']?.split(' ').length ?? 0;
  return { model, status, answeredBy: headers['x-bench-model'] ?? null, attempts, firstMs };
}

/** All its models are simulated, also those that only a rotation or a route names. */
function pretended(config: Config): Config {
  const lists = [...config.rotations.values()].map(({ models }) => models);
  const named = [...lists, ...[...config.routes.values()].map(({ to }) => to)].flat();
  const spelledOut = named.flatMap((name) => {
    const model = config.rotations.has(name) ? null : modelNamed(name, config);
    return model === null || 'message' in model ? [] : [[name, model] as const];
  });
  const models = [...new Map([...spelledOut, ...config.models])];
  return {
    ...config,
    models: new Map(models.map(([name, model]) => [name, { ...model, simulation: twinOf(model) }])),
  };
}
