/** A request that no model has answered -> the error for its client. */
import { modelsOf } from '../domain/candidate.js';
import type { Reply } from '../domain/trial.js';
import type { AskParts } from '../engine/ask.js';
import { type Failure, failure } from './failure.js';
import type { Route } from './routes.js';
import type { ClientQuestion, Tried } from './upstream.js';

export const namesOf = (tried: readonly Tried[]): string[] => [...new Set(tried.map(({ model }) => model))];

/** Nothing has come that could be sent on. */
export function failureOf(
  reply: Exclude<Reply, { kind: 'completion' }>,
  route: Route,
  tried: readonly Tried[],
  nowMs: number,
  { lanes }: AskParts<ClientQuestion>,
): Failure {
  const models = namesOf(tried);
  const { message, reason } = reply;
  const upModels = modelsOf(route.candidate).filter((model) => lanes.of(model).downWhy() === null);
  const opensMs = Math.min(...upModels.map((model) => lanes.of(model).opensAtMs(nowMs))) - nowMs;
  const overloaded = () =>
    failure('overloaded', `every model of ${route.name} is paused: ${message}`, {
      tried: models,
      retryAfterMs: Number.isFinite(opensMs) ? Math.max(0, opensMs) : null,
    });
  switch (reason) {
    case 'bad_request':
    case 'context': {
      const last = Number(tried.at(-1)?.result ?? 400);
      const status = last >= 400 && last <= 499 ? last : 400;
      const code = reason === 'context' ? 'context_length_exceeded' : null;
      return failure('invalid_request', message, { status, code, tried: models });
    }
    case 'rate_limited':
    case 'quota':
    case 'concurrency':
    case 'loading':
    case 'budget':
      return overloaded();
    case 'deadline':
      return opensMs > 0 ? overloaded() : failure('deadline', message, { tried: models });
    case 'cancelled':
    case 'interrupted':
      return failure('deadline', message, { tried: models });
    default:
      return failure('upstream', `no model of ${route.name} answers: ${message}`, { tried: models });
  }
}
