/** What an endpoint says it serves: `GET /models`, which nearly all of them answer. */

import { fieldOf, type GetEdges, getJson } from './get-json.js';
import type { Endpoint } from './provider.js';

/** A list is a help, and nobody waits long for it. */
const LIMIT_MS = 5000;

/** A model as its provider lists it. */
export interface ListedModel {
  readonly id: string;
  /** Tokens of prompt and answer together; null: the provider does not say. */
  readonly contextTokens: number | null;
  /** USD per million tokens; null: the provider does not say. */
  readonly price: { readonly input: number; readonly output: number } | null;
  /** Request parameters that it takes; null: the provider does not say. */
  readonly parameters: readonly string[] | null;
}

/** In the server's order; null if nothing comes, or what comes is not a list. */
export async function listModels(
  edges: GetEdges,
  endpoint: Endpoint,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
  limitMs = LIMIT_MS,
): Promise<readonly ListedModel[] | null> {
  return modelsIn(await getJson(edges, endpoint, { path: '/models', headers, signal, limitMs }));
}

/** Ids in the server's order; null if nothing comes, or what comes is not a list. */
export async function servedModels(
  edges: GetEdges,
  endpoint: Endpoint,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<readonly string[] | null> {
  const listed = await listModels(edges, endpoint, headers, signal);
  return listed === null ? null : listed.map(({ id }) => id);
}

/** A model whose answers are free according to its provider. */
export function isFree({ id, price }: ListedModel): boolean {
  return id.endsWith(':free') || (price !== null && price.input === 0 && price.output === 0);
}

/** `{data: [{id}]}`, a bare list (Together), or `{models: [{name}]}`. */
function modelsIn(body: unknown): ListedModel[] | null {
  const listed = Array.isArray(body) ? body : (fieldOf(body, 'data') ?? fieldOf(body, 'models'));
  if (!Array.isArray(listed)) return null;
  return listed.flatMap((item): ListedModel[] => {
    const id = fieldOf(item, 'id') ?? fieldOf(item, 'name');
    if (typeof id !== 'string') return [];
    return [{ id, contextTokens: contextOf(item), price: priceOf(item), parameters: parametersOf(item) }];
  });
}

/** OpenRouter and Together: context_length; Groq: context_window; Mistral: max_context_length; vLLM: max_model_len. */
const CONTEXT_FIELDS = ['context_length', 'context_window', 'max_context_length', 'max_model_len'];

function contextOf(item: unknown): number | null {
  const found = CONTEXT_FIELDS.map((name) => fieldOf(item, name)).find((value) => typeof value === 'number');
  const ofLlamaCpp = fieldOf(fieldOf(item, 'meta'), 'n_ctx_train');
  const value = found ?? ofLlamaCpp;
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : null;
}

/** OpenRouter: `pricing: {prompt, completion}`, texts of USD per token. Together: `{input, output}`, USD per million. */
function priceOf(item: unknown): ListedModel['price'] {
  const pricing = fieldOf(item, 'pricing');
  const perToken = [fieldOf(pricing, 'prompt'), fieldOf(pricing, 'completion')].map(amountOf);
  const perMillion = [fieldOf(pricing, 'input'), fieldOf(pricing, 'output')].map(amountOf);
  const [prompt = null, completion = null] = perToken;
  if (prompt !== null && completion !== null)
    return { input: millionth(prompt), output: millionth(completion) };
  const [input = null, output = null] = perMillion;
  return input !== null && output !== null ? { input, output } : null;
}

/** Of a million tokens, rounded to what a price list shows. */
function millionth(perToken: number): number {
  return Number((perToken * 1e6).toPrecision(12));
}

/** Negative prices mean "it depends" (OpenRouter's router models). */
function amountOf(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) && number >= 0 ? number : null;
}

function parametersOf(item: unknown): readonly string[] | null {
  const listed = fieldOf(item, 'supported_parameters');
  return Array.isArray(listed) ? listed.filter((name) => typeof name === 'string') : null;
}
