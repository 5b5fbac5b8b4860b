/** What comes out of a sandbox is read with suspicion: an answer may have had its hands on it. */
import { z } from 'zod';
import type { Raised } from '../../domain/program.js';
import type { Value } from '../../domain/value.js';

const float = z.union([z.number(), z.enum(['nan', 'inf', '-inf'])]);

const value: z.ZodType<Value> = z.lazy(() =>
  z.discriminatedUnion('t', [
    z.object({ t: z.literal('null') }),
    z.object({ t: z.literal('undefined') }),
    z.object({ t: z.literal('bool'), v: z.boolean() }),
    z.object({ t: z.literal('int'), v: z.string().regex(/^-?\d+$/) }),
    z.object({ t: z.literal('float'), v: float }),
    z.object({ t: z.literal('complex'), re: float, im: float }),
    z.object({ t: z.literal('str'), v: z.string() }),
    z.object({ t: z.literal('bytes'), v: z.string() }),
    z.object({ t: z.enum(['list', 'tuple', 'set', 'frozenset']), v: z.array(value) }),
    z.object({ t: z.literal('dict'), v: z.array(z.tuple([value, value])) }),
    z.object({ t: z.literal('date'), v: z.string() }),
    z.object({ t: z.literal('opaque'), type: z.string(), shown: z.string() }),
  ]),
);

export const raisedSchema: z.ZodType<Raised> = z.object({
  types: z.array(z.string()),
  message: z.string(),
  line: z.number().nullable(),
});

export const loadedSchema = z.object({
  raised: raisedSchema.optional(),
  /** What it defines at its top level. */
  names: z.array(z.string()).optional(),
  /** What it imports there: each name, with the statement that binds it. */
  imports: z.record(z.string(), z.string()).optional(),
  output: z.number(),
});
export type Loaded = z.infer<typeof loadedSchema>;

export const calledSchema = z.object({
  raised: raisedSchema.optional(),
  value: value.optional(),
  argsAfter: z.array(value).optional(),
  stdout: z.string(),
  output: z.number(),
});
export type Called = z.infer<typeof calledSchema>;

export const testedSchema = z.object({
  finished: z.boolean(),
  asserted: z.number(),
  ran: z.number(),
  raised: raisedSchema.nullable(),
  /** How often the answer was asked for something. */
  touched: z.number(),
  /** Why the tests cannot be judged apart from the answer. */
  beside: z.string().nullable(),
  /** What a watched answer has changed of its realm, a line each. */
  marks: z.string().optional(),
  output: z.number(),
});
export type Tested = z.infer<typeof testedSchema>;

/** Of tests and answer in one interpreter. */
export const sharedSchema = z.union([
  z.object({ broken: z.string() }),
  z.object({
    /** Whether the answer's top level ran to its end. */
    loaded: z.boolean(),
    finished: z.boolean(),
    asserted: z.number(),
    ran: z.number(),
    raised: raisedSchema.nullable(),
    steps: z.number().optional(),
    /** Whether it was ended for taking too many. */
    beyond: z.boolean().optional(),
  }),
]);

/** Rows of statements, or the mistake that ended them. */
const queriedSchema = z.union([
  z.object({ raised: raisedSchema }),
  z.object({ results: z.array(z.object({ columns: z.array(z.string()), rows: z.array(z.array(value)) })) }),
]);

export const queriesSchema = z.union([
  z.object({ broken: z.string() }),
  z.object({
    answered: queriedSchema.nullable(),
    after: z.array(queriedSchema),
    death: z.object({ how: z.enum(['memory', 'output', 'exit']), detail: z.string() }).nullable(),
  }),
]);

/** How a whole program ended. */
export const endedSchema = z.object({
  exit: z.number().int().min(0).max(255),
  raised: raisedSchema.nullable(),
});

export const usedSchema = z.object({ used: z.array(z.string()).optional(), raised: raisedSchema.optional() });

export const outputSchema = z.object({ output: z.number() });
