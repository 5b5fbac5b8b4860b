/** One tiny request to each model of a suite: is the key right, is the id known, how soon does it answer? */
import { type Model, modelsOf } from '../../domain/candidate.js';
import type { Checked } from '../../domain/errors/diagnostic.js';
import { didYouMean } from '../../domain/errors/did-you-mean.js';
import { redactor } from '../../domain/redact.js';
import type { Question } from '../../domain/trial.js';
import { modelKey } from '../../engine/identity.js';
import { sendChat } from '../../providers/openai-compatible.js';
import type { Endpoint } from '../../providers/provider.js';
import { explainRefusal, isLocal } from '../../providers/refusals.js';
import { isSameModel } from '../../providers/served-model.js';
import type { World } from '../../world/world.js';
import { type RunRequest, readRunRequest } from '../request/read-request.js';

export interface CheckModelsOptions {
  readonly suites: readonly string[];
  /** Candidates instead of the suite's. */
  readonly models: readonly string[];
  readonly rotations: readonly string[];
  readonly config: string | null;
  readonly envFile: string | null;
}

export interface CheckedModel {
  readonly name: string;
  /** An answer came. */
  readonly ok: boolean;
  /** `answered`, or why not. */
  readonly outcome: string;
  /** Null: nothing was sent. */
  readonly totalMs: number | null;
  readonly note: string;
}

const QUESTION: Question = {
  system: null,
  prompt: 'Reply with the word ok.',
  params: { max_tokens: 64 },
  label: { suite: '', case: '', sample: 0 },
};

export async function checkModels(
  options: CheckModelsOptions,
  world: World,
): Promise<Checked<readonly CheckedModel[]>> {
  const read = await readRunRequest(options, world);
  if (!read.ok) return read;
  const request = read.value;
  const models = new Map(
    request.plan.candidates.flatMap(modelsOf).map((model) => [modelKey(model, request.env), model]),
  );
  return {
    ok: true,
    value: await Promise.all([...models.values()].map((model) => check(model, request, world))),
  };
}

async function check(model: Model, request: RunRequest, world: World): Promise<CheckedModel> {
  const { name, account } = model;
  if (model.simulation !== null)
    return { name, ok: true, outcome: 'simulated', totalMs: null, note: 'nothing is sent' };
  const variable = account.apiKeyEnv;
  const endpoint: Endpoint = {
    baseUrl: account.baseUrl,
    key: variable === null ? null : (request.env[variable]?.trim() ?? null),
    own: false,
  };
  const { timeouts } = request.config;
  const limits = isLocal(account.baseUrl) ? { ...timeouts, headersMs: timeouts.localHeadersMs } : timeouts;
  const edges = { clock: world.clock, network: world.network, redact: redactor(request.secrets) };
  const ownLimit = 'max_tokens' in model.params || 'max_completion_tokens' in model.params;
  const question = ownLimit ? { ...QUESTION, params: {} } : QUESTION;
  const sent = await sendChat(edges, endpoint, model, question, limits, world.interrupted);
  if ('completion' in sent) {
    const served = sent.completion.servedModel;
    const other =
      served !== null && !isSameModel(model.id, served) ? `the server says it used "${served}"` : '';
    return { name, ok: true, outcome: sent.outcome.kind, totalMs: sent.totalMs, note: other };
  }
  const outcome = await explainRefusal(edges, endpoint, model, sent.outcome, didYouMean, world.interrupted);
  return {
    name,
    ok: false,
    outcome: outcome.kind,
    totalMs: sent.totalMs,
    note: edges.redact(outcome.message),
  };
}
