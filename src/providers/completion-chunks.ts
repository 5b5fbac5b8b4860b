/** One JSON document of an answer, whole or a chunk of a stream, and what is gathered from all of them. */
import type { Usage } from '../domain/trial.js';

export interface Gathering {
  text: string;
  reasoning: string;
  refusal: string;
  finishReason: string | null;
  servedModel: string | null;
  servedBy: string | null;
  usage: Usage;
  costUsd: number | null;
  /** A choice was there. */
  any: boolean;
  /** The server said that it was done. */
  complete: boolean;
}

export interface Delta {
  readonly kind: 'delta';
  readonly content: string;
  readonly reasoning: string;
  readonly refusal: string;
  readonly finishReason: string | null;
  readonly model: string | null;
  readonly provider: string | null;
  readonly usage: Usage | null;
  readonly costUsd: number | null;
  readonly hasChoice: boolean;
}

export type Chunk = Delta | { readonly kind: 'error' } | { readonly kind: 'unreadable' };

const UNKNOWN_USAGE: Usage = { promptTokens: null, completionTokens: null, reasoningTokens: null };

export function emptyGathering(): Gathering {
  return {
    text: '',
    reasoning: '',
    refusal: '',
    finishReason: null,
    servedModel: null,
    servedBy: null,
    usage: UNKNOWN_USAGE,
    costUsd: null,
    any: false,
    complete: false,
  };
}

/** Adds a chunk; true when it brought something of the answer (a role alone is nothing). */
export function gather(all: Gathering, chunk: Delta): boolean {
  all.text += chunk.content;
  all.reasoning += chunk.reasoning;
  all.refusal += chunk.refusal;
  all.finishReason = chunk.finishReason ?? all.finishReason;
  all.servedModel = chunk.model ?? all.servedModel;
  all.servedBy = chunk.provider ?? all.servedBy;
  all.usage = chunk.usage ?? all.usage;
  all.costUsd = chunk.costUsd ?? all.costUsd;
  all.any ||= chunk.hasChoice;
  all.complete ||= chunk.finishReason !== null;
  return chunk.content !== '' || chunk.reasoning !== '' || chunk.refusal !== '';
}

export function readChunk(text: string): Chunk {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { kind: 'unreadable' };
  }
  const body = asObject(parsed);
  if (body === null) return { kind: 'unreadable' };
  if (body['error'] || body['object'] === 'error') return { kind: 'error' };
  const choices = Array.isArray(body['choices']) ? body['choices'] : null;
  if (choices === null && ('message' in body || 'detail' in body)) return { kind: 'error' };
  const choice = asObject(choices?.[0]);
  // Whole answers say `message`, chunks say `delta`; the fields inside are the same.
  const message = asObject(choice?.['delta']) ?? asObject(choice?.['message']) ?? {};
  const usage = asObject(body['usage']);
  return {
    kind: 'delta',
    content: contentOf(message['content']),
    reasoning: stringOf(message['reasoning']) ?? stringOf(message['reasoning_content']) ?? '',
    refusal: stringOf(message['refusal']) ?? '',
    finishReason: stringOf(choice?.['finish_reason']),
    model: stringOf(body['model']),
    provider: stringOf(body['provider']),
    usage: usage === null ? null : usageOf(usage),
    costUsd: numberOf(usage?.['cost']),
    hasChoice: choice !== null,
  };
}

function usageOf(usage: Readonly<Record<string, unknown>>): Usage {
  return {
    promptTokens: numberOf(usage['prompt_tokens']),
    completionTokens: numberOf(usage['completion_tokens']),
    reasoningTokens: numberOf(asObject(usage['completion_tokens_details'])?.['reasoning_tokens']),
  };
}

/** A string, or a list of parts of which the text ones count. */
function contentOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part) => stringOf(asObject(part)?.['text']) ?? '').join('');
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

function stringOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
