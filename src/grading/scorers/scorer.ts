import { z } from 'zod';
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
  /** Whether 2 and 2.0 are two values below its key (default: they are one number). */
  readonly isExact?: boolean;
  /** Keys of the case of which it needs one: they judge what this does not. */
  readonly needsOneOf?: readonly string[];
  /** A second key of the case that it cannot do without: code that the answer is about. */
  readonly companion?: Companion;
  /** `raw`: the YAML's value, as `options` accepts it; `given`: the companion's. */
  bind(raw: unknown, how: { readonly weight: number; readonly required: boolean }, given?: unknown): Scoring;
}

export interface Companion {
  readonly key: string;
  readonly doc: string;
  readonly example: string;
}

interface Judging<O> extends Omit<Scorer, 'bind' | 'options' | 'companion'> {
  /** The options as the case's hash holds them. */
  readonly stamp: (options: O) => Json;
  /** The score of a case that passes, if it is judged by this and says nothing itself (default 1). */
  readonly passScore?: (options: O) => number;
  /** Of scorers that need code or not, as their options say. */
  readonly needsCodeFor?: (options: O) => boolean;
  readonly judge: (
    options: O,
    answer: Answer,
    context: JudgeContext,
    tools: JudgeTools,
    how: { readonly weight: number; readonly required: boolean },
  ) => Promise<readonly Check[]>;
}

export interface ScorerDefinition<O> extends Judging<O> {
  readonly options: z.ZodType<O>;
}

/** The options of a scorer that has a companion, and what that says. */
export interface Paired<Own> {
  readonly own: Own;
  readonly given: string;
}

export interface PairedDefinition<Own> extends Judging<Paired<Own>> {
  readonly options: z.ZodType<Own>;
  readonly companion: Companion;
}

export function defineScorer<O>(definition: ScorerDefinition<O>): Scorer {
  return scorerOf(definition, definition.options, (raw) => definition.options.parse(raw));
}

export function definePairedScorer<Own>(definition: PairedDefinition<Own>): Scorer {
  const { companion, options } = definition;
  return {
    ...scorerOf<Paired<Own>>(definition, options, (raw, given) => ({
      own: options.parse(raw),
      given: z.string().parse(given),
    })),
    companion,
  };
}

/** Hides the options' type behind `bind`, so that the list of scorers needs no cast. */
function scorerOf<O>(
  { judge, stamp, passScore, needsCodeFor, ...facts }: Judging<O>,
  schema: z.ZodType,
  read: (raw: unknown, given: unknown) => O,
): Scorer {
  return {
    ...facts,
    options: schema,
    bind(raw, how, given) {
      const options = read(raw, given);
      return {
        scorer: facts.key,
        version: facts.version,
        options: stamp(options),
        weight: how.weight,
        required: how.required,
        needsCode: needsCodeFor?.(options) ?? facts.needsCode,
        passScore: passScore?.(options) ?? 1,
        judge: (answer, context, tools) => judge(options, answer, context, tools, how),
      };
    },
  };
}
