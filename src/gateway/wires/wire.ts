/** How clients speak to the gateway: what they ask becomes a chat completion request, and what came becomes their shape. */
import type { JsonObject } from '../../domain/value.js';
import type { Delta } from '../../providers/completion-chunks.js';
import type { Answer, Piece } from '../answer.js';
import type { Failure } from '../failure.js';

/** What a client asks, as a chat completion request says it. */
export interface Asked {
  /** A model, a rotation, or `bench/<category>`. */
  readonly model: string;
  readonly stream: boolean;
  /** The rest of the body, without `model` and `stream`. */
  readonly body: JsonObject;
  /** What its wire needs to know of the request when it answers; empty for most. */
  readonly notes: Readonly<Record<string, unknown>>;
}

/** Who answers, as it is known with the first of an answer. */
export interface Answering {
  /** The request's. */
  readonly id: string;
  /** Unix time, s. */
  readonly createdS: number;
  /** Who answers: a name of the configuration. */
  readonly model: string;
  /** Estimated from its length. */
  readonly promptTokens: number;
}

/** What is said of an answer beside the answer: the same as in the headers. */
export type Attribution = Readonly<Record<string, string | number>>;

export interface StreamWriter {
  /** Comes before everything. */
  begin(): string;
  /** What a piece adds to the answer; `delta`: the piece as its server wrote it; null: the redacted rest of a text. */
  add(delta: Delta | null, piece: Piece): string;
  /** The answer is whole. */
  end(answer: Answer, attribution: Attribution): string;
  /** It has broken off: nothing of what follows may look like an end. */
  fail(failure: Failure): string;
}

export interface Wire {
  readonly name: 'chat' | 'responses' | 'messages';
  readonly path: string;
  /** `message`: what is wrong with it. */
  read(body: JsonObject): Asked | { readonly message: string };
  whole(answer: Answer, answering: Answering, asked: Asked, attribution: Attribution): JsonObject;
  open(answering: Answering, asked: Asked): StreamWriter;
  error(failure: Failure, requestId: string): JsonObject;
}

/** One event of a stream. `name`: null for the wire that has none. */
export function event(name: string | null, data: unknown): string {
  return `${name === null ? '' : `event: ${name}\n`}data: ${JSON.stringify(data)}\n\n`;
}
