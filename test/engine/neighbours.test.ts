/** A model that is sick costs its neighbours at the same server nothing, whatever its sickness; a server that is dead is left soon. */
import { describe, expect, it } from 'vitest';
import type { Candidate } from '../../src/domain/candidate.js';
import type { FailedOutcome } from '../../src/domain/outcome.js';
import { openProviderLine } from '../../src/engine/provider-line.js';
import { seededRandom } from '../../src/world/random.js';
import { type Asked, askAll, type Fault, modelNamed, type Script } from './asking.js';

/** Seeds of each campaign; `npm run test:long` runs all of them. */
const SEEDS = process.env['FC_RUNS'] === undefined ? 8 : 60;
const message = 'scripted';

const network = (refused: boolean): FailedOutcome => ({ kind: 'network', refused, message });
const unmarked: FailedOutcome = {
  kind: 'rate_limited',
  scope: 'unknown',
  isPool: false,
  retryAfterMs: null,
  message,
};

const sicknesses: Readonly<Record<string, Fault>> = {
  'resets its connections': { outcome: network(false), afterMs: 5 },
  'resets them in mid-answer': {
    outcome: { kind: 'broken_stream', message },
    statusMs: 20,
    afterMs: 200,
  },
  'stalls before its headers': {
    outcome: { kind: 'timeout', timer: 'headers', message },
    afterMs: 60_000,
  },
  'stalls behind its headers': {
    outcome: { kind: 'timeout', timer: 'progress', message },
    statusMs: 20,
    afterMs: 60_000,
  },
  'answers 500': { outcome: { kind: 'upstream', retryAfterMs: null, message }, afterMs: 10 },
  'answers 502 with a page': {
    outcome: { kind: 'upstream', retryAfterMs: null, message: 'Bad Gateway' },
    afterMs: 30,
  },
  'answers 429': { outcome: unmarked, afterMs: 10 },
};

/** One server; one key for all, or a key each. */
function modelsOf(names: readonly string[], keys: 'one key' | 'a key each'): Candidate[] {
  return names.map((name) => {
    const apiKeyEnv = keys === 'one key' ? 'KEY' : `KEY_OF_${name}`;
    const account = { ...modelNamed('p').account, baseUrl: 'http://one', apiKeyEnv };
    return { kind: 'model', name, model: modelNamed(name, { account }) };
  });
}

const TRIALS = 20;
const healthy = ['a', 'b', 'c'];

/** Of the healthy ones among `names`: answers that are missing, and when the last of their trials ended. */
function healthyMs({ repliedMs, replies }: Asked, names: readonly string[]) {
  const isHealthy = (_: unknown, place: number) => names[Math.floor(place / TRIALS)] !== 'sick';
  return {
    lost: replies.filter(isHealthy).filter(({ kind }) => kind !== 'completion').length,
    makespanMs: Math.max(...repliedMs.filter(isHealthy)),
  };
}

describe.each(['one key', 'a key each'] as const)('beside three healthy models, with %s', (keys) => {
  it.each(Object.entries(sicknesses))('one that %s costs no answer and little time', async (_, fault) => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const scriptOf = (): Script => {
        const random = seededRandom(`${seed}`);
        const statusFirst = random.next() < 0.5;
        return (model) => {
          if (model === 'sick') return fault;
          const latencyMs = 200 + 800 * random.next();
          return statusFirst ? { latencyMs } : { latencyMs: 2 * latencyMs };
        };
      };
      const options = { seed: `${seed}`, concurrency: 4 };
      const without = healthyMs(await askAll(modelsOf(healthy, keys), TRIALS, scriptOf(), options), healthy);
      // The sick one opens the line, or finds it open.
      const names = seed % 2 === 0 ? ['sick', ...healthy] : [...healthy, 'sick'];
      const beside = healthyMs(await askAll(modelsOf(names, keys), TRIALS, scriptOf(), options), names);
      expect([seed, beside.lost]).toEqual([seed, 0]);
      expect(beside.makespanMs, `seed ${seed}`).toBeLessThanOrEqual(1.2 * without.makespanMs + 1000);
    }
  });
});

describe('a server that is dead', () => {
  const six = ['a', 'b', 'c', 'd', 'e', 'f'];

  it.each(['still', 'moving'] as const)('costs one request where it refuses (clock: %s)', async (clock) => {
    const { sent, replies, tookMs } = await askAll(
      modelsOf(six, 'one key'),
      20,
      () => ({ outcome: network(true), afterMs: 1 }),
      { clock },
    );
    expect(sent).toHaveLength(1);
    expect(replies.every((reply) => reply.kind === 'held' && reply.reason === 'lane_down')).toBe(true);
    expect(tookMs).toBeLessThan(1000);
  });

  it('costs two rounds of probes where it resets everybody', async () => {
    const { sent, replies, tookMs } = await askAll(modelsOf(six, 'a key each'), 20, () => ({
      outcome: network(false),
      afterMs: 1,
    }));
    expect(sent.length).toBeLessThanOrEqual(14);
    expect(tookMs).toBeLessThan(5000);
    expect(replies.every(({ kind }) => kind !== 'completion')).toBe(true);
  });

  it('for half a minute, after it has answered, is waited for: nothing is lost', async () => {
    const isDead = (atMs: number) => atMs > 2000 && atMs < 30_000;
    const { replies, sent } = await askAll(modelsOf(six, 'one key'), 100, (_, __, atMs) =>
      isDead(atMs) ? { outcome: network(true), afterMs: 1 } : { latencyMs: 400 },
    );
    expect(new Set(replies.map(({ kind }) => kind))).toEqual(new Set(['completion']));
    expect(sent.filter(({ outcome }) => outcome?.kind === 'network').length).toBeLessThanOrEqual(60);
  });
});

describe('a probe of a broken line', () => {
  const three = modelsOf(['a', 'b', 'c'], 'a key each');

  it('goes round: one model that is never answered does not keep the line down for the others', async () => {
    // All are cut once, and then only the first model stays cut.
    const { replies } = await askAll(three, 10, (model, nth, atMs) => {
      if (nth === 0) return { latencyMs: 100 };
      return model === 'a' || (atMs > 200 && atMs < 1500)
        ? { outcome: network(false), afterMs: 2 }
        : { latencyMs: 400 };
    });
    const others = replies.slice(10);
    expect(others.filter(({ kind }) => kind !== 'completion')).toEqual([]);
  });

  it('that is silent gives its place to another model', async () => {
    const { replies, repliedMs } = await askAll(three, 6, (model, nth, atMs) => {
      if (nth === 0) return { latencyMs: 100 };
      if (model === 'a' && atMs > 200)
        return { outcome: { kind: 'timeout', timer: 'headers', message }, afterMs: 60_000 };
      return atMs > 200 && atMs < 900 ? { outcome: network(false), afterMs: 2 } : { latencyMs: 400 };
    });
    expect(replies.slice(6).every(({ kind }) => kind === 'completion')).toBe(true);
    expect(Math.max(...repliedMs.slice(6))).toBeLessThan(10_000);
  });
});

describe('the line to a server', () => {
  const open = () => openProviderLine('p', 7, seededRandom('line'));
  const [a, b, c] = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];
  /** A line on which these have been heard of. */
  const heardOf = (...lanes: readonly object[]) => {
    const line = open();
    for (const lane of lanes) {
      const ticket = line.sent(lane, 1000);
      line.heard(ticket);
      line.ended(ticket);
    }
    return line;
  };
  const cut = (line: ReturnType<typeof open>, lane: object, atMs: number) => {
    const ticket = line.sent(lane, atMs);
    line.ended(ticket);
    return line.cut(ticket, false, atMs, [a, b, c]).kind;
  };

  it('is not charged with models that were never heard of while others were', () => {
    const line = heardOf(a);
    expect([cut(line, b, 2000), cut(line, c, 2010)]).toEqual(['not-the-line', 'not-the-line']);
    expect(line.hasRoom(a, 2020)).toBe(true);
  });

  it('breaks with the second model that is cut, and a silent probe gives its place on', () => {
    const line = heardOf(a, b);
    expect([cut(line, a, 2000), cut(line, b, 2010)]).toEqual(['not-the-line', 'broken']);
    const atMs = line.pausedUntilMs();
    expect(atMs).toBeGreaterThan(2010);
    line.sent(a, atMs);
    expect([line.hasRoom(b, atMs + 299), line.roomAtMs(b, atMs + 1)]).toEqual([false, atMs + 300]);
    expect(line.hasRoom(b, atMs + 300)).toBe(true);
  });

  it('is healed by a status of what was sent since, and by nothing that was sent before', () => {
    const line = heardOf(a, b);
    const before = line.sent(c, 1990);
    cut(line, a, 2000);
    cut(line, b, 2010);
    line.heard(before);
    expect(line.pausedUntilMs()).toBeGreaterThan(2010);
    line.heard(line.sent(a, line.pausedUntilMs()));
    expect([line.pausedUntilMs(), line.hasRoom(a, 9000), line.hasRoom(b, 9000)]).toEqual([
      Number.NEGATIVE_INFINITY,
      true,
      true,
    ]);
    line.sent(a, 9000);
    expect(line.hasRoom(b, 9001)).toBe(true);
  });
});
