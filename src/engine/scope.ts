/**
 * One thing that limits and failures apply to: a model, or the account of several. Its rate, its day, its tokens, its
 * circuit breaker.
 */
import type { RateLimits } from '../domain/candidate.js';
import type { Allowance } from '../domain/trial.js';
import type { Clock, Random } from '../world/world.js';
import { openAllowances } from './allowance.js';
import { type Breaker, openBreaker } from './breaker.js';
import type { DailyLedger, LearnedPace } from './ledger.js';
import { type Lesson, openPace, type Pace, type PaceTicket } from './pace.js';

export interface ScopeOptions {
  /** For people: `mistral-small`, `openrouter account`. */
  readonly name: string;
  /** In the ledger: the same on every run. */
  readonly key: string;
  readonly limits: RateLimits;
  /** Requests in flight at most. */
  readonly slots: number;
  /** Requests in flight at most until one was admitted. */
  readonly alone: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly ledger: DailyLedger;
  /** So many failures in a row break it. */
  readonly failuresToBreak: number;
  /** So many failed probes in a row, and nothing is sent to it any more. */
  readonly probesToDown: number;
}

export interface ScopeTicket {
  readonly pace: PaceTicket;
  readonly tokens: number;
  /** Its number among the scope's requests. */
  readonly number: number;
  /** Sent while it was broken. */
  readonly isBreakerProbe: boolean;
}

export interface Scope {
  readonly name: string;
  /** What another run has learned of it, and this one begins with. */
  readonly recalled: LearnedPace | null;
  readonly pace: Pace;
  readonly breaker: Breaker;
  /** Nothing is sent to it any more in this run; null while it is up. */
  downWhy: string | null;
  inFlight: number;
  /** Of its quota of the day; null: it has none that is known. */
  leftToday(): number | null;
  /** Since when it refuses, without a success in between. */
  refusesSinceMs: number | null;
  /** When the next request may go, for all that is known: gate, pace, tokens, the day's quota. */
  opensAtMs(): number;
  closedUntilMs(): number;
  hasRoom(nowMs: number): boolean;
  /** When there is room if nothing is heard before; infinity: only when something is heard. */
  roomAtMs(nowMs: number): number;
  /** Once after the gate has closed by itself, because what is known to be allowed is spent: what that was. */
  newlySpent(): string | null;
  /** Once for each turn that is a second or more away with no gate closed, and when that moves: until when, for what. */
  newlyPaced(nowMs: number): { readonly untilMs: number; readonly reason: string } | null;
  sent(nowMs: number): ScopeTicket;
  /** A good answer has advertised what is left, or nothing. */
  told(ticket: ScopeTicket, nowMs: number, allowance: Allowance | null): void;
  /** A request has ended; `tokens` as the server counted them. */
  left(ticket: ScopeTicket, tokens: number | null): void;
  /** What refusals have taught of it, and forgets it, in the ledger too: it was another scope's limit. */
  handOver(): Lesson;
}

const DAY_MS = 24 * 3_600_000;
/** A shorter wait for a turn is nothing to tell of. */
const LONG_WAIT_MS = 1000;
/** What a request is thought to cost until the first answer reports it. */
const FIRST_TOKENS = 1000;

export function openScope(options: ScopeOptions): Scope {
  const { clock, limits, ledger, key } = options;
  const recalled = limits.rpm === undefined ? ledger.recall(key) : null;
  const pace = openPace(
    {
      knownPerMs: limits.rpm === undefined ? null : limits.rpm / 60_000,
      rememberedPerMs: recalled === null ? null : recalled.perMinute / 60_000,
      slots: Math.min(options.slots, limits.concurrency ?? Number.POSITIVE_INFINITY),
      alone: options.alone,
    },
    options.random,
  );
  const tokensPerMs = limits.tpm === undefined ? null : limits.tpm / 60_000;
  let tokensUntilMs = Number.NEGATIVE_INFINITY;
  let usualTokens = FIRST_TOKENS;

  const allowances = openAllowances();

  let newlySpent: string | null = null;

  function closeWhenSpent(nowMs: number): void {
    if (limits.rpd !== undefined && ledger.used(key) >= limits.rpd) {
      closeUntil(nowMs + toMidnightMs(clock), nowMs, 'daily quota');
    }
    const spentUntilMs = allowances.spentUntilMs();
    if (spentUntilMs !== null) closeUntil(spentUntilMs, nowMs, 'nothing left of its limit');
  }
  function closeUntil(untilMs: number, nowMs: number, why: string): void {
    if (untilMs <= Math.max(nowMs, pace.closedUntilMs())) return;
    newlySpent = why;
    pace.closeUntil(untilMs);
  }
  closeWhenSpent(clock.nowMs());

  let pacedUntilMs = Number.NEGATIVE_INFINITY;
  function pacedBy(untilMs: number): string {
    if (untilMs === tokensUntilMs) return `limit of ${limits.tpm} tokens a minute`;
    if (untilMs === allowances.nextAtMs()) return 'what the server says is left';
    const perMinute = pace.perMinute() ?? 0;
    // Through requests per ms and back it is not the same number any more.
    if (limits.rpm !== undefined && perMinute > 0.999 * limits.rpm) return `limit of ${limits.rpm} a minute`;
    return `about ${perMinute.toFixed(perMinute < 10 ? 1 : 0)} a minute, learned`;
  }

  let probes = 0;
  const breaker = openBreaker(options, options.random.fork('breaker'));
  const scope: Scope = {
    name: options.name,
    recalled,
    pace,
    breaker,
    leftToday: () => (limits.rpd === undefined ? null : Math.max(0, limits.rpd - ledger.used(key))),
    downWhy: null,
    inFlight: 0,
    refusesSinceMs: null,
    opensAtMs: () => Math.max(pace.nextAtMs(), tokensUntilMs, allowances.nextAtMs()),
    closedUntilMs: pace.closedUntilMs,
    // A probe of what is broken goes alone, but for answers that are still on their way.
    hasRoom: (nowMs) => (breaker.isBroken() ? probes === 0 : pace.hasRoom(nowMs, scope.inFlight)),
    roomAtMs(nowMs) {
      if (breaker.isBroken()) return probes === 0 ? nowMs : Number.POSITIVE_INFINITY;
      return pace.roomAtMs(nowMs, scope.inFlight);
    },
    newlySpent() {
      const was = newlySpent;
      newlySpent = null;
      return was;
    },
    newlyPaced(nowMs) {
      const untilMs = scope.opensAtMs();
      if (untilMs < nowMs + LONG_WAIT_MS || untilMs <= pace.closedUntilMs()) return null;
      // Sooner than was advertised is informative, too: an answer may take fewer tokens than estimated.
      if (Math.abs(untilMs - pacedUntilMs) < LONG_WAIT_MS) return null;
      pacedUntilMs = untilMs;
      return { untilMs, reason: pacedBy(untilMs) };
    },
    sent(nowMs) {
      scope.inFlight += 1;
      ledger.add(key);
      const number = allowances.sent();
      closeWhenSpent(nowMs);
      if (tokensPerMs !== null) tokensUntilMs = Math.max(tokensUntilMs, nowMs) + usualTokens / tokensPerMs;
      const isBreakerProbe = breaker.isBroken();
      if (isBreakerProbe) probes += 1;
      return { pace: pace.sent(nowMs), tokens: usualTokens, number, isBreakerProbe };
    },
    told(ticket, nowMs, allowance) {
      allowances.told(ticket.number, nowMs, allowance);
      closeWhenSpent(nowMs);
    },
    left(ticket, tokens) {
      scope.inFlight -= 1;
      const learned = pace.learnedPerMinute();
      if (learned !== null) ledger.learned(key, learned);
      if (ticket.isBreakerProbe) probes -= 1;
      if (tokens === null || tokensPerMs === null) return;
      tokensUntilMs += (tokens - ticket.tokens) / tokensPerMs;
      usualTokens = 0.8 * usualTokens + 0.2 * tokens;
    },
    handOver() {
      ledger.forget(key);
      return pace.handOver();
    },
  };
  return scope;
}

/** Providers' days end at midnight UTC. */
export function toMidnightMs(clock: Clock): number {
  return DAY_MS - (clock.wallMs() % DAY_MS);
}
