/**
 * The queue of one model. Who waits here holds no slot of anything; requests are admitted as the scopes of the model, its
 * account and the line to its server allow, and whoever waits decides again when one of them pauses.
 */
import type { Account, Model } from '../domain/candidate.js';
import type { RunEvent } from '../domain/event.js';
import type { Outcome } from '../domain/outcome.js';
import type { Allowance } from '../domain/trial.js';
import type { Clock, Random } from '../world/world.js';
import { type FairQueue, openFairQueue } from './fair-queue.js';
import { serverKey } from './identity.js';
import { type LaneTicket, openLaneOutcomes, type SharedAccount, type Spent } from './lane-outcomes.js';
import type { DailyLedger } from './ledger.js';
import { openProviderLine, type ProviderLine } from './provider-line.js';
import { openScope, type Scope } from './scope.js';
import { openSharedLimit } from './shared-limit.js';

/** The right to send one request, and how long it took to get it. */
export interface Admission {
  readonly queuedMs: number;
  readonly pacedMs: number;
  readonly ticket: LaneTicket;
}

export interface Entry {
  /** Whose turn it is: candidates take turns. */
  readonly candidate: string;
  readonly promptChars: number;
  /** The trial has failed here before, for other reasons than a limit. */
  readonly isRetry: boolean;
  /** Now, as the caller read it. */
  readonly enteredMs: number;
  /** When the caller would rather decide again; null: never. */
  readonly untilMs: number | null;
  /** Until when requests were paused when the caller decided: if the pause grew since, it decides again. */
  readonly knownClosedMs: number;
}

export interface Lane {
  /** When a new request would be admitted under the known rate limits; in the past if at once. */
  opensAtMs(nowMs: number): number;
  /** Until when nothing is admitted. */
  closedUntilMs(): number;
  /** Since when its model or its account refuses, without a success in between. */
  refusesSinceMs(): number | null;
  downWhy(): string | null;
  /** Requests of the day's known quotas, its own and its account's; null: none is known. */
  leftToday(): number | null;
  /** `later`: requests are paused, the model is disabled, or the time is up. The caller decides again. */
  enter(entry: Entry, signal: AbortSignal): Promise<Admission | 'later'>;
  /** The request is on its way, and reported: what it was the last of is reported now. */
  started(admission: Admission): void;
  /** A good status is here, and with it, maybe, what is left of the model's limit. */
  accepted(admission: Admission, allowance: Allowance | null): void;
  /** The request has ended; `tokens` as the server counted them. */
  leave(admission: Admission, outcome: Outcome, tokens: number | null): void;
}

export interface Lanes {
  of(model: Model): Lane;
  /** What was disabled may be asked again: somebody has changed what was wrong. */
  revive(): void;
}

export interface LaneOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Requests in flight per model at most. */
  readonly concurrency: number;
  /** So many failed probes of a broken model in a row disable it for the run. */
  readonly probesToDown: number;
  readonly ledger: DailyLedger;
  /**
   * Whether the requests are this program's own (default), so that a server that refuses one after the other refuses the
   * program. Those of a gateway's clients say nothing of each other.
   */
  readonly requestsAreOwn?: boolean;
  /** The same for one account, and for one model, on every run. */
  readonly accountKey: (account: Account) => string;
  readonly modelKey: (model: Model) => string;
  readonly on: (event: RunEvent) => void;
}

/** So many failures in a row, limits aside, and a model is broken: single probes until one succeeds. */
const FAILURES_TO_BREAK = 5;
/** Retries beyond the larger of these wait for fresh requests, and then go in single file. */
const RETRIES_FREE = 10;
const RETRIES_SHARE = 0.1;
/** Requests in flight until one was admitted: of an account, for a wrong key costs one; and of a model. */
const ALONE_OF_ACCOUNT = 1;
const ALONE_OF_MODEL = 2;

export function openLanes(options: LaneOptions): Lanes {
  const { clock, random } = options;
  const lanes = new Map<string, OpenLane>();
  const accounts = new Map<string, SharedAccount>();
  const lines = new Map<string, ProviderLine>();
  const inTurns: OpenLane[] = [];
  /** Place of the lane that admitted last: the next round begins behind it. */
  let lastAdmitted = 0;

  /** One reading of the clock for all of it: between two of them a slot may come free that neither sees. */
  function pumpAll(nowMs: number): void {
    for (const lane of inTurns) lane.look(nowMs);
    for (let isDone = false; !isDone; ) {
      isDone = true;
      const start = lastAdmitted + 1;
      for (let step = 0; step < inTurns.length; step++) {
        const place = (start + step) % inTurns.length;
        if (!inTurns[place]?.admitOne(nowMs)) continue;
        lastAdmitted = place;
        isDone = false;
      }
    }
    for (const lane of inTurns) lane.setAlarm(nowMs);
  }

  const accountOf = (account: Account): SharedAccount => {
    const key = options.accountKey(account);
    const known = accounts.get(key);
    if (known !== undefined) return known;
    const scope = openScope({
      ...options,
      name: `${account.provider} account`,
      key,
      limits: account.limits,
      slots: Number.POSITIVE_INFINITY,
      alone: ALONE_OF_ACCOUNT,
      failuresToBreak: Number.POSITIVE_INFINITY,
      random: random.fork(`account/${key}`),
    });
    reportRecalled(scope, options.on);
    const opened: SharedAccount = { scope, limit: openSharedLimit(), lanes: [] };
    accounts.set(key, opened);
    return opened;
  };
  const lineOf = ({ provider, baseUrl }: Account): ProviderLine => {
    const server = serverKey(baseUrl);
    const known = lines.get(server);
    if (known !== undefined) return known;
    const line = openProviderLine(provider, options.probesToDown, random.fork(`provider/${server}`));
    lines.set(server, line);
    return line;
  };
  return {
    of(model) {
      const key = options.modelKey(model);
      const known = lanes.get(key);
      if (known !== undefined) return known;
      const lane = openLane(model, accountOf(model.account), lineOf(model.account), options, {
        pump: () => pumpAll(clock.nowMs()),
        pumpAt: pumpAll,
        sendAway(scope) {
          for (const other of inTurns) if (other.isUnder(scope)) other.sendAllAway();
        },
        waiting: (line) => inTurns.filter((other) => other.isUnder(line) && other.isWaiting()),
      });
      lanes.set(key, lane);
      inTurns.push(lane);
      return lane;
    },
    revive() {
      for (const lane of inTurns) lane.revive();
      for (const { scope } of accounts.values()) scope.downWhy = null;
      for (const line of lines.values()) line.downWhy = null;
    },
  };
}

function reportRecalled({ name, recalled }: Scope, on: LaneOptions['on']): void {
  if (recalled !== null) on({ kind: 'pace-changed', model: name, ...recalled });
}

interface OpenLane extends Lane {
  /** Notes what holds it up, and sends everybody away where it is disabled. */
  look(nowMs: number): void;
  /** True if somebody was admitted. */
  admitOne(nowMs: number): boolean;
  setAlarm(nowMs: number): void;
  sendAllAway(): void;
  revive(): void;
  isUnder(scope: Scope | ProviderLine): boolean;
  /** Somebody waits, and neither the model nor its account is paused. */
  isWaiting(): boolean;
}

/** All lanes: what one learns of an account or a server holds for its others. */
interface Others {
  pump(): void;
  pumpAt(nowMs: number): void;
  sendAway(scope: Scope | ProviderLine): void;
  waiting(line: ProviderLine): readonly OpenLane[];
}

interface Waiting {
  readonly entry: Entry;
  readonly admit: (admission: Admission | 'later') => void;
  readonly blockedBeforeMs: number;
}

function openLane(
  model: Model,
  account: SharedAccount,
  line: ProviderLine,
  options: LaneOptions,
  others: Others,
): OpenLane {
  const { clock, on } = options;
  const own = openScope({
    ...options,
    name: model.name,
    key: JSON.stringify([options.accountKey(model.account), model.id]),
    limits: model.limits,
    slots: options.concurrency,
    alone: ALONE_OF_MODEL,
    failuresToBreak: FAILURES_TO_BREAK,
    random: options.random.fork(`lane/${model.name}`),
  });
  account.lanes.push(own);
  reportRecalled(own, on);
  const scopes = [own, account.scope];
  const queue: FairQueue<Waiting> = openFairQueue();
  const alarm = openAlarm(clock, others.pumpAt);
  const retries = openRetryBudget();
  const blocked = openBlockedTime();
  const outcomes = openLaneOutcomes({
    model,
    own,
    account,
    line,
    clock,
    on,
    queued: queue.size,
    shortestPrompt: () => queue.shortest()?.entry.promptChars ?? Number.POSITIVE_INFINITY,
    othersWaiting: () => others.waiting(line),
    sendAway: others.sendAway,
    requestsAreOwn: options.requestsAreOwn ?? true,
  });

  const nextAtMs = () => Math.max(own.opensAtMs(), account.scope.opensAtMs(), line.pausedUntilMs());
  const closedUntilMs = () =>
    Math.max(own.closedUntilMs(), account.scope.closedUntilMs(), line.pausedUntilMs());
  const downWhy = () => own.downWhy ?? account.scope.downWhy ?? line.downWhy;
  const hasRoom = (nowMs: number) =>
    own.hasRoom(nowMs) && account.scope.hasRoom(nowMs) && line.hasRoom(lane, nowMs);

  /** While the server complains of our requests and has taken none, the shortest goes next, alone. */
  function next(): Waiting | null {
    if (outcomes.isDoubtful()) {
      const shortest = own.inFlight === 0 ? queue.shortest() : null;
      if (shortest !== null) queue.remove(shortest);
      return shortest;
    }
    const free = queue.take((waiting) => !waiting.entry.isRetry || retries.isFree());
    return free ?? (retries.inFlight() === 0 ? queue.take(() => true) : null);
  }

  function admit({ entry, admit: give, blockedBeforeMs }: Waiting, nowMs: number): void {
    const waitedMs = Math.max(0, nowMs - entry.enteredMs);
    const pacedMs = Math.min(waitedMs, Math.max(0, blocked.soFarMs(nowMs) - blockedBeforeMs));
    retries.sent(entry.isRetry);
    const ticket: LaneTicket = {
      own: own.sent(nowMs),
      account: account.scope.sent(nowMs),
      line: line.sent(lane, nowMs),
      number: account.limit.sent(),
      promptChars: entry.promptChars,
      isRetry: entry.isRetry,
      spent: takeSpent(),
      accepted: false,
    };
    blocked.note(nextAtMs(), nowMs);
    give({ queuedMs: waitedMs - pacedMs, pacedMs, ticket });
  }

  /** A limit that is known closes by itself, with its last request or from the start. */
  function reportSpent(spent: readonly Spent[]): void {
    for (const { scope, what } of spent) outcomes.reportPaused(scope, scope.closedUntilMs(), what, true);
  }

  function takeSpent(): Spent[] {
    return scopes.flatMap((scope) => {
      const what = scope.newlySpent();
      return what === null ? [] : [{ scope, what }];
    });
  }

  function reportThrottled(nowMs: number): void {
    for (const scope of scopes) {
      const throttled = scope.newlyPaced(nowMs);
      if (throttled !== null) on({ kind: 'paced', model: scope.name, ...throttled });
    }
  }

  /** When to look again if nothing happens before; null: nobody waits, or only an event helps. */
  function alarmAtMs(nowMs: number): number | null {
    if (queue.size() === 0) return null;
    const opensMs = nextAtMs();
    if (opensMs > nowMs) {
      reportThrottled(nowMs);
      return opensMs;
    }
    let atMs = Number.NEGATIVE_INFINITY;
    if (!own.hasRoom(nowMs)) atMs = Math.max(atMs, own.roomAtMs(nowMs));
    if (!account.scope.hasRoom(nowMs)) atMs = Math.max(atMs, account.scope.roomAtMs(nowMs));
    if (!line.hasRoom(lane, nowMs)) atMs = Math.max(atMs, line.roomAtMs(lane, nowMs));
    return Number.isFinite(atMs) ? atMs : null;
  }

  const lane: OpenLane = {
    opensAtMs(nowMs) {
      const ahead = queue.size();
      return Math.max(nextAtMs(), ...scopes.map(({ pace }) => pace.opensAtMs(ahead, nowMs)));
    },
    closedUntilMs,
    refusesSinceMs() {
      const since = scopes.flatMap((scope) => scope.refusesSinceMs ?? []);
      return since.length === 0 ? null : Math.min(...since);
    },
    downWhy,
    leftToday() {
      const left = scopes.flatMap((scope) => scope.leftToday() ?? []);
      return left.length === 0 ? null : Math.min(...left);
    },
    look(nowMs) {
      blocked.note(nextAtMs(), nowMs);
      if (downWhy() !== null) lane.sendAllAway();
    },
    admitOne(nowMs) {
      if (queue.size() === 0 || nextAtMs() > nowMs || !hasRoom(nowMs)) return false;
      const waiting = next();
      if (waiting !== null) admit(waiting, nowMs);
      return waiting !== null;
    },
    setAlarm: (nowMs) => alarm.set(alarmAtMs(nowMs), nowMs),
    sendAllAway() {
      for (let waiting = queue.take(() => true); waiting !== null; waiting = queue.take(() => true)) {
        waiting.admit('later');
      }
    },
    revive() {
      own.downWhy = null;
    },
    isUnder: (scope) => scope === own || scope === account.scope || scope === line,
    isWaiting: () =>
      queue.size() > 0 && Math.max(own.opensAtMs(), account.scope.opensAtMs()) <= clock.nowMs(),
    enter: (entry, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) return reject(signal.reason);
        if (closedUntilMs() > entry.knownClosedMs || downWhy() !== null) return resolve('later');
        let stopWaiting = () => {};
        const end = () => {
          signal.removeEventListener('abort', giveUp);
          stopWaiting();
        };
        const giveUp = () => {
          queue.remove(waiting);
          if (queue.size() === 0) alarm.set(null, entry.enteredMs);
          end();
          reject(signal.reason);
        };
        const waiting: Waiting = {
          entry,
          blockedBeforeMs: blocked.soFarMs(entry.enteredMs),
          admit(admission) {
            end();
            resolve(admission);
          },
        };
        signal.addEventListener('abort', giveUp, { once: true });
        queue.add(waiting);
        lane.look(entry.enteredMs);
        while (lane.admitOne(entry.enteredMs));
        lane.setAlarm(entry.enteredMs);
        const { untilMs } = entry;
        if (untilMs === null || !queue.has(waiting)) return;
        const look = (nowMs: number) => {
          // Timers have a longest time, and may be early.
          if (nowMs < untilMs) stopWaiting = clock.after(untilMs - nowMs, () => look(clock.nowMs()));
          else if (queue.remove(waiting)) waiting.admit('later');
        };
        look(entry.enteredMs);
      }),
    started: ({ ticket }) => reportSpent(ticket.spent),
    accepted({ ticket }, allowance) {
      if (ticket.accepted) return;
      const before = own.pace.perMinute();
      outcomes.accepted(ticket);
      const perMinute = own.pace.perMinute();
      if (perMinute !== null && perMinute !== before)
        on({ kind: 'pace-changed', model: model.name, perMinute });
      own.told(ticket.own, clock.nowMs(), allowance);
      reportSpent(takeSpent());
      others.pump();
    },
    leave({ ticket }, outcome, tokens) {
      own.left(ticket.own, tokens);
      account.scope.left(ticket.account, tokens);
      retries.ended(ticket.isRetry);
      outcomes.settle(ticket, outcome);
      others.pump();
    },
  };
  reportSpent(takeSpent());
  return lane;
}

interface Alarm {
  /** Null: nobody waits. */
  set(atMs: number | null, nowMs: number): void;
}

/** One timer, however many wait; one that rings before is as good. */
function openAlarm(clock: Clock, ring: (nowMs: number) => void): Alarm {
  let next: { readonly atMs: number; readonly cancel: () => void } | null = null;
  return {
    set(atMs, nowMs) {
      if (next !== null && atMs !== null && next.atMs <= atMs) return;
      next?.cancel();
      next = null;
      if (atMs === null) return;
      const cancel = clock.after(Math.max(0, atMs - nowMs), () => {
        next = null;
        ring(clock.nowMs());
      });
      next = { atMs, cancel };
    },
  };
}

interface RetryBudget {
  sent(isRetry: boolean): void;
  ended(isRetry: boolean): void;
  inFlight(): number;
  /** A retry may go like a fresh request. */
  isFree(): boolean;
}

/** Keeps an outage from being amplified. */
function openRetryBudget(): RetryBudget {
  let sends = 0;
  let retries = 0;
  let inFlight = 0;
  return {
    sent(isRetry) {
      sends += 1;
      if (!isRetry) return;
      retries += 1;
      inFlight += 1;
    },
    ended(isRetry) {
      if (isRetry) inFlight -= 1;
    },
    inFlight: () => inFlight,
    isFree: () => retries < Math.max(RETRIES_FREE, RETRIES_SHARE * sends),
  };
}

interface BlockedTime {
  note(opensMs: number, nowMs: number): void;
  soFarMs(nowMs: number): number;
}

/** How long limits have held a lane up so far: what a wait in it is accounted by. */
function openBlockedTime(): BlockedTime {
  let blockedMs = 0;
  let untilMs = Number.NEGATIVE_INFINITY;
  return {
    note(opensMs, nowMs) {
      const fromMs = Math.max(nowMs, untilMs);
      if (opensMs <= fromMs) return;
      blockedMs += opensMs - fromMs;
      untilMs = opensMs;
    },
    soFarMs: (nowMs) => blockedMs - Math.max(0, untilMs - nowMs),
  };
}
