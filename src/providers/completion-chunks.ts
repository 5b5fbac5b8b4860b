/** One JSON document of an answer, whole or a chunk of a stream, and what is gathered from all of them. */
import { type Finish, readFinish } from '../domain/outcome.js';
import type { Usage } from '../domain/trial.js';
import { reasoningFields } from './spellings.js';

export interface Gathering {
  text: string;
  reasoning: string;
  refusal: string;
  /** As the server wrote it. */
  finishReason: string | null;
  finish: Finish | null;
  servedModel: string | null;
  servedBy: string | null;
  usage: Usage;
  /** Output tokens that are paid for: reasoning is counted outside of `completion_tokens` by some. */
  billedTokens: number | null;
  /** Tokens of the prompt that the server had from before. */
  cachedTokens: number | null;
  costUsd: number | null;
  /** A choice was there. */
  any: boolean;
  /** It called a tool. */
  calledTool: boolean;
  /** The server said that it was done. */
  complete: boolean;
}

export interface Delta {
  readonly kind: 'delta';
  /** The document itself. */
  readonly document: Readonly<Record<string, unknown>>;
  readonly content: string;
  readonly reasoning: string;
  readonly refusal: string;
  /** The whole answer so far, and no piece of it. */
  readonly isWhole: boolean;
  readonly finishReason: string | null;
  readonly model: string | null;
  readonly provider: string | null;
  readonly usage: Usage | null;
  readonly billedTokens: number | null;
  readonly cachedTokens: number | null;
  readonly costUsd: number | null;
  readonly hasChoice: boolean;
  readonly callsTool: boolean;
}

export type Chunk = Delta | { readonly kind: 'error' } | { readonly kind: 'unreadable' };

const UNKNOWN_USAGE: Usage = { promptTokens: null, completionTokens: null, reasoningTokens: null };
/** More than this is no count of tokens. */
const MOST_TOKENS = 1e8;

export function emptyGathering(): Gathering {
  return {
    text: '',
    reasoning: '',
    refusal: '',
    finishReason: null,
    finish: null,
    servedModel: null,
    servedBy: null,
    usage: UNKNOWN_USAGE,
    billedTokens: null,
    cachedTokens: null,
    costUsd: null,
    any: false,
    calledTool: false,
    complete: false,
  };
}

/** Adds a chunk; true when it brought something of the answer (a role alone is nothing). */
export function gather(all: Gathering, chunk: Delta): boolean {
  const { content, reasoning, refusal } = chunk;
  if (chunk.isWhole) {
    // A snapshot: some servers repeat all that they have sent.
    all.text = content || all.text;
    all.reasoning = reasoning || all.reasoning;
    all.refusal = refusal || all.refusal;
  } else {
    all.text += content;
    all.reasoning += reasoning;
    all.refusal += refusal;
  }
  const finish = readFinish(chunk.finishReason);
  if (finish !== null) {
    all.finishReason = chunk.finishReason;
    all.finish = finish;
    all.complete = true;
  }
  all.servedModel = chunk.model ?? all.servedModel;
  all.servedBy = chunk.provider ?? all.servedBy;
  all.usage = chunk.usage ?? all.usage;
  all.billedTokens = chunk.billedTokens ?? all.billedTokens;
  all.cachedTokens = chunk.cachedTokens ?? all.cachedTokens;
  all.costUsd = chunk.costUsd ?? all.costUsd;
  all.any ||= chunk.hasChoice;
  all.calledTool ||= chunk.callsTool;
  return content !== '' || reasoning !== '' || refusal !== '' || chunk.callsTool;
}

export function readChunk(text: string): Chunk {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { kind: 'unreadable' };
  }
  // Google wraps its errors in a list.
  const body = asObject(Array.isArray(parsed) ? parsed[0] : parsed);
  if (body === null) return { kind: 'unreadable' };
  if (body['error'] || body['object'] === 'error') return { kind: 'error' };
  const choices = Array.isArray(body['choices']) ? body['choices'] : null;
  if (choices === null && ('message' in body || 'detail' in body)) return { kind: 'error' };
  const choice = asObject(choices?.[0]);
  if (choice?.['error']) return { kind: 'error' };
  // Whole answers say `message`, chunks say `delta`; the fields inside are the same.
  const delta = asObject(choice?.['delta']);
  const message = asObject(choice?.['message']);
  const isWhole = message !== null && (delta === null || contentOf(message['content']) !== '');
  const said = (isWhole ? message : delta) ?? {};
  const usage = asObject(body['usage']);
  return {
    kind: 'delta',
    document: body,
    content: contentOf(said['content']) || (stringOf(choice?.['text']) ?? ''),
    reasoning: reasoningOf(said),
    refusal: stringOf(said['refusal']) ?? '',
    isWhole,
    finishReason: stringOf(choice?.['finish_reason']),
    model: stringOf(body['model']),
    provider: stringOf(body['provider']),
    usage: usage === null ? null : usageOf(usage),
    billedTokens: usage === null ? null : billedOf(usage),
    cachedTokens: usage === null ? null : cachedOf(usage),
    costUsd: costOf(usage?.['cost']),
    hasChoice: choice !== null,
    callsTool: isFilled(said['tool_calls']) || isFilled(said['function_call']),
  };
}

function usageOf(usage: Readonly<Record<string, unknown>>): Usage {
  return {
    promptTokens: tokensOf(usage['prompt_tokens']),
    completionTokens: tokensOf(usage['completion_tokens']),
    reasoningTokens: tokensOf(asObject(usage['completion_tokens_details'])?.['reasoning_tokens']),
  };
}

/** What the total holds beyond the prompt, where that is more than the completion. */
function billedOf(usage: Readonly<Record<string, unknown>>): number | null {
  const [prompt, completion, total] = ['prompt_tokens', 'completion_tokens', 'total_tokens'].map((name) =>
    tokensOf(usage[name]),
  );
  if (completion === null || completion === undefined) return null;
  return Math.max(completion, (total ?? 0) - (prompt ?? 0));
}

/** As OpenAI, DeepSeek and Anthropic spell it. */
function cachedOf(usage: Readonly<Record<string, unknown>>): number | null {
  return (
    tokensOf(asObject(usage['prompt_tokens_details'])?.['cached_tokens']) ??
    tokensOf(usage['prompt_cache_hit_tokens']) ??
    tokensOf(usage['cache_read_input_tokens'])
  );
}

/** A string, or a list of parts of which the text ones count. */
function contentOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .map(asObject)
    .filter((part) => part?.['type'] !== 'thinking' && part?.['type'] !== 'reasoning')
    .map((part) => stringOf(part?.['text']) ?? '')
    .join('');
}

function reasoningOf(said: Readonly<Record<string, unknown>>): string {
  for (const field of reasoningFields) {
    const text = contentOf(said[field]) || (stringOf(asObject(said[field])?.['content']) ?? '');
    if (text !== '') return text;
  }
  const details = said['reasoning_details'];
  if (!Array.isArray(details)) return '';
  return details
    .map(asObject)
    .map((part) => stringOf(part?.['text']) ?? stringOf(part?.['summary']) ?? '')
    .join('');
}

/** A list or an object with something in it. */
function isFilled(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

function stringOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** A number, or a text that is one. */
function numberOf(value: unknown): number | null {
  const number =
    typeof value === 'string' && /^\s*\d+(\.\d+)?\s*$/.test(value) ? Number(value) : (value ?? Number.NaN);
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

function tokensOf(value: unknown): number | null {
  const count = numberOf(value);
  return count !== null && Number.isInteger(count) && count >= 0 && count <= MOST_TOKENS ? count : null;
}

function costOf(value: unknown): number | null {
  const usd = numberOf(value);
  return usd !== null && usd >= 0 ? usd : null;
}
