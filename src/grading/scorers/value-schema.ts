import { z } from 'zod';
import type { Value } from '../../domain/value.js';
import { readValue } from '../value-text.js';

/** Any value; a block whose first key starts with $ is one that YAML cannot write: `{ $tuple: [1, 2] }`. */
export const valueSchema = z.unknown().transform((raw, context): Value => {
  const read = readValue(raw);
  if (!('problem' in read)) return read;
  context.addIssue({ code: 'custom', message: read.problem });
  return z.NEVER;
});

/** A number as suites are read: whole ones of any size. */
export const numberSchema = z.union([z.number(), z.bigint()]);

/** Absolute, for numbers. */
export const toleranceSchema = numberSchema
  .refine((most) => most > 0, { error: 'a tolerance is a number above 0' })
  .optional();
