/**
 * Chat completions as OpenAI and nearly all others speak them: one request, streamed or plain, to one `Sent`.
 * https://platform.openai.com/docs/api-reference/chat
 */
import type { Model, RequestTimeouts } from '../domain/candidate.js';
import type { AnsweredOutcome, FailedOutcome } from '../domain/outcome.js';
import type { Allowance, Completion, Question, Sent } from '../domain/trial.js';
import type { JsonObject } from '../domain/value.js';
import type { Clock, HttpResponse, Network } from '../world/world.js';
import { NetworkError } from '../world/world.js';
import { type Delta, emptyGathering, type Gathering } from './completion-chunks.js';
import { shortened } from './error-body.js';
import { classifyFailure } from './errors.js';
import { knownProviders } from './index.js';
import type { Endpoint } from './provider.js';
import { allowanceOf } from './rate-limit-headers.js';
import { LARGEST_BODY_BYTES, type Read, readAnswer } from './read-answer.js';
import { labelHeader } from './simulated-label.js';
import { startTimers, TimerRang } from './timers.js';

/** An error body is read this far. */
const LARGEST_ERROR_CHARS = 64 * 1024;

export interface SendEdges {
  readonly clock: Clock;
  readonly network: Network;
  /** Takes keys out of what a server says, before any of it is shortened; without: nothing. */
  readonly redact?: (text: string) => string;
}

/** What is heard of a request before its end. */
export interface SendWatch {
  /** The first event of a good answer, long before its end, with what its headers tell of a limit. */
  readonly accepted?: (allowance: Allowance | null) => void;
  /** The first of the answer's text or thoughts. */
  readonly began?: () => void;
  /** Each piece of the answer as it comes. */
  readonly came?: (piece: Delta) => void;
  /** Nothing more is read before it resolves: whoever the pieces are for may be slower than the server. */
  readonly room?: () => Promise<void>;
}

/** Never rejects for anything that a server or a network does: that is what outcomes are for. */
export async function sendChat(
  edges: SendEdges,
  endpoint: Endpoint,
  model: Model,
  question: Question,
  timeouts: RequestTimeouts,
  signal: AbortSignal,
  accepted: NonNullable<SendWatch['accepted']> = () => {},
  began: NonNullable<SendWatch['began']> = () => {},
): Promise<Sent> {
  const label = endpoint.own ? labelHeader(question.label) : {};
  return sendBody(edges, endpoint, model, { body: bodyOf(model, question), label }, timeouts, signal, {
    accepted,
    began,
  });
}

/** The body of a request as it is; `label`: for simulated models. */
export interface ChatBody {
  readonly body: JsonObject & { readonly stream: boolean };
  readonly label: Readonly<Record<string, string>>;
}

/** The same with a body of the caller's. */
export async function sendBody(
  edges: SendEdges,
  endpoint: Endpoint,
  model: Model,
  { body, label }: ChatBody,
  timeouts: RequestTimeouts,
  signal: AbortSignal,
  { accepted = () => {}, began = () => {}, came, room }: SendWatch = {},
): Promise<Sent> {
  const { clock, network, redact = (text: string) => text } = edges;
  const startMs = clock.nowMs();
  const elapsedMs = () => clock.nowMs() - startMs;
  const timers = startTimers(clock, timeouts, signal);
  const url = chatUrl(endpoint.baseUrl);
  let status: number | null = null;
  const failed = (outcome: FailedOutcome): Sent => ({ outcome, status, totalMs: elapsedMs() });
  try {
    const response = await network.request({
      method: 'POST',
      url,
      headers: { ...headersOf(endpoint, model, body.stream), ...label },
      body: JSON.stringify(body),
      signal: timers.signal,
    });
    status = response.status;
    timers.headersCame();
    const failure = (body: string): Sent => {
      const { headers, status } = response;
      const classified = classifyFailure({
        status,
        headers,
        body: redact(body),
        redact,
        wallMs: clock.wallMs(),
      });
      if (classified.kind !== 'refused' && classified.kind !== 'tool_call') return failed(classified);
      const refusal = classified.kind === 'refused' ? classified.message : '';
      const completion = completionOf({ ...emptyGathering(), refusal }, model, classified, redact);
      return { outcome: classified, completion, status, firstTokenMs: null, totalMs: elapsedMs() };
    };
    if (status >= 300 && status <= 399) return failed(redirected(url, response, redact));
    if (status < 200 || status > 299) return failure(await readStart(response));

    const gathered = await readAnswer(response, {
      progressed: timers.progressed,
      accepted: once(() => accepted(allowanceOf(response.headers, clock.wallMs()))),
      began,
      elapsedMs,
      ...(came === undefined ? {} : { came }),
      ...(room === undefined ? {} : { room }),
    });
    if (gathered.tooLarge) {
      return failed({ kind: 'too_large', message: `more than ${LARGEST_BODY_BYTES} bytes` });
    }
    if (gathered.errorBody !== null) return failure(gathered.errorBody);
    const trouble = troubleIn(gathered, redact);
    if (trouble !== null) return failed(trouble);
    const outcome = answeredOutcome(gathered.all, redact);
    return {
      outcome,
      completion: completionOf(gathered.all, model, outcome, redact),
      status,
      firstTokenMs: gathered.firstTokenMs,
      totalMs: gathered.endedMs ?? elapsedMs(),
    };
  } catch (error) {
    return failed(outcomeOfThrown(error, timers.signal, status !== null, redact));
  } finally {
    timers.stop();
  }
}

type Redact = (text: string) => string;

/** Names and words of servers are cut there; a served model's name of megabytes was seen. */
const LONGEST_NAME = 200;

/** What is far beyond the cut is not looked at; a key that is cut there is cut off. */
function brief(text: string, redact: Redact): string {
  return shortened(redact(text.slice(0, LARGEST_ERROR_CHARS)), LONGEST_NAME);
}

const CHAT_PATH = '/chat/completions';

/** Where a model of that base URL is asked. */
export function chatUrl(baseUrl: string): string {
  return `${baseUrl.replace(/\/+$/, '')}${CHAT_PATH}`;
}

/** A redirect is not followed: a key would go where nobody said that it may, and each request would be two. */
function redirected(url: string, { status, headers }: HttpResponse, redact: Redact): FailedOutcome {
  const location = brief(headers['location'] ?? '', redact);
  const target = URL.canParse(location, url) ? new URL(location, url).href : location;
  const isChat = target.endsWith(CHAT_PATH);
  const fix = isChat ? `: set base_url to ${target.slice(0, -CHAT_PATH.length)}` : ': change base_url';
  const to = target === '' ? 'elsewhere' : `to ${target}`;
  return { kind: 'bad_request', isOfServer: true, message: `${url} redirects ${to} (HTTP ${status})${fix}` };
}

function once(act: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) act();
    isDone = true;
  };
}

function headersOf(endpoint: Endpoint, model: Model, stream: boolean): Record<string, string> {
  return {
    'content-type': 'application/json',
    accept: stream ? 'text/event-stream' : 'application/json',
    'accept-encoding': 'gzip, deflate, br',
    'user-agent': 'codegen-bench',
    ...(endpoint.key === null ? {} : { authorization: `Bearer ${endpoint.key}` }),
    ...model.account.headers,
  };
}

/** Whether its server takes `stream_options`. */
export function takesStreamOptions({ account }: Model): boolean {
  return knownProviders.find(({ name }) => name === account.provider)?.streamOptions ?? true;
}

function bodyOf(model: Model, question: Question): ChatBody['body'] {
  return {
    model: model.id,
    messages: [
      ...(question.system === null ? [] : [{ role: 'system', content: question.system }]),
      { role: 'user', content: question.prompt },
    ],
    ...question.params,
    ...model.params,
    stream: model.stream,
    ...(model.stream && takesStreamOptions(model) ? { stream_options: { include_usage: true } } : {}),
    ...model.body,
  };
}

/** Why what came is no answer; null: it is one. */
function troubleIn({ all, unreadable }: Read, redact: Redact): FailedOutcome | null {
  if (unreadable !== null && !all.any) {
    return {
      kind: 'malformed',
      message: `no JSON: ${brief(unreadable, redact)}`,
    };
  }
  if (!all.complete) {
    return { kind: 'broken_stream', message: 'the stream ended with neither a finish reason nor [DONE]' };
  }
  if (all.finish === 'upstream') {
    return {
      kind: 'upstream',
      retryAfterMs: null,
      message: `the server ended the answer with "${brief(all.finishReason ?? '', redact)}"`,
    };
  }
  return null;
}

function answeredOutcome(read: Gathering, redact: Redact): AnsweredOutcome {
  const { text, refusal, finish } = read;
  if (finish === 'refused' || (refusal !== '' && text === '')) {
    return { kind: 'refused', message: brief(refusal || (read.finishReason ?? ''), redact) };
  }
  if (finish === 'length') return { kind: 'truncated' };
  if (text === '' && (read.calledTool || finish === 'tool_call')) {
    return { kind: 'tool_call', message: 'it called a tool instead of answering' };
  }
  const said = text !== '' || read.reasoning !== '' || (read.usage.completionTokens ?? 0) > 0;
  if (said) return { kind: 'answered' };
  return { kind: 'empty', message: read.any ? 'an answer without content' : 'no choices' };
}

function completionOf(read: Gathering, model: Model, outcome: AnsweredOutcome, redact: Redact): Completion {
  const named = (text: string | null) => (text === null ? null : brief(text, redact));
  return {
    text: redact(read.text || read.refusal),
    reasoning: redact(read.reasoning) || null,
    // Some say "stop" beside the call of a tool; who rescores the answer has only this word.
    finishReason: outcome.kind === 'tool_call' ? 'tool_calls' : named(read.finishReason),
    servedModel: named(read.servedModel),
    servedBy: named(read.servedBy),
    usage: read.usage,
    costUsd: read.costUsd ?? pricedUsd(read, model),
  };
}

function pricedUsd({ usage, billedTokens, cachedTokens }: Gathering, { price }: Model): number | null {
  if (price === null || usage.promptTokens === null || billedTokens === null) return null;
  const cached = Math.min(cachedTokens ?? 0, usage.promptTokens);
  const inputUsd =
    (usage.promptTokens - cached) * price.inputUsd + cached * (price.cachedInputUsd ?? price.inputUsd);
  return (inputUsd + billedTokens * price.outputUsd) / 1e6;
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

function outcomeOfThrown(
  error: unknown,
  signal: AbortSignal,
  answered: boolean,
  redact: Redact,
): FailedOutcome {
  if (error instanceof TimerRang) return { kind: 'timeout', timer: error.timer, message: error.message };
  if (signal.aborted) return { kind: 'cancelled', message: 'cancelled' };
  if (error instanceof NetworkError) {
    const message = brief(error.message, redact);
    return answered
      ? { kind: 'broken_stream', message }
      : { kind: 'network', refused: error.refused, message };
  }
  throw error;
}
