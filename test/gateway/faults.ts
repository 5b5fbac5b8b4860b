/** How servers fail, and what a client of the gateway must come to see of it. */
import { gzipSync } from 'node:zlib';
import { chunk, completion, DONE, events, json, type Script, sse, usage } from './serving.js';

export interface Fault {
  readonly name: string;
  readonly script: Script;
  /**
   * `next`: nothing has come, and the next model answers; alone, the request fails. `broken`: a part has come, so the
   * stream ends with an error. `whole`: it is an answer after all. `refused`: the request itself is wrong.
   */
  readonly comes: 'next' | 'broken' | 'whole' | 'refused';
  /** Of `whole`, and of what came of `broken`. */
  readonly text?: string;
  /** It is noticed by its silence alone. */
  readonly isSilent?: true;
  /** With the model alone. */
  readonly status?: number;
}

const role = chunk({ role: 'assistant', content: '' });
const error = { error: { message: 'it is on fire', type: 'server_error', code: 'server_error' } };
const status =
  (code: number, body: unknown, headers = {}): Script =>
  (response) =>
    json(response, code, body, headers);
const streamed =
  (...parts: readonly string[]): Script =>
  (response) =>
    void events(response).end(parts.join(''));
const cut =
  (...parts: readonly string[]): Script =>
  (response) => {
    events(response).write(parts.join(''), () => response.destroy());
  };
const silent =
  (...parts: readonly string[]): Script =>
  (response) => {
    events(response).write(parts.join(''));
  };
const call = (delta: object) => chunk({ tool_calls: [{ index: 0, ...delta }] });

const before: readonly Fault[] = [
  { name: '429 without a hint', script: status(429, error), comes: 'next', status: 503 },
  {
    name: '429 with Retry-After',
    script: status(429, error, { 'retry-after': '40' }),
    comes: 'next',
    status: 503,
  },
  { name: '503', script: status(503, error), comes: 'next' },
  { name: '529', script: status(529, error), comes: 'next' },
  { name: '500 with JSON', script: status(500, error), comes: 'next' },
  {
    name: '500 with HTML',
    script: status(500, '<!doctype html><h1>500</h1>', { 'content-type': 'text/html' }),
    comes: 'next',
  },
  { name: '502 without a body', script: status(502, ''), comes: 'next' },
  { name: '401', script: status(401, error), comes: 'next', status: 502 },
  { name: '402', script: status(402, error), comes: 'next', status: 502 },
  { name: '403', script: status(403, error), comes: 'next', status: 502 },
  {
    name: '404, no such model',
    script: status(404, { error: { message: 'model not found', code: 'model_not_found' } }),
    comes: 'next',
    status: 502,
  },
  { name: 'a redirect', script: status(302, '', { location: '/elsewhere' }), comes: 'next', status: 502 },
  {
    name: 'a prompt too long',
    script: status(400, { error: { message: 'too long', code: 'context_length_exceeded' } }),
    comes: 'next',
    status: 400,
  },
  { name: '413', script: status(413, error), comes: 'next', status: 413 },
  {
    name: 'a page with 200',
    script: status(200, '<html>Sign in</html>', { 'content-type': 'text/html' }),
    comes: 'next',
  },
  { name: 'an error with 200', script: status(200, error), comes: 'next' },
  { name: 'no JSON with 200', script: status(200, 'null pointer exception'), comes: 'next' },
  {
    name: 'half a document with 200',
    script: status(200, '{"choices":[{"message":{"content":"ha'),
    comes: 'next',
  },
  { name: 'an error as first event', script: streamed(sse(error)), comes: 'next' },
  { name: 'an event named error', script: streamed(`event: error\n${sse(error)}`), comes: 'next' },
  { name: 'a role, then an error', script: streamed(role, sse(error)), comes: 'next' },
  { name: 'a role, then the end', script: streamed(role), comes: 'next' },
  { name: 'a role, then a cut', script: cut(role), comes: 'next' },
  { name: 'a role, then silence', isSilent: true, script: silent(role), comes: 'next' },
  { name: 'pings, then the end', script: streamed(': ping\n\n', ': ping\n\n'), comes: 'next' },
  { name: 'pings for ever', isSilent: true, script: silent(': ping\n\n', ': ping\n\n'), comes: 'next' },
  { name: 'silence', isSilent: true, script: () => {}, comes: 'next' },
  { name: 'a reset', script: (response) => void response.destroy(), comes: 'next' },
  { name: 'headers, then a cut', script: cut(''), comes: 'next' },
  { name: 'a finish that is an error', script: streamed(role, chunk({}, 'error')), comes: 'next' },
  {
    name: 'garbage events, then the end',
    script: streamed('data: {oops\n\n', 'data: nope\n\n'),
    comes: 'next',
  },
  {
    name: 'empty pieces, then a cut',
    script: cut(role, ...Array.from({ length: 20 }, () => chunk({ content: '' }))),
    comes: 'next',
  },
];

const after: readonly Fault[] = [
  {
    name: 'a text, then the end',
    script: streamed(role, chunk({ content: 'Half an' })),
    comes: 'broken',
    text: 'Half an',
  },
  {
    name: 'a text, then a cut',
    script: cut(role, chunk({ content: 'Half an' })),
    comes: 'broken',
    text: 'Half an',
  },
  {
    name: 'a text, then an error',
    script: streamed(role, chunk({ content: 'Half an' }), sse(error)),
    comes: 'broken',
    text: 'Half an',
  },
  {
    name: 'a text, then an event named error',
    script: streamed(role, chunk({ content: 'Half an' }), `event: error\n${sse(error)}`),
    comes: 'broken',
    text: 'Half an',
  },
  {
    name: 'a text, then an error and [DONE]',
    script: streamed(role, chunk({ content: 'Half an' }), sse(error), DONE),
    comes: 'broken',
    text: 'Half an',
  },
  {
    name: 'a text, then a choice with an error',
    script: streamed(
      role,
      chunk({ content: 'Half an' }),
      sse({ choices: [{ index: 0, delta: {}, error: { message: 'x' } }] }),
    ),
    comes: 'broken',
    text: 'Half an',
  },
  {
    name: 'a text, then a finish that is an error',
    script: streamed(role, chunk({ content: 'Half an' }), chunk({}, 'error'), DONE),
    comes: 'broken',
    text: 'Half an',
  },
  {
    name: 'a text, then a page',
    script: streamed(role, chunk({ content: 'Half an' }), 'data: <html>bye</html>\n\n'),
    comes: 'broken',
    text: 'Half an',
  },
  {
    name: 'a text, then silence',
    isSilent: true,
    script: silent(role, chunk({ content: 'Half an' })),
    comes: 'broken',
    text: 'Half an',
  },
  {
    name: 'a text, garbage, then the end',
    script: streamed(role, chunk({ content: 'Half an' }), 'data: {oops\n\n'),
    comes: 'broken',
    text: 'Half an',
  },
  {
    name: 'half a tool call, then a cut',
    script: cut(role, call({ id: 'c1', type: 'function', function: { name: 'look', arguments: '{"a"' } })),
    comes: 'broken',
    text: '',
  },
  {
    name: 'a thought, then a cut',
    script: cut(role, chunk({ reasoning_content: 'Hm' })),
    comes: 'broken',
    text: '',
  },
  {
    name: '70 empty pieces, then the end',
    script: streamed(role, ...Array.from({ length: 70 }, () => chunk({ content: '' }))),
    comes: 'broken',
    text: '',
  },
];

const text = 'Hello, world.';
const halves = [chunk({ content: 'Hello, ' }), chunk({ content: 'world.' })];
const stop = chunk({}, 'stop');
const whole = (name: string, script: Script): Fault => ({ name, script, comes: 'whole', text });

const odd: readonly Fault[] = [
  whole(
    'a garbage event in the middle',
    streamed(role, ...halves.slice(0, 1), 'data: {oops\n\n', ...halves.slice(1), stop, DONE),
  ),
  whole('no [DONE]', streamed(role, ...halves, stop)),
  whole('no finish reason', streamed(role, ...halves, DONE)),
  whole('no blank line at the end', streamed(role, ...halves, stop.trimEnd())),
  whole('CRLF', streamed([role, ...halves, stop, usage, DONE].join('').replaceAll('\n', '\r\n'))),
  whole('a byte order mark', streamed(`\ufeff${[role, ...halves, stop, DONE].join('')}`)),
  whole('comments between', streamed(': hi\n\n', role, ': hi\n\n', ...halves, ': hi\n\n', stop, DONE)),
  whole(
    'usage in every piece',
    streamed(
      ...halves.map((one) => one.replace('"choices"', '"usage":{"prompt_tokens":1},"choices"')),
      stop,
      usage,
      DONE,
    ),
  ),
  whole(
    'the finish with the last piece',
    streamed(role, chunk({ content: 'Hello, ' }), chunk({ content: 'world.' }, 'stop'), DONE),
  ),
  whole('more after [DONE]', streamed(role, ...halves, stop, DONE, chunk({ content: ' And more.' }))),
  whole(
    'choices that are empty at first',
    streamed(sse({ id: 'x', choices: [], prompt_filter_results: [] }), role, ...halves, stop, DONE),
  ),
  whole(
    'snapshots of all so far',
    streamed(
      sse({ choices: [{ index: 0, message: { content: 'Hello, ' } }] }),
      sse({ choices: [{ index: 0, message: { content: 'Hello, world.' }, finish_reason: 'stop' }] }),
      DONE,
    ),
  ),
  whole(
    'pieces, then a snapshot of all',
    streamed(
      role,
      ...halves,
      sse({ choices: [{ index: 0, message: { content: text }, finish_reason: 'stop' }] }),
      DONE,
    ),
  ),
  whole('one document instead of a stream', status(200, completion({ content: text }))),
  whole('one document as an event', streamed(sse(completion({ content: text })), DONE)),
  whole(
    'a stream that is called JSON',
    (response) => void events(response, 'application/json').end([role, ...halves, stop, DONE].join('')),
  ),
  whole(
    'content as a list of parts',
    streamed(
      role,
      chunk({ content: [{ type: 'text', text: 'Hello, ' }] }),
      chunk({ content: 'world.' }),
      stop,
      DONE,
    ),
  ),
  whole('names in capitals', streamed(role, ...halves, chunk({}, 'STOP'), DONE)),
  whole('gzip', (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' });
    response.end(gzipSync([role, ...halves, stop, DONE].join('')));
  }),
  whole('a connection that stays open after [DONE]', silent(role, ...halves, stop, DONE)),
  {
    name: 'letters that are cut in two',
    comes: 'whole',
    text: 'Héllo, world.',
    script: (response) => {
      const bytes = Buffer.from([role, ...halves, stop, DONE].join('').replaceAll('Hello', 'Héllo'));
      const at = bytes.indexOf(0xc3) + 1;
      events(response).write(bytes.subarray(0, at), () => response.end(bytes.subarray(at)));
    },
  },
];

const refused: readonly Fault[] = [
  {
    name: '400',
    script: status(400, { error: { message: 'temperature is wrong' } }),
    comes: 'refused',
    status: 400,
  },
  {
    name: '422',
    script: status(422, { error: { message: 'temperature is wrong' } }),
    comes: 'refused',
    status: 422,
  },
];

export const faults: readonly Fault[] = [...before, ...after, ...odd, ...refused];
