/** Answers of OpenAI's responses API: one item after the other, each opened, filled and closed by events of its own. */
import type { JsonObject } from '../../domain/value.js';
import type { AddedCall, Answer } from '../answer.js';
import { type Fields, fieldsOf } from '../json.js';
import { BROKEN_CALL, openCallOrder } from './call-order.js';
import { openAiError } from './chat.js';
import {
  callItem,
  type ItemPlace,
  messageItem,
  type OpenItem,
  openCall,
  reasoningItem,
  type Said,
  textItem,
} from './responses-items.js';
import { readResponses } from './responses-request.js';
import { type Answering, type Asked, type Attribution, event, type StreamWriter, type Wire } from './wire.js';

export const responses: Wire = {
  name: 'responses',
  path: '/v1/responses',
  read: readResponses,
  whole,
  open,
  error: openAiError,
};

/** What of the request is said again in the answer, as OpenAI does. */
const ECHOED: Readonly<Record<string, unknown>> = {
  instructions: null,
  max_output_tokens: null,
  metadata: {},
  parallel_tool_calls: true,
  reasoning: { effort: null, summary: null },
  temperature: null,
  text: { format: { type: 'text' } },
  tool_choice: 'auto',
  tools: [],
  top_p: null,
  truncation: 'disabled',
};

function responseOf({ id, createdS, model }: Answering, { notes }: Asked, own: Fields): Fields {
  const echoed = fieldsOf(notes['echoed']) ?? {};
  const said = Object.fromEntries(
    Object.entries(ECHOED).map(([name, usual]) => [name, echoed[name] ?? usual]),
  );
  return {
    id: `resp_${id}`,
    object: 'response',
    created_at: createdS,
    status: 'in_progress',
    error: null,
    incomplete_details: null,
    model,
    output: [],
    previous_response_id: null,
    store: false,
    usage: null,
    ...said,
    ...own,
  };
}

/** Whole, or cut for a reason that the model's server gave. */
function endingOf({ finishReason, tokens }: Answer, { promptTokens }: Answering): Fields {
  const reasons: Readonly<Record<string, string>> = {
    length: 'max_output_tokens',
    content_filter: 'content_filter',
  };
  const reason = reasons[finishReason];
  const input = tokens.prompt ?? promptTokens;
  const output = tokens.completion ?? 0;
  return {
    status: reason === undefined ? 'completed' : 'incomplete',
    incomplete_details: reason === undefined ? null : { reason },
    usage: {
      input_tokens: input,
      input_tokens_details: { cached_tokens: tokens.cached ?? 0 },
      output_tokens: output,
      output_tokens_details: { reasoning_tokens: tokens.reasoning ?? 0 },
      total_tokens: input + output,
    },
  };
}

function whole(answer: Answer, answering: Answering, asked: Asked, attribution: Attribution): JsonObject {
  const id = (kind: string, at: number) => `${kind}_${answering.id}_${at}`;
  const output: Fields[] = [];
  if (answer.reasoning !== '') output.push(reasoningItem(id('rs', output.length), answer.reasoning));
  if (answer.content !== '' || answer.refusal !== '')
    output.push(messageItem(id('msg', output.length), answer.content, answer.refusal));
  for (const call of answer.calls) output.push(callItem(id('fc', output.length), call, asked, 'completed'));
  return responseOf(answering, asked, {
    ...endingOf(answer, answering),
    output,
    x_bench: attribution,
  }) as JsonObject;
}

function open(answering: Answering, asked: Asked): StreamWriter {
  let sequence = -1;
  const output: Fields[] = [];
  let item: OpenItem | null = null;
  const said: Said = (type, fields) => {
    sequence += 1;
    return event(type, { type, sequence_number: sequence, ...fields });
  };

  function closed(): string {
    if (item === null) return '';
    const { written, whole } = item.close();
    item = null;
    const at = output.length;
    output.push(whole);
    return written + said('response.output_item.done', { output_index: at, item: whole });
  }

  /** Goes on with the open item of that kind, or closes what is open and begins one. */
  function go(kind: string, text: string, begin: (place: ItemPlace) => OpenItem): string {
    if (item?.kind === kind) return item.fill(text);
    const before = closed();
    item = begin({ id: answering.id, at: output.length, said });
    return before + item.begin() + item.fill(text);
  }

  const order = openCallOrder();
  const goCall = ({ at, call }: AddedCall) =>
    go(`call ${at}`, call.arguments, (place) => openCall(`call ${at}`, call, asked, place));

  function failed(code: string, message: string): string {
    const response = responseOf(answering, asked, { status: 'failed', error: { code, message }, output });
    return said('response.failed', { response });
  }

  return {
    begin() {
      const response = responseOf(answering, asked, {});
      return said('response.created', { response }) + said('response.in_progress', { response });
    },
    add(_, { reasoning, content, refusal, calls }) {
      let written = '';
      const texts = { reasoning, text: content, refusal };
      for (const kind of ['reasoning', 'text', 'refusal'] as const)
        if (texts[kind] !== '') written += go(kind, texts[kind], (place) => textItem(kind, place));
      return (
        written +
        order
          .now(calls, (at) => item?.kind === `call ${at}`)
          .map(goCall)
          .join('')
      );
    },
    end(answer, attribution) {
      if (order.isBroken()) return failed('server_error', BROKEN_CALL);
      const last = order.rest(answer).map(goCall).join('') + closed();
      const ending = endingOf(answer, answering);
      const response = responseOf(answering, asked, { ...ending, output, x_bench: attribution });
      return last + said(`response.${ending['status']}`, { response });
    },
    fail({ message, kind }) {
      return failed(kind === 'overloaded' ? 'rate_limit_exceeded' : 'server_error', message);
    },
  };
}
