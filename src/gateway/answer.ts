/** What has come of an answer so far, whichever shape its server sends it in, and what each piece adds to it. */
import type { Delta } from '../providers/completion-chunks.js';
import { type Fields, fieldsOf, listOf, numberOf, textOf } from './json.js';

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  /** JSON, as the model wrote it. */
  readonly arguments: string;
}

/** What a piece adds. */
export interface Piece {
  readonly content: string;
  readonly reasoning: string;
  readonly refusal: string;
  /** By the place of the call in the answer, from 0. */
  readonly calls: readonly AddedCall[];
}

export interface AddedCall {
  readonly at: number;
  /** With the arguments that are added. */
  readonly call: ToolCall;
  readonly isNew: boolean;
}

/** As usage is counted on all wires. Null: the server did not say. */
export interface CountedTokens {
  readonly prompt: number | null;
  readonly completion: number | null;
  readonly cached: number | null;
  readonly reasoning: number | null;
}

export interface Answer {
  readonly content: string;
  readonly reasoning: string;
  readonly refusal: string;
  readonly calls: readonly ToolCall[];
  /** In OpenAI's words: stop, length, tool_calls, content_filter. */
  readonly finishReason: string;
  /** As the server wrote it; null: it did not. */
  readonly usage: Fields | null;
  readonly tokens: CountedTokens;
  /** The whole document, if it came as one. */
  readonly document: Fields | null;
}

export interface Gathered {
  add(piece: Delta): Piece;
  answer(): Answer;
}

/** `callId`: for calls that their server gave no id. */
export function gatherAnswer(callId: (at: number) => string): Gathered {
  let [content, reasoning, refusal] = ['', '', ''];
  const calls: ToolCall[] = [];
  let finishReason: string | null = null;
  let usage: Fields | null = null;
  let document: Fields | null = null;

  /** Of a snapshot, which repeats what was there before, only the rest. */
  const rest = (before: string, whole: string) =>
    whole.startsWith(before) ? whole.slice(before.length) : '';

  function addCalls(given: readonly unknown[], isWhole: boolean): Piece['calls'] {
    return given.flatMap((one, place): readonly AddedCall[] => {
      const fields = fieldsOf(one);
      if (fields === null) return [];
      const at = placeOf(fields, place, isWhole);
      const told = fieldsOf(fields['function']) ?? {};
      const name = textOf(told['name']) ?? '';
      const written = argumentsOf(told['arguments']);
      const before = calls[at];
      if (before === undefined) {
        const call = { id: textOf(fields['id']) || callId(at), name, arguments: written };
        calls[at] = call;
        return [{ at, call, isNew: true }];
      }
      const added = isWhole ? rest(before.arguments, written) : written;
      calls[at] = { ...before, name: before.name || name, arguments: before.arguments + added };
      return added === '' ? [] : [{ at, call: { ...before, arguments: added }, isNew: false }];
    });
  }

  /** Some servers number their calls, some only name them, and some send each whole. */
  function placeOf(fields: Fields, place: number, isWhole: boolean): number {
    const index = numberOf(fields['index']);
    if (index !== null && index >= 0 && index <= calls.length) return index;
    if (isWhole) return place;
    const id = textOf(fields['id']);
    const known = id === null ? -1 : calls.findIndex((call) => call.id === id);
    if (known >= 0) return known;
    return id === null && calls.length > 0 ? calls.length - 1 : calls.length;
  }

  return {
    add(piece) {
      const { isWhole } = piece;
      const choice = fieldsOf(listOf(piece.document['choices'])[0]);
      const said = fieldsOf(choice?.[isWhole ? 'message' : 'delta']) ?? {};
      const added: Piece = {
        content: isWhole ? rest(content, piece.content) : piece.content,
        reasoning: isWhole ? rest(reasoning, piece.reasoning) : piece.reasoning,
        refusal: isWhole ? rest(refusal, piece.refusal) : piece.refusal,
        calls: addCalls(listOf(said['tool_calls']), isWhole),
      };
      content += added.content;
      reasoning += added.reasoning;
      refusal += added.refusal;
      finishReason = piece.finishReason || finishReason;
      usage = fieldsOf(piece.document['usage']) ?? usage;
      if (isWhole && textOf(piece.document['object']) !== 'chat.completion.chunk') document = piece.document;
      return added;
    },
    answer: () => ({
      content,
      reasoning,
      refusal,
      calls,
      finishReason: finishOf(finishReason, calls.length > 0),
      usage,
      tokens: countedIn(usage),
      document,
    }),
  };
}

function argumentsOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
}

function finishOf(word: string | null, hasCalls: boolean): string {
  switch (word?.toLowerCase()) {
    case 'length':
    case 'max_tokens':
    case 'max_output_tokens':
    case 'model_length':
      return 'length';
    // The older way to call a tool, which only chat clients know.
    case 'function_call':
      return 'function_call';
    case 'content_filter':
    case 'safety':
    case 'recitation':
    case 'prohibited_content':
    case 'blocklist':
      return 'content_filter';
    default:
      // Some say "stop" beside the call of a tool.
      return hasCalls ? 'tool_calls' : 'stop';
  }
}

function countedIn(usage: Fields | null): CountedTokens {
  const details = (name: string) => fieldsOf(usage?.[name]) ?? {};
  return {
    prompt: numberOf(usage?.['prompt_tokens']),
    completion: numberOf(usage?.['completion_tokens']),
    cached: numberOf(details('prompt_tokens_details')['cached_tokens']),
    reasoning: numberOf(details('completion_tokens_details')['reasoning_tokens']),
  };
}
