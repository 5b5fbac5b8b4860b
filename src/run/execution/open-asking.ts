/** From a plan's candidates to an `Ask`: lanes over a network, with the plan's simulated models answering in process. */
import { type Model, modelsOf, type RateLimits, retryOf, type Timeouts } from '../../domain/candidate.js';
import { didYouMean } from '../../domain/errors/did-you-mean.js';
import type { RunEvent } from '../../domain/event.js';
import type { Case } from '../../domain/suite.js';
import { type Ask, promptCharsOf, type Question, type Trial } from '../../domain/trial.js';
import { type AskParts, ask } from '../../engine/ask.js';
import type { Budget } from '../../engine/budget.js';
import { accountKey, modelKey } from '../../engine/identity.js';
import { openLanes } from '../../engine/lane.js';
import type { DailyLedger } from '../../engine/ledger.js';
import { answerWith, fenced } from '../../grading/case-answer.js';
import { languages } from '../../grading/languages/index.js';
import { sendChat } from '../../providers/openai-compatible.js';
import type { Endpoint } from '../../providers/provider.js';
import { explainRefusal, isLocal } from '../../providers/refusals.js';
import { isSameModel } from '../../providers/served-model.js';
import { type SimulatedCase, simulatedModels } from '../../providers/simulated.js';
import { networkWith } from '../../world/network.simulated.js';
import type { Clock, Handler, Network, Random, World } from '../../world/world.js';
import { judgesOf, mostUsd, type Plan } from '../planning/plan.js';
import type { AskAbout } from './with-judges.js';

export interface AskingOptions {
  readonly timeouts: Timeouts;
  /** Requests in flight per lane at most. */
  readonly concurrency: number;
  /** Where keys are. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly ledger: DailyLedger;
  readonly random: Random;
  readonly on: (event: RunEvent) => void;
  /** What may be spent; without: anything. */
  readonly budget?: Budget;
  /** Takes keys out of what servers say; without: nothing. */
  readonly redact?: (text: string) => string;
}

/** `network`: where real models are; null where nobody real is asked. Simulated ones answer in this process. */
export function openAsking(
  { clock, network: outside }: { readonly clock: Clock; readonly network: Network | null },
  plan: Plan,
  options: AskingOptions,
): { readonly ask: Ask; readonly askAbout: AskAbout } {
  const { random, on } = options;
  const keyOf = keysOnce(options.env);
  const simulated = simulatedServers(plan, keyOf, clock, random);
  const network = networkWith(SIMULATED_ORIGIN, simulated.handler, outside);
  const lanes = openLanes({
    clock,
    random,
    concurrency: options.concurrency,
    probesToDown: Math.max(...plan.candidates.map((candidate) => retryOf(candidate).maxAttempts)),
    ledger: options.ledger,
    accountKey: (account) => accountKey(account, options.env),
    modelKey: keyOf,
    on,
  });
  const models = [...plan.candidates.flatMap(modelsOf), ...judgesOf(plan)];
  const strictest = withStrictestLimits(models, keyOf, options.env);
  const endpoints = new Map<string, Endpoint>();
  const endpointOf = (model: Model): Endpoint => {
    const key = keyOf(model);
    const known = endpoints.get(key);
    if (known !== undefined) return known;
    const endpoint = model.simulation === null ? openEndpoint(model, options.env) : simulated.endpointOf(key);
    endpoints.set(key, endpoint);
    return endpoint;
  };
  const parts: AskParts = {
    clock,
    random,
    promptCharsOf,
    lanes: { of: (model) => lanes.of(strictest(model)) },
    on,
    ...(options.budget === undefined ? {} : { budget: { of: options.budget, worstUsd } }),
    async send(model, question, signal, accepted, began) {
      const edges = { clock, network, ...(options.redact === undefined ? {} : { redact: options.redact }) };
      const endpoint = endpointOf(model);
      const timeouts = isLocal(endpoint.baseUrl)
        ? { ...options.timeouts, headersMs: options.timeouts.localHeadersMs }
        : options.timeouts;
      const sent = await sendChat(edges, endpoint, model, question, timeouts, signal, accepted, began);
      if ('completion' in sent || endpoint.own) return sent;
      const explained = await explainRefusal(edges, endpoint, model, sent.outcome, didYouMean, signal);
      return { ...sent, outcome: explained };
    },
  };
  const reported = new Set<string>();
  /** A server's own fallback would pass another model's work off as this one's. */
  const warnOfOther = (asked: Model, served: string | null) => {
    if (served === null || isSameModel(asked.id, served) || reported.has(keyOf(asked))) return;
    reported.add(keyOf(asked));
    on({
      kind: 'warned',
      message: `${asked.name}: asked for "${asked.id}", the server says it used "${served}"`,
    });
  };
  const askAbout: AskAbout = async (name, question, candidate, signal, stop) => {
    const reply = await ask(parts, name, question, candidate, signal, stop);
    if (reply.kind === 'completion') warnOfOther(reply.answeredBy, reply.completion.servedModel);
    return reply;
  };
  return {
    ask: (trial, signal, stop) => askAbout(trial.id, questionOf(trial), trial.candidate, signal, stop),
    askAbout,
  };
}

function worstUsd(model: Model, question: Question): number {
  return mostUsd(model, { params: question.params, promptChars: promptCharsOf(question) });
}

/** No such name can exist outside (RFC 6761, section 6.4). */
const SIMULATED_ORIGIN = 'http://simulated.invalid';

function openEndpoint({ account }: Model, env: World['env']): Endpoint {
  const { apiKeyEnv, baseUrl } = account;
  return { baseUrl, key: apiKeyEnv === null ? null : (env[apiKeyEnv]?.trim() ?? null), own: false };
}

function questionOf(trial: Trial) {
  const { system, prompt, params, id } = trial.case;
  return { system, prompt, params, label: { suite: trial.suite, case: id, sample: trial.sample } };
}

/** A model's key is a hash of a secret and a text of JSON: made once for each model. */
function keysOnce(env: World['env']): (model: Model) => string {
  const keys = new Map<Model, string>();
  return (model) => {
    const known = keys.get(model) ?? modelKey(model, env);
    keys.set(model, known);
    return known;
  };
}

/** Entries that are one account, or one model, have all the limits of any of them. */
function withStrictestLimits(
  models: readonly Model[],
  keyOf: (model: Model) => string,
  env: World['env'],
): (model: Model) => Model {
  const limitsOf = new Map<string, RateLimits>();
  const note = (key: string, limits: RateLimits) =>
    limitsOf.set(key, stricter(limitsOf.get(key) ?? {}, limits));
  for (const model of models) {
    note(keyOf(model), model.limits);
    note(accountKey(model.account, env), model.account.limits);
  }
  const made = new Map<string, Model>();
  return (model) => {
    const key = keyOf(model);
    const known = made.get(key);
    if (known !== undefined) return known;
    const { account } = model;
    const strict: Model = {
      ...model,
      limits: limitsOf.get(key) ?? model.limits,
      account: { ...account, limits: limitsOf.get(accountKey(account, env)) ?? account.limits },
    };
    made.set(key, strict);
    return strict;
  };
}

function stricter(one: RateLimits, other: RateLimits): RateLimits {
  const names = ['rpm', 'rpd', 'tpm', 'concurrency'] as const;
  return Object.fromEntries(
    names.flatMap((name) => {
      const least = Math.min(one[name] ?? Number.POSITIVE_INFINITY, other[name] ?? Number.POSITIVE_INFINITY);
      return Number.isFinite(least) ? [[name, least]] : [];
    }),
  );
}

interface SimulatedServers {
  readonly handler: Handler;
  readonly endpointOf: (modelKey: string) => Endpoint;
}

/** Each simulated model is a server of its own, at a path of its own: two of one id may behave differently. */
function simulatedServers(
  plan: Plan,
  keyOf: (model: Model) => string,
  clock: Clock,
  random: Random,
): SimulatedServers {
  const cases = new Map<string, Case>();
  for (const suite of plan.suites) {
    for (const item of suite.cases) cases.set(JSON.stringify([suite.name, item.id]), item);
  }
  const caseOf = (suite: string, id: string): SimulatedCase | null => {
    const asked = cases.get(JSON.stringify([suite, id]));
    if (asked === undefined) return null;
    const { language, entry, signature, solution, wrong } = asked;
    const stub = languages.find((known) => known.name === language)?.stub;
    return {
      reference: solution === null ? null : answerWith(solution, asked),
      wrong: wrong.map((code) => answerWith(code, asked)),
      // An empty fence for prose too: an empty answer would be no answer.
      stub:
        entry === null || stub === undefined
          ? fenced('', language)
          : answerWith(stub(entry, signature), asked),
    };
  };
  const servers: Handler[] = [];
  const places = new Map<string, number>();
  for (const model of [...plan.candidates.flatMap(modelsOf), ...judgesOf(plan)]) {
    const key = keyOf(model);
    if (model.simulation === null || places.has(key)) continue;
    const models = new Map([[model.id, model.simulation]]);
    places.set(key, servers.push(simulatedModels({ models, caseOf }, clock, random.fork('simulated'))) - 1);
  }
  return {
    async handler(request) {
      const place = /^\/(\d+)\//.exec(request.path)?.[1];
      const server = place === undefined ? undefined : servers[Number(place)];
      if (server === undefined) throw new Error(`no simulated model is at ${request.path}`);
      return server(request);
    },
    endpointOf: (key) => ({ baseUrl: `${SIMULATED_ORIGIN}/${places.get(key)}/v1`, key: null, own: true }),
  };
}
