/** From a plan's candidates to an `Ask`: lanes over a network, with the plan's simulated models answering in process. */
import { type Candidate, type Model, modelsOf, retryOf, type Timeouts } from '../domain/candidate.js';
import type { RunEvent } from '../domain/event.js';
import type { Case } from '../domain/suite.js';
import type { Ask, Question, Trial } from '../domain/trial.js';
import { accountKey } from '../engine/account-key.js';
import { type AskParts, ask } from '../engine/ask.js';
import type { Budget } from '../engine/budget.js';
import { openLanes } from '../engine/lane.js';
import type { DailyLedger } from '../engine/ledger.js';
import { languages } from '../grading/languages/index.js';
import { servedModels } from '../providers/model-list.js';
import { sendChat } from '../providers/openai-compatible.js';
import type { Endpoint } from '../providers/provider.js';
import { isSameModel } from '../providers/served-model.js';
import { type SimulatedCase, simulatedModels } from '../providers/simulated.js';
import { didYouMean } from '../suite/suggest.js';
import { networkWith } from '../world/network.simulated.js';
import type { Clock, Network, Random, World } from '../world/world.js';
import { mostUsd, type Plan } from './plan.js';

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
}

/** `network`: where real models are; null where nobody real is asked. Simulated ones answer in this process. */
export function openAsking(
  { clock, network: outside }: { readonly clock: Clock; readonly network: Network | null },
  plan: Plan,
  options: AskingOptions,
): Ask {
  const { random, on } = options;
  const network = networkWith(SIMULATED_ORIGIN, simulatedServer(plan, clock, random), outside);
  const lanes = openLanes({
    clock,
    random,
    concurrency: options.concurrency,
    probesToDown: Math.max(...plan.candidates.map((candidate) => retryOf(candidate).maxAttempts)),
    ledger: options.ledger,
    accountKey: (account) => accountKey(account, options.env),
    on,
  });
  const endpoints = new Map<string, Endpoint>();
  const endpointOf = (model: Model): Endpoint => {
    const known = endpoints.get(model.name);
    if (known !== undefined) return known;
    const endpoint = openEndpoint(model, options.env);
    endpoints.set(model.name, endpoint);
    return endpoint;
  };
  const parts: AskParts = {
    clock,
    random,
    lanes,
    on,
    ...(options.budget === undefined ? {} : { budget: { of: options.budget, worstUsd } }),
    async send(model, question, signal, accepted) {
      const edges = { clock, network };
      const endpoint = endpointOf(model);
      const sent = await sendChat(edges, endpoint, model, question, options.timeouts, signal, accepted);
      if (sent.outcome.kind !== 'unknown_model' || 'completion' in sent || endpoint.own) return sent;
      const mend = suggestion(model.id, await servedModels(edges, endpoint, model.account.headers, signal));
      const message = mend === null ? sent.outcome.message : `${sent.outcome.message}; ${mend}`;
      return { ...sent, outcome: { ...sent.outcome, message } };
    },
  };
  const told = new Set<string>();
  /** A server's own fallback would pass another model's work off as this one's. */
  const warnOfOther = (asked: Model, served: string | null) => {
    if (served === null || isSameModel(asked.id, served) || told.has(asked.name)) return;
    told.add(asked.name);
    on({
      kind: 'warned',
      message: `${asked.name}: asked for "${asked.id}", the server says it used "${served}"`,
    });
  };
  return async (trial, signal, stop) => {
    const reply = await ask(parts, trial.id, questionOf(trial), trial.candidate, signal, stop);
    if (reply.kind === 'completion') warnOfOther(reply.answeredBy, reply.completion.servedModel);
    return reply;
  };
}

function worstUsd(model: Model, { system, prompt, params }: Question): number {
  return mostUsd(model, { params, promptChars: (system ?? '').length + prompt.length });
}

/** No such name can exist outside (RFC 6761, section 6.4). */
const SIMULATED_ORIGIN = 'http://simulated.invalid';

function openEndpoint({ account, simulation }: Model, env: World['env']): Endpoint {
  if (simulation !== null) return { baseUrl: `${SIMULATED_ORIGIN}/v1`, key: null, own: true };
  const { apiKeyEnv, baseUrl } = account;
  return { baseUrl, key: apiKeyEnv === null ? null : (env[apiKeyEnv]?.trim() ?? null), own: false };
}

/** What is served at home is soon told; a router's hundreds are not. */
const LISTED = 8;

function suggestion(id: string, served: readonly string[]): string | null {
  const near = didYouMean(id, served);
  if (near !== null) return near;
  return served.length > 0 && served.length <= LISTED ? `it serves ${served.join(', ')}` : null;
}

function questionOf(trial: Trial) {
  const { system, prompt, params, id } = trial.case;
  return { system, prompt, params, label: { suite: trial.suite, case: id, sample: trial.sample } };
}

function simulatedServer(plan: Plan, clock: Clock, random: Random) {
  const cases = new Map<string, Case>();
  for (const suite of plan.suites) {
    for (const item of suite.cases) cases.set(JSON.stringify([suite.name, item.id]), item);
  }
  const models = new Map(
    simulatedIn(plan.candidates).flatMap(({ id, simulation }) => (simulation ? [[id, simulation]] : [])),
  );
  const caseOf = (suite: string, id: string): SimulatedCase | null => {
    const asked = cases.get(JSON.stringify([suite, id]));
    if (asked === undefined) return null;
    const { language, entry, solution, wrong } = asked;
    const stub = languages.find((known) => known.name === language)?.stub;
    return {
      language,
      reference: solution,
      wrong,
      stub: entry === null || stub === undefined ? '' : stub(entry),
    };
  };
  return simulatedModels({ models, caseOf }, clock, random.fork('simulated'));
}

function simulatedIn(candidates: readonly Candidate[]): Model[] {
  const all = candidates.flatMap(modelsOf).filter((model) => model.simulation !== null);
  return [...new Map(all.map((model) => [model.id, model])).values()];
}
