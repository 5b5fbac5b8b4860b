/** The clients that people use, npm's `openai` and `@anthropic-ai/sdk`: chat, streams, tools, errors, and what happens if they leave. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { describe, expect, it } from 'vitest';
import {
  chunk,
  completion,
  configFor,
  DONE,
  events,
  json,
  type Script,
  says,
  served,
  upstreams,
  usage,
} from './serving.js';

const SAID = 'A gateway says what a model said.';

async function opened(scripts: Readonly<Record<string, Script>>) {
  const behind = await upstreams(scripts);
  const { url } = await served(configFor(behind));
  return {
    behind,
    url,
    openai: new OpenAI({ baseURL: `${url}/v1`, apiKey: 'client-key', maxRetries: 0 }),
    anthropic: new Anthropic({ baseURL: url, apiKey: 'client-key', maxRetries: 0 }),
  };
}

const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] } as const;

/** Calls two tools at once, then says what they returned. */
const usesTools: Script = (response, { body }) => {
  const messages = body['messages'] as { role: string; content: string }[];
  const results = messages.filter(({ role }) => role === 'tool').map(({ content }) => content);
  if (results.length > 0) return says(`It is ${results.join(' and ')}.`)(response, { body } as never);
  const calls = ['Oslo', 'Rome'].map((city, index) => ({
    index,
    id: `call-${city}`,
    type: 'function',
    function: { name: 'weather', arguments: JSON.stringify({ city }) },
  }));
  if (body.stream !== true)
    return json(response, 200, completion({ content: null, tool_calls: calls }, 'tool_calls'));
  const pieces = calls.flatMap(({ index, id, function: { name, arguments: text } }) => [
    chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] }),
    chunk({ tool_calls: [{ index, function: { arguments: text.slice(0, 5) } }] }),
    chunk({ tool_calls: [{ index, function: { arguments: text.slice(5) } }] }),
  ]);
  events(response).end(
    [chunk({ role: 'assistant', content: null }), ...pieces, chunk({}, 'tool_calls'), usage, DONE].join(''),
  );
};

describe('openai', () => {
  const ask = { model: 'bench', messages: [{ role: 'user' as const, content: 'Say it.' }] };

  it('chats, whole and streamed, with who answered and what it used', async () => {
    const { openai } = await opened({ good: says(SAID) });
    const whole = await openai.chat.completions.create(ask);
    expect(whole.choices[0]?.message.content).toBe(SAID);
    expect(whole).toMatchObject({ model: 'good', usage: { prompt_tokens: 11, completion_tokens: 7 } });
    const stream = openai.chat.completions.stream({ ...ask, stream_options: { include_usage: true } });
    expect((await stream.finalChatCompletion()).choices[0]?.message.content).toBe(SAID);
    expect(await stream.totalUsage()).toMatchObject({ prompt_tokens: 11, completion_tokens: 7 });
  });

  it('calls tools in chat, two at once, whole and streamed, and sends their results', async () => {
    const { openai, behind } = await opened({ good: usesTools });
    const tools = [{ type: 'function' as const, function: { name: 'weather', parameters } }];
    const whole = await openai.chat.completions.create({ ...ask, tools });
    const stream = openai.chat.completions.stream({ ...ask, tools });
    const streamed = await stream.finalChatCompletion();
    for (const { choices } of [whole, streamed]) {
      const calls = choices[0]?.message.tool_calls ?? [];
      expect(choices[0]?.finish_reason).toBe('tool_calls');
      expect(calls.map((call) => (call.type === 'function' ? call.function.arguments : ''))).toEqual([
        '{"city":"Oslo"}',
        '{"city":"Rome"}',
      ]);
    }
    const message = whole.choices[0]?.message;
    if (message === undefined) throw new Error('no message');
    const results = (message.tool_calls ?? []).map(({ id }, at) => ({
      role: 'tool' as const,
      tool_call_id: id,
      content: `${10 + at} degrees`,
    }));
    const last = await openai.chat.completions.create({
      ...ask,
      tools,
      messages: [...ask.messages, message, ...results],
    });
    expect(last.choices[0]?.message.content).toBe('It is 10 degrees and 11 degrees.');
    expect(behind.seen[0]?.body).toMatchObject({ tools, model: 'good' });
  });

  it('speaks the responses API: text, tools and their results', async () => {
    const { openai, behind } = await opened({ good: usesTools });
    const tools = [{ type: 'function' as const, name: 'weather', parameters, strict: false }];
    const asked = { model: 'bench', instructions: 'Be brief.', tools };
    const first = await openai.responses.create({ ...asked, input: 'Weather?' });
    const stream = openai.responses.stream({ ...asked, input: 'Weather?' });
    const streamed = await stream.finalResponse();
    for (const { output, status } of [first, streamed]) {
      expect(status).toBe('completed');
      expect(
        output.map((item) => (item.type === 'function_call' ? [item.name, item.arguments] : item.type)),
      ).toEqual([
        ['weather', '{"city":"Oslo"}'],
        ['weather', '{"city":"Rome"}'],
      ]);
    }
    const calls = first.output.filter((item) => item.type === 'function_call');
    const outputs = calls.map(({ call_id }) => ({
      type: 'function_call_output' as const,
      call_id,
      output: 'warm',
    }));
    const last = await openai.responses.create({
      ...asked,
      input: [{ role: 'user', content: 'Weather?' }, ...calls, ...outputs],
    });
    expect(last.output_text).toBe('It is warm and warm.');
    expect(last.usage).toMatchObject({ input_tokens: 11, output_tokens: 7, total_tokens: 18 });
    expect(behind.seen.at(-1)?.body['messages']).toMatchObject([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Weather?' },
      { role: 'assistant', tool_calls: [{ id: 'call-Oslo' }, { id: 'call-Rome' }] },
      { role: 'tool', tool_call_id: 'call-Oslo', content: 'warm' },
      { role: 'tool', tool_call_id: 'call-Rome', content: 'warm' },
    ]);
    const text = await openai.responses.stream({ model: 'bench', input: 'x' }).finalResponse();
    expect(text.model).toBe('good');
  });

  it('reads errors as its own: a wrong name, a wrong request, all models paused', async () => {
    const limited: Script = (response) =>
      json(response, 429, { error: { message: 'slow down' } }, { 'retry-after': '90' });
    const wrong: Script = (response) => json(response, 400, { error: { message: 'temperature is wrong' } });
    const { openai } = await opened({ limited, wrong });
    await expect(openai.chat.completions.create({ ...ask, model: 'nobody' })).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
    });
    await expect(openai.chat.completions.create({ ...ask, model: 'wrong' })).rejects.toBeInstanceOf(
      OpenAI.BadRequestError,
    );
    const paused = await openai.chat.completions.create({ ...ask, model: 'limited' }).catch((error) => error);
    expect(paused).toMatchObject({ status: 503, error: { models_tried: ['limited'] } });
    expect(Number(paused.headers.get('retry-after'))).toBeGreaterThan(80);
  });
});

describe('@anthropic-ai/sdk', () => {
  const ask = { model: 'bench', max_tokens: 100, messages: [{ role: 'user' as const, content: 'Say it.' }] };

  it('chats, whole and streamed, and counts tokens', async () => {
    const { anthropic, behind } = await opened({ good: says(SAID) });
    const whole = await anthropic.messages.create({ ...ask, system: 'Be brief.', stop_sequences: ['END'] });
    expect(whole).toMatchObject({
      model: 'good',
      stop_reason: 'end_turn',
      content: [{ type: 'text', text: SAID }],
      usage: { input_tokens: 11, output_tokens: 7 },
    });
    expect(behind.seen[0]?.body).toMatchObject({
      max_tokens: 100,
      stop: ['END'],
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Say it.' },
      ],
    });
    const streamed = await anthropic.messages.stream(ask).finalMessage();
    expect(streamed).toMatchObject({
      content: [{ type: 'text', text: SAID }],
      stop_reason: 'end_turn',
      usage: { output_tokens: 7 },
    });
    const counted = await anthropic.messages.countTokens({ model: 'bench', messages: ask.messages });
    expect(counted.input_tokens).toBeGreaterThan(5);
  });

  it('calls tools, two at once, whole and streamed, and sends their results', async () => {
    const { anthropic, behind } = await opened({ good: usesTools });
    const tools = [{ name: 'weather', input_schema: { ...parameters, required: [...parameters.required] } }];
    const whole = await anthropic.messages.create({ ...ask, tools });
    const streamed = await anthropic.messages.stream({ ...ask, tools }).finalMessage();
    for (const { content, stop_reason } of [whole, streamed]) {
      expect(stop_reason).toBe('tool_use');
      expect(content).toMatchObject([
        { type: 'tool_use', name: 'weather', input: { city: 'Oslo' } },
        { type: 'tool_use', name: 'weather', input: { city: 'Rome' } },
      ]);
    }
    const results = whole.content
      .filter((block) => block.type === 'tool_use')
      .map(({ id }) => ({ type: 'tool_result' as const, tool_use_id: id, content: 'warm' }));
    const last = await anthropic.messages.create({
      ...ask,
      tools,
      messages: [
        ...ask.messages,
        { role: 'assistant', content: whole.content },
        { role: 'user', content: results },
      ],
    });
    expect(last.content).toMatchObject([{ type: 'text', text: 'It is warm and warm.' }]);
    expect(behind.seen.at(-1)?.body['messages']).toMatchObject([
      { role: 'user', content: 'Say it.' },
      { role: 'assistant', content: null, tool_calls: [{ id: 'call-Oslo' }, { id: 'call-Rome' }] },
      { role: 'tool', tool_call_id: 'call-Oslo', content: 'warm' },
      { role: 'tool', tool_call_id: 'call-Rome', content: 'warm' },
    ]);
  });

  it('thinks aloud only for those who ask for it', async () => {
    const thinks: Script = (response) =>
      void events(response).end(
        chunk({ role: 'assistant', content: '' }) +
          chunk({ reasoning_content: 'Hm. ' }) +
          chunk({ reasoning_content: 'Yes.' }) +
          chunk({ content: SAID }) +
          chunk({}, 'stop') +
          DONE,
      );
    const { anthropic } = await opened({ good: thinks });
    const plain = await anthropic.messages.stream(ask).finalMessage();
    expect(plain.content.map(({ type }) => type)).toEqual(['text']);
    const thinking = { type: 'enabled' as const, budget_tokens: 1024 };
    const aloud = await anthropic.messages.stream({ ...ask, max_tokens: 2000, thinking }).finalMessage();
    expect(aloud.content).toMatchObject([
      { type: 'thinking', thinking: 'Hm. Yes.' },
      { type: 'text', text: SAID },
    ]);
  });

  it('reads errors as its own, in a stream too', async () => {
    const limited: Script = (response) =>
      json(response, 429, { error: { message: 'slow down' } }, { 'retry-after': '90' });
    const cut: Script = (response) => {
      events(response).write(chunk({ content: 'Half' }), () => response.destroy());
    };
    const { anthropic } = await opened({ limited, cut });
    const none = await anthropic.messages.create({ ...ask, model: 'nobody' }).catch((error) => error);
    expect(none).toBeInstanceOf(Anthropic.NotFoundError);
    expect(none.error).toMatchObject({ type: 'error', error: { type: 'not_found_error' } });
    const paused = await anthropic.messages.create({ ...ask, model: 'limited' }).catch((error) => error);
    expect(paused).toMatchObject({ status: 503, error: { error: { type: 'overloaded_error' } } });
    await expect(anthropic.messages.stream({ ...ask, model: 'cut' }).finalMessage()).rejects.toThrow(
      /cut broke off/,
    );
  });
});

describe('a client that leaves', () => {
  const endless: Script = (response) => {
    events(response).write(chunk({ role: 'assistant', content: 'On and on' }));
  };
  const messages = [{ role: 'user' as const, content: 'Say it.' }];
  type Opened = Awaited<ReturnType<typeof opened>>;
  const streams = {
    'openai, chat': ({ openai }: Opened, signal: AbortSignal) =>
      openai.chat.completions.create({ model: 'good', messages, stream: true }, { signal }),
    'openai, responses': ({ openai }: Opened, signal: AbortSignal) =>
      openai.responses.create({ model: 'good', input: 'Say it.', stream: true }, { signal }),
    anthropic: ({ anthropic }: Opened, signal: AbortSignal) =>
      anthropic.messages.create({ model: 'good', max_tokens: 9, messages, stream: true }, { signal }),
  };

  it.each(Object.entries(streams))(
    'is let go of behind, and counts nothing against the model: %s',
    async (_, ask) => {
      const all = await opened({ good: endless });
      // More than it takes to break a model that fails.
      for (let time = 0; time < 8; time += 1) {
        const leave = new AbortController();
        for await (const _ of await ask(all, leave.signal)) break;
        leave.abort();
        await all.behind.seen[time]?.left;
      }
      const metrics = await (await fetch(`${all.url}/metrics`)).text();
      expect(metrics).toContain('bench_paused{model="good"} 0');
      expect(metrics).toContain('bench_disabled{model="good"} 0');
      expect(metrics).toMatch(/outcome="left"\} 8$/m);
    },
  );
});
