/** Anthropic's messages, https://docs.anthropic.com/en/api/messages: blocks become messages of chat completions, and back. */
import type { Json, JsonObject } from '../../domain/value.js';
import type { AddedCall, Answer, Piece, ToolCall } from '../answer.js';
import { type Failure, failure } from '../failure.js';
import { defined, type Fields, fieldsOf, listOf, textOf } from '../json.js';
import { BROKEN_CALL, openCallOrder } from './call-order.js';
import { conversation } from './conversation.js';
import { type Answering, type Asked, type Attribution, event, type StreamWriter, type Wire } from './wire.js';

export const messages: Wire = { name: 'messages', path: '/v1/messages', read, whole, open, error };

type Unreadable = { readonly message: string };

/** Also of `count_tokens`, which has no `max_tokens`. */
function read(body: JsonObject): Asked | Unreadable {
  const model = textOf(body['model']);
  if (!model) return { message: 'model: name a model' };
  if (!Array.isArray(body['messages']) || body['messages'].length === 0)
    return { message: 'messages: a list of at least one message' };
  const read: Fields[] = systemOf(body['system']);
  for (const [index, one] of body['messages'].entries()) {
    const made = messagesOf(one, `messages[${index}]`);
    if ('message' in made) return made;
    read.push(...made.messages);
  }
  const { tool_choice: choice, max_tokens: most, stop_sequences: stop, temperature, top_p, top_k } = body;
  const tools = toolsOf(body['tools']);
  const chosen = fieldsOf(choice);
  const asked = defined({
    messages: conversation(read),
    max_tokens: most,
    stop: listOf(stop).length === 0 ? undefined : stop,
    temperature,
    top_p,
    top_k,
    tools: tools.length === 0 ? undefined : tools,
    tool_choice: tools.length === 0 ? undefined : choiceOf(chosen),
    parallel_tool_calls:
      tools.length > 0 && chosen?.['disable_parallel_tool_use'] === true ? false : undefined,
  });
  const thinking = textOf(fieldsOf(body['thinking'])?.['type']);
  return {
    model,
    stream: body['stream'] === true,
    body: asked as JsonObject,
    notes: { thinks: thinking !== null && thinking !== 'disabled' },
  };
}

function systemOf(system: Json | undefined): Fields[] {
  const content =
    textOf(system) ??
    listOf(system)
      .map((block) => textOf(fieldsOf(block)?.['text']) ?? '')
      .join('\n\n');
  return content === '' ? [] : [{ role: 'system', content }];
}

/** Results of tools come first, as chat completions want them right behind the call. */
function messagesOf(given: unknown, place: string): { readonly messages: readonly Fields[] } | Unreadable {
  const message = fieldsOf(given);
  const role = textOf(message?.['role']);
  if (message === null || (role !== 'user' && role !== 'assistant' && role !== 'system'))
    return { message: `${place}.role: user or assistant` };
  const text = textOf(message['content']);
  if (text !== null) return { messages: [{ role, content: text }] };
  const results: Fields[] = [];
  const parts: Fields[] = [];
  const calls: Fields[] = [];
  for (const [index, one] of listOf(message['content']).entries()) {
    const block = fieldsOf(one) ?? {};
    switch (block['type']) {
      case 'tool_result': {
        const { text, images } = resultOf(block);
        results.push({ role: 'tool', tool_call_id: block['tool_use_id'], content: text });
        parts.push(...images);
        break;
      }
      case 'tool_use':
        calls.push({
          id: block['id'],
          type: 'function',
          function: { name: block['name'], arguments: JSON.stringify(block['input'] ?? {}) },
        });
        break;
      // What a model thought is its own; no other model reads it.
      case 'thinking':
      case 'redacted_thinking':
        break;
      default: {
        const part = partOf(block);
        if (part === null)
          return { message: `${place}.content[${index}]: "${block['type']}" cannot be sent to chat models` };
        parts.push(part);
      }
    }
  }
  if (role === 'assistant') {
    const content = parts.map((part) => textOf(part['text']) ?? '').join('');
    return {
      messages: [
        {
          role,
          content: content === '' ? null : content,
          ...(calls.length === 0 ? {} : { tool_calls: calls }),
        },
      ],
    };
  }
  return { messages: [...results, ...(parts.length === 0 ? [] : [{ role, content: plain(parts) }])] };
}

/** Texts alone are one text: not every server takes a list. */
function plain(parts: readonly Fields[]): unknown {
  return parts.every(({ type }) => type === 'text') ? parts.map(({ text }) => text).join('\n\n') : parts;
}

function partOf(block: Fields): Fields | null {
  const source = fieldsOf(block['source']);
  if (block['type'] === 'text') return { type: 'text', text: textOf(block['text']) ?? '' };
  if (block['type'] === 'image' && source !== null) {
    const url =
      textOf(source['url']) ?? `data:${textOf(source['media_type'])};base64,${textOf(source['data'])}`;
    return { type: 'image_url', image_url: { url } };
  }
  const document = source?.['type'] === 'text' ? textOf(source['data']) : null;
  return block['type'] === 'document' && document !== null ? { type: 'text', text: document } : null;
}

function resultOf(block: Fields): { readonly text: string; readonly images: readonly Fields[] } {
  const parts = listOf(block['content']).flatMap((one): Fields[] => {
    const part = partOf(fieldsOf(one) ?? {});
    return part === null ? [] : [part];
  });
  const text = textOf(block['content']) ?? parts.map((part) => textOf(part['text']) ?? '').join('\n');
  return {
    text: block['is_error'] === true ? `Error: ${text}` : text,
    images: parts.filter(({ type }) => type === 'image_url'),
  };
}

/** Those that Anthropic's servers run themselves have no schema, and nobody here to run them. */
function toolsOf(given: Json | undefined): Fields[] {
  return listOf(given).flatMap((one) => {
    const tool = fieldsOf(one);
    if (tool === null || fieldsOf(tool['input_schema']) === null) return [];
    const { name, description, input_schema: parameters } = tool;
    return [{ type: 'function', function: defined({ name, description, parameters }) }];
  });
}

function choiceOf(choice: Fields | null): unknown {
  switch (choice?.['type']) {
    case 'any':
      return 'required';
    case 'tool':
      return { type: 'function', function: { name: choice['name'] } };
    case 'none':
    case 'auto':
      return choice['type'];
    default:
      return undefined;
  }
}

const STOPS: Readonly<Record<string, string>> = {
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
};

const stopOf = ({ finishReason }: Answer): string => STOPS[finishReason] ?? 'end_turn';

function usageOf({ tokens }: Answer, { promptTokens }: Answering): JsonObject {
  const cached = tokens.cached ?? 0;
  return {
    // Anthropic counts tokens that were cached apart.
    input_tokens: Math.max(0, (tokens.prompt ?? promptTokens) - cached),
    cache_read_input_tokens: cached,
    cache_creation_input_tokens: 0,
    output_tokens: tokens.completion ?? 0,
  };
}

function headOf({ id, model }: Answering): Fields {
  return { id: `msg_${id}`, type: 'message', role: 'assistant', model };
}

function whole(answer: Answer, answering: Answering, { notes }: Asked, attribution: Attribution): JsonObject {
  const text = answer.content || answer.refusal;
  const content = [
    ...(notes['thinks'] === true && answer.reasoning !== ''
      ? [{ type: 'thinking', thinking: answer.reasoning, signature: '' }]
      : []),
    ...(text === '' ? [] : [{ type: 'text', text }]),
    ...answer.calls.flatMap(callOf),
  ];
  return {
    ...headOf(answering),
    content,
    stop_reason: stopOf(answer),
    stop_sequence: null,
    usage: usageOf(answer, answering),
    x_bench: attribution,
  } as JsonObject;
}

/** A call whose arguments were cut at the token limit is none. */
function callOf({ id, name, arguments: text }: ToolCall): Fields[] {
  try {
    return [{ type: 'tool_use', id, name, input: fieldsOf(JSON.parse(text || '{}')) ?? {} }];
  } catch {
    return [];
  }
}

function open(answering: Answering, { notes }: Asked): StreamWriter {
  const named = (type: string, fields: Fields) => event(type, { type, ...fields });
  let block = -1;
  /** What the open block is: a kind of text, or the place of a call. */
  let current: string | null = null;

  const close = () => (current === null ? '' : named('content_block_stop', { index: block }));
  function opened(kind: string, start: Fields): string {
    if (current === kind) return '';
    const closed = close();
    current = kind;
    block += 1;
    return closed + named('content_block_start', { index: block, content_block: start });
  }
  const delta = (fields: Fields) => named('content_block_delta', { index: block, delta: fields });

  const order = openCallOrder();
  function callBlock({ at, call }: AddedCall): string {
    const start = opened(`call ${at}`, { type: 'tool_use', id: call.id, name: call.name, input: {} });
    if (call.arguments === '') return start;
    return start + delta({ type: 'input_json_delta', partial_json: call.arguments });
  }

  function textBlocks({ content, reasoning, refusal }: Piece): string {
    let written = '';
    if (reasoning !== '' && notes['thinks'] === true) {
      written += opened('thinking', { type: 'thinking', thinking: '', signature: '' });
      written += delta({ type: 'thinking_delta', thinking: reasoning });
    }
    const text = content + refusal;
    if (text !== '') {
      written += opened('text', { type: 'text', text: '' });
      written += delta({ type: 'text_delta', text });
    }
    return written;
  }

  return {
    begin() {
      const usage = { input_tokens: answering.promptTokens, output_tokens: 0 };
      const message = { ...headOf(answering), content: [], stop_reason: null, stop_sequence: null, usage };
      return named('message_start', { message });
    },
    add(_, piece) {
      return (
        textBlocks(piece) +
        order
          .now(piece.calls, (at) => current === `call ${at}`)
          .map(callBlock)
          .join('')
      );
    },
    end(answer, attribution) {
      if (order.isBroken()) return broken(answering.id);
      const rest = order.rest(answer).map(callBlock).join('');
      const last = {
        delta: { stop_reason: stopOf(answer), stop_sequence: null },
        usage: usageOf(answer, answering),
        x_bench: attribution,
      };
      return rest + close() + named('message_delta', last) + named('message_stop', {});
    },
    fail: (failure) => event('error', error(failure, answering.id)),
  };
}

const broken = (id: string): string => event('error', error(failure('upstream', BROKEN_CALL), id));

const TYPES: Readonly<Record<Failure['kind'], string>> = {
  invalid_request: 'invalid_request_error',
  unauthorized: 'authentication_error',
  forbidden: 'permission_error',
  not_found: 'not_found_error',
  too_large: 'request_too_large',
  overloaded: 'overloaded_error',
  deadline: 'timeout_error',
  upstream: 'api_error',
  internal: 'api_error',
};

function error({ kind, message, tried }: Failure, requestId: string): JsonObject {
  const own = { type: TYPES[kind], message, ...(tried.length === 0 ? {} : { models_tried: tried }) };
  return { type: 'error', error: own, request_id: requestId };
}

/** For `/v1/messages/count_tokens`: an estimate from the length of what is asked. */
export const countedTokens = (promptTokens: number): JsonObject => ({ input_tokens: promptTokens });
