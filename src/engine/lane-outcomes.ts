/** What the end of a request means for the things that its model shares: limits, circuit breakers, the line to the server. */
import type { Model } from '../domain/candidate.js';
import type { RunEvent } from '../domain/event.js';
import type { Outcome } from '../domain/outcome.js';
import type { Clock } from '../world/world.js';
import type { LineTicket, ProviderLine } from './provider-line.js';
import { type Scope, type ScopeTicket, toMidnightMs } from './scope.js';
import type { SharedLimit } from './shared-limit.js';

/** A request that was sent, as all that it counts for have noted it. */
export interface LaneTicket {
  readonly own: ScopeTicket;
  readonly account: ScopeTicket;
  readonly line: LineTicket;
  /** Its number among the account's requests. */
  readonly number: number;
  readonly promptChars: number;
  readonly isRetry: boolean;
  /** What it was the last of: limits that closed behind it. */
  readonly spent: readonly Spent[];
  accepted: boolean;
}

export interface Spent {
  readonly scope: Scope;
  readonly what: string;
}

/** The account of several models, as they share it. */
export interface SharedAccount {
  readonly scope: Scope;
  readonly limit: SharedLimit<Scope>;
  /** Of the models that were opened so far. */
  readonly lanes: Scope[];
}

export interface OutcomeParts {
  readonly model: Model;
  readonly own: Scope;
  readonly account: SharedAccount;
  readonly line: ProviderLine;
  readonly clock: Clock;
  readonly on: (event: RunEvent) => void;
  /** Requests that wait for the model. */
  readonly queued: () => number;
  /** Of those, the shortest prompt; infinity: none waits. */
  readonly shortestPrompt: () => number;
  /** Models of the same server that have somebody to send, this one too. */
  readonly othersWaiting: () => readonly object[];
  /** Whoever waits under it decides again. */
  readonly sendAway: (scope: Scope | ProviderLine) => void;
  /** As in `LaneOptions`. */
  readonly requestsAreOwn: boolean;
}

export interface LaneOutcomes {
  /** A good status has come. */
  accepted(ticket: LaneTicket): void;
  settle(ticket: LaneTicket, outcome: Outcome): void;
  /** The server complains of requests as such, and has taken none: they go one by one, the shortest first. */
  isDoubtful(): boolean;
  reportPaused(scope: Scope | ProviderLine, untilMs: number, reason: string, fromServer: boolean): void;
}

/** A model that is being loaded is asked again after this, when nothing says how long it takes. */
const LOADING_MS = 1000;
/** Complaints alike, of requests that cannot all be too long, before a model is disabled. */
const COMPLAINTS_TO_DOWN = 3;

export function openLaneOutcomes(parts: OutcomeParts): LaneOutcomes {
  const { model, own, account, line, clock, on } = parts;
  const { provider, baseUrl } = model.account;
  /** A request has brought an answer in this run. */
  let hasSucceeded = false;
  /** How often the server said what of our requests, digits aside. */
  const complaints = new Map<string, number>();

  function reportPaused(
    scope: Scope | ProviderLine,
    untilMs: number,
    reason: string,
    fromServer: boolean,
  ): void {
    on({ kind: 'gate-closed', model: scope.name, untilMs, reason, told: fromServer });
    // Whoever waits may have somewhere else to go, or a deadline.
    parts.sendAway(scope);
  }

  function takeDown(scope: Scope | ProviderLine, reason: string): void {
    if (scope.downWhy !== null) return;
    scope.downWhy = reason;
    on({ kind: 'lane-down', model: model.name, reason });
    parts.sendAway(scope);
  }

  function failed(ticket: LaneTicket, message: string): void {
    const verdict = own.breaker.failed(ticket.own.isBreakerProbe);
    switch (verdict.kind) {
      case 'goes-on':
        return;
      case 'down':
        takeDown(own, `${verdict.failedProbes} probes in a row have failed, the last: ${message}`);
        return;
      case 'broken': {
        const untilMs = clock.nowMs() + verdict.waitMs;
        own.pace.closeUntil(untilMs);
        reportPaused(own, untilMs, `failing: ${message}`, false);
        return;
      }
      default:
        verdict satisfies never;
    }
  }

  function networkFailed(ticket: LaneTicket, outcome: Extract<Outcome, { kind: 'network' }>): void {
    const verdict = line.cut(ticket.line, outcome.refused, clock.nowMs(), parts.othersWaiting());
    switch (verdict.kind) {
      case 'not-the-line':
        failed(ticket, outcome.message);
        return;
      case 'broken':
        reportPaused(line, verdict.untilMs, `failing: ${outcome.message}`, false);
        return;
      case 'down':
        takeDown(
          line,
          verdict.failedProbes === 0
            ? `nobody answers at ${baseUrl} (${outcome.message}): is the server running?`
            : `${verdict.failedProbes} requests in a row never reached ${baseUrl}, the last: ${outcome.message}`,
        );
        return;
      default:
        verdict satisfies never;
    }
  }

  function refused(ticket: LaneTicket, outcome: Extract<Outcome, { kind: 'rate_limited' }>): void {
    const nowMs = clock.nowMs();
    const scope = whose(ticket, outcome.scope, nowMs);
    const before = scope.closedUntilMs();
    if (!ticket.accepted) (scope === own ? account.scope : own).pace.ended(otherOf(ticket, scope).pace);
    scope.refusesSinceMs ??= nowMs;
    scope.pace.refused((scope === own ? ticket.own : ticket.account).pace, nowMs, {
      hintMs: outcome.retryAfterMs,
      isPool: outcome.isPool,
      queued: parts.queued(),
    });
    const untilMs = scope.closedUntilMs();
    if (untilMs > before) reportPaused(scope, untilMs, 'rate limited', outcome.retryAfterMs !== null);
  }

  const otherOf = (ticket: LaneTicket, scope: Scope) => (scope === own ? ticket.account : ticket.own);

  function whose(ticket: LaneTicket, said: 'account' | 'model' | 'unknown', nowMs: number): Scope {
    if (said !== 'unknown') return said === 'account' ? account.scope : own;
    const found = account.limit.refused(own, ticket.number, nowMs);
    if (found.of === 'model') {
      // What was taken for the account's is forgotten: the model is alone with its limit.
      if (found.became) account.scope.handOver();
      return own;
    }
    if (found.became) {
      account.scope.pace.takeOver(
        account.lanes.map((lane) => lane.handOver()),
        nowMs,
      );
    }
    return account.scope;
  }

  /** It ended, and its ending says nothing of a rate. */
  function noNews(ticket: LaneTicket): void {
    if (ticket.accepted) return;
    own.pace.ended(ticket.own.pace);
    account.scope.pace.ended(ticket.account.pace);
  }

  function badRequest(ticket: LaneTicket, message: string): void {
    if (!parts.requestsAreOwn) return;
    const alike = message.replaceAll(/\d+/g, '#');
    const count = (complaints.get(alike) ?? 0) + 1;
    complaints.set(alike, count);
    if (hasSucceeded || count < COMPLAINTS_TO_DOWN || ticket.promptChars > parts.shortestPrompt()) return;
    takeDown(own, `${provider} refuses our requests: ${message}`);
  }

  function quotaSpent(outcome: Extract<Outcome, { kind: 'quota' }>): void {
    const scope = outcome.scope === 'account' ? account.scope : own;
    const untilMs = clock.nowMs() + (outcome.retryAfterMs ?? toMidnightMs(clock));
    scope.pace.closeUntil(untilMs);
    reportPaused(scope, untilMs, 'daily quota', outcome.retryAfterMs !== null);
  }

  const outcomes: LaneOutcomes = {
    reportPaused,
    isDoubtful: () => !hasSucceeded && complaints.size > 0,
    accepted(ticket) {
      if (ticket.accepted) return;
      ticket.accepted = true;
      line.heard(ticket.line);
      account.limit.accepted(own, ticket.number);
      for (const [scope, { pace }] of [
        [own, ticket.own],
        [account.scope, ticket.account],
      ] as const) {
        scope.refusesSinceMs = null;
        scope.pace.accepted(pace);
      }
    },
    settle(ticket, outcome) {
      if (hasStatus(outcome)) line.heard(ticket.line);
      line.ended(ticket.line);
      switch (outcome.kind) {
        case 'answered':
        case 'refused':
        case 'truncated':
        case 'tool_call':
        // An answer that is empty says something of the model, and nothing against the way to it.
        case 'empty':
          outcomes.accepted(ticket);
          hasSucceeded = true;
          own.breaker.succeeded(ticket.own.isBreakerProbe);
          return;
        case 'rate_limited':
          refused(ticket, outcome);
          return;
        case 'quota':
          noNews(ticket);
          quotaSpent(outcome);
          return;
        case 'concurrency':
          if (!ticket.accepted) own.pace.ended(ticket.own.pace);
          account.scope.refusesSinceMs ??= clock.nowMs();
          account.scope.pace.crowded(ticket.account.pace, account.scope.inFlight);
          return;
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
          takeDown(account.scope, `${provider}: ${outcome.message}`);
          return;
        case 'unknown_model':
          takeDown(
            own,
            `${provider} does not know the model "${model.id}" at ${baseUrl}: ${outcome.message}`,
          );
          return;
        case 'network':
          networkFailed(ticket, outcome);
          return;
        case 'upstream':
        case 'timeout':
        case 'broken_stream':
        case 'forbidden':
        case 'malformed':
          failed(ticket, outcome.message);
          return;
        case 'bad_request':
          if (outcome.isOfServer) takeDown(line, `${provider}: ${outcome.message}`);
          else badRequest(ticket, outcome.message);
          return;
        case 'context':
        case 'too_large':
        case 'cancelled':
          return;
        default:
          outcome satisfies never;
      }
    },
  };
  return outcomes;
}

/** The server itself has spoken. */
function hasStatus(outcome: Outcome): boolean {
  switch (outcome.kind) {
    case 'network':
    case 'cancelled':
    case 'timeout':
      return false;
    default:
      return true;
  }
}
