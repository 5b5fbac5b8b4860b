/**
 * How fast one limited thing (a model, an account) may be asked. Pure: it is told what happened when, and says when the
 * next request may go and how many may be in flight. Three sources of knowledge, best first: a limit that is known, the
 * hint of a refusal, and nothing but refusals.
 *
 * What is learned is learned in cycles. A cycle begins with an admitted probe and ends with the probe that is admitted
 * after the next refusals. With exact hints it is measured from the moment that one hint told to the moment that the
 * next one tells, however late the probes came: it holds as many admissions as the server allowed in exactly that time,
 * so `admitted / time` is the server's own rate, whatever the shape of its limit. Without one the length of the stop was
 * our guess: counted whole, it makes the rate too low; left out, a saved burst makes it too high. A share of it is
 * counted. After that the rate grows by steps, often at first, rarely once a step was refused. The constants were chosen
 * by `npm run bench:pace`, which prints what they give for seven shapes of limits.
 */
import type { Random } from '../world/world.js';
import { openMinuteLog } from './minute-log.js';
import { type OpeningTicket, openOpening } from './opening.js';

export interface PaceOptions {
  /** Known requests per ms; null: to be learned. */
  readonly knownPerMs: number | null;
  /** What another run has learned, per ms; null: nothing. A known limit is known better. */
  readonly rememberedPerMs?: number | null;
  /** Requests in flight at most. */
  readonly slots: number;
  /** Requests in flight at most until one was admitted. */
  readonly alone: number;
}

/** A request that was sent; given back with what became of it. */
export interface PaceTicket {
  readonly sentMs: number;
  readonly opening: OpeningTicket;
  cycle: number;
  /** Sent while requests were paused, and not admitted yet. */
  isProbe: boolean;
}

/** What a refusal has taught, when it turns out to be another scope's to know. */
export interface Lesson {
  /** Of the requests of its last cycle. */
  readonly refused: number;
  /** Requests are paused until then after refusals. */
  readonly untilMs: number;
  readonly fromServerMs: number;
  readonly isExact: boolean;
}

export interface Pace {
  /** When the next request may be sent; at or before now: at once. */
  nextAtMs(): number;
  /** The same for one with `ahead` others before it, as far as a pace is known. */
  opensAtMs(ahead: number, nowMs: number): number;
  /** Until when a refusal, or a word of `closeUntil`, admits nothing. */
  closedUntilMs(): number;
  /** One more may go now that so many are in flight, as far as times allow. */
  hasRoom(nowMs: number, inFlight: number): boolean;
  /** When that may change if nothing is heard before; infinity: only when something is heard. */
  roomAtMs(nowMs: number, inFlight: number): number;
  sent(nowMs: number): PaceTicket;
  /** A good status came. */
  accepted(ticket: PaceTicket): void;
  /** It ended in a way that tells nothing of a limit. */
  ended(ticket: PaceTicket): void;
  /** A refusal for the rate. */
  refused(ticket: PaceTicket, nowMs: number, refusal: Refusal): void;
  /** A refusal for the number in flight, with so many still there. */
  crowded(ticket: PaceTicket, inFlight: number): void;
  /** Nothing before that time; a shorter wait never reopens. */
  closeUntil(untilMs: number): void;
  /** Requests a minute that are thought to be allowed; null: no limit is known. */
  perMinute(): number | null;
  /** The same, where it was found out here and nobody told it. */
  learnedPerMinute(): number | null;
  /** What refusals have taught of it, and forgets it: it was another scope's limit. */
  handOver(): Lesson;
  /** What others have learned, of requests that this one has sent too. */
  takeOver(lessons: readonly Lesson[], nowMs: number): void;
}

export interface Refusal {
  /** How long to wait, as the server told it; null: it did not. */
  readonly hintMs: number | null;
  /** Of a pool that others drain too: nothing is learned of a rate. */
  readonly isPool: boolean;
  /** Who waits for the gate. */
  readonly queued: number;
}

/** Waits before probes when nothing tells how long: 1, 2, 4 … 60 s, the upper half of each drawn. */
const FIRST_PROBE_MS = 1000;
const LAST_PROBE_MS = 60_000;
/** So long a probe waits for answers that are still in flight: over them 1.01x of the bound, past them at once 1.05x. */
const PROBE_WAITS_MS = 1000;
/** A probe that is silent for so long was admitted: refusals are quick, and a server may stall. */
const PROBE_SILENT_MS = 1000;
/** A told wait is stretched by up to this share of it, so that several processes do not come back as one. */
const HINT_STRETCH = 0.1;
const GROWTH = 1.1;
/** Successes before a step of growth: until one was refused, then at first, doubling with each further one. */
const EARLY_SUCCESSES = 8;
const LATER_SUCCESSES = 200;
/** The first step of a rate that another run has learned: it held then, and limits do rise. */
const REMEMBERED_SUCCESSES = 40;
/** A rate below this share of the best is a fallen one: growth is tried again sooner, and by larger steps. */
const FALLEN = 0.6;
const BEST_NEEDS = 30;
/** So many cycles shorter than that, down to this share of the rate before them. */
const NOISE_CYCLES = 8;
const NOISE_SHARE = 1 / 16;
const FALLEN_SUCCESSES = 8;
const FALLEN_GROWTH = 1.25;
/** So many clean rounds, and the limit may have risen: growth is quick again. */
const CLEAN_ROUNDS = 4;
/** The share of a stop of unknown need that counts: of the first, which ends the burst, and of later ones. */
const FIRST_STOP = 0.5;
const LATER_STOP = 0.25;
/** What is measured exactly is kept to with a hair's breadth to spare, for clocks and networks that are not. */
const EXACT_SHARE = 0.985;
/** A rate that was refused is left by at least this, and at most halved at once. */
const STEP_DOWN = 0.95;
const MOST_DOWN = 0.5;

interface Cycle {
  readonly number: number;
  /** When the server allowed its first request, as it told; or when that was sent. */
  readonly openedMs: number;
  sent: number;
  refused: number;
}

export function openPace(
  { knownPerMs, rememberedPerMs = null, slots, alone }: PaceOptions,
  random: Random,
): Pace {
  /** Null: nothing was refused yet, and what is known, if anything, is kept by the log. */
  let perMs: number | null = knownPerMs === null ? rememberedPerMs : null;
  const minute = knownPerMs === null ? null : openMinuteLog(knownPerMs * 60_000);
  let spacedUntilMs = Number.NEGATIVE_INFINITY;
  /** Until when requests are paused after a refusal, and until when for any other reason. */
  let refusedUntilMs = Number.NEGATIVE_INFINITY;
  let pausedUntilMs = Number.NEGATIVE_INFINITY;
  const gateMs = () => Math.max(refusedUntilMs, pausedUntilMs);

  let cycles = 0;
  let cycle: Cycle | null = null;
  /** Closed by a refusal: the next request is a probe, and goes alone. */
  let isClosed = false;
  let closedMs = 0;
  let hintIsExact = false;
  /** When the server will admit again, as the last refusal told it. */
  let toldMs = 0;
  /** The refusal that closed the gate tells of a rate. */
  let isLesson = true;
  /** Short cycles in a row, and the rate before the first of them. */
  let shortCycles = 0;
  let perMsBefore = 0;
  let probe: PaceTicket | null = null;
  let refusalsInRow = 0;

  const opening = openOpening(alone);

  let successes = 0;
  let needed = perMs === null ? EARLY_SUCCESSES : REMEMBERED_SUCCESSES;
  let hasGrown = false;
  let clean = 0;
  /** The highest rate that a long cycle came to. */
  let bestPerMs = perMs ?? 0;

  let crowd = slots;
  let sinceCrowded = 0;

  /** Slower and slower, and refused as often: whatever refuses does not count our requests. */
  function isNoise(admitted: number): boolean {
    if (admitted >= BEST_NEEDS || perMs === null) {
      shortCycles = 0;
      return false;
    }
    if (shortCycles === 0) perMsBefore = perMs;
    shortCycles += 1;
    return shortCycles >= NOISE_CYCLES && perMs < NOISE_SHARE * perMsBefore;
  }

  function learn(admitted: number, openMs: number, stopMs: number): void {
    if (knownPerMs === null && isNoise(admitted)) {
      perMs = null;
      shortCycles = 0;
      return;
    }
    if (hintIsExact) {
      perMs = (EXACT_SHARE * admitted) / Math.max(1, openMs + stopMs);
      needed = Math.max(needed, LATER_SUCCESSES);
    } else if (perMs === null) perMs = admitted / Math.max(1, openMs + FIRST_STOP * stopMs);
    else {
      const measured = admitted / Math.max(1, openMs + LATER_STOP * stopMs);
      perMs = Math.min(STEP_DOWN * perMs, Math.max(MOST_DOWN * perMs, measured));
    }
    if (knownPerMs !== null) perMs = Math.min(perMs, knownPerMs);
    if (admitted >= BEST_NEEDS) bestPerMs = Math.max(bestPerMs, admitted / Math.max(1, openMs + stopMs));
    if (isFallen()) needed = FALLEN_SUCCESSES;
    else if (hasGrown) needed = Math.max(LATER_SUCCESSES, 2 * needed);
    hasGrown = false;
    successes = 0;
    clean = 0;
  }

  /** Far below what it has allowed before: it may well allow that again. */
  const isFallen = () => perMs !== null && perMs < FALLEN * bestPerMs;

  function grow(): void {
    if (perMs === null || perMs === knownPerMs) return;
    successes += 1;
    clean += 1;
    if (needed > EARLY_SUCCESSES && clean >= CLEAN_ROUNDS * needed) {
      needed = EARLY_SUCCESSES;
      clean = 0;
    }
    if (successes < needed) return;
    // A step that held for its whole round makes the next one come sooner.
    if (hasGrown && isFallen()) needed = EARLY_SUCCESSES;
    successes = 0;
    hasGrown = true;
    perMs = Math.min(knownPerMs ?? Number.POSITIVE_INFINITY, perMs * (isFallen() ? FALLEN_GROWTH : GROWTH));
  }

  function reopen(admitted: PaceTicket): void {
    const before = cycle;
    isClosed = false;
    probe = null;
    // Of a burst that was refused, nothing is learned but that it was one.
    if (isLesson && perMs === null && knownPerMs !== null) perMs = knownPerMs;
    else if (isLesson && before !== null && before.sent > before.refused) {
      learn(
        before.sent - before.refused,
        closedMs - before.openedMs,
        (hintIsExact ? toldMs : admitted.sentMs) - closedMs,
      );
    }
    // What nobody asked for is saved up by some servers, and not by others: only a short wait is counted.
    const isPrompt = hintIsExact && admitted.sentMs - toldMs < PROBE_WAITS_MS;
    const openedMs = isPrompt ? Math.min(toldMs, admitted.sentMs) : admitted.sentMs;
    cycle = openCycle(openedMs, 1);
    admitted.cycle = cycle.number;
    admitted.isProbe = false;
    spacedUntilMs = perMs === null ? Number.NEGATIVE_INFINITY : admitted.sentMs + 1 / perMs;
  }

  const openCycle = (openedMs: number, sent: number): Cycle => ({
    number: cycles++,
    openedMs,
    sent,
    refused: 0,
  });

  function hear(ticket: PaceTicket, isGood: boolean): void {
    opening.heard(ticket.opening, isGood);
    if (ticket === probe) probe = null;
  }

  /** Takes a probe that stays silent for admitted. */
  function advance(nowMs: number): void {
    if (isClosed && probe !== null && nowMs >= probe.sentMs + PROBE_SILENT_MS) reopen(probe);
  }

  /** A cycle that ends before its answers do is measured wrongly; but no slow answer holds a probe up for long. */
  const answersWaitUntilMs = () => gateMs() + PROBE_WAITS_MS;

  return {
    nextAtMs: () => Math.max(gateMs(), perMs === null && minute !== null ? minute.nextAtMs() : spacedUntilMs),
    opensAtMs(ahead, nowMs) {
      if (perMs !== null) return Math.max(gateMs(), spacedUntilMs) + ahead / perMs;
      return Math.max(gateMs(), minute?.opensAtMs(ahead, nowMs) ?? spacedUntilMs);
    },
    closedUntilMs: gateMs,
    hasRoom(nowMs, inFlight) {
      advance(nowMs);
      if (isClosed) return probe === null && (inFlight === 0 || nowMs >= answersWaitUntilMs());
      if (inFlight >= crowd) return false;
      if (opening.isUntried(nowMs)) return opening.hasRoom(nowMs);
      return perMs !== null || minute !== null || opening.hasRoom(nowMs);
    },
    roomAtMs(nowMs, inFlight) {
      if (isClosed) return probe === null ? answersWaitUntilMs() : probe.sentMs + PROBE_SILENT_MS;
      return inFlight >= crowd ? Number.POSITIVE_INFINITY : opening.roomAtMs(nowMs);
    },
    sent(nowMs) {
      minute?.sent(nowMs);
      cycle ??= openCycle(nowMs, 0);
      if (!isClosed) cycle.sent += 1;
      if (perMs !== null) spacedUntilMs = Math.max(spacedUntilMs, nowMs) + 1 / perMs;
      const ticket: PaceTicket = {
        sentMs: nowMs,
        opening: opening.sent(nowMs),
        cycle: cycle.number,
        isProbe: isClosed,
      };
      if (isClosed) probe = ticket;
      return ticket;
    },
    accepted(ticket) {
      hear(ticket, true);
      // Whatever was sent before the gate closed is no news of it.
      if (isClosed && !ticket.isProbe) return;
      refusalsInRow = 0;
      if (isClosed) return reopen(ticket);
      sinceCrowded += 1;
      if (crowd < slots && sinceCrowded >= EARLY_SUCCESSES * crowd) {
        crowd += 1;
        sinceCrowded = 0;
      }
      grow();
    },
    ended: (ticket) => hear(ticket, false),
    refused(ticket, nowMs, { hintMs, isPool, queued }) {
      hear(ticket, false);
      if (!ticket.isProbe && cycle !== null && ticket.cycle === cycle.number) cycle.refused += 1;
      // Of an unknown wait, only the first refusal and those of probes tell something.
      if (isClosed && !ticket.isProbe && hintMs === null) return;
      if (!isClosed || ticket.isProbe) refusalsInRow += 1;
      if (!isClosed) {
        closedMs = nowMs;
        isLesson = !isPool;
      }
      isClosed = true;
      // Whole seconds are rounded up, by nobody knows how much.
      hintIsExact = hintMs !== null && !Number.isInteger(hintMs / 1000);
      toldMs = Math.max(toldMs, nowMs + (hintMs ?? 0));
      const waitMs =
        hintMs === null
          ? Math.min(LAST_PROBE_MS, FIRST_PROBE_MS * 2 ** (refusalsInRow - 1)) * (0.5 + random.next() / 2)
          : hintMs + random.next() * stretch(hintMs, queued, perMs);
      refusedUntilMs = Math.max(refusedUntilMs, nowMs + waitMs);
    },
    crowded(ticket, inFlight) {
      hear(ticket, false);
      crowd = Math.max(1, Math.min(crowd, inFlight));
      sinceCrowded = 0;
    },
    closeUntil(untilMs) {
      pausedUntilMs = Math.max(pausedUntilMs, untilMs);
    },
    perMinute() {
      const known = perMs ?? knownPerMs;
      return known === null ? null : known * 60_000;
    },
    learnedPerMinute: () => (knownPerMs !== null || perMs === null ? null : perMs * 60_000),
    handOver() {
      const lesson: Lesson = {
        refused: cycle?.refused ?? 0,
        untilMs: refusedUntilMs,
        fromServerMs: toldMs,
        isExact: hintIsExact,
      };
      perMs = null;
      cycle = null;
      isClosed = false;
      probe = null;
      refusedUntilMs = Number.NEGATIVE_INFINITY;
      spacedUntilMs = Number.NEGATIVE_INFINITY;
      toldMs = 0;
      refusalsInRow = 0;
      successes = 0;
      needed = EARLY_SUCCESSES;
      hasGrown = false;
      bestPerMs = 0;
      return lesson;
    },
    takeOver(lessons, nowMs) {
      const latest = lessons.reduce((one, other) => (other.fromServerMs > one.fromServerMs ? other : one));
      if (cycle !== null) cycle.refused += lessons.reduce((sum, { refused }) => sum + refused, 0);
      if (!isClosed) {
        closedMs = nowMs;
        isLesson = true;
      }
      isClosed = true;
      hintIsExact = latest.isExact;
      toldMs = Math.max(toldMs, latest.fromServerMs);
      refusedUntilMs = Math.max(refusedUntilMs, ...lessons.map(({ untilMs }) => untilMs));
    },
  };
}

/** No longer than those who wait would take anyway. */
function stretch(hintMs: number, queued: number, perMs: number | null): number {
  const queueMs = perMs === null ? Number.POSITIVE_INFINITY : queued / perMs;
  return Math.min(HINT_STRETCH * hintMs, queueMs);
}
