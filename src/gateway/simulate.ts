/**
 * A gateway under load in virtual time: the same gateway and engine, before pretend servers that keep the limits that the
 * configuration knows. Nothing is sent, and minutes take milliseconds.
 */
import type { Model } from '../domain/candidate.js';
import type { Checked } from '../domain/errors/diagnostic.js';
import { accountKey } from '../engine/identity.js';
import { memoryLedger } from '../engine/ledger.js';
import { simulatedModels, twinOf } from '../providers/simulated.js';
import { labelHeader } from '../providers/simulated-label.js';
import { modelNamed } from '../suite/candidates.js';
import type { Config } from '../suite/config.js';
import { simulatedClock } from '../world/clock.simulated.js';
import { networkWith } from '../world/network.simulated.js';
import { seededRandom } from '../world/random.js';
import type { Clock, Handler, Random } from '../world/world.js';
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
  const twins = twinsOf(config, clock, random);
  const serving = openServing({
    clock,
    network: networkWith(ORIGIN, twins.handler, null),
    random: random.fork('gateway'),
    ledger: memoryLedger(clock),
    on: () => {},
    recording: null,
  });
  const used = serving.use({ config: twins.config, env: {}, key: null, deadlineMs });
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

const ORIGIN = 'http://simulated.invalid';
const TEXT = 'It is said.';

/** The configuration with its servers exchanged for pretend ones, one for each account. */
function twinsOf(
  config: Config,
  clock: Clock,
  random: Random,
): { readonly config: Config; readonly handler: Handler } {
  const accounts = new Map<string, Map<string, Model>>();
  const placeOf = (model: Model) => {
    const key = model.simulation === null ? accountKey(model.account, {}) : model.account.baseUrl;
    const own = accounts.get(key) ?? new Map<string, Model>();
    accounts.set(key, own.set(model.id, model));
    return [...accounts.keys()].indexOf(key);
  };
  const spelledOut = [
    ...config.rotations.values(),
    ...[...config.routes.values()].map(({ to }) => ({ models: to })),
  ]
    .flatMap((rotation) => rotation.models)
    .flatMap((name) => {
      const model = config.rotations.has(name) ? null : modelNamed(name, config);
      return model === null || 'message' in model ? [] : [[name, model] as const];
    });
  const models = [...new Map([...spelledOut, ...config.models])].map(([name, model]) => {
    const account = { ...model.account, baseUrl: `${ORIGIN}/${placeOf(model)}/v1`, apiKeyEnv: null };
    return [name, { ...model, account }] as const;
  });
  const servers = [...accounts.values()].map((own) => {
    const simulations = new Map([...own].map(([id, model]) => [id, twinOf(model)]));
    const caseOf = () => ({ reference: TEXT, wrong: [], stub: TEXT });
    return simulatedModels({ models: simulations, caseOf }, clock, random.fork('servers'));
  });
  let requests = 0;
  return {
    config: { ...config, models: new Map(models) },
    async handler(request) {
      const server = servers[Number(/^\/(\d+)\//.exec(request.path)?.[1])];
      if (server === undefined) throw new Error(`no simulated model is at ${request.path}`);
      requests += 1;
      const label = labelHeader({ suite: '', case: String(requests), sample: 0 });
      return server({ ...request, headers: { ...request.headers, ...label } });
    },
  };
}
