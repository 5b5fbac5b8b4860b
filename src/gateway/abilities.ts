/** What a request needs of a model beside text, and which models have said that they cannot have it. */
import type { Candidate, Model } from '../domain/candidate.js';
import type { JsonObject } from '../domain/value.js';
import { fieldsOf, listOf } from './json.js';

export const abilities = ['tools', 'images'] as const;
export type Ability = (typeof abilities)[number];

export function needsOf(body: JsonObject): readonly Ability[] {
  const hasImage = listOf(body['messages']).some((message) =>
    listOf(fieldsOf(message)?.['content']).some((part) => fieldsOf(part)?.['type'] === 'image_url'),
  );
  return [
    ...(listOf(body['tools']).length > 0 ? (['tools'] as const) : []),
    ...(hasImage ? (['images'] as const) : []),
  ];
}

/** As OpenRouter, vLLM, llama.cpp, Ollama, OpenAI and DeepSeek say it. */
const LACKS: Readonly<Record<Ability, RegExp>> = {
  tools:
    /support[^.]{0,40}\b(tool|function)s?\b|\b(tool|function)s?\b[^.]{0,60}(not|un)[ -]?(be )?support|tool choice requires|tools param requires/i,
  images:
    /support[^.]{0,40}\b(image|vision)|\bimages?\b[^.]{0,60}(not|un)[ -]?(be )?support|image_url is only supported|not a multimodal model|unknown variant `image_url`/i,
};

/** Which of its needs a server has refused a request for; null: another reason. */
export function lackIn(message: string, needs: readonly Ability[]): Ability | null {
  return needs.find((need) => LACKS[need].test(message)) ?? null;
}

export interface KnownLacks {
  learn(model: Model, lack: Ability): void;
  /** Without models that lack what is needed; null: nobody is left. */
  able(candidate: Candidate, needs: readonly Ability[]): Candidate | null;
}

export function openKnownLacks(): KnownLacks {
  const lacks = new Map<string, Set<Ability>>();
  const keyOf = ({ account, id }: Model) => JSON.stringify([account.baseUrl, id]);
  return {
    learn(model, lack) {
      const own = lacks.get(keyOf(model)) ?? new Set();
      lacks.set(keyOf(model), own.add(lack));
    },
    able(candidate, needs) {
      const isAble = (model: Model) => needs.every((need) => !lacks.get(keyOf(model))?.has(need));
      if (candidate.kind === 'model') return isAble(candidate.model) ? candidate : null;
      const chain = candidate.chain.filter(isAble);
      return chain.length === 0 ? null : { ...candidate, chain };
    },
  };
}
