/**
 * The queue of one model. Who waits here holds no slot of anything; the lane admits in turns over candidates, as the
 * scopes of its model, its account and its provider allow, and sends everyone away to decide again when a gate closes.
 */
import type { Account, Model } from '../domain/candidate.js';
import type { RunEvent } from '../domain/event.js';
import type { Outcome } from '../domain/outcome.js';
import type { Allowance } from '../domain/trial.js';
import type { Clock, Random } from '../world/world.js';
import { serverKey } from './identity.js';
import type { DailyLedger } from './ledger.js';
import { openScope, type Scope, type ScopeTicket, toMidnightMs } from './scope.js';

/** The right to send one request, and how long it took to get it. */
export interface Admission {
  readonly queuedMs: number;
  readonly pacedMs: number;
  readonly ticket: LaneTicket;
}

interface LaneTicket {
  /** One for each of the lane's scopes. */
  readonly of: ReadonlyMap<Scope, ScopeTicket>;
  /** What it was the last of: gates that closed behind it. */
  readonly spent: readonly Spent[];
  readonly isRetry: boolean;
  accepted: boolean;
}

interface Spent {
  readonly scope: Scope;
  readonly what: string;
}

export interface Entry {
  /** Whose turn it is: candidates take turns. */
  readonly candidate: string;
  /** The trial has failed here before, for other reasons than a limit. */
  readonly isRetry: boolean;
  /** Now, as the caller read it. */
  readonly enteredMs: number;
  /** When the caller would rather decide again; null: never. */
  readonly untilMs: number | null;
  /** Until when the gates were closed as the caller decided: with later news it decides again. */
  readonly knownClosedMs: number;
}

export interface Lane {
  /** When a newcomer would be admitted, as far as gates and paces tell; in the past when at once. */
  opensAtMs(nowMs: number): number;
  /** Until when gates admit nothing. */
  closedUntilMs(): number;
  /** Since when its model or its account refuses, without a success in between. */
  refusesSinceMs(): number | null;
  downWhy(): string | null;
  /** `later`: a gate closed, the lane is down, or the time is over: decide again. */
  enter(entry: Entry, signal: AbortSignal): Promise<Admission | 'later'>;
  /** The request is on its way, and told: what it was the last of is told now. */
  started(admission: Admission): void;
  /** A good status is here, and with it, maybe, what is left of the model's limit. */
  accepted(admission: Admission, allowance: Allowance | null): void;
  /** The request has ended; `tokens` as the server counted them. */
  leave(admission: Admission, outcome: Outcome, tokens: number | null): void;
}

export interface Lanes {
  of(model: Model): Lane;
}

export interface LaneOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Requests in flight per lane at most. */
  readonly concurrency: number;
  /** So many failed probes of a broken lane in a row take it down for the run. */
  readonly probesToDown: number;
  readonly ledger: DailyLedger;
  /** The same for one account, and for one model, on every run. */
  readonly accountKey: (account: Account) => string;
  readonly modelKey: (model: Model) => string;
  readonly on: (event: RunEvent) => void;
}

/** So many failures in a row, limits aside, and a model is broken: single probes until one succeeds. */
const FAILURES_TO_BREAK = 5;
/**
 * The same for a provider, of connections that fail: where nobody listens one tells enough, but a single one that is
 * reset, as idle ones are, does not.
 */
const NETWORK_FAILURES_TO_BREAK = 2;
/** A model that is being loaded is asked again after this, when nothing tells how long it takes. */
const LOADING_MS = 1000;
/** Retries beyond the larger of these wait for fresh requests, and then go in single file. */
const RETRIES_FREE = 10;
const RETRIES_SHARE = 0.1;
/** Two models of an account, refused without a word on whose limit it was, within this time: it is the account's. */
const TOGETHER_MS = 2000;

interface SharedAccount {
  readonly scope: Scope;
  /** Model and time of the last refusal that did not say whose limit it was. */
  lastUnmarked: { readonly model: Lane; readonly atMs: number } | null;
  /** Unmarked refusals are taken for the account's. */
  isShared: boolean;
}

export function openLanes(options: LaneOptions): Lanes {
  const lanes = new Map<string, OpenLane>();
  const accounts = new Map<string, SharedAccount>();
  const providers = new Map<string, Scope>();
  const others: Others = {
    pump() {
      const nowMs = options.clock.nowMs();
      for (const lane of lanes.values()) lane.pump(nowMs);
    },
    sendAway(scope) {
      for (const lane of lanes.values()) if (lane.isUnder(scope)) lane.sendAllAway();
    },
  };
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
      failuresToBreak: Number.POSITIVE_INFINITY,
      random: options.random.fork(`account/${key}`),
    });
    tellRecalled(scope, options.on);
    const opened = { scope, lastUnmarked: null, isShared: false };
    accounts.set(key, opened);
    return opened;
  };
  const providerOf = ({ provider, baseUrl }: Account): Scope => {
    const server = serverKey(baseUrl);
    const known = providers.get(server);
    if (known !== undefined) return known;
    const scope = openScope({
      ...options,
      name: provider,
      key: JSON.stringify([server]),
      limits: {},
      slots: Number.POSITIVE_INFINITY,
      failuresToBreak: NETWORK_FAILURES_TO_BREAK,
      random: options.random.fork(`provider/${server}`),
    });
    providers.set(server, scope);
    return scope;
  };
  return {
    of(model) {
      const key = options.modelKey(model);
      const known = lanes.get(key);
      if (known !== undefined) return known;
      const lane = openLane(model, accountOf(model.account), providerOf(model.account), options, others);
      lanes.set(key, lane);
      return lane;
    },
  };
}

function tellRecalled({ name, recalled }: Scope, on: LaneOptions['on']): void {
  if (recalled !== null) on({ kind: 'pace-changed', model: name, ...recalled });
}

interface OpenLane extends Lane {
  pump(nowMs: number): void;
  sendAllAway(): void;
  isUnder(scope: Scope): boolean;
}

/** All lanes: what one learns of an account holds for its others. */
interface Others {
  pump(): void;
  sendAway(scope: Scope): void;
}

interface Waiting {
  readonly entry: Entry;
  readonly admit: (admission: Admission | 'later') => void;
  readonly blockedBeforeMs: number;
}

function openLane(
  model: Model,
  account: SharedAccount,
  provider: Scope,
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
    failuresToBreak: FAILURES_TO_BREAK,
    random: options.random.fork(`lane/${model.name}`),
  });
  tellRecalled(own, on);
  const scopes = [own, account.scope, provider];
  const queue = waitingInTurns();
  let wake: { readonly atMs: number; readonly cancel: () => void } | null = null;

  let sends = 0;
  let retries = 0;
  let retriesInFlight = 0;

  /** How long the lane has been held up by gates and paces so far: what a wait in it is accounted by. */
  let blockedMs = 0;
  let blockedUntilMs = Number.NEGATIVE_INFINITY;
  const blockedSoFarMs = (nowMs: number) => blockedMs - Math.max(0, blockedUntilMs - nowMs);
  const noteBlocked = (nowMs: number) => {
    const opensMs = nextAtMs();
    const fromMs = Math.max(nowMs, blockedUntilMs);
    if (opensMs <= fromMs) return;
    blockedMs += opensMs - fromMs;
    blockedUntilMs = opensMs;
  };

  const nextAtMs = () => Math.max(...scopes.map((scope) => scope.opensAtMs()));
  const closedUntilMs = () => Math.max(...scopes.map((scope) => scope.closedUntilMs()));
  const downWhy = () => scopes.find((scope) => scope.downWhy !== null)?.downWhy ?? null;
  const hasRoom = (nowMs: number) => scopes.every((scope) => scope.hasRoom(nowMs));
  const retryIsFree = () => retries < Math.max(RETRIES_FREE, RETRIES_SHARE * sends);

  function next(): Waiting | null {
    const free = queue.take((waiting) => !waiting.entry.isRetry || retryIsFree());
    if (free !== null) return free;
    return retriesInFlight === 0 ? queue.take(() => true) : null;
  }

  /** One reading of the clock for all of it: between two of them a turn may come that neither sees. */
  function pump(nowMs: number): void {
    noteBlocked(nowMs);
    if (downWhy() !== null) sendAllAway();
    wakeAt(admitWhoMay(nowMs), nowMs);
  }

  /** When to look again if nothing happens before; null: never. */
  function admitWhoMay(nowMs: number): number | null {
    while (queue.size() > 0) {
      const opensMs = nextAtMs();
      if (opensMs > nowMs) {
        tellPaced(nowMs);
        return opensMs;
      }
      // With nothing known of it yet, a lane opens wider by itself as time passes.
      if (!hasRoom(nowMs)) return own.inFlight > 0 ? nowMs + 1000 : null;
      const waiting = next();
      if (waiting === null) return null;
      admit(waiting, nowMs);
    }
    return null;
  }

  function admit({ entry, admit: tell, blockedBeforeMs }: Waiting, nowMs: number): void {
    const waitedMs = Math.max(0, nowMs - entry.enteredMs);
    const pacedMs = Math.min(waitedMs, Math.max(0, blockedSoFarMs(nowMs) - blockedBeforeMs));
    sends += 1;
    if (entry.isRetry) {
      retries += 1;
      retriesInFlight += 1;
    }
    const ticket: LaneTicket = {
      of: new Map(scopes.map((scope) => [scope, scope.sent(nowMs)])),
      spent: takeSpent(),
      isRetry: entry.isRetry,
      accepted: false,
    };
    noteBlocked(nowMs);
    tell({ queuedMs: waitedMs - pacedMs, pacedMs, ticket });
  }

  /** A limit that is known closes its gate by itself, with its last request or from the start. */
  function tellSpent(spent: readonly Spent[]): void {
    for (const { scope, what } of spent) tellClosed(scope, what, true);
  }

  function tellPaced(nowMs: number): void {
    for (const scope of scopes) {
      const paced = scope.newlyPaced(nowMs);
      if (paced !== null) on({ kind: 'paced', model: scope.name, ...paced });
    }
  }

  function takeSpent(): Spent[] {
    return scopes.flatMap((scope) => {
      const what = scope.newlySpent();
      return what === null ? [] : [{ scope, what }];
    });
  }

  function sendAllAway(): void {
    for (let waiting = queue.take(() => true); waiting !== null; waiting = queue.take(() => true)) {
      waiting.admit('later');
    }
  }

  /** One timer a lane, however many wait; one that rings before is as good. */
  function wakeAt(atMs: number | null, nowMs: number): void {
    if (wake !== null && atMs !== null && wake.atMs <= atMs) return;
    wake?.cancel();
    wake = null;
    if (atMs === null) return;
    const cancel = clock.after(Math.max(0, atMs - nowMs), () => {
      wake = null;
      pump(clock.nowMs());
    });
    wake = { atMs, cancel };
  }

  function tellClosed(scope: Scope, reason: string, told: boolean): void {
    on({ kind: 'gate-closed', model: scope.name, untilMs: scope.closedUntilMs(), reason, told });
    // Whoever waits may have somewhere else to go, or a deadline.
    sendAllAway();
    others.sendAway(scope);
  }

  function takeDown(scope: Scope, reason: string): void {
    if (scope.downWhy !== null) return;
    scope.downWhy = reason;
    on({ kind: 'lane-down', model: model.name, reason });
  }

  function failed(scope: Scope, ticket: LaneTicket, message: string): void {
    const verdict = scope.breaker.failed(ticket.of.get(scope)?.isBreakerProbe ?? false);
    switch (verdict.kind) {
      case 'goes-on':
        return;
      case 'down':
        takeDown(scope, `${verdict.failedProbes} probes in a row have failed, the last: ${message}`);
        return;
      case 'broken':
        scope.pace.closeUntil(clock.nowMs() + verdict.waitMs);
        tellClosed(scope, `failing: ${message}`, false);
        return;
      default:
        verdict satisfies never;
    }
  }

  function refused(ticket: LaneTicket, outcome: Extract<Outcome, { kind: 'rate_limited' }>): void {
    const nowMs = clock.nowMs();
    const scope = whose(outcome.scope, nowMs) === 'account' ? account.scope : own;
    noNews(ticket, scope);
    const before = scope.closedUntilMs();
    scope.refusesSinceMs ??= nowMs;
    const mine = ticket.of.get(scope);
    if (mine === undefined) return;
    scope.pace.refused(mine.pace, nowMs, {
      hintMs: outcome.retryAfterMs,
      isPool: outcome.isPool,
      queued: queue.size(),
    });
    if (scope.closedUntilMs() > before) tellClosed(scope, 'rate limited', outcome.retryAfterMs !== null);
  }

  function whose(scope: 'account' | 'model' | 'unknown', nowMs: number): 'account' | 'model' {
    if (scope !== 'unknown') return scope;
    const last = account.lastUnmarked;
    account.isShared ||= last !== null && last.model !== lane && nowMs - last.atMs < TOGETHER_MS;
    account.lastUnmarked = { model: lane, atMs: nowMs };
    return account.isShared ? 'account' : 'model';
  }

  /** A request ended, and its ending says nothing of a rate, but for `but`'s. */
  function noNews(ticket: LaneTicket, but: Scope | null = null): void {
    if (ticket.accepted) return;
    for (const [scope, { pace }] of ticket.of) if (scope !== but) scope.pace.ended(pace);
  }

  function settle(ticket: LaneTicket, outcome: Outcome): void {
    switch (outcome.kind) {
      case 'answered':
      case 'refused':
      case 'truncated':
        lane.accepted({ queuedMs: 0, pacedMs: 0, ticket }, null);
        for (const [scope, { isBreakerProbe }] of ticket.of) scope.breaker.succeeded(isBreakerProbe);
        return;
      case 'rate_limited':
        refused(ticket, outcome);
        return;
      case 'quota': {
        noNews(ticket);
        const scope = outcome.scope === 'account' ? account.scope : own;
        scope.pace.closeUntil(clock.nowMs() + (outcome.retryAfterMs ?? toMidnightMs(clock)));
        tellClosed(scope, 'daily quota', outcome.retryAfterMs !== null);
        return;
      }
      case 'concurrency': {
        noNews(ticket, account.scope);
        account.scope.refusesSinceMs ??= clock.nowMs();
        const theirs = ticket.of.get(account.scope);
        if (theirs !== undefined) account.scope.pace.crowded(theirs.pace, account.scope.inFlight);
        return;
      }
      case 'loading':
        noNews(ticket);
        own.refusesSinceMs ??= clock.nowMs();
        own.pace.closeUntil(clock.nowMs() + (outcome.retryAfterMs ?? LOADING_MS));
        return;
      default:
        noNews(ticket);
    }
    switch (outcome.kind) {
      case 'auth':
      case 'credits':
        takeDown(account.scope, `${model.account.provider}: ${outcome.message}`);
        return;
      case 'unknown_model':
        takeDown(own, `${model.account.provider} does not know the model "${model.id}": ${outcome.message}`);
        return;
      case 'network':
        // It is the provider's line that is cut, and no model's fault.
        if (outcome.refused && !provider.hasAnswered) {
          const { baseUrl } = model.account;
          takeDown(provider, `nobody answers at ${baseUrl} (${outcome.message}): is the server running?`);
        } else failed(provider, ticket, outcome.message);
        return;
      case 'upstream':
      case 'timeout':
      case 'broken_stream':
      case 'forbidden':
      case 'malformed':
      case 'empty':
        failed(own, ticket, outcome.message);
        return;
      case 'bad_request':
        // Twice the same words, and nothing that worked: it is our requests, not this one.
        if (outcome.message === complaint) {
          takeDown(own, `${model.account.provider} refuses our requests: ${outcome.message}`);
        }
        complaint = outcome.message;
        return;
      case 'context':
      case 'too_large':
      case 'cancelled':
        return;
      default:
        outcome satisfies never;
    }
  }

  /** The last bad request's, while nothing has succeeded since. */
  let complaint: string | null = null;

  tellSpent(takeSpent());
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
    pump,
    sendAllAway,
    isUnder: (scope) => scopes.includes(scope),
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
          if (queue.size() === 0) wakeAt(null, entry.enteredMs);
          end();
          reject(signal.reason);
        };
        const waiting: Waiting = {
          entry,
          blockedBeforeMs: blockedSoFarMs(entry.enteredMs),
          admit(admission) {
            end();
            resolve(admission);
          },
        };
        signal.addEventListener('abort', giveUp, { once: true });
        queue.add(waiting);
        pump(entry.enteredMs);
        const { untilMs } = entry;
        if (untilMs === null || !queue.has(waiting)) return;
        const look = (nowMs: number) => {
          // Timers have a longest time, and may be early.
          if (nowMs < untilMs) stopWaiting = clock.after(untilMs - nowMs, () => look(clock.nowMs()));
          else if (queue.remove(waiting)) waiting.admit('later');
        };
        look(entry.enteredMs);
      }),
    started: ({ ticket }) => tellSpent(ticket.spent),
    accepted({ ticket }, allowance) {
      if (ticket.accepted) return;
      ticket.accepted = true;
      complaint = null;
      const before = own.pace.perMinute();
      for (const [scope, { pace }] of ticket.of) {
        scope.hasAnswered = true;
        scope.refusesSinceMs = null;
        scope.pace.accepted(pace);
      }
      const perMinute = own.pace.perMinute();
      if (perMinute !== null && perMinute !== before)
        on({ kind: 'pace-changed', model: model.name, perMinute });
      const mine = ticket.of.get(own);
      if (mine !== undefined) own.told(mine, clock.nowMs(), allowance);
      tellSpent(takeSpent());
      others.pump();
    },
    leave({ ticket }, outcome, tokens) {
      for (const [scope, mine] of ticket.of) scope.left(mine, tokens);
      if (ticket.isRetry) retriesInFlight -= 1;
      settle(ticket, outcome);
      others.pump();
    },
  };
  return lane;
}

interface Turns {
  add(waiting: Waiting): void;
  has(waiting: Waiting): boolean;
  /** False when it was not there any more. */
  remove(waiting: Waiting): boolean;
  /** The first in line that may, of the candidate whose turn it is; its next turn comes after all others'. */
  take(may: (waiting: Waiting) => boolean): Waiting | null;
  size(): number;
}

function waitingInTurns(): Turns {
  /** Candidates in the order of their turns. */
  const lines = new Map<string, Set<Waiting>>();
  let size = 0;
  const remove = (waiting: Waiting) => {
    const line = lines.get(waiting.entry.candidate);
    const was = line?.delete(waiting) ?? false;
    if (was) size -= 1;
    return was;
  };
  return {
    add(waiting) {
      const line = lines.get(waiting.entry.candidate);
      if (line === undefined) lines.set(waiting.entry.candidate, new Set([waiting]));
      else line.add(waiting);
      size += 1;
    },
    has: (waiting) => lines.get(waiting.entry.candidate)?.has(waiting) ?? false,
    remove,
    take(may) {
      for (const [candidate, line] of lines) {
        for (const waiting of line) {
          if (!may(waiting)) continue;
          remove(waiting);
          lines.delete(candidate);
          lines.set(candidate, line);
          return waiting;
        }
      }
      return null;
    },
    size: () => size,
  };
}
