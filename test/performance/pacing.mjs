/**
 * How well the engine keeps to limits that it is told, or must find out: makespan over the lower bound, and refused
 * requests per success, in virtual time, for seven shapes of limits, beside two naive policies on the same work.
 *
 *   npm run bench:pace [-- --seeds 20 --only exact --requests 300 --in-flight 16]
 */
import { setMaxListeners } from 'node:events';
import { ask } from '../../dist/engine/ask.js';
import { accountKey, modelKey } from '../../dist/engine/identity.js';
import { openLanes } from '../../dist/engine/lane.js';
import { memoryLedger } from '../../dist/engine/ledger.js';
import { limiterOf } from '../../dist/providers/simulated-limits.js';
import { simulatedClock } from '../../dist/world/clock.simulated.js';
import { seededRandom } from '../../dist/world/random.js';
import { completion, flag, modelNamed, print } from './pretend.mjs';

const SEEDS = Number(flag('--seeds') ?? 20);
const REQUESTS = Number(flag('--requests') ?? 400);
const IN_FLIGHT = Number(flag('--in-flight') ?? 32);
/** From here to the server and back. */
const ROUND_TRIP_MS = 10;

const perSecond = { latencyMs: 50 };
const perMinute = { latencyMs: 2000 };
const bucketBound = (n, rate, burst, latencyMs) => (Math.max(n - burst, 0) / rate) * 1000 + latencyMs;
const windowBound = (n, limit, windowMs) => (Math.ceil(n / limit) - 1) * windowMs;
const shapes = [
  {
    name: 'bucket 20/s, burst 10',
    ...perSecond,
    rpm: 1200,
    shape: { kind: 'token_bucket', perMinute: 1200, burst: 10 },
    bound: (n) => bucketBound(n, 20, 10, 50),
  },
  {
    name: 'fixed window 20/s',
    ...perSecond,
    rpm: 1200,
    shape: { kind: 'fixed_window', limit: 20, windowMs: 1000 },
    bound: (n) => windowBound(n, 20, 1000),
  },
  {
    name: 'sliding window 20/s',
    ...perSecond,
    rpm: 1200,
    shape: { kind: 'sliding_window', limit: 20, windowMs: 1000 },
    bound: (n) => windowBound(n, 20, 1000),
  },
  {
    name: 'bucket 20/min, burst 6',
    ...perMinute,
    rpm: 20,
    shape: { kind: 'token_bucket', perMinute: 20, burst: 6 },
    bound: (n) => bucketBound(n, 20 / 60, 6, 2000),
  },
  {
    name: 'bucket 20/min, burst 20',
    ...perMinute,
    rpm: 20,
    shape: { kind: 'token_bucket', perMinute: 20, burst: 20 },
    bound: (n) => bucketBound(n, 20 / 60, 20, 2000),
  },
  {
    name: 'fixed window 20/min',
    ...perMinute,
    rpm: 20,
    shape: { kind: 'fixed_window', limit: 20, windowMs: 60_000 },
    bound: (n) => windowBound(n, 20, 60_000),
  },
  {
    name: 'sliding window 20/min',
    ...perMinute,
    rpm: 20,
    shape: { kind: 'sliding_window', limit: 20, windowMs: 60_000 },
    bound: (n) => windowBound(n, 20, 60_000),
  },
];

/** What a server tells with a refusal, in ms; null: nothing. */
const hints = {
  none: () => null,
  exact: (waitMs) => Math.max(1, Math.ceil(waitMs * 10) / 10),
  seconds: (waitMs) => Math.max(1000, Math.ceil(waitMs / 1000) * 1000),
};

/** What it tells of its limit with a good answer. */
function allowanceOf({ limit, remaining, resetMs, counts }) {
  if (counts === 'window') return { remaining, refillMs: resetMs, refills: 'all' };
  return limit === remaining ? null : { remaining, refillMs: resetMs / (limit - remaining), refills: 'one' };
}

/** A server over a limiter: admits, or refuses after a round trip. */
function serverOf(clock, limiter, latencyMs, { hint: hintOf, tells = false }) {
  const counts = { admitted: 0, refused: 0 };
  return {
    counts,
    async serve(accepted, signal) {
      await clock.sleep(ROUND_TRIP_MS / 2, signal);
      const waitMs = limiter.take(clock.nowMs(), clock.wallMs());
      if (waitMs !== 0) {
        await clock.sleep(ROUND_TRIP_MS / 2, signal);
        counts.refused += 1;
        return { admitted: false, hintMs: waitMs === null ? null : hintOf(waitMs) };
      }
      counts.admitted += 1;
      const told = tells ? allowanceOf(limiter.state(clock.nowMs(), clock.wallMs())) : null;
      await clock.sleep(ROUND_TRIP_MS / 2, signal);
      accepted(told);
      await clock.sleep(latencyMs - ROUND_TRIP_MS, signal);
      limiter.release();
      return { admitted: true };
    },
  };
}

async function engine({ clock, server, random, rpm, ledger = memoryLedger(clock) }) {
  const on = () => {};
  const lanes = openLanes({
    clock,
    random,
    concurrency: IN_FLIGHT,
    probesToDown: 1000,
    ledger,
    accountKey: (account) => accountKey(account, {}),
    modelKey: (model) => modelKey(model, {}),
    on,
  });
  const model = modelNamed('m', { limits: rpm === null ? {} : { rpm } });
  const send = async (_, __, signal, accepted) => {
    const startMs = clock.nowMs();
    const { admitted, hintMs } = await server.serve(accepted, signal);
    const totalMs = clock.nowMs() - startMs;
    if (admitted)
      return { outcome: { kind: 'answered' }, completion, status: 200, firstTokenMs: null, totalMs };
    return {
      outcome: { kind: 'rate_limited', scope: 'model', isPool: false, retryAfterMs: hintMs, message: '' },
      status: 429,
      totalMs,
    };
  };
  const candidate = { kind: 'model', name: 'm', model };
  const question = { system: null, prompt: '', params: {}, label: { suite: '', case: '', sample: 0 } };
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  await workers(IN_FLIGHT * 2, (id) =>
    ask({ clock, random, lanes, send, on }, String(id), question, candidate, signal),
  );
}

/** Each worker backs off on its own: 1, 2, 4 … 60 s with full jitter, or the hint as it came. */
async function perWorkerBackoff({ clock, server, random }) {
  const dice = random.fork('workers');
  await workers(IN_FLIGHT, async () => {
    for (let failures = 1; ; failures++) {
      const { admitted, hintMs } = await server.serve(() => {});
      if (admitted) return;
      await clock.sleep(hintMs ?? dice.next() * Math.min(60_000, 1000 * 2 ** (failures - 1)));
    }
  });
}

/** One concurrency for all, halved with each refusal and grown by one with each answered round. */
async function halveOn429({ clock, server, random }) {
  const dice = random.fork('halve');
  let window = IN_FLIGHT;
  let open = 0;
  let credit = 0;
  await workers(IN_FLIGHT, async () => {
    for (let failures = 1; ; failures++) {
      while (open >= Math.max(1, Math.floor(window))) await clock.sleep(25);
      open += 1;
      const { admitted, hintMs } = await server.serve(() => {});
      open -= 1;
      if (admitted) {
        credit += 1;
        if (credit >= window) {
          window = Math.min(IN_FLIGHT, window + 1);
          credit = 0;
        }
        return;
      }
      window = Math.max(1, window / 2);
      await clock.sleep(hintMs ?? dice.next() * Math.min(60_000, 1000 * 2 ** (failures - 1)));
    }
  });
}

async function workers(count, work) {
  let next = 0;
  const one = async () => {
    while (next < REQUESTS) await work(next++);
  };
  await Promise.all(Array.from({ length: count }, one));
}

/** A limit that falls to a sixth for a while, and returns. */
function falling(shape, clock, fromMs, toMs) {
  const usual = limiterOf(shape);
  const low = limiterOf({ kind: 'token_bucket', perMinute: shape.perMinute / 6, burst: 1 });
  const now = () => (clock.nowMs() >= fromMs && clock.nowMs() < toMs ? low : usual);
  return {
    take: (...args) => now().take(...args),
    release() {},
    state: (...args) => now().state(...args),
  };
}

async function measure(policy, situation, shape, seed) {
  const clock = simulatedClock(Date.UTC(2026, 0, 1) + ((seed * 7919) % 60_000));
  const limiter = situation.limiter === undefined ? limiterOf(shape.shape) : situation.limiter(shape, clock);
  const server = serverOf(clock, limiter, shape.latencyMs, situation);
  const random = seededRandom(`${seed}`);
  const rpm = situation.known ? shape.rpm : null;
  const ledger = memoryLedger(clock);
  await clock.run(policy({ clock, server, random, rpm, ledger }));
  if (situation.again) {
    // Minutes later, against the same server, with what was learned.
    await clock.run(clock.sleep(300_000));
    const startMs = clock.nowMs();
    const before = server.counts.refused;
    await clock.run(policy({ clock, server, random: random.fork('again'), rpm, ledger }));
    return {
      makespan: (clock.nowMs() - startMs) / shape.bound(REQUESTS),
      refused: (server.counts.refused - before) / REQUESTS,
    };
  }
  const bound = situation.bound === undefined ? shape.bound(REQUESTS) : situation.bound(shape);
  return { makespan: clock.nowMs() / bound, refused: server.counts.refused / REQUESTS };
}

const FALL = { fromMs: 5000, toMs: 20_000 };
const situations = [
  { name: 'limit configured', hint: hints.seconds, known: true, targets: [1.05, 0] },
  { name: 'told by good answers', hint: hints.exact, tells: true, targets: [1.05, 0] },
  { name: 'exact hint', hint: hints.exact, targets: [1.06, 0.02] },
  { name: 'Retry-After in whole seconds', hint: hints.seconds, targets: [1.15, 0.04] },
  { name: 'nothing but 429s', hint: hints.none, targets: [1.15, 0.08] },
  { name: 'nothing but 429s, the second run', hint: hints.none, again: true, targets: [1.15, 0.08] },
  {
    name: 'nothing but 429s, limit falls to a sixth and returns',
    hint: hints.none,
    targets: [1.5, 0.08],
    only: [0],
    limiter: ({ shape }, clock) => falling(shape, clock, FALL.fromMs, FALL.toMs),
    // 10 + 20 a second for 5 s, a sixth of that for 15 s, the rest at 20 a second.
    bound: () => FALL.toMs + ((REQUESTS - 10 - 100 - 50) / 20) * 1000,
  },
];
const policies = [
  { name: 'bench', run: engine },
  { name: 'per-worker backoff', run: perWorkerBackoff },
  { name: 'halve on 429', run: halveOn429 },
];

const sorted = (values) => [...values].sort((a, b) => a - b);
const median = (values) => sorted(values)[Math.floor((values.length - 1) / 2)];
const worst = (values) => sorted(values).at(-1);
const figure = (values, digits) => `${median(values).toFixed(digits)} (${worst(values).toFixed(digits)})`;

print(`simulated: ${REQUESTS} requests, ${IN_FLIGHT} in flight, ${SEEDS} seeds; median (worst)\n`);
for (const situation of situations) {
  if (!situation.name.includes(flag('--only') ?? '')) continue;
  print(`${situation.name}   wanted: makespan ${situation.targets[0]}, refused ${situation.targets[1]}`);
  for (const policy of policies) {
    const all = { makespan: [], refused: [] };
    const rows = [];
    for (const [index, shape] of shapes.entries()) {
      if (situation.only !== undefined && !situation.only.includes(index)) continue;
      const own = { makespan: [], refused: [] };
      for (let seed = 1; seed <= SEEDS; seed++) {
        const { makespan, refused } = await measure(policy.run, situation, shape, seed);
        own.makespan.push(makespan);
        own.refused.push(refused);
      }
      all.makespan.push(...own.makespan);
      all.refused.push(...own.refused);
      rows.push(
        `      ${shape.name.padEnd(24)} makespan ${figure(own.makespan, 2)}   refused ${figure(own.refused, 3)}`,
      );
    }
    print(
      `  ${policy.name.padEnd(20)} makespan ${figure(all.makespan, 2)}   refused/success ${figure(all.refused, 3)}`,
    );
    if (policy.name === 'bench') for (const row of rows) print(row);
  }
  print('');
}
