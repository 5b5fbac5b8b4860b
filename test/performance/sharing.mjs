/**
 * How well many models share what they have: nothing that limits them, one account's limit, a limit each, or a server that
 * is dead. Makespan over the lower bound, and refused requests per success, in virtual time.
 *
 *   npm run bench:sharing [-- --seeds 5 --only limit]
 */
import { setMaxListeners } from 'node:events';
import { ask } from '../../dist/engine/ask.js';
import { accountKey, modelKey } from '../../dist/engine/identity.js';
import { openLanes } from '../../dist/engine/lane.js';
import { memoryLedger } from '../../dist/engine/ledger.js';
import { limiterOf } from '../../dist/providers/simulated-limits.js';
import { simulatedClock } from '../../dist/world/clock.simulated.js';
import { seededRandom } from '../../dist/world/random.js';
import { completion, flag, modelNamed, print, retry } from './pretend.mjs';

const SEEDS = Number(flag('--seeds') ?? 5);
/** `-j`, as it is by default. */
const IN_FLIGHT = 8;
const ROUND_TRIP_MS = 10;

/** Asks `cases` of each of `models` models of one server and one key; the server answers as `serve` does. */
async function run({ models, cases, serve, ownRetry = retry, probesToDown = 1000, seed }) {
  const clock = simulatedClock(Date.UTC(2026, 0, 1) + ((seed * 7919) % 60_000));
  const random = seededRandom(`${seed}`);
  const lanes = openLanes({
    clock,
    random,
    concurrency: IN_FLIGHT,
    probesToDown,
    ledger: memoryLedger(clock),
    accountKey: (account) => accountKey(account, {}),
    modelKey: (model) => modelKey(model, {}),
    on: () => {},
  });
  const counts = { sent: 0, refused: 0, answered: 0 };
  const send = async (model, _, signal, accepted) => {
    counts.sent += 1;
    const startMs = clock.nowMs();
    const outcome = await serve(model.name, clock, signal, accepted);
    const totalMs = clock.nowMs() - startMs;
    if (outcome === null) {
      counts.answered += 1;
      return { outcome: { kind: 'answered' }, completion, status: 200, firstTokenMs: null, totalMs };
    }
    if (outcome.kind === 'rate_limited') counts.refused += 1;
    return { outcome, status: 429, totalMs };
  };
  const question = { system: null, prompt: '', params: {}, label: { suite: '', case: '', sample: 0 } };
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  const candidates = Array.from({ length: models }, (_, index) => ({
    kind: 'model',
    name: `m${index}`,
    model: modelNamed(`m${index}`, { retry: ownRetry }),
  }));
  // As the conductor does: two askers for each slot, in turns over the candidates.
  const asking = [];
  for (let place = 0; place < IN_FLIGHT * 2; place++) {
    for (const candidate of candidates) {
      asking.push(
        (async () => {
          for (let id = place; id < cases; id += IN_FLIGHT * 2)
            await ask(
              { clock, random, lanes, send, on: () => {} },
              `${candidate.name}/${id}`,
              question,
              candidate,
              signal,
            );
        })(),
      );
    }
  }
  await clock.run(Promise.all(asking));
  return { ...counts, tookMs: clock.nowMs() };
}

/** `headers`: when the status comes, with the first or with the last word. */
const answering = (latencyMs, headers) => async (_, clock, signal, accepted) => {
  if (headers === 'early') {
    await clock.sleep(Math.min(ROUND_TRIP_MS, latencyMs), signal);
    accepted(null);
    await clock.sleep(latencyMs - Math.min(ROUND_TRIP_MS, latencyMs), signal);
  } else await clock.sleep(latencyMs, signal);
  return null;
};

const hints = {
  none: () => null,
  exact: (waitMs) => Math.max(1, Math.ceil(waitMs * 10) / 10),
  seconds: (waitMs) => Math.max(1000, Math.ceil(waitMs / 1000) * 1000),
};

/** `each`: every model has the limit for itself. `scope`: what the server says of whose it is. */
const limited = ({ shape, each = false, scope, hint, latencyMs }) => {
  const limiters = new Map();
  return async (name, clock, signal, accepted) => {
    const key = each ? name : '';
    const limiter = limiters.get(key) ?? limiterOf(shape);
    limiters.set(key, limiter);
    await clock.sleep(ROUND_TRIP_MS / 2, signal);
    const waitMs = limiter.take(clock.nowMs(), clock.wallMs());
    await clock.sleep(ROUND_TRIP_MS / 2, signal);
    if (waitMs !== 0) {
      const retryAfterMs = waitMs === null ? null : hints[hint](waitMs);
      return { kind: 'rate_limited', scope, isPool: false, retryAfterMs, message: 'slow down' };
    }
    accepted(null);
    await clock.sleep(latencyMs - ROUND_TRIP_MS, signal);
    limiter.release();
    return null;
  };
};

const perSecond = { kind: 'token_bucket', perMinute: 1200, burst: 10 };
const bucketMs = ({ perMinute, burst }, n, latencyMs) =>
  (Math.max(n - burst, 0) / perMinute) * 60_000 + latencyMs;
const freeMs = (cases, latencyMs) => Math.ceil(cases / IN_FLIGHT) * latencyMs;
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)];
const worst = (values) => Math.max(...values);

/** `wanted`: makespan over the bound, refused per success. */
async function row(name, wanted, boundMs, options) {
  if (!name.includes(flag('--only') ?? '')) return;
  const makespans = [];
  const refused = [];
  for (let seed = 1; seed <= SEEDS; seed++) {
    const made = await run({ ...options, serve: options.server(), seed });
    makespans.push(made.tookMs / boundMs);
    refused.push(made.refused / Math.max(1, made.answered));
  }
  const [span, share] = wanted;
  const figures = `makespan ${median(makespans).toFixed(2)} (${worst(makespans).toFixed(2)})   refused ${median(refused).toFixed(3)} (${worst(refused).toFixed(3)})`;
  print(`  ${name.padEnd(52)} ${figures}   wanted ${span}${share === undefined ? '' : `, ${share}`}`);
}

print(`simulated: one server and one key, -j ${IN_FLIGHT}, ${SEEDS} seeds; median (worst)\n`);
const shapes = [
  [1, 50],
  [8, 50],
  [8, 10],
  [20, 20],
];
const free = {
  1000: { last: [1.04, 1.04, 1.15, 1.43], early: [1.04, 1.04, 1.15, 1.43] },
  200: { last: [1.14, 1.49, 2.7, 2.8], early: [1.14, 1.3, 2.7, 1.55] },
};
for (const latencyMs of [1000, 200]) {
  for (const headers of ['last', 'early']) {
    for (const [index, [models, cases]] of shapes.entries()) {
      const name = `no limit, ${latencyMs} ms, headers ${headers}: ${models} x ${cases}`;
      const server = () => answering(latencyMs, headers);
      await row(name, [free[latencyMs][headers][index]], freeMs(cases, latencyMs), { models, cases, server });
    }
  }
}
const account = [
  ['exact', 'account', 20, [1.08, 0.016]],
  ['exact', 'unknown', 20, [1.08, 0.017]],
  ['seconds', 'account', 20, [1.07, 0.025]],
  ['seconds', 'unknown', 20, [1.07, 0.027]],
  ['none', 'account', 20, [1.1, 0.043]],
  ['none', 'unknown', 20, [1.1, 0.044]],
  ['none', 'account', 300, [1.13, 0.049]],
  ['none', 'unknown', 300, [1.13, 0.051]],
];
for (const [hint, scope, latencyMs, wanted] of account) {
  const name = `account's limit, hint ${hint}, ${scope === 'account' ? 'marked' : 'unmarked'}, ${latencyMs} ms`;
  const server = () => limited({ shape: perSecond, scope, hint, latencyMs });
  await row(name, wanted, bucketMs(perSecond, 400, latencyMs), { models: 8, cases: 50, server });
}
for (const shape of [
  { kind: 'token_bucket', perMinute: 20, burst: 6 },
  { kind: 'token_bucket', perMinute: 60, burst: 10 },
  perSecond,
]) {
  for (const hint of ['exact', 'none']) {
    const name = `a limit each of ${shape.perMinute} a minute, hint ${hint}, unmarked`;
    const server = () => limited({ shape, each: true, scope: 'unknown', hint, latencyMs: 300 });
    const wanted = shape.perMinute === 1200 ? [1.7] : [1.03];
    await row(name, wanted, bucketMs(shape, 50, 300), { models: 8, cases: 50, server });
  }
}
for (const refused of [true, false]) {
  const server = () => async (_, clock, signal) => {
    await clock.sleep(1, signal);
    return { kind: 'network', refused, message: 'gone' };
  };
  const made = await run({
    models: 6,
    cases: 20,
    serve: server(),
    ownRetry: { ...retry, maxAttempts: 7, maxWaitMs: 900_000 },
    probesToDown: 7,
    seed: 1,
  });
  print(
    `  dead server, ${refused ? 'refused' : 'reset'}: 6 x 20`.padEnd(54) +
      ` ${made.sent} requests, ${(made.tookMs / 1000).toFixed(1)} s   wanted ${refused ? '1 request' : '12 requests, 2 s'}`,
  );
}
