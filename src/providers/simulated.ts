/**
 * Pretend models as an HTTP handler: called in process, as the simulated network does, or put on a port by a test. They speak the
 * same dialect as real ones, limits and faults included, so what they prove of the engine is true of it.
 */
import type { Model, Simulation } from '../domain/candidate.js';
import { gaussian } from '../world/random.js';
import type { Clock, Handler, Random, ServedRequest, ServedResponse } from '../world/world.js';
import { drawFault, faulty } from './simulated-faults.js';
import { type Label, readLabel } from './simulated-label.js';
import { type Limiter, type LimitState, limiterOf, shapesOf } from './simulated-limits.js';
import { json, PIECES, problem } from './simulated-responses.js';

/** What a pretend model can answer a case with, word for word. */
export interface SimulatedCase {
  readonly reference: string | null;
  readonly wrong: readonly string[];
  readonly stub: string;
}

export interface SimulatedServer {
  readonly models: ReadonlyMap<string, Simulation>;
  readonly caseOf: (suite: string, id: string) => SimulatedCase | null;
}

/** Close enough to count tokens of made-up answers. */
const CHARS_PER_TOKEN = 4;
/** A wait as long as this is the end of a day's quota. */
const DAILY_FROM_MS = 15 * 60_000;

export function simulatedModels({ models, caseOf }: SimulatedServer, clock: Clock, random: Random): Handler {
  const limiters = new Map<string, readonly Limiter[]>();
  const askedBefore = new Map<string, number>();
  const met = new Map<string, { readonly firstMs: number; requests: number }>();
  return async (request) => {
    if (request.method !== 'POST' || !request.path.endsWith('/chat/completions')) {
      return problem(404, `no such path: ${request.path}`);
    }
    const asked = readBody(request.body);
    const simulation = asked === null ? undefined : models.get(asked.model);
    if (asked === null || simulation === undefined) {
      return problem(404, `model '${asked?.model}' not found`, 'model_not_found');
    }
    const label = readLabel(request.headers);
    const pretended = label === null ? null : caseOf(label.suite, label.case);
    if (label === null || pretended === null)
      return problem(400, 'simulated models answer cases of the run only');

    const seen = met.get(asked.model) ?? { firstMs: clock.nowMs(), requests: 0 };
    met.set(asked.model, seen);
    seen.requests += 1;
    let own = limiters.get(asked.model);
    if (own === undefined) {
      own = simulation.limits.map(limiterOf);
      limiters.set(asked.model, own);
    }
    const refusal = refusalOf(own, clock);
    if (refusal !== null) return tooMany(refusal, simulation.announce);
    const headers = simulation.announce === 'reset' ? stateHeaders(own, clock) : {};
    const ended = () => {
      for (const limiter of own) limiter.release();
    };
    const name = `${asked.model}/${label.suite}/${label.case}/${label.sample}`;
    const nth = askedBefore.get(name) ?? 0;
    askedBefore.set(name, nth + 1);
    const answer = () => {
      // The same question has the same answer however often it is asked; how long that takes is another matter.
      const drawn = random.fork(`${name}/answer`);
      const text =
        label.judges === undefined
          ? answerText(simulation, pretended, label.case, label.sample, drawn)
          : verdictText(simulation, label, label.judges, drawn);
      const delays = delaysOf(simulation, random.fork(`${name}/latency/${nth}`));
      return reply(asked, text, delays, headers, request, clock);
    };
    const sinceMs = clock.nowMs() - seen.firstMs;
    const dice = random.fork(`${name}/fault/${nth}`);
    const fault = drawFault(simulation.faults, seen.requests, sinceMs, dice);
    return untilEnded(fault === null ? answer() : faulty(fault, answer, request, clock), ended);
  };
}

/** The longest of the waits; null where only the end of another request helps. Nothing is taken unless all admit. */
function refusalOf(limiters: readonly Limiter[], clock: Clock): Refusal | null {
  for (const [index, limiter] of limiters.entries()) {
    const waitMs = limiter.take(clock.nowMs(), clock.wallMs());
    if (waitMs === 0) continue;
    for (const before of limiters.slice(0, index)) before.release();
    const state = limiter.state(clock.nowMs(), clock.wallMs());
    return { waitMs, state, isDaily: waitMs !== null && waitMs > DAILY_FROM_MS };
  }
  return null;
}

interface Refusal {
  readonly waitMs: number | null;
  readonly state: LimitState | null;
  readonly isDaily: boolean;
}

function tooMany({ waitMs, state, isDaily }: Refusal, announce: Simulation['announce']): ServedResponse {
  if (waitMs === null)
    return problem(429, 'simulated limit: too many concurrent requests', 'max_parallel_requests');
  const message = isDaily ? 'simulated limit: requests per day' : 'simulated limit of requests a minute';
  return problem(429, message, 'rate_limit_exceeded', hintHeaders(waitMs, state, announce));
}

function hintHeaders(
  waitMs: number,
  state: LimitState | null,
  announce: Simulation['announce'],
): Record<string, string> {
  switch (announce) {
    case 'retry_after_ms':
      return { 'retry-after-ms': (Math.ceil(waitMs * 10) / 10).toFixed(1) };
    case 'retry_after':
      return { 'retry-after': String(Math.ceil(waitMs / 1000)) };
    case 'reset':
      return state === null ? {} : headersOf(state);
    case 'none':
      return {};
    default:
      return announce satisfies never;
  }
}

/** With good answers, of each kind of limit the one that ends first. */
function stateHeaders(limiters: readonly Limiter[], clock: Clock): Record<string, string> {
  const states = limiters
    .flatMap((limiter) => limiter.state(clock.nowMs(), clock.wallMs()) ?? [])
    .sort((a, b) => b.remaining - a.remaining);
  return Object.assign({}, ...states.map(headersOf));
}

/** Buckets as OpenAI advertises them, windows as most others do. */
function headersOf({ limit, remaining, resetMs, counts }: LimitState): Record<string, string> {
  const [name, unit] = counts === 'bucket' ? ['-requests', 's'] : ['', ''];
  return {
    [`x-ratelimit-limit${name}`]: String(limit),
    [`x-ratelimit-remaining${name}`]: String(remaining),
    // Told to the ms, and never too early.
    [`x-ratelimit-reset${name}`]: `${(Math.ceil(resetMs) / 1000).toFixed(3)}${unit}`,
  };
}

function answerText(
  simulation: Simulation,
  pretended: SimulatedCase,
  id: string,
  sample: number,
  dice: Random,
): string {
  const own = simulation.answers[id]?.[sample];
  if (own !== undefined) return own;
  const right =
    simulation.otherwise === 'quality'
      ? dice.next() < simulation.quality
      : simulation.otherwise === 'reference';
  if (right && pretended.reference !== null) return pretended.reference;
  const wrong = simulation.otherwise === 'quality' ? pretended.wrong : [];
  return wrong[Math.floor(dice.next() * wrong.length)] ?? pretended.stub;
}

/**
 * As a judge: its own answer to the case; else, of each statement that a person has judged, the same with the chance of
 * `quality`, and of others true with that chance.
 */
function verdictText(
  { answers, quality }: Simulation,
  { case: id, sample, truth }: Label,
  judges: number,
  dice: Random,
): string {
  const own = answers[id]?.[sample];
  if (own !== undefined && truth === undefined) return own;
  const isTrue = (at: number) => dice.next() < quality === (truth?.[at] ?? true);
  const verdict =
    judges > 0 ? Array.from({ length: judges }, (_, at) => isTrue(at)) : isTrue(0) ? -judges : 1;
  return `These reasons are made up.\n${JSON.stringify({ verdict })}`;
}

interface Delays {
  readonly firstMs: number;
  readonly totalMs: number;
}

/** Log-normal around the median, as measured latencies are; time to first token moves with it. */
function delaysOf({ latency }: Simulation, dice: Random): Delays {
  if (latency === null) return { firstMs: 0, totalMs: 0 };
  const factor = Math.exp(latency.spread * gaussian(dice));
  const totalMs = latency.medianMs * factor;
  return { firstMs: Math.min(totalMs, latency.ttftMs * factor), totalMs };
}

interface Asked {
  readonly model: string;
  readonly stream: boolean;
  readonly promptChars: number;
}

function readBody(text: string): Asked | null {
  try {
    const body = JSON.parse(text) as { model?: unknown; stream?: unknown; messages?: unknown };
    if (typeof body.model !== 'string') return null;
    return {
      model: body.model,
      stream: body.stream === true,
      promptChars: JSON.stringify(body.messages ?? '').length,
    };
  } catch {
    return null;
  }
}

async function reply(
  asked: Asked,
  text: string,
  delays: Delays,
  headers: Readonly<Record<string, string>>,
  request: ServedRequest,
  clock: Clock,
): Promise<ServedResponse> {
  const promptTokens = Math.ceil(asked.promptChars / CHARS_PER_TOKEN);
  const completionTokens = Math.ceil(text.length / CHARS_PER_TOKEN);
  const about = {
    id: 'simulated',
    model: asked.model,
    provider: 'simulated',
    usage: {
      prompt_tokens: promptTokens,
      completion_tokens: completionTokens,
      total_tokens: promptTokens + completionTokens,
      cost: 0,
    },
  };
  if (!asked.stream) {
    await clock.sleep(delays.totalMs, request.signal);
    const choice = { index: 0, message: { role: 'assistant', content: text }, finish_reason: 'stop' };
    return json(200, { ...about, object: 'chat.completion', choices: [choice] }, headers);
  }
  return {
    status: 200,
    headers: { 'content-type': 'text/event-stream', ...headers },
    body: streamed(about, text, delays, request, clock),
  };
}

/** `ended` is called once, when nothing more of it will come. */
async function untilEnded(response: Promise<ServedResponse>, ended: () => void): Promise<ServedResponse> {
  let served: ServedResponse;
  try {
    served = await response;
  } catch (error) {
    ended();
    throw error;
  }
  if (typeof served.body === 'string') ended();
  else return { ...served, body: eventsUntilEnded(served.body, ended) };
  return served;
}

async function* eventsUntilEnded(events: AsyncIterable<string>, ended: () => void): AsyncIterable<string> {
  try {
    // `yield*` would take three turns more for each of them.
    for await (const event of events) yield event;
  } finally {
    ended();
  }
}

const DONE = 'data: [DONE]\n\n';

async function* streamed(
  about: Readonly<Record<string, unknown>>,
  text: string,
  delays: Delays,
  request: ServedRequest,
  clock: Clock,
): AsyncIterable<string> {
  const { usage, ...head } = about;
  const start = JSON.stringify({ ...head, object: 'chat.completion.chunk' }).slice(0, -1);
  const event = (choices: readonly unknown[], more = '') =>
    `data: ${start},"choices":${JSON.stringify(choices)}${more}}\n\n`;
  // It says nothing yet, and goes with what comes next.
  let begin = event([{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }]);
  const startMs = clock.nowMs();
  const size = Math.max(1, Math.ceil(text.length / PIECES));
  for (let from = 0; from < text.length; from += size) {
    const dueMs = startMs + delays.firstMs + ((delays.totalMs - delays.firstMs) * from) / text.length;
    const waitMs = dueMs - clock.nowMs();
    if (waitMs > 0) await clock.sleep(waitMs, request.signal);
    yield begin +
      event([{ index: 0, delta: { content: text.slice(from, from + size) }, finish_reason: null }]);
    begin = '';
  }
  const leftMs = startMs + delays.totalMs - clock.nowMs();
  if (leftMs > 0) await clock.sleep(leftMs, request.signal);
  const end = event([{ index: 0, delta: {}, finish_reason: 'stop' }], `,"usage":${JSON.stringify(usage)}`);
  yield begin + end + DONE;
}

/** Answers of real models take about so long, where nothing is said of them. */
const USUAL_LATENCY = { medianMs: 5000, spread: 0.4, ttftMs: 800 };

/** A real model as a pretend one that keeps the limits it is known to have; a pretend one stays as it is. */
export function twinOf(model: Model): Simulation {
  return (
    model.simulation ?? {
      answers: {},
      otherwise: 'reference',
      quality: 1,
      latency: USUAL_LATENCY,
      limits: [...shapesOf(model.limits), ...shapesOf(model.account.limits)],
      announce: 'retry_after',
      faults: [],
    }
  );
}
