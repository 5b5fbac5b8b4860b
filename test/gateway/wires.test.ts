/** Requests of the two wires that are translated, as a chat server sees them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conversation } from '../../src/gateway/wires/conversation.js';
import { messages } from '../../src/gateway/wires/messages.js';
import { responses } from '../../src/gateway/wires/responses.js';
import { clients } from './clients.js';
import { chunk, configFor, DONE, events, type Script, served, upstreams } from './serving.js';

const asked = (wire: typeof messages, body: Parameters<typeof messages.read>[0]) => {
  const read = wire.read({ model: 'bench', ...body });
  if ('message' in read) throw new Error(read.message);
  return read.body;
};
const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } };

describe('messages', () => {
  it('are one system message, then turns: what agents say in between is said by the user', () => {
    const body = asked(messages, {
      system: [
        { type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } },
        { type: 'text', text: 'Be kind.' },
      ],
      messages: [
        { role: 'user', content: 'Hello.' },
        { role: 'system', content: [{ type: 'text', text: 'It is Monday.' }] },
        { role: 'assistant', content: 'Hi.' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'Look:' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } },
          ],
        },
      ],
    });
    expect(body['messages']).toEqual([
      { role: 'system', content: 'Be brief.\n\nBe kind.' },
      { role: 'user', content: 'Hello.\n\nIt is Monday.' },
      { role: 'assistant', content: 'Hi.' },
      { role: 'user', content: [{ type: 'text', text: 'Look:' }, image] },
    ]);
  });

  it('hold results of tools behind their calls, and the images of results behind them', () => {
    const body = asked(messages, {
      messages: [
        { role: 'user', content: 'Draw.' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm.', signature: 'x' },
            { type: 'text', text: 'I draw.' },
            { type: 'tool_use', id: 't1', name: 'draw', input: { what: 'a cat' } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'And?' },
            {
              type: 'tool_result',
              tool_use_id: 't1',
              is_error: true,
              content: [
                { type: 'text', text: 'no ink' },
                { type: 'image', source: { type: 'url', url: 'https://example.com/a.png' } },
              ],
            },
          ],
        },
      ],
      tools: [
        { name: 'draw', description: 'Draws.', input_schema: { type: 'object' } },
        { type: 'web_search_20250305', name: 'web_search' },
      ],
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
      temperature: 0.5,
    });
    expect(body).toEqual({
      messages: [
        { role: 'user', content: 'Draw.' },
        {
          role: 'assistant',
          content: 'I draw.',
          tool_calls: [
            { id: 't1', type: 'function', function: { name: 'draw', arguments: '{"what":"a cat"}' } },
          ],
        },
        { role: 'tool', tool_call_id: 't1', content: 'Error: no ink\n' },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'And?' },
            { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
          ],
        },
      ],
      tools: [
        {
          type: 'function',
          function: { name: 'draw', description: 'Draws.', parameters: { type: 'object' } },
        },
      ],
      tool_choice: 'required',
      parallel_tool_calls: false,
      temperature: 0.5,
    });
  });
});

describe('responses', () => {
  it('take texts, items, calls of both kinds and their outputs', () => {
    const body = asked(responses, {
      instructions: 'Be brief.',
      input: [
        { type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Be kind.' }] },
        {
          role: 'user',
          content: [
            { type: 'input_text', text: 'Patch it.' },
            { type: 'input_image', image_url: 'data:image/png;base64,AAAA' },
          ],
        },
        { type: 'reasoning', id: 'r', summary: [] },
        { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'I do.' }] },
        { type: 'custom_tool_call', call_id: 'c1', name: 'patch', input: '*** Begin' },
        { type: 'function_call', call_id: 'c2', name: 'look', arguments: '{"a":1}' },
        { type: 'custom_tool_call_output', call_id: 'c1', output: 'done' },
        { type: 'function_call_output', call_id: 'c2', output: [{ type: 'input_text', text: 'seen' }] },
      ],
      tools: [
        { type: 'custom', name: 'patch', description: 'Patches.' },
        { type: 'function', name: 'look', parameters: { type: 'object' }, strict: true },
        { type: 'web_search' },
      ],
      tool_choice: { type: 'function', name: 'look' },
      text: { format: { type: 'json_schema', name: 'shape', schema: { type: 'object' }, strict: true } },
      reasoning: { effort: 'low' },
      max_output_tokens: 50,
    });
    expect(body).toEqual({
      messages: [
        { role: 'system', content: 'Be brief.\n\nBe kind.' },
        { role: 'user', content: [{ type: 'text', text: 'Patch it.' }, image] },
        {
          role: 'assistant',
          content: 'I do.',
          tool_calls: [
            { id: 'c1', type: 'function', function: { name: 'patch', arguments: '{"input":"*** Begin"}' } },
            { id: 'c2', type: 'function', function: { name: 'look', arguments: '{"a":1}' } },
          ],
        },
        { role: 'tool', tool_call_id: 'c1', content: 'done' },
        { role: 'tool', tool_call_id: 'c2', content: 'seen' },
      ],
      max_tokens: 50,
      reasoning_effort: 'low',
      response_format: {
        type: 'json_schema',
        json_schema: { name: 'shape', schema: { type: 'object' }, strict: true },
      },
      tools: [
        {
          type: 'function',
          function: {
            name: 'patch',
            description: 'Patches.',
            parameters: { type: 'object', properties: { input: { type: 'string' } }, required: ['input'] },
          },
        },
        { type: 'function', function: { name: 'look', parameters: { type: 'object' }, strict: true } },
      ],
      tool_choice: { type: 'function', function: { name: 'look' } },
    });
  });

  it('say what they do not take', () => {
    const refused = (body: Parameters<typeof responses.read>[0]) => {
      const read = responses.read({ model: 'bench', ...body });
      return 'message' in read ? read.message : null;
    };
    expect(refused({ input: [{ type: 'computer_call' }] })).toBe(
      'input[0]: "computer_call" cannot be sent to chat models',
    );
    expect(refused({ input: [{ role: 'user', content: [{ type: 'input_file' }] }] })).toBe(
      'input[0]: content of type "input_file" cannot be sent to chat models',
    );
    expect(refused({ input: [] })).toBe('input: a text, or a list of items');
    expect(refused({ input: 'x', background: true })).toContain('background');
  });
});

it('a conversation has one system message at most, at its beginning, no two turns of the user in a row, and every word', () => {
  const message = fc.record({
    role: fc.constantFrom('system', 'user', 'assistant'),
    content: fc.string({ minLength: 1 }),
  });
  fc.assert(
    fc.property(fc.array(message), (given) => {
      const made = conversation(given);
      const roles = made.map(({ role }) => role);
      expect(roles.lastIndexOf('system')).toBeLessThanOrEqual(0);
      for (const [at, role] of roles.entries())
        expect(role === 'user' && roles[at + 1] === 'user').toBe(false);
      const words = (list: readonly { readonly content?: unknown }[]) =>
        list
          .map(({ content }) => String(content))
          .join('')
          .replaceAll('\n\n', '');
      expect(words(made)).toBe(words(given));
    }),
  );
});

describe('calls whose pieces come in turns', () => {
  const piece = (index: number, text: string, id?: string) =>
    chunk({
      tool_calls: [
        {
          index,
          ...(id === undefined ? {} : { id, type: 'function' }),
          function: { ...(id === undefined ? {} : { name: `tool${index}` }), arguments: text },
        },
      ],
    });
  const inTurns: Script = (response) =>
    void events(response).end(
      [
        piece(0, '{"a"', 'c0'),
        piece(1, '{"b"', 'c1'),
        piece(0, ':1}'),
        piece(1, ':2}'),
        chunk({}, 'tool_calls'),
        DONE,
      ].join(''),
    );
  const apart: Script = (response) =>
    void events(response).end(
      [
        piece(0, '{"a"', 'c0'),
        chunk({ content: 'By the way, ' }),
        piece(0, ':1}'),
        chunk({}, 'tool_calls'),
        DONE,
      ].join(''),
    );

  it.each(clients)('are whole, each once: $name', async (client) => {
    const behind = await upstreams({ turns: inTurns, apart });
    const { url } = await served(configFor(behind));
    const came = await client.ask(url, 'turns', { stream: true });
    expect(came).toMatchObject({
      isWhole: true,
      calls: [
        { name: 'tool0', arguments: '{"a":1}' },
        { name: 'tool1', arguments: '{"b":2}' },
      ],
    });
    // Where a text comes between, only the wire whose calls have numbers can hold both.
    const mixed = await client.ask(url, 'apart', { stream: true });
    if (client.name === 'chat')
      expect(mixed).toMatchObject({ isWhole: true, calls: [{ arguments: '{"a":1}' }] });
    else expect(mixed).toMatchObject({ isWhole: false, error: 'the pieces of a tool call came apart' });
  });
});
