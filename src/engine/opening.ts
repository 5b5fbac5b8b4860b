/**
 * How wide something opens whose limit nobody knows: a first request alone, a first batch of 16, eight at a time until 20
 * were admitted, and then as many unheard ones as were admitted. Servers that send their headers with the last word of an
 * answer stay silent meanwhile: silence is assent. The constants are the best of some forty settings, measured with six
 * shapes of limits and with none.
 */
export interface OpeningTicket {
  readonly sentMs: number;
  state: 'young' | 'silent' | 'heard';
}

export interface Opening {
  sent(nowMs: number): OpeningTicket;
  /** A status or an end has come; `isGood`: it was admitted. */
  heard(ticket: OpeningTicket, isGood: boolean): void;
  /** Nothing was admitted yet. */
  isUntried(nowMs: number): boolean;
  hasRoom(nowMs: number): boolean;
  /** When there is room if nothing is heard before. */
  roomAtMs(nowMs: number): number;
}

/** A request that is silent for so long was not refused: refusals are quick. */
const SILENT_MS = 320;
const FIRST_SILENT_MS = 250;
const FIRST_BATCH = 16;
const NEXT_BATCH = 8;
/** Most small limits have shown by the time that this number was admitted. */
const SMALL_LIMITS = 20;
const BEYOND_SMALL = 4;
/** A window is spread over this time, so that a refusal does not find all of it on its way. */
const SPREAD_MS = 50;

/** `alone`: requests in flight until one was admitted. */
export function openOpening(alone: number): Opening {
  let sends = 0;
  let admitted = 0;
  let young = 0;
  let lastSentMs = Number.NEGATIVE_INFINITY;
  /** Oldest first; those from `first` on may be young. */
  let tickets: OpeningTicket[] = [];
  let first = 0;

  const silentAtMs = (ticket: OpeningTicket) =>
    ticket.sentMs + (admitted === 0 ? FIRST_SILENT_MS : SILENT_MS);

  /** Takes the silent ones for admitted. */
  function advance(nowMs: number): void {
    for (let ticket = tickets[first]; ticket !== undefined; ticket = tickets[first]) {
      if (ticket.state === 'young') {
        if (nowMs < silentAtMs(ticket)) break;
        ticket.state = 'silent';
        young -= 1;
        admitted += 1;
      }
      first += 1;
    }
    if (first < 1000) return;
    tickets = tickets.slice(first);
    first = 0;
  }

  function window(): number {
    if (admitted === 0) return alone;
    const grown = Math.min(admitted, BEYOND_SMALL * (admitted - SMALL_LIMITS));
    return Math.max(NEXT_BATCH, FIRST_BATCH - sends + young, grown);
  }

  const spacedMs = () => lastSentMs + SPREAD_MS / window();

  return {
    sent(nowMs) {
      const ticket: OpeningTicket = { sentMs: nowMs, state: 'young' };
      sends += 1;
      young += 1;
      lastSentMs = nowMs;
      tickets.push(ticket);
      return ticket;
    },
    heard(ticket, isGood) {
      if (ticket.state === 'young') {
        young -= 1;
        if (isGood) admitted += 1;
      }
      // It was taken for admitted, and was not.
      if (ticket.state === 'silent' && !isGood) admitted -= 1;
      ticket.state = 'heard';
    },
    isUntried(nowMs) {
      advance(nowMs);
      return admitted === 0;
    },
    hasRoom(nowMs) {
      advance(nowMs);
      return young < window() && nowMs >= spacedMs();
    },
    roomAtMs(nowMs) {
      advance(nowMs);
      if (young < window()) return spacedMs();
      const oldest = tickets[first];
      return oldest === undefined ? Number.POSITIVE_INFINITY : silentAtMs(oldest);
    },
  };
}
