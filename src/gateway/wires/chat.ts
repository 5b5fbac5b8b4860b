/** OpenAI's chat completions, https://platform.openai.com/docs/api-reference/chat: what servers send passes with all its fields. */
import type { JsonObject } from '../../domain/value.js';
import { reasoningFields } from '../../providers/spellings.js';
import type { Answer, Piece, ToolCall } from '../answer.js';
import type { Failure } from '../failure.js';
import { defined, type Fields, fieldsOf, listOf, numberOf, textOf } from '../json.js';
import { type Answering, type Asked, type Attribution, event, type StreamWriter, type Wire } from './wire.js';

export const chat: Wire = {
  name: 'chat',
  path: '/v1/chat/completions',
  read,
  whole,
  open,
  error: openAiError,
};

function read(body: JsonObject): Asked | { readonly message: string } {
  const { model, stream, ...rest } = body;
  if (typeof model !== 'string' || model === '') return { message: 'model: name a model' };
  if (!Array.isArray(body['messages']) || body['messages'].length === 0)
    return { message: 'messages: a list of at least one message' };
  return { model, stream: stream === true, body: rest, notes: {} };
}

function whole(answer: Answer, answering: Answering, _: Asked, attribution: Attribution): JsonObject {
  const { document } = answer;
  const model = { model: answering.model, x_bench: attribution };
  if (document !== null) return { ...document, ...model } as JsonObject;
  // It came as a stream though it was asked for as one document.
  const message = defined({
    role: 'assistant',
    content: answer.content === '' && answer.calls.length > 0 ? null : answer.content,
    refusal: answer.refusal || undefined,
    reasoning_content: answer.reasoning || undefined,
    tool_calls: answer.calls.length === 0 ? undefined : answer.calls.map(callOf),
  });
  return {
    id: `chatcmpl-${answering.id}`,
    object: 'chat.completion',
    created: answering.createdS,
    choices: [{ index: 0, message, finish_reason: answer.finishReason }],
    ...(answer.usage === null ? {} : { usage: answer.usage }),
    ...model,
  } as JsonObject;
}

const callOf = ({ id, name, arguments: text }: ToolCall) => ({
  id,
  type: 'function',
  function: { name, arguments: text },
});

function open(answering: Answering, { body }: Asked): StreamWriter {
  const head = {
    id: `chatcmpl-${answering.id}`,
    object: 'chat.completion.chunk',
    created: answering.createdS,
    model: answering.model,
  };
  const wantsUsage = fieldsOf(body['stream_options'])?.['include_usage'] === true;
  /** Of the server's own, which some clients join chunks by. */
  let id: string | null = null;
  const named = (document: Fields) => {
    id ??= textOf(document['id']);
    return { ...head, ...(id === null ? {} : { id }) };
  };
  return {
    begin: () => '',
    add(delta, piece) {
      if (delta === null) return wholeAsChunk(named({}), piece);
      const { document } = delta;
      if (delta.isWhole) return wholeAsChunk(named(document), piece);
      const choices = listOf(document['choices']);
      // What ends the answer waits until it is known to be whole; so does what it cost.
      if (choices.length === 0) return '';
      const shown = choices.map((choice, place) =>
        isFirst(choice, place) ? firstOf(choice, piece) : choice,
      );
      if (shown.every((choice) => fieldsOf(choice) !== null && isBare(choice))) return '';
      const { usage: _, ...rest } = document;
      return event(null, { ...rest, ...named(document), choices: shown });
    },
    end(answer, attribution) {
      const last = { ...head, ...(id === null ? {} : { id }), x_bench: attribution };
      const finish = { index: 0, delta: {}, finish_reason: answer.finishReason };
      const usage = wantsUsage ? event(null, { ...last, choices: [], usage: answer.usage }) : '';
      return `${event(null, { ...last, choices: [finish] })}${usage}data: [DONE]\n\n`;
    },
    fail: (failure) => event(null, openAiError(failure, answering.id)),
  };
}

/** A snapshot, or a whole document where a stream was asked for: what it adds, as a chunk. */
function wholeAsChunk(head: Fields, { content, reasoning, refusal, calls }: Piece): string {
  if (content === '' && reasoning === '' && refusal === '' && calls.length === 0) return '';
  const delta = defined({
    role: 'assistant',
    content: content || undefined,
    reasoning_content: reasoning || undefined,
    refusal: refusal || undefined,
    tool_calls:
      calls.length === 0 ? undefined : calls.map(({ at, call }) => ({ index: at, ...callOf(call) })),
  });
  return event(null, { ...head, choices: [{ index: 0, delta, finish_reason: null }] });
}

const isFirst = (choice: unknown, place: number): boolean =>
  place === 0 && (fieldsOf(choice)?.['index'] ?? 0) === 0;

/**
 * The first choice: without its finish reason, which is sent at the end; with servers' own spellings as clients know them,
 * and texts redacted.
 */
function firstOf(choice: unknown, piece: Piece): unknown {
  const fields = fieldsOf(choice);
  const delta = fieldsOf(fields?.['delta']);
  if (fields === null || delta === null) return choice;
  const texts = [
    ['content', piece.content],
    ...reasoningFields.map((name) => [name, piece.reasoning] as const),
  ] as const;
  const own = texts.filter(([name]) => delta[name] !== undefined && delta[name] !== null);
  const calls = listOf(delta['tool_calls']);
  const written = piece.calls.map(({ at, call }) => ({ index: at, ...callOf(call) }));
  return {
    ...fields,
    delta: {
      ...delta,
      ...Object.fromEntries(own),
      ...(calls.length > 0 && !isAsWritten(calls, piece) ? { tool_calls: written } : {}),
    },
    finish_reason: null,
  };
}

/** Calls with their places, and arguments that are a text which can be passed on at once. */
function isAsWritten(calls: readonly unknown[], piece: Piece): boolean {
  const said = (call: unknown) => fieldsOf(fieldsOf(call)?.['function'])?.['arguments'];
  return (
    calls.every(isPlainCall) &&
    calls.map((call) => said(call) ?? '').join('') === piece.calls.map(({ call }) => call.arguments).join('')
  );
}

/** With its place, and arguments that are a text. */
function isPlainCall(call: unknown): boolean {
  const fields = fieldsOf(call);
  const written = fieldsOf(fields?.['function'])?.['arguments'];
  return numberOf(fields?.['index']) !== null && (written === undefined || typeof written === 'string');
}

/** Nothing of an answer, not even a role. */
function isBare(choice: unknown): boolean {
  const fields = fieldsOf(choice);
  if (fields === null || (fields['finish_reason'] ?? null) !== null) return false;
  const delta = fieldsOf(fields['delta']);
  return delta === null || Object.values(delta).every((value) => value === '' || value === null);
}

const TYPES: Readonly<Record<Failure['kind'], string>> = {
  invalid_request: 'invalid_request_error',
  unauthorized: 'authentication_error',
  forbidden: 'permission_error',
  not_found: 'invalid_request_error',
  too_large: 'invalid_request_error',
  overloaded: 'overloaded_error',
  deadline: 'timeout_error',
  upstream: 'upstream_error',
  internal: 'server_error',
};

/** Also of the responses API. */
export function openAiError({ kind, message, code, tried }: Failure, requestId: string): JsonObject {
  return {
    error: {
      message,
      type: TYPES[kind],
      param: null,
      code,
      ...(tried.length === 0 ? {} : { models_tried: tried }),
      request_id: requestId,
    },
  };
}
