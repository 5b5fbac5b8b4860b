/** Requests of OpenAI's responses API, https://platform.openai.com/docs/api-reference/responses, as chat completions say them. */
import type { Json, JsonObject } from '../../domain/value.js';
import { defined, type Fields, fieldsOf, listOf, textOf } from '../json.js';
import { conversation } from './conversation.js';
import type { Asked } from './wire.js';

type Unreadable = { readonly message: string };

export function readResponses(body: JsonObject): Asked | Unreadable {
  const model = textOf(body['model']);
  if (!model) return { message: 'model: name a model' };
  if (typeof body['previous_response_id'] === 'string')
    return { message: 'previous_response_id: nothing is stored here; send the whole conversation as input' };
  if (body['background'] === true) return { message: 'background: not served; leave it out' };
  const instructions = textOf(body['instructions']);
  const messages: Fields[] =
    instructions === null || instructions === '' ? [] : [{ role: 'system', content: instructions }];
  const input = textOf(body['input']);
  if (input !== null) messages.push({ role: 'user', content: input });
  else {
    for (const [index, item] of listOf(body['input']).entries()) {
      const why = addItem(fieldsOf(item) ?? {}, messages);
      if (why !== null) return { message: `input[${index}]: ${why}` };
    }
  }
  if (messages.every(({ role }) => role === 'system'))
    return { message: 'input: a text, or a list of items' };
  const tools = listOf(body['tools']).flatMap(toolOf);
  const asked = defined({
    messages: conversation(messages),
    max_tokens: body['max_output_tokens'] ?? undefined,
    temperature: body['temperature'] ?? undefined,
    top_p: body['top_p'] ?? undefined,
    reasoning_effort: fieldsOf(body['reasoning'])?.['effort'] ?? undefined,
    response_format: formatOf(fieldsOf(fieldsOf(body['text'])?.['format'])),
    tools: tools.length === 0 ? undefined : tools,
    tool_choice: tools.length === 0 ? undefined : choiceOf(body['tool_choice']),
    parallel_tool_calls: tools.length === 0 ? undefined : (body['parallel_tool_calls'] ?? undefined),
    user: body['user'] ?? undefined,
  });
  const { input: _, ...echoed } = body;
  const custom = listOf(body['tools']).flatMap((one) => {
    const tool = fieldsOf(one);
    return tool?.['type'] === 'custom' ? [textOf(tool['name']) ?? ''] : [];
  });
  return { model, stream: body['stream'] === true, body: asked as JsonObject, notes: { echoed, custom } };
}

/** What is wrong with the item; null: nothing. */
function addItem(item: Fields, messages: Fields[]): string | null {
  switch (item['type'] ?? 'message') {
    case 'message': {
      const role = textOf(item['role']);
      if (role === null) return 'role: user, assistant, system or developer';
      const content = contentOf(item['content']);
      if (typeof content === 'string' && content.startsWith('\0')) return content.slice(1);
      // Chat servers other than OpenAI's own know no developer.
      messages.push({ role: role === 'developer' ? 'system' : role, content });
      return null;
    }
    case 'function_call':
    case 'custom_tool_call': {
      const written =
        item['type'] === 'function_call' ? item['arguments'] : JSON.stringify({ input: item['input'] ?? '' });
      addCall(messages, {
        id: item['call_id'],
        type: 'function',
        function: { name: item['name'], arguments: textOf(written) ?? '{}' },
      });
      return null;
    }
    case 'function_call_output':
    case 'custom_tool_call_output': {
      const output = contentOf(item['output']);
      const content = typeof output === 'string' ? output : JSON.stringify(output);
      messages.push({ role: 'tool', tool_call_id: item['call_id'], content });
      return null;
    }
    // What a model thought is its own; no other model reads it.
    case 'reasoning':
      return null;
    default:
      return `"${item['type']}" cannot be sent to chat models`;
  }
}

/** Calls that follow each other, or what was said before them, are one message. */
function addCall(messages: Fields[], call: Fields): void {
  const last = messages.at(-1);
  if (last?.['role'] !== 'assistant') {
    messages.push({ role: 'assistant', content: null, tool_calls: [call] });
    return;
  }
  messages[messages.length - 1] = { ...last, tool_calls: [...listOf(last['tool_calls']), call] };
}

/** Texts alone are one text; a problem begins with a NUL. */
function contentOf(given: unknown): unknown {
  if (typeof given === 'string') return given;
  const parts: Fields[] = [];
  for (const one of listOf(given)) {
    const part = fieldsOf(one) ?? {};
    switch (part['type']) {
      case 'input_text':
      case 'output_text':
      case 'text':
      case 'refusal':
        parts.push({ type: 'text', text: textOf(part['text']) ?? textOf(part['refusal']) ?? '' });
        break;
      case 'input_image': {
        const url = textOf(part['image_url']);
        if (url === null) return '\0an image needs image_url';
        parts.push({ type: 'image_url', image_url: defined({ url, detail: part['detail'] ?? undefined }) });
        break;
      }
      default:
        return `\0content of type "${part['type']}" cannot be sent to chat models`;
    }
  }
  return parts.every(({ type }) => type === 'text') ? parts.map(({ text }) => text).join('\n') : parts;
}

/** Tools that OpenAI's servers run themselves have nobody here to run them. */
function toolOf(one: unknown): Fields[] {
  const tool = fieldsOf(one);
  const { type, name, description } = tool ?? {};
  if (type === 'function') {
    const { parameters, strict } = tool ?? {};
    return [{ type, function: defined({ name, description, parameters, strict: strict ?? undefined }) }];
  }
  if (type !== 'custom') return [];
  // A tool that takes a text: chat completions have only those that take JSON.
  const parameters = { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] };
  return [{ type: 'function', function: defined({ name, description, parameters }) }];
}

function choiceOf(choice: Json | undefined): unknown {
  if (typeof choice === 'string') return choice;
  const name = fieldsOf(choice)?.['name'];
  return name === undefined ? undefined : { type: 'function', function: { name } };
}

function formatOf(format: Fields | null): unknown {
  if (format?.['type'] === 'json_object') return { type: 'json_object' };
  if (format?.['type'] !== 'json_schema') return undefined;
  const { name, schema, strict, description } = format;
  return { type: 'json_schema', json_schema: defined({ name, schema, strict, description }) };
}
