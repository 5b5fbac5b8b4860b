/** Items of a response: what a model thinks, says, refuses or calls, whole and as they are filled by events. */
import type { ToolCall } from '../answer.js';
import { type Fields, fieldsOf, listOf, textOf } from '../json.js';
import type { Asked } from './wire.js';

export function reasoningItem(id: string, text: string): Fields {
  return { id, type: 'reasoning', summary: [{ type: 'summary_text', text }] };
}

export function messageItem(id: string, text: string, refusal: string): Fields {
  const content = [
    ...(text === '' ? [] : [{ type: 'output_text', text, annotations: [] }]),
    ...(refusal === '' ? [] : [{ type: 'refusal', refusal }]),
  ];
  return { id, type: 'message', status: 'completed', role: 'assistant', content };
}

export function callItem(id: string, call: ToolCall, asked: Asked, status: string): Fields {
  const { id: callId, name, arguments: text } = call;
  if (!isCustomTool(name, asked))
    return { id, type: 'function_call', status, call_id: callId, name, arguments: text };
  return { id, type: 'custom_tool_call', status, call_id: callId, name, input: inputOf(text) };
}

const isCustomTool = (name: string, { notes }: Asked): boolean => listOf(notes['custom']).includes(name);

/** Of a tool that takes a text. */
function inputOf(text: string): string {
  try {
    return textOf(fieldsOf(JSON.parse(text))?.['input']) ?? text;
  } catch {
    return text;
  }
}

/** Writes an event. */
export type Said = (type: string, fields: Fields) => string;

export interface ItemPlace {
  /** The request's. */
  readonly id: string;
  /** Among the items of the response. */
  readonly at: number;
  readonly said: Said;
}

/** An item that is being filled. */
export interface OpenItem {
  /** What goes on with it: a kind of text, or the place of a call. */
  readonly kind: string;
  begin(): string;
  fill(text: string): string;
  close(): { readonly written: string; readonly whole: Fields };
}

/** What a model thinks, says or refuses: items of one text each, and how their events are called. */
const TEXTS = {
  reasoning: {
    prefix: 'rs',
    place: { summary_index: 0 },
    events: {
      added: 'response.reasoning_summary_part.added',
      delta: 'response.reasoning_summary_text.delta',
      done: 'response.reasoning_summary_text.done',
      partDone: 'response.reasoning_summary_part.done',
    },
    part: (text: string): Fields => ({ type: 'summary_text', text }),
    started: (id: string): Fields => ({ id, type: 'reasoning', summary: [] }),
    finished: reasoningItem,
  },
  text: {
    prefix: 'msg',
    place: { content_index: 0 },
    events: {
      added: 'response.content_part.added',
      delta: 'response.output_text.delta',
      done: 'response.output_text.done',
      partDone: 'response.content_part.done',
    },
    part: (text: string): Fields => ({ type: 'output_text', text, annotations: [] }),
    started: startedMessage,
    finished: (id: string, text: string) => messageItem(id, text, ''),
  },
  refusal: {
    prefix: 'msg',
    place: { content_index: 0 },
    events: {
      added: 'response.content_part.added',
      delta: 'response.refusal.delta',
      done: 'response.refusal.done',
      partDone: 'response.content_part.done',
    },
    part: (refusal: string): Fields => ({ type: 'refusal', refusal }),
    started: startedMessage,
    finished: (id: string, text: string) => messageItem(id, '', text),
  },
} as const;

function startedMessage(id: string): Fields {
  return { id, type: 'message', status: 'in_progress', role: 'assistant', content: [] };
}

export function textItem(kind: keyof typeof TEXTS, { id: request, at, said }: ItemPlace): OpenItem {
  const { prefix, place: within, events, part, started, finished } = TEXTS[kind];
  const id = `${prefix}_${request}_${at}`;
  const place = { item_id: id, output_index: at, ...within };
  let all = '';
  return {
    kind,
    begin: () =>
      said('response.output_item.added', { output_index: at, item: started(id) }) +
      said(events.added, { ...place, part: part('') }),
    fill(text) {
      all += text;
      return said(events.delta, { ...place, delta: text });
    },
    close: () => ({
      written:
        said(events.done, { ...place, [kind === 'refusal' ? 'refusal' : 'text']: all }) +
        said(events.partDone, { ...place, part: part(all) }),
      whole: finished(id, all),
    }),
  };
}

export function openCall(
  kind: string,
  call: ToolCall,
  asked: Asked,
  { id: request, at, said }: ItemPlace,
): OpenItem {
  const id = `fc_${request}_${at}`;
  const place = { item_id: id, output_index: at };
  const isCustom = isCustomTool(call.name, asked);
  let all = '';
  return {
    kind,
    begin() {
      const begun = callItem(id, { ...call, arguments: '' }, asked, 'in_progress');
      return said('response.output_item.added', { output_index: at, item: begun });
    },
    fill(text) {
      all += text;
      // The text of a custom tool is known once its JSON is whole.
      if (isCustom || text === '') return '';
      return said('response.function_call_arguments.delta', { ...place, delta: text });
    },
    close: () => ({
      written: isCustom
        ? said('response.custom_tool_call_input.done', { ...place, input: inputOf(all) })
        : said('response.function_call_arguments.done', { ...place, name: call.name, arguments: all }),
      whole: callItem(id, { ...call, arguments: all }, asked, 'completed'),
    }),
  };
}
