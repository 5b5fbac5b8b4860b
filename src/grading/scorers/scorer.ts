import type { z } from 'zod';
import type { Answer, Check, JudgeContext, JudgeTools, Scoring } from '../../domain/grade.js';
import type { Json } from '../../domain/value.js';

/** One way to judge an answer; one file each in this folder holds everything about it. */
export interface Scorer {
  /** Its name in YAML and in records. */
  readonly key: string;
  /** Raised whenever the same answer could get another score. */
  readonly version: number;
  /** A key of the case itself, or of an entry under `checks`. */
  readonly stands: 'case' | 'checks';
  /** What the YAML may say. The suite's schema, its messages and its JSON Schema are made from it. */
  readonly options: z.ZodType;
  /** What it judges, in a sentence or two, for the docs and for editors. */
  readonly doc: string;
  /** A case that uses it, as YAML. */
  readonly example: string;
  /** Whether a check of it is required where the case does not say. */
  readonly required: boolean;
  /** Whether it runs the answer's code. */
  readonly needsCode: boolean;
  /** Languages that have what it looks for; without, all. */
  readonly languages?: readonly string[];
  /** Whether the case must name the entry. */
  readonly needsEntry: boolean;
  /** `raw`: the YAML's value, as `options` accepts it. */
  bind(raw: unknown, how: { readonly weight: number; readonly required: boolean }): Scoring;
}

export interface ScorerDefinition<O> extends Omit<Scorer, 'bind' | 'options'> {
  readonly options: z.ZodType<O>;
  /** The options as the case's hash holds them. */
  readonly stamp: (options: O) => Json;
  readonly judge: (
    options: O,
    answer: Answer,
    context: JudgeContext,
    tools: JudgeTools,
    how: { readonly weight: number; readonly required: boolean },
  ) => Promise<readonly Check[]>;
}

/** Hides the options' type behind `bind`, so that the list of scorers needs no cast. */
export function defineScorer<O>(definition: ScorerDefinition<O>): Scorer {
  const { judge, stamp, ...facts } = definition;
  return {
    ...facts,
    bind(raw, how) {
      const options = definition.options.parse(raw);
      return {
        scorer: definition.key,
        version: definition.version,
        options: stamp(options),
        weight: how.weight,
        required: how.required,
        needsCode: definition.needsCode,
        judge: (answer, context, tools) => judge(options, answer, context, tools, how),
      };
    },
  };
}
