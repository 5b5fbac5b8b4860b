/**
 * The line to one server. A connection that is never made (refused, no such name, no TLS) is the server's fault; one that
 * is reset is the model's, unless two models that were heard of are cut with no status in between. While the line is
 * broken, single probes go in turns over the models, and any status of a request that was sent since heals it.
 */
import type { Random } from '../world/world.js';
import { RetryPolicy } from './retry-policy.js';

export interface LineTicket {
  readonly lane: object;
  readonly number: number;
  readonly sentMs: number;
  /** Sent while the line was broken. */
  readonly isProbe: boolean;
}

export type LineVerdict =
  /** It is the model's own failure. */
  | { readonly kind: 'not-the-line' }
  /** Nothing is sent before that time; now, where another model can be probed at once. */
  | { readonly kind: 'broken'; readonly untilMs: number }
  | { readonly kind: 'down'; readonly failedProbes: number };

export interface ProviderLine {
  readonly name: string;
  /** Why nothing is sent to it any more in this run; null while it is up. */
  downWhy: string | null;
  /** Until when a broken line is left alone. */
  pausedUntilMs(): number;
  hasRoom(lane: object, nowMs: number): boolean;
  /** When there is room if nothing is heard before. */
  roomAtMs(lane: object, nowMs: number): number;
  sent(lane: object, nowMs: number): LineTicket;
  /** A status has come, whatever it says. */
  heard(ticket: LineTicket): void;
  /** It has ended, with or without a status. */
  ended(ticket: LineTicket): void;
  /** `refused`: no connection was made. `others`: the lanes that have somebody to send. */
  cut(ticket: LineTicket, refused: boolean, nowMs: number, others: readonly object[]): LineVerdict;
}

/** The first request goes alone until its status is here, or this long. */
const FIRST_ALONE_MS = 250;
/** A probe that is silent for so long gives its place to another model. */
const PROBE_SILENT_MS = 300;

export function openProviderLine(name: string, probesToDown: number, random: Random): ProviderLine {
  const policy = new RetryPolicy({ jitter: 'equal' });
  let sends = 0;
  /** The first request of all, until its status is here. */
  let first: LineTicket | null = null;
  let isOpen = false;
  /** Lanes that a status has come from in this run. */
  const heardOf = new Set<object>();

  /** Since the last time that all was well: requests sent before the first cut, lanes that were cut. */
  let sendsBeforeCut: number | null = null;
  const cutLanes = new Set<object>();
  let isBroken = false;
  let failedProbes = 0;
  let pausedUntilMs = Number.NEGATIVE_INFINITY;
  let rounds = 0;
  /** Lanes whose requests failed in this round of probes. */
  const round = new Set<object>();
  let probe: LineTicket | null = null;

  function heal(): void {
    sendsBeforeCut = null;
    cutLanes.clear();
    round.clear();
    isBroken = false;
    failedProbes = 0;
    rounds = 0;
    pausedUntilMs = Number.NEGATIVE_INFINITY;
    probe = null;
  }

  /** While nobody was ever heard of, every model gets its probe before the wait; later an outage is waited out. */
  const isPassedOn = (others: readonly object[]) =>
    heardOf.size === 0 && others.some((other) => !round.has(other));

  function endRound(nowMs: number): LineVerdict {
    round.clear();
    if (failedProbes >= probesToDown) return { kind: 'down', failedProbes };
    rounds += 1;
    pausedUntilMs = Math.max(pausedUntilMs, nowMs + policy.delayMs(rounds, random));
    return { kind: 'broken', untilMs: pausedUntilMs };
  }

  const isSilent = (ticket: LineTicket, nowMs: number) => nowMs >= ticket.sentMs + PROBE_SILENT_MS;
  const isTurnOf = (lane: object) => heardOf.size > 0 || !round.has(lane);

  return {
    name,
    downWhy: null,
    pausedUntilMs: () => pausedUntilMs,
    hasRoom(lane, nowMs) {
      if (isBroken) return isTurnOf(lane) && (probe === null || isSilent(probe, nowMs));
      if (isOpen) return true;
      if (first === null) return true;
      isOpen = nowMs >= first.sentMs + FIRST_ALONE_MS;
      return isOpen;
    },
    roomAtMs(lane, nowMs) {
      if (isBroken) {
        if (!isTurnOf(lane)) return Number.POSITIVE_INFINITY;
        return probe === null ? nowMs : probe.sentMs + PROBE_SILENT_MS;
      }
      return isOpen || first === null ? nowMs : first.sentMs + FIRST_ALONE_MS;
    },
    sent(lane, nowMs) {
      sends += 1;
      const ticket: LineTicket = { lane, number: sends, sentMs: nowMs, isProbe: isBroken };
      if (isBroken) probe = ticket;
      if (!isOpen) first ??= ticket;
      return ticket;
    },
    heard(ticket) {
      heardOf.add(ticket.lane);
      isOpen = true;
      if (sendsBeforeCut !== null && ticket.number > sendsBeforeCut) heal();
    },
    ended(ticket) {
      if (ticket === probe) probe = null;
      if (ticket === first) isOpen = true;
    },
    cut(ticket, refused, nowMs, others) {
      const { lane } = ticket;
      if (refused && heardOf.size === 0) return { kind: 'down', failedProbes: 0 };
      if (!refused && heardOf.size > 0 && !heardOf.has(lane)) return { kind: 'not-the-line' };
      sendsBeforeCut ??= sends;
      cutLanes.add(lane);
      if (!isBroken) {
        failedProbes = heardOf.size === 0 ? cutLanes.size : 0;
        for (const cutLane of cutLanes) round.add(cutLane);
        isBroken = refused || cutLanes.size > 1;
        if (!isBroken) return { kind: 'not-the-line' };
        return isPassedOn(others) ? { kind: 'broken', untilMs: nowMs } : endRound(nowMs);
      }
      // What was sent before is no news of what is broken, but for models of which nothing is known.
      const isNews = ticket.isProbe || (heardOf.size === 0 && !round.has(lane));
      if (!isNews) return { kind: 'broken', untilMs: Math.max(nowMs, pausedUntilMs) };
      failedProbes += 1;
      round.add(lane);
      return isPassedOn(others) ? { kind: 'broken', untilMs: nowMs } : endRound(nowMs);
    },
  };
}
