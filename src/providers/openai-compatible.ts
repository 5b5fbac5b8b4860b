/**
 * Chat completions as OpenAI and nearly all others speak them: one request, streamed or plain, to one `Sent`.
 * https://platform.openai.com/docs/api-reference/chat
 */
import { createParser } from 'eventsource-parser';
import type { Model, Timeouts } from '../domain/candidate.js';
import type { JsonObject } from '../domain/json.js';
import type { AnsweredOutcome, FailedOutcome } from '../domain/outcome.js';
import type { Allowance, Completion, Question, Sent } from '../domain/trial.js';
import type { Clock, HttpResponse, Network } from '../world/world.js';
import { NetworkError } from '../world/world.js';
import { type Chunk, emptyGathering, type Gathering, gather, readChunk } from './completion-chunks.js';
import { looksLikeHtml } from './error-body.js';
import { classifyFailure } from './errors.js';
import { knownProviders } from './index.js';
import type { Endpoint } from './provider.js';
import { allowanceOf } from './rate-limit-headers.js';
import { labelHeader } from './simulated-label.js';
import { startTimers, TimerRang } from './timers.js';

/** More than this is no answer: the memory that one response can take is bounded. */
const LARGEST_BODY_BYTES = 16 * 1024 * 1024;
/** An error body is read this far. */
const LARGEST_ERROR_CHARS = 64 * 1024;

export interface SendEdges {
  readonly clock: Clock;
  readonly network: Network;
}

/** Never rejects for anything that a server or a network does: that is what outcomes are for. */
export async function sendChat(
  edges: SendEdges,
  endpoint: Endpoint,
  model: Model,
  question: Question,
  timeouts: Timeouts,
  signal: AbortSignal,
  /** Called when a good status is here, long before the answer is, with what its headers tell of a limit. */
  accepted: (allowance: Allowance | null) => void = () => {},
): Promise<Sent> {
  const { clock, network } = edges;
  const startMs = clock.nowMs();
  const elapsedMs = () => clock.nowMs() - startMs;
  const timers = startTimers(clock, timeouts, signal);
  let status: number | null = null;
  const failed = (outcome: FailedOutcome): Sent => ({ outcome, status, totalMs: elapsedMs() });
  try {
    const response = await network.request({
      method: 'POST',
      url: `${endpoint.baseUrl.replace(/\/+$/, '')}/chat/completions`,
      headers: headersOf(endpoint, model, question),
      body: JSON.stringify(bodyOf(model, question)),
      signal: timers.signal,
    });
    status = response.status;
    timers.headersCame();
    const failure = (body: string): Sent => {
      const { headers, status: told } = response;
      const classified = classifyFailure({ status: told, headers, body, wallMs: clock.wallMs() });
      if (classified.kind !== 'refused') return failed(classified);
      const completion = completionOf({ ...emptyGathering(), refusal: classified.message }, model);
      return { outcome: classified, completion, status: told, firstTokenMs: null, totalMs: elapsedMs() };
    };
    if (status < 200 || status > 299) return failure(await readStart(response));
    accepted(allowanceOf(response.headers, clock.wallMs()));

    const gathered = await readAnswer(response, timers.progressed, elapsedMs);
    if (gathered.tooLarge) {
      return failed({ kind: 'too_large', message: `more than ${LARGEST_BODY_BYTES} bytes` });
    }
    if (gathered.errorBody !== null) return failure(gathered.errorBody);
    const trouble = troubleIn(gathered);
    if (trouble !== null) return failed(trouble);
    return {
      outcome: answeredOutcome(gathered.all),
      completion: completionOf(gathered.all, model),
      status,
      firstTokenMs: gathered.streamed ? gathered.firstTokenMs : null,
      totalMs: gathered.endedMs ?? elapsedMs(),
    };
  } catch (error) {
    return failed(outcomeOfThrown(error, timers.signal, status !== null));
  } finally {
    timers.stop();
  }
}

function headersOf(endpoint: Endpoint, model: Model, question: Question): Record<string, string> {
  return {
    'content-type': 'application/json',
    accept: model.stream ? 'text/event-stream' : 'application/json',
    'user-agent': 'codegen-bench',
    ...(endpoint.key === null ? {} : { authorization: `Bearer ${endpoint.key}` }),
    ...model.account.headers,
    ...(endpoint.own ? labelHeader(question.label) : {}),
  };
}

function bodyOf(model: Model, question: Question): JsonObject {
  const usageWithStream =
    knownProviders.find((provider) => provider.name === model.account.provider)?.streamOptions ?? true;
  return {
    model: model.id,
    messages: [
      ...(question.system === null ? [] : [{ role: 'system', content: question.system }]),
      { role: 'user', content: question.prompt },
    ],
    ...question.params,
    ...model.params,
    stream: model.stream,
    ...(model.stream && usageWithStream ? { stream_options: { include_usage: true } } : {}),
    ...model.body,
  };
}

interface Read {
  readonly all: Gathering;
  readonly streamed: boolean;
  readonly tooLarge: boolean;
  /** A 200 whose body, or one of whose chunks, is an error. */
  readonly errorBody: string | null;
  /** Neither JSON nor an event stream. */
  readonly unreadable: string | null;
  readonly firstTokenMs: number | null;
  /** When the stream said that it was done, which may be before it closed. */
  readonly endedMs: number | null;
}

/** What came decides how it is read: some servers stream when not asked to, or answer whole when asked to stream. */
async function readAnswer(
  response: HttpResponse,
  progressed: () => void,
  elapsedMs: () => number,
): Promise<Read> {
  const streamed = /text\/event-stream/i.test(response.headers['content-type'] ?? '');
  const gathering = emptyGathering();
  let errorBody: string | null = null;
  let unreadable: string | null = null;
  let firstTokenMs: number | null = null;
  let endedMs: number | null = null;
  let whole = '';

  const take = (text: string) => {
    const chunk: Chunk = readChunk(text);
    if (chunk.kind === 'error') errorBody ??= text;
    if (chunk.kind === 'unreadable') {
      if (looksLikeHtml(text)) errorBody ??= text;
      else unreadable ??= text.slice(0, 200);
    }
    if (chunk.kind !== 'delta') return;
    if (gather(gathering, chunk)) {
      firstTokenMs ??= elapsedMs();
      progressed();
    }
  };
  const parser = streamed
    ? createParser({
        onEvent: ({ data }) => {
          if (endedMs !== null) return;
          if (data === '[DONE]') endedMs = elapsedMs();
          else take(data);
        },
      })
    : null;

  let bytes = 0;
  const decoder = new TextDecoder();
  const result = (tooLarge: boolean): Read => ({
    all: gathering,
    streamed,
    tooLarge,
    errorBody,
    unreadable,
    firstTokenMs,
    endedMs,
  });
  const pieces = response.body[Symbol.asyncIterator]();
  for (let next = await pieces.next(); !next.done; next = await pieces.next()) {
    const piece = next.value;
    bytes += piece.byteLength;
    if (bytes > LARGEST_BODY_BYTES) {
      await pieces.return?.();
      return result(true);
    }
    const text = decoder.decode(piece, { stream: true });
    if (parser !== null) parser.feed(text);
    else {
      whole += text;
      progressed();
    }
    if (endedMs !== null) {
      // A server may hold the connection open after its last word. Nobody waits for that; reading on to the end lets
      // the connection be used again.
      drain(pieces);
      break;
    }
  }
  if (parser !== null) {
    // The last event of a stream that ends without an empty line.
    parser.feed('\n\n');
    gathering.complete ||= endedMs !== null;
  } else {
    take(whole);
    gathering.complete = true;
  }
  return result(false);
}

function drain(pieces: AsyncIterator<Uint8Array>): void {
  pieces.next().then(
    ({ done }) => {
      if (!done) drain(pieces);
    },
    () => {},
  );
}

function troubleIn({ all, unreadable }: Read): FailedOutcome | null {
  if (unreadable !== null && !all.any) {
    return { kind: 'malformed', message: `no JSON: ${unreadable.replaceAll(/\s+/g, ' ')}` };
  }
  if (!all.complete) {
    return { kind: 'broken_stream', message: 'the stream ended with neither a finish reason nor [DONE]' };
  }
  return null;
}

function answeredOutcome(read: Gathering): AnsweredOutcome {
  if (read.finishReason === 'content_filter' || (read.refusal !== '' && read.text === '')) {
    return { kind: 'refused', message: read.refusal || 'content_filter' };
  }
  if (read.finishReason === 'length') return { kind: 'truncated' };
  const said = read.text !== '' || read.reasoning !== '' || (read.usage.completionTokens ?? 0) > 0;
  if (said) return { kind: 'answered' };
  return { kind: 'empty', message: read.any ? 'an answer without content' : 'no choices' };
}

function completionOf(read: Gathering, model: Model): Completion {
  return {
    text: read.text || read.refusal,
    reasoning: read.reasoning || null,
    finishReason: read.finishReason,
    servedModel: read.servedModel,
    servedBy: read.servedBy,
    usage: read.usage,
    costUsd: read.costUsd ?? pricedUsd(read, model),
  };
}

function pricedUsd({ usage }: Gathering, { price }: Model): number | null {
  if (price === null || usage.promptTokens === null || usage.completionTokens === null) return null;
  return (usage.promptTokens * price.inputUsd + usage.completionTokens * price.outputUsd) / 1e6;
}

async function readStart(response: HttpResponse): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const piece of response.body) {
    text += decoder.decode(piece, { stream: true });
    if (text.length > LARGEST_ERROR_CHARS) break;
  }
  return text;
}

function outcomeOfThrown(error: unknown, signal: AbortSignal, answered: boolean): FailedOutcome {
  if (error instanceof TimerRang) return { kind: 'timeout', timer: error.timer, message: error.message };
  if (signal.aborted) return { kind: 'cancelled', message: 'cancelled' };
  if (error instanceof NetworkError) {
    return answered
      ? { kind: 'broken_stream', message: error.message }
      : { kind: 'network', refused: error.refused, message: error.message };
  }
  throw error;
}
