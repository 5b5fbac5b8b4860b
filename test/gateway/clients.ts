/** The three wires as plain clients see them: what is sent, and what a stream or a document comes to. */

export interface Came {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The end that says that the answer is whole. */
  readonly isWhole: boolean;
  /** Of an error, in the body or in the stream. */
  readonly error: string | null;
  /** What the client may do about it: `type` of the error, or its code. */
  readonly stop: string | null;
  readonly model: string | null;
  /** All of the body. */
  readonly raw: string;
  readonly calls: readonly { readonly name: string; readonly arguments: string }[];
}

export interface WireClient {
  readonly name: string;
  ask(url: string, model: string, more?: object, init?: RequestInit): Promise<Came>;
}

/** At `choices.0.delta`; undefined where nothing is. */
function at(value: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, name) => {
    if (typeof inner !== 'object' || inner === null) return undefined;
    return (inner as Readonly<Record<string, unknown>>)[name];
  }, value);
}

function text(value: unknown, path: string): string {
  const found = at(value, path);
  return typeof found === 'string' ? found : '';
}

function list(value: unknown, path: string): readonly unknown[] {
  const found = at(value, path);
  return Array.isArray(found) ? found : [];
}

interface Event {
  readonly name: string;
  readonly data: unknown;
}

interface Call {
  name: string;
  arguments: string;
}

type Streamed = Omit<Came, 'status' | 'headers' | 'raw'>;
type Whole = Omit<Streamed, 'isWhole' | 'error'>;

interface Reading {
  readonly path: string;
  body(model: string): object;
  stream(events: readonly Event[], isDone: boolean): Streamed;
  document(body: unknown): Whole;
}

function eventsIn(body: string): readonly { readonly name: string; readonly data: string }[] {
  return body
    .split('\n\n')
    .filter((part) => part.trim() !== '')
    .map((part) => ({
      name: /^event: (.*)$/m.exec(part)?.[1] ?? '',
      data: /^data: (.*)$/m.exec(part)?.[1] ?? '',
    }));
}

function client(name: string, { path, body, stream, document }: Reading): WireClient {
  return {
    name,
    async ask(url, model, more = {}, init = {}) {
      const response = await fetch(`${url}${path}`, {
        method: 'POST',
        body: JSON.stringify({ ...body(model), ...more }),
        ...init,
        headers: { 'content-type': 'application/json', ...init.headers },
      });
      const { status, headers } = response;
      const came = await response.text();
      if (headers.get('content-type')?.startsWith('text/event-stream')) {
        const events = eventsIn(came);
        const isDone = events.at(-1)?.data === '[DONE]';
        const parsed = events
          .filter(({ data }) => data !== '[DONE]')
          .map(({ name, data }) => ({ name, data: JSON.parse(data) as unknown }));
        return { status, headers, raw: came, ...stream(parsed, isDone) };
      }
      const whole: unknown = JSON.parse(came);
      if (status === 200)
        return { status, headers, raw: came, isWhole: true, error: null, ...document(whole) };
      const none = { text: '', isWhole: false, stop: null, model: null, calls: [] };
      return { status, headers, raw: came, ...none, error: text(whole, 'error.message') };
    },
  };
}

const chat = client('chat', {
  path: '/v1/chat/completions',
  body: (model) => ({ model, messages: [{ role: 'user', content: 'Say it.' }] }),
  stream(events, isDone) {
    const calls: Call[] = [];
    let said = '';
    let stop: string | null = null;
    for (const { data } of events) {
      said += text(data, 'choices.0.delta.content');
      stop = text(data, 'choices.0.finish_reason') || stop;
      for (const one of list(data, 'choices.0.delta.tool_calls')) {
        const place = Number(at(one, 'index'));
        const own = calls[place] ?? { name: '', arguments: '' };
        calls[place] = own;
        own.name ||= text(one, 'function.name');
        own.arguments += text(one, 'function.arguments');
      }
    }
    const error = events.map(({ data }) => text(data, 'error.message')).find((found) => found !== '');
    const model = events.map(({ data }) => text(data, 'model')).find((found) => found !== '');
    return { text: said, isWhole: isDone, error: error ?? null, stop, model: model ?? null, calls };
  },
  document: (body) => ({
    text: text(body, 'choices.0.message.content'),
    stop: text(body, 'choices.0.finish_reason'),
    model: text(body, 'model'),
    calls: list(body, 'choices.0.message.tool_calls').map((one) => ({
      name: text(one, 'function.name'),
      arguments: text(one, 'function.arguments'),
    })),
  }),
});

function itemsOf(response: unknown): Pick<Whole, 'text' | 'calls'> {
  const output = list(response, 'output');
  const parts = output
    .filter((item) => at(item, 'type') === 'message')
    .flatMap((item) => list(item, 'content'));
  return {
    text: parts.map((part) => text(part, 'text') + text(part, 'refusal')).join(''),
    calls: output
      .filter((item) => at(item, 'type') === 'function_call')
      .map((item) => ({ name: text(item, 'name'), arguments: text(item, 'arguments') })),
  };
}

const endingOf = (response: unknown): string =>
  text(response, 'incomplete_details.reason') || text(response, 'status');

const responses = client('responses', {
  path: '/v1/responses',
  body: (model) => ({ model, input: 'Say it.' }),
  stream(events) {
    const numbers = events.map(({ data }) => at(data, 'sequence_number'));
    if (!numbers.every((number, place) => number === place))
      throw new Error(`events out of order: ${numbers.join(' ')}`);
    const begun = events.slice(0, 2).map(({ name }) => name);
    if (begun.join(' ') !== 'response.created response.in_progress')
      throw new Error(`it begins with ${begun.join(' ')}`);
    const deltas = (name: string) =>
      events
        .filter((one) => one.name === name)
        .map(({ data }) => text(data, 'delta'))
        .join('');
    const said = deltas('response.output_text.delta') + deltas('response.refusal.delta');
    const last = events.at(-1);
    const isWhole = last?.name === 'response.completed' || last?.name === 'response.incomplete';
    const response = at(last?.data, 'response');
    const whole = itemsOf(response);
    if (isWhole && whole.text !== said) throw new Error(`streamed "${said}", and whole "${whole.text}"`);
    if (
      isWhole &&
      deltas('response.function_call_arguments.delta') !== whole.calls.map((one) => one.arguments).join('')
    )
      throw new Error('calls are not what was streamed');
    const failed = events.find(({ name }) => name === 'response.failed');
    return {
      text: said,
      isWhole,
      error: failed === undefined ? null : text(failed.data, 'response.error.message'),
      stop: endingOf(response),
      model: text(response, 'model'),
      calls: whole.calls,
    };
  },
  document: (body) => ({ ...itemsOf(body), stop: endingOf(body), model: text(body, 'model') }),
});

const messages = client('messages', {
  path: '/v1/messages',
  body: (model) => ({ model, max_tokens: 100, messages: [{ role: 'user', content: 'Say it.' }] }),
  stream(events) {
    const calls: Call[] = [];
    let said = '';
    let open: unknown = null;
    let stop: string | null = null;
    for (const { name, data } of events) {
      if (name === 'content_block_start') {
        if (open !== null) throw new Error('a block in a block');
        open = at(data, 'index');
        if (at(data, 'content_block.type') === 'tool_use')
          calls.push({ name: text(data, 'content_block.name'), arguments: '' });
      }
      if (name === 'content_block_stop') open = null;
      if (name === 'content_block_delta') {
        if (at(data, 'index') !== open) throw new Error('a piece of no block');
        said += text(data, 'delta.text');
        const call = calls.at(-1);
        if (call !== undefined) call.arguments += text(data, 'delta.partial_json');
      }
      if (name === 'message_delta') stop = text(data, 'delta.stop_reason');
    }
    const failed = events.find(({ name }) => name === 'error');
    return {
      text: said,
      isWhole: events.at(-1)?.name === 'message_stop',
      error: failed === undefined ? null : text(failed.data, 'error.message'),
      stop,
      model: text(events[0]?.data, 'message.model'),
      calls,
    };
  },
  document: (body) => ({
    text: list(body, 'content')
      .map((block) => text(block, 'text'))
      .join(''),
    stop: text(body, 'stop_reason'),
    model: text(body, 'model'),
    calls: list(body, 'content')
      .filter((block) => at(block, 'type') === 'tool_use')
      .map((block) => ({ name: text(block, 'name'), arguments: JSON.stringify(at(block, 'input')) })),
  }),
});

export const clients: readonly WireClient[] = [chat, responses, messages];
