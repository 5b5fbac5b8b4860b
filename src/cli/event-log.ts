/** Events as lines of a log: `-v`, as text or as JSON. */
import type { RunEvent } from '../domain/event.js';
import type { Attempt } from '../domain/trial.js';
import { formatDuration, isoTime } from '../domain/units.js';
import type { Clock } from '../world/world.js';

/** Events as lines of a log: `-v`, as text or as JSON. */
export function inWords(event: RunEvent, runClock: Clock): string | null {
  switch (event.kind) {
    case 'attempt-ended':
      return `${event.trial.slice(0, 8)}  ${event.candidate}  ${attemptInWords(event.attempt)}`;
    case 'rotated': {
      const { candidate, from, to, reason } = event.rotation;
      return `${event.trial.slice(0, 8)}  ${candidate}  rotates ${from} -> ${to} (${reason})`;
    }
    case 'gate-closed':
      return `limit     ${event.model} paused ${formatDuration(event.untilMs - runClock.nowMs())} (${event.reason}${event.told ? '; from the server' : ''})`;
    case 'paced':
      return `limit     ${event.model} waits ${formatDuration(event.untilMs - runClock.nowMs())} (${event.reason})`;
    case 'pace-changed':
      return `limit     ${event.model} about ${event.perMinute.toFixed(event.perMinute < 10 ? 1 : 0)} requests/min${event.agoMs === undefined ? '' : ` (learned ${formatDuration(event.agoMs)} ago)`}`;
    case 'sandbox-started':
      return `sandbox   ${event.description}`;
    case 'held':
      return `${event.trial.slice(0, 8)}  ${event.candidate}  deferred: ${event.message}`;
    case 'trial-ended': {
      const { trial, candidate, verdict, category, case: id } = event.record;
      return `${trial.slice(0, 8)}  ${candidate}  ${category}/${id} ${verdict}`;
    }
    case 'run-started':
    case 'attempt-started':
    case 'answer-began':
    case 'lane-down':
    case 'grading-started':
    case 'stopping':
    case 'warned':
      return null;
    default:
      event satisfies never;
      return null;
  }
}

/** One JSON object a line, in the names of the journal. */
export function asJson(event: RunEvent, runClock: Clock, clock: Clock): string | null {
  const line = fieldsOf(event, runClock);
  if (line === null) return null;
  return JSON.stringify({ at: isoTime(clock.wallMs()), event: event.kind, ...line });
}

function fieldsOf(event: RunEvent, runClock: Clock): object | null {
  switch (event.kind) {
    case 'attempt-ended': {
      const { model, outcome, status, queuedMs, pacedMs, backoffMs, firstTokenMs, totalMs } = event.attempt;
      return {
        trial: event.trial,
        candidate: event.candidate,
        model: model.name,
        outcome: outcome.kind,
        status,
        queue_ms: Math.round(queuedMs),
        pace_ms: Math.round(pacedMs),
        backoff_ms: Math.round(backoffMs),
        ttft_ms: firstTokenMs === null ? null : Math.round(firstTokenMs),
        total_ms: Math.round(totalMs),
        ...('message' in outcome ? { message: outcome.message } : {}),
      };
    }
    case 'rotated': {
      const { candidate, from, to, reason } = event.rotation;
      return { trial: event.trial, candidate, from, to, reason };
    }
    case 'gate-closed':
      return {
        model: event.model,
        reason: event.reason,
        told: event.told,
        for_ms: Math.round(event.untilMs - runClock.nowMs()),
      };
    case 'paced':
      return {
        model: event.model,
        reason: event.reason,
        for_ms: Math.round(event.untilMs - runClock.nowMs()),
      };
    case 'pace-changed':
      return {
        model: event.model,
        per_minute: event.perMinute,
        ...(event.agoMs === undefined ? {} : { learned_ms_ago: Math.round(event.agoMs) }),
      };
    case 'lane-down':
      return { model: event.model, reason: event.reason };
    case 'trial-ended': {
      const { trial, candidate, verdict, outcome } = event.record;
      return { trial, candidate, verdict, outcome };
    }
    case 'held': {
      const { trial, candidate, reason, message } = event;
      return { trial, candidate, reason, message };
    }
    case 'warned':
      return { message: event.message };
    case 'run-started':
    case 'attempt-started':
    case 'answer-began':
    case 'grading-started':
    case 'stopping':
    case 'sandbox-started':
      return null;
    default:
      event satisfies never;
      return null;
  }
}

function attemptInWords({ model, outcome, status, totalMs, queuedMs, pacedMs }: Attempt): string {
  const waits = [
    queuedMs >= 1 ? `queued ${formatDuration(queuedMs)}` : '',
    pacedMs >= 1 ? `throttled ${formatDuration(pacedMs)}` : '',
  ].filter((text) => text !== '');
  const said = 'message' in outcome ? `: ${outcome.message}` : '';
  return `${model.name} ${status ?? '-'} ${outcome.kind} in ${formatDuration(totalMs)}${waits.length > 0 ? ` (${waits.join(', ')})` : ''}${said}`;
}
