/** What the checks of a syntax tree share: they read code, and run none. */
import type { z } from 'zod';
import type { Answer, Check, CodeShape, Named, SeenCode } from '../../../domain/grade.js';
import type { Json } from '../../../domain/value.js';
import { defineScorer, type Scorer } from '../scorer.js';

export interface Finding {
  /** 0 to 1. */
  readonly score: number;
  /** What was expected, what came, and where; null: as it should be. */
  readonly detail: string | null;
}

export interface CodeCheck<O> {
  readonly key: string;
  /** Raised with any change that could judge the same code otherwise (default 1). */
  readonly version?: number;
  readonly doc: string;
  readonly example: string;
  readonly options: z.ZodType<O>;
  readonly stamp: (options: O) => Json;
  /** Languages that have what it looks for; without, all. */
  readonly languages?: readonly string[];
  readonly judge: (options: O, seen: SeenCode) => Finding;
}

/** A check of the answer's code, one of a case's `checks`. */
export function codeCheck<O>({ judge, version = 1, ...facts }: CodeCheck<O>): Scorer {
  return defineScorer<O>({
    ...facts,
    version,
    stands: 'checks',
    required: false,
    needsCode: true,
    needsEntry: false,
    async judge(options, answer, { language }, tools, how): Promise<readonly Check[]> {
      const { score, detail } =
        answer.kind === 'code' && language !== null
          ? judge(options, await tools.look(language, answer.code))
          : { score: 0, detail: noCode(answer) };
      return [
        { name: facts.key, score, passed: score === 1, required: how.required, weight: how.weight, detail },
      ];
    },
  });
}

export function noCode(answer: Answer): string {
  return answer.kind === 'truncated' ? 'the answer was cut off' : 'no code in the answer';
}

/** The share of `all` that is not among `lacking`, and which those are. */
export function shareFinding(all: number, lacking: readonly Named[], what: string): Finding {
  if (all === 0) return { score: 0, detail: `nothing is defined that could have ${what}` };
  if (lacking.length === 0) return { score: 1, detail: null };
  const places = lacking.map(({ name, line }) => `${name} (line ${line})`);
  return { score: (all - lacking.length) / all, detail: `without ${what}: ${places.join(', ')}` };
}

/** At most `limit`; `worst` is where it is most. */
export function limitFinding(
  limit: number,
  worst: Named & { readonly value: number },
  what: string,
): Finding {
  if (worst.value <= limit) return { score: 1, detail: null };
  const where = worst.name === '' ? '' : `: ${worst.name} (line ${worst.line})`;
  return { score: 0, detail: `expected ${what} of at most ${limit}, got ${worst.value}${where}` };
}

/** The function of which something is most; of code without functions, the code itself. */
export function mostOf(
  { functions }: CodeShape,
  value: (shape: CodeShape['functions'][number]) => number,
): Named & { readonly value: number } {
  return functions.reduce(
    (most, shape) => (value(shape) > most.value ? { ...shape, value: value(shape) } : most),
    { name: '', line: 1, value: 0 },
  );
}
